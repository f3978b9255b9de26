//! Signatures that prove (E4.2.1A, C6): what was signed, by whom, when and on whose device is one document in canonical
//! JSON (`document.rs`); its SHA-256 is its seal, and each document names the seal before it in its case. Signatures are kept
//! in the act that they belong to (`keeping.rs`); whoever holds a document can have it verified (`verifying.rs`), whoever holds
//! a printed form by the code on it (`page.rs`).

pub mod document;
pub mod graphql;
pub mod keeping;
pub mod page;
pub mod verifying;
