//! Monthly figures (E4.5.3, D5, D6): how many cases of a month count as what, by site, department, category and kind.
//!
//! No act writes them. A relay reads the log after its cursor (`relay.rs`), looks at what stands now of the cases that
//! something happened to (`facts.rs`), keeps what each counts as, and adds the differences to the sums of its month
//! (`tally.rs`), all in the transaction that moves the cursor: so the sums are always those of the cases, and each answer
//! says as of when. `recount.rs` counts everything again, from the rows (`facts.rs`) and from the log alone (`replay.rs`),
//! and says where the three differ (`difference.rs`). Readers (`query.rs`) read sums alone, a
//! row for each department, category and kind of a month; the cases behind a figure are read through the scope
//! (`cases.rs`).
//!
//! There are no public figures: those who read them are employees and machine accounts, so no cell is too small to be
//! shown.

pub mod cases;
pub mod difference;
mod facts;
pub mod graphql;
mod query;
pub mod recount;
pub mod relay;
mod replay;
mod report;
mod tally;

pub use tally::Cell;
