//! Plays one act of a script through the services, as whoever would do it.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::TimeDelta;
use domain::complaint::{Channel, Kind, ReplyForm};
use domain::organization::Role;
use domain::reply::Purpose;
use entity::{complaint, complaint_item};
use rand::RngExt;
use rand::rngs::StdRng;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use super::Failure;
use super::cast::{Cast, Customer};
use super::names::pick;
use super::script::{CaseMove, Move, Opening, Plot};
use crate::access::viewer::Viewer;
use crate::app::App;
use crate::app::act::{ActResult, Caller};
use crate::complaint::case::Target;
use crate::complaint::intake::{self, Registration, Report};
use crate::complaint::parts::Call;
use crate::complaint::service::{self as cases, Classification};
use crate::follow_up::service as follow_ups;
use crate::reply::service::{self as replies, Answer};
use crate::work_order::service::{self as orders, Asking, Job};

/// Where the acts are played.
pub struct Stage<'a> {
    /// The application.
    pub(super) app: &'a App,
    /// Chooses.
    pub(super) rng: StdRng,
    /// The case and the newest order of each plot.
    pub(super) made: Vec<ActResult>,
    viewers: BTreeMap<Uuid, Arc<Viewer>>,
}

/// One plot with its site.
#[derive(Clone, Copy)]
pub struct Scene<'a> {
    /// The site.
    pub cast: &'a Cast,
    /// The plot.
    pub plot: &'a Plot,
}

impl Scene<'_> {
    /// Who brought the case, unless nobody knows.
    pub fn customer(&self) -> Option<&Customer> {
        self.cast.customers.get(self.plot.customer).filter(|_| !self.plot.opening.is_anonymous())
    }
}

/// Something that a plot needs is not there.
pub fn absent(what: &str) -> Failure {
    format!("the demo has no {what} here").into()
}

impl<'a> Stage<'a> {
    /// Sets up the stage for so many plots.
    pub fn new(app: &'a App, rng: StdRng, plots: usize) -> Self {
        Self { app, rng, viewers: BTreeMap::new(), made: vec![ActResult::default(); plots] }
    }

    /// Plays an act of a plot at the time of the clock.
    ///
    /// # Errors
    /// When the act is refused, or the database does not answer.
    pub async fn play(&mut self, casts: &[Cast], plots: &[Plot], number: usize, act: &Move) -> Result<(), Failure> {
        let plot = &plots[number];
        let scene = Scene { cast: &casts[plot.cast], plot };
        let result = match act {
            Move::Open => self.open(scene).await?,
            Move::Case(act) => Box::pin(self.case(scene, number, act)).await?,
            Move::Order(act) => self.order(scene, number, act).await?,
            Move::FollowUp(act) => self.follow_up(scene, number, act).await?,
        };
        let made = &mut self.made[number];
        made.complaint = made.complaint.or(result.complaint);
        made.work_order = result.work_order.or(made.work_order);
        made.quote = result.quote.or(made.quote);
        Ok(())
    }

    /// Somebody's roles do not change while the history runs, so they are read once.
    pub(super) async fn viewer(&mut self, account: Option<Uuid>) -> Result<Arc<Viewer>, Failure> {
        let account = account.ok_or_else(|| absent("such person"))?;
        if let Some(known) = self.viewers.get(&account) {
            return Ok(known.clone());
        }
        let viewer = Arc::new(Viewer::load(&self.app.db, account, self.app.clock.now()).await?);
        self.viewers.insert(account, viewer.clone());
        Ok(viewer)
    }

    async fn open(&mut self, scene: Scene<'_>) -> Result<ActResult, Failure> {
        let app = self.app;
        let report = report(scene)?;
        let site_id = scene.cast.site_id;
        match scene.plot.opening {
            Opening::Anonymous => {
                let caller = Caller { app, viewer: None, once: None, said: None };
                Ok(intake::file_anonymously(&caller, site_id, report, None).await?)
            }
            Opening::App { shared } => {
                let customer = scene.customer().ok_or_else(|| absent("customer"))?;
                let unit = customer.unit.ok_or_else(|| absent("unit"))?;
                let viewer = self.viewer(Some(customer.account)).await?;
                let caller = Caller { app, viewer: Some(&viewer), once: None, said: None };
                Ok(intake::file(&caller, unit, shared, report).await?)
            }
            Opening::AnonymousBook => self.register(scene, Channel::OpinionBook, report).await,
            Opening::Desk(channel) => self.register(scene, channel, report).await,
        }
    }

