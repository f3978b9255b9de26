//! What forms are made from: the rows that a viewer may see, in the words of a language and the times of a site.

use async_graphql::dataloader::Loader;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use domain::organization::Language;
use domain::text::{mask_name, mask_phone};
use entity::{complaint, organization, signature, site};
use sea_orm::EntityTrait;
use uuid::Uuid;

use super::form::{Block, Field, SigningBox};
use super::words::Label;
use crate::access::viewer::{Viewer, parse_zone};
use crate::app::App;
use crate::app::error::{Error, Result};
use crate::app::language::{kebab, sentence};
use crate::app::loader::{AccountById, AllOrdersOf, Loaders, Rows, SignatureById, SiteById};
use crate::complaint::contact::needs_contact;

/// Where somebody has a form made.
pub struct Desk<'a> {
    /// All that a service is given.
    pub app: &'a App,
    /// Who it is for.
    pub viewer: &'a Viewer,
    /// Its language.
    pub language: Language,
    /// Where the server is reached from outside.
    pub address: &'a str,
    loaders: Loaders,
}

/// A site as a form names it.
pub struct Where {
    /// The company.
    pub house: String,
    /// The site.
    pub site: site::Model,
    /// In which its times are told.
    pub zone: Tz,
}

/// Whom a case comes from, as far as the viewer may know.
pub struct Contact {
    /// The name.
    pub name: String,
    /// The number.
    pub phone: String,
    /// Whether the viewer needs both whole.
    pub full: bool,
}

impl<'a> Desk<'a> {
    /// A desk for a viewer.
    #[must_use]
    pub fn new(app: &'a App, viewer: &'a Viewer, language: Language, address: &'a str) -> Self {
        Self { app, viewer, language, address, loaders: Rows::loader(app.clone(), Some(viewer.clone())) }
    }

    /// Loads one row, within the scope of the viewer.
    pub async fn load<K>(&self, key: K) -> Result<Option<<Rows as Loader<K>>::Value>>
    where
        K: Send + Sync + std::hash::Hash + Eq + Clone + 'static,
        Rows: Loader<K, Error = Error>,
    {
        self.loaders.load_one(key).await
    }

    /// A label.
    #[must_use]
    pub fn label(&self, label: Label) -> String {
        self.label_with(label, &[])
    }

    /// A label with values put in.
    #[must_use]
    pub fn label_with(&self, label: Label, values: &[(&'static str, &str)]) -> String {
        sentence(self.language, &format!("paper-{}", kebab(label.name())), values)
    }

    /// What a value is called.
    #[must_use]
    pub fn word(&self, room: &str, name: &str) -> String {
        sentence(self.language, &format!("{room}-{}", kebab(name)), &[])
    }

    /// Yes or no.
    #[must_use]
    pub fn yes(&self, yes: bool) -> String {
        self.label(if yes { Label::Yes } else { Label::No })
    }

    /// A label with what was filled in.
    #[must_use]
    pub fn field(&self, label: Label, value: impl Into<String>) -> Field {
        Field { label: self.label(label), value: value.into() }
    }

    /// A site with its company.
    pub async fn site(&self, id: Uuid) -> Result<Where> {
        let site = self.load(SiteById(id)).await?.ok_or_else(|| "a case without its site".to_owned())?;
        let house = organization::Entity::find_by_id(site.organization_id).one(&self.app.db).await?;
        let house = house.map(|house| house.name).unwrap_or_default();
        Ok(Where { house, zone: parse_zone(&site.time_zone), site })
    }

    /// The name of an employee.
    pub async fn name(&self, id: Option<Uuid>) -> Result<String> {
        let Some(id) = id else { return Ok(String::new()) };
        Ok(self.load(AccountById(id)).await?.map(|account| account.name).unwrap_or_default())
    }

    /// Whom a case comes from, masked unless the viewer needs to reach them. Of an anonymous case nobody.
    pub async fn contact(&self, case: &complaint::Model) -> Result<Contact> {
        if case.anonymous {
            return Ok(Contact { name: self.label(Label::Anonymous), phone: String::new(), full: false });
        }
        let orders = self.load(AllOrdersOf(case.id)).await?.unwrap_or_default();
        let full = needs_contact(case, &orders, self.viewer);
        let shown = |whole: Option<&String>, mask: fn(&str) -> String| {
            whole.map(|text| if full { text.clone() } else { mask(text) }).unwrap_or_default()
        };
        let (name, phone) = (case.contact_name.as_ref(), case.contact_phone.as_ref());
        Ok(Contact { name: shown(name, mask_name), phone: shown(phone, mask_phone), full })
    }

    /// A drawn signature.
    pub async fn signature(&self, id: Option<Uuid>) -> Result<Option<signature::Model>> {
        let Some(id) = id else { return Ok(None) };
        self.load(SignatureById(id)).await
    }

    /// A box for a signature: with what was drawn, or with who did it and when, or to be signed by hand.
    #[must_use]
    pub fn signing(&self, label: Label, drawing: Option<Vec<u8>>, name: &str, at: Option<String>) -> SigningBox {
        let below = match at {
            Some(at) => format!("{name}  {at}"),
            None => self.label(Label::NameAndDate),
        };
        SigningBox { label: self.label(label), drawing, below }
    }

    /// What leads from a paper to the verification of a signature on it.
    #[must_use]
    pub fn proof(&self, seal: &str) -> Vec<Block> {
        let address = format!("{}/verify?seal={seal}", self.address);
        let lines = vec![self.label(Label::ProofHow), address.clone(), self.label_with(Label::Seal, &[("seal", seal)])];
        vec![Block::Heading(self.label(Label::Proof)), Block::Proof { lines, address }]
    }
}

impl Where {
    /// A moment, as people at the site say it.
    #[must_use]
    pub fn time(&self, at: DateTime<Utc>) -> String {
        at.with_timezone(&self.zone).format("%Y-%m-%d %H:%M").to_string()
    }

    /// A moment that may not have come.
    #[must_use]
    pub fn time_of(&self, at: Option<DateTime<Utc>>) -> String {
        at.map(|at| self.time(at)).unwrap_or_default()
    }
}
