//! Money and quantities, exact: whole fen (分) and whole thousandths, never a floating-point number.
//!
//! There is one rounding in the whole program: a price times a quantity, half up to the fen ([`Money::times`]). Sums and
//! differences of money are exact, so a total is always the sum of what is shown above it.

use std::fmt::{Display, Formatter};
use std::iter::Sum;
use std::ops::{Add, Neg, Sub};

use crate::closed_set::closed_set;

closed_set! {
    /// A currency, by its ISO 4217 code.
    pub enum Currency as "Currency" {
        /// 人民币, in yuan with two decimal places.
        Cny,
    }
}

/// Most digits before the point: no amount and no quantity comes near it.
const MAX_DIGITS: usize = 12;
/// A whole in thousandths.
const THOUSAND: i128 = 1000;

/// An amount of money in fen, the hundredth of a yuan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Money(i64);

impl Money {
    /// Nothing.
    pub const ZERO: Self = Self(0);
    /// The most that one line or one quote may come to: ten million yuan.
    pub const MOST: Self = Self(1_000_000_000);

    /// An amount in fen.
    #[must_use]
    pub const fn from_fen(fen: i64) -> Self {
        Self(fen)
    }

    /// The amount in fen.
    #[must_use]
    pub const fn fen(self) -> i64 {
        self.0
    }

    /// Reads an amount in yuan, as `35.50`; nothing for what has more than two places or is no number.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        parse(text, 2).map(Self)
    }

    /// What a quantity costs at this price, rounded half up to the fen (四舍五入); nothing beyond [`Money::MOST`].
    #[must_use]
    pub fn times(self, quantity: Quantity) -> Option<Self> {
        let thousandths = i128::from(self.0) * i128::from(quantity.0);
        let rounded = (thousandths + THOUSAND / 2).div_euclid(THOUSAND);
        i64::try_from(rounded).ok().map(Self).filter(|amount| *amount <= Self::MOST)
    }
}

impl Add for Money {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl Sub for Money {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl Neg for Money {
    type Output = Self;

    fn neg(self) -> Self {
        Self(-self.0)
    }
}

impl Sum for Money {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, Add::add)
    }
}

impl Display for Money {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let fen = self.0.unsigned_abs();
        write!(f, "{sign}{}.{:02}", fen / 100, fen % 100)
    }
}

/// How much of something, in thousandths of its unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Quantity(i64);

impl Quantity {
    /// The most that one line may have.
    pub const MOST: Self = Self(100_000_000);

    /// A quantity in thousandths.
    #[must_use]
    pub const fn from_thousandths(thousandths: i64) -> Self {
        Self(thousandths)
    }

    /// The quantity in thousandths.
    #[must_use]
    pub const fn thousandths(self) -> i64 {
        self.0
    }

    /// Reads a quantity, as `2` or `1.5`: above nothing, at most 100,000, with at most three places.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::parse_count(text).filter(|quantity| quantity.0 > 0)
    }

    /// Reads a count, as `0` or `1.5`: at most 100,000, with at most three places.
    #[must_use]
    pub fn parse_count(text: &str) -> Option<Self> {
        parse(text, 3).map(Self).filter(|quantity| (Self(0)..=Self::MOST).contains(quantity))
    }
}

impl Display for Quantity {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let thousandths = self.0.unsigned_abs();
        let text = format!("{sign}{}.{:03}", thousandths / 1000, thousandths % 1000);
        f.write_str(text.trim_end_matches('0').trim_end_matches('.'))
    }
}

/// Whether a text is a decimal number as the schema writes one: digits, with an optional minus and point.
#[must_use]
pub fn is_decimal(text: &str) -> bool {
    parse(text, 6).is_some()
}

/// Reads a decimal number as a whole number of its smallest part.
fn parse(text: &str, places: usize) -> Option<i64> {
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
    let are_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !are_digits(whole) || !are_digits(part) || whole.len() > MAX_DIGITS || part.len() > places {
        return None;
    }
    let value: i64 = format!("{whole}{part:0<places$}").parse().ok()?;
    Some(sign * value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_and_written_exactly() {
        for (text, fen, written) in [
            ("35.50", 3550, "35.50"),
            ("35.5", 3550, "35.50"),
            ("0.01", 1, "0.01"),
            ("-0.05", -5, "-0.05"),
            ("120", 12_000, "120.00"),
            ("999999999999.99", 99_999_999_999_999, "999999999999.99"),
        ] {
            let amount = Money::parse(text).unwrap();
            assert_eq!((amount.fen(), amount.to_string().as_str()), (fen, written), "{text}");
        }
        for text in ["", ".", "1.", ".5", "1.234", "1e3", "+1", "1,000", "0x1", "１", "--1", "1234567890123", "NaN"] {
            assert_eq!(Money::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_price_times_a_quantity_is_rounded_half_up_to_the_fen() {
        let cost = |price: &str, quantity: &str| {
            Money::parse(price).unwrap().times(Quantity::parse(quantity).unwrap()).map(|amount| amount.to_string())
        };
        assert_eq!(cost("0.01", "0.5").as_deref(), Some("0.01"));
        assert_eq!(cost("0.01", "0.499").as_deref(), Some("0.00"));
        assert_eq!(cost("33.33", "1.5").as_deref(), Some("50.00"));
        assert_eq!(cost("0.10", "3").as_deref(), Some("0.30"), "what floating point gets wrong");
        assert_eq!(cost("10000000.00", "1").as_deref(), Some("10000000.00"));
        assert_eq!(cost("10000000.00", "1.001"), None);
        for (text, written) in [("2", "2"), ("1.50", "1.5"), ("0.125", "0.125"), ("100000", "100000")] {
            assert_eq!(Quantity::parse(text).unwrap().to_string(), written);
        }
        for text in ["0", "0.000", "-1", "1.0001", "100000.001"] {
            assert_eq!(Quantity::parse(text), None, "{text}");
        }
    }
}
