//! The acts that a handheld kept while it was out of reach, done one after the other as if each had come in time.
//!
//! Each act has an id of the device's own making, under which it is done once, and answered once: whatever became of it is told
//! again when it comes again. All acts on an order name the version that the device had from its last sync (`steps.rs`).

use chrono::{DateTime, Utc};
use domain::booking::Absent;
use domain::handheld::{Evidence, Outcome};
use domain::refusal::Code;
use domain::work_order::HoldReason;
use uuid::Uuid;

use super::cursor::{Cursor, skew};
use super::position::Fix;
use crate::access::viewer::Viewer;
use crate::app::App;
use crate::app::act::{ActResult, Caller, Once};
use crate::app::error::{Error, Refused, Result};
use crate::app::evidence::Said;
use crate::booking::service as visits;
use crate::complaint::case::Target;
use crate::complaint::service::Ratings;
use crate::signature::keeping::Drawing;
use crate::stock::service::{self as stock, Amount, Use};
use crate::work_order::service::{self, WorkReport};

/// How many acts come at once, at most.
pub const MOST: usize = 50;
/// How long an act's id may be.
const MAX_ID: usize = 100;

/// What a technician did.
pub enum Deed {
    /// Took what they were given.
    Accept,
    /// Did not take it.
    Refuse(String),
    /// Set out.
    Depart,
    /// Came on site.
    Arrive,
    /// Let the order wait.
    Hold {
        /// Why.
        reason: HoldReason,
        /// Until when.
        until: DateTime<Utc>,
        /// In words.
        note: Option<String>,
    },
    /// Gave it back to the team.
    Release(String),
    /// Went on.
    Resume,
    /// Took materials for it, or brought some back.
    Materials(Use, Vec<Amount>),
    /// Reported the work done.
    Complete(WorkReport),
    /// Took the last step back.
    Correct(String),
    /// Had the customer sign what was shown.
    Sign {
        /// The drawing.
        drawing: Drawing,
        /// The ratings.
        ratings: Ratings,
        /// In words.
        comment: Option<String>,
        /// The hash of what was shown.
        shown: Option<String>,
    },
    /// Was refused the signature.
    RefuseSignature(String),
    /// Met nobody at the agreed time.
    NoShow {
        /// Who was not there.
        absent: Absent,
        /// What shows it.
        evidence: String,
        /// The photos and papers that show it.
        shown_by: Vec<Uuid>,
    },
}

/// An act that a device kept.
pub struct Kept {
    /// Its id, of the device's own making.
    pub id: String,
    /// When it was done, by the device's clock.
    pub occurred_at: DateTime<Utc>,
    /// On which order, or case, and which version of it the device saw.
    pub target: Target,
    /// What was done.
    pub deed: Deed,
    /// Where.
    pub fix: Option<Fix>,
    /// The act as text, to know it again by.
    pub text: String,
}

/// What became of an act.
pub struct Answer {
    /// What.
    pub outcome: Outcome,
    /// What it changed, or what stands in its way.
    pub result: ActResult,
    /// Why it was refused.
    pub refused: Option<Refused>,
}

/// Does the acts in order. An act that is refused does not hold up the next.
///
/// # Errors
/// When the database does not answer: then send all of them again, and what was done is told as it was.
pub async fn submit(
    app: &App,
    viewer: &Viewer,
    seen: Option<&Cursor>,
    device_time: DateTime<Utc>,
    acts: Vec<Result<Kept>>,
) -> Result<Vec<Answer>> {
    let received_at = app.clock.now();
    let skew = skew(received_at, device_time);
    let before = seen.and_then(Cursor::measured);
    let device = seen.and_then(|cursor| cursor.device).unwrap_or(viewer.id);
    let mut answers = Vec::with_capacity(acts.len());
    for act in acts {
        let done = match act {
            Ok(kept) => {
                let time = Evidence::judge(kept.occurred_at, skew, before, received_at);
                let said = Said { device, time, fix: kept.fix };
                Box::pin(one(app, viewer, kept, said)).await
            }
            Err(error) => Err(error),
        };
        answers.push(answer(done)?);
    }
    Ok(answers)
}

async fn one(app: &App, viewer: &Viewer, kept: Kept, said: Said) -> Result<ActResult> {
    let length = kept.id.chars().count();
    if kept.id.trim().is_empty() || length > MAX_ID {
        return Err(Error::refused_needing(Code::Invalid, "id", vec![format!("1..{MAX_ID} characters")]));
    }
    let input_hash = app.vault.digest("handheld act", &[kept.text.as_bytes()]);
    let once = Some(Once { key: format!("handheld:{}", kept.id), input_hash });
    let caller = Caller { app, viewer: Some(viewer), once, said: Some(said) };
    match done(&caller, kept.target, kept.deed).await {
        Err(Error::Refused(refused)) => Err(caller.answer_once(*refused).await?),
        done => done,
    }
}

async fn done(caller: &Caller<'_>, seen: Target, deed: Deed) -> Result<ActResult> {
    match deed {
        Deed::Accept => service::accept(caller, seen).await,
        Deed::Refuse(reason) => service::refuse(caller, seen, &reason).await,
        Deed::Depart => service::depart(caller, seen).await,
        Deed::Arrive => service::record_arrival(caller, seen).await,
        Deed::Hold { reason, until, note } => service::hold(caller, seen, reason, until, note.as_deref()).await,
        Deed::Release(reason) => service::release(caller, seen, &reason).await,
        Deed::Resume => service::resume(caller, seen).await,
        Deed::Materials(what, materials) => stock::for_order(caller, seen, what, &materials).await,
        Deed::Complete(report) => service::complete(caller, seen, report).await,
        Deed::Correct(reason) => service::correct(caller, seen, &reason).await,
        Deed::RefuseSignature(reason) => service::refuse_signature(caller, seen, &reason).await,
        Deed::Sign { drawing, ratings, comment, shown } => {
            service::sign(caller, seen, &drawing, ratings, comment.as_deref(), shown.as_deref()).await
        }
        Deed::NoShow { absent, evidence, shown_by } => {
            visits::record_no_show(caller, seen, absent, &evidence, &shown_by).await
        }
    }
}

fn answer(done: Result<ActResult>) -> Result<Answer> {
    match done {
        Ok(result) => Ok(Answer { outcome: Outcome::Applied, result, refused: None }),
        Err(Error::Replayed(result)) => Ok(Answer { outcome: Outcome::AlreadyApplied, result: *result, refused: None }),
        Err(Error::Refused(refused)) => {
            let outcome = if refused.code == Code::Stale { Outcome::Conflict } else { Outcome::Refused };
            let result = refused.current.clone().unwrap_or_default();
            Ok(Answer { outcome, result, refused: Some(*refused) })
        }
        Err(error) => Err(error),
    }
}
