//! Exact arithmetic on the decimals as written.
//!
//! Ties are ordinary here (questions alike, domains without a table, a band met to the digit), so the sum is kept
//! in rationals from end to end and each number is rounded to a double once, where it leaves.

use num_bigint::BigInt;
use num_rational::Ratio;
use num_traits::{One, Signed, ToPrimitive, Zero};
use std::cmp::Ordering;
use std::ops::{Add, Mul, Sub};

/// A number without rounding: `numerator / (denominator * 10^tens)`.
///
/// Never reduced. Decimals have the denominator 1, so sums and products of them stay short, and only what was
/// divided carries a denominator. Reducing after every step, as ratios usually are, takes many times as long.
#[derive(Clone, Debug)]
pub(super) struct Exact {
    numerator: BigInt,
    /// Above 0.
    denominator: BigInt,
    tens: u32,
}

impl Exact {
    pub(super) fn integer(number: u8) -> Self {
        Self { numerator: number.into(), denominator: BigInt::one(), tens: 0 }
    }

    pub(super) fn is_zero(&self) -> bool {
        self.numerator.is_zero()
    }

    pub(super) fn is_positive(&self) -> bool {
        self.numerator.is_positive()
    }

    /// Both numerators over one denominator, and that denominator.
    fn aligned(&self, other: &Self) -> (BigInt, BigInt, BigInt, u32) {
        let tens = self.tens.max(other.tens);
        let one = &self.numerator * ten_to(tens - self.tens);
        let two = &other.numerator * ten_to(tens - other.tens);
        if self.denominator == other.denominator {
            (one, two, self.denominator.clone(), tens)
        } else {
            (one * &other.denominator, two * &self.denominator, &self.denominator * &other.denominator, tens)
        }
    }
}

fn ten_to(power: u32) -> BigInt {
    BigInt::from(10).pow(power)
}

impl Add for &Exact {
    type Output = Exact;

    fn add(self, other: Self) -> Exact {
        let (one, two, denominator, tens) = self.aligned(other);
        Exact { numerator: one + two, denominator, tens }
    }
}

impl Sub for &Exact {
    type Output = Exact;

    fn sub(self, other: Self) -> Exact {
        let (one, two, denominator, tens) = self.aligned(other);
        Exact { numerator: one - two, denominator, tens }
    }
}

impl Mul for &Exact {
    type Output = Exact;

    fn mul(self, other: Self) -> Exact {
        Exact {
            numerator: &self.numerator * &other.numerator,
            denominator: &self.denominator * &other.denominator,
            tens: self.tens + other.tens,
        }
    }
}

impl Ord for Exact {
    fn cmp(&self, other: &Self) -> Ordering {
        let (one, two, ..) = self.aligned(other);
        one.cmp(&two)
    }
}

impl PartialOrd for Exact {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Exact {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Exact {}

/// What a number means: its shortest decimal that reads back as the same double.
pub(super) fn exact(number: f64) -> Exact {
    let text = format!("{number:e}");
    let (digits, exponent) = text.split_once('e').expect("a finite number");
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let numerator: BigInt = format!("{whole}{fraction}").parse().expect("digits");
    let exponent: i32 = exponent.parse().expect("digits");
    let power = exponent - i32::try_from(fraction.len()).expect("a double has at most 17 digits");
    let (numerator, tens) =
        if power < 0 { (numerator, power.unsigned_abs()) } else { (numerator * ten_to(power.unsigned_abs()), 0) };
    Exact { numerator, denominator: BigInt::one(), tens }
}

/// The nearest double. Rounding keeps order, so a bound that holds exactly holds for the doubles too.
pub(super) fn rounded(number: &Exact) -> f64 {
    let denominator = &number.denominator * ten_to(number.tens);
    Ratio::new_raw(number.numerator.clone(), denominator).to_f64().expect("no denominator is zero")
}

/// The sum, added pair by pair so that denominators grow evenly.
pub(super) fn total(terms: impl IntoIterator<Item = Exact>) -> Exact {
    let mut level: Vec<Exact> = terms.into_iter().collect();
    while level.len() > 1 {
        let pair = |pair: &[Exact]| if let [one, two] = pair { one + two } else { pair[0].clone() };
        level = level.chunks(2).map(pair).collect();
    }
    level.pop().unwrap_or_else(|| Exact::integer(0))
}

/// `part / whole`, or 0 when there is no whole. Neither is negative.
pub(super) fn share(part: &Exact, whole: &Exact) -> Exact {
    if whole.is_zero() {
        return Exact::integer(0);
    }
    let numerator = &part.numerator * &whole.denominator * ten_to(whole.tens.saturating_sub(part.tens));
    let denominator = &part.denominator * &whole.numerator;
    Exact { numerator, denominator, tens: part.tens.saturating_sub(whole.tens) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_its_shortest_decimal() {
        let thousandth = share(&Exact::integer(1), &exact(1000.0));
        assert_eq!(exact(0.1), &exact(100.0) * &thousandth);
        assert_eq!(&exact(0.1) + &exact(0.2), exact(0.3));
        assert_ne!(&exact(0.1) + &exact(0.2), exact(0.30000000000000004));
        assert!(exact(-0.0).is_zero());
        assert!(total([exact(0.1), exact(0.2), exact(-0.3)]).is_zero());
        assert!(exact(-12.5) < exact(-12.499999999999998));
        for number in [5e-324, 1.7976931348623157e308, 0.1 + 0.2, 65.0, -12.5, 1e22, 0.0] {
            assert_eq!(rounded(&exact(number)), number);
        }
    }

    #[test]
    fn shares_are_exact() {
        let third = share(&exact(0.1), &exact(0.3));
        assert_eq!(third, share(&exact(1e-300), &exact(3e-300)));
        assert_eq!(third, share(&exact(1e300), &exact(3e300)));
        assert_eq!(total([third.clone(), third.clone(), third.clone()]), Exact::integer(1));
        assert_eq!(rounded(&third), 1.0 / 3.0);
        assert!((&third - &exact(0.3333333333333333)).is_positive());
        assert!(share(&third, &exact(0.0)).is_zero());
    }
}
