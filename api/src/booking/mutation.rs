//! The mutations on visits and what teams offer.

use async_graphql::{Context, ID, Object, Result};
use chrono::{DateTime, Utc};
use domain::access::Operation;
use domain::booking::Absent;

use super::graphql::BookingOffer;
use super::{offer, service};
use crate::access::guard::Listed;
use crate::app::loader::{ComplaintById, OfferOf};
use crate::app::request::{act_input, attempt, caller, ids, payload};
use crate::calendar::input::CalendarWeek;
use crate::complaint::graphql::Complaint;

act_input! {
    /// The visit that is wanted.
    BookVisitInput on complaint_id("Complaint", "complaintId") {
        /// When the window begins, as `bookingWindows` gave it.
        from: DateTime<Utc>,
        /// When it ends, as `bookingWindows` gave it.
        to: DateTime<Utc>,
    }
}

act_input! {
    /// Why a visit is not wanted any more.
    CancelVisitInput on complaint_id("Complaint", "complaintId") {
        /// The reason, 1 to 500 characters.
        reason: String,
    }
}

act_input! {
    /// Who was not there.
    RecordNoShowInput on complaint_id("Complaint", "complaintId") {
        /// Who.
        absent: Absent,
        /// What shows it, as whom you asked or called: 1 to 500 characters.
        evidence: String,
        /// Photos and papers of the case that show it, as of the closed door: at most 10, which must be ready.
        #[graphql(default)]
        attachment_ids: Vec<ID>,
    }
}

act_input! {
    /// What a team offers to be booked.
    SetBookingOfferInput on team_id("Team", "teamId") {
        /// In which spans of each weekday.
        week: CalendarWeek,
        /// How long a window is: 30 to 480 minutes, in half hours.
        window_minutes: i32,
        /// How many visits the team makes in one half hour, 0 to 100; with 0 it offers none.
        capacity: i32,
        /// How many minutes before a window customers must book it, 0 to 10,080; customer service may book later.
        lead_minutes: i32,
        /// How many days ahead windows are offered, 0 to 90.
        days_ahead: i32,
        /// Whether the team also works on holidays.
        on_holidays: bool,
        /// The categories that the team can do, each with all below it, at most 100; every one where the list is empty.
        category_ids: Vec<ID>,
    }
}

payload! {
    /// The result of an act on a visit.
    BookingPayload {
        /// The case as it is now, with its visits; null when it was not found.
        complaint: Complaint by ComplaintById(complaint),
    }
}

payload! {
    /// The result of setting what a team offers.
    BookingOfferPayload {
        /// What it offers now; null when the act was refused.
        booking_offer: BookingOffer by OfferOf(subject),
    }
}

/// The acts on visits.
#[derive(Default)]
pub struct BookingMutation;

#[Object(guard = "Listed(Operation::Mutation)")]
impl BookingMutation {
    /// Agrees a visit in a window of `bookingWindows` 预约上门 (E4.2.1); where one is agreed already, this one instead 改约.
    /// By the customer and their household, up to two hours before the window that was agreed; by customer service at any
    /// time. The clocks of arrival and resolution then end with the window. `INVALID` for a window that nobody offers and
    /// `TAKEN` for one that is full: `needed` names the next that are free. Emergencies are not booked (B6); a case that turns
    /// out to be one loses its visit, the customer is told, and the clock of arrival ends as for any emergency.
    async fn book_visit(&self, ctx: &Context<'_>, input: BookVisitInput) -> Result<BookingPayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            service::book(&caller, input.target()?, service::window(input.from, input.to)?).await
        });
        BookingPayload::of(ctx, outcome).await
    }

    /// Gives up a visit that was agreed, by the same people and until the same time. What was promised before the visit was
    /// agreed holds again, without the time for which it was agreed.
    async fn cancel_visit(&self, ctx: &Context<'_>, input: CancelVisitInput) -> Result<BookingPayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            service::cancel(&caller, input.target()?, &input.reason).await
        });
        BookingPayload::of(ctx, outcome).await
    }

    /// Says who was not there 爽约: the customer or customer service that nobody came, once the window is over; the technician
    /// that the customer was not there, once their arrival is recorded.
    async fn record_no_show(&self, ctx: &Context<'_>, input: RecordNoShowInput) -> Result<BookingPayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            let shown_by = ids("Attachment", &input.attachment_ids, "attachmentIds")?;
            service::record_no_show(&caller, input.target()?, input.absent, &input.evidence, &shown_by).await
        });
        BookingPayload::of(ctx, outcome).await
    }

    /// Sets what a team offers to be booked; visits that are agreed stay agreed. By whoever keeps its department's roster. The
    /// version of a team that offers nothing yet is 0.
    async fn set_booking_offer(&self, ctx: &Context<'_>, input: SetBookingOfferInput) -> Result<BookingOfferPayload> {
        let outcome = attempt!({
            let caller = caller(ctx, input.idempotency_key.as_deref())?;
            let draft = offer::Draft {
                week: input.week.checked()?,
                window_minutes: input.window_minutes,
                capacity: input.capacity,
                lead_minutes: input.lead_minutes,
                days_ahead: input.days_ahead,
                on_holidays: input.on_holidays,
                categories: ids("Category", &input.category_ids, "categoryIds")?,
            };
            offer::set(&caller, input.target()?, draft).await
        });
        BookingOfferPayload::of(ctx, outcome).await
    }
}
