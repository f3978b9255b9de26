//! Imports of the set-up from a table: each line is put by the very function that the single acts use, in one transaction.

pub mod graphql;
pub mod lines;
pub mod table;
pub mod words;

use async_graphql::Enum;
use domain::audit::Kind as AuditKind;
use domain::refusal::Code;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::setup::{self, Put};
use crate::app::act::{Act, ActResult, Caller};
use crate::app::error::{Error, Refused, Result};
use crate::audit::trail::Record;
use table::{Line, Table};

/// The largest table, in bytes: a request of 256 KiB holds it.
const MAX_BYTES: usize = 240 * 1024;

/// What a table holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(name = "ImportKind")]
pub enum Kind {
    /// Sites, known by `code`. Columns: `code` 项目编号, `name` 名称, `kind` 类型 (`RESIDENTIAL` 小区, `DECORATION_MALL`
    /// 装饰城), `timeZone` 时区 (Asia/Shanghai when empty), `hotline` 热线, `email` 邮箱, `address` 地址,
    /// `responsiblePerson` 负责人.
    Sites,
    /// Buildings, known by site and `name`. Columns: `siteCode` 项目编号, `name` 楼栋.
    Buildings,
    /// Units, known by building and `name`. Columns: `siteCode` 项目编号, `building` 楼栋, `name` 房号.
    Units,
    /// Departments, known by site and `kind`. Columns: `siteCode` 项目编号, `kind` 部门类型 (as `ENGINEERING` 工程部),
    /// `name` 名称, `phone` 电话.
    Departments,
    /// Teams, known by department and `name`. Columns: `siteCode` 项目编号, `department` 部门类型, `name` 班组.
    Teams,
    /// Categories, known by site and `code`; those above stand before those below. Columns: `siteCode` 项目编号, `code` 编号,
    /// `parentCode` 上级编号 (may be empty), `nameZh` 中文名, `nameEn` 英文名, `department` 部门类型, `emergency` 紧急 (may be
    /// empty; `NONE` 否, `FIRE` 火警, `GAS` 燃气, `OTHER` 其他).
    Categories,
    /// Staff, known by `phone`, one line for each of their roles. Columns: `phone` 手机号, `name` 姓名, `workPhone` 办公电话
    /// (may be empty), `language` 语言 (`ZH_CN` 中文 when empty, `EN` 英文), `role` 角色, `siteCode` 项目编号, `department`
    /// 部门类型, `team` 班组 (each as the role's reach demands), `from` 开始日期 (today when empty), `to` 结束日期 (may be
    /// empty). Days as 2026-03-01.
    Staff,
    /// Residents, known by unit and `phone`. Columns: `siteCode` 项目编号, `building` 楼栋, `unit` 房号, `phone` 手机号, `name`
    /// 姓名, `kind` 居住身份 (`OWNER` 业主, `OCCUPANT` 住户, `TENANT` 租户), `from` 开始日期 (today when empty), `to` 结束日期 (may
    /// be empty). Days as 2026-03-01.
    Residents,
}

/// What became of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Enum)]
#[graphql(name = "ImportAction")]
pub enum Action {
    /// It is made.
    Made,
    /// It was there, and is changed.
    Changed,
    /// It was there as it is given.
    Unchanged,
    /// It is refused; `code`, `field` and `message` say why.
    Refused,
}

impl From<Put> for Action {
    fn from(put: Put) -> Self {
        match put {
            Put::Made => Self::Made,
            Put::Changed => Self::Changed,
            Put::Unchanged => Self::Unchanged,
        }
    }
}

/// A line of the report.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Told {
    /// Its number in the table, the headings being the first.
    pub line: u64,
    /// What became of it.
    pub action: Action,
    /// Why it was refused. A report that is kept has no refused line.
    #[serde(skip)]
    pub refused: Option<Refused>,
}

/// What came of an import.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Report {
    /// Line by line.
    pub lines: Vec<Told>,
    /// Whether it was written: not for a dry run, nor where a line was refused.
    pub written: bool,
}

impl Report {
    /// How many lines came to that.
    #[must_use]
    pub fn count(&self, action: Action) -> usize {
        self.lines.iter().filter(|told| told.action == action).count()
    }

    /// The report that the result of an act keeps.
    ///
    /// # Errors
    /// When it is none.
    pub fn kept(result: &ActResult) -> Result<Self> {
        Ok(serde_json::from_value(result.import.clone().unwrap_or_default())?)
    }
}

/// Imports a table: all of it, or nothing where a line is refused. A dry run tells what would come of it.
///
/// # Errors
/// `TOO_LONG` for the table; `KEY_REUSED`; what is wrong with a line is in the report.
pub async fn import(caller: &Caller<'_>, kind: Kind, csv: &str, dry_run: bool) -> Result<Report> {
    if csv.len() > MAX_BYTES {
        return Err(Error::refused_needing(Code::TooLong, "csv", vec![format!("1..{MAX_BYTES} bytes")]));
    }
    let act = setup::begin(caller).await?;
    let table = match Table::read(csv, lines::columns(kind)) {
        Ok(table) => table,
        Err(refused) => return Ok(Report { lines: vec![told(1, refused)], written: false }),
    };
    let mut report = Report { lines: Vec::with_capacity(table.lines.len()), written: false };
    for line in &table.lines {
        report.lines.push(put(&act, kind, line).await?);
    }
    if dry_run || report.count(Action::Refused) > 0 {
        // The transaction ends here, and with it whatever the lines have written.
        return Ok(report);
    }
    report.written = true;
    let data = json!({
        "kind": format!("{kind:?}"),
        "made": report.count(Action::Made),
        "changed": report.count(Action::Changed),
        "unchanged": report.count(Action::Unchanged),
    });
    let organization = act.organization_id();
    act.record(Record { kind: AuditKind::Imported, subject: ("Organization", organization), account: None, data })
        .await?;
    act.commit(ActResult { import: Some(serde_json::to_value(&report)?), ..ActResult::default() }).await?;
    Ok(report)
}

async fn put(act: &Act<'_>, kind: Kind, line: &Line<'_>) -> Result<Told> {
    // On the heap: one kind's future is as large as the largest of them.
    match Box::pin(lines::put(act, kind, line)).await {
        Ok(put) => Ok(Told { line: line.number, action: put.into(), refused: None }),
        Err(Error::Refused(refused)) => Ok(told(line.number, *refused)),
        Err(error) => Err(error),
    }
}

fn told(line: u64, refused: Refused) -> Told {
    Told { line, action: Action::Refused, refused: Some(refused) }
}
