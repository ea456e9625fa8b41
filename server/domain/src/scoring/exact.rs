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
/// Decimals have the denominator 1, so sums and products of them stay short, and only what was divided carries a
/// denominator. Ordinary questionnaires stay within 128 bits, which needs no memory of its own; what does not fit goes on
/// without a bound.
#[derive(Clone, Debug)]
pub(super) enum Exact {
    Short(Short),
    Long(Box<Long>),
}

/// Parts of 128 bits. The denominator is above 0.
#[derive(Clone, Copy, Debug)]
pub(super) struct Short {
    numerator: i128,
    denominator: i128,
    tens: u32,
}

/// Parts of any length. Never reduced: reducing after every step, as ratios usually are, takes many times as long.
#[derive(Clone, Debug)]
pub(super) struct Long {
    numerator: BigInt,
    /// Above 0.
    denominator: BigInt,
    tens: u32,
}

impl Exact {
    pub(super) fn integer(number: u8) -> Self {
        Self::Short(Short { numerator: number.into(), denominator: 1, tens: 0 })
    }

    pub(super) fn is_zero(&self) -> bool {
        match self {
            Self::Short(short) => short.numerator == 0,
            Self::Long(long) => long.numerator.is_zero(),
        }
    }

    pub(super) fn is_positive(&self) -> bool {
        match self {
            Self::Short(short) => short.numerator > 0,
            Self::Long(long) => long.numerator.is_positive(),
        }
    }

    fn long(&self) -> Long {
        match self {
            Self::Short(Short { numerator, denominator, tens }) => {
                Long { numerator: (*numerator).into(), denominator: (*denominator).into(), tens: *tens }
            }
            Self::Long(long) => (**long).clone(),
        }
    }

    /// What comes of two numbers: by parts that fit, or without a bound.
    fn of(one: &Self, two: &Self, short: fn(&Short, &Short) -> Option<Short>, long: fn(&Long, &Long) -> Long) -> Self {
        let fits = match (one, two) {
            (Self::Short(one), Self::Short(two)) => short(one, two),
            _ => None,
        };
        fits.map_or_else(|| Self::Long(Box::new(long(&one.long(), &two.long()))), Self::Short)
    }
}

impl Short {
    /// Both numerators over one denominator, and that denominator; none where they do not fit.
    fn aligned(&self, other: &Self) -> Option<(i128, i128, i128, u32)> {
        let tens = self.tens.max(other.tens);
        let one = times(self.numerator, power_of_ten(tens - self.tens)?)?;
        let two = times(other.numerator, power_of_ten(tens - other.tens)?)?;
        if self.denominator == other.denominator {
            return Some((one, two, self.denominator, tens));
        }
        let common = common_divisor(self.denominator, other.denominator);
        let (of_one, of_two) = (self.denominator / common, other.denominator / common);
        Some((times(one, of_two)?, times(two, of_one)?, times(self.denominator, of_two)?, tens))
    }

    fn plus(&self, other: &Self) -> Option<Self> {
        let (one, two, denominator, tens) = self.aligned(other)?;
        Some(Self { numerator: one.checked_add(two)?, denominator, tens })
    }

    fn minus(&self, other: &Self) -> Option<Self> {
        let (one, two, denominator, tens) = self.aligned(other)?;
        Some(Self { numerator: one.checked_sub(two)?, denominator, tens })
    }

    fn by(&self, other: &Self) -> Option<Self> {
        Some(Self {
            numerator: times(self.numerator, other.numerator)?,
            denominator: times(self.denominator, other.denominator)?,
            tens: self.tens + other.tens,
        })
    }

    /// `self / other`, which is above 0.
    fn over(&self, other: &Self) -> Option<Self> {
        let numerator = times(self.numerator, power_of_ten(other.tens.saturating_sub(self.tens))?)?;
        Some(Self {
            numerator: times(numerator, other.denominator)?,
            denominator: times(self.denominator, other.numerator)?,
            tens: self.tens.saturating_sub(other.tens),
        })
    }

    /// The nearest double; none where the parts are too long to say.
    fn rounded(&self) -> Option<f64> {
        /// Whole numbers up to here are doubles.
        const WHOLE: u128 = 1 << 53;
        /// Bits of a quotient that leave its last one below what is rounded.
        const ENOUGH: u32 = 55;
        if self.numerator == 0 {
            return Some(0.0);
        }
        let part = self.numerator.unsigned_abs();
        let whole = times(self.denominator, power_of_ten(self.tens)?)?.unsigned_abs();
        let sign = if self.numerator < 0 { -1.0 } else { 1.0 };
        if part <= WHOLE && whole <= WHOLE {
            // Both are exact, and a quotient of doubles is the nearest double.
            return Some(sign * (part as u64 as f64 / whole as u64 as f64));
        }
        let shift = part.leading_zeros();
        let shifted = part << shift;
        let (quotient, rest) = (shifted / whole, shifted % whole);
        if u128::BITS - quotient.leading_zeros() < ENOUGH {
            return None;
        }
        let sticky = quotient | u128::from(rest != 0);
        Some(sign * (sticky as f64 * 2f64.powi(-(shift as i32))))
    }
}

