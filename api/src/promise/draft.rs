//! The promises of a version as they come in, checked line by line.

use async_graphql::{ID, InputObject};
use chrono::TimeDelta;
use domain::clock::Kind;
use domain::clock::policy::conflict;
use domain::clock::promise::{
    About, Climb, Condition, Hours, Limit, Line, MAY_WAIT_FOR, Promise, Reminders, Source, is_promised,
};
use domain::complaint::{self, Channel, Severity};
use domain::refusal::Code;
use domain::work_order::HoldReason;

use crate::app::error::{Error, Result};
use crate::app::request::optional_id;
use crate::app::validate;

/// The most promises that one version may have.
const MAX_LINES: usize = 200;
/// The longest limits: ninety days around the clock, or sixty working days.
const MAX_MINUTES: i32 = 90 * 24 * 60;
const MAX_DAYS: i32 = 60;
/// How often an owner may be reminded before the end.
const MAX_WARNINGS: usize = 3;

/// A promise of a new version: for which cases, which clock, and how long it may take. What is not said of the cases does
/// not matter.
#[derive(InputObject)]
pub struct ServicePromiseInput {
    /// Which clock. `NEXT_REPLY`, `CROSS_DEPARTMENT_TASK` and `RECTIFICATION` have their end from whoever begins them.
    pub clock: Kind,
    /// Only cases as serious as this.
    pub severity: Option<Severity>,
    /// Only cases of this category of the site, or of one below it.
    pub category_id: Option<ID>,
    /// Only cases that came in like this.
    pub channel: Option<Channel>,
    /// Only cases of this kind.
    pub kind: Option<complaint::Kind>,
    /// Only while this department of the site has the case.
    pub department_id: Option<ID>,
    /// How many minutes of its hours it may take, 1 to 129600. Either this or `limitWorkingDays`.
    pub limit_minutes: Option<i32>,
    /// By the end of which working day after the day it begins, 1 to 60. Always in office hours.
    pub limit_working_days: Option<i32>,
    /// The aim within the limit, in minutes; shorter than the limit.
    pub target_minutes: Option<i32>,
    /// In which hours it runs.
    #[graphql(default_with = "Hours::Office")]
    pub hours: Hours,
    /// After how many hundredths of the time the owner is reminded: at most three, rising, 1 to 99.
    #[graphql(default_with = "vec![80]")]
    pub warn_at_percent: Vec<i32>,
    /// How many minutes of its hours after its end the office head hears of it (C7). By default 5 behind a limit of at
    /// most 15 minutes, else 240.
    pub office_head_after_minutes: Option<i32>,
    /// The same for a company leader, later than the office head. By default twice the time of the office head.
    pub company_leader_after_minutes: Option<i32>,
    /// For what it waits: `CUSTOMER`, `PARTS` or `ACCESS`. Only a resolution waits.
    #[graphql(default)]
    pub waits_for: Vec<HoldReason>,
    /// How you put it to your customers, at most 300 characters.
    pub words: Option<String>,
}

fn invalid(field: &str, right: &str) -> Error {
    Error::refused_needing(Code::Invalid, field, vec![right.to_owned()])
}

/// The promises of a version, checked. That its categories and departments are the site's is for the service to see.
///
/// # Errors
/// Refused with the path of the field. Two promises that no rule puts in order: `TAKEN` on the second, and `needed` names
/// the first.
pub fn checked(lines: &[ServicePromiseInput]) -> Result<Vec<Line>> {
    if lines.is_empty() {
        return Err(Error::refused(Code::Required, "lines"));
    }
    if lines.len() > MAX_LINES {
        return Err(Error::refused_needing(Code::TooLong, "lines", vec![format!("1..{MAX_LINES}")]));
    }
    let lines = lines.iter().enumerate().map(|(place, line)| line.checked(place)).collect::<Result<Vec<Line>>>()?;
    match conflict(&lines) {
        None => Ok(lines),
        Some((one, other)) => {
            Err(Error::refused_needing(Code::Taken, &format!("lines.{other}"), vec![format!("lines.{one}")]))
        }
    }
}

