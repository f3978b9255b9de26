//! Notes of an execution what its bytes depend on, so that whoever would get the same bytes can be given them.
//!
//! A resolver can learn who asks by two ways only: [`Asked::viewer`](super::request::Asked::viewer) and what loaders read
//! within a scope. Both tell the witness. Bytes of an execution that asked neither are the same for everybody who sees the
//! case; where it asked which orders of the case are seen, for everybody who sees the same ones; else they are its viewer's
//! alone.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use uuid::Uuid;

/// A witness; a copy notes on the same sheet. Nobody reads what the default one notes.
#[derive(Debug, Clone, Default)]
pub struct Witness(Option<Arc<Sheet>>);

#[derive(Debug)]
struct Sheet {
    /// The case of the event: bytes are shared among those only who see it.
    case: Uuid,
    asked_who: AtomicBool,
    orders: Mutex<Vec<(Uuid, bool)>>,
}

impl Witness {
    /// A witness of an execution for an event of a case.
    #[must_use]
    pub fn of_case(case: Uuid) -> Self {
        Self(Some(Arc::new(Sheet { case, asked_who: AtomicBool::new(false), orders: Mutex::default() })))
    }

    /// The execution asked who the viewer is.
    pub fn asked_who(&self) {
        if let Some(sheet) = &self.0 {
            sheet.asked_who.store(true, Ordering::Relaxed);
        }
    }

    /// It read rows by their id within a scope, named as `access/scope.rs` names it, and found them or not.
    pub fn saw(&self, scope: &str, mut read: impl Iterator<Item = (Uuid, bool)>) {
        let Some(sheet) = &self.0 else { return };
        match scope {
            // Bytes are shared among those only who see the case of the event.
            "complaints" if read.all(|(case, seen)| seen && case == sheet.case) => {}
            "work_orders" => sheet.orders.lock().unwrap_or_else(PoisonError::into_inner).extend(read),
            _ => self.asked_who(),
        }
    }

    /// Whether the bytes are their viewer's alone.
    #[must_use]
    pub fn is_personal(&self) -> bool {
        self.0.as_ref().is_none_or(|sheet| sheet.asked_who.load(Ordering::Relaxed))
    }

    /// Which orders it asked for, and whether they were seen.
    #[must_use]
    pub fn orders(&self) -> Vec<(Uuid, bool)> {
        let sheet = self.0.as_ref();
        sheet.map(|sheet| sheet.orders.lock().unwrap_or_else(PoisonError::into_inner).clone()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_was_asked_for_is_everybodys() {
        let (case, other, order) = (Uuid::from_u128(1), Uuid::from_u128(2), Uuid::from_u128(3));
        let witness = Witness::of_case(case);
        witness.saw("complaints", [(case, true)].into_iter());
        witness.saw("work_orders", [(order, true)].into_iter());
        assert!(!witness.is_personal());
        assert_eq!(witness.orders(), [(order, true)]);
        for (scope, id, seen) in [("complaints", other, true), ("complaints", case, false), ("quotes", other, false)] {
            let witness = Witness::of_case(case);
            witness.saw(scope, [(id, seen)].into_iter());
            assert!(witness.is_personal(), "{scope}");
        }
        let witness = Witness::of_case(case);
        witness.asked_who();
        assert!(witness.is_personal());
        assert!(Witness::default().is_personal());
    }
}
