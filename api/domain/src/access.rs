//! What a role may ask for: one entry for every field of Query, Mutation and Subscription.
//!
//! The table says who may call an operation at all. What somebody may then do to one case is decided by the rules of
//! that case ([`crate::complaint::decide`] and its sisters), and what they may see by their scope.

mod callers;

use crate::closed_set::closed_set;
use crate::organization::Role;

closed_set! {
    /// What a machine account's key may read or do, at the sites that the key names.
    pub enum Scope as "ApiScope" {
        /// Figures: counts, rates and times, never a case or a person.
        Figures,
        /// The sites with the published cards of their offices (B2).
        Sites,
        /// The departments of the sites, with their teams.
        Departments,
        /// What a case can be about at the sites.
        Categories,
        /// The statements of the sites, only to mark them as paid or not.
        Payments,
    }
}

/// One of the three roots of the schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    /// Reads.
    Query,
    /// Acts.
    Mutation,
    /// Streams.
    Subscription,
}

/// Who may call an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Callers {
    /// Also strangers.
    Everybody,
    /// Whoever is signed in.
    SignedIn,
    /// Whoever holds one of these roles anywhere.
    Roles(&'static [Role]),
}

impl Callers {
    /// Whether somebody with this role may call. A machine account never may by these: a line names it or it does not.
    #[must_use]
    pub fn admit(self, role: Role) -> bool {
        match self {
            _ if role == Role::Integration => false,
            Self::Everybody | Self::SignedIn => true,
            Self::Roles(roles) => roles.contains(&role),
        }
    }
}

/// A line of the table.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    /// The root.
    pub operation: Operation,
    /// The field's name in the schema.
    pub field: &'static str,
    /// Which people may call it.
    pub who: Callers,
    /// The scope with which a machine account may call it as well; without one, none may.
    pub machines: Option<Scope>,
}

use Callers::{Everybody, SignedIn};
use Operation::{Mutation, Query, Subscription};
use callers::{
    ADMINISTRATOR, ANSWERERS, ARCHIVE, ARCHIVE_OPINIONS, CHECKERS, CONFIRMERS, CREW, CUSTOMER, DEPARTMENT, DESK,
    DISPATCHERS, EMPLOYEES, FEES, FOLLOW_UP, HEADS, JOINT, KEEPERS, OFFICE, PRICES, QUOTERS, REMEDY, RESIDENTS,
    ROSTERS, SIGNERS, TAKERS, TECHNICIAN,
};

const fn line(operation: Operation, field: &'static str, who: Callers) -> Entry {
    Entry { operation, field, who, machines: None }
}

/// A line that admits a machine account whose key has the scope.
const fn open_line(operation: Operation, field: &'static str, who: Callers, scope: Scope) -> Entry {
    Entry { operation, field, who, machines: Some(scope) }
}

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
    (Subscription, "anonymousComplaintEvents"),
];

/// Whether a field is asked without saying who one is (D7): nobody looks at the token of such an operation.
#[must_use]
pub fn is_of_nobody(operation: Operation, field: &str) -> bool {
    OF_NOBODY.contains(&(operation, field))
}

