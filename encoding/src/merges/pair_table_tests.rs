//! The table agrees with a map, and refuses what would fill one place.

use std::collections::HashMap;

use super::super::vocabulary::{NONE, id};
use super::{Bucket, MAX_BUCKETS, OVERFLOW, PAIR, PairTable, pair, parts};
use crate::pack::{Kind, Pack};

fn table(pairs: &[(u32, u32)], first_id: u32) -> crate::Result<PairTable> {
    PairTable::new(pairs, first_id, &parts(pairs, first_id))
}

#[test]
fn every_merge_is_found_and_no_other_pair() {
    for bytes in [
        include_bytes!("../../packs/o200k_base.pack").as_slice(),
        include_bytes!("../../packs/gemma4.pack"),
        include_bytes!("../../packs/mistral-sp-v1.pack"),
    ] {
        let Kind::Merges(merges) = Pack::open(bytes).unwrap().kind else {
            panic!("a tiling");
        };
        let first_id = merges.first_id();
        let pairs = merges.pairs().unwrap();
        let table = table(&pairs, first_id).unwrap();
        let is_over = |&&Bucket([_, older]): &&Bucket| older & OVERFLOW != 0;
        assert!(table.buckets.iter().filter(is_over).count() > 100);
        let known: HashMap<_, _> = pairs.iter().copied().zip(first_id..).collect();
        assert_eq!(known.len(), pairs.len());
        for (&(left, right), &merge) in &known {
            if left < 256 && right < 256 {
                let two = u16::from_le_bytes([left as u8, right as u8]);
                assert_eq!(id(table.of_bytes(two)), merge);
            }
            // Looks like an empty entry.
            if (left, right) == (0, 0) {
                continue;
            }
            assert_eq!(id(table.get(left, right)), merge);
            let join = table.joining(left, right, true);
            assert_eq!(table.joined(join), table.get(left, right));
            assert_eq!(table.joined(table.joining(left, right, false)), NONE);
        }
        // Of merges that follow each other, so that both ids occur in the table.
        let mixed = pairs.windows(2).map(|two| (two[0].0, two[1].1));
        let mixed: Vec<_> = mixed.filter(|&both| both != (0, 0)).collect();
        for both in mixed.windows(2) {
            let both = [both[0], both[1]];
            let expected = both.map(|pair| known.get(&pair).copied().unwrap_or_default());
            let joins = both.map(|(left, right)| table.joining(left, right, true));
            assert_eq!(table.joined_both(joins).map(id), expected, "{both:?}");
        }
    }
}

#[test]
fn merges_of_known_vocabularies_are_near_where_they_belong() {
    for bytes in [
        include_bytes!("../../packs/o200k_base.pack").as_slice(),
        include_bytes!("../../packs/deepseek-v4.pack"),
        include_bytes!("../../packs/gemma4.pack"),
    ] {
        let Kind::Merges(merges) = Pack::open(bytes).unwrap().kind else {
            panic!("a tiling");
        };
        let pairs = merges.pairs().unwrap();
        let table = table(&pairs, merges.first_id()).unwrap();
        for &(left, right) in &pairs {
            let pair = pair(left, right);
            let has = |&at: &usize| {
                let Bucket(entries) = table.buckets[at];
                entries.iter().any(|entry| entry ^ pair < PAIR)
            };
            let near = std::iter::successors(Some(table.place(pair)), |&at| Some(table.next(at)));
            assert!(near.take(20).any(|at| has(&at)), "{left} {right}");
        }
    }
}

/// Ids that no merge makes.
const IDS: u32 = 1000;

/// So many merges that all belong to one bucket.
fn colliding(number: usize) -> Vec<(u32, u32)> {
    // Where a pair belongs depends on how many there are.
    let others: Vec<_> = (0..number as u32).map(|right| (1, right)).collect();
    let size = table(&others, IDS).unwrap();
    let all = (1..IDS * IDS).map(|pair| (pair / IDS, pair % IDS));
    let same = all.filter(|&(left, right)| size.place(pair(left, right)) == 7);
    let pairs: Vec<_> = same.take(number).collect();
    assert_eq!(pairs.len(), number);
    pairs
}

#[test]
fn merges_in_one_place_are_found_until_there_are_too_many() {
    let pairs = colliding(2 * MAX_BUCKETS);
    let full = table(&pairs, IDS).unwrap();
    for (&(left, right), merge) in pairs.iter().zip(IDS..) {
        let join = full.joining(left, right, true);
        assert_eq!(id(full.joined(join)), merge);
    }
    let (left, right) = pairs[1];
    assert_eq!(full.get(left, right + 1), NONE);
    let pairs = colliding(2 * MAX_BUCKETS + 1);
    let error = table(&pairs, IDS).err().unwrap().to_string();
    assert!(error.contains("buckets of merges are full"), "{error}");
}

#[test]
fn a_merge_that_occurs_twice_is_refused() {
    let pairs = colliding(100);
    for at in [0, 1, 2, 99] {
        let twice = [&pairs[..], &pairs[at..=at]].concat();
        let error = table(&twice, IDS).err().unwrap().to_string();
        let named = format!("merges {} and {} are equal", IDS as usize + at, IDS + 100);
        assert!(error.contains(&named), "{error}");
    }
}
