//! What the mutations on cases take in.

use async_graphql::{ID, InputObject};
use chrono::{DateTime, Utc};
use domain::complaint::{Channel, Kind, ReplyForm, Severity};
use domain::organization::Language;
use domain::reply::{Purpose, ReplyKind};
use domain::undertaking::Recourse;

use super::intake::{Registration, Report};
use super::parts::Call;
use super::service::Ratings;
use crate::app::error::Result;
use crate::app::public_id;
use crate::app::request::{act_input, optional_id};

/// What a case is about.
#[derive(InputObject)]
pub struct ReportInput {
    /// What the customer wants.
    pub kind: Kind,
    /// What it is about; one of `Site.categories`.
    pub category_id: ID,
    /// How serious it is; `NORMAL` when not given.
    pub severity: Option<Severity>,
    /// Where it is, at most 200 characters; the unit's address when not given.
    pub place: Option<String>,
    /// Whether that is a public area.
    #[graphql(default)]
    pub public_area: bool,
    /// What happened, 1 to 4,000 characters.
    pub description: String,
    /// The separate matters, at most 20; each is surveyed and concluded on its own (A5). The description is the one
    /// item when none is given.
    #[graphql(default)]
    pub items: Vec<String>,
    /// What the customer asks for, at most 1,000 characters.
    pub remedy_sought: Option<String>,
    /// When the customer would like it done.
    pub wished_at: Option<DateTime<Utc>>,
    /// The employee whom it is about. They will never see it, and it passes by them (C11).
    pub about_account_id: Option<ID>,
    /// Whom to ask for; the account's name when a customer files.
    pub contact_name: Option<String>,
    /// Where to call; the account's number when a customer files.
    pub contact_phone: Option<String>,
    /// The answers to what the site asks for besides: the fields of `complaintForm` that are `extra`.
    #[graphql(default)]
    pub details: Vec<DetailInput>,
}

/// The answer to a field that a site has added to the form.
#[derive(InputObject)]
pub struct DetailInput {
    /// The field's name.
    pub name: String,
    /// The answer as text: a number in digits, `true` or `false`, a moment in RFC 3339, the value of an option.
    pub value: String,
}

impl ReportInput {
    /// Reads the ids.
    ///
    /// # Errors
    /// `NOT_FOUND` with the path of the field.
    pub fn parse(self) -> Result<Report> {
        Ok(Report {
            kind: self.kind,
            category_id: public_id::read("Category", &self.category_id, "report.categoryId")?,
            severity: self.severity.unwrap_or(Severity::Normal),
            place: self.place,
            public_area: self.public_area,
            description: self.description,
            items: self.items,
            remedy_sought: self.remedy_sought,
            wished_at: self.wished_at,
            about_account_id: optional_id("Account", self.about_account_id.as_ref(), "report.aboutAccountId")?,
            contact_name: self.contact_name,
            contact_phone: self.contact_phone,
            details: self.details.into_iter().map(|DetailInput { name, value }| (name, value)).collect(),
        })
    }
}

/// A customer files for one of their own units.
#[derive(InputObject)]
pub struct FileComplaintInput {
    /// One of `viewer.units`.
    pub unit_id: ID,
    /// What it is about.
    pub report: ReportInput,
    /// Whether the household may see a complaint; repairs and services it may always.
    #[graphql(default)]
    pub shared_with_household: bool,
    /// Send the same key when you repeat the call.
    pub idempotency_key: Option<String>,
}

/// Somebody files without saying who they are (D7).
#[derive(InputObject)]
pub struct FileAnonymousComplaintInput {
    /// The site; see `sites`.
    pub site_id: ID,
    /// What it is about. Contact details in it are not kept.
    pub report: ReportInput,
    /// Send the same key when you repeat the call. Make it long and random: whoever has it can read the receipt code.
    #[graphql(secret)]
    pub idempotency_key: Option<String>,
}

/// The record of a telephone call (E7.2).
#[derive(InputObject)]
pub struct CallInput {
    /// The other side's number.
    pub phone: String,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// How long it lasted, in seconds.
    pub duration_seconds: i32,
    /// What was said, 1 to 1,000 characters.
    pub summary: String,
    /// Who was on the other side, where they said so: at most 60 characters.
    pub caller_name: Option<String>,
    /// What became of it, at most 1,000 characters.
    pub handling: Option<String>,
}

