//! Asking the API as somebody, and reading the answer.

use std::sync::LazyLock;

use serde_json::{Value, json};

/// What is selected of each object of a payload.
const COMPLAINT: &str = "{ id number state version outcome severity kind reopenedCount allowedActions result writtenResult sharedWithHousehold
    handler { name department phone } items { id ordinal text } followUps { id state closing version ownerName }
    workOrders { id number state version } ratings { overall } }";
const WORK_ORDER: &str = "{ id number state version allowedActions reopenedCount technicianName handler { name }
    holdReason holdUntil signOffReason ratings { overall } copies { holder acknowledgedAt }
    signature { signerName contentSha256 content pngSha256 } pricing freeReason freeNote quotes { id state total { amount } } }";
const QUOTE: &str =
    "{ id number revision state supplementary total { amount currency } contentHash content offList aboveLimit
    answerMethod declineReason withdrawnBecause version allowedActions validUntil signature { contentSha256 }
    lines { name unit unitPrice { amount } quantity discount { amount } amount { amount } } }";
const UNDERTAKING: &str =
    "{ id kind state text ownerName approvalReasons kept dueAt version allowedActions outcome reason }";
const OPINION: &str =
    "{ id number channel state text contactName contactPhone handler { name phone } recordedByName dueAt kept
    answer answerForm settledAt archivedAt complaint { id number } version allowedActions
    history { kind actorName ownerName words dueAt } }";
const FOLLOW_UP: &str =
    "{ id state closing version record method satisfaction ownerName allowedActions opinion inspection assigneeName plannedFor
    unreached inspectionOutcome drawn questionnaireRevision answers { key question score yes text } matters { text replyBy } }";
const REPORT: &str = "{ written made changed unchanged refused lines { line action field code message } }";
const PRICE_LIST: &str =
    "{ id revision from to items { id code kind name unit unitPrice { amount currency } freeWhen note } }";
const VERSIONED: &str = "version retiredAt";
const ROLE: &str = "{ id role from to siteId departmentId teamId successorId version account { id name } }";
const ACCOUNT: &str =
    "{ id name phone workPhone language state hasPassword version roles { id role from to version } }";
const INVITATION: &str = "{ id name kind from to expiresAt usedAt revokedAt }";

/// What is selected of a calendar.
const CALENDAR: &str = "{ siteId version week { monday { from to } saturday { from to } } }";

/// What is selected of a version of promises.
pub const PROMISES: &str =
    "{ id revision state version from to lines { clock limitMinutes limitWorkingDays source words } }";

/// What is selected of a session.
pub const SESSION: &str = "{ id deviceName current running secondFactorPassed endReason }";

static SDL: LazyLock<String> = LazyLock::new(api::schema::sdl);

