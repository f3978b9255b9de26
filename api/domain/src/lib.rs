//! The rules of complaint handling, pure and total.
//!
//! Facts and a command go in, a change or a refusal comes out; nothing here waits, reads a clock or knows a database.
//! Codes such as C5 or E4.2.1A name the rule of the regulations that a piece carries out.
//!
//! Read in this order: [`organization`] (who there is), [`access`] (what a role may ask for), [`ownership`] (who is
//! named responsible), [`post`] (where a role is held, and who may own what), [`complaint`], [`work_order`], [`follow_up`] (what may follow what), [`money`], [`price`], [`quote`] and [`fee`] (what paid work costs), [`event`] (what is told).

mod closed_set;

pub mod access;
pub mod alarm;
pub mod attachment;
pub mod audit;
pub mod booking;
pub mod category;
pub mod clock;
pub mod complaint;
pub mod dispatch;
pub mod event;
pub mod fee;
pub mod figure;
pub mod follow_up;
pub mod form;
pub mod handheld;
pub mod hotline;
pub mod import;
pub mod incident;
pub mod investigation;
pub mod money;
pub mod opinion;
pub mod organization;
pub mod ownership;
pub mod post;
pub mod price;
pub mod quote;
pub mod rating;
pub mod refusal;
pub mod repetition;
pub mod reply;
pub mod search;
pub mod session;
pub mod signature;
pub mod similarity;
pub mod standing;
pub mod stock;
pub mod text;
pub mod undertaking;
pub mod work_order;
pub mod working_time;
