//! Plays the acts on work orders and follow-ups.

use chrono::TimeDelta;
use domain::follow_up::questionnaire::Answer;
use domain::follow_up::{Method, Satisfaction, State};
use domain::work_order::{CopyHolder, SignOffReason};
use entity::{follow_up, work_order};
use rand::RngExt;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use super::Failure;
use super::acts::{Scene, Stage, absent};
use super::names::pick;
use super::script::{FollowUpMove, OrderMove};
use super::signature;
use crate::app::act::{ActResult, Caller};
use crate::complaint::case::Target;
use crate::follow_up::service as follow_ups;
use crate::work_order::service as orders;

impl Stage<'_> {
    /// Plays an act on the newest work order of a plot.
    pub(super) async fn order(
        &mut self,
        scene: Scene<'_>,
        number: usize,
        act: &OrderMove,
    ) -> Result<ActResult, Failure> {
        let id = self.made[number].work_order.ok_or_else(|| absent("work order"))?;
        let row = work_order::Entity::find_by_id(id).one(&self.app.db).await?.ok_or_else(|| absent("work order"))?;
        let target = Target { id, version: row.version };
        let actor = self.order_actor(scene, &row, act);
        let viewer = self.viewer(actor).await?;
        let caller = &Caller { app: self.app, viewer: Some(&viewer), once: None, said: None };
        Ok(match act {
            OrderMove::Acknowledge => orders::acknowledge(caller, target).await?,
            OrderMove::Team => {
                let team = scene.plot.topic.team.and_then(|name| scene.cast.teams.get(name).copied());
                orders::assign_team(caller, target, team.ok_or_else(|| absent("team"))?).await?
            }
            OrderMove::Technician => {
                let hand = scene.plot.hand.ok_or_else(|| absent("technician"))?;
                orders::assign_technician(caller, target, hand).await?
            }
            OrderMove::Accept => orders::accept(caller, target).await?,
            OrderMove::Depart => orders::depart(caller, target).await?,
            OrderMove::Arrive => orders::record_arrival(caller, target).await?,
            OrderMove::Hold(reason, minutes, note) => {
                let until = self.app.clock.now() + TimeDelta::minutes(*minutes);
                orders::hold(caller, target, *reason, until, Some(note)).await?
            }
            OrderMove::Resume => orders::resume(caller, target).await?,
            OrderMove::Complete(report) => orders::complete(caller, target, report.clone()).await?,
            OrderMove::Correct(why) => orders::correct(caller, target, why).await?,
            OrderMove::Sign(ratings, words) => {
                let customer = scene.customer().ok_or_else(|| absent("customer"))?;
                let drawing = signature::draw(&mut self.rng, &customer.name)?;
                let shown = orders::shown_now(self.app, &row).await?;
                orders::sign(caller, target, &drawing, *ratings, Some(words), Some(&shown)).await?
            }
            OrderMove::RefuseSignature(why) => orders::refuse_signature(caller, target, why).await?,
            OrderMove::SignOff(why, note) => {
                let attempts = if *why == SignOffReason::Absent { 2 } else { 0 };
                orders::sign_off(caller, target, *why, attempts, note).await?
            }
            OrderMove::Copy(holder) => orders::acknowledge_copy(caller, target, *holder).await?,
            OrderMove::Cancel(why) => orders::cancel(caller, target, why).await?,
        })
    }

    /// The named owner moves an order on, but for what is the desk's, the head's or the customer's.
    fn order_actor(&mut self, scene: Scene<'_>, row: &work_order::Model, act: &OrderMove) -> Option<Uuid> {
        let customer = scene.customer().map(|customer| customer.account);
        match act {
            OrderMove::Cancel(_) | OrderMove::Copy(CopyHolder::CustomerService) => {
                Some(pick(&mut self.rng, &scene.cast.desk()))
            }
            OrderMove::SignOff(..) | OrderMove::Copy(CopyHolder::Department) => scene.cast.head(row.department_id),
            OrderMove::RefuseSignature(_) => customer,
            // On their own phone, or on the technician's handheld.
            OrderMove::Sign(..) if self.rng.random_bool(0.5) => customer,
            _ => Some(row.owner_account_id),
        }
    }

    /// Plays an act on the newest follow-up of a plot.
    pub(super) async fn follow_up(
        &mut self,
        scene: Scene<'_>,
        number: usize,
        act: &FollowUpMove,
    ) -> Result<ActResult, Failure> {
        let row = follow_up::Entity::find()
            .filter(follow_up::Column::ComplaintId.eq(self.made[number].complaint))
            .filter(follow_up::Column::State.ne(State::Cancelled))
            .order_by_desc(follow_up::Column::OpenedAt)
            .one(&self.app.db)
            .await?
            .ok_or_else(|| absent("follow-up"))?;
        let target = Target { id: row.id, version: row.version };
        let viewer = self.viewer(Some(row.owner_account_id)).await?;
        let caller = &Caller { app: self.app, viewer: Some(&viewer), once: None, said: None };
        Ok(match act {
            FollowUpMove::Finish(method, satisfaction, record) => {
                let customer = scene.customer().ok_or_else(|| absent("customer"))?;
                let by_phone = *method == Method::Phone;
                let call = by_phone.then(|| self.call(&customer.phone, record));
                let drawing = if by_phone { None } else { Some(signature::draw(&mut self.rng, &customer.name)?) };
                let (method, satisfaction, record) = (*method, *satisfaction, record.clone());
                let answers = answered(satisfaction);
                let outcome = follow_ups::Outcome { method, satisfaction, record, call, drawing, answers };
                follow_ups::finish(caller, target, outcome).await?
            }
            FollowUpMove::Inspect(remark) => follow_ups::inspect(caller, target, remark).await?,
            FollowUpMove::Opinion(opinion) => follow_ups::sign_opinion(caller, target, opinion, None).await?,
        })
    }
}

/// What a customer answers to our own questions.
fn answered(satisfaction: Satisfaction) -> follow_ups::Answers {
    let content = satisfaction == Satisfaction::Satisfied;
    let score = |key: &str, score| Answer { key: key.to_owned(), score: Some(score), ..Answer::default() };
    let (quality, attitude) = if content { (5, 5) } else { (2, 3) };
    let solved = Answer { key: "solved".to_owned(), yes: Some(content), ..Answer::default() };
    let given = vec![solved, score("quality", quality), score("attitude", attitude), score("timeliness", 4)];
    follow_ups::Answers { revision: Some(0), given }
}
