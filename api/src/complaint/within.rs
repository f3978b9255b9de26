//! A case that is received in an act of another feature: an opinion becomes a complaint (B1), something new was raised in a
//! follow-up (D3).

use domain::complaint::{Channel, Kind, Severity};
use domain::form::Way;
use domain::standing::Standing;
use entity::site;
use uuid::Uuid;

use super::case::Case;
use super::intake::{Report, draft, receive};
use super::parts::{place_at_home, unit_at};
use crate::app::act::Act;
use crate::app::error::Result;

impl Report {
    /// A complaint about a category of which nothing else is known yet.
    #[must_use]
    pub const fn about(category_id: Uuid) -> Self {
        Self {
            kind: Kind::Complaint,
            category_id,
            severity: Severity::Normal,
            place: None,
            public_area: false,
            description: String::new(),
            items: Vec::new(),
            remedy_sought: None,
            wished_at: None,
            about_account_id: None,
            contact_name: None,
            contact_phone: None,
            details: Vec::new(),
        }
    }
}

/// Where a case comes from that is received within another act.
#[derive(Debug, Clone, Copy)]
pub struct Origin {
    /// How the words came in.
    pub channel: Channel,
    /// The customer, where they have an account.
    pub customer_account_id: Option<Uuid>,
    /// The unit it concerns, if one does.
    pub unit_id: Option<Uuid>,
}

/// Receives a case in an act of another feature by an employee, which commits it: an opinion becomes a complaint (B1), something
/// new was raised in a follow-up (D3). Where neither an account nor a number is known, the case is anonymous (D7).
///
/// # Errors
/// Refusals with the path of the field.
pub async fn receive_within(act: &mut Act<'_>, site: site::Model, origin: Origin, report: &Report) -> Result<Case> {
    let viewer = act.person()?;
    let unknown = origin.customer_account_id.is_none() && report.contact_phone.is_none();
    let way = Way::Employee { at_home: origin.unit_id.is_some() && !unknown, unknown, brief: true };
    let mut row = draft(act, &site, report, (origin.channel, way)).await?;
    row.received_by = Some(viewer.id);
    row.customer_account_id = origin.customer_account_id;
    row.anonymous = unknown;
    row.contact_name = row.contact_name.filter(|_| !row.anonymous);
    if let Some(unit_id) = origin.unit_id.filter(|_| !row.anonymous) {
        let home = unit_at(act, unit_id, "unitId").await?;
        place_at_home(act, &mut row, &home).await?;
    }
    let role = viewer.grants.iter().find(|g| g.site_id.is_none_or(|held| held == site.id)).map(|grant| grant.role);
    receive(act, row, site, report, Standing::default(), role).await
}
