//! Slows whoever guesses, without letting a stranger lock somebody out.
//!
//! Each try is a row in `guess_budget` that all replicas share and that outlives them, counted by one statement: of many
//! tries at once no more get through than the budget holds. Of whom a row is, only a hash under the server's secret says,
//! so nothing of an address or a phone is kept; a row goes when its budget is whole again.
//!
//! | budget | at once | then |
//! |---|---|---|
//! | one address, whatever it tries | 30 | 30 a minute |
//! | one phone from one address | 10 | one a minute |
//! | one phone from all addresses that it has not signed in from | 20 | one a minute |
//! | current passwords of one account, in a session | 10 | one a minute |
//! | second factors of one account, after the right password | 5 | one every two minutes |
//! | codes sent to one phone | 5 | 5 an hour |
//! | codes asked for by one address | 10 | 10 an hour |
//! | callers looked up by one employee | 30 | two a minute |
//! | one address of whoever stays unknown (D7) | 30 | 30 a minute |
//!
//! The last one is no row: it is counted in the memory of each process, for whoever has the secret of the server could try all
//! addresses on a row. So `n` replicas let through `n` times as much, and a restart forgives.

use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroUsize;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use chrono::TimeDelta;
use entity::guess_budget::{Column, Entity, Model};
use lru::LruCache;
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};
use uuid::Uuid;

use crate::app::App;
use crate::app::error::{Error, Result};
use crate::app::lease;

/// How long an address that has signed in to a phone is known for it.
const KNOWN: TimeDelta = TimeDelta::days(30);
/// How often what is whole again is forgotten.
const TIDY: Duration = Duration::from_mins(1);

/// How many addresses are counted in memory: those that tried last.
const COUNTED: NonZeroUsize = NonZeroUsize::MIN.saturating_add(65_535);

/// What may be tried, and how fast it fills up again.
struct Budget {
    name: &'static str,
    at_once: i64,
    one_each: TimeDelta,
}

impl Budget {
    /// How long it takes until one more may be tried, in microseconds.
    fn each(&self) -> i64 {
        self.one_each.num_microseconds().unwrap_or(i64::MAX)
    }
}

const fn budget(name: &'static str, at_once: i64, one_each: TimeDelta) -> Budget {
    Budget { name, at_once, one_each }
}

const ADDRESSES: Budget = budget("address", 30, TimeDelta::seconds(2));
const PAIRS: Budget = budget("pair", 10, TimeDelta::minutes(1));
const PHONES: Budget = budget("phone", 20, TimeDelta::minutes(1));
const PASSWORDS: Budget = budget("password", 10, TimeDelta::minutes(1));
const FACTORS: Budget = budget("factor", 5, TimeDelta::minutes(2));
const CODES_TO_PHONE: Budget = budget("codes to phone", 5, TimeDelta::minutes(12));
const CODES_BY_ADDRESS: Budget = budget("codes by address", 10, TimeDelta::minutes(6));
const LOOK_UPS: Budget = budget("look-up", 30, TimeDelta::seconds(30));

/// Counts a try. Calls from inside the process have no address and are not counted.
///
/// # Errors
/// [`Error::Limited`] when the address has used its tries up.
pub async fn count(app: &App, address: Option<IpAddr>) -> Result<()> {
    let Some(address) = address else { return Ok(()) };
    take(app, &ADDRESSES, &[&network(address)]).await
}

/// When the budget of each address of whoever stays unknown is whole again, in microseconds since 1970; in memory only.
pub struct Unwritten(Mutex<LruCache<Vec<u8>, i64>>);

impl Default for Unwritten {
    fn default() -> Self {
        Self(Mutex::new(LruCache::new(COUNTED)))
    }
}

/// Counts a try of whoever stays unknown (D7), without writing anything that comes from their address.
///
/// # Errors
/// [`Error::Limited`] when the address has used its tries up at this process.
pub fn count_unwritten(app: &App, address: Option<IpAddr>) -> Result<()> {
    let Some(whose) = address.map(network) else { return Ok(()) };
    let now = app.clock.now().timestamp_micros();
    let each = ADDRESSES.each();
    let mut tries = app.unwritten().0.lock().unwrap_or_else(PoisonError::into_inner);
    while tries.peek_lru().is_some_and(|(_, whole_at)| *whole_at <= now) {
        tries.pop_lru();
    }
    let whole_at = Ord::max(tries.get(&whose).copied().unwrap_or(now), now);
    if whole_at > now + (ADDRESSES.at_once - 1) * each {
        return Err(Error::Limited);
    }
    tries.put(whose, whole_at + each);
    Ok(())
}

