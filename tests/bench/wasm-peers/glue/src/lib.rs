//! What JavaScript calls: a staging buffer for text, and a count of what is in it. No more than that, so that a peer
//! is measured and not its wrapping.

use std::alloc::{Layout, alloc};

/// Memory for `bytes` bytes, never given back: the caller keeps one buffer and replaces it by a larger one.
pub fn reserve(bytes: usize) -> *mut u8 {
    match Layout::array::<u8>(bytes) {
        // SAFETY: the layout's size is not zero.
        Ok(layout) if bytes > 0 => unsafe { alloc(layout) },
        _ => std::ptr::null_mut(),
    }
}

/// The text that JavaScript wrote with `TextEncoder.encodeInto`.
///
/// # Safety
/// `bytes` bytes at `text` must be initialised UTF-8.
pub unsafe fn text<'a>(text: *const u8, bytes: usize) -> &'a str {
    // SAFETY: the caller's promise.
    unsafe { std::str::from_utf8_unchecked(std::slice::from_raw_parts(text, bytes)) }
}

/// Exports `alloc`, `init` and `count`; `$count` counts a `&str`.
#[macro_export]
macro_rules! peer {
    ($count:expr) => {
        #[unsafe(no_mangle)]
        extern "C" fn alloc(bytes: usize) -> *mut u8 {
            $crate::reserve(bytes)
        }

        /// Builds the tables, which all of these crates otherwise do at the first count.
        #[unsafe(no_mangle)]
        extern "C" fn init() {
            let count: fn(&str) -> usize = $count;
            count("");
        }

        #[unsafe(no_mangle)]
        extern "C" fn count(text: *const u8, bytes: usize) -> usize {
            let count: fn(&str) -> usize = $count;
            // SAFETY: JavaScript passes what `encodeInto` has written.
            count(unsafe { $crate::text(text, bytes) })
        }
    };
}
