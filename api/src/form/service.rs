//! Puts the form of a case together, checks a report by it, and lets a site ask for more.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::audit::Kind as AuditKind;
use domain::complaint::Kind;
use domain::form::{Answer, Besides, Fault, FieldType, Form, Way, check_besides, standard};
use domain::refusal::Code;
use entity::{category, form_rule};
use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};
use serde_json::{Value, json};
use uuid::Uuid;

use super::stored::{self, Detail};
use crate::app::act::{Act, ActResult, Caller};
use crate::app::error::{Error, Result, upper_snake};
use crate::audit::trail::Record;
use crate::clock::matter::{branch, branch_in_act};
use crate::complaint::intake::Report;
use crate::complaint::parts::category_at;
use crate::organization::setup::{self, headed_site};

/// For cases of whatever kind.
const ANY: &str = "ANY";

fn kind_name(kind: Kind) -> String {
    upper_snake(kind.name())
}

/// A report that was checked.
pub struct Filled {
    /// The answers to what the site asks for besides, as the case keeps them.
    pub details: Option<Value>,
}

/// The form of a case of a kind and a category that comes in a way, with the sum of the versions of what the site asks for besides: it
/// rises with every change.
///
/// # Errors
/// When the database does not answer.
pub async fn form(
    db: &impl ConnectionTrait,
    site: Uuid,
    (kind, category): (Kind, &category::Model),
    way: Way,
) -> Result<(Form, i32)> {
    let scopes = scopes(site, &branch(db, category.clone()).await?);
    put_together(&scopes, &newest(db, &scopes).await?, kind, way)
}

/// The site first, then from the topmost category down to the one itself.
fn scopes(site: Uuid, branch: &[category::Model]) -> Vec<Uuid> {
    std::iter::once(site).chain(branch.iter().rev().map(|category| category.id)).collect()
}

fn put_together(scopes: &[Uuid], rules: &Rules, kind: Kind, way: Way) -> Result<(Form, i32)> {
    let mut whole = (standard(way), 0);
    if matches!(way, Way::Employee { brief: true, .. }) {
        return Ok(whole);
    }
    let kinds = [ANY.to_owned(), kind_name(kind)];
    let in_order = scopes.iter().flat_map(|scope| kinds.iter().map(move |kind| (*scope, kind.clone())));
    for rule in in_order.filter_map(|key| rules.get(&key)) {
        whole = (whole.0.with(&besides(rule)?), whole.1 + rule.version);
    }
    Ok(whole)
}

/// What a site asks for besides, by its row.
///
/// # Errors
/// When the row is not as it was written.
pub fn besides(rule: &form_rule::Model) -> Result<Besides> {
    Ok(Besides { required: serde_json::from_value(rule.required.clone())?, fields: stored::read(&rule.fields)? })
}

type Rules = BTreeMap<(Uuid, String), form_rule::Model>;

async fn newest(db: &impl ConnectionTrait, scopes: &[Uuid]) -> Result<Rules> {
    let rows = form_rule::Entity::find()
        .filter(form_rule::Column::ScopeId.is_in(scopes.iter().copied()))
        .order_by_asc(form_rule::Column::Version)
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|row| ((row.scope_id, row.for_kind.clone()), row)).collect())
}

/// Checks a report by the form that it was filled in on; what the case keeps of it besides.
///
/// # Errors
/// The first fault, with the name of the field.
pub async fn filled(act: &Act<'_>, category: &category::Model, way: Way, report: &Report) -> Result<Filled> {
    let (site, id) = (category.site_id, category.id);
    let scopes = scopes(site, &branch_in_act(act, site, id).await?);
    let rules = act.kept(site, id, async { Ok(Arc::new(newest(&act.txn, &scopes).await?)) }).await?;
    let (form, _) = put_together(&scopes, &rules, report.kind, way)?;
    let extra: BTreeMap<&str, &str> =
        report.details.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let standard = |name: &&str| form.fields.iter().any(|field| !field.extra && field.name == **name);
    let twice = extra.len() < report.details.len();
    if twice || extra.keys().any(standard) {
        return Err(Error::refused_needing(Code::Invalid, "details", vec!["each field of the site once".to_owned()]));
    }
    let mut answers = answers(way, report);
    answers.extend(extra.iter().map(|(name, value)| ((*name).to_owned(), Answer::One((*value).to_owned()))));
    let is_extra =
        |name: &str| !form.fields.iter().any(|field| !field.extra && name.split('.').next() == Some(&field.name));
    form.check(&answers).map_err(|fault| refused(fault, is_extra))?;
    let details: Vec<Detail> = form
        .fields
        .iter()
        .filter(|field| field.extra)
        .filter_map(|field| {
            let value = extra.get(field.name.as_str())?.trim();
            let chosen = field.options.iter().find(|option| option.value == value);
            let shown = chosen.filter(|_| field.kind == FieldType::Choice);
            let words = |words: &domain::form::Words| (words.zh.clone(), words.en.clone());
            (!value.is_empty()).then(|| Detail {
                name: field.name.clone(),
                label: words(&field.label),
                value: value.to_owned(),
                shown: shown.map(|option| words(&option.label)),
            })
        })
        .collect();
    let details = if details.is_empty() { None } else { Some(serde_json::to_value(details)?) };
    Ok(Filled { details })
}

