//! The reads of cases: lists with filters, the register, the way in by receipt code, and anything by its id.

use async_graphql::connection::Connection;
use async_graphql::{Context, Enum, ID, InputObject, Object, Result};
use chrono::{DateTime, Utc};
use domain::access::Operation;
use domain::complaint::{Kind, State};
use domain::refusal::Code;
use entity::complaint;
use sea_orm::{ColumnTrait, QueryFilter};

use super::details::AnonymousComplaint;
use super::graphql::Complaint;
use super::query::{self, Filter, Identity};
use crate::access::guard::Listed;
use crate::app::error::Error;
use crate::app::loader::{ComplaintById, FollowUpById, WorkOrderById};
use crate::app::page::{PageInput, due_of, page_of};
use crate::app::public_id;
use crate::app::request::{Asked, optional_id};
use crate::follow_up::graphql::FollowUp;
use crate::work_order::graphql::WorkOrder;

/// Which cases. What is not given does not narrow.
#[derive(InputObject, Default)]
pub struct ComplaintFilter {
    /// Of a site.
    pub site_id: Option<ID>,
    /// Of a responsible department.
    pub department_id: Option<ID>,
    /// Of a category.
    pub category_id: Option<ID>,
    /// In one of these states.
    #[graphql(default)]
    pub states: Vec<State>,
    /// Of one of these kinds.
    #[graphql(default)]
    pub kinds: Vec<Kind>,
    /// Received at this time or later.
    pub received_from: Option<DateTime<Utc>>,
    /// Received before this time.
    pub received_before: Option<DateTime<Utc>>,
    /// Only those that I own.
    #[graphql(default)]
    pub owned_by_me: bool,
    /// With these words in the number, place, description or items; two Chinese characters are enough. Employees find by them
    /// what is at the sites where they work.
    pub text: Option<String>,
}

impl ComplaintFilter {
    fn parse(self) -> Result<Filter, Error> {
        Ok(Filter {
            site: optional_id("Site", self.site_id.as_ref(), "filter.siteId")?,
            department: optional_id("Department", self.department_id.as_ref(), "filter.departmentId")?,
            category: optional_id("Category", self.category_id.as_ref(), "filter.categoryId")?,
            states: self.states,
            kinds: self.kinds,
            from: self.received_from,
            to: self.received_before,
            mine: self.owned_by_me,
            text: self.text,
        })
    }
}

/// In which order cases stand.
#[derive(Enum, Clone, Copy, PartialEq, Eq, Default)]
pub enum ComplaintOrder {
    /// The newest first.
    #[default]
    NewestFirst,
    /// The first to be due first, by the running clock that ends first. Cases without a running clock are left out.
    DueFirst,
}

/// By what identifies a customer, or the entry itself.
#[derive(InputObject, Default)]
pub struct RegisterIdentity {
    /// The number, or its running number with or without the noughts before it: `LY-2026-000123`, or `123`.
    pub number: Option<String>,
    /// The contact's name, or its beginning.
    pub name: Option<String>,
    /// The contact's phone number.
    pub phone: Option<String>,
}

/// Anything with an id of its own.
#[derive(async_graphql::Interface)]
#[graphql(field(name = "id", ty = "ID", desc = "The id: opaque, stable, and typed."))]
pub enum Node {
    /// A case.
    Complaint(Complaint),
    /// A work order.
    WorkOrder(WorkOrder),
    /// A follow-up.
    FollowUp(FollowUp),
}

/// The most ids that `nodes` takes.
const MAX_NODES: usize = 100;

/// Reads of cases.
#[derive(Default)]
pub struct ComplaintQuery;

#[Object(guard = "Listed(Operation::Query)")]
impl ComplaintQuery {
    /// A thing by its id; null when there is none that you may see.
    async fn node(&self, ctx: &Context<'_>, #[graphql(desc = "The id.")] id: ID) -> Result<Option<Node>> {
        node(ctx, &id).await
    }

