//! Questions about the 64 bytes of a window, answered with a bit each.

use super::lanes::Lanes;

/// Sixty-four bytes. Its methods name each sixteen because loops over them stay loops.
#[derive(Clone, Copy)]
pub(crate) struct Block([Lanes; 4]);

impl Block {
    /// Reads them.
    #[inline(always)]
    pub fn new(bytes: &[u8; 64]) -> Self {
        let (chunks, _) = bytes.as_chunks();
        Self([
            Lanes::new(&chunks[0]),
            Lanes::new(&chunks[1]),
            Lanes::new(&chunks[2]),
            Lanes::new(&chunks[3]),
        ])
    }

    /// The answer for each sixteen.
    #[inline(always)]
    pub fn map(self, ask: impl Fn(Lanes) -> Lanes) -> Self {
        let Self([first, second, third, fourth]) = self;
        Self([ask(first), ask(second), ask(third), ask(fourth)])
    }

    /// Which have bit `BIT`.
    #[inline(always)]
    pub fn bit<const BIT: u32>(self) -> u64 {
        let Self([first, second, third, fourth]) = self;
        u64::from(first.bit::<BIT>())
            | u64::from(second.bit::<BIT>()) << 16
            | u64::from(third.bit::<BIT>()) << 32
            | u64::from(fourth.bit::<BIT>()) << 48
    }

    /// Whether any is 0x80 or above.
    #[inline(always)]
    pub fn any(self) -> bool {
        let Self([first, second, third, fourth]) = self;
        first.or(second).or(third.or(fourth)).bit::<7>() != 0
    }

    /// Which are letters of ASCII.
    #[inline(always)]
    pub fn letters(self) -> u64 {
        self.which(|l| l.lower().among(b'a', 26))
    }

    /// Which are `byte`.
    #[inline(always)]
    pub fn equal(self, byte: u8) -> u64 {
        self.which(|l| l.equal(byte))
    }

    /// Which are among the `length` bytes from `first` on.
    #[inline(always)]
    pub fn among(self, first: u8, length: u8) -> u64 {
        self.which(|l| l.among(first, length))
    }

    #[inline(always)]
    fn which(self, ask: impl Fn(Lanes) -> Lanes) -> u64 {
        self.map(ask).bit::<7>()
    }
}
