//! Asking tier by tier, the newest first.

use chrono::TimeDelta;
use domain::organization::Role;
use domain::search::{Question, Tier, Wanted, within};
use entity::complaint;
use sea_orm::{ColumnTrait, Condition, DbBackend, QueryFilter, Select};
use uuid::Uuid;

use super::index::{self, Look};
use crate::access::scope;
use crate::access::viewer::Viewer;
use crate::access::ways::{has_share, own_cases};
use crate::app::App;
use crate::app::dice::{first_id, made_at};
use crate::app::error::Result;
use crate::app::page::newest_rows;
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

/// Cases by their terms, the newest first.
pub struct Find<'a, F> {
    /// The app.
    pub app: &'a App,
    /// Their terms.
    pub wanted: &'a Wanted,
    /// Whether there are few by the nature of what is wanted.
    pub rare: bool,
    /// The rows that are shown of what a condition lets through, by the ways in which they are seen.
    pub rows: F,
}

impl<F: Fn(Condition) -> Vec<Select<complaint::Entity>> + Send + Sync> Find<'_, F> {
    /// At most so many, before an id.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn before(&self, before: Option<Uuid>, limit: u64) -> Result<Vec<complaint::Model>> {
        let backend = self.app.db.get_database_backend();
        if backend != DbBackend::Postgres && self.wanted.leading().is_none() {
            let here = (self.rows)(index::found(self.wanted));
            return newest_rows(self.app, here, complaint::Column::Id, before, limit).await;
        }
        let mut found = Vec::new();
        let mut end = before;
        // What is rare is asked of the index at once; SQLite gives the newest first anyway.
        if backend == DbBackend::Postgres && !self.rare {
            let newest = before.map_or(self.app.clock.now(), made_at);
            let start = first_id(newest - TimeDelta::days(FIRST_LOOK));
            self.fill(&mut found, self.wanted, Look::Since(start), end, limit).await?;
            end = Some(start);
            // What does not fill its page in two months is not much in two years, and so on.
            for (then, start) in [index::two_months(newest), index::two_years(newest)] {
                let wanted = Wanted::All(vec![self.wanted.clone(), then]);
                self.fill(&mut found, &wanted, Look::Everywhere, end, limit).await?;
                end = end.min(Some(first_id(start)));
            }
        }
        self.fill(&mut found, self.wanted, Look::Everywhere, end, limit).await?;
        Ok(found)
    }

    /// Takes from what a look gives what is shown, until there is enough or no more.
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
            let rows = (self.rows)(Condition::all().add(complaint::Column::Id.is_in(ids)));
            let left = limit - found.len() as u64;
            found.extend(newest_rows(self.app, rows, complaint::Column::Id, None, left).await?);
            if !more {
                break;
            }
            before = Some(last);
        }
        Ok(())
    }
}

/// Where somebody looks: an employee of some sites at these, everybody else in the organization.
#[must_use]
pub fn where_they_look(viewer: &Viewer) -> Wanted {
    let sites = viewer.sites(Role::is_staff);
    let everywhere = viewer.grants.iter().any(|grant| grant.site_id.is_none());
    if everywhere || !viewer.units.is_empty() || sites.is_empty() {
        Wanted::Term(within(viewer.organization_id))
    } else {
        Wanted::Any(sites.into_iter().map(|id| Wanted::Term(within(id))).collect())
    }
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
        if !has_share(self.viewer) {
            // The few cases of somebody who is no employee are asked each.
            let own = complaint::Column::Id.in_subquery(own_cases(self.viewer));
            let is = index::is(self.app.db.get_database_backend(), &wanted);
            let rows = vec![self.rows().filter(own).filter(is)];
            return newest_rows(self.app, rows, complaint::Column::Id, before, limit).await;
        }
        let rare = matches!(self.tier, Tier::Number | Tier::Person);
        let find =
            Find { app: self.app, wanted: &wanted, rare, rows: |which: Condition| vec![self.rows().filter(which)] };
        find.before(before, limit).await
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

    /// Where the viewer looks, and not what an earlier tier has found.
    fn narrowed(&self, mut wanted: Wanted) -> Wanted {
        for earlier in Tier::ALL.iter().filter(|tier| **tier < self.tier && **tier != Tier::Person) {
            if let Some(earlier) = self.question.wanted(*earlier) {
                wanted = wanted.without(&earlier);
            }
        }
        Wanted::All(vec![wanted, where_they_look(self.viewer)])
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