/// The text of a mutation that selects everything the tests look at.
///
/// # Panics
/// When the schema has no such mutation.
#[must_use]
#[expect(clippy::too_many_lines, reason = "a line for each payload")]
pub fn mutation(field: &str) -> String {
    let line = SDL
        .lines()
        .find(|line| line.trim_start().starts_with(&format!("{field}(input:")))
        .unwrap_or_else(|| panic!("the schema has no mutation {field}"));
    let input = line.split("input: ").nth(1).and_then(|rest| rest.split(')').next()).expect("an input type");
    let payload = line.rsplit(": ").next().expect("a payload type").trim_end_matches('!');
    let errors = "errors { code field message needed }";
    let selection = match payload {
        "IntakePayload" => format!(
            "complaint {COMPLAINT} number receiver {{ name department phone }} safetyAdvice {{ fireService hotline text }} receiptCode
            repeatOf {{ reportedAt advice complaint {{ id number }} }} {errors}"
        ),
        "ComplaintPayload" | "RepeatPayload" | "PassedOnPayload" => format!("complaint {COMPLAINT} {errors}"),
        "TwoComplaintsPayload" => format!("complaint {COMPLAINT} otherComplaint {COMPLAINT} {errors}"),
        "WorkOrderPayload" | "MaterialsPayload" => format!("workOrder {WORK_ORDER} complaint {COMPLAINT} {errors}"),
        "StockItemPayload" => format!("stockItem {{ id code name unit count minimum low version retiredAt }} {errors}"),
        "QuotePayload" => format!("quote {QUOTE} workOrder {WORK_ORDER} complaint {COMPLAINT} {errors}"),
        "PriceListPayload" => format!("priceList {PRICE_LIST} {errors}"),
        "PricePolicyPayload" => format!("pricePolicy {{ approvalLimit {{ amount }} validDays version }} {errors}"),
        "ImportPriceListPayload" => format!("report {REPORT} priceList {PRICE_LIST} {errors}"),
        "StatementPayload" => {
            format!("statement {{ id number state paidOn reference total {{ amount }} version }} {errors}")
        }
        "CreditChargePayload" => format!("credit {{ id kind amount {{ amount }} reason credits {{ id }} }} {errors}"),
        "IssueStatementsPayload" => format!("statements total {{ amount }} {errors}"),
        "FollowUpPayload" => format!("followUp {FOLLOW_UP} complaint {COMPLAINT} {errors}"),
        "FollowUpsPayload" => format!("followUps {FOLLOW_UP} {errors}"),
        "RaiseMatterPayload" => {
            format!("followUp {FOLLOW_UP} complaint {COMPLAINT} raisedComplaint {COMPLAINT} raisedOpinion {OPINION} {errors}")
        }
        "InspectionDrawPayload" => format!("draw {{ id seed percent candidates drawn drawnBy }} {errors}"),
        "FollowUpQuestionnairePayload" => {
            format!("questionnaire {{ revision questions {{ key text kind required }} }} {errors}")
        }
        "ReplyPayload" => format!("reply {{ id form kind text deliveredAt readAt version }} {errors}"),
        "ReplyTemplatePayload" => format!("template {{ id purpose revision state version }} {errors}"),
        "ReplyPolicyPayload" => format!("replyPolicy {{ version channels {{ channel forms }} }} {errors}"),
        "SignInPayload" => format!(
            "accessToken expiresAt refreshToken refreshExpiresAt viewer {{ name mustSetUpSecondFactor }} {errors}"
        ),
        "RequestCodePayload" => format!("requestId expiresAt {errors}"),
        "SessionsPayload" => format!("sessions {SESSION} {errors}"),
        "PasswordPayload" => format!("changed {errors}"),
        "BeginSecondFactorPayload" => format!("secret uri {errors}"),
        "ConfirmSecondFactorPayload" => format!("recoveryCodes {errors}"),
        "RemoveSecondFactorPayload" => format!("removed {errors}"),
        "PhonePayload" => format!("done {errors}"),
        "PhoneRecoveryPayload" => format!("phoneRecovery {{ id state reason accountId }} {errors}"),
        "ApiKeyPayload" => {
            format!("secret apiKey {{ id name prefix scopes siteIds holds expiresAt lastUsedAt }} {errors}")
        }
        "MarkNoticesReadPayload" => format!("marked {errors}"),
        "SitePayload" => format!("site {{ id code name kind timeZone hotline {VERSIONED} }} {errors}"),
        "BuildingPayload" => format!("building {{ id name walkOrder {VERSIONED} }} {errors}"),
        "UnitPayload" => format!("unit {{ id name building {VERSIONED} }} {errors}"),
        "DepartmentPayload" => format!("department {{ id kind name phone {VERSIONED} }} {errors}"),
        "TeamPayload" => format!("team {{ id name {VERSIONED} }} {errors}"),
        "CategoryPayload" => {
            format!("category {{ id code nameZh nameEn parentId department emergency {VERSIONED} }} {errors}")
        }
        "CalendarPayload" => format!("calendar {CALENDAR} {errors}"),
        "OfficialYearPayload" => format!("officialYear {{ id year source days {{ date kind name }} }} {errors}"),
        "ServicePromisesPayload" => format!("servicePromises {PROMISES} {errors}"),
        "AlarmPayload" => format!("alarm {{ id state rung person answer }} {errors}"),
        "AttentionPayload" => format!("complaint {{ id chases version }} {errors}"),
        "SubmitActsPayload" => format!(
            "acts {{ id outcome workOrder {WORK_ORDER} complaint {{ id version bookings {{ state }} }} {errors} }} {errors}"
        ),
        "BookingPayload" => {
            format!(
                "complaint {{ id version chases bookings {{ id state from to absent note attachments {{ id }} team {{ id name }} }} }} {errors}"
            )
        }
        "BookingOfferPayload" => format!("bookingOffer {{ capacity windowMinutes categoryIds version }} {errors}"),
        "JointLookPayload" => format!(
            "complaint {{ id version jointLooks {{ id attendees guests siteFindings decisions {{ text responsible until }} recordedBy }} }} {errors}"
        ),
        "AttentionPolicyPayload" => format!("attentionPolicy {{ urgentSeconds ordinaryMinutes version }} {errors}"),
        "DutyShiftPayload" => format!("dutyShift {{ id person from to }} {errors}"),
        "CreateUploadPayload" => format!("attachment {{ id state received }} uploadPath {errors}"),
        "CreateAnonymousUploadPayload" => format!("uploadPath {errors}"),
        "AttachmentPayload" => format!("attachment {{ id state version }} {errors}"),
        "CreateDayFeedPayload" => format!("path {errors}"),
        "RevokeDayFeedPayload" => format!("revoked {errors}"),
        "UndertakingPayload" => format!("undertaking {UNDERTAKING} complaint {COMPLAINT} {errors}"),
        "AnswerQuestionPayload" => {
            format!("anonymousComplaint {{ number state questions {{ id text answer }} }} {errors}")
        }
        "SetComplaintFormPayload" => format!("version {errors}"),
        "HotlineCallPayload" => format!(
            "call {{ id phone callerName startedAt endedAt summary handling note receivedByName opinion {{ id number text contactPhone }} complaint {{ id }} }} {errors}"
        ),
        "LookUpCallerPayload" => format!(
            "people {{ name homes {{ unit {{ name }} kind }} }} complaints {{ id number }} opinions {{ number }} {errors}"
        ),
        "OpinionPayload" => format!("opinion {OPINION} complaint {COMPLAINT} {errors}"),
        "OutsidePartyPayload" => format!("outsideParty {{ id name phone retiredAt version }} {errors}"),
        "IncidentPayload" => format!(
            "incident {{ id state title announced followers following version allowedActions complaints {{ id number }} actions {{ id }} }} {errors}"
        ),
        "OpenLetterPayload" => format!(
            "openLetter {{ id state title readCount version allowedActions draftedBy approvedBy publishedAt }} {errors}"
        ),
        "InvestigationPayload" => format!(
            "complaint {{ id version siteVisits {{ place findings {{ matter text }} }}
            investigation {{ cause causeGroup solution shares {{ liable name percent }} }} }} {errors}"
        ),
        "AccountPayload" => format!("account {ACCOUNT} {errors}"),
        "RoleGrantPayload" => format!("role {ROLE} {errors}"),
        "InviteResidentPayload" => format!("invitation {INVITATION} code {errors}"),
        "InvitationPayload" => format!("invitation {INVITATION} {errors}"),
        "RegisterResidentPayload" => format!("waiting {errors}"),
        "ResidentRequestPayload" => format!("request {{ id state reason accountId name phone version }} {errors}"),
        "ResidencyPayload" => format!("residency {{ id kind from to accountId name phone version }} {errors}"),
        "ImportSetupPayload" | "ImportPaymentsPayload" => format!("report {REPORT} {errors}"),
        other => panic!("select something of {other} in tests/src/ask.rs"),
    };
    format!("mutation($input: {input}) {{ {field}(input: $input) {{ {selection} }} }}")
}