/// Counts a try to sign in to a phone. A device that was signed in to it before is not held back by what strangers
/// try elsewhere, and neither is an address that was.
///
/// # Errors
/// [`Error::Limited`] when one of the budgets is used up.
pub async fn sign_in(app: &App, phone: &str, address: Option<IpAddr>, known_device: bool) -> Result<()> {
    count(app, address).await?;
    let Some(address) = address.map(network) else { return Ok(()) };
    take(app, &PAIRS, &[phone.as_bytes(), &address]).await?;
    if known_device || is_known(app, phone, &address).await? {
        return Ok(());
    }
    take(app, &PHONES, &[phone.as_bytes()]).await
}

/// Remembers that a phone was signed in to from an address.
///
/// # Errors
/// When the database does not answer.
pub async fn signed_in(app: &App, phone: &str, address: Option<IpAddr>) -> Result<()> {
    let Some(address) = address.map(network) else { return Ok(()) };
    let until = (app.clock.now() + KNOWN).timestamp_micros();
    let row = Model { whose: place(app, phone, &address), whole_at: until };
    let again = OnConflict::column(Column::Whose).update_column(Column::WholeAt).to_owned();
    let _turn = app.writing_turn().await?;
    Entity::insert(row.into_active_model()).on_conflict(again).exec_without_returning(&app.db).await?;
    Ok(())
}

/// Counts a try at the current password of whoever is signed in.
///
/// # Errors
/// [`Error::Limited`] when the account's tries are used up.
pub async fn password(app: &App, account: Uuid) -> Result<()> {
    take(app, &PASSWORDS, &[account.as_bytes()]).await
}

/// Counts a try at a second factor: before the act that it is for begins, which may come to nothing.
///
/// # Errors
/// [`Error::Limited`] when the account's tries are used up.
pub async fn second_factor(app: &App, account: Uuid) -> Result<()> {
    take(app, &FACTORS, &[account.as_bytes()]).await
}

/// Counts a look-up of a caller among residents.
///
/// # Errors
/// [`Error::Limited`] when the employee has looked up too many.
pub async fn look_up(app: &App, account: Uuid) -> Result<()> {
    take(app, &LOOK_UPS, &[account.as_bytes()]).await
}

/// Counts a code that is to be sent.
///
/// # Errors
/// [`Error::Limited`] when the phone or the address has had its share.
pub async fn code(app: &App, phone: &str, address: Option<IpAddr>) -> Result<()> {
    count(app, address).await?;
    if let Some(address) = address {
        take(app, &CODES_BY_ADDRESS, &[&network(address)]).await?;
    }
    take(app, &CODES_TO_PHONE, &[phone.as_bytes()]).await
}

/// Forgets what is whole again, for as long as the server runs, where this is its to do.
pub async fn keep(app: App) {
    lease::keep(app, "guesses", TIDY, |app| async move { forget_whole(&app).await.map(drop) }).await;
}

/// Forgets what is whole again; says how much that was.
///
/// # Errors
/// When the database does not answer.
pub async fn forget_whole(app: &App) -> Result<u64> {
    let _turn = app.writing_turn().await?;
    let whole = Column::WholeAt.lte(app.clock.now().timestamp_micros());
    Ok(Entity::delete_many().filter(whole).exec(&app.db).await?.rows_affected)
}

/// Takes one from a budget. What is kept is when all of it will be whole again; each try puts that off, and where it lies
/// too far ahead there is nothing left.
async fn take(app: &App, budget: &Budget, of: &[&[u8]]) -> Result<()> {
    let parts: Vec<&[u8]> = std::iter::once(budget.name.as_bytes()).chain(of.iter().copied()).collect();
    let now = app.clock.now().timestamp_micros();
    let each = budget.each();
    let row = Model { whose: app.vault.digest("guess", &parts), whole_at: now + each };
    let kept = || Expr::col((Entity, Column::WholeAt));
    let later = Expr::case(kept().gt(now), kept()).finally(Expr::value(now));
    let again = OnConflict::column(Column::Whose)
        .value(Column::WholeAt, Expr::expr(later).add(each))
        .action_and_where(kept().lte(now + (budget.at_once - 1) * each))
        .to_owned();
    let _turn = app.writing_turn().await?;
    let taken = Entity::insert(row.into_active_model()).on_conflict(again).exec_without_returning(&app.db).await?;
    if taken == 1 { Ok(()) } else { Err(Error::Limited) }
}

async fn is_known(app: &App, phone: &str, address: &[u8]) -> Result<bool> {
    let row = Entity::find_by_id(place(app, phone, address)).one(&app.db).await?;
    Ok(row.is_some_and(|row| row.whole_at > app.clock.now().timestamp_micros()))
}

/// Under what it is kept that a phone was signed in to from an address.
fn place(app: &App, phone: &str, address: &[u8]) -> String {
    app.vault.digest("guess", &[b"known", phone.as_bytes(), address])
}

/// What counts as one address: of the sixth version, the network of 64 bits that one customer of a provider has.
fn network(address: IpAddr) -> Vec<u8> {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).octets().to_vec()
        }
        IpAddr::V4(address) => address.octets().to_vec(),
    }
}
