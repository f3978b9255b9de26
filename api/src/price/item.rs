//! An item of a price list as it comes in, from an app or from a line of a table.

use domain::import::Action;
use domain::price::{FreeReason, ItemKind};
use domain::refusal::Code;
use entity::price_item;
use uuid::Uuid;

use crate::app::act::Act;
use crate::app::decimal;
use crate::app::error::{Error, Result, upper_snake};
use crate::app::validate;
use crate::organization::import::table::{Column, Line};
use crate::organization::import::words::{meaning, required, text};

/// The columns of a price list.
pub const COLUMNS: &[Column] = &[
    Column { name: "code", chinese: "编号", required: true },
    Column { name: "kind", chinese: "类别", required: true },
    Column { name: "name", chinese: "名称", required: true },
    Column { name: "unit", chinese: "单位", required: true },
    Column { name: "unitPrice", chinese: "单价", required: true },
    Column { name: "freeWhen", chinese: "免费条件", required: false },
    Column { name: "note", chinese: "备注", required: false },
];

/// What stands between the reasons of one field.
const BETWEEN: [char; 5] = [';', '；', '、', '|', '/'];

/// An item as it comes in.
#[derive(Debug, Clone)]
pub struct ItemDraft {
    /// Its code.
    pub code: String,
    /// What it is.
    pub kind: ItemKind,
    /// What it is called.
    pub name: String,
    /// Of what the quantity is counted.
    pub unit: String,
    /// What one unit costs, in yuan.
    pub unit_price: String,
    /// For which reasons it is free of charge.
    pub free_when: Vec<FreeReason>,
    /// What else is said of it.
    pub note: Option<String>,
}

impl ItemDraft {
    /// Reads a line of a table.
    ///
    /// # Errors
    /// What is wrong with the line, on its column.
    pub fn of_line(line: &Line<'_>) -> Result<Self> {
        let reasons = line.get("freeWhen").unwrap_or_default().split(BETWEEN).map(str::trim);
        let free_when = reasons.filter(|word| !word.is_empty()).map(|word| meaning("freeWhen", word));
        Ok(Self {
            code: text(line, "code"),
            kind: required(line, "kind")?,
            name: text(line, "name"),
            unit: text(line, "unit"),
            unit_price: text(line, "unitPrice"),
            free_when: free_when.collect::<Result<_>>()?,
            note: line.get("note").map(str::to_owned),
        })
    }

    /// The row that comes of it. `path` is where its fields are, as `items.3.`; empty for a line of a table.
    ///
    /// # Errors
    /// Refusals with the path of the field.
    pub fn row(&self, act: &Act<'_>, list: Uuid, ordinal: i32, path: &str) -> Result<price_item::Model> {
        let field = |name: &str| format!("{path}{name}");
        if self.unit_price.is_empty() {
            return Err(Error::refused(Code::Required, &field("unitPrice")));
        }
        let mut free_when = self.free_when.clone();
        free_when.sort_unstable();
        free_when.dedup();
        let names: Vec<String> = free_when.iter().map(|reason| upper_snake(reason.name())).collect();
        Ok(price_item::Model {
            id: act.id(),
            organization_id: act.organization_id(),
            price_list_id: list,
            ordinal,
            code: validate::text(&field("code"), &self.code, 40)?,
            kind: self.kind,
            name: validate::text(&field("name"), &self.name, 120)?,
            unit: validate::text(&field("unit"), &self.unit, 20)?,
            unit_price_fen: decimal::amount(&field("unitPrice"), &self.unit_price)?.fen(),
            free_when: serde_json::to_value(names)?,
            note: validate::optional_text(&field("note"), self.note.as_deref(), 500)?,
        })
    }
}

/// The reasons for which an item is free of charge.
#[must_use]
pub fn free_when(row: &price_item::Model) -> Vec<FreeReason> {
    let names: Vec<String> = serde_json::from_value(row.free_when.clone()).unwrap_or_default();
    FreeReason::ALL.iter().copied().filter(|reason| names.contains(&upper_snake(reason.name()))).collect()
}

/// What becomes of an item against the items of the version before.
#[must_use]
pub fn against(before: &[price_item::Model], row: &price_item::Model) -> Action {
    let Some(old) = before.iter().find(|old| old.code == row.code) else { return Action::Made };
    let told = |row: &price_item::Model| {
        let price_item::Model { kind, name, unit, unit_price_fen, free_when, note, .. } = row.clone();
        (kind, name, unit, unit_price_fen, free_when, note)
    };
    if told(old) == told(row) { Action::Unchanged } else { Action::Changed }
}