/// The variables of a mutation.
#[must_use]
pub fn variables(input: &Value) -> Value {
    json!({ "input": input })
}

/// The code of the only refusal of a payload.
///
/// # Panics
/// When there is none, or more than one.
#[must_use]
pub fn refusal(payload: &Value) -> &str {
    let errors = payload["errors"].as_array().expect("a payload with errors");
    assert_eq!(errors.len(), 1, "one refusal expected: {payload}");
    errors[0]["code"].as_str().expect("a code")
}

/// The code of the only refusal of a payload, and the outermost field it is about.
///
/// # Panics
/// When there is none, or more than one.
#[must_use]
pub fn told(payload: &Value) -> (&str, &str) {
    (refusal(payload), payload["errors"][0]["field"][0].as_str().unwrap_or_default())
}

/// What the only refusal of a payload says is needed.
#[must_use]
pub fn needed(payload: &Value) -> Vec<&str> {
    let needed = payload["errors"][0]["needed"].as_array();
    needed.into_iter().flatten().filter_map(Value::as_str).collect()
}

/// An act's payload, which must have been done.
///
/// # Panics
/// When it was refused.
#[must_use]
pub fn done(payload: Value) -> Value {
    assert_eq!(payload["errors"], json!([]), "refused: {payload}");
    payload
}
