//! What a case can be about: a tree per site.

use domain::category::Emergency;
use domain::organization::{DepartmentKind, is_category_code};
use domain::refusal::{Code, Need};
use entity::{category, site};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use uuid::Uuid;

use super::thing::{Stamp, twin};
use super::{Draft, pick};
use crate::app::act::Act;
use crate::app::error::{Error, Result};
use crate::app::validate;

/// How deep the tree may be.
const MAX_DEPTH: usize = 5;

/// What is given of a category.
#[derive(Debug, Clone)]
pub struct CategoryDraft {
    /// The site.
    pub site_id: Uuid,
    /// A stable code, unique in the site.
    pub code: String,
    /// The category above.
    pub parent_id: Option<Uuid>,
    /// The Chinese name.
    pub name_zh: String,
    /// The English name.
    pub name_en: String,
    /// The kind of department that is responsible (E3).
    pub department: DepartmentKind,
    /// Whether it is an emergency (B6).
    pub emergency: Emergency,
}

impl Draft for CategoryDraft {
    type Row = category::Model;
    const KEY: &'static str = "code";

    async fn row(&self, act: &Act<'_>, stamp: Stamp) -> Result<category::Model> {
        let Stamp { id, organization_id, version, retired_at } = stamp;
        let site_id = pick::<site::Model>(act, self.site_id, "siteId").await?.id;
        let code = self.code.trim().to_owned();
        if !is_category_code(&code) {
            let right = "2 to 40 capital letters, digits or underscores, a letter first".to_owned();
            return Err(Error::refused_needing(Code::Invalid, "code", vec![right]));
        }
        if let Some(parent) = self.parent_id {
            check_parent(act, site_id, id, parent).await?;
        }
        Ok(category::Model {
            id,
            organization_id,
            site_id,
            parent_id: self.parent_id,
            code,
            name_zh: validate::text("nameZh", &self.name_zh, 60)?,
            name_en: validate::text("nameEn", &self.name_en, 60)?,
            department: self.department,
            emergency: self.emergency,
            version,
            retired_at,
        })
    }

    async fn twin(act: &Act<'_>, row: &category::Model) -> Result<Option<category::Model>> {
        twin!(category in act, row by SiteId site_id, Code code)
    }

    async fn needs(act: &Act<'_>, row: &category::Model) -> Result<Vec<(Need, u64)>> {
        let below = category::Entity::find()
            .filter(category::Column::ParentId.eq(row.id))
            .filter(category::Column::RetiredAt.is_null())
            .count(&act.txn)
            .await?;
        Ok(vec![(Need::Categories, below)])
    }
}

/// Walks up the tree: the parent is of the site, none of those above is the category itself, and it is not too deep.
async fn check_parent(act: &Act<'_>, site: Uuid, own: Uuid, parent: Uuid) -> Result<()> {
    let refused = |needed: &str| Error::refused_needing(Code::Invalid, "parentId", vec![needed.to_owned()]);
    let mut above = Some(pick::<category::Model>(act, parent, "parentId").await?);
    let mut depth = 1;
    while let Some(row) = above {
        if row.site_id != site {
            return Err(Error::refused(Code::NotFound, "parentId"));
        }
        if row.id == own {
            return Err(refused("a category that is not under this one"));
        }
        depth += 1;
        if depth > MAX_DEPTH {
            return Err(refused("at most 5 levels"));
        }
        above = match row.parent_id {
            Some(id) => category::Entity::find_by_id(id).one(&act.txn).await?,
            None => None,
        };
    }
    Ok(())
}