impl ServicePromiseInput {
    fn checked(&self, place: usize) -> Result<Line> {
        let field = |name: &str| format!("lines.{place}.{name}");
        if !is_promised(self.clock) {
            return Err(invalid(&field("clock"), "a clock whose end is promised"));
        }
        let category = optional_id("Category", self.category_id.as_ref(), &field("categoryId"))?;
        let department = optional_id("Department", self.department_id.as_ref(), &field("departmentId"))?;
        let condition = Condition {
            severity: self.severity,
            about: category.map(About::Category),
            channel: self.channel,
            kind: self.kind,
            department,
        };
        let limit = self.limit(&field)?;
        let promise = Promise {
            limit,
            target: self.target(limit, &field)?,
            hours: self.hours,
            source: Source::Site,
            reminders: self.reminders(&field)?,
            waits_for: self.waits_for(&field)?,
        };
        let words = validate::optional_text(&field("words"), self.words.as_deref(), 300)?;
        Ok(Line { clock: self.clock, condition, promise, words })
    }

    fn limit(&self, field: &impl Fn(&str) -> String) -> Result<Limit> {
        match (self.limit_minutes, self.limit_working_days) {
            (Some(minutes), None) if (1..=MAX_MINUTES).contains(&minutes) => {
                Ok(Limit::Within(TimeDelta::minutes(minutes.into())))
            }
            (Some(_), None) => Err(invalid(&field("limitMinutes"), &format!("1..{MAX_MINUTES}"))),
            (None, Some(_)) if self.hours == Hours::Always => {
                Err(invalid(&field("limitWorkingDays"), "limitMinutes, for a clock that runs around the clock"))
            }
            (None, Some(days)) => match u32::try_from(days) {
                Ok(count) if (1..=MAX_DAYS).contains(&days) => Ok(Limit::WorkingDays(count)),
                _ => Err(invalid(&field("limitWorkingDays"), &format!("1..{MAX_DAYS}"))),
            },
            (None, None) => Err(Error::refused(Code::Required, &field("limitMinutes"))),
            (Some(_), Some(_)) => {
                Err(invalid(&field("limitWorkingDays"), "limitMinutes or limitWorkingDays, not both"))
            }
        }
    }

    fn target(&self, limit: Limit, field: &impl Fn(&str) -> String) -> Result<Option<TimeDelta>> {
        let Some(minutes) = self.target_minutes else { return Ok(None) };
        let target = TimeDelta::minutes(minutes.into());
        let within = match limit {
            Limit::Within(limit) => target < limit,
            Limit::WorkingDays(_) | Limit::Until(_) => minutes <= MAX_MINUTES,
        };
        if minutes >= 1 && within {
            return Ok(Some(target));
        }
        Err(invalid(&field("targetMinutes"), "at least 1, and less than the limit"))
    }

    fn reminders(&self, field: &impl Fn(&str) -> String) -> Result<Reminders> {
        let warn_at: Vec<u8> = self.warn_at_percent.iter().filter_map(|percent| u8::try_from(*percent).ok()).collect();
        let right = warn_at.len() == self.warn_at_percent.len()
            && warn_at.len() <= MAX_WARNINGS
            && warn_at.iter().all(|percent| (1..100).contains(percent))
            && warn_at.is_sorted_by(|one, next| one < next);
        if !right {
            return Err(invalid(&field("warnAtPercent"), "at most three numbers from 1 to 99, rising"));
        }
        let climb = match (self.office_head_after_minutes, self.company_leader_after_minutes) {
            (None, None) => None,
            (Some(head), leader) if (1..=MAX_MINUTES).contains(&head) => {
                let leader = leader.unwrap_or(head.saturating_mul(2));
                if leader <= head || leader > 2 * MAX_MINUTES {
                    return Err(invalid(&field("companyLeaderAfterMinutes"), "later than officeHeadAfterMinutes"));
                }
                let minutes = |count: i32| TimeDelta::minutes(count.into());
                Some(Climb { office_head: minutes(head), company_leader: minutes(leader) })
            }
            (Some(_), _) => return Err(invalid(&field("officeHeadAfterMinutes"), &format!("1..{MAX_MINUTES}"))),
            (None, Some(_)) => return Err(Error::refused(Code::Required, &field("officeHeadAfterMinutes"))),
        };
        Ok(Reminders { warn_at, climb })
    }

    fn waits_for(&self, field: &impl Fn(&str) -> String) -> Result<Vec<HoldReason>> {
        let mut reasons = self.waits_for.clone();
        reasons.sort_unstable();
        reasons.dedup();
        let allowed = self.clock == Kind::Resolution || reasons.is_empty();
        if allowed && reasons.iter().all(|reason| MAY_WAIT_FOR.contains(reason)) {
            return Ok(reasons);
        }
        Err(invalid(&field("waitsFor"), "CUSTOMER, PARTS or ACCESS, of a RESOLUTION"))
    }
}
