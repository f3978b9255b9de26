//! Which of the replicas does what is done once: one row for each job in `job_lease`, and whoever holds it does the job.
//!
//! # A job of your own
//! Write one round as `async fn once(app: &App) -> Result<()>` and start it in `cli/serve.rs`:
//! ```ignore
//! jobs.spawn(lease::keep(app.clone(), "figures", EVERY, |app| async move { once(&app).await }));
//! ```
//! There is nothing to register: the row is made when the job is first waited for. [`keep`] waits for the lease, does a
//! round at once and then every so often, and tries a round again that failed or panicked. A round that takes many steps
//! asks [`Leases::holds`] between them.
//!
//! # What it promises
//! A process that dies is followed by another within [`HOLDS`] and [`RENEWED`] together; one that ends well, within
//! `RENEWED`. On SQLite there is one process, which holds everything.
//!
//! **It does not promise that two never do a job at once.** A process that is stopped in the middle of a round and goes on
//! later finishes that round beside its successor. So each act looks again, under its lock, whether there is anything left
//! to do, as the sweepers do. A job that cannot look calls [`Leases::fence`] first in its transaction: nobody takes the
//! lease until that transaction ends, and whoever has lost it is refused.
//!
//! How long a lease holds is measured by the database's clock alone, and by the process's own only as a span since it
//! asked: no two clocks are compared.

use std::collections::BTreeMap;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::DateTime;
use entity::job_lease::{Column, Entity, Model};
use futures_util::FutureExt;
use sea_orm::sea_query::{Expr, ExprTrait, LockBehavior, LockType, OnConflict, Query};
use sea_orm::{
    ColumnTrait, DatabaseConnection, DatabaseTransaction, DbBackend, EntityTrait, IntoActiveModel, QueryFilter,
    QuerySelect,
};
use tokio::sync::{Notify, watch};
use tokio::time::{Instant, MissedTickBehavior, interval};
use uuid::Uuid;

use super::App;
use super::error::Result;

/// For how long a lease holds that is not renewed.
pub const HOLDS: Duration = Duration::from_secs(3);
/// How often leases are renewed, and looked at by those who wait for them.
pub const RENEWED: Duration = Duration::from_secs(1);
/// By how much a holder stops before another may begin.
const EARLY: Duration = Duration::from_millis(500);

/// The jobs that this process does, or waits to do.
pub struct Leases {
    /// Which process this is.
    me: Uuid,
    /// There is no other process.
    alone: bool,
    jobs: Mutex<BTreeMap<&'static str, Mine>>,
    /// Says that something of them has changed.
    changed: watch::Sender<()>,
    /// Says that a job is waited for that was not before.
    asked: Notify,
}

/// How a job stands for this process.
#[derive(Debug, Clone, Copy, Default)]
struct Mine {
    /// Until when it is ours.
    until: Option<Instant>,
    /// Its row is known to be there.
    has_row: bool,
}

impl Leases {
    /// The leases of a process of this id. It holds none yet.
    #[must_use]
    pub fn new(db: &DatabaseConnection, me: Uuid) -> Self {
        let alone = db.get_database_backend() == DbBackend::Sqlite;
        Self { me, alone, jobs: Mutex::default(), changed: watch::channel(()).0, asked: Notify::new() }
    }

    /// Whether a job is this process's to do now.
    #[must_use]
    pub fn holds(&self, job: &str) -> bool {
        self.alone || self.jobs().get(job).and_then(|mine| mine.until).is_some_and(|until| Instant::now() < until)
    }

    /// Waits until a job is this process's to do.
    pub async fn taken(&self, job: &'static str) {
        let mut changed = self.changed.subscribe();
        if self.jobs().insert(job, Mine::default()).is_none() {
            self.asked.notify_one();
        }
        while !self.holds(job) {
            // The sender lives as long as this.
            changed.changed().await.ok();
        }
    }

    /// Refuses where the lease is another's by now; else nobody takes it until the transaction ends.
    ///
    /// # Errors
    /// When it is lost, or the database does not answer.
    pub async fn fence(&self, txn: &DatabaseTransaction, job: &str) -> Result<()> {
        if self.alone {
            return Ok(());
        }
        let ours = Entity::find_by_id(job).filter(Column::Holder.eq(self.me)).lock_shared().one(txn).await?;
        ours.map(drop).ok_or_else(|| format!("the job {job} is another's by now").into())
    }

