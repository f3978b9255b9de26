//! The acts on a quote. Each locks the case first, then the order, then the quote.

mod answering;
mod binding;
mod deciding;
mod held;
mod making;

pub use answering::*;
pub use binding::*;
pub use deciding::*;
pub use held::*;
pub use making::*;
