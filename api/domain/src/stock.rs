//! The stock of a team: what there is of each material, and what every movement does to it. Counts are exact, in
//! thousandths of the unit, and never below nothing.

use crate::closed_set::closed_set;
use crate::money::Quantity;
use crate::refusal::{Refusal, Requirement};

closed_set! {
    /// Why the count of a material changed.
    pub enum MovementKind as "StockMovementKind" {
        /// 入库: it came in.
        Received,
        /// 领用: it was used for a work order.
        Used,
        /// 退回: it came back unused from a work order.
        Returned,
        /// 盘点: it was counted, and there was more or less of it.
        Corrected,
    }
}

/// What happens to a material.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Movement {
    /// So much came in.
    Receive(Quantity),
    /// So much is used for an order.
    Use(Quantity),
    /// So much comes back unused from an order for which so much was used.
    Return {
        /// How much.
        quantity: Quantity,
        /// How much was used for the order and has not come back.
        used: Quantity,
    },
    /// So much was counted.
    Count(Quantity),
}

impl Movement {
    /// Why the count changes.
    #[must_use]
    pub const fn kind(self) -> MovementKind {
        match self {
            Self::Receive(_) => MovementKind::Received,
            Self::Use(_) => MovementKind::Used,
            Self::Return { .. } => MovementKind::Returned,
            Self::Count(_) => MovementKind::Corrected,
        }
    }

    /// By how many thousandths the count changes.
    ///
    /// # Errors
    /// [`Refusal::Missing`]: there is not so much, or not so much was used.
    pub fn change(self, count: Quantity) -> Result<i64, Refusal> {
        match self {
            Self::Use(quantity) if quantity > count => Err(Refusal::Missing(Requirement::EnoughInStock)),
            Self::Use(quantity) => Ok(-quantity.thousandths()),
            Self::Return { quantity, used } if quantity > used => Err(Refusal::Missing(Requirement::UsedMaterials)),
            Self::Receive(quantity) | Self::Return { quantity, .. } => Ok(quantity.thousandths()),
            Self::Count(counted) => Ok(counted.thousandths() - count.thousandths()),
        }
    }
}

/// Whether a change has brought a material below its minimum: whoever sees to the stock hears of it once, not with every
/// piece.
#[must_use]
pub fn runs_low(before: Quantity, after: Quantity, minimum: Quantity) -> bool {
    before >= minimum && after < minimum
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn quantity(thousandths: i64) -> Quantity {
        Quantity::from_thousandths(thousandths)
    }

    fn movements() -> impl Strategy<Value = Vec<(u8, i64)>> {
        proptest::collection::vec((0_u8..4, 0_i64..5_000), 0..60)
    }

    proptest! {
        #[test]
        fn the_count_is_the_sum_of_the_movements_and_never_below_nothing(steps in movements()) {
            let (mut count, mut used, mut moved) = (0, 0, Vec::new());
            for (which, size) in steps {
                let movement = match which {
                    0 => Movement::Receive(quantity(size)),
                    1 => Movement::Use(quantity(size)),
                    2 => Movement::Return { quantity: quantity(size), used: quantity(used) },
                    _ => Movement::Count(quantity(size)),
                };
                let Ok(change) = movement.change(quantity(count)) else { continue };
                if matches!(movement.kind(), MovementKind::Used | MovementKind::Returned) {
                    used -= change;
                }
                count += change;
                moved.push(change);
                prop_assert!(count >= 0 && used >= 0);
                prop_assert_eq!(count, moved.iter().sum::<i64>());
            }
        }
    }

    #[test]
    fn what_is_not_there_is_not_used_and_what_was_not_used_does_not_come_back() {
        let missing = Err(Refusal::Missing(Requirement::EnoughInStock));
        assert_eq!(Movement::Use(quantity(1_001)).change(quantity(1_000)), missing);
        assert_eq!(Movement::Use(quantity(1_000)).change(quantity(1_000)), Ok(-1_000));
        let back = Movement::Return { quantity: quantity(2), used: quantity(1) };
        assert_eq!(back.change(quantity(0)), Err(Refusal::Missing(Requirement::UsedMaterials)));
        assert_eq!(Movement::Count(quantity(400)).change(quantity(1_000)), Ok(-600));
    }

    #[test]
    fn that_it_runs_low_is_said_once() {
        let low = |before, after| runs_low(quantity(before), quantity(after), quantity(3_000));
        assert!(low(3_000, 2_000) && low(5_000, 0));
        assert!(!low(2_000, 1_000) && !low(5_000, 3_000) && !low(1_000, 2_000));
    }
}
