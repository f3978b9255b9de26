//! Searching in the schema.

use async_graphql::connection::{Connection, Edge};
use async_graphql::{Context, Object, Result, SimpleObject};
use domain::access::Operation;
use domain::search::{Question, Tier};
use uuid::Uuid;

use super::query::{Place, search};
use crate::access::guard::Listed;
use crate::app::error::Error;
use crate::app::page::PageInput;
use crate::app::request::Asked;
use crate::app::validate;
use crate::complaint::graphql::Complaint;

/// A case that was found.
#[derive(SimpleObject)]
pub struct SearchHit {
    /// By what.
    pub found_by: Tier,
    /// The case.
    pub complaint: Complaint,
}

/// Searching.
#[derive(Default)]
pub struct SearchQuery;

#[Object(guard = "Listed(Operation::Query)")]
impl SearchQuery {
    /// Searches the cases that I may see, by number, people, places and words (A2): first by the number, whole or its end;
    /// then by the customer's name or telephone number, whole or the last four digits, of those cases of which I may see who
    /// the customer is; then by the place; then by the words. Among what was found alike the newest first. Two Chinese
    /// characters are enough.
    async fn search(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to look for, 1 to 200 characters.")] text: String,
        #[graphql(desc = "Which page.")] page: Option<PageInput>,
    ) -> Result<Connection<String, SearchHit>> {
        let (app, viewer) = (ctx.app()?, ctx.signed_in()?);
        let text = validate::text("text", &text, 200)?;
        let page = page.unwrap_or_default();
        let (limit, after) = (page.limit()?, page.after.as_deref().map(read).transpose()?);
        let mut connection = Connection::new(after.is_some(), false);
        let Some(question) = Question::read(&text) else { return Ok(connection) };
        let mut found = search(app, viewer, &question, after, limit + 1).await?;
        connection.has_next_page = found.len() as u64 > limit;
        found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        for (found_by, row) in found {
            let cursor = format!("{}.{}", found_by as u8, row.id.simple());
            connection.edges.push(Edge::new(cursor, SearchHit { found_by, complaint: Complaint(row) }));
        }
        Ok(connection)
    }
}

fn read(cursor: &str) -> Result<Place, Error> {
    let (tier, id) = cursor.split_once('.').ok_or(Error::BadCursor)?;
    let tier = tier.parse().ok().and_then(|tier: usize| Tier::ALL.get(tier).copied()).ok_or(Error::BadCursor)?;
    Ok(Place { tier, id: Uuid::try_parse(id).map_err(|_| Error::BadCursor)? })
}
