//! The demo's price list, and the quotes of its paid services.

use domain::organization::Role;
use domain::price::{FreeReason, ItemKind};
use entity::{price_item, quote};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::Failure;
use super::acts::{Scene, Stage, absent};
use super::cast::Cast;
use super::script::Opening;
use crate::access::viewer::Viewer;
use crate::app::App;
use crate::app::act::{ActResult, Caller};
use crate::complaint::case::Target;
use crate::price::item::ItemDraft;
use crate::price::service::{self as prices, Span};
use crate::quote::service::{self as quotes, Acceptance, LineDraft, Offer};

/// Code, what it is, name, unit, price, and when it is free.
type Item = (&'static str, ItemKind, &'static str, &'static str, &'static str, &'static [FreeReason]);

/// What every site charges.
const ITEMS: &[Item] = &[
    ("V01", ItemKind::Visit, "上门费", "次", "30.00", &[FreeReason::Warranty, FreeReason::OurLiability]),
    ("L01", ItemKind::Labour, "维修人工", "小时", "60.00", &[FreeReason::Warranty, FreeReason::PublicArea]),
    ("W01", ItemKind::Service, "疏通下水管", "处", "80.00", &[FreeReason::PublicArea, FreeReason::OurLiability]),
    ("W02", ItemKind::Material, "陶瓷阀芯", "个", "35.50", &[FreeReason::Warranty]),
    ("E01", ItemKind::Material, "空气开关", "只", "48.00", &[FreeReason::Warranty]),
    ("C01", ItemKind::Service, "室内保洁", "平方米", "4.50", &[]),
    ("C02", ItemKind::Service, "油烟机清洗", "台", "150.00", &[]),
    ("G01", ItemKind::Service, "室内绿植养护", "次", "120.00", &[]),
    ("G02", ItemKind::Material, "营养土", "袋", "18.80", &[]),
];

/// Publishes the price list of each site, from the first day of the history.
///
/// # Errors
/// When the database does not answer.
pub async fn publish(app: &App, casts: &[Cast]) -> Result<(), Failure> {
    for cast in casts {
        let Some(head) = cast.first(Role::OfficeHead) else { continue };
        let viewer = Viewer::load(&app.db, head, app.clock.now()).await?;
        let caller = Caller { app, viewer: Some(&viewer), once: None, said: None };
        let site = crate::complaint::case::site_of(&app.db, cast.site_id).await?;
        let from = prices::today(&site, app.clock.now());
        let span = Span { site_id: cast.site_id, from, to: None, note: Some("材料价格含税".to_owned()) };
        let items: Vec<ItemDraft> = ITEMS.iter().map(draft).collect();
        prices::publish(&caller, &span, &items).await?;
    }
    Ok(())
}

fn draft(&(code, kind, name, unit, unit_price, free_when): &Item) -> ItemDraft {
    ItemDraft {
        code: code.to_owned(),
        kind,
        name: name.to_owned(),
        unit: unit.to_owned(),
        unit_price: unit_price.to_owned(),
        free_when: free_when.to_vec(),
        note: None,
    }
}

impl Stage<'_> {
    /// The desk quotes a paid service from the list.
    pub(super) async fn quote(
        &mut self,
        scene: Scene<'_>,
        caller: &Caller<'_>,
        case: Target,
    ) -> Result<ActResult, Failure> {
        let (code, quantity) =
            if scene.plot.topic.category == "INDOOR_GREENING" { ("G01", "1") } else { ("C01", "88.5") };
        let site = crate::complaint::case::site_of(&self.app.db, scene.cast.site_id).await?;
        let today = prices::today(&site, self.app.clock.now());
        let list = prices::in_force(&self.app.db, site.id, today).await?.ok_or_else(|| absent("price list"))?;
        let item = price_item::Entity::find()
            .filter(price_item::Column::PriceListId.eq(list.id))
            .filter(price_item::Column::Code.eq(code))
            .one(&self.app.db)
            .await?;
        let line = LineDraft {
            price_item_id: item.map(|item| item.id),
            quantity: quantity.to_owned(),
            ..LineDraft::default()
        };
        let offer = Offer { lines: vec![line], ..Offer::default() };
        Ok(quotes::create(caller, case, None, &offer).await?)
    }

    /// The customer accepts: in the app who reported there, by telephone who did not.
    pub(super) async fn accept_quote(&mut self, scene: Scene<'_>, number: usize) -> Result<ActResult, Failure> {
        let id = self.made[number].quote.ok_or_else(|| absent("quote"))?;
        let row = quote::Entity::find_by_id(id).one(&self.app.db).await?.ok_or_else(|| absent("quote"))?;
        let customer = scene.customer().ok_or_else(|| absent("customer"))?;
        let in_app = matches!(scene.plot.opening, Opening::App { .. });
        let actor = if in_app { Some(customer.account) } else { scene.cast.desk().first().copied() };
        let call = (!in_app).then(|| self.call(&customer.phone, "电话确认报价,客户同意。"));
        let viewer = self.viewer(actor).await?;
        let caller = Caller { app: self.app, viewer: Some(&viewer), once: None, said: None };
        let target = Target { id, version: row.version };
        let acceptance = Acceptance { content_hash: row.content_sha256, drawing: None, call };
        Ok(quotes::accept(&caller, target, acceptance).await?)
    }
}