    /// Renews what is ours, and takes what nobody holds any more: one statement for all jobs.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn look(&self, db: &DatabaseConnection) -> Result<()> {
        if self.alone {
            return Ok(());
        }
        self.make_missing(db).await?;
        let waited: Vec<&'static str> = self.jobs().keys().copied().collect();
        if waited.is_empty() {
            return Ok(());
        }
        // Taken before the statement is sent, so that ours ends before the database's does.
        let until = Instant::now() + HOLDS - EARLY;
        let ours = self.renewed(db, &waited).await?;
        for (_, mine) in self.jobs().iter_mut().filter(|(job, _)| ours.iter().any(|name| name == *job)) {
            mine.until = Some(until);
        }
        self.changed.send_replace(());
        Ok(())
    }

    async fn renewed(&self, db: &DatabaseConnection, waited: &[&'static str]) -> Result<Vec<String>> {
        let ours_or_free = || Column::Holder.eq(self.me).or(Expr::col(Column::HeldUntil).lte(Expr::cust("now()")));
        // Rows that somebody else is just taking are passed over: nobody waits, so nobody waits for each other.
        let free = Query::select()
            .column(Column::Job)
            .from(Entity)
            .and_where(Column::Job.is_in(waited.iter().copied()))
            .and_where(ours_or_free())
            .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
            .to_owned();
        let passed =
            Expr::case(Column::Holder.eq(self.me), Expr::col(Column::Term)).finally(Expr::col(Column::Term).add(1));
        let taken = Entity::update_many()
            .col_expr(Column::Term, passed.into())
            .col_expr(Column::Holder, Expr::value(self.me))
            .col_expr(Column::HeldUntil, Expr::cust(format!("now() + interval '{} seconds'", HOLDS.as_secs())))
            .filter(Column::Job.in_subquery(free))
            .filter(ours_or_free())
            .exec_with_returning(db)
            .await?;
        Ok(taken.into_iter().map(|row| row.job).collect())
    }

    /// Makes the rows of jobs that nobody has waited for before, free for whoever looks next.
    async fn make_missing(&self, db: &DatabaseConnection) -> Result<()> {
        let missing: Vec<&'static str> =
            self.jobs().iter().filter(|(_, mine)| !mine.has_row).map(|(job, _)| *job).collect();
        for job in missing {
            let free = Model { job: job.to_owned(), holder: Uuid::nil(), held_until: DateTime::UNIX_EPOCH, term: 0 };
            let nothing = OnConflict::column(Column::Job).do_nothing().to_owned();
            Entity::insert(free.into_active_model()).on_conflict(nothing).exec_without_returning(db).await?;
            if let Some(mine) = self.jobs().get_mut(job) {
                mine.has_row = true;
            }
        }
        Ok(())
    }

    /// Gives everything back, so that another takes it at its next look.
    ///
    /// # Errors
    /// When the database does not answer; then another takes it a little later.
    pub async fn give_back(&self, db: &DatabaseConnection) -> Result<()> {
        self.jobs().clear();
        if !self.alone {
            let ended = Expr::cust("now()");
            Entity::update_many()
                .col_expr(Column::HeldUntil, ended)
                .filter(Column::Holder.eq(self.me))
                .exec(db)
                .await?;
        }
        Ok(())
    }

    fn jobs(&self) -> MutexGuard<'_, BTreeMap<&'static str, Mine>> {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Renews this process's leases for as long as the server runs.
pub async fn renew(app: App) {
    let mut turns = interval(RENEWED);
    turns.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = turns.tick() => {}
            () = app.leases.asked.notified() => {}
        }
        if let Err(error) = app.leases.look(&app.db).await {
            tracing::warn!(?error, "leases could not be renewed; it is tried again");
        }
    }
}

/// Does a job for as long as the server runs, whenever it is this process's to do: a round at once, and then every so
/// often. A round that fails or panics is tried again at the next turn.
pub async fn keep<R>(app: App, job: &'static str, every: Duration, round: impl Fn(App) -> R)
where
    R: Future<Output = Result<()>>,
{
    loop {
        app.leases.taken(job).await;
        let mut turns = interval(every);
        turns.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            turns.tick().await;
            if !app.leases.holds(job) {
                break;
            }
            let done = AssertUnwindSafe(round(app.clone())).catch_unwind().await;
            if let Err(error) = done.unwrap_or_else(|_| Err(app.panicked())) {
                tracing::error!(job, ?error, "a job could not be done; it is tried again");
            }
        }
    }
}
