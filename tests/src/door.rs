//! Coming in by the door: with a password, a token, a key, from an address.

use std::net::IpAddr;
use std::time::Duration;

use api::access::service::authenticate;
use api::access::session;
use api::access::viewer::Viewer;
use api::app::act::{Act, ActResult, Caller};
use api::app::error::Error;
use api::app::loader::Rows;
use api::app::request::ClientAddress;
use async_graphql::{Request, Variables};
use chrono::{DateTime, Utc};
use domain::organization::Language;
use entity::account;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, IntoActiveModel};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::World;
use crate::ask;

/// A password that is good enough.
pub const PASSWORD: &str = "三月的雨下了又停停了又下";

impl World {
    /// An account as it stands.
    pub async fn account(&self, who: &str) -> account::Model {
        account::Entity::find_by_id(self.town.id(who)).one(&self.app.db).await.unwrap().unwrap()
    }

    /// Gives somebody a password; their phone.
    pub async fn give_password(&self, who: &str, password: &str) -> String {
        let mut row = self.account(who).await.into_active_model();
        row.password_hash = Set(Some(self.app.passwords.hash(password, &self.app.dice).await.unwrap()));
        row.update(&self.app.db).await.unwrap().phone
    }

    /// Gives somebody a password and signs them in; the payload.
    pub async fn signed_in(&self, who: &str) -> Value {
        let phone = self.give_password(who, PASSWORD).await;
        self.act("", "signIn", json!({ "phone": phone, "password": PASSWORD })).await
    }

    /// A session of somebody that begins now by the world's clock; its id.
    pub async fn session(&self, who: &str) -> Uuid {
        let viewer = self.viewer(who).await;
        let caller = Caller { app: &self.app, viewer: Some(&viewer), once: None, said: None };
        let act = Act::begin(&caller).await.unwrap();
        let (row, _) = session::begin(&act, &self.account_in(&act, viewer.id).await, None, false).await.unwrap();
        act.commit(ActResult::default()).await.unwrap();
        row.id
    }

    async fn account_in(&self, act: &Act<'_>, id: Uuid) -> account::Model {
        account::Entity::find_by_id(id).one(&act.txn).await.unwrap().unwrap()
    }

    /// An access token of somebody, good at a moment for a server in a process of its own.
    pub async fn token_at(&self, who: &str, now: DateTime<Utc>) -> String {
        let session = self.session(who).await;
        let mut row = entity::session::Entity::find_by_id(session).one(&self.app.db).await.unwrap().unwrap();
        row.last_used_at = now;
        row.ends_at = now + session::LONGEST;
        row.into_active_model().reset_all().update(&self.app.db).await.unwrap();
        self.app.tokens.sign(self.town.id(who), session, now).unwrap().0
    }

    /// Who holds a token now.
    pub async fn holder(&self, token: &str) -> Option<Viewer> {
        match authenticate(&self.app, token).await {
            Ok((viewer, _)) => Some(viewer),
            Err(Error::Unauthenticated) => None,
            Err(error) => panic!("{error:?}"),
        }
    }

    /// A request as the edge makes it: by a token, from an address.
    pub async fn request_by(&self, token: &str, from: Option<&str>, document: &str, variables: Value) -> Request {
        let viewer = if token.is_empty() { None } else { self.holder(token).await };
        let mut request = Request::new(document)
            .variables(Variables::from_json(variables))
            .data(Language::En)
            .data(Rows::loader(self.app.clone(), viewer.clone()));
        if let Some(viewer) = viewer {
            request = request.data(viewer);
        }
        if let Some(address) = from {
            request = request.data(ClientAddress(address.parse::<IpAddr>().unwrap()));
        }
        request
    }

    /// Asks by a token; the whole response.
    pub async fn response_by(&self, token: &str, document: &str, variables: Value) -> Value {
        let request = Box::pin(self.request_by(token, None, document, variables)).await;
        serde_json::to_value(Box::pin(self.schema.execute(request)).await).unwrap()
    }

    /// Tries a mutation by a token; its payload.
    pub async fn try_by(&self, token: &str, field: &str, input: Value) -> Value {
        let response = Box::pin(self.response_by(token, &ask::mutation(field), ask::variables(&input))).await;
        assert!(response.get("errors").is_none(), "{field}: {response:#}");
        response["data"][field].clone()
    }

    /// Does a mutation by a token; its payload, which must not be a refusal.
    pub async fn act_by(&self, token: &str, field: &str, input: Value) -> Value {
        ask::done(Box::pin(self.try_by(token, field, input)).await)
    }

    /// Tries a mutation as a stranger at an address: its payload.
    ///
    /// # Errors
    /// The code of the error that it ends with.
    pub async fn try_from(&self, address: &str, field: &str, input: Value) -> Result<Value, String> {
        let document = ask::mutation(field);
        let request = Box::pin(self.request_by("", Some(address), &document, ask::variables(&input))).await;
        let response = serde_json::to_value(Box::pin(self.schema.execute(request)).await).unwrap();
        match response["errors"][0]["extensions"]["code"].as_str() {
            Some(code) => Err(code.to_owned()),
            None => Ok(response["data"][field].clone()),
        }
    }

    /// Asks for a code; the id of the request and the six digits of the message.
    pub async fn code(&self, token: &str, phone: &str, purpose: &str) -> (String, String) {
        let before = self.sent_to(phone).len();
        let asked = self.act_by(token, "requestCode", json!({ "phone": phone, "purpose": purpose })).await;
        let request = asked["requestId"].as_str().unwrap().to_owned();
        (request, self.code_after(phone, before).await)
    }

    /// The messages to a number.
    #[must_use]
    pub fn sent_to(&self, phone: &str) -> Vec<String> {
        self.app.sms.collected().into_iter().filter(|(to, _)| to == phone).map(|(_, text)| text).collect()
    }

    /// The digits of the message that follows so many to a number. It is sent beside the request, so it may still be
    /// under way.
    pub async fn code_after(&self, phone: &str, before: usize) -> String {
        for _ in 0..3000 {
            if let Some(text) = self.sent_to(phone).get(before) {
                return text.chars().filter(char::is_ascii_digit).take(6).collect();
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        panic!("no message to {phone}");
    }

    /// What the audit trail says to whoever holds a token, newest first.
    pub async fn trail(&self, token: &str) -> Vec<String> {
        let document = "{ auditTrail(page: { first: 50 }) { nodes { kind } } }";
        let response = Box::pin(self.response_by(token, document, json!({}))).await;
        let nodes = response["data"]["auditTrail"]["nodes"].as_array().unwrap_or_else(|| panic!("{response}")).clone();
        nodes.iter().map(|node| node["kind"].as_str().unwrap().to_owned()).collect()
    }
}

/// A token of a payload.
///
/// # Panics
/// When there is none.
#[must_use]
pub fn token(payload: &Value) -> String {
    payload["accessToken"].as_str().expect("an access token").to_owned()
}

/// The refresh token of a payload.
///
/// # Panics
/// When there is none.
#[must_use]
pub fn refresh(payload: &Value) -> String {
    payload["refreshToken"].as_str().expect("a refresh token").to_owned()
}
