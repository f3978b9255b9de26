//! Fees on the monthly statement 管理费收费单 (E4.2.1): what was accepted and signed for is charged to the unit, issued
//! month by month, corrected by credits only, and marked as paid.

pub mod export;
pub mod graphql;
pub mod mutation;
pub mod service;
pub mod workbook;
