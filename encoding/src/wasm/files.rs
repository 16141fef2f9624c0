//! The export of the loader, a module of its own: most users load no file, and the memory that a large one takes goes with the
//! instance that read it.

use super::boundary::{give, number, with_staged};
use crate::load::{LoadOptions, load};
use crate::{Code, Error, Result};

/// Turns the staged file, which options follow, into a pack.
///
/// Options are UTF-8 with a NUL between: name, preset, pattern, then each special token and its id in decimal; what is not
/// given is empty. The answer is the length of the pack and of its ids, a little-endian word each, then the two, then
/// the warnings, a line each.
#[unsafe(no_mangle)]
pub extern "C" fn file_load(bytes: usize, option_bytes: usize) -> f64 {
    number(|| {
        let loaded = with_staged(bytes.saturating_add(option_bytes), |staged| {
            let (file, options) = staged.split_at(bytes);
            load(file, &read_options(options)?)
        })??;
        let mut answer = Vec::with_capacity(8 + loaded.pack.len() + loaded.ids.len());
        for part in [&loaded.pack, &loaded.ids] {
            answer.extend((part.len() as u32).to_le_bytes());
        }
        answer.extend(&loaded.pack);
        answer.extend(&loaded.ids);
        answer.extend(loaded.warnings.join("\n").into_bytes());
        Ok(give(answer))
    })
}

fn read_options(options: &[u8]) -> Result<LoadOptions> {
    let invalid = || Error::new(Code::InvalidOption, "", "found options that cannot be read");
    let options = std::str::from_utf8(options).map_err(|_| invalid())?;
    let mut fields = options.split('\0');
    let mut field = || {
        fields
            .next()
            .filter(|field| !field.is_empty())
            .map(str::to_owned)
    };
    let (name, preset, pattern) = (field(), field(), field());
    let mut special_tokens = Vec::new();
    while let Some(token) = fields.next() {
        let id = fields.next().and_then(|id| id.parse().ok());
        special_tokens.push((token.to_owned(), id.ok_or_else(invalid)?));
    }
    Ok(LoadOptions {
        name,
        preset,
        pattern,
        special_tokens,
    })
}
