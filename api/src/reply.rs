//! Answers to customers (C2, C5, C8, C9): in a form that fits the channel, of templates with courtesy, delivered and read.

pub mod composing;
pub mod graphql;
pub mod input;
pub mod mutation;
pub mod policy;
pub mod service;
pub mod template;