    /// Several things by their ids, in the order asked, at most 100; null for each that you may not see.
    async fn nodes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The ids, at most 100.")] ids: Vec<ID>,
    ) -> Result<Vec<Option<Node>>> {
        if ids.len() > MAX_NODES {
            return Err(Error::refused_needing(Code::TooLong, "ids", vec![format!("0..{MAX_NODES}")]).into());
        }
        let some = ids.iter().map(|id| node(ctx, id));
        futures_util::future::try_join_all(some).await
    }

    /// A case by its id; null when there is none that you may see.
    async fn complaint(&self, ctx: &Context<'_>, #[graphql(desc = "The id.")] id: ID) -> Result<Option<Complaint>> {
        let Some(("Complaint", id)) = public_id::parse(&id) else {
            return Ok(None);
        };
        Ok(ctx.load(ComplaintById(id)).await?.map(Complaint))
    }

    /// The cases that you may see, newest first, or in the order of what is due next. A cursor holds for its order only.
    async fn complaints(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which cases.")] filter: Option<ComplaintFilter>,
        #[graphql(desc = "Which page.")] page: Option<PageInput>,
        #[graphql(desc = "In which order.", default)] order: ComplaintOrder,
    ) -> Result<Connection<String, Complaint>> {
        use complaint::Column;
        let (app, viewer, page) = (ctx.app()?, ctx.signed_in()?, page.unwrap_or_default());
        let filter = filter.unwrap_or_default().parse()?;
        Ok(match order {
            ComplaintOrder::NewestFirst => {
                let found = query::newest(app, viewer, &filter, None, &page).await?;
                page_of::<complaint::Entity, _>(found, Column::Id, &page, Complaint)?
            }
            ComplaintOrder::DueFirst => {
                let due = query::cases(app, viewer, &filter)
                    .await?
                    .into_iter()
                    .map(|way| way.filter(Column::DueAt.is_not_null()))
                    .collect();
                due_of(app, due, (Column::DueAt, Column::Id), &page, Complaint).await?
            }
        })
    }

    /// The register 投诉登记 (A2): for those who keep it or read it, also by number, name and phone. Newest first.
    async fn register(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which entries.")] filter: Option<ComplaintFilter>,
        #[graphql(desc = "By number, name or phone.")] identity: Option<RegisterIdentity>,
        #[graphql(desc = "Which page.")] page: Option<PageInput>,
    ) -> Result<Connection<String, Complaint>> {
        let RegisterIdentity { number, name, phone } = identity.unwrap_or_default();
        let identity = Identity { number, name, phone };
        let (filter, page) = (filter.unwrap_or_default().parse()?, page.unwrap_or_default());
        let found = query::newest(ctx.app()?, ctx.signed_in()?, &filter, Some(&identity), &page).await?;
        Ok(page_of::<complaint::Entity, _>(found, complaint::Column::Id, &page, Complaint)?)
    }

    /// An anonymous case by its receipt code (D7); null when the code is none. Needs no sign-in; tries are counted.
    async fn anonymous_complaint(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The receipt code, as it was given.", secret)] receipt_code: String,
    ) -> Result<Option<AnonymousComplaint>> {
        let found = query::by_receipt(ctx.app()?, &receipt_code, ctx.address()).await?;
        Ok(found.map(AnonymousComplaint))
    }
}

async fn node(ctx: &Context<'_>, id: &ID) -> Result<Option<Node>> {
    Ok(match public_id::parse(id) {
        Some(("Complaint", id)) => ctx.load(ComplaintById(id)).await?.map(|row| Node::Complaint(Complaint(row))),
        Some(("WorkOrder", id)) => ctx.load(WorkOrderById(id)).await?.map(|row| Node::WorkOrder(WorkOrder(row))),
        Some(("FollowUp", id)) => ctx.load(FollowUpById(id)).await?.map(|row| Node::FollowUp(FollowUp(row))),
        _ => None,
    })
}
