//! A question to whoever reported an anonymous case, in the schema (D7).

use async_graphql::{Context, ID, Object, Result};
use chrono::{DateTime, Utc};
use entity::question;

use crate::app::loader::AccountById;
use crate::app::public_id;
use crate::app::request::Asked;

/// A question to whoever reported an anonymous case, and the answer of the holder of its receipt code (D7).
#[derive(async_graphql::Description)]
pub struct Question(pub question::Model);

#[Object(use_type_description)]
impl Question {
    /// The id.
    async fn id(&self) -> ID {
        public_id::write("Question", self.0.id)
    }

    /// What is asked.
    async fn text(&self) -> &str {
        &self.0.text
    }

    /// The name of who asks.
    async fn asked_by_name(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        Ok(ctx.load(AccountById(self.0.asked_by)).await?.map(|account| account.name))
    }

    /// When.
    async fn asked_at(&self) -> DateTime<Utc> {
        self.0.asked_at
    }

    /// The answer; null until it is answered.
    async fn answer(&self) -> Option<&str> {
        self.0.answer.as_deref()
    }

    /// When it was answered.
    async fn answered_at(&self) -> Option<DateTime<Utc>> {
        self.0.answered_at
    }
}