    async fn register(&mut self, scene: Scene<'_>, channel: Channel, report: Report) -> Result<ActResult, Failure> {
        let agent = pick(&mut self.rng, &scene.cast.desk());
        let viewer = self.viewer(Some(agent)).await?;
        let customer = scene.customer();
        let call = match customer {
            Some(customer) if channel == Channel::Phone => Some(self.call(&customer.phone, &report.description)),
            _ => None,
        };
        let registration = Registration {
            site_id: scene.cast.site_id,
            channel,
            unit_id: customer.and_then(|customer| customer.unit),
            anonymous: customer.is_none(),
            call,
            brief: false,
            confirmations: [true; 4],
        };
        let caller = Caller { app: self.app, viewer: Some(&viewer), once: None, said: None };
        Ok(intake::register(&caller, registration, report).await?)
    }

    /// A call that ends now.
    pub(super) fn call(&mut self, phone: &str, summary: &str) -> Call {
        let duration_seconds = self.rng.random_range(45..420);
        let started_at = self.app.clock.now() - TimeDelta::seconds(i64::from(duration_seconds));
        Call {
            phone: phone.to_owned(),
            started_at,
            duration_seconds,
            summary: summary.to_owned(),
            caller_name: None,
            handling: None,
        }
    }

    async fn case(&mut self, scene: Scene<'_>, number: usize, act: &CaseMove) -> Result<ActResult, Failure> {
        let id = self.made[number].complaint.ok_or_else(|| absent("case"))?;
        let row = complaint::Entity::find_by_id(id).one(&self.app.db).await?.ok_or_else(|| absent("case"))?;
        let target = Target { id, version: row.version };
        let actor = self.case_actor(scene, &row, act);
        let viewer = self.viewer(actor).await?;
        let caller = &Caller { app: self.app, viewer: Some(&viewer), once: None, said: None };
        let department = |kind| scene.cast.department(kind).ok_or_else(|| absent("department"));
        Ok(match act {
            CaseMove::Dispatch(None) => cases::dispatch(caller, target, None, None).await?,
            CaseMove::Dispatch(Some((kind, why))) => {
                cases::dispatch(caller, target, Some(department(*kind)?), Some(why)).await?
            }
            CaseMove::TakeOn => cases::accept_assignment(caller, target).await?,
            CaseMove::Refuse(why) => cases::refuse_assignment(caller, target, why).await?,
            CaseMove::HandOver(kind, why) => cases::hand_over(caller, target, department(*kind)?, why).await?,
            CaseMove::Name => {
                let hand = scene.plot.hand.ok_or_else(|| absent("handler"))?;
                cases::assign_handler(caller, target, hand).await?
            }
            CaseMove::Accept(why) => cases::accept(caller, target, why).await?,
            CaseMove::Decline(why) => cases::decline(caller, target, why).await?,
            CaseMove::Reclassify(severity, why) => {
                let to = Classification { severity: Some(*severity), ..Classification::default() };
                cases::reclassify(caller, target, to, why).await?
            }
            // Whoever complained by the app is answered there; others are told how it goes.
            CaseMove::Progress(words) => match answered(&row, words) {
                Some(answer) => replies::send(caller, target, answer).await?,
                None => cases::report_progress(caller, target, words).await?,
            },
            CaseMove::Add(words, items) => cases::add(caller, target, words.as_deref(), items.clone()).await?,
            CaseMove::Share => cases::share(caller, target, true).await?,
            CaseMove::Withdraw(why) => cases::withdraw(caller, target, why).await?,
            CaseMove::Resolve(result) => cases::resolve(caller, target, result).await?,
            CaseMove::CorrectResolution(why) => cases::correct_resolution(caller, target, why).await?,
            CaseMove::Reopen(why) => cases::reopen(caller, target, why).await?,
            CaseMove::Rate(ratings, words) => cases::rate(caller, target, *ratings, Some(words)).await?,
            CaseMove::RecordResult(result) => cases::record_result(caller, target, result).await?,
            CaseMove::MergeInto(other, why) => {
                let into = self.made[*other].complaint.ok_or_else(|| absent("other case"))?;
                cases::merge(caller, target, into, why).await?
            }
            CaseMove::Split(why) => cases::split(caller, target, &self.last_item(id).await?, why).await?,
            CaseMove::Archive => cases::archive(caller, target).await?,
            CaseMove::Addendum(words) => cases::add_addendum(caller, id, words).await?,
            CaseMove::OpenTalk => follow_ups::open(caller, target).await?,
            CaseMove::Quote => Box::pin(self.quote(scene, caller, target)).await?,
            CaseMove::AcceptQuote => self.accept_quote(scene, number).await?,
            CaseMove::Issue(task) => {
                let price = Asking { quote_id: self.made[number].quote, ..Asking::default() };
                let job = Job { department_id: None, task: task.clone(), place: None, public_area: None, price };
                orders::issue(caller, target, job).await?
            }
        })
    }