impl From<CallInput> for Call {
    fn from(input: CallInput) -> Self {
        let CallInput { phone, started_at, duration_seconds, summary, caller_name, handling } = input;
        Self { phone, started_at, duration_seconds, summary, caller_name, handling }
    }
}

/// 四清楚: the receiver confirms each (E4.1.2). The report to the head goes out by itself.
#[derive(InputObject)]
#[expect(clippy::struct_excessive_bools, reason = "the regulation asks for these four, each confirmed by itself")]
pub struct ConfirmationsInput {
    /// 听清楚: heard clearly.
    pub heard: bool,
    /// 问清楚: asked clearly.
    pub asked: bool,
    /// 复清楚: repeated clearly.
    pub repeated: bool,
    /// 记清楚: recorded clearly.
    pub recorded: bool,
}

impl ConfirmationsInput {
    /// All four, in the order of the regulation.
    #[must_use]
    pub const fn all(self) -> [bool; 4] {
        [self.heard, self.asked, self.repeated, self.recorded]
    }
}

/// An employee registers for a customer (E3.5).
#[derive(InputObject)]
pub struct RegisterComplaintInput {
    /// The site.
    pub site_id: ID,
    /// How it came in; not `APP`.
    pub channel: Channel,
    /// The unit it concerns, if one does.
    pub unit_id: Option<ID>,
    /// Whether the customer did not say who they are; then nothing of them is kept, and the answer has a receipt code
    /// to read out to them.
    #[graphql(default)]
    pub anonymous: bool,
    /// What it is about. `contactName` and `contactPhone` are required unless it is anonymous.
    pub report: ReportInput,
    /// The call, required for `PHONE` (E7.2).
    pub call: Option<CallInput>,
    /// 四清楚; all four must be true (E4.1.2).
    pub confirmations: ConfirmationsInput,
    /// Send the same key when you repeat the call.
    pub idempotency_key: Option<String>,
}

impl RegisterComplaintInput {
    /// Reads the ids.
    ///
    /// # Errors
    /// `NOT_FOUND` with the path of the field.
    pub fn parse(self) -> Result<(Registration, Report)> {
        let registration = Registration {
            site_id: public_id::read("Site", &self.site_id, "siteId")?,
            channel: self.channel,
            unit_id: optional_id("Unit", self.unit_id.as_ref(), "unitId")?,
            anonymous: self.anonymous,
            call: self.call.map(Call::from),
            brief: false,
            confirmations: self.confirmations.all(),
        };
        Ok((registration, self.report.parse()?))
    }
}

/// Ratings, each from 1 (bad) to 5 (good) (E4.5.2).
#[derive(InputObject)]
pub struct RatingsInput {
    /// Quality of the work.
    pub quality: i32,
    /// Attitude of the staff.
    pub attitude: i32,
    /// Whether it came in time.
    pub timeliness: i32,
    /// Satisfaction on the whole.
    pub overall: i32,
}

impl From<RatingsInput> for Ratings {
    fn from(input: RatingsInput) -> Self {
        let RatingsInput { quality, attitude, timeliness, overall } = input;
        Self { quality, attitude, timeliness, overall }
    }
}

act_input! {
    /// Nothing but which case.
    ComplaintInput on complaint_id("Complaint", "complaintId") {}
}

act_input! {
    /// An act on a case that needs a reason.
    ComplaintReasonInput on complaint_id("Complaint", "complaintId") {
        /// The reason, 1 to 500 characters.
        reason: String,
    }
}

act_input! {
    /// To which department.
    DispatchComplaintInput on complaint_id("Complaint", "complaintId") {
        /// The department; the one that the category names when not given.
        department_id: Option<ID>,
        /// Required when it is another than the category names, at most 500 characters.
        reason: Option<String>,
    }
}

act_input! {
    /// To which other department, and why.
    HandOverComplaintInput on complaint_id("Complaint", "complaintId") {
        /// The next department.
        department_id: ID,
        /// The reason, 1 to 500 characters.
        reason: String,
    }
}

