//! One act of one person: everything it writes, its events and notices commit together, or nothing does.
//!
//! # Why no reader of the log can miss an event
//! An event's position is taken from its organization's row in `event_stream` by the last statement of the
//! transaction that locks anything. The row stays locked until the commit, so positions become visible in their own
//! order and without gaps: whoever has seen 6 has seen 5. A rolled-back act gives its positions back with the row.

use chrono::{DateTime, Utc};
use data_encoding::HEXLOWER;
use entity::{event, event_stream, idempotent_act, notice};
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{ActiveValue::Set, ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tokio::sync::OwnedSemaphorePermit;
use uuid::Uuid;

use super::App;
use super::answered::KeptRefusal;
use super::database::begin_writing;
use super::error::{Error, Result};
use super::evidence::{self, Said};
pub use super::happening::Happening;
use super::recall::Recall;
use crate::access::viewer::Viewer;
use domain::refusal::Code;

/// Under what name the acts of customers who stay unknown are kept (D7).
const ANONYMOUS: &str = "anonymous";
/// What is sealed for a repeated call.
const SHOWN_ONCE: &str = "shown once";

/// Who calls a service, and how they would recognise the same call again.
pub struct Caller<'a> {
    /// All that a service is given.
    pub app: &'a App,
    /// Who is signed in; none for an anonymous customer.
    pub viewer: Option<&'a Viewer>,
    /// What makes a repeated call the same call.
    pub once: Option<Once>,
    /// What a handheld says of the act, which it sends later.
    pub said: Option<Said>,
}

impl Caller<'_> {
    /// Seals what is shown once, so that the same call can be told it again; nothing where no key was sent.
    ///
    /// # Errors
    /// When it cannot be sealed.
    pub fn seal(&self, text: &str) -> Result<Option<String>> {
        let Some(once) = &self.once else { return Ok(None) };
        Ok(Some(self.app.vault.under(&once.key).seal(SHOWN_ONCE, text, &self.app.dice)?))
    }

    /// Opens what an earlier call sealed.
    #[must_use]
    pub fn open(&self, result: &ActResult) -> Option<String> {
        self.app.vault.under(&self.once.as_ref()?.key).open(SHOWN_ONCE, result.secret.as_deref()?)
    }

    /// Ends here when the call has happened before. For acts that check a password first: it may be another by now.
    ///
    /// # Errors
    /// [`Error::Replayed`] with the first result; `KEY_REUSED` when the key was used for something else.
    pub async fn refuse_repeated(&self) -> Result<()> {
        let (Some(once), Some(viewer)) = (&self.once, self.viewer) else { return Ok(()) };
        let id = (viewer.id.to_string(), kept_key(&once.key));
        match idempotent_act::Entity::find_by_id(id).one(&self.app.db).await? {
            None => Ok(()),
            Some(before) => Err(repeated(before, once)?),
        }
    }
}

/// What makes a repeated call the same call.
#[derive(Debug, Clone)]
pub struct Once {
    /// The key that the caller chose.
    pub key: String,
    /// Hash of the operation and its whole input under the server's secret, in hex: the input may hold a password.
    pub input_hash: String,
}

/// What an act has changed, by id; kept for a repeated call.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ActResult {
    /// The case.
    pub complaint: Option<Uuid>,
    /// A second case: the one split off, or the one that carries on.
    pub other_complaint: Option<Uuid>,
    /// The work order.
    pub work_order: Option<Uuid>,
    /// The follow-up.
    pub follow_up: Option<Uuid>,
    /// Several follow-ups of one act.
    pub follow_ups: Vec<Uuid>,
    /// The quote.
    pub quote: Option<Uuid>,
    /// What was undertaken.
    pub undertaking: Option<Uuid>,
    /// The version of the work order after it.
    pub version: Option<i32>,
    /// The account, site or other thing that a set-up act made or changed.
    pub subject: Option<Uuid>,
    /// The report of an import that was written.
    pub import: Option<serde_json::Value>,
    /// A receipt or invitation code, sealed under the caller's idempotency key where it is kept.
    pub receipt: Option<String>,
    /// Something that is shown once, sealed under the caller's idempotency key where it is kept.
    pub secret: Option<String>,
    /// Why nothing was done, where that is kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refused: Option<KeptRefusal>,
}

/// An act that is under way.
pub struct Act<'a> {
    /// All that a service is given.
    pub app: &'a App,
    /// Who acts; none for an anonymous customer.
    pub viewer: Option<&'a Viewer>,
    /// The transaction.
    pub txn: DatabaseTransaction,
    /// When it happens.
    pub now: DateTime<Utc>,
    /// What a handheld says of when and where it happened.
    pub said: Option<Said>,
    /// What was read before.
    pub(super) recall: Recall,
    organization_id: Uuid,
    happenings: Vec<Happening>,
    once: Option<(String, Once)>,
    // Declared last: whoever waits to write goes on when the transaction has ended.
    _turn: Option<OwnedSemaphorePermit>,
}

