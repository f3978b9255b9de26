//! The inputs of the acts on promises, and of trying them.

use async_graphql::{ID, InputObject};
use chrono::{DateTime, NaiveDate, Utc};
use domain::complaint::{self, Channel, Severity};

use super::draft::ServicePromiseInput;
use crate::app::request::act_input;

/// A new version of a site's promises.
#[derive(InputObject)]
pub struct DraftServicePromisesInput {
    /// The site.
    pub site_id: ID,
    /// Its promises, 1 to 200. They are laid over the defaults; what they do not speak of stays as it is by default.
    pub lines: Vec<ServicePromiseInput>,
    /// What else is said of it, at most 500 characters.
    pub note: Option<String>,
    /// Send the same key when you repeat the call: it is done once, and the first result is told again.
    pub idempotency_key: Option<String>,
}

act_input! {
    /// A draft, written anew.
    ReviseServicePromisesInput on id("ServicePromises", "id") {
        /// Its promises, 1 to 200, in place of those before.
        lines: Vec<ServicePromiseInput>,
        /// What else is said of it, at most 500 characters.
        note: Option<String>,
    }
}

act_input! {
    /// A version that is approved or given up.
    ServicePromisesInput on id("ServicePromises", "id") {}
}

act_input! {
    /// A version that is to hold.
    PublishServicePromisesInput on id("ServicePromises", "id") {
        /// From when on cases are received under it: now when not given, never earlier.
        from: Option<DateTime<Utc>>,
    }
}

act_input! {
    /// A published version that is to end.
    EndServicePromisesInput on id("ServicePromises", "id") {
        /// From when on cases are not received under it any more: now when not given, never earlier. Then the version
        /// before holds again where it has no end, else the defaults do.
        to: Option<DateTime<Utc>>,
    }
}

/// A case that might be filed.
#[derive(InputObject)]
pub struct SimulateClocksInput {
    /// At which site.
    pub site_id: ID,
    /// What the customer wants.
    pub kind: complaint::Kind,
    /// What it is about.
    pub category_id: ID,
    /// How it comes in.
    #[graphql(default_with = "Channel::App")]
    pub channel: Channel,
    /// How serious it is.
    #[graphql(default_with = "Severity::Normal")]
    pub severity: Severity,
    /// Which department has it.
    pub department_id: Option<ID>,
    /// When it is filed; now when not given.
    pub filed_at: Option<DateTime<Utc>>,
    /// When the customer wants the visit, if they name a time.
    pub wished_at: Option<DateTime<Utc>>,
    /// Whether the customer stays unknown (D7).
    #[graphql(default)]
    pub anonymous: bool,
    /// The version to try, such as a draft; when not given, the one that holds when the case is filed.
    pub promises_id: Option<ID>,
}

/// Over which past cases a version is tried.
#[derive(InputObject)]
pub struct ReplayServicePromisesInput {
    /// The version.
    pub id: ID,
    /// The first day on which the clocks began, in the site's time zone.
    pub from: NaiveDate,
    /// The last day; at most 92 days in all.
    pub to: NaiveDate,
}
