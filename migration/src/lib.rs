//! The steps that build the database, the same for SQLite and PostgreSQL.

mod columns;
mod m0001_organizations;
mod m0002_accounts;
mod m0003_complaints;
mod m0004_work_orders;
mod m0005_follow_ups;
mod m0006_events;
mod m0007_audit;
mod m0008_sessions;
mod m0009_setup;
mod m0010_documents;
mod m0011_calendars;
mod m0012_clocks;
mod m0014_prices;
mod m0015_fees;
mod m0016_promises;
mod m0017_alarms;
mod m0018_due;
mod m0019_attention;
mod m0020_bookings;
mod m0021_evidence;
mod m0022_seals;
mod m0023_undertakings;
mod m0024_attachments;
mod m0025_figures;
mod m0026_day_feeds;
mod m0028_dispatch;
mod m0029_stock;
mod m0030_no_show;
mod m0032_follow_ups;
mod m0033_replies;
mod m0034_evidence;
mod m0037_repeats;
mod m0038_incidents;
mod m0039_search;
mod m0042_opinions;
mod m0043_hotline;
mod m0044_questions;
mod m0045_forms;
mod m0047_leases;
mod m0049_rights;
mod m0050_indexes;
mod m0051_actions;
mod m0052_signatures;
mod m0053_walk_order;
mod m0054_stock_changes;
mod m0055_set_up;
mod m0056_handhelds;
mod m0057_sent_photos;
mod m0058_leftover_parts;
mod m0059_withdrawn_quotes;
mod m0060_growth;

pub use sea_orm_migration::prelude::*;

/// Every step, in order.
pub struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_organizations::Migration),
            Box::new(m0002_accounts::Migration),
            Box::new(m0003_complaints::Migration),
            Box::new(m0004_work_orders::Migration),
            Box::new(m0005_follow_ups::Migration),
            Box::new(m0006_events::Migration),
            Box::new(m0007_audit::Migration),
            Box::new(m0008_sessions::Migration),
            Box::new(m0009_setup::Migration),
            Box::new(m0010_documents::Migration),
            Box::new(m0011_calendars::Migration),
            Box::new(m0012_clocks::Migration),
            Box::new(m0014_prices::Migration),
            Box::new(m0015_fees::Migration),
            Box::new(m0016_promises::Migration),
            Box::new(m0017_alarms::Migration),
            Box::new(m0018_due::Migration),
            Box::new(m0019_attention::Migration),
            Box::new(m0020_bookings::Migration),
            Box::new(m0021_evidence::Migration),
            Box::new(m0022_seals::Migration),
            Box::new(m0023_undertakings::Migration),
            Box::new(m0024_attachments::Migration),
            Box::new(m0025_figures::Migration),
            Box::new(m0026_day_feeds::Migration),
            Box::new(m0028_dispatch::Migration),
            Box::new(m0029_stock::Migration),
            Box::new(m0030_no_show::Migration),
            Box::new(m0032_follow_ups::Migration),
            Box::new(m0033_replies::Migration),
            Box::new(m0034_evidence::Migration),
            Box::new(m0037_repeats::Migration),
            Box::new(m0038_incidents::Migration),
            Box::new(m0039_search::Migration),
            Box::new(m0042_opinions::Migration),
            Box::new(m0043_hotline::Migration),
            Box::new(m0044_questions::Migration),
            Box::new(m0045_forms::Migration),
            Box::new(m0047_leases::Migration),
            Box::new(m0049_rights::Migration),
            Box::new(m0050_indexes::Migration),
            Box::new(m0051_actions::Migration),
            Box::new(m0052_signatures::Migration),
            Box::new(m0053_walk_order::Migration),
            Box::new(m0054_stock_changes::Migration),
            Box::new(m0055_set_up::Migration),
            Box::new(m0056_handhelds::Migration),
            Box::new(m0057_sent_photos::Migration),
            Box::new(m0058_leftover_parts::Migration),
            Box::new(m0059_withdrawn_quotes::Migration),
            Box::new(m0060_growth::Migration),
        ]
    }
}
