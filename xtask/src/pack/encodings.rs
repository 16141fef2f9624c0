//! One module per vocabulary, so that nobody loads one that is not used.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};

use crate::place;

/// Writes each pack as an asset and as modules with types; gives the names.
pub fn write(dist: &Path) -> Result<Vec<String>> {
    let folder = dist.join("encodings");
    fs::create_dir_all(&folder)?;
    let mut names = Vec::new();
    let packs =
        fs::read_dir(place::root().join("packs")).context("packs: run `cargo xtask vocab`")?;
    for entry in packs {
        let path = entry?.path();
        if path
            .extension()
            .is_some_and(|extension| extension == "pack")
        {
            let name = path
                .file_stem()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            module(&folder, &name, &fs::read(&path)?)?;
            names.push(name);
        }
    }
    names.sort();
    ensure!(
        !names.is_empty(),
        "packs/ holds no vocabulary: run `cargo xtask vocab`"
    );
    Ok(names)
}

fn module(folder: &Path, name: &str, pack: &[u8]) -> Result<()> {
    let value = format!("{{ name: \"{name}\", data: \"{}\" }}", base64(pack));
    let esm = format!("export default {value};\n");
    // Marked as transpiled, so that `default` means the same to every importer.
    let cjs = format!(
        "Object.defineProperty(exports, \"__esModule\", {{ value: true }});\nexports.default = {value};\n"
    );
    let write = |extension: &str, content: &[u8]| {
        fs::write(folder.join(format!("{name}.{extension}")), content)
    };
    write("pack", pack)?;
    write("js", esm.as_bytes())?;
    write("cjs", cjs.as_bytes())?;
    write("d.ts", declaration(name, "../types.js").as_bytes())?;
    write("d.cts", declaration(name, "../types.cjs").as_bytes())?;
    Ok(())
}

fn declaration(name: &str, types: &str) -> String {
    format!(
        "import type {{ EncodingModule }} from \"{types}\";\n\n\
         /** The vocabulary of {name}. */\n\
         declare const {name}: EncodingModule;\n\
         export default {name};\n"
    )
}

/// Standard base64 with padding.
pub fn base64(bytes: &[u8]) -> String {
    const DIGITS: [char; 64] = digits();
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let byte = |index: usize| chunk.get(index).copied().map_or(0, u32::from);
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for digit in 0..4 {
            let value = bits >> (18 - 6 * digit) & 63;
            text.push(if digit <= chunk.len() {
                DIGITS[value as usize]
            } else {
                '='
            });
        }
    }
    text
}

const fn digits() -> [char; 64] {
    let source = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut digits = ['A'; 64];
    let mut index = 0;
    while index < 64 {
        digits[index] = source[index] as char;
        index += 1;
    }
    digits
}

#[cfg(test)]
mod tests {
    use super::base64;

    /// The test vectors of RFC 4648, section 10, and one with every digit above the letters.
    #[test]
    fn base64_is_standard() {
        let pairs = [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ];
        for (plain, encoded) in pairs {
            assert_eq!(base64(plain.as_bytes()), encoded);
        }
        assert_eq!(base64(&[0xfb, 0xff, 0xbf]), "+/+/");
    }
}
