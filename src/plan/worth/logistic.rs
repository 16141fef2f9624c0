//! Logarithm and logistic function from the four operations alone: those of the system's library differ in the last bit
//! between platforms, and a plan is the same everywhere.

/// The factors of the series for the logarithm; the rest is below 3^-27.
const SERIES: [f64; 13] = {
    let mut factors = [1.0; 13];
    let mut term = 1;
    while term < factors.len() {
        factors[term] = 1.0 / (2 * term + 1) as f64;
        term += 1;
    }
    factors
};

/// Natural logarithm of a number from 1 up; 0 for any other.
pub(super) fn ln(x: f64) -> f64 {
    if x.is_nan() || x <= 1.0 || x.is_infinite() {
        return 0.0;
    }
    let bits = x.to_bits();
    let exponent = (bits >> 52) as i32 - 1023;
    let mantissa = f64::from_bits(bits & 0x000F_FFFF_FFFF_FFFF | 0x3FF0_0000_0000_0000);
    // ln m = 2 artanh t, with t at most a third.
    let t = (mantissa - 1.0) / (mantissa + 1.0);
    let square = t * t;
    let mut series = 0.0;
    for factor in SERIES.iter().rev() {
        series = series * square + factor;
    }
    f64::from(exponent) * std::f64::consts::LN_2 + 2.0 * t * series
}

/// The probability whose log-odds are `z`.
pub(super) fn logistic(z: f64) -> f64 {
    let z = z.clamp(-30.0, 30.0);
    // e^z as a Taylor series of z/32, squared five times.
    let x = z / 32.0;
    let mut power = 1.0;
    for term in (1..=16).rev() {
        power = 1.0 + power * x / f64::from(term);
    }
    for _ in 0..5 {
        power *= power;
    }
    power / (1.0 + power)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_are_those_of_the_library() {
        for step in 1..20_000 {
            let x = 1.0 + f64::from(step) * 0.37;
            assert!((ln(x) - x.ln()).abs() < 1e-12, "{x}");
            let z = f64::from(step - 10_000) / 400.0;
            assert!(
                (logistic(z) - 1.0 / (1.0 + (-z).exp())).abs() < 1e-12,
                "{z}"
            );
        }
        for x in [0.0, -1.0, f64::NAN, f64::INFINITY, 1.0] {
            assert_eq!(ln(x), 0.0);
        }
    }
}
