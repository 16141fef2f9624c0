//! Decimal numbers as `f64` and back, exact and without tables.
//!
//! The standard library and serde_json each bring tables of powers of five for this, 35 KB of WebAssembly that do not compress. Numbers in
//! requests are few and short: long arithmetic on them is fast enough.

use std::cmp::Ordering;

/// Significant digits that can decide how a number is rounded; of what follows matters only whether it is zero. No border between two
/// `f64` has more than 768.
const DIGITS: usize = 800;
/// Up to this power of ten, and up to 2^53, an `f64` is exact, and so one multiplication or division rounds correctly.
const EXACT_POWER: u32 = 22;
/// Bits of a mantissa, with the leading one.
const MANTISSA: i32 = 53;
/// The exponent of the least normal number, and of the last bit of any number.
const LEAST_NORMAL: i32 = -1022;
const LEAST: i32 = LEAST_NORMAL - MANTISSA + 1;

/// The `f64` nearest to a number written as in JSON; infinite when it is beyond the largest.
pub(super) fn parse(text: &str) -> f64 {
    let (unsigned, sign) = match text.strip_prefix('-') {
        Some(unsigned) => (unsigned, -1.0),
        None => (text, 1.0),
    };
    let (digits, power) = unsigned.split_once(['e', 'E']).unwrap_or((unsigned, "0"));
    let mut power = saturating(power);
    let mut number = Natural::default();
    let (mut taken, mut fraction) = (0, false);
    for byte in digits.bytes() {
        if byte == b'.' {
            fraction = true;
            continue;
        }
        let digit = u32::from(byte.saturating_sub(b'0'));
        if taken < DIGITS {
            number.multiply_add(10, digit);
            taken += usize::from(!number.is_zero());
            power -= i64::from(fraction);
        } else {
            power += i64::from(!fraction);
            if digit != 0 {
                // Odd in its last bit, so that it is no tie.
                number.stick();
            }
        }
    }
    sign * nearest(number, power)
}

/// An exponent; beyond what can matter it need not be exact.
fn saturating(power: &str) -> i64 {
    let mut value = 0_i64;
    for byte in power.bytes().filter(u8::is_ascii_digit) {
        value = (value * 10 + i64::from(byte - b'0')).min(1 << 40);
    }
    if power.starts_with('-') {
        -value
    } else {
        value
    }
}

/// The `f64` nearest to `number * 10^power`, the even one of two.
fn nearest(mut number: Natural, power: i64) -> f64 {
    // 2^(bits - 1) <= number < 2^bits, and 10 is less than 2^4 and more than 2^3.
    let bits = i64::from(number.bits());
    if number.is_zero() || bits + power.saturating_mul(if power < 0 { 3 } else { 4 }) < -1080 {
        return 0.0;
    }
    if bits + power.saturating_mul(if power < 0 { 4 } else { 3 }) > 1030 {
        return f64::INFINITY;
    }
    let size = u32::try_from(power.unsigned_abs()).unwrap_or(u32::MAX);
    if bits <= i64::from(MANTISSA) && size <= EXACT_POWER {
        let scale = (0..size).fold(1.0, |scale, _| scale * 10.0);
        let number = number.low() as f64;
        return if power < 0 {
            number / scale
        } else {
            number * scale
        };
    }
    let mut divisor = Natural::from(1);
    if power < 0 {
        divisor.scale(size);
    } else {
        number.scale(size);
    }
    // Both with their leading bit at the top of a limb and equally long: the quotient is between 1/2 and 2.
    let shift = divisor.bits() as i32 - number.bits() as i32;
    let top = divisor
        .bits()
        .next_multiple_of(32)
        .max(number.bits().next_multiple_of(32));
    number.shift(top - number.bits());
    divisor.shift(top - divisor.bits());
    let mut quotient = u128::from(number.reduce(&divisor));
    for _ in 0..2 {
        number.shift(32);
        quotient = quotient << 32 | u128::from(number.reduce(&divisor));
    }
    // The value is the quotient * 2^(-64 - shift); 64 or 65 bits of it are known.
    let bits = 128 - quotient.leading_zeros() as i32;
    let exponent = bits - 1 - 64 - shift;
    let kept = MANTISSA.min(MANTISSA + exponent - LEAST_NORMAL);
    if exponent > 1023 {
        return f64::INFINITY;
    }
    if kept < 0 {
        return 0.0;
    }
    let dropped = bits - kept;
    let half = 1_u128 << (dropped - 1);
    let rest = quotient & ((half << 1) - 1);
    let mantissa = (quotient >> dropped) as u64;
    let above = match rest.cmp(&half) {
        Ordering::Equal => !number.is_zero() || mantissa & 1 == 1,
        order => order == Ordering::Greater,
    };
    // A carry out of the mantissa raises the exponent, as it must.
    let exponent = (exponent - LEAST_NORMAL).max(0) as u64;
    f64::from_bits((exponent << (MANTISSA - 1)) + mantissa + u64::from(above))
}