/// What a report says, by the names of the fields. What is not kept of somebody who stays unknown was not said.
fn answers(way: Way, report: &Report) -> BTreeMap<String, Answer> {
    let unknown = matches!(way, Way::Nobody | Way::Employee { unknown: true, .. });
    let wished = report.wished_at.map(|moment| moment.to_rfc3339());
    let said = [
        ("description", Some(report.description.clone())),
        ("place", report.place.clone()),
        ("remedySought", report.remedy_sought.clone()),
        ("wishedAt", wished),
        ("contactName", report.contact_name.clone().filter(|_| !unknown)),
        ("contactPhone", report.contact_phone.clone().filter(|_| !unknown)),
    ];
    let mut answers: BTreeMap<String, Answer> =
        said.into_iter().filter_map(|(name, text)| Some((name.to_owned(), Answer::One(text?)))).collect();
    answers.insert("items".to_owned(), Answer::Many(report.items.clone()));
    answers
}

fn refused(fault: Fault, is_extra: impl Fn(&str) -> bool) -> Error {
    let Fault { field, code, needed } = fault;
    let field = if is_extra(&field) { format!("details.{field}") } else { field };
    Error::refused_needing(code, &field, needed)
}

/// For what a site asks more, and which version of that the caller saw; 0 where nothing was asked yet.
pub struct Which {
    /// The site.
    pub site: Uuid,
    /// The category; none for all of the site.
    pub category: Option<Uuid>,
    /// For cases of one kind; none for all.
    pub kind: Option<Kind>,
    /// The version.
    pub version: i32,
}

/// Sets what a site asks for besides, for one of its categories with all below it, or for all: a new version. Cases keep what
/// they were asked.
///
/// # Errors
/// `NOT_FOUND`, `STALE`, or the fault with its path.
pub async fn set(caller: &Caller<'_>, which: Which, besides: Besides) -> Result<ActResult> {
    check_besides(&besides).map_err(|fault| Error::refused_needing(fault.code, &fault.field, fault.needed))?;
    let act = setup::begin(caller).await?;
    let site = headed_site(&act, which.site).await?;
    if let Some(category) = which.category {
        category_at(&act.txn, site.id, category).await?;
    }
    let scope = which.category.unwrap_or(site.id);
    let for_kind = which.kind.map_or_else(|| ANY.to_owned(), kind_name);
    let rules = newest(&act.txn, &[scope]).await?;
    let version = rules.get(&(scope, for_kind.clone())).map_or(0, |rule| rule.version);
    if version != which.version {
        return Err(Error::stale(ActResult::default()));
    }
    let row = form_rule::Model {
        id: act.id(),
        organization_id: site.organization_id,
        site_id: site.id,
        category_id: which.category,
        scope_id: scope,
        for_kind,
        version: version + 1,
        required: json!(besides.required),
        fields: stored::write(&besides.fields)?,
        set_by: act.person()?.id,
        set_at: act.now,
    };
    let id = row.id;
    let data = json!({ "version": row.version, "category": which.category, "fields": besides.fields.len() });
    row.into_active_model().insert(&act.txn).await.map_err(|error| Error::taken(error, "expectedVersion"))?;
    act.record(Record { kind: AuditKind::Changed, subject: ("ComplaintForm", id), account: None, data }).await?;
    act.commit(ActResult { subject: Some(id), ..ActResult::default() }).await
}
