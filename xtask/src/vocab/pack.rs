//! Packs tokenizers that share their merges, and proves that the pack means the same as what went in.

use std::collections::HashMap;

use anyhow::{Context, Result, ensure};
use token_headroom_encoding::load::Tokenizer;
use token_headroom_encoding::pack::{self, Contents, Symbols};

use super::sweep;

/// A pack, and files of ids: the pack's own and those of variants that number tokens otherwise, by name.
pub struct Packed {
    /// The pack.
    pub pack: Vec<u8>,
    /// Ids by variant.
    pub ids: Vec<(String, Vec<u8>)>,
}

/// Packs `tokenizers`, of which the first gives the pack its name.
pub fn build(tokenizers: &[Tokenizer]) -> Result<Packed> {
    let main = tokenizers.first().context("no tokenizer")?;
    let first = match &main.symbols {
        Symbols::Bytes => 256,
        Symbols::Characters(characters) => 256 + u32::try_from(characters.len())?,
    };
    let contents = Contents {
        symbols: main.symbols.clone(),
        sweeps: sweep::order(&main.merges, first)?,
        wholes: main.wholes.clone(),
        variants: tokenizers.iter().map(|t| t.variant.clone()).collect(),
    };
    let packed = pack::write(&contents)?;
    ensure!(pack::read(&packed)? == contents, "the pack reads otherwise");

    let pairs = contents.sweeps.concat();
    let mut ids: Vec<(String, Vec<u8>)> = Vec::new();
    for tokenizer in tokenizers {
        let name = &tokenizer.variant.name;
        ensure!(
            tokenizer.symbols == main.symbols,
            "{name} has other symbols"
        );
        ensure!(
            tokenizer.wholes == main.wholes,
            "{name} has other whole tokens"
        );
        let places = prove(&tokenizer.merges, &pairs, first).with_context(|| name.clone())?;
        let file = pack::write_ids(&reorder(&tokenizer.ids, &places, first as usize)?)?;
        if ids.iter().all(|(_, known)| *known != file) {
            ids.push((name.clone(), file));
        }
    }
    Ok(Packed { pack: packed, ids })
}

/// External ids in the order of the pack: symbols and wholes stay, merge `i` moves to `places[i]`.
fn reorder(ids: &[u32], places: &[usize], first: usize) -> Result<Vec<u32>> {
    let mut moved = ids.to_vec();
    for (&place, &id) in places
        .iter()
        .zip(ids.get(first..).context("ids of merges")?)
    {
        *moved.get_mut(first + place).context("ids of merges")? = id;
    }
    Ok(moved)
}

/// Checks that `pairs` are the same merges as `merges`, each with ids that count on from `first`, and that any two which can
/// collide have the same order in both. Gives the place of each merge.
fn prove(merges: &[(u32, u32)], pairs: &[(u32, u32)], first: u32) -> Result<Vec<usize>> {
    ensure!(pairs.len() == merges.len(), "the number of merges differs");
    let by_pair: HashMap<(u32, u32), u32> = pairs.iter().copied().zip(first..).collect();
    ensure!(by_pair.len() == pairs.len(), "a merge is there twice");
    let size = first as usize + merges.len();
    // By id before: the id in the pack.
    let mut news: Vec<u32> = (0..first).collect();
    // Newest position so far, by token, of a merge that has the token on the left, or on the right.
    let mut as_left = vec![0; size];
    let mut as_right = vec![0; size];
    for &(left, right) in merges {
        let new = |old: u32| {
            news.get(old as usize)
                .copied()
                .context("a part comes later")
        };
        let pair = (new(left)?, new(right)?);
        let id = *by_pair.get(&pair).context("a merge is missing")?;
        let (left, right) = (left as usize, right as usize);
        ensure!(
            as_right[left] < id && as_left[right] < id && pair.0 < id && pair.1 < id,
            "the merge of {left} and {right} overtakes one that it can collide with"
        );
        as_left[left] = as_left[left].max(id);
        as_right[right] = as_right[right].max(id);
        news.push(id);
    }
    let merges = news.split_off(first as usize);
    Ok(merges.iter().map(|id| (id - first) as usize).collect())
}