/// The shortest decimal digits that read back as `number`, of those the nearest, and the power of ten of the first one. `number` is positive
/// and finite.
///
/// Steele and White's algorithm: `rest / scale` is what is left to write, `low` and `high` how far the neighbours' borders are, in parts of
/// `scale`.
pub(super) fn shortest(number: f64) -> (String, i32) {
    let bits = number.to_bits();
    let (biased, fraction) = ((bits >> (MANTISSA - 1)) as i32, bits << 12 >> 12);
    let hidden = u64::from(biased > 0) << (MANTISSA - 1);
    let mantissa = fraction | hidden;
    let exponent = (biased - 1).max(0) + LEAST;
    // Below a power of two the numbers are twice as dense.
    let is_border = fraction == 0 && biased > 1;
    let (mut rest, mut low) = (Natural::from(mantissa), Natural::from(1));
    let mut scale = Natural::from(1);
    if exponent < 0 {
        scale.shift(exponent.unsigned_abs());
    } else {
        rest.shift(exponent.unsigned_abs());
        low.shift(exponent.unsigned_abs());
    }
    let double = 1 + u32::from(is_border);
    rest.shift(double);
    scale.shift(double);
    let mut high = low.clone();
    high.shift(double - 1);
    // A lower bound of the power, at most one too low: log10(2) is between 0.30102 and 0.30103.
    let leading = exponent + 63 - mantissa.leading_zeros() as i32;
    let factor = if leading < 0 { 30_103 } else { 30_102 };
    let mut power = (leading * factor).div_euclid(100_000);
    if power < 0 {
        for value in [&mut rest, &mut low, &mut high] {
            value.scale(power.unsigned_abs());
        }
    } else {
        scale.scale(power.unsigned_abs());
    }
    let is_even = mantissa & 1 == 0;
    let reaches =
        |order: Ordering| order == Ordering::Greater || is_even && order == Ordering::Equal;
    // Rounded up, it may have a digit more.
    let mut next = scale.clone();
    next.multiply_add(10, 0);
    if reaches(rest.plus(&high).compare(&next)) {
        power += 1;
        scale = next;
    }
    let mut digits = String::new();
    loop {
        let mut digit = 0;
        while rest.compare(&scale) != Ordering::Less {
            rest.subtract(&scale, 1);
            digit += 1;
        }
        let is_low = reaches(low.compare(&rest));
        let is_high = reaches(rest.plus(&high).compare(&scale));
        if is_low || is_high {
            let up = is_high
                && (!is_low
                    || match rest.plus(&rest).compare(&scale) {
                        Ordering::Equal => digit & 1 == 1,
                        order => order == Ordering::Greater,
                    });
            digits.extend(char::from_digit(digit + u32::from(up), 10));
            return (digits, power);
        }
        digits.extend(char::from_digit(digit, 10));
        for value in [&mut rest, &mut low, &mut high] {
            value.multiply_add(10, 0);
        }
    }
}

/// A natural number in limbs of 32 bits, least first, the last one not zero.
#[derive(Clone, Default)]
struct Natural {
    limbs: Vec<u32>,
}

