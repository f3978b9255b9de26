//! That figures, rows and log say the same (E4.5.3).

use std::time::Duration;

use api::figure::{recount, relay};

use crate::World;

impl World {
    /// Counts what is new, and then every case of the company again: the kept figures, the rows and the log say the same of
    /// each. How many cases those are. Servers may write meanwhile.
    ///
    /// # Panics
    /// When they do not say the same.
    pub async fn recounted(&self) -> u64 {
        for _ in 0..200 {
            relay::catch_up(&self.app).await.unwrap();
            let found = Box::pin(recount::check(&self.app, self.town.id("company"))).await.unwrap();
            let said: Vec<_> = found.differing.iter().map(|one| (one.case, one.said())).collect();
            assert!(found.is_right(), "{said:#?}\n{:#?}", found.sums);
            assert_eq!(found.older, 0, "the log keeps all that counts of every case");
            if found.pending == 0 {
                return found.cases;
            }
            // Somebody counts or writes at this moment.
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("something is always left to count");
    }
}
