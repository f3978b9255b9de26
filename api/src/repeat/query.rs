//! Which earlier reports are of the same matter.

use chrono::{DateTime, Utc};
use domain::complaint::State;
use domain::similarity::Matter;
use entity::{complaint, site};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, QueryFilter, QueryOrder, QuerySelect, Select};
use uuid::Uuid;

use crate::app::error::Result;

/// How many earlier reports of a unit or customer are compared, the newest first.
const COMPARED: u64 = 60;

/// What is reported, as far as it is compared.
#[derive(Debug, Clone)]
pub struct Report<'a> {
    /// Where.
    pub site: &'a site::Model,
    /// Of which unit.
    pub unit_id: Option<Uuid>,
    /// By whom, where they have an account.
    pub customer_id: Option<Uuid>,
    /// By whom, where they gave a number.
    pub phone: Option<&'a str>,
    /// About whom.
    pub about_account_id: Option<Uuid>,
    /// Of which category.
    pub category_id: Uuid,
    /// The place, in words.
    pub place: &'a str,
    /// What happened.
    pub text: &'a str,
}

impl<'a> Report<'a> {
    /// What a case reports.
    #[must_use]
    pub fn of(site: &'a site::Model, row: &'a complaint::Model) -> Self {
        Self {
            site,
            unit_id: row.unit_id,
            customer_id: row.customer_account_id,
            phone: row.contact_phone.as_deref(),
            about_account_id: row.about_account_id,
            category_id: row.category_id,
            place: &row.place,
            text: &row.description,
        }
    }

    /// The earlier reports of the same matter among some rows, the newest first: of the same unit or customer, since the
    /// beginning of the site's window. Each way to them is an index, so a handful of rows is read however many cases there are.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn earlier(
        &self,
        db: &impl ConnectionTrait,
        rows: Select<complaint::Entity>,
        since: DateTime<Utc>,
    ) -> Result<Vec<complaint::Model>> {
        use complaint::Column;
        let Some(reporter) = self.reporter(since) else { return Ok(Vec::new()) };
        let about = match self.about_account_id {
            Some(account) => Column::AboutAccountId.eq(account),
            None => Column::AboutAccountId.is_null(),
        };
        let found = rows
            .filter(reporter)
            .filter(Column::SiteId.eq(self.site.id))
            .filter(Column::Anonymous.eq(false))
            .filter(Column::State.ne(State::Merged))
            .filter(about)
            .order_by_desc(Column::ReceivedAt)
            .limit(COMPARED)
            .all(db)
            .await?;
        let matter = Matter::read(self.category_id, self.place, self.text);
        let is_same =
            |row: &complaint::Model| matter.is_same(&Matter::read(row.category_id, &row.place, &row.description));
        Ok(found.into_iter().filter(is_same).collect())
    }

    /// The same unit or customer, since a moment.
    fn reporter(&self, since: DateTime<Utc>) -> Option<Condition> {
        use complaint::Column;
        let recent = |way: Condition| Condition::all().add(way).add(Column::ReceivedAt.gte(since));
        let unit = self.unit_id.map(|unit| Condition::all().add(Column::UnitId.eq(unit)));
        let customer = self.customer_id.map(|customer| Condition::all().add(Column::CustomerAccountId.eq(customer)));
        let phone = self.phone.map(|phone| {
            let here = Condition::all().add(Column::OrganizationId.eq(self.site.organization_id));
            here.add(Column::ContactPhone.eq(phone))
        });
        let ways: Vec<Condition> = [unit, customer, phone].into_iter().flatten().map(recent).collect();
        (!ways.is_empty()).then(|| ways.into_iter().fold(Condition::any(), Condition::add))
    }
}
