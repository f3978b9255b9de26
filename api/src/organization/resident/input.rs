//! The inputs of residents.

use async_graphql::{ID, InputObject, MaybeUndefined};
use chrono::NaiveDate;
use domain::organization::{Language, ResidencyKind};

use super::invitation::Stay;
use super::registration::Registering;
use super::residency::Changes;
use crate::app::request::act_input;
use crate::organization::staff::account::Person;

/// Whom the office invites to register, and to which unit.
#[derive(InputObject)]
pub struct InviteResidentInput {
    /// The unit.
    pub unit_id: ID,
    /// In what right they will live there.
    pub kind: ResidencyKind,
    /// First day, in the site's time zone; today when not given.
    pub from: Option<NaiveDate>,
    /// Last day, if it is known.
    pub to: Option<NaiveDate>,
    /// Whom it is meant for, at most 60 characters: for the office to compare with who registers.
    pub name: Option<String>,
    /// Send the same key when you repeat the call: it is done once, and the same code is told again.
    pub idempotency_key: Option<String>,
}

impl InviteResidentInput {
    /// How they will live there.
    #[must_use]
    pub fn stay(&self) -> Stay {
        Stay { kind: self.kind, from: self.from, to: self.to }
    }
}

/// Which invitation.
#[derive(InputObject)]
pub struct RevokeInvitationInput {
    /// Which one.
    pub invitation_id: ID,
    /// Send the same key when you repeat the call.
    pub idempotency_key: Option<String>,
}

/// Who registers, by which invitation.
#[derive(InputObject)]
pub struct RegisterResidentInput {
    /// The code of the invitation. Case, spaces and hyphens do not matter.
    #[graphql(secret)]
    pub code: String,
    /// My name, 1 to 60 characters.
    pub name: String,
    /// The number I will sign in with: 3 to 20 digits.
    pub phone: String,
    /// The password I will sign in with, 12 to 128 characters. Where the organization knows my number already, the
    /// password that I have there stays.
    #[graphql(secret)]
    pub password: String,
    /// The language of my notices.
    #[graphql(default_with = "Language::ZhCn")]
    pub language: Language,
    /// Send the same key when you repeat the call: it is done once.
    pub idempotency_key: Option<String>,
}

impl RegisterResidentInput {
    /// Who registers.
    #[must_use]
    pub fn registering(self) -> Registering {
        let Self { code, name, phone, password, language, .. } = self;
        Registering { code, name, phone, password, language }
    }
}

act_input! {
    /// Which registration.
    ConfirmResidentInput on request_id("ResidentRequest", "requestId") {}
}

act_input! {
    /// Which registration, and why not.
    RefuseResidentInput on request_id("ResidentRequest", "requestId") {
        /// The reason, 1 to 500 characters.
        reason: String,
    }
}

/// Who moves in where.
#[derive(InputObject)]
pub struct MoveInInput {
    /// The unit.
    pub unit_id: ID,
    /// Their name, 1 to 60 characters; an account that the organization knows keeps its own.
    pub name: String,
    /// Their phone number: 3 to 20 digits. The account that has it lives there; else one is made, without a password.
    pub phone: String,
    /// In what right.
    pub kind: ResidencyKind,
    /// First day, in the site's time zone; today when not given.
    pub from: Option<NaiveDate>,
    /// Last day, if it is known.
    pub to: Option<NaiveDate>,
    /// Send the same key when you repeat the call: it is done once, and the first result is told again.
    pub idempotency_key: Option<String>,
}

impl MoveInInput {
    /// Who, and how they will live there.
    #[must_use]
    pub fn parts(self) -> (Person, Stay) {
        let person = Person { name: self.name, phone: self.phone, work_phone: None, language: Language::ZhCn };
        (person, Stay { kind: self.kind, from: self.from, to: self.to })
    }
}

act_input! {
    /// Who moves out, and when.
    MoveOutInput on residency_id("Residency", "residencyId") {
        /// The last day, in the site's time zone; today when not given. What they see of the unit ends with it.
        last_day: Option<NaiveDate>,
    }
}

act_input! {
    /// What to change; what is not given stays.
    ChangeResidencyInput on residency_id("Residency", "residencyId") {
        /// In what right.
        kind: Option<ResidencyKind>,
        /// First day.
        from: Option<NaiveDate>,
        /// Last day; null takes it away.
        to: MaybeUndefined<NaiveDate>,
    }
}

impl ChangeResidencyInput {
    /// What to change.
    #[must_use]
    pub fn changes(&self) -> Changes {
        let to = match self.to {
            MaybeUndefined::Undefined => None,
            MaybeUndefined::Null => Some(None),
            MaybeUndefined::Value(day) => Some(Some(day)),
        };
        Changes { kind: self.kind, from: self.from, to }
    }
}
