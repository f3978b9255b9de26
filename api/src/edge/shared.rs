//! Subscriptions that are executed once for all who get the same bytes.
//!
//! Who sends the same document with the same variables for the same topic is in one group. For each event the group asks,
//! for each member, whether they may see it now (in memory: `event/person.rs`, `access/sight.rs`), and runs the engine once
//! for each view: a witness notes during the execution what the bytes depend on (`app/witness.rs`), and whoever would get
//! the same gets the same. What depends on who asks is shared by the devices of one account only. Between events a group is
//! a list: it has no task, and ends with its last member.

mod group;
mod key;
mod tally;
mod view;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use async_graphql::parser::types::OperationType;
use async_graphql::{Request, Response};
use axum::extract::ws::Utf8Bytes;
use domain::organization::Language;
use futures_util::StreamExt;
use futures_util::stream::BoxStream;

use super::Edge;
use super::mailbox::{ENDED, LATER, Mailbox, Parcel};
use super::operation::{self, Prepared, never_ran, told};
use crate::app::error::{Error, Result};
use crate::app::witness::Witness;
use crate::event::live::{Seen, Wanted, behind};
use crate::event::person::Person;
use group::{Group, Member};
use key::Key;
pub use tally::Tally;

/// Where the items of an operation go.
#[derive(Clone)]
pub struct Line {
    /// The client's mailbox.
    pub mailbox: Arc<Mailbox>,
    /// The operation.
    pub turn: u32,
    /// The language that the client asked for.
    pub language: Option<Language>,
}

impl Line {
    /// Sends an answer, as soon as there is room.
    pub async fn answer(&self, response: &Response) {
        let parcel = if never_ran(response) {
            written(&response.errors).map(|text| Parcel::Never(self.turn, text))
        } else {
            written(response).map(|text| Parcel::Item(self.turn, text))
        };
        if let Some(parcel) = parcel {
            self.mailbox.put(parcel).await;
        }
    }

    /// Sends the end of the operation.
    pub async fn over(&self) {
        self.mailbox.put(Parcel::Over(self.turn)).await;
    }
}

/// A place in a group; dropping it gives it back.
pub struct Membership {
    groups: Arc<Groups>,
    group: Arc<Group>,
    member: Arc<Member>,
    tally: Tally,
}

impl Drop for Membership {
    fn drop(&mut self) {
        self.tally.delivered(self.member.items());
        self.groups.leave(&self.group, &self.member);
    }
}

/// The groups of this process.
#[derive(Default)]
pub struct Groups(Mutex<HashMap<Key, Arc<Group>>>);

impl Groups {
    fn of(&self, key: Key, make: impl FnOnce(Key) -> Group) -> Arc<Group> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.entry(key.clone()).or_insert_with(|| Arc::new(make(key))).clone()
    }

    /// Takes a member out of a group, and the group away with its last.
    fn leave(&self, group: &Arc<Group>, member: &Arc<Member>) {
        if group.leave(member) {
            let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            if group.is_empty() && all.get(group.key()).is_some_and(|kept| Arc::ptr_eq(kept, group)) {
                all.remove(group.key());
            }
        }
    }
}

/// Runs an operation of any kind to its end, or, where it follows a topic, until it has joined it.
pub async fn run(edge: &Edge, prepared: Prepared, line: &Line) {
    if prepared.kind != Some(OperationType::Subscription) {
        line.answer(&operation::execute(edge, prepared).await).await;
        return line.over().await;
    }
    let Some(root) = key::root(&prepared) else {
        return forward(operation::run(edge, prepared), line).await;
    };
    match operation::plan(edge, prepared).await {
        Ok((wanted, planned)) => join(edge, planned, wanted, root, line).await,
        Err(items) => forward(items, line).await,
    }
}

/// A subscription that is not shared: of several fields, or over before it began.
async fn forward(mut items: BoxStream<'static, Response>, line: &Line) {
    while let Some(item) = items.next().await {
        line.answer(&item).await;
    }
    line.over().await;
}

/// Reads what the client has not seen yet, and joins the group without gap or repeat.
async fn join(edge: &Edge, prepared: operation::Planned, wanted: Wanted, root: key::Root, line: &Line) {
    let tally = prepared.tally(&edge.app);
    let app = &edge.app;
    let organization = match app.hub().of(app, wanted.watch.organization).await {
        Ok(organization) => organization,
        // Clients come again only where the connection closes.
        Err(Error::Internal { .. }) => return line.mailbox.cut(LATER),
        Err(error) => return line.answer(&operation::refused(error)).await,
    };
    let person = wanted.follower.map(|follower| organization.person(follower));
    let key = Key::new(&wanted, &prepared, &root);
    let group = edge.groups.of(key, |key| Group::new(edge, organization, &wanted, prepared, key));
    let member = Member::new(line, person.clone());
    let membership = Membership { groups: edge.groups.clone(), group: group.clone(), member: member.clone(), tally };
    let mut position = wanted.start;
    while !group.join(&member, position) {
        match catch_up(edge, &group, &wanted, person.as_ref(), line, position).await {
            Ok(read_to) => position = read_to,
            Err(Error::Internal { .. }) => return line.mailbox.cut(LATER),
            Err(error) => {
                line.mailbox.put(group.ending(line.turn, error)).await;
                return line.over().await;
            }
        }
    }
    line.mailbox.push(Parcel::Follows(line.turn, Box::new(membership)));
}

async fn catch_up(
    edge: &Edge,
    group: &Group,
    wanted: &Wanted,
    person: Option<&Arc<Person>>,
    line: &Line,
    position: i64,
) -> Result<i64> {
    let viewer = match person {
        Some(person) => Some(person.viewer(&edge.app).await?),
        None => None,
    };
    let (found, read_to) = behind(&edge.app, &wanted.watch, viewer.as_deref(), position).await?;
    for happened in found {
        if line.mailbox.is_over(edge.app.clock.now()) {
            line.mailbox.cut(ENDED);
            return Err(Error::Unauthenticated);
        }
        let language = line.language.or(viewer.as_ref().map(|viewer| viewer.language));
        let witness = Witness::of_case(happened.event.complaint_id);
        let seen = Seen::new(happened, viewer.clone(), witness.clone());
        let view = group.execute(viewer.as_ref(), language.unwrap_or(Language::ZhCn), seen, witness).await;
        group.count(1);
        line.mailbox.put(view.parcel(line.turn)).await;
    }
    Ok(read_to)
}

/// Writes something as JSON, once for all who get it.
fn written<T: serde::Serialize>(value: &T) -> Option<Utf8Bytes> {
    match serde_json::to_string(value) {
        Ok(text) => Some(text.into()),
        Err(error) => {
            tracing::error!(%error, "cannot write an item");
            None
        }
    }
}

/// Runs the engine for one delivery.
async fn deliver(edge: &(crate::schema::HuiyinSchema, std::time::Duration), request: Request) -> Response {
    let mut items = edge.0.execute_stream(request);
    let item = tokio::time::timeout(edge.1, items.next()).await;
    told(
        item.ok().flatten().unwrap_or_else(|| operation::refused(Error::from("a delivery came to nothing".to_owned()))),
    )
}