impl Long {
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

    fn plus(&self, other: &Self) -> Self {
        let (one, two, denominator, tens) = self.aligned(other);
        Self { numerator: one + two, denominator, tens }
    }

    fn minus(&self, other: &Self) -> Self {
        let (one, two, denominator, tens) = self.aligned(other);
        Self { numerator: one - two, denominator, tens }
    }

    fn by(&self, other: &Self) -> Self {
        Self {
            numerator: &self.numerator * &other.numerator,
            denominator: &self.denominator * &other.denominator,
            tens: self.tens + other.tens,
        }
    }

    fn over(&self, other: &Self) -> Self {
        let numerator = &self.numerator * &other.denominator * ten_to(other.tens.saturating_sub(self.tens));
        let denominator = &self.denominator * &other.numerator;
        Self { numerator, denominator, tens: self.tens.saturating_sub(other.tens) }
    }

    fn rounded(&self) -> f64 {
        let denominator = &self.denominator * ten_to(self.tens);
        Ratio::new_raw(self.numerator.clone(), denominator).to_f64().expect("no denominator is zero")
    }
}

fn ten_to(power: u32) -> BigInt {
    BigInt::from(10).pow(power)
}

fn power_of_ten(power: u32) -> Option<i128> {
    match power {
        0 => Some(1),
        1 => Some(10),
        2 => Some(100),
        3 => Some(1_000),
        more => 10i128.checked_pow(more),
    }
}

/// The product, where it fits. Most factors are short, and a product of two short ones always fits.
fn times(one: i128, two: i128) -> Option<i128> {
    match (i64::try_from(one), i64::try_from(two)) {
        (Ok(one), Ok(two)) => Some(i128::from(one) * i128::from(two)),
        _ => one.checked_mul(two),
    }
}

/// The greatest common divisor of two numbers above 0.
fn common_divisor(one: i128, two: i128) -> i128 {
    if let (Ok(mut one), Ok(mut two)) = (u64::try_from(one), u64::try_from(two)) {
        while two != 0 {
            (one, two) = (two, one % two);
        }
        return one.into();
    }
    let (mut one, mut two) = (one, two);
    while two != 0 {
        (one, two) = (two, one % two);
    }
    one
}

impl Add for &Exact {
    type Output = Exact;

    fn add(self, other: Self) -> Exact {
        Exact::of(self, other, Short::plus, Long::plus)
    }
}

impl Sub for &Exact {
    type Output = Exact;

    fn sub(self, other: Self) -> Exact {
        Exact::of(self, other, Short::minus, Long::minus)
    }
}

impl Mul for &Exact {
    type Output = Exact;

    fn mul(self, other: Self) -> Exact {
        Exact::of(self, other, Short::by, Long::by)
    }
}

