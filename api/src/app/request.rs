//! What a resolver takes from its request, so that it stays three lines long.

use std::net::IpAddr;

use async_graphql::dataloader::Loader;
use async_graphql::{Context, ID};
use domain::organization::Language;
use domain::refusal::Code;
use uuid::Uuid;

use super::App;
use super::act::{ActResult, Caller, Once};
use super::error::{Error, Refused, Result, UserError};
use super::loader::{Loaders, Rows};
use super::notes::Notes;
use super::witness::Witness;
use crate::access::viewer::Viewer;

/// The address a request came from; in memory only.
#[derive(Debug, Clone, Copy)]
pub struct ClientAddress(pub IpAddr);

/// The longest idempotency key.
const MAX_KEY: usize = 128;

/// The parts of a request that the edge has put there.
pub trait Asked {
    /// All that a service is given.
    ///
    /// # Errors
    /// When the edge forgot it.
    fn app(&self) -> Result<&App>;
    /// Who asks, if anybody.
    fn viewer(&self) -> Option<&Viewer>;
    /// Who asks.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] for a stranger.
    fn signed_in(&self) -> Result<&Viewer>;
    /// The language of the answer: as the request accepts, else as the viewer has set, else Chinese.
    fn language(&self) -> Language;
    /// Where the request came from, if from outside.
    fn address(&self) -> Option<IpAddr>;
    /// Loads one row.
    #[expect(async_fn_in_trait, reason = "used inside this crate, where futures are Send")]
    async fn load<K>(&self, key: K) -> Result<Option<<Rows as Loader<K>>::Value>>
    where
        K: Send + Sync + std::hash::Hash + Eq + Clone + 'static,
        Rows: Loader<K, Error = Error>;
}

impl Asked for Context<'_> {
    fn app(&self) -> Result<&App> {
        self.data::<App>().map_err(|error| error.message.into())
    }

    fn viewer(&self) -> Option<&Viewer> {
        if let Some(witness) = self.data_opt::<Witness>() {
            witness.asked_who();
        }
        self.data_opt::<Viewer>()
    }

    fn signed_in(&self) -> Result<&Viewer> {
        self.viewer().ok_or(Error::Unauthenticated)
    }

    fn language(&self) -> Language {
        let said = self.data_opt::<Language>().copied();
        said.or_else(|| self.viewer().map(|viewer| viewer.language)).unwrap_or(Language::ZhCn)
    }

    fn address(&self) -> Option<IpAddr> {
        self.data_opt::<ClientAddress>().map(|address| address.0)
    }

    async fn load<K>(&self, key: K) -> Result<Option<<Rows as Loader<K>>::Value>>
    where
        K: Send + Sync + std::hash::Hash + Eq + Clone + 'static,
        Rows: Loader<K, Error = Error>,
    {
        let loaders = self.data::<Loaders>().map_err(|error| Error::from(error.message))?;
        loaders.load_one(key).await
    }
}

/// Who calls, and how they would recognise the same call again: the operation, its whole input, and their key.
///
/// # Errors
/// `INVALID` for a key that is empty or longer than 128 characters.
pub fn caller<'a>(ctx: &'a Context<'_>, idempotency_key: Option<&str>) -> Result<Caller<'a>> {
    let once = idempotency_key.map(|key| once(ctx, key)).transpose()?;
    Ok(Caller { app: ctx.app()?, viewer: ctx.viewer(), once, said: None })
}

fn once(ctx: &Context<'_>, key: &str) -> Result<Once> {
    check_key(key)?;
    let arguments = ctx.field().arguments().map_err(|error| Error::from(error.message))?;
    let mut input: Vec<String> = arguments.iter().map(|(name, value)| format!("{name}:{value}")).collect();
    input.sort();
    let input = format!("{} {}", ctx.field().name(), input.join(","));
    Ok(Once { key: key.to_owned(), input_hash: ctx.app()?.vault.digest("input", &[input.as_bytes()]) })
}

/// A key of a call that is no act under it, checked.
///
/// # Errors
/// `INVALID` for a key that is empty or longer than 128 characters.
pub fn key_of(key: Option<&str>) -> Result<Option<&str>> {
    key.map(|key| check_key(key).map(|()| key)).transpose()
}

fn check_key(key: &str) -> Result<()> {
    if key.trim().is_empty() || key.chars().count() > MAX_KEY {
        return Err(Error::refused_needing(Code::Invalid, "idempotencyKey", vec![format!("1..{MAX_KEY} characters")]));
    }
    Ok(())
}

/// As [`settle`], for an act that tells something once: told again to the same call, from what was sealed for it.
///
/// # Errors
/// What is not the person's to mend.
pub fn settle_subject(
    ctx: &Context<'_>,
    caller: Result<Caller<'_>>,
    outcome: Result<ActResult>,
) -> Result<(Option<Uuid>, Option<String>, Vec<UserError>)> {
    let secret = match (&outcome, caller) {
        (Ok(done), _) => done.secret.clone(),
        (Err(Error::Replayed(before)), Ok(caller)) => caller.open(before),
        (Err(_), _) => None,
    };
    let (done, errors) = settle(ctx, outcome)?;
    Ok((done.subject, secret, errors))
}

