//! Opinions whose answer is late (B1, C7): at the promised time the office head is told, a working day later a company leader.
//! An index says which are due; of many replicas one tells it.

use chrono::{DateTime, TimeDelta, Utc};
use domain::clock::promise::Hours;
use domain::opinion::{State, Step};
use domain::ownership::Post;
use entity::opinion;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect};

use super::service::tell;
use crate::app::App;
use crate::app::act::{Act, ActResult, Caller};
use crate::app::database::locked;
use crate::app::error::{Error, Result};
use crate::calendar;
use crate::complaint::owner::{self, Place};

/// How many are told in one round.
const BATCH: u64 = 200;
/// For how long an opinion is left alone that cannot be told of: the others do not wait for it.
const LATER: TimeDelta = TimeDelta::minutes(1);

/// Tells of what is late now; says how many opinions that were.
///
/// # Errors
/// When the database does not answer.
pub async fn tell_due(app: &App) -> Result<u64> {
    let now = app.clock.now();
    let due = opinion::Entity::find()
        .filter(opinion::Column::NextAt.lte(now))
        .order_by_asc(opinion::Column::NextAt)
        .limit(BATCH)
        .all(&app.db)
        .await?;
    let found = due.len() as u64;
    for row in due {
        if let Err(error) = bring_up(app, &row).await {
            tracing::error!(?error, opinion = %row.id, "nobody could be told of a late opinion; it is tried again");
            let _turn = app.writing_turn().await?;
            opinion::Entity::update_many()
                .col_expr(opinion::Column::NextAt, Expr::value(now + LATER))
                .filter(opinion::Column::Id.eq(row.id))
                // Another replica may have told it meanwhile.
                .filter(opinion::Column::NextAt.eq(row.next_at))
                .exec(&app.db)
                .await?;
        }
    }
    Ok(found)
}

/// When the next opinion is due, for a history that is played with a moved clock.
///
/// # Errors
/// When the database does not answer.
pub async fn next(app: &App) -> Result<Option<DateTime<Utc>>> {
    let first = opinion::Entity::find()
        .filter(opinion::Column::NextAt.is_not_null())
        .order_by_asc(opinion::Column::NextAt)
        .one(&app.db)
        .await?;
    Ok(first.and_then(|row| row.next_at))
}

async fn bring_up(app: &App, due: &opinion::Model) -> Result<()> {
    let caller = Caller { app, viewer: None, once: None, said: None };
    let act = Act::begin_anonymous(&caller, due.organization_id).await?;
    let row = locked(opinion::Entity::find_by_id(due.id), &act.txn).one(&act.txn).await?;
    let Some(mut row) = row.filter(|row| row.state == State::Open && row.next_at.is_some_and(|at| at <= act.now))
    else {
        return Ok(());
    };
    let site = act.site(row.site_id).await?;
    let first = row.next_at == Some(row.due_at);
    let post = if first { Post::OfficeHead } else { Post::CompanyLeader };
    let subject = row.about_account_id;
    let place = Place { site: &site, department_id: None, team_id: None, actor: None, named: None, subject };
    let person = match owner::find(&act.txn, post, &place, act.now).await {
        Ok(person) => Some(person),
        // The post is empty: whoever answers for it has it in their list, and the next step goes higher.
        Err(Error::Refused(_)) => None,
        Err(error) => return Err(error),
    };
    row.brought_before = person.as_ref().map(|person| person.id).or(row.brought_before);
    let calendars = calendar::in_act(&act, &site).await?;
    row.next_at = calendars.of_hours(Hours::Office).end_of_working_day(row.due_at, 1).filter(|_| first);
    tell(&act, &row, Step::Missed, person.map(|person| person.name)).await?;
    row.into_active_model().reset_all().update(&act.txn).await?;
    act.commit(ActResult::default()).await?;
    Ok(())
}