/// The table. A field that is not in it is closed to everybody, and a test fails.
pub const TABLE: &[Entry] = &[
    line(Query, "viewer", SignedIn),
    line(Query, "node", SignedIn),
    line(Query, "nodes", SignedIn),
    open_line(Query, "sites", Everybody, Scope::Sites),
    open_line(Query, "departments", SignedIn, Scope::Departments),
    line(Query, "staff", EMPLOYEES),
    line(Query, "complaint", SignedIn),
    line(Query, "complaints", SignedIn),
    line(Query, "register", OFFICE),
    line(Query, "anonymousComplaint", Everybody),
    line(Query, "workOrder", SignedIn),
    line(Query, "workOrders", SignedIn),
    line(Query, "dispatchSuggestions", DISPATCHERS),
    line(Query, "teamBoard", DISPATCHERS),
    line(Query, "stockItems", KEEPERS),
    line(Query, "stockMovements", KEEPERS),
    line(Query, "followUps", SignedIn),
    line(Query, "attachment", SignedIn),
    line(Query, "complaintForm", Everybody),
    line(Query, "hotlineCalls", EMPLOYEES),
    line(Query, "hotlineDuty", EMPLOYEES),
    line(Query, "opinion", SignedIn),
    line(Query, "opinions", SignedIn),
    line(Query, "undertakings", SignedIn),
    line(Query, "outsideParties", EMPLOYEES),
    line(Query, "quote", SignedIn),
    line(Query, "quotes", SignedIn),
    line(Query, "priceList", Everybody),
    line(Query, "priceLists", Everybody),
    line(Query, "verifySignature", Everybody),
    line(Query, "pricePolicy", EMPLOYEES),
    line(Query, "charges", SignedIn),
    line(Query, "statement", SignedIn),
    line(Query, "statements", SignedIn),
    line(Query, "statementExport", FEES),
    line(Query, "statementWorkbookPath", FEES),
    open_line(Query, "figures", OFFICE, Scope::Figures),
    line(Query, "figureCases", OFFICE),
    open_line(Query, "figureDefinitions", EMPLOYEES, Scope::Figures),
    line(Query, "notices", SignedIn),
    line(Query, "changes", SignedIn),
    line(Query, "auditTrail", SignedIn),
    line(Query, "dueWork", EMPLOYEES),
    line(Query, "alarms", EMPLOYEES),
    line(Query, "dutyRoster", EMPLOYEES),
    line(Query, "attentionPolicy", EMPLOYEES),
    line(Query, "sync", TECHNICIAN),
    line(Query, "dayFeed", SignedIn),
    line(Query, "bookingWindows", SignedIn),
    line(Query, "bookings", EMPLOYEES),
    line(Query, "bookingOffers", EMPLOYEES),
    line(Query, "setupSites", EMPLOYEES),
    line(Query, "setupBuildings", EMPLOYEES),
    line(Query, "setupUnits", EMPLOYEES),
    line(Query, "setupDepartments", EMPLOYEES),
    line(Query, "setupTeams", EMPLOYEES),
    line(Query, "setupCategories", EMPLOYEES),
    line(Query, "calendar", SignedIn),
    line(Query, "servicePromises", EMPLOYEES),
    line(Query, "servicePromisesVersions", EMPLOYEES),
    line(Query, "simulateClocks", EMPLOYEES),
    line(Query, "replayServicePromises", EMPLOYEES),
    line(Query, "accounts", ADMINISTRATOR),
    line(Query, "residencies", RESIDENTS),
    line(Query, "residentInvitations", DESK),
    line(Query, "residentRequests", DESK),
    line(Query, "sessions", SignedIn),
    line(Query, "phoneRecoveries", DESK),
    line(Query, "apiKeys", ADMINISTRATOR),
    line(Mutation, "signIn", Everybody),
    line(Mutation, "requestCode", Everybody),
    line(Mutation, "signInWithCode", Everybody),
    line(Mutation, "refreshSession", Everybody),
    line(Mutation, "signOut", SignedIn),
    line(Mutation, "endSession", SignedIn),
    line(Mutation, "endOtherSessions", SignedIn),
    line(Mutation, "changePassword", SignedIn),
    line(Mutation, "recoverPassword", Everybody),
    line(Mutation, "beginSecondFactor", SignedIn),
    line(Mutation, "confirmSecondFactor", SignedIn),
    line(Mutation, "removeSecondFactor", SignedIn),
    line(Mutation, "changePhone", SignedIn),
    line(Mutation, "requestPhoneRecovery", Everybody),
    line(Mutation, "confirmPhoneRecovery", DESK),
    line(Mutation, "refusePhoneRecovery", DESK),
    line(Mutation, "createApiKey", ADMINISTRATOR),
    line(Mutation, "rotateApiKey", ADMINISTRATOR),
    line(Mutation, "endApiKey", ADMINISTRATOR),
    line(Mutation, "fileComplaint", CUSTOMER),
    line(Mutation, "fileAnonymousComplaint", Everybody),
    line(Mutation, "registerComplaint", EMPLOYEES),
    line(Mutation, "reportForCustomer", EMPLOYEES),
    line(Mutation, "takeOverComplaint", TAKERS),
    line(Mutation, "askReporter", DEPARTMENT),
    line(Mutation, "answerQuestion", Everybody),
    line(Mutation, "dispatchComplaint", DESK),
    line(Mutation, "acceptAssignment", DEPARTMENT),
    line(Mutation, "refuseAssignment", DEPARTMENT),
    line(Mutation, "handOverComplaint", DEPARTMENT),
    line(Mutation, "assignHandler", DEPARTMENT),
    line(Mutation, "acceptComplaint", DEPARTMENT),
    line(Mutation, "declineComplaint", DEPARTMENT),
    line(Mutation, "reclassifyComplaint", DEPARTMENT),
    line(Mutation, "reportProgress", DEPARTMENT),
    line(Mutation, "replyToCustomer", DEPARTMENT),
    line(Mutation, "addToComplaint", SignedIn),
    line(Mutation, "shareComplaint", CUSTOMER),
    line(Mutation, "withdrawComplaint", SignedIn),
    line(Mutation, "resolveComplaint", DEPARTMENT),
    line(Mutation, "createUpload", SignedIn),
    line(Mutation, "removeAttachment", SignedIn),
    line(Mutation, "concludeUnresolvable", DEPARTMENT),
    line(Mutation, "recordSiteVisit", DEPARTMENT),
    line(Mutation, "recordCause", DEPARTMENT),
    line(Mutation, "makeCommitment", DEPARTMENT),
    line(Mutation, "offerRemedy", DEPARTMENT),
    line(Mutation, "requestTask", DEPARTMENT),
    line(Mutation, "referToOutsideParty", DEPARTMENT),
    line(Mutation, "planAction", DEPARTMENT),
    line(Mutation, "approveUndertaking", HEADS),
    line(Mutation, "refuseUndertaking", HEADS),
    line(Mutation, "answerRemedy", REMEDY),
    line(Mutation, "checkOutsideParty", DEPARTMENT),
    line(Mutation, "finishUndertaking", EMPLOYEES),
    line(Mutation, "confirmUndertaking", CONFIRMERS),
    line(Mutation, "reopenAction", CHECKERS),
    line(Mutation, "cancelUndertaking", EMPLOYEES),
    line(Mutation, "keepOutsideParty", OFFICE),
    line(Mutation, "setComplaintForm", PRICES),
    line(Mutation, "recordCall", EMPLOYEES),
    line(Mutation, "lookUpCaller", DESK),
    line(Mutation, "giveOpinion", CUSTOMER),
    line(Mutation, "recordOpinion", EMPLOYEES),
    line(Mutation, "promiseOpinionAnswer", EMPLOYEES),
    line(Mutation, "answerOpinion", EMPLOYEES),
    line(Mutation, "turnOpinionIntoComplaint", DESK),
    line(Mutation, "archiveOpinion", ARCHIVE_OPINIONS),
    line(Mutation, "correctResolution", DEPARTMENT),
    line(Mutation, "reopenComplaint", CUSTOMER),
    line(Mutation, "rateComplaint", CUSTOMER),
    line(Mutation, "recordResult", FOLLOW_UP),
    line(Mutation, "mergeComplaint", DESK),
    line(Mutation, "splitComplaint", DESK),
    line(Mutation, "archiveComplaint", ARCHIVE),
    line(Mutation, "addAddendum", ARCHIVE),
    line(Mutation, "issueWorkOrder", DEPARTMENT),
    line(Mutation, "acknowledgeWorkOrder", HEADS),
    line(Mutation, "assignTeam", HEADS),
    line(Mutation, "assignTechnician", CREW),
    line(Mutation, "acceptWorkOrder", TECHNICIAN),
    line(Mutation, "refuseWorkOrder", TECHNICIAN),
    line(Mutation, "releaseWorkOrder", TECHNICIAN),
    line(Mutation, "useMaterials", TECHNICIAN),
    line(Mutation, "returnMaterials", TECHNICIAN),
    line(Mutation, "createStockItem", DISPATCHERS),
    line(Mutation, "changeStockItem", DISPATCHERS),
    line(Mutation, "retireStockItem", DISPATCHERS),
    line(Mutation, "receiveStock", DISPATCHERS),
    line(Mutation, "countStock", DISPATCHERS),
    line(Mutation, "departForWorkOrder", TECHNICIAN),
    line(Mutation, "recordArrival", TECHNICIAN),
    line(Mutation, "holdWorkOrder", CREW),
    line(Mutation, "resumeWorkOrder", CREW),
    line(Mutation, "completeWorkOrder", TECHNICIAN),
    line(Mutation, "correctWorkOrder", CREW),
    line(Mutation, "cancelWorkOrder", OFFICE),
    line(Mutation, "signWorkOrder", SIGNERS),
    line(Mutation, "refuseSignature", SIGNERS),
    line(Mutation, "signOffWorkOrder", HEADS),
    line(Mutation, "acknowledgeCopy", OFFICE),
    line(Mutation, "declareWorkOrderFree", OFFICE),
    line(Mutation, "publishPriceList", PRICES),
    line(Mutation, "importPriceList", PRICES),
    line(Mutation, "changePricePolicy", PRICES),
    line(Mutation, "createQuote", QUOTERS),
    line(Mutation, "reviseQuote", QUOTERS),
    line(Mutation, "approveQuote", HEADS),
    line(Mutation, "refuseQuote", HEADS),
    line(Mutation, "acceptQuote", ANSWERERS),
    line(Mutation, "declineQuote", ANSWERERS),
    line(Mutation, "issueStatements", FEES),
    line(Mutation, "creditCharge", FEES),
    open_line(Mutation, "markStatementPaid", FEES, Scope::Payments),
    open_line(Mutation, "markStatementUnpaid", FEES, Scope::Payments),
    open_line(Mutation, "importPayments", FEES, Scope::Payments),
    line(Mutation, "openFollowUp", FOLLOW_UP),
    line(Mutation, "finishFollowUp", FOLLOW_UP),
    line(Mutation, "inspectFollowUp", FOLLOW_UP),
    line(Mutation, "signOpinion", FOLLOW_UP),
    line(Mutation, "markNoticesRead", SignedIn),
    line(Mutation, "createSite", ADMINISTRATOR),
    line(Mutation, "changeSite", ADMINISTRATOR),
    line(Mutation, "retireSite", ADMINISTRATOR),
    line(Mutation, "restoreSite", ADMINISTRATOR),
    line(Mutation, "createBuilding", ADMINISTRATOR),
    line(Mutation, "changeBuilding", ADMINISTRATOR),
    line(Mutation, "retireBuilding", ADMINISTRATOR),
    line(Mutation, "restoreBuilding", ADMINISTRATOR),
    line(Mutation, "createUnit", ADMINISTRATOR),
    line(Mutation, "changeUnit", ADMINISTRATOR),
    line(Mutation, "retireUnit", ADMINISTRATOR),
    line(Mutation, "restoreUnit", ADMINISTRATOR),
    line(Mutation, "createDepartment", ADMINISTRATOR),
    line(Mutation, "changeDepartment", ADMINISTRATOR),
    line(Mutation, "retireDepartment", ADMINISTRATOR),
    line(Mutation, "restoreDepartment", ADMINISTRATOR),
    line(Mutation, "createTeam", ADMINISTRATOR),
    line(Mutation, "changeTeam", ADMINISTRATOR),
    line(Mutation, "retireTeam", ADMINISTRATOR),
    line(Mutation, "restoreTeam", ADMINISTRATOR),
    line(Mutation, "createCategory", ADMINISTRATOR),
    line(Mutation, "changeCategory", ADMINISTRATOR),
    line(Mutation, "retireCategory", ADMINISTRATOR),
    line(Mutation, "restoreCategory", ADMINISTRATOR),
    line(Mutation, "createStaffAccount", ADMINISTRATOR),
    line(Mutation, "changeStaffAccount", ADMINISTRATOR),
    line(Mutation, "disableAccount", ADMINISTRATOR),
    line(Mutation, "enableAccount", ADMINISTRATOR),
    line(Mutation, "giveRole", ADMINISTRATOR),
    line(Mutation, "endRole", ADMINISTRATOR),
    line(Mutation, "changeMySettings", SignedIn),
    line(Mutation, "inviteResident", DESK),
    line(Mutation, "revokeInvitation", DESK),
    line(Mutation, "registerResident", Everybody),
    line(Mutation, "confirmResident", DESK),
    line(Mutation, "refuseResident", DESK),
    line(Mutation, "moveIn", DESK),
    line(Mutation, "moveOut", DESK),
    line(Mutation, "changeResidency", DESK),
    line(Mutation, "setCalendarWeek", ADMINISTRATOR),
    line(Mutation, "setCalendarDay", ADMINISTRATOR),
    line(Mutation, "removeCalendarDay", ADMINISTRATOR),
    line(Mutation, "addOfficialYear", ADMINISTRATOR),
    line(Mutation, "acknowledgeAlarm", EMPLOYEES),
    line(Mutation, "answerAlarm", EMPLOYEES),
    line(Mutation, "escalateComplaint", DEPARTMENT),
    line(Mutation, "chaseComplaint", DESK),
    line(Mutation, "submitActs", TECHNICIAN),
    line(Mutation, "createDayFeed", TECHNICIAN),
    line(Mutation, "revokeDayFeed", SignedIn),
    line(Mutation, "bookVisit", SignedIn),
    line(Mutation, "cancelVisit", SignedIn),
    line(Mutation, "recordNoShow", SignedIn),
    line(Mutation, "setBookingOffer", ROSTERS),
    line(Mutation, "recordJointLook", JOINT),
    line(Mutation, "changeAttentionPolicy", PRICES),
    line(Mutation, "setDutyShift", ROSTERS),
    line(Mutation, "endDutyShift", ROSTERS),
    line(Mutation, "draftServicePromises", PRICES),
    line(Mutation, "reviseServicePromises", PRICES),
    line(Mutation, "approveServicePromises", PRICES),
    line(Mutation, "publishServicePromises", PRICES),
    line(Mutation, "endServicePromises", PRICES),
    line(Mutation, "withdrawServicePromises", PRICES),
    line(Mutation, "importSetup", ADMINISTRATOR),
    line(Subscription, "complaintEvents", SignedIn),
    line(Subscription, "anonymousComplaintEvents", Everybody),
    line(Subscription, "departmentQueue", EMPLOYEES),
    line(Subscription, "teamBoardEvents", DISPATCHERS),
    line(Subscription, "myNotices", SignedIn),
    line(Subscription, "alarmEvents", EMPLOYEES),
];

/// The entry of a field.
#[must_use]
pub fn entry(operation: Operation, field: &str) -> Option<&'static Entry> {
    TABLE.iter().find(|entry| entry.operation == operation && entry.field == field)
}