/// As [`settle_subject`], for an act that changes nothing with an id.
///
/// # Errors
/// What is not the person's to mend.
pub fn settle_secret(
    ctx: &Context<'_>,
    caller: Result<Caller<'_>>,
    outcome: Result<ActResult>,
) -> Result<(Option<String>, Vec<UserError>)> {
    let (_, secret, errors) = settle_subject(ctx, caller, outcome)?;
    Ok((secret, errors))
}

/// What a payload is made of: the ids of what changed, or the refusals.
///
/// # Errors
/// What is not the person's to mend.
pub fn settle(ctx: &Context<'_>, outcome: Result<ActResult>) -> Result<(ActResult, Vec<UserError>)> {
    match outcome {
        Ok(result) => Ok((result, Vec::new())),
        Err(Error::Replayed(result)) => Ok((*result, Vec::new())),
        Err(Error::Refused(refused)) => {
            let told = vec![told(ctx, &refused)];
            let Refused { current, .. } = *refused;
            Ok((current.unwrap_or_default(), told))
        }
        Err(error) => Err(error),
    }
}

/// Tells a refusal in the language of the request, and notes it for the log.
#[must_use]
pub fn told(ctx: &Context<'_>, refused: &Refused) -> UserError {
    if let Some(notes) = ctx.data_opt::<Notes>() {
        notes.refused(refused.code);
    }
    UserError::tell(refused, ctx.language())
}

/// What a service that is no act under a key returned, or the refusals.
///
/// # Errors
/// What is not the person's to mend.
pub fn outcome<T>(ctx: &Context<'_>, outcome: Result<T>) -> Result<(Option<T>, Vec<UserError>)> {
    match outcome {
        Ok(done) => Ok((Some(done), Vec::new())),
        Err(Error::Refused(refused)) => Ok((None, vec![told(ctx, &refused)])),
        Err(error) => Err(error),
    }
}

/// Reads an id of one type, given in an input field that may be missing.
///
/// # Errors
/// `NOT_FOUND`.
pub fn optional_id(type_name: &str, id: Option<&ID>, field: &str) -> Result<Option<Uuid>> {
    id.map(|id| super::public_id::read(type_name, id, field)).transpose()
}

/// Declares a mutation's payload: the objects it changed, and the refusals.
///
/// An object is null when the act was refused, or when it has left the caller's view by the act.
macro_rules! payload {
    ($(#[$meta:meta])* $name:ident { $($(#[$field_meta:meta])* $field:ident: $object:ident by $key:ident($id:ident)),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(async_graphql::SimpleObject)]
        pub struct $name {
            $($(#[$field_meta])* pub $field: Option<$object>,)+
            /// Why it was refused; empty when it was done.
            pub errors: Vec<$crate::app::error::UserError>,
        }

        impl $name {
            /// Makes the payload of what a service returned.
            async fn of(
                ctx: &async_graphql::Context<'_>,
                outcome: $crate::app::error::Result<$crate::app::act::ActResult>,
            ) -> async_graphql::Result<Self> {
                use $crate::app::request::Asked as _;
                let (result, errors) = $crate::app::request::settle(ctx, outcome)?;
                Ok(Self {
                    $($field: match result.$id {
                        Some(id) => ctx.load($key(id)).await?.map($object),
                        None => None,
                    },)+
                    errors,
                })
            }
        }
    };
}

pub(crate) use payload;

/// Declares a mutation's input: which thing, which version of it was seen, the act's own fields, and the key that makes
/// a repeated call the same call.
macro_rules! act_input {
    ($(#[$meta:meta])* $name:ident on $id:ident ($type_name:literal, $field_name:literal) { $($(#[$field_meta:meta])* $field:ident: $type:ty),* $(,)? }) => {
        $(#[$meta])*
        #[derive(async_graphql::InputObject)]
        pub struct $name {
            /// Which one.
            pub $id: async_graphql::ID,
            /// Its `version` as you saw it. When somebody has changed it since, the act is refused with `STALE` and the
            /// payload holds its current state.
            pub expected_version: i32,
            $($(#[$field_meta])* pub $field: $type,)*
            /// Send the same key when you repeat the call: it is done once, and the first result is told again.
            /// At most 128 characters; another input under the same key is refused with `KEY_REUSED`.
            pub idempotency_key: Option<String>,
        }

        impl $name {
            /// Reads the id.
            ///
            /// # Errors
            /// `NOT_FOUND`.
            pub fn target(&self) -> $crate::app::error::Result<$crate::complaint::case::Target> {
                let id = $crate::app::public_id::read($type_name, &self.$id, $field_name)?;
                Ok($crate::complaint::case::Target { id, version: self.expected_version })
            }
        }
    };
}

pub(crate) use act_input;

/// Reads a list of ids of one type.
///
/// # Errors
/// `NOT_FOUND`.
pub fn ids(type_name: &str, ids: &[ID], field: &str) -> Result<Vec<Uuid>> {
    ids.iter().map(|id| super::public_id::read(type_name, id, field)).collect()
}

/// Runs an act whose input may be refused before it begins. On the heap: the engine nests the futures of all resolvers of
/// a root into one another, and a thread's stack is small.
macro_rules! attempt {
    ($act:expr) => {
        Box::pin(async { $act }).await
    };
}

pub(crate) use attempt;