impl<'a> Act<'a> {
    /// Begins an act of somebody who is signed in.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] for a stranger; [`Error::Replayed`] when it has happened before.
    pub async fn begin(caller: &'a Caller<'a>) -> Result<Self> {
        let viewer = caller.viewer.ok_or(Error::Unauthenticated)?;
        Self::begin_in(caller, Some(viewer), viewer.organization_id, viewer.id.to_string()).await
    }

    /// Begins an act of nobody who is signed in: of a customer who stays unknown (D7), of somebody who registers, or of
    /// the server itself. Nothing of who is signed in is kept.
    ///
    /// # Errors
    /// [`Error::Replayed`] when it has happened before.
    pub async fn begin_anonymous(caller: &'a Caller<'a>, organization_id: Uuid) -> Result<Self> {
        Self::begin_in(caller, None, organization_id, ANONYMOUS.to_owned()).await
    }

    async fn begin_in(
        caller: &'a Caller<'a>,
        viewer: Option<&'a Viewer>,
        organization_id: Uuid,
        actor: String,
    ) -> Result<Self> {
        let turn = caller.app.writing_turn().await?;
        let txn = begin_writing(&caller.app.db).await?;
        let now = caller.app.clock.now();
        let act = Self {
            app: caller.app,
            viewer,
            txn,
            now,
            said: caller.said,
            recall: Recall::default(),
            organization_id,
            happenings: Vec::new(),
            once: caller.once.clone().map(|once| (actor, once)),
            _turn: turn,
        };
        act.claim_key().await?;
        Ok(act)
    }