impl Natural {
    fn from(number: u64) -> Self {
        let limbs = vec![number as u32, (number >> 32) as u32];
        Self { limbs }.trimmed()
    }

    fn trimmed(mut self) -> Self {
        self.trim();
        self
    }

    fn trim(&mut self) {
        while self.limbs.last() == Some(&0) {
            self.limbs.pop();
        }
    }

    fn is_zero(&self) -> bool {
        self.limbs.is_empty()
    }

    fn bits(&self) -> u32 {
        let top = self.limbs.last().map_or(0, |limb| limb.leading_zeros());
        self.limbs.len() as u32 * 32 - top
    }

    /// The lowest 64 bits.
    fn low(&self) -> u64 {
        let limb = |at: usize| u64::from(self.limbs.get(at).copied().unwrap_or(0));
        limb(1) << 32 | limb(0)
    }

    fn stick(&mut self) {
        if let Some(limb) = self.limbs.first_mut() {
            *limb |= 1;
        }
    }

    fn multiply_add(&mut self, factor: u32, carry: u32) {
        let mut carry = u64::from(carry);
        for limb in &mut self.limbs {
            carry += u64::from(*limb) * u64::from(factor);
            *limb = carry as u32;
            carry >>= 32;
        }
        if carry > 0 {
            self.limbs.push(carry as u32);
        }
    }

    /// Multiplies by `10^power`.
    fn scale(&mut self, power: u32) {
        for _ in 0..power / 9 {
            self.multiply_add(1_000_000_000, 0);
        }
        for _ in 0..power % 9 {
            self.multiply_add(10, 0);
        }
    }

    /// Multiplies by `2^bits`.
    fn shift(&mut self, bits: u32) {
        if !self.is_zero() {
            self.multiply_add(1 << (bits % 32), 0);
            let zeros = std::iter::repeat_n(0, bits as usize / 32);
            self.limbs.splice(..0, zeros);
        }
    }

    fn compare(&self, other: &Self) -> Ordering {
        let length = self.limbs.len().cmp(&other.limbs.len());
        length.then_with(|| self.limbs.iter().rev().cmp(other.limbs.iter().rev()))
    }

    fn plus(&self, other: &Self) -> Self {
        let mut limbs = Vec::with_capacity(self.limbs.len().max(other.limbs.len()) + 1);
        let mut carry = 0;
        for at in 0..self.limbs.len().max(other.limbs.len()) {
            let limb = |of: &Self| u64::from(of.limbs.get(at).copied().unwrap_or(0));
            carry += limb(self) + limb(other);
            limbs.push(carry as u32);
            carry >>= 32;
        }
        limbs.push(carry as u32);
        Self { limbs }.trimmed()
    }

    /// Subtracts `times * other`, which is not more.
    fn subtract(&mut self, other: &Self, times: u32) {
        let mut borrow = 0_u64;
        for (at, limb) in self.limbs.iter_mut().enumerate() {
            let other = other.limbs.get(at).copied().unwrap_or(0);
            let taken = borrow + u64::from(other) * u64::from(times);
            let (left, is_less) = limb.overflowing_sub(taken as u32);
            *limb = left;
            borrow = (taken >> 32) + u64::from(is_less);
        }
        self.trim();
    }

    /// Leaves the remainder of a division by `divisor`, whose topmost bit is set; the quotient, which is less than 2^32.
    fn reduce(&mut self, divisor: &Self) -> u32 {
        let length = divisor.limbs.len();
        let limb = |at: usize| u64::from(self.limbs.get(at).copied().unwrap_or(0));
        let top = limb(length) << 32 | limb(length - 1);
        // From the topmost limb rounded up: not too large, and at most two too small.
        let first = divisor.limbs.last().map_or(1, |limb| u64::from(*limb));
        let mut quotient = (top / (first + 1)) as u32;
        self.subtract(divisor, quotient);
        while self.compare(divisor) != Ordering::Less {
            self.subtract(divisor, 1);
            quotient += 1;
        }
        quotient
    }
}
