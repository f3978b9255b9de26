//! Asking tier by tier, the newest first.

use chrono::{DateTime, TimeDelta, Utc};
use domain::organization::Role;
use domain::search::{Question, Tier, Wanted, within};
use entity::complaint;
use sea_orm::{ColumnTrait, Condition, DbBackend, QueryFilter, QueryOrder, QuerySelect, Select};
use uuid::Uuid;

use super::index::{self, Look};
use crate::access::scope;
use crate::access::viewer::Viewer;
use crate::app::App;
use crate::app::error::Result;
use crate::complaint::query::ENDED;

/// Within how many days before the page is looked first, one case after the other.
const FIRST_LOOK: i64 = 7;
/// How many cases the index gives at once.
const AT_ONCE: u64 = 200;

/// Where a page goes on: behind a case that was found in a tier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The tier.
    pub tier: Tier,
    /// The case.
    pub id: Uuid,
}

/// What is found, in order, at most so many; each once, in the first tier in which it is found.
///
/// # Errors
/// When the database does not answer.
pub async fn search(
    app: &App,
    viewer: &Viewer,
    question: &Question,
    after: Option<Place>,
    limit: u64,
) -> Result<Vec<(Tier, complaint::Model)>> {
    let mut found = Vec::new();
    for tier in Tier::ALL.iter().copied().filter(|tier| after.is_none_or(|after| *tier >= after.tier)) {
        let left = limit - found.len() as u64;
        if left == 0 {
            break;
        }
        let before = after.filter(|after| after.tier == tier).map(|after| after.id);
        let asked = Asked { app, viewer, question, tier };
        found.extend(asked.before(before, left).await?.into_iter().map(|row| (tier, row)));
    }
    Ok(found)
}

/// When an id was made: it begins with its milliseconds.
fn made_at(id: Uuid) -> DateTime<Utc> {
    let millis = i64::try_from(id.as_u128() >> 80).unwrap_or(i64::MAX);
    DateTime::from_timestamp_millis(millis).unwrap_or_default()
}

/// The least id of a moment.
fn first_id(moment: DateTime<Utc>) -> Uuid {
    let millis = u128::try_from(moment.timestamp_millis()).unwrap_or(0);
    Uuid::from_u128(millis << 80)
}

struct Asked<'a> {
    app: &'a App,
    viewer: &'a Viewer,
    question: &'a Question,
    tier: Tier,
}

impl Asked<'_> {
    async fn before(&self, before: Option<Uuid>, limit: u64) -> Result<Vec<complaint::Model>> {
        let Some(wanted) = self.question.wanted(self.tier) else { return Ok(Vec::new()) };
        let wanted = self.narrowed(wanted);
        if self.app.db.get_database_backend() != DbBackend::Postgres {
            let here = index::found(self.app.db.get_database_backend(), &wanted);
            let mut rows = self.rows().filter(here);
            if let Some(before) = before {
                rows = rows.filter(complaint::Column::Id.lt(before));
            }
            return Ok(rows.order_by_desc(complaint::Column::Id).limit(limit).all(&self.app.db).await?);
        }
        let mut found = Vec::new();
        let mut end = before;
        // What is rare by its nature is asked of the index at once.
        if !matches!(self.tier, Tier::Number | Tier::Person) {
            let start = first_id(before.map_or(self.app.clock.now(), made_at) - TimeDelta::days(FIRST_LOOK));
            self.fill(&mut found, &wanted, Look::Since(start), end, limit).await?;
            end = Some(start);
        }
        self.fill(&mut found, &wanted, Look::Everywhere, end, limit).await?;
        Ok(found)
    }

    /// Takes from what a look gives what the viewer may see, until there is enough or no more.
    async fn fill(
        &self,
        found: &mut Vec<complaint::Model>,
        wanted: &Wanted,
        look: Look,
        mut before: Option<Uuid>,
        limit: u64,
    ) -> Result<()> {
        while (found.len() as u64) < limit {
            let ids = index::next(&self.app.db, wanted, look, before, AT_ONCE).await?;
            let Some(last) = ids.last().copied() else { break };
            let more = (ids.len() as u64) == AT_ONCE;
            let rows = self.rows().filter(complaint::Column::Id.is_in(ids)).order_by_desc(complaint::Column::Id);
            found.extend(rows.limit(limit - found.len() as u64).all(&self.app.db).await?);
            if !more {
                break;
            }
            before = Some(last);
        }
        Ok(())
    }

    /// The cases that the viewer may see and that are of this tier by who asks for them.
    fn rows(&self) -> Select<complaint::Entity> {
        let rows = scope::complaints(self.viewer);
        match (self.tier, self.question.wanted(Tier::Person)) {
            (Tier::Number, _) | (_, None) => rows,
            (Tier::Person, _) => rows.filter(sees_person(self.viewer)),
            (_, Some(person)) => {
                // Found by the person already, by whoever may see who that is; for anybody else it is found by its words.
                let by_person = index::is(self.app.db.get_database_backend(), &person);
                rows.filter(Condition::all().add(by_person).add(sees_person(self.viewer)).not())
            }
        }
    }

    /// In the viewer's organization, of an employee of some sites at these; and not what an earlier tier has found.
    fn narrowed(&self, mut wanted: Wanted) -> Wanted {
        for earlier in Tier::ALL.iter().filter(|tier| **tier < self.tier && **tier != Tier::Person) {
            if let Some(earlier) = self.question.wanted(*earlier) {
                wanted = wanted.without(&earlier);
            }
        }
        let sites = self.viewer.sites(Role::is_staff);
        let everywhere = self.viewer.grants.iter().any(|grant| grant.site_id.is_none());
        let here = if everywhere || !self.viewer.units.is_empty() || sites.is_empty() {
            Wanted::Term(within(self.viewer.organization_id))
        } else {
            Wanted::Any(sites.into_iter().map(|id| Wanted::Term(within(id))).collect())
        };
        Wanted::All(vec![wanted, here])
    }
}

/// Of which cases a viewer may see who the customer is: their own; while a case is open its owner and the front desk.
fn sees_person(viewer: &Viewer) -> Condition {
    use complaint::Column;
    let desk = |role: Role| matches!(role, Role::CustomerServiceAgent | Role::CustomerServiceSupervisor);
    let here = Condition::any().add(Column::OwnerAccountId.eq(viewer.id)).add(Column::SiteId.is_in(viewer.sites(desk)));
    let open = Condition::all().add(Column::State.is_not_in(ENDED.iter().copied())).add(here);
    // Of what has no account nothing is known: neither that it is theirs nor that it is not.
    let mine =
        Condition::all().add(Column::CustomerAccountId.is_not_null()).add(Column::CustomerAccountId.eq(viewer.id));
    Condition::any().add(mine).add(open)
}
