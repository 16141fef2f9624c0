//! The least that a counter does with a text once it is UTF-8 in memory: it reads each byte and finds its class.
//!
//! Six masks of 64 bits per 64 bytes (letters, capitals, digits, blanks, line breaks, beyond ASCII). Instead of pieces and tokens,
//! the number of class changes is returned, so that no mask can be optimised away.

#![cfg(target_arch = "wasm32")]

use std::arch::wasm32::{
    i8x16_bitmask, u8x16_eq, u8x16_le, u8x16_splat, u8x16_sub, v128, v128_load, v128_or,
};

const WIDTH: usize = 64;

#[unsafe(no_mangle)]
extern "C" fn alloc(bytes: usize) -> *mut u8 {
    // Whole blocks are read: the last one reaches beyond the text.
    peer_glue::reserve(bytes + WIDTH)
}

#[unsafe(no_mangle)]
extern "C" fn init() {}

#[unsafe(no_mangle)]
extern "C" fn count(text: *const u8, bytes: usize) -> usize {
    let mut changes = 0;
    for at in (0..bytes).step_by(WIDTH) {
        // SAFETY: `alloc` has added a block, so 64 bytes from any byte of the text are readable.
        let lanes = [0, 16, 32, 48].map(|lane| unsafe { v128_load(text.add(at + lane).cast()) });
        let masks = [
            mask(&lanes, |l| among(v128_or(l, u8x16_splat(0x20)), b'a', 26)),
            mask(&lanes, |l| among(l, b'A', 26)),
            mask(&lanes, |l| among(l, b'0', 10)),
            mask(&lanes, |l| {
                v128_or(u8x16_eq(l, u8x16_splat(b' ')), among(l, 9, 5))
            }),
            mask(&lanes, |l| {
                v128_or(
                    u8x16_eq(l, u8x16_splat(b'\n')),
                    u8x16_eq(l, u8x16_splat(b'\r')),
                )
            }),
            mask(&lanes, |l| l),
        ];
        changes += masks
            .map(|mask| (mask ^ mask << 1).count_ones() as usize)
            .iter()
            .sum::<usize>();
    }
    changes
}

fn mask(lanes: &[v128; 4], class: fn(v128) -> v128) -> u64 {
    lanes.iter().rev().fold(0, |mask, &lane| {
        mask << 16 | u64::from(i8x16_bitmask(class(lane)))
    })
}

fn among(lane: v128, first: u8, number: u8) -> v128 {
    u8x16_le(u8x16_sub(lane, u8x16_splat(first)), u8x16_splat(number - 1))
}
