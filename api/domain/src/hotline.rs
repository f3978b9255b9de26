//! The hotline (B2): what becomes of a call, and the form of the record that is kept of it (E7.2).

use crate::closed_set::closed_set;

closed_set! {
    /// What became of a call that led to no new case.
    pub enum Handling as "CallHandling" {
        /// The question was answered on the telephone.
        Answered,
        /// It was an opinion, which is in the register (B1).
        Opinion,
        /// It was about a case that is known already.
        KnownCase,
        /// The caller was put through to somebody else.
        PutThrough,
        /// The caller is called back.
        CallBack,
        /// A wrong number, or nobody spoke.
        Nothing,
    }
}
