//! Forms in the schema.

use async_graphql::{Context, ID, Object, Result};
use domain::access::Operation;
use domain::complaint::{Channel, Kind};
use domain::form::{Choice, Field, FieldType, Form, Letters, Way, Words};
use domain::organization::Language;
use domain::refusal::Code;

use super::service;
use super::stored::Detail;
use crate::access::guard::Listed;
use crate::app::error::Error;
use crate::app::loader::CategoryById;
use crate::app::public_id;
use crate::app::request::Asked;

/// The form with which a case comes in: draw it from here, and hold no rules of your own. Intake checks by the same.
pub struct ComplaintForm {
    form: Form,
    version: i32,
}

/// The form with which a case comes in: draw it from here, and hold no rules of your own. Intake checks by the same.
#[Object]
impl ComplaintForm {
    /// Rises with every change of what the site asks for.
    async fn version(&self) -> i32 {
        self.version
    }

    /// Its fields, in the order in which they are shown.
    async fn fields(&self) -> Vec<FormField> {
        self.form.fields.iter().cloned().map(FormField).collect()
    }
}

/// A field of a form.
pub struct FormField(pub Field);

/// A field of a form.
#[Object]
impl FormField {
    /// Its name. A refusal names it in `field`, of the site's own fields behind `details`.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Where the answer goes: a path into the input of `fileComplaint`, `fileAnonymousComplaint` or `registerComplaint`. In the
    /// list `report.details` it is an entry with the field's `name`.
    async fn path(&self) -> String {
        if self.0.extra { "report.details".to_owned() } else { format!("report.{}", self.0.name) }
    }

    /// Whether the site has added it.
    async fn extra(&self) -> bool {
        self.0.extra
    }

    /// What it takes.
    async fn r#type(&self) -> FieldType {
        self.0.kind
    }

    /// Whether it must be filled in; blank counts as not.
    async fn required(&self) -> bool {
        self.0.required
    }

    /// What it is called, in the language of the request.
    async fn label(&self, ctx: &Context<'_>) -> String {
        in_language(&self.0.label, ctx.language())
    }

    /// What it is called in Chinese.
    async fn label_zh(&self) -> &str {
        &self.0.label.zh
    }

    /// What it is called in English.
    async fn label_en(&self) -> &str {
        &self.0.label.en
    }

    /// What helps to fill it in, in the language of the request.
    async fn hint(&self, ctx: &Context<'_>) -> Option<String> {
        self.0.hint.as_ref().map(|hint| in_language(hint, ctx.language()))
    }

    /// The least number of characters of a text, without blanks around it.
    async fn min_length(&self) -> Option<i32> {
        self.0.min_length.and_then(|length| i32::try_from(length).ok())
    }

    /// The largest number of characters of a text, or of each line of a list.
    async fn max_length(&self) -> Option<i32> {
        self.0.max_length.and_then(|length| i32::try_from(length).ok())
    }

    /// The least number.
    async fn min(&self) -> Option<i32> {
        self.0.min.and_then(|number| i32::try_from(number).ok())
    }

    /// The largest number.
    async fn max(&self) -> Option<i32> {
        self.0.max.and_then(|number| i32::try_from(number).ok())
    }

    /// A regular expression that the whole text must match.
    async fn pattern(&self) -> Option<&'static str> {
        self.0.letters.map(Letters::pattern)
    }

    /// The options of a choice.
    async fn options(&self) -> Vec<FormOption> {
        self.0.options.iter().cloned().map(FormOption).collect()
    }

    /// The largest number of lines of a list.
    async fn max_items(&self) -> Option<i32> {
        self.0.max_items.and_then(|most| i32::try_from(most).ok())
    }
}

/// An option of a choice.
pub struct FormOption(pub Choice);

/// An option of a choice.
#[Object]
impl FormOption {
    /// What is sent.
    async fn value(&self) -> &str {
        &self.0.value
    }

    /// What is shown, in the language of the request.
    async fn label(&self, ctx: &Context<'_>) -> String {
        in_language(&self.0.label, ctx.language())
    }
}

/// The answer to what a site asks for besides, with the words in which it was asked then.
pub struct ComplaintDetail(pub Detail);

/// The answer to what a site asks for besides, with the words in which it was asked then.
#[Object]
impl ComplaintDetail {
    /// The field's name.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// What it was called, in the language of the request.
    async fn label(&self, ctx: &Context<'_>) -> &str {
        if ctx.language() == Language::En { &self.0.label.1 } else { &self.0.label.0 }
    }

    /// What was answered, as it was sent.
    async fn value(&self) -> &str {
        &self.0.value
    }

    /// The same as it is shown: what an option is called in the language of the request.
    async fn text(&self, ctx: &Context<'_>) -> &str {
        match &self.0.shown {
            Some((_, en)) if ctx.language() == Language::En => en,
            Some((zh, _)) => zh,
            None => &self.0.value,
        }
    }
}

fn in_language(words: &Words, language: Language) -> String {
    if language == Language::En { words.en.clone() } else { words.zh.clone() }
}

/// Reads of forms.
#[derive(Default)]
pub struct FormQuery;

#[Object(guard = "Listed(Operation::Query)")]
impl FormQuery {
    /// The form with which a case comes in at a site: by `APP` as a resident fills it in (or, `anonymous`, somebody who stays
    /// unknown, D7), by any other channel as an employee does.
    #[expect(clippy::too_many_arguments, reason = "each argument changes the form by itself")]
    async fn complaint_form(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The site.")] site_id: ID,
        #[graphql(desc = "What the case is about; one of `Site.categories`.")] category_id: ID,
        #[graphql(desc = "What the customer wants.", default_with = "Kind::Complaint")] kind: Kind,
        #[graphql(desc = "How it comes in.", default_with = "Channel::App")] channel: Channel,
        #[graphql(desc = "Whether the customer stays unknown (D7).", default)] anonymous: bool,
        #[graphql(desc = "Whether a unit is given, whose address is the place.", default)] at_home: bool,
    ) -> Result<ComplaintForm> {
        let site = public_id::read("Site", &site_id, "siteId")?;
        let id = public_id::read("Category", &category_id, "categoryId")?;
        let category = ctx.load(CategoryById(id)).await?.filter(|category| category.site_id == site);
        let category = category.ok_or_else(|| Error::refused(Code::NotFound, "categoryId"))?;
        let way = match (channel, anonymous) {
            (Channel::App, true) => Way::Nobody,
            (Channel::App, false) => Way::Resident,
            (_, unknown) => Way::Employee { at_home: at_home && !unknown, unknown, brief: false },
        };
        let (form, version) = service::form(&ctx.app()?.db, site, (kind, &category), way).await?;
        Ok(ComplaintForm { form, version })
    }
}
