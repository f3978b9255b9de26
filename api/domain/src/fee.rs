//! Fees on the monthly statement 管理费收费单 (E4.2.1): what is charged is what was accepted, and only a credit corrects it.

use chrono::{Datelike, Months, NaiveDate};

use crate::closed_set::closed_set;
use crate::money::Money;

closed_set! {
    /// What a line of a statement is.
    pub enum LineKind as "ChargeKind" {
        /// A line of an accepted quote, owed since the work was signed.
        Charge,
        /// What is taken off a charge; its amount is below nothing.
        Credit,
    }
}

closed_set! {
    /// Whether a statement is paid.
    pub enum StatementState as "StatementState" {
        /// To be paid.
        Unpaid,
        /// Paid.
        Paid,
    }
}

/// A month for which statements are issued.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Month(NaiveDate);

impl Month {
    /// The month of a day.
    #[must_use]
    pub fn of(day: NaiveDate) -> Self {
        Self(day.with_day(1).unwrap_or(day))
    }

    /// Reads a month, as `2026-03`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.len() == 7 && text.bytes().enumerate().all(|(at, b)| (at == 4) == (b == b'-'));
        NaiveDate::parse_from_str(&format!("{text}-01"), "%Y-%m-%d").ok().filter(|_| digits).map(Self)
    }

    /// Its first day.
    #[must_use]
    pub const fn first(self) -> NaiveDate {
        self.0
    }

    /// Its last day.
    #[must_use]
    pub fn last(self) -> NaiveDate {
        let next = self.0.checked_add_months(Months::new(1));
        next.and_then(|next| next.pred_opt()).unwrap_or(self.0)
    }

    /// Whether it is over: until then its statements cannot be whole.
    #[must_use]
    pub fn is_over(self, today: NaiveDate) -> bool {
        today > self.last()
    }
}

impl std::fmt::Display for Month {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0.format("%Y-%m"))
    }
}

/// What can still be taken off a charge.
#[must_use]
pub fn creditable(charge: Money, credited: Money) -> Money {
    (charge - credited).max(Money::ZERO)
}

/// The line of a credit over an amount, if it is above nothing and no more than what is left of the charge.
#[must_use]
pub fn credit(charge: Money, credited: Money, amount: Money) -> Option<Money> {
    (amount > Money::ZERO && amount <= creditable(charge, credited)).then(|| -amount)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_is_read_and_knows_its_days() {
        for (text, last) in [("2026-03", "2026-03-31"), ("2024-02", "2024-02-29"), ("2026-12", "2026-12-31")] {
            let month = Month::parse(text).unwrap();
            assert_eq!((month.to_string().as_str(), month.last().to_string().as_str()), (text, last));
            assert!(!month.is_over(month.last()) && month.is_over(month.last().succ_opt().unwrap()));
            assert_eq!(Month::of(month.last()), month);
        }
        for text in ["2026-13", "2026-3", "26-03", "2026-03-01", "2026/03", ""] {
            assert_eq!(Month::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_credit_takes_off_no_more_than_is_left() {
        let yuan = |text| Money::parse(text).unwrap();
        assert_eq!(credit(yuan("80.00"), yuan("30.00"), yuan("50.00")), Some(yuan("-50.00")));
        assert_eq!(credit(yuan("80.00"), yuan("30.00"), yuan("50.01")), None);
        assert_eq!(credit(yuan("80.00"), yuan("0.00"), yuan("0.00")), None);
    }
}
