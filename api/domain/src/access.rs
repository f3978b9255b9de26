//! What a role may ask for.
