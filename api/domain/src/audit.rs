//! What the audit trail keeps beside the log of cases: who changed which account, right or set-up.

use crate::closed_set::closed_set;

closed_set! {
    /// What was done to an account, a right or the set-up of an organization.
    pub enum Kind as "AuditKind" {
        /// Something was made.
        Made,
        /// Something was changed.
        Changed,
        /// Something was retired: it is not offered any more, and what refers to it keeps it.
        Retired,
        /// Rows were imported from a file.
        Imported,
        /// Something that was retired is offered again.
        Restored,
        /// A role was given.
        RoleGiven,
        /// A role was ended.
        RoleEnded,
        /// An account was disabled.
        AccountDisabled,
        /// An account was enabled again.
        AccountEnabled,
        /// A resident was invited to register.
        ResidentInvited,
        /// An invitation was taken back.
        InvitationRevoked,
        /// A resident registered by an invitation and waits for the office's check.
        ResidentRegistered,
        /// The office confirmed a resident.
        ResidentConfirmed,
        /// The office refused a resident.
        ResidentRefused,
        /// Somebody moved in.
        MovedIn,
        /// Somebody moved out.
        MovedOut,
        /// An open case, order or task was handed to a successor.
        HandedOver,
        /// Somebody signed in.
        SignedIn,
        /// A session was ended.
        SessionEnded,
        /// A refresh token was used twice, so its whole family of sessions was ended.
        RefreshTokenReplayed,
        /// A password was changed.
        PasswordChanged,
        /// A phone number was changed or recovered.
        PhoneChanged,
        /// A second factor was added.
        SecondFactorAdded,
        /// A second factor was removed.
        SecondFactorRemoved,
        /// A recovery code was used in place of the second factor.
        RecoveryCodeUsed,
        /// Somebody who lost their number asked the office to change it.
        PhoneRecoveryAsked,
        /// The office refused to change a number.
        PhoneRecoveryRefused,
        /// An API key was made.
        ApiKeyMade,
        /// An API key was replaced by a new one.
        ApiKeyRotated,
        /// An API key was ended.
        ApiKeyEnded,
        /// A technician made a link to a feed of their day; an earlier one ended by it.
        DayFeedMade,
        /// A technician ended the link to the feed of their day.
        DayFeedRevoked,
        /// The office hours of a site were set.
        CalendarWeekSet,
        /// A special day of a site was set.
        CalendarDaySet,
        /// A special day of a site was removed.
        CalendarDayRemoved,
        /// The official days of a year were added, or corrected.
        OfficialYearAdded,
        /// A caller was looked up among the residents of a site by the number.
        CallerLookedUp,
        /// A version of a site's service promises was approved.
        PromisesApproved,
        /// A version of a site's service promises was published.
        PromisesPublished,
        /// A version of a site's service promises was given an end.
        PromisesEnded,
        /// A version of a site's service promises was given up before it was published.
        PromisesWithdrawn,
    }
}
