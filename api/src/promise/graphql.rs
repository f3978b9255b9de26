//! Service promises in the schema.

use async_graphql::{Context, Enum, ID, Object, Result};
use chrono::{DateTime, Utc};
use domain::clock::Kind;
use domain::clock::policy::PromisesState;
use domain::clock::promise::{About, Hours, Limit, Line, Source};
use domain::complaint::{self, Channel, Severity};
use domain::work_order::HoldReason;
use entity::service_promises;

use super::stored;
use crate::app::language::{kebab, sentence};
use crate::app::public_id;
use crate::app::request::Asked;

/// What a default promise is about that is made for more than one category.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
pub enum PromiseSubject {
    /// Water and electricity, but no emergency (B6).
    WaterOrElectricity,
    /// Emergencies (B6).
    Emergency,
}

/// A service promise 服务承诺: for which cases, and how long what may take (E4.5.1). What is null of the cases does not
/// matter.
#[derive(async_graphql::Description)]
pub struct ServicePromise(pub Line);

#[Object(use_type_description)]
impl ServicePromise {
    /// Which clock.
    async fn clock(&self) -> Kind {
        self.0.clock
    }

    /// In words: those of the site, else made from the figures, in the language of the request.
    async fn words(&self, ctx: &Context<'_>) -> String {
        if let Some(words) = &self.0.words {
            return words.clone();
        }
        let name = sentence(ctx.language(), &format!("clock-{}", kebab(self.0.clock.name())), &[]);
        let (key, count) = match self.0.promise.limit {
            Limit::WorkingDays(days) => ("promise-working-days", i64::from(days)),
            Limit::Within(time) if time.num_minutes() % 60 == 0 => ("promise-hours", time.num_hours()),
            Limit::Within(time) => ("promise-minutes", time.num_minutes()),
            Limit::Until(_) => return name,
        };
        sentence(ctx.language(), key, &[("clock", &name), ("count", &count.to_string())])
    }

    /// Only cases as serious as this.
    async fn severity(&self) -> Option<Severity> {
        self.0.condition.severity
    }

    /// Only cases of this category, or of one below it.
    async fn category_id(&self) -> Option<ID> {
        match self.0.condition.about {
            Some(About::Category(id)) => Some(public_id::write("Category", id)),
            _ => None,
        }
    }

    /// Only cases about this, for a default.
    async fn subject(&self) -> Option<PromiseSubject> {
        match self.0.condition.about {
            Some(About::WaterOrElectricity) => Some(PromiseSubject::WaterOrElectricity),
            Some(About::Emergency) => Some(PromiseSubject::Emergency),
            _ => None,
        }
    }

    /// Only cases that came in like this.
    async fn channel(&self) -> Option<Channel> {
        self.0.condition.channel
    }

    /// Only cases of this kind.
    async fn kind(&self) -> Option<complaint::Kind> {
        self.0.condition.kind
    }

    /// Only while this department has the case.
    async fn department_id(&self) -> Option<ID> {
        self.0.condition.department.map(|id| public_id::write("Department", id))
    }

    /// How many minutes of its hours it may take; null for a limit of working days.
    async fn limit_minutes(&self) -> Option<i64> {
        match self.0.promise.limit {
            Limit::Within(time) => Some(time.num_minutes()),
            _ => None,
        }
    }

    /// By the end of which working day after the day it begins; null for a limit of minutes.
    async fn limit_working_days(&self) -> Option<u32> {
        match self.0.promise.limit {
            Limit::WorkingDays(days) => Some(days),
            _ => None,
        }
    }

    /// The aim within the limit, in minutes.
    async fn target_minutes(&self) -> Option<i64> {
        self.0.promise.target.map(|target| target.num_minutes())
    }

    /// In which hours it runs.
    async fn hours(&self) -> Hours {
        self.0.promise.hours
    }

    /// Whether a regulation, a default of ours or the site gives the figure.
    async fn source(&self) -> Source {
        self.0.promise.source
    }

    /// After how many hundredths of the time the owner is reminded.
    async fn warn_at_percent(&self) -> Vec<i32> {
        self.0.promise.reminders.warn_at.iter().map(|percent| i32::from(*percent)).collect()
    }

    /// How many minutes after its end the office head hears of it (C7); null for 5 behind a limit of at most 15 minutes,
    /// else 240.
    async fn office_head_after_minutes(&self) -> Option<i64> {
        self.0.promise.reminders.climb.map(|climb| climb.office_head.num_minutes())
    }

    /// The same for a company leader; null for twice as many.
    async fn company_leader_after_minutes(&self) -> Option<i64> {
        self.0.promise.reminders.climb.map(|climb| climb.company_leader.num_minutes())
    }

    /// For what it waits.
    async fn waits_for(&self) -> &[HoldReason] {
        &self.0.promise.waits_for
    }
}

/// Promises as the schema shows them.
#[must_use]
pub fn shown(lines: Vec<Line>) -> Vec<ServicePromise> {
    lines.into_iter().map(ServicePromise).collect()
}

/// A version of a site's service promises 服务承诺 (E4.5.1): drafted by one, approved by another, published. A case keeps
/// the version under which it was received.
#[derive(async_graphql::Description)]
pub struct ServicePromises(pub service_promises::Model);

#[Object(use_type_description)]
impl ServicePromises {
    /// The id.
    async fn id(&self) -> ID {
        public_id::write("ServicePromises", self.0.id)
    }

    /// The id of its site.
    async fn site_id(&self) -> ID {
        public_id::write("Site", self.0.site_id)
    }

    /// Which version, from 1.
    async fn revision(&self) -> i32 {
        self.0.revision
    }

    /// Where it stands.
    async fn state(&self) -> PromisesState {
        self.0.state
    }

    /// Its promises, laid over the defaults.
    fn lines(&self) -> Result<Vec<ServicePromise>> {
        Ok(shown(stored::read_all(&self.0.lines)?))
    }

    /// What else is said of it.
    async fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }

    /// From when on cases are received under it; null until it is published. Of the versions that hold, the one that
    /// began last does.
    async fn from(&self) -> Option<DateTime<Utc>> {
        self.0.from_at
    }

    /// From when on they are not any more; null when it has no end.
    async fn to(&self) -> Option<DateTime<Utc>> {
        self.0.to_at
    }

    /// The account that has written it.
    async fn drafted_by_id(&self) -> ID {
        public_id::write("Account", self.0.drafted_by)
    }

    /// When it was written last.
    async fn drafted_at(&self) -> DateTime<Utc> {
        self.0.drafted_at
    }

    /// The account that has approved it.
    async fn approved_by_id(&self) -> Option<ID> {
        self.0.approved_by.map(|id| public_id::write("Account", id))
    }

    /// When it was approved.
    async fn approved_at(&self) -> Option<DateTime<Utc>> {
        self.0.approved_at
    }

    /// When it was published.
    async fn published_at(&self) -> Option<DateTime<Utc>> {
        self.0.published_at
    }

    /// Raised by every change; give it as `expectedVersion`.
    async fn version(&self) -> i32 {
        self.0.version
    }
}
