//! The mutation by which a site asks for more.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use domain::access::Operation;
use domain::complaint::Kind;
use domain::form::{Besides, Choice, Field, FieldType, Letters, MAX_EXTRA, Words};
use domain::refusal::Code;

use super::service::{self, Which};
use crate::access::guard::Listed;
use crate::app::error::{Error, UserError};
use crate::app::public_id;
use crate::app::request::{attempt, caller, optional_id, settle};

/// A field that a site adds to the form.
#[derive(InputObject)]
pub struct FormFieldInput {
    /// Its name: a small letter, then letters and digits, at most 40; none that the form has already.
    pub name: String,
    /// What it takes; not `LIST`.
    pub r#type: FieldType,
    /// Whether it must be filled in.
    #[graphql(default)]
    pub required: bool,
    /// What it is called in Chinese, 1 to 60 characters.
    pub label_zh: String,
    /// What it is called in English, 1 to 60 characters.
    pub label_en: String,
    /// What helps to fill it in, in Chinese.
    pub hint_zh: Option<String>,
    /// What helps to fill it in, in English.
    pub hint_en: Option<String>,
    /// The least number of characters of a text.
    pub min_length: Option<i32>,
    /// The largest number of characters of a text, at most 2,000.
    pub max_length: Option<i32>,
    /// The least number.
    pub min: Option<i32>,
    /// The largest number.
    pub max: Option<i32>,
    /// Of which characters a text may be made; any when not given.
    pub letters: Option<Letters>,
    /// The options of a `CHOICE`.
    #[graphql(default)]
    pub options: Vec<FormOptionInput>,
}

/// An option of a choice.
#[derive(InputObject)]
pub struct FormOptionInput {
    /// What is sent.
    pub value: String,
    /// What is shown in Chinese.
    pub label_zh: String,
    /// What is shown in English.
    pub label_en: String,
}

/// What a site asks for besides the fields that every case has.
#[derive(InputObject)]
pub struct SetComplaintFormInput {
    /// The site.
    pub site_id: ID,
    /// For one of its categories, with all below it; for all when not given.
    pub category_id: Option<ID>,
    /// For cases of one kind; for all when not given.
    pub kind: Option<Kind>,
    /// The version of this that you saw, as the last answer gave it; 0 where nothing was asked for yet.
    pub expected_version: i32,
    /// The fields of every case that must be filled in: of `remedySought`, `wishedAt`, `items`.
    #[graphql(default)]
    pub required: Vec<String>,
    /// Fields of its own, at most 20. Those of before that are not among them are asked no more.
    #[graphql(default)]
    pub fields: Vec<FormFieldInput>,
    /// Send the same key when you repeat the call.
    pub idempotency_key: Option<String>,
}

/// The result of changing what a site asks for.
#[derive(SimpleObject)]
pub struct SetComplaintFormPayload {
    /// The version that holds from now on.
    pub version: Option<i32>,
    /// Why it was refused; empty when it was done.
    pub errors: Vec<UserError>,
}

fn besides(required: Vec<String>, fields: Vec<FormFieldInput>) -> Result<Besides, Error> {
    let fields = fields.into_iter().enumerate().map(|(index, field)| read(index, field)).collect::<Result<_, _>>()?;
    Ok(Besides { required, fields })
}

fn read(index: usize, field: FormFieldInput) -> Result<Field, Error> {
    let length = |part: &str, value: Option<i32>| {
        let refused =
            || Error::refused_needing(Code::Invalid, &format!("fields.{index}.{part}"), vec!["1..2000".to_owned()]);
        value.map(|value| usize::try_from(value).map_err(|_| refused())).transpose()
    };
    let hint = (field.hint_zh.is_some() || field.hint_en.is_some())
        .then(|| Words { zh: field.hint_zh.unwrap_or_default(), en: field.hint_en.unwrap_or_default() });
    let is_text = matches!(field.r#type, FieldType::Text | FieldType::LongText);
    Ok(Field {
        min_length: length("minLength", field.min_length)?,
        max_length: length("maxLength", field.max_length)?.or(is_text.then_some(MAX_EXTRA)),
        name: field.name,
        extra: true,
        kind: field.r#type,
        required: field.required,
        label: Words { zh: field.label_zh, en: field.label_en },
        hint,
        min: field.min.map(i64::from),
        max: field.max.map(i64::from),
        letters: field.letters,
        options: field
            .options
            .into_iter()
            .map(|option| Choice { value: option.value, label: Words { zh: option.label_zh, en: option.label_en } })
            .collect(),
        max_items: None,
    })
}

/// The acts on forms.
#[derive(Default)]
pub struct FormMutation;

#[Object(guard = "Listed(Operation::Mutation)")]
impl FormMutation {
    /// Sets what a site asks for besides the fields that every case has: a new version from now on. Cases keep what they were
    /// asked.
    async fn set_complaint_form(
        &self,
        ctx: &Context<'_>,
        input: SetComplaintFormInput,
    ) -> Result<SetComplaintFormPayload> {
        let version = input.expected_version;
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            let which = Which {
                site: public_id::read("Site", &input.site_id, "siteId")?,
                category: optional_id("Category", input.category_id.as_ref(), "categoryId")?,
                kind: input.kind,
                version,
            };
            service::set(&caller, which, besides(input.required, input.fields)?).await
        });
        let (done, errors) = settle(ctx, outcome)?;
        Ok(SetComplaintFormPayload { version: done.subject.map(|_| version + 1).filter(|_| errors.is_empty()), errors })
    }
}
