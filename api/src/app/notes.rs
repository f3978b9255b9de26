//! What is noted of an operation while it runs, for its line in the log: who asked, what it cost, what was refused.

use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use domain::refusal::Code;
use uuid::Uuid;

/// The notes of one operation; a copy writes on the same sheet. Lies in the data of the request.
#[derive(Debug, Clone, Default)]
pub struct Notes(Arc<Sheet>);

#[derive(Debug, Default)]
struct Sheet {
    account: OnceLock<Uuid>,
    cost: OnceLock<u64>,
    refusals: Mutex<Vec<Code>>,
}

impl Notes {
    /// Notes who asks.
    pub fn account(&self, id: Uuid) {
        self.0.account.set(id).ok();
    }

    /// Notes what it costs.
    pub fn cost(&self, cost: u64) {
        self.0.cost.set(cost).ok();
    }

    /// Notes a refusal.
    pub fn refused(&self, code: Code) {
        self.refusals_now().push(code);
    }

    /// Who asked, if anybody.
    #[must_use]
    pub fn who(&self) -> Option<Uuid> {
        self.0.account.get().copied()
    }

    /// What it cost, if that is known.
    #[must_use]
    pub fn price(&self) -> Option<u64> {
        self.0.cost.get().copied()
    }

    /// What was refused.
    #[must_use]
    pub fn refusals(&self) -> Vec<Code> {
        self.refusals_now().clone()
    }

    fn refusals_now(&self) -> MutexGuard<'_, Vec<Code>> {
        self.0.refusals.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
