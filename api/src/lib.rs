//! Huiyin 回音: complaints and work orders of property management, as a GraphQL API.
//!
//! One act walks from `edge` (protocol) through `access` (who asks) and a feature's `graphql` (the face) to its
//! `service` (one act, one transaction), which asks the pure rules of the crate `domain`.
//! `ARCHITECTURE.md` shows the way with two walkthroughs.

pub mod access;
pub mod alarm;
pub mod app;
pub mod attachment;
pub mod audit;
pub mod booking;
pub mod calendar;
pub mod cli;
pub mod clock;
pub mod complaint;
pub mod day_feed;
pub mod demo;
pub mod edge;
pub mod event;
pub mod fee;
pub mod figure;
pub mod follow_up;
pub mod form;
pub mod handheld;
pub mod hotline;
pub mod incident;
pub mod investigation;
pub mod opinion;
pub mod organization;
pub mod paper;
pub mod price;
pub mod promise;
pub mod quote;
pub mod repeat;
pub mod reply;
pub mod schema;
pub mod search;
pub mod settings;
pub mod signature;
pub mod stock;
pub mod undertaking;
pub mod work_order;

pub use app::App;
