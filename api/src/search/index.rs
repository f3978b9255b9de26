//! How the terms of cases are kept, and asked for: the one place where the two databases differ.

use std::collections::BTreeSet;

use chrono::{DateTime, Datelike, Months, NaiveDate, NaiveTime, Utc};
use domain::search::{Document, Wanted};
use entity::{complaint, complaint_term, complaint_text};
use sea_orm::sea_query::{Expr, ExprTrait, InsertStatement, OnConflict, Order, Query, SelectStatement, SimpleExpr};
use sea_orm::{ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, DbBackend, DbErr, EntityTrait};
use uuid::Uuid;

use crate::app::dice::made_at;
use crate::app::error::{Error, Result};

/// How many terms one statement writes: SQLite takes 32,766 values in one.
const TERMS_AT_ONCE: usize = 5000;

/// Makes a case findable, also by more words than its own; what it was found by before stays. The case is locked.
///
/// # Errors
/// When the database does not answer.
pub async fn write(db: &impl ConnectionTrait, row: &complaint::Model, more: &[String]) -> Result<()> {
    let document = Document {
        organization: row.organization_id,
        site: row.site_id,
        number: &row.number,
        place: &row.place,
        name: row.contact_name.as_deref(),
        phone: row.contact_phone.as_deref(),
        text: &format!("{} {}", row.description, more.join(" ")),
    };
    let terms = document.terms();
    if db.get_database_backend() == DbBackend::Postgres {
        db.execute(&one_row_each([(row.id, row.site_id, terms)])?).await?;
        return Ok(());
    }
    rows(db, row, terms).await
}

/// Writes for each case its row; what it was found by before stays.
///
/// # Errors
/// When the statement cannot be built.
pub fn one_row_each(cases: impl IntoIterator<Item = (Uuid, Uuid, BTreeSet<String>)>) -> Result<InsertStatement> {
    let mut insert = Query::insert();
    insert.into_table(complaint_text::Entity).columns(["complaint_id", "site_id", "terms"]);
    for (case, site, terms) in cases {
        let terms = terms.into_iter().chain(of_time(made_at(case))).collect::<Vec<_>>().join(" ");
        let vector = Expr::cust_with_values("array_to_tsvector(string_to_array($1::text, ' '))", [terms]);
        let row = insert.values([Expr::value(case), Expr::value(site), vector]);
        row.map_err(|error| Error::from(error.to_string()))?;
    }
    let both = Expr::cust("complaint_text.terms || excluded.terms");
    insert.on_conflict(OnConflict::column("complaint_id").value("terms", both).to_owned());
    Ok(insert)
}

async fn rows(db: &impl ConnectionTrait, row: &complaint::Model, terms: BTreeSet<String>) -> Result<()> {
    let terms: Vec<complaint_term::ActiveModel> = terms
        .into_iter()
        .map(|term| complaint_term::ActiveModel {
            complaint_id: Set(row.id),
            term: Set(term),
            site_id: Set(row.site_id),
        })
        .collect();
    for some in terms.chunks(TERMS_AT_ONCE) {
        let known = OnConflict::columns([complaint_term::Column::ComplaintId, complaint_term::Column::Term])
            .do_nothing()
            .to_owned();
        complaint_term::Entity::insert_many(some.to_vec()).on_conflict(known).exec_without_returning(db).await?;
    }
    Ok(())
}

/// The cases whose terms are as wanted, where SQLite has no term that leads to them.
#[must_use]
pub fn found(wanted: &Wanted) -> Condition {
    match wanted {
        Wanted::Term(term) => Condition::all().add(complaint::Column::Id.in_subquery(cases_with(term))),
        Wanted::All(all) => all.iter().map(found).fold(Condition::all(), Condition::add),
        Wanted::Any(any) => any.iter().map(found).fold(Condition::any(), Condition::add),
        Wanted::Not(one) => found(one).not(),
    }
}

/// The marks of the month and the year in which a case's id was made: with them the inverted index gives the newest of what it
/// has, which by itself it gives all at once.
fn of_time(moment: DateTime<Utc>) -> [String; 2] {
    [month(moment.year(), moment.month()), year(moment.year())]
}

fn month(year: i32, month: u32) -> String {
    format!("^{year:04}{month:02}")
}

fn year(year: i32) -> String {
    format!("^{year:04}")
}

/// What was made in the month of a moment or the month before, and when that began.
#[must_use]
pub fn two_months(moment: DateTime<Utc>) -> (Wanted, DateTime<Utc>) {
    let before = moment.checked_sub_months(Months::new(1)).unwrap_or(moment);
    let marks = [moment, before].map(|one| Wanted::Term(month(one.year(), one.month())));
    (Wanted::Any(marks.to_vec()), beginning(before.year(), before.month()))
}

/// What was made in the year of a moment or the year before, and when that began.
#[must_use]
pub fn two_years(moment: DateTime<Utc>) -> (Wanted, DateTime<Utc>) {
    let marks = [moment.year(), moment.year() - 1].map(|one| Wanted::Term(year(one)));
    (Wanted::Any(marks.to_vec()), beginning(moment.year() - 1, 1))
}

