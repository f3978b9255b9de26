//! Papers to print: the work order 维修单 in both copies (E4.2.1A), the complaint register form 客户投诉登记表 (E7.1), the
//! call record 客户来电记录表 (E7.2).
//!
//! A form is filled in from what its viewer may see (`order.rs`, `register.rs`, `call.rs`, over `desk.rs`), laid out on
//! pages (`layout.rs`), and written as PDF/A with the part of the font that it uses (`face.rs`, `pdf.rs`). The same data
//! is the same file. Papers are read by links (`link.rs`) that hold for minutes, and are made when they are read
//! (`making.rs`), so nothing of them is kept.

mod call;
mod desk;
mod face;
mod form;
mod layout;
pub mod link;
pub mod making;
mod order;
mod pdf;
mod register;
pub mod words;
