//! The words of printed forms. Sentences are in `api/assets/locales`, in `paper.ftl`.

/// Declares the labels, each with a key of the translations made of its name.
macro_rules! labels {
    ($($label:ident),+ $(,)?) => {
        /// A label of a form.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Label { $(#[doc = concat!("`", stringify!($label), "`")] $label),+ }

        impl Label {
            /// Every label.
            pub const ALL: &'static [Self] = &[$(Self::$label),+];

            /// Its name, which makes its key.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$label => stringify!($label)),+ }
            }
        }
    };
}

labels! {
    WorkOrder, Register, CallRecord, Copy, PageOf, Yes, No, Anonymous, MissingLetters,
    CaseNumber, Kind, Channel, ReceivedAt, IssuedAt, Place, PublicArea, Contact, Phone, Reported, Task, BookedFor,
    Department, Team, Technician, State, DepartedAt, ArrivedAt, CompletedAt, SignedAt, Cause, WorkDone, Materials, Pricing,
    FreeReason, Charges, Item, Quantity, Measure, UnitPrice, Discount, Amount, Total, Photos, FileName, Hash, Rating,
    Quality, Attitude, Timeliness, Overall, Points, CustomerSigns, TechnicianSigns, HeadSigns, CopyConfirmed, Proof, ProofHow, Seal,
    NameAndDate, Category, Severity, Unit, Matters, Matter, RemedySought, WishedAt, ReceivedBy, Handler, Outcome, Result,
    ResolvedAt, ArchivedAt, Investigation, Explanation, Solution, Course, When, What, Who, FollowUps, Method, Answer, Record,
    Inspection, Opinion, SupervisorSigns, DirectorSigns, OfficeHeadSigns, Apology,
    Direction, Incoming, Outgoing, OtherSide, StartedAt, EndedAt, Lasted, Minutes, TakenBy, Caller, Summary, Handling, Asked, ForFollowUp, TakerSigns,
}