    /// The person who acts.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] in an anonymous act.
    pub fn person(&self) -> Result<&'a Viewer> {
        self.viewer.ok_or(Error::Unauthenticated)
    }

    /// When it counts as done, which cannot be before a moment: as a handheld says where that is believed, else now.
    pub fn occurred_at(&mut self, earliest: DateTime<Utc>) -> DateTime<Utc> {
        self.said = self.said.map(|said| Said { time: said.time.not_before(earliest), ..said });
        self.said.map_or(self.now, |said| said.time.occurred_at())
    }

    /// In which organization it happens.
    #[must_use]
    pub fn organization_id(&self) -> Uuid {
        self.organization_id
    }

    /// A new id.
    #[must_use]
    pub fn id(&self) -> Uuid {
        self.app.dice.id(self.now)
    }

    /// Tells what happened; written when the act ends.
    pub fn happened(&mut self, happening: Happening) {
        self.happenings.push(happening);
    }

    /// How much has been told so far: where [`Act::happened_at`] puts what comes before its own effects.
    #[must_use]
    pub fn told(&self) -> usize {
        self.happenings.len()
    }

    /// Tells what happened ahead of what it brought about: first that a case is resolved, then that a follow-up is owed.
    pub fn happened_at(&mut self, place: usize, happening: Happening) {
        self.happenings.insert(place.min(self.happenings.len()), happening);
    }

    /// Takes the key before anything else is done. Somebody who sends the same call at the same time waits here until
    /// this act has ended.
    async fn claim_key(&self) -> Result<()> {
        let Some((actor, once)) = &self.once else { return Ok(()) };
        let row = idempotent_act::ActiveModel {
            actor: Set(actor.clone()),
            key: Set(kept_key(&once.key)),
            input_hash: Set(once.input_hash.clone()),
            result: Set(serde_json::Value::Null),
            created_at: Set(self.now),
        };
        let conflict =
            OnConflict::columns([idempotent_act::Column::Actor, idempotent_act::Column::Key]).do_nothing().to_owned();
        let inserted =
            idempotent_act::Entity::insert(row).on_conflict(conflict).exec_without_returning(&self.txn).await?;
        if inserted == 1 {
            return Ok(());
        }
        let before = idempotent_act::Entity::find_by_id((actor.clone(), kept_key(&once.key))).one(&self.txn).await?;
        let Some(before) = before else { return Err(Error::refused(Code::KeyReused, "idempotencyKey")) };
        Err(repeated(before, once)?)
    }

    /// Ends the act: writes its result, events and notices, commits, and wakes those who wait.
    ///
    /// # Errors
    /// When the database does not answer; then nothing has happened.
    pub async fn commit(mut self, result: ActResult) -> Result<ActResult> {
        if let Some((actor, once)) = &self.once {
            idempotent_act::Entity::update_many()
                .col_expr(idempotent_act::Column::Result, Expr::value(serde_json::to_value(&result)?))
                .filter(idempotent_act::Column::Actor.eq(actor))
                .filter(idempotent_act::Column::Key.eq(kept_key(&once.key)))
                .exec(&self.txn)
                .await?;
        }
        let told = self.write_events().await?;
        self.txn.commit().await?;
        self.app.bus.woken_by_act(self.organization_id, told);
        Ok(result)
    }

    async fn write_events(&mut self) -> Result<Option<i64>> {
        let mut happenings = std::mem::take(&mut self.happenings);
        if happenings.is_empty() {
            return Ok(None);
        }
        // On the heap: every act carries it, and none should grow by it.
        Box::pin(crate::booking::ending::react(self, &happenings)).await?;
        happenings.append(&mut self.happenings);
        Box::pin(crate::clock::drive::react(self, &mut happenings)).await?;
        let raised = Box::pin(crate::alarm::raise::react(self, &happenings)).await?;
        happenings.extend(raised);
        let count = i64::try_from(happenings.len()).unwrap_or(i64::MAX);
        let head = self.advance_stream(count).await?;
        let mut notices = Vec::new();
        let mut events = Vec::new();
        for (position, happening) in (head - count + 1..).zip(happenings) {
            let event_id = self.id();
            notices.extend(self.notices(position, event_id, &happening));
            events.push(self.event(position, event_id, happening));
        }
        event::Entity::insert_many(events).exec_without_returning(&self.txn).await?;
        if !notices.is_empty() {
            notice::Entity::insert_many(notices).exec_without_returning(&self.txn).await?;
        }
        Ok(Some(head))
    }

    async fn advance_stream(&self, count: i64) -> Result<i64> {
        let rows = event_stream::Entity::update_many()
            .col_expr(event_stream::Column::Position, Expr::col(event_stream::Column::Position).add(count))
            .filter(event_stream::Column::OrganizationId.eq(self.organization_id))
            .exec_with_returning(&self.txn)
            .await?;
        rows.first()
            .map(|stream| stream.position)
            .ok_or_else(|| "the organization has no event stream".to_owned().into())
    }

    fn event(&self, position: i64, id: Uuid, happening: Happening) -> event::ActiveModel {
        event::ActiveModel {
            organization_id: Set(self.organization_id),
            position: Set(position),
            id: Set(id),
            site_id: Set(happening.site_id),
            complaint_id: Set(happening.complaint_id),
            work_order_id: Set(happening.work_order_id),
            follow_up_id: Set(happening.follow_up_id),
            department_id: Set(happening.department_id),
            left_team_id: Set(happening.left_team()),
            kind: Set(happening.kind),
            actor_account_id: Set(self.viewer.map(|viewer| viewer.id)),
            actor_name: Set(self.viewer.map(|viewer| viewer.name.clone())),
            actor_role: Set(happening.actor_role),
            owner_account_id: Set(happening.owner.0),
            owner_name: Set(happening.owner.1),
            state: Set(happening.state),
            reason: Set(happening.reason),
            data: Set(self.with_evidence(happening.data)),
            occurred_at: Set(self.now),
        }
    }

    /// What is told, with what a handheld has said of the time.
    fn with_evidence(&self, mut data: serde_json::Value) -> serde_json::Value {
        if let (Some(said), Some(fields)) = (&self.said, data.as_object_mut()) {
            fields.insert("device".to_owned(), evidence::write(&said.time));
        }
        data
    }

    fn notices(&self, position: i64, event_id: Uuid, happening: &Happening) -> Vec<notice::ActiveModel> {
        let actor = self.viewer.map(|viewer| viewer.id);
        let mut told: Vec<Uuid> = happening.tell.iter().copied().filter(|account| Some(*account) != actor).collect();
        told.sort_unstable();
        told.dedup();
        told.into_iter()
            .map(|account_id| notice::ActiveModel {
                account_id: Set(account_id),
                position: Set(position),
                organization_id: Set(self.organization_id),
                event_id: Set(event_id),
                complaint_id: Set(happening.complaint_id),
                read_at: Set(None),
            })
            .collect()
    }
}

/// What a call was answered before: its result or its refusal; or the refusal of a key that was used for something else.
///
/// # Errors
/// When it was not kept as a result is.
pub(super) fn repeated(before: idempotent_act::Model, once: &Once) -> Result<Error> {
    if before.input_hash != once.input_hash {
        return Ok(Error::refused(Code::KeyReused, "idempotencyKey"));
    }
    let result: ActResult = serde_json::from_value(before.result)?;
    Ok(match result.refused {
        Some(refused) => Error::Refused(Box::new(refused.again()?)),
        None => Error::Replayed(Box::new(result)),
    })
}

/// A key as it is kept: whoever has the key itself can open the receipt code that is sealed under it, so the database
/// has its hash only.
pub(super) fn kept_key(key: &str) -> String {
    sha256_hex(key.as_bytes())
}

/// SHA-256 in hex.
#[must_use]
pub fn sha256_hex(bytes: &[u8]) -> String {
    HEXLOWER.encode(&Sha256::digest(bytes))
}
