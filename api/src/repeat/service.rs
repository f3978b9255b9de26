//! Linking: by the rule when a case comes in, by staff with a reason.

use domain::complaint::Action;
use domain::event::Kind as Event;
use domain::organization::Role;
use domain::refusal::Code;
use domain::repetition::{raised, told};
use domain::standing::Standing;
use entity::{complaint, site};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::json;
use uuid::Uuid;

use super::query::Report;
use crate::alarm::policy::{self, window_from};
use crate::app::act::{Act, ActResult, Caller};
use crate::app::error::{Error, Result, upper_snake};
use crate::app::validate;
use crate::complaint::case::{Case, Target};
use crate::complaint::service::MAX_REASON;

/// How long a chain of repetitions is counted on after a link in it has changed.
const CHAIN: usize = 50;

/// Looks whether a case that comes in repeats an earlier one, and links it: it is more serious then.
///
/// # Errors
/// When the database does not answer.
pub async fn link_new(act: &Act<'_>, row: &mut complaint::Model, site: &site::Model) -> Result<()> {
    if row.anonymous {
        return Ok(());
    }
    let report = Report::of(site, row);
    let since = window_from(&policy::in_act(act, site).await?, act.now);
    let earlier = report.earlier(&act.txn, complaint::Entity::find(), since).await?;
    if let Some(earlier) = earlier.first() {
        link(row, earlier);
    }
    Ok(())
}

fn link(row: &mut complaint::Model, earlier: &complaint::Model) {
    row.repeat_of_id = Some(earlier.id);
    row.repeats = earlier.repeats.saturating_add(1);
    row.severity = raised(row.severity);
}

/// Tells that a case repeats an earlier one: its owner, the head of the office, from the third report on a leader (D6).
/// Nothing is said of the earlier one: not everybody who sees this one sees that.
///
/// # Errors
/// When the database does not answer.
pub async fn tell(act: &mut Act<'_>, case: &mut Case, role: Option<Role>, reason: Option<String>) -> Result<()> {
    let mut people = vec![case.row.owner_account_id];
    for post in told(case.row.repeats) {
        match case.find_owner(act, *post, None).await {
            Ok(person) => people.push(person.id),
            // Nobody above is known yet: the owner is, and hears of it.
            Err(Error::Refused(_)) => {}
            Err(error) => return Err(error),
        }
    }
    let data = counted(&case.row);
    case.tell(act, Event::ComplaintRepeated, role, reason, data, people).await
}

/// Says that a case repeats an earlier one, with a reason.
///
/// # Errors
/// The rule's refusal; `INVALID` unless the other one was received earlier at the same site, of somebody known, and about
/// the same person if about any.
pub async fn link_by_hand(caller: &Caller<'_>, target: Target, earlier: Uuid, reason: &str) -> Result<ActResult> {
    let reason = validate::text("reason", reason, MAX_REASON)?;
    let mut act = Act::begin(caller).await?;
    let mut case = Case::open(&act, target, "complaintId").await?;
    case.check(Action::CorrectRepeat)?;
    let select = crate::access::scope::complaints(act.person()?).filter(complaint::Column::Id.eq(earlier));
    let earlier = select.one(&act.txn).await?.ok_or_else(|| Error::refused(Code::NotFound, "earlierComplaintId"))?;
    let (ours, theirs) = (&case.row, &earlier);
    // Only ever to an earlier one, so that no chain of repetitions runs in a circle.
    let fits = (theirs.received_at, theirs.id) < (ours.received_at, ours.id)
        && ours.site_id == theirs.site_id
        && !ours.anonymous
        && !theirs.anonymous
        && ours.about_account_id == theirs.about_account_id;
    if !fits {
        let needed =
            vec!["an earlier case of somebody known at the same site, about the same person or nobody".to_owned()];
        return Err(Error::refused_needing(Code::Invalid, "earlierComplaintId", needed));
    }
    link(&mut case.row, &earlier);
    count_on(&mut act, &case).await?;
    let role = case.acting_role(act.person()?, Action::CorrectRepeat);
    tell(&mut act, &mut case, role, Some(reason)).await?;
    case.finish(act).await
}

/// Says that a case does not repeat an earlier one after all, with a reason. How serious it is stays; reclassify it.
///
/// # Errors
/// The rule's refusal; `INVALID` where it is linked to none.
pub async fn unlink(caller: &Caller<'_>, target: Target, reason: &str) -> Result<ActResult> {
    let reason = validate::text("reason", reason, MAX_REASON)?;
    let mut act = Act::begin(caller).await?;
    let mut case = Case::open(&act, target, "complaintId").await?;
    case.check(Action::CorrectRepeat)?;
    if case.row.repeat_of_id.is_none() {
        let needed = vec!["a case that is linked to an earlier one".to_owned()];
        return Err(Error::refused_needing(Code::Invalid, "complaintId", needed));
    }
    case.row.repeat_of_id = None;
    case.row.repeats = 0;
    count_on(&mut act, &case).await?;
    let role = case.acting_role(act.person()?, Action::CorrectRepeat);
    case.tell(&mut act, Event::RepeatUnlinked, role, Some(reason), json!({}), Vec::new()).await?;
    case.finish(act).await
}

/// Counts anew how many reports came before those that repeat a case. They are locked from the oldest on, as every act on a
/// chain does, so that no two wait for each other. Each is told, for whoever follows it: its version has changed.
async fn count_on(act: &mut Act<'_>, case: &Case) -> Result<()> {
    use complaint::Column;
    let mut before = vec![case.row.id];
    let mut repeats = case.row.repeats;
    for _ in 0..CHAIN {
        repeats = repeats.saturating_add(1);
        let later = complaint::Entity::update_many()
            .col_expr(Column::Repeats, Expr::value(repeats))
            .col_expr(Column::Version, Expr::col(Column::Version).add(1))
            .filter(Column::RepeatOfId.is_in(before))
            .exec_with_returning(&act.txn)
            .await?;
        if later.is_empty() {
            break;
        }
        before = later.iter().map(|row| row.id).collect();
        for row in later {
            let data = counted(&row);
            let mut case = Case::beside(act, row, Standing::default()).await?;
            case.tell(act, Event::ComplaintRepeated, None, None, data, Vec::new()).await?;
        }
    }
    Ok(())
}

fn counted(row: &complaint::Model) -> serde_json::Value {
    json!({ "count": row.repeats.to_string(), "severity": upper_snake(row.severity.name()) })
}
