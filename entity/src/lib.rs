//! One file per table: columns, no behaviour. Edges are followed by the loaders of `api`, never by joins hidden here.
//!
//! Enums are defined once, in `domain`. Times are UTC with microseconds; ids are version 7 and sort by time.

pub mod account;
pub mod api_key;
pub mod audit_entry;
pub mod building;
pub mod calendar;
pub mod calendar_day;
pub mod call_record;
pub mod category;
pub mod clock;
pub mod complaint;
pub mod complaint_item;
pub mod complaint_term;
pub mod department;
pub mod event;
pub mod event_stream;
pub mod follow_up;
pub mod idempotent_act;
pub mod invitation;
pub mod notice;
pub mod number_counter;
pub mod official_year;
pub mod one_time_code;
pub mod organization;
pub mod phone_recovery;
pub mod recovery_code;
pub mod refresh_token;
pub mod registered_document;
pub mod residency;
pub mod resident_request;
pub mod role_grant;
pub mod second_factor;
pub mod session;
pub mod signature;
pub mod site;
pub mod team;
pub mod unit;
pub mod work_order;
pub mod work_order_copy;