fn beginning(year: i32, month: u32) -> DateTime<Utc> {
    NaiveDate::from_ymd_opt(year, month, 1).map_or(DateTime::UNIX_EPOCH, |day| day.and_time(NaiveTime::MIN).and_utc())
}

/// Where it is looked for cases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// From an id on, one case after the other: what is common is there at once.
    Since(Uuid),
    /// Everywhere, by the index: what is not common is all that it gives.
    Everywhere,
}

/// The next cases whose terms are as wanted, the newest first, before an id. SQLite looks everywhere, and only for what has a
/// leading term: along its cases from the newest on, each of which is asked for the rest.
///
/// # Errors
/// When the database does not answer.
pub async fn next(
    db: &impl ConnectionTrait,
    wanted: &Wanted,
    look: Look,
    before: Option<Uuid>,
    limit: u64,
) -> Result<Vec<Uuid>> {
    const ID: &str = "complaint_id";
    let mut select = Query::select();
    select.column(ID);
    match look {
        _ if db.get_database_backend() != DbBackend::Postgres => {
            let term = wanted.leading().unwrap_or_default();
            select.from(complaint_term::Entity).and_where(Expr::col(complaint_term::Column::Term).eq(term));
            let case = Expr::col((complaint_term::Entity, complaint_term::Column::ComplaintId));
            select.cond_where(asked_of_each(wanted, &case));
        }
        Look::Since(from) => {
            select.from(complaint_text::Entity).and_where(Expr::col(ID).gte(from)).and_where(as_read(wanted));
        }
        Look::Everywhere => {
            // Kept apart by the offset: the index is read, whatever order and limit stand outside.
            let inner = Query::select()
                .column(ID)
                .from(complaint_text::Entity)
                .and_where(as_wanted(wanted))
                .offset(0)
                .to_owned();
            select.from_subquery(inner, "found");
        }
    }
    if let Some(before) = before {
        select.and_where(Expr::col(ID).lt(before));
    }
    select.order_by(ID, Order::Desc).limit(limit);
    let rows = db.query_all(&select).await?;
    let ids = rows.iter().map(|row| row.try_get::<Uuid>("", ID));
    Ok(ids.collect::<std::result::Result<Vec<Uuid>, DbErr>>()?)
}

/// Whether the terms of the very case are as wanted: asked for each that was found otherwise.
#[must_use]
pub fn is(backend: DbBackend, wanted: &Wanted) -> Condition {
    let case = Expr::col((complaint::Entity, complaint::Column::Id));
    if backend != DbBackend::Postgres {
        return asked_of_each(wanted, &case);
    }
    let own = Query::select()
        .expr(Expr::value(1))
        .from(complaint_text::Entity)
        .and_where(Expr::col((complaint_text::Entity, complaint_text::Column::ComplaintId)).eq(case))
        .and_where(as_read(wanted))
        .to_owned();
    Condition::all().add(Expr::exists(own))
}

/// Not a condition that the index knows: what is found otherwise is read as it comes.
fn as_read(wanted: &Wanted) -> SimpleExpr {
    Expr::cust_with_values("(terms @@ $1::text::tsquery) IS TRUE", [tsquery(wanted)])
}

/// A condition that the index knows.
fn as_wanted(wanted: &Wanted) -> SimpleExpr {
    Expr::cust_with_values("terms @@ $1::text::tsquery", [tsquery(wanted)])
}

/// What is wanted in PostgreSQL's words. Terms are letters, digits and marks, none of which ends a quotation.
fn tsquery(wanted: &Wanted) -> String {
    let join = |all: &[Wanted], word: &str| {
        let parts: Vec<String> = all.iter().map(tsquery).collect();
        format!("({})", parts.join(word))
    };
    match wanted {
        Wanted::Term(term) => format!("'{term}'"),
        Wanted::All(all) => join(all, " & "),
        Wanted::Any(any) => join(any, " | "),
        Wanted::Not(one) => format!("!{}", tsquery(one)),
    }
}

/// Whether a case is so, by its own terms on SQLite.
fn asked_of_each(wanted: &Wanted, case: &SimpleExpr) -> Condition {
    const OWN: &str = "own";
    let own = |column: complaint_term::Column| Expr::col((OWN, column));
    match wanted {
        Wanted::Term(term) => {
            let has = Query::select()
                .expr(Expr::value(1))
                .from_as(complaint_term::Entity, OWN)
                .and_where(own(complaint_term::Column::ComplaintId).eq(case.clone()))
                .and_where(own(complaint_term::Column::Term).eq(term))
                .to_owned();
            Condition::all().add(Expr::exists(has))
        }
        Wanted::All(all) => all.iter().map(|one| asked_of_each(one, case)).fold(Condition::all(), Condition::add),
        Wanted::Any(any) => any.iter().map(|one| asked_of_each(one, case)).fold(Condition::any(), Condition::add),
        Wanted::Not(one) => asked_of_each(one, case).not(),
    }
}

fn cases_with(term: &str) -> SelectStatement {
    Query::select()
        .column(complaint_term::Column::ComplaintId)
        .from(complaint_term::Entity)
        .and_where(Expr::col(complaint_term::Column::Term).eq(term))
        .to_owned()
}