impl Ord for Exact {
    fn cmp(&self, other: &Self) -> Ordering {
        if let (Self::Short(one), Self::Short(two)) = (self, other)
            && let Some((one, two, ..)) = one.aligned(two)
        {
            return one.cmp(&two);
        }
        let (one, two, ..) = self.long().aligned(&other.long());
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
    few_digits(number).map_or_else(|| many_digits(number), Exact::Short)
}

/// A number of few digits, at most four of them behind the point. No two decimals of up to 15 digits are the same double, so
/// the one that reads back is the shortest.
fn few_digits(number: f64) -> Option<Short> {
    const MOST: f64 = 1e15;
    let mut scale = 1.0;
    for tens in 0..=4 {
        let scaled = (number * scale).round();
        if scaled.abs() >= MOST {
            return None;
        }
        if scaled / scale == number {
            return Some(Short { numerator: i128::from(scaled as i64), denominator: 1, tens });
        }
        scale *= 10.0;
    }
    None
}

fn many_digits(number: f64) -> Exact {
    let text = format!("{number:e}");
    let (digits, exponent) = text.split_once('e').expect("a finite number");
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let digits = format!("{whole}{fraction}");
    let numerator: i128 = digits.parse().expect("a double has at most 17 digits");
    let exponent: i32 = exponent.parse().expect("digits");
    let power = exponent - i32::try_from(fraction.len()).expect("a double has at most 17 digits");
    if power <= 0 {
        return Exact::Short(Short { numerator, denominator: 1, tens: power.unsigned_abs() });
    }
    let fits = power_of_ten(power.unsigned_abs()).and_then(|power| times(numerator, power));
    match fits {
        Some(numerator) => Exact::Short(Short { numerator, denominator: 1, tens: 0 }),
        None => {
            let numerator = BigInt::from(numerator) * ten_to(power.unsigned_abs());
            Exact::Long(Box::new(Long { numerator, denominator: BigInt::one(), tens: 0 }))
        }
    }
}

/// The nearest double. Rounding keeps order, so a bound that holds exactly holds for the doubles too.
pub(super) fn rounded(number: &Exact) -> f64 {
    let short = if let Exact::Short(short) = number { short.rounded() } else { None };
    short.unwrap_or_else(|| number.long().rounded())
}

/// The sum, added pair by pair so that denominators grow evenly.
pub(super) fn total(terms: impl IntoIterator<Item = Exact>) -> Exact {
    let mut sums: Vec<Exact> = terms.into_iter().collect();
    while sums.len() > 1 {
        let pairs = sums.len() / 2;
        for pair in 0..pairs {
            sums[pair] = &sums[2 * pair] + &sums[2 * pair + 1];
        }
        if sums.len() % 2 == 1 {
            let last = sums.len() - 1;
            sums.swap(pairs, last);
        }
        sums.truncate(sums.len().div_ceil(2));
    }
    sums.pop().unwrap_or_else(|| Exact::integer(0))
}

/// `part / whole`, or 0 when there is no whole. Neither is negative.
pub(super) fn share(part: &Exact, whole: &Exact) -> Exact {
    if whole.is_zero() { Exact::integer(0) } else { Exact::of(part, whole, Short::over, Long::over) }
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

    /// Numbers of all lengths, the same ones every time.
    fn assorted() -> Vec<Exact> {
        let mut state = 88_172_645_463_325_252_u64;
        let mut next = move || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state
        };
        let mut numbers: Vec<Exact> = (0..400)
            .map(|n| {
                let (part, whole) = (next() >> (n % 60), (next() >> (n % 63)) + 1);
                let (one, two) = (exact((part % 1_000_000) as f64 / 1_000.0), exact(whole as f64));
                let quotient = share(&one, &two);
                if n % 3 == 0 { &quotient - &exact((next() % 100) as f64 / 8.0) } else { quotient }
            })
            .collect();
        for n in 0..200 {
            numbers.push(&(&numbers[n] * &numbers[n + 7]) + &numbers[n + 100]);
        }
        numbers
    }

    #[test]
    fn parts_that_fit_and_parts_without_a_bound_say_the_same() {
        let numbers = assorted();
        let as_long = |number: &Exact| Exact::Long(Box::new(number.long()));
        let (mut short, mut long) = (0, 0);
        for pair in numbers.windows(2) {
            let (one, two) = (&pair[0], &pair[1]);
            let (long_one, long_two) = (as_long(one), as_long(two));
            assert_eq!(one.cmp(two), long_one.cmp(&long_two));
            assert_eq!(rounded(&(one - one)), 0.0);
            let mut same = |by_parts: Exact, without_bound: Exact| {
                if matches!(by_parts, Exact::Short(_)) {
                    short += 1
                } else {
                    long += 1
                }
                assert_eq!(by_parts, without_bound);
                assert_eq!(rounded(&by_parts).to_bits(), rounded(&without_bound).to_bits(), "{by_parts:?}");
            };
            same(one + two, &long_one + &long_two);
            same(one - two, &long_one - &long_two);
            same(one * two, &long_one * &long_two);
            if two.is_positive() {
                same(share(one, two), share(&long_one, &long_two));
            }
        }
        assert!(short > 500 && long > 500, "{short} short, {long} long");
    }

    #[test]
    fn few_digits_are_read_as_they_are_written() {
        let numbers = (0..20_000).map(|n| f64::from(n) / 1_000.0);
        for number in numbers.chain([0.1 + 0.2, 1.0 / 3.0, 1e-4, 12345.6789, 1e15, 123_456_789_012_345.6, 5e-5, -0.7]) {
            let text = number.to_string();
            let digits = text.chars().filter(|c| *c != '.').collect::<String>();
            let tens = text.split_once('.').map_or(0, |(_, fraction)| fraction.len());
            let numerator: BigInt = digits.parse().expect("digits");
            let written = Long { numerator, denominator: BigInt::one(), tens: tens.try_into().expect("few") };
            assert_eq!(exact(number), Exact::Long(Box::new(written)), "{text}");
        }
    }
}
