//! The few fields that are asked otherwise: before a second factor is set up, and without saying who one is.

use super::Operation::{self, Mutation, Query, Subscription};

/// What a session may call that must set up a second factor first: to see who it is, to set it up, and to go.
const WHILE_SETTING_UP: &[(Operation, &str)] = &[
    (Query, "viewer"),
    (Mutation, "beginSecondFactor"),
    (Mutation, "confirmSecondFactor"),
    (Mutation, "refreshSession"),
    (Mutation, "signIn"),
    (Mutation, "signInWithCode"),
    (Mutation, "signOut"),
];

/// Whether a session may call a field that must set up a second factor first.
#[must_use]
pub fn open_while_setting_up(operation: Operation, field: &str) -> bool {
    WHILE_SETTING_UP.contains(&(operation, field))
}

/// What is asked and done without saying who one is (D7).
const OF_NOBODY: &[(Operation, &str)] = &[
    (Query, "anonymousComplaint"),
    (Mutation, "fileAnonymousComplaint"),
    (Mutation, "answerQuestion"),
    (Mutation, "createAnonymousUpload"),
    (Subscription, "anonymousComplaintEvents"),
];

/// Whether a field is asked without saying who one is (D7): nobody looks at the token of such an operation.
#[must_use]
pub fn is_of_nobody(operation: Operation, field: &str) -> bool {
    OF_NOBODY.contains(&(operation, field))
}