act_input! {
    /// Who handles it.
    AssignHandlerInput on complaint_id("Complaint", "complaintId") {
        /// Somebody of the department; see `staff`.
        handler_id: ID,
    }
}

act_input! {
    /// What to correct; what is not given stays.
    ReclassifyComplaintInput on complaint_id("Complaint", "complaintId") {
        /// What the customer wants.
        kind: Option<Kind>,
        /// What it is about.
        category_id: Option<ID>,
        /// How serious it is.
        severity: Option<Severity>,
        /// The reason, 1 to 500 characters.
        reason: String,
    }
}

act_input! {
    /// How it goes.
    ReportProgressInput on complaint_id("Complaint", "complaintId") {
        /// For the customer to read, 1 to 1,000 characters.
        text: String,
    }
}

act_input! {
    /// An answer to the customer (C8).
    ReplyToCustomerInput on complaint_id("Complaint", "complaintId") {
        /// In which form: one that the site allows for the channel (`replyPolicy`). A letter is answered by `LETTER`.
        form: ReplyForm,
        /// What was said or written, for the customer to read: 1 to 2,000 characters.
        text: String,
        /// When the next answer comes, where this one is for the time being; it becomes a clock. Null when it is final.
        next_reply_by: Option<DateTime<Utc>>,
        /// Whether more is to come; by `nextReplyBy` when not given. `INTERIM` asks for `nextReplyBy` (C8).
        kind: Option<ReplyKind>,
        /// The template to put around the words (C2); none to give them as they are.
        template: Option<Purpose>,
        /// The language of the template; the customer's own when not given.
        language: Option<Language>,
        /// The call in which it was given; required for `PHONE`.
        call: Option<CallInput>,
        /// The paper, for `LETTER`: a photo or paper of the case that is ready.
        attachment_id: Option<ID>,
    }
}

act_input! {
    /// What to add; at least one of the two.
    AddToComplaintInput on complaint_id("Complaint", "complaintId") {
        /// Words, at most 1,000 characters.
        text: Option<String>,
        /// More items; 20 in all.
        #[graphql(default)]
        items: Vec<String>,
    }
}

act_input! {
    /// Whether the household may see it.
    ShareComplaintInput on complaint_id("Complaint", "complaintId") {
        /// Yes or no.
        shared: bool,
    }
}

act_input! {
    /// The result, for the customer to read.
    ComplaintResultInput on complaint_id("Complaint", "complaintId") {
        /// How it was handled, 1 to 2,000 characters.
        result: String,
    }
}

act_input! {
    /// What the customer is told of a matter that cannot be solved (C9).
    ConcludeUnresolvableInput on complaint_id("Complaint", "complaintId") {
        /// Why it cannot, 1 to 2,000 characters.
        explanation: String,
        /// The apology, 1 to 1,000 characters.
        apology: String,
        /// Where the customer can turn; may be empty.
        recourse: Vec<Recourse>,
    }
}

act_input! {
    /// What the customer thinks of the handling.
    RateComplaintInput on complaint_id("Complaint", "complaintId") {
        /// Each 1 to 5.
        ratings: RatingsInput,
        /// In words, at most 1,000 characters.
        comment: Option<String>,
    }
}

act_input! {
    /// Which case carries it on.
    MergeComplaintInput on complaint_id("Complaint", "complaintId") {
        /// Another open case of the same customer at the same site.
        into_complaint_id: ID,
        /// The reason, 1 to 500 characters.
        reason: String,
    }
}

act_input! {
    /// Which items become a case of their own.
    SplitComplaintInput on complaint_id("Complaint", "complaintId") {
        /// Some of the case's items, but not all.
        item_ids: Vec<ID>,
        /// The reason, 1 to 500 characters.
        reason: String,
    }
}

/// A note to an archived case (A8).
#[derive(InputObject)]
pub struct AddAddendumInput {
    /// Which case.
    pub complaint_id: ID,
    /// The note, 1 to 2,000 characters.
    pub text: String,
    /// Send the same key when you repeat the call.
    pub idempotency_key: Option<String>,
}
