//! Sessions and what opens them: how they end, what codes are for, and who must have a second factor.

use crate::closed_set::closed_set;
use crate::organization::Role;

closed_set! {
    /// Why a session has ended before its time.
    pub enum End as "SessionEnd" {
        /// The person signed out on the device.
        SignedOut,
        /// The person ended it from another device.
        EndedElsewhere,
        /// The password was changed or recovered.
        PasswordChanged,
        /// The phone number was changed or recovered.
        PhoneChanged,
        /// A second factor was added, so whoever is signed in shows it.
        SecondFactorAdded,
        /// A refresh token of it was used twice: somebody else may have had it.
        RefreshTokenReplayed,
    }
}

closed_set! {
    /// What a one-time code is asked for. A code opens nothing else.
    pub enum CodePurpose as "CodePurpose" {
        /// To sign in without the password.
        SignIn,
        /// To set a new password when the old one is forgotten.
        RecoverPassword,
        /// To show that a number is held: the new one and, without the password, the old one.
        ChangePhone,
        /// To show that a new number is held, when the old one can receive nothing any more.
        RecoverPhone,
    }
}

closed_set! {
    /// Whether those whose roles call for a second factor must have one.
    pub enum SecondFactorPolicy as "SecondFactorPolicy" {
        /// They must: until they have one, they can do nothing but set it up.
        Required,
        /// They may, as everybody may.
        Offered,
    }
}

closed_set! {
    /// How the check of somebody who lost their number has ended.
    pub enum RecoveryState as "PhoneRecoveryState" {
        /// The office has not checked it yet.
        Open,
        /// The office has checked who it is; the number is changed.
        Confirmed,
        /// The office has refused it.
        Refused,
    }
}

/// Whether a role calls for a second factor: whoever leads, heads a department or an office, or runs the accounts.
#[must_use]
pub const fn calls_for_second_factor(role: Role) -> bool {
    matches!(
        role,
        Role::DepartmentHead
            | Role::CustomerServiceSupervisor
            | Role::MarketHead
            | Role::CustomerServiceDirector
            | Role::OfficeHead
            | Role::CompanyLeader
            | Role::Administrator
    )
}

/// Whether a session may do nothing but set up a second factor.
#[must_use]
pub fn may_only_set_up(policy: SecondFactorPolicy, roles: impl IntoIterator<Item = Role>, passed: bool) -> bool {
    policy == SecondFactorPolicy::Required && !passed && roles.into_iter().any(calls_for_second_factor)
}
