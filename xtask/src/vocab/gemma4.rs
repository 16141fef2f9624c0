//! Gemma 4 as a `tokenizer.json`.
//!
//! The package has pieces in the order of their ids, and by rank the pieces that merges make. It tells but the first of the ways to
//! cut such a piece in two, which Gemma's own file lists all, one after the other. The configuration around them is Gemma
//! 3's, and the control tokens are told by their names.

use std::collections::HashMap;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

/// Control tokens, apart from those in `<|...>` and `<...|>`.
const CONTROL: [&str; 5] = ["<pad>", "<eos>", "<bos>", "<unk>", "<mask>"];

/// A `tokenizer.json` with the pieces and merges of `mbpe`.
pub fn tokenizer_json(mbpe: &[u8]) -> Result<Vec<u8>> {
    let text = std::str::from_utf8(mbpe)?;
    let mut lines = text.split('\n');
    ensure!(lines.next() == Some("mbpe 1"), "expected the format mbpe 1");
    let mut number = |name: &str| -> Result<usize> {
        let line = lines.next().and_then(|line| line.strip_prefix(name));
        Ok(line.context("header")?.trim().parse()?)
    };
    let (pieces, merges) = (number("vocab")?, number("merges")?);
    ensure!(lines.next() == Some(""), "expected an empty line");
    let pieces: Vec<String> = lines.by_ref().take(pieces).map(unescaped).collect();
    let ids: HashMap<&str, u32> = pieces.iter().map(String::as_str).zip(0..).collect();
    let mut pairs = Vec::with_capacity(2 * merges);
    let mut made = 0;
    for line in lines.filter(|line| !line.is_empty()) {
        let (piece, _) = line.split_once(' ').context("a merge")?;
        let piece = pieces.get(piece.parse::<usize>()?).context("a piece")?;
        made += 1;
        let cuts = piece.char_indices().map(|(at, _)| piece.split_at(at));
        pairs.extend(
            cuts.filter(|(left, right)| ids.contains_key(left) && ids.contains_key(right))
                .map(|(left, right)| json!([left, right])),
        );
    }
    ensure!(made == merges, "{made} merges");
    let added: Vec<Value> = (0_u32..)
        .zip(&pieces)
        .filter(|(_, piece)| is_control(piece))
        .map(|(id, piece)| control(id, piece))
        .collect();
    Ok(serde_json::to_vec(&json!({
        "version": "1.0",
        "added_tokens": added,
        "normalizer": { "type": "Replace", "pattern": { "String": " " }, "content": "\u{2581}" },
        "pre_tokenizer": null,
        "model": { "type": "BPE", "unk_token": "<unk>", "fuse_unk": true, "byte_fallback": true, "vocab": ids, "merges": pairs },
    }))?)
}

fn control(id: u32, piece: &str) -> Value {
    json!({
        "id": id, "content": piece, "special": true,
        "single_word": false, "lstrip": false, "rstrip": false, "normalized": false,
    })
}

fn is_control(piece: &str) -> bool {
    let tag = piece
        .strip_prefix('<')
        .and_then(|tag| tag.strip_suffix('>'));
    let marked =
        tag.is_some_and(|tag| tag.len() > 1 && (tag.starts_with('|') || tag.ends_with('|')));
    CONTROL.contains(&piece) || marked
}

/// Line breaks and backslashes are written as in C.
fn unescaped(piece: &str) -> String {
    let mut text = String::with_capacity(piece.len());
    let mut chars = piece.chars();
    while let Some(c) = chars.next() {
        text.push(match c {
            '\\' => match chars.next() {
                Some('n') => '\n',
                Some('r') => '\r',
                Some('t') => '\t',
                Some(other) => other,
                None => '\\',
            },
            c => c,
        });
    }
    text
}
