//! Money and quantities on the wire: decimal numbers as strings, exact, never a floating-point number.

use async_graphql::{InputValueError, InputValueResult, Scalar, ScalarType, SimpleObject, Value};
use domain::money::{self, Currency, Quantity};
use domain::refusal::Code;

use super::error::{Error, Result};

/// A decimal number on the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decimal(pub String);

/// An exact decimal number as a string: digits, with an optional minus and point. Amounts of money have two places, as
/// "35.50"; quantities at most three, as "1.5". A number in JSON is refused, since many programs would round it.
#[Scalar]
impl ScalarType for Decimal {
    fn parse(value: Value) -> InputValueResult<Self> {
        match value {
            Value::String(text) if money::is_decimal(text.trim()) => Ok(Self(text.trim().to_owned())),
            _ => Err(InputValueError::custom("a decimal number as a string, as \"35.50\"")),
        }
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.clone())
    }
}

/// An amount of money.
#[derive(SimpleObject)]
pub struct Money {
    /// How much, with two places.
    pub amount: Decimal,
    /// Of which currency.
    pub currency: Currency,
}

impl Money {
    /// An amount as the database keeps it.
    #[must_use]
    pub fn fen(fen: i64) -> Self {
        money::Money::from_fen(fen).into()
    }
}

impl From<money::Money> for Money {
    fn from(amount: money::Money) -> Self {
        Self { amount: Decimal(amount.to_string()), currency: Currency::Cny }
    }
}

/// A share: how many of how many.
#[derive(SimpleObject)]
pub struct Rate {
    /// How many.
    pub numerator: i64,
    /// Of how many.
    pub denominator: i64,
    /// In hundredths with two places, rounded half up; null of nothing.
    pub percent: Option<Decimal>,
}

impl Rate {
    /// The share of a whole.
    #[must_use]
    pub fn of(numerator: i64, denominator: i64) -> Self {
        // In ten-thousandths, so that nothing is ever a floating-point number.
        let share = (denominator > 0).then(|| (numerator * 20_000 + denominator) / (2 * denominator));
        let percent = share.map(|share| Decimal(format!("{}.{:02}", share / 100, share % 100)));
        Self { numerator, denominator, percent }
    }
}

/// Reads an amount of at least nothing.
///
/// # Errors
/// `INVALID` with the range that would be right.
pub fn amount(field: &str, text: &str) -> Result<money::Money> {
    let most = money::Money::MOST;
    let read = money::Money::parse(text.trim()).filter(|amount| (money::Money::ZERO..=most).contains(amount));
    read.ok_or_else(|| Error::refused_needing(Code::Invalid, field, vec![format!("0.00..{most}, as 35.50")]))
}

/// Reads a count of at least nothing.
///
/// # Errors
/// `INVALID` with the range that would be right.
pub fn count(field: &str, text: &str) -> Result<Quantity> {
    let right = || vec![format!("0..{}, as 1.5", Quantity::MOST)];
    Quantity::parse_count(text.trim()).ok_or_else(|| Error::refused_needing(Code::Invalid, field, right()))
}

/// Reads a quantity above nothing.
///
/// # Errors
/// `INVALID` with the range that would be right.
pub fn quantity(field: &str, text: &str) -> Result<Quantity> {
    let right = || vec![format!("0.001..{}, as 1.5", Quantity::MOST)];
    Quantity::parse(text.trim()).ok_or_else(|| Error::refused_needing(Code::Invalid, field, right()))
}
