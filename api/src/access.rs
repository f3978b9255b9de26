//! Who asks, what a role may do, and what a viewer may see.
//!
//! | piece | what it is |
//! |---|---|
//! | `service` | signing in, and who holds a token |
//! | `token`, `session`, `refresh` | access tokens for minutes, the sessions behind them, and what keeps those going |
//! | `password`, `new_password` | hashing; changing and recovering |
//! | `code` | one-time codes by text message |
//! | `second_factor` | authenticator apps and recovery codes |
//! | `phone` | changing the number that somebody signs in with |
//! | `api_key` | machine accounts |
//! | `guesses` | slows whoever guesses |
//! | `viewer`, `scope`, `guard` | who asks, what they may see, what they may call |
//! | `ways` | what they may see in parts that an index serves each, for lists |
//! | `sight` | the same scope, judged in memory for what goes to many |

pub mod api_key;
pub mod code;
pub mod graphql;
pub mod guard;
pub mod guesses;
pub mod known;
pub mod new_password;
pub mod password;
pub mod phone;
pub mod refresh;
pub mod scope;
pub mod second_factor;
pub mod service;
pub mod session;
pub mod sight;
pub mod token;
pub mod viewer;
pub mod ways;