    /// The named owner moves a case on (A0), but for what is the desk's or the customer's.
    fn case_actor(&mut self, scene: Scene<'_>, row: &complaint::Model, act: &CaseMove) -> Option<Uuid> {
        let cast = scene.cast;
        let received = row.state == domain::complaint::State::Received;
        match act {
            CaseMove::Dispatch(_) | CaseMove::Quote => Some(pick(&mut self.rng, &cast.desk())),
            CaseMove::Issue(_) if received => Some(pick(&mut self.rng, &cast.desk())),
            CaseMove::MergeInto(..) | CaseMove::Split(_) | CaseMove::OpenTalk => {
                cast.first(Role::CustomerServiceSupervisor)
            }
            CaseMove::Addendum(_) => cast.first(Role::Archivist).or_else(|| cast.first(Role::OfficeHead)),
            CaseMove::Add(..) | CaseMove::Withdraw(_) | CaseMove::Rate(..) | CaseMove::Reopen(_) | CaseMove::Share => {
                let customer = scene.customer().map(|customer| customer.account);
                customer.or_else(|| cast.desk().first().copied())
            }
            _ => Some(row.owner_account_id),
        }
    }

    async fn last_item(&self, case: Uuid) -> Result<Vec<Uuid>, Failure> {
        let items = complaint_item::Entity::find()
            .filter(complaint_item::Column::ComplaintId.eq(case))
            .order_by_desc(complaint_item::Column::Ordinal)
            .one(&self.app.db)
            .await?;
        Ok(items.iter().map(|item| item.id).collect())
    }
}

/// What the customer says, as it comes in.
fn report(scene: Scene<'_>) -> Result<Report, Failure> {
    let (plot, topic) = (scene.plot, scene.plot.topic);
    let category = scene.cast.categories.get(topic.category).copied();
    let customer = scene.customer();
    let paid = topic.kind == Kind::PaidService;
    Ok(Report {
        kind: topic.kind,
        category_id: category.ok_or_else(|| absent(topic.category))?,
        severity: topic.severity,
        place: plot.place.map(str::to_owned),
        public_area: !topic.places.is_empty(),
        description: plot.says.clone(),
        items: plot.items.clone(),
        remedy_sought: paid.then(|| "请先报价,确认后再上门。".to_owned()),
        wished_at: None,
        about_account_id: plot.about,
        contact_name: customer.map(|customer| customer.name.clone()),
        contact_phone: customer.map(|customer| customer.phone.clone()),
        details: Vec::new(),
    })
}

/// An answer in the app, where somebody complained by it.
fn answered(row: &complaint::Model, words: &str) -> Option<Answer> {
    let by_app = row.channel == Channel::App && row.customer_account_id.is_some();
    (by_app && row.kind == Kind::Complaint).then(|| Answer {
        form: ReplyForm::App,
        kind: None,
        text: words.to_owned(),
        next_reply_by: None,
        purpose: Some(Purpose::General),
        language: None,
        call: None,
        attachment: None,
    })
}
