//! Keeps the parts of the schema's roots apart for the compiler.
//!
//! A root is made of some forty parts, and what answers one of its fields would hold room for what answers any of all of
//! them: too large to be moved about for each field, and minutes of work for an optimising compiler. Behind a pointer, each
//! part has a size of its own.

use std::borrow::Cow;
use std::pin::Pin;

use async_graphql::parser::types::Field;
use async_graphql::registry::Registry;
use async_graphql::{ContainerType, Context, ContextSelectionSet, OutputType, Positioned, ServerResult, Value};

type Answer<'a, T> = Pin<Box<dyn Future<Output = ServerResult<T>> + Send + 'a>>;

/// A part of a root, as it is by itself.
#[derive(Default)]
pub struct Apart<T>(T);

impl<T: ContainerType> ContainerType for Apart<T> {
    async fn resolve_field(&self, ctx: &Context<'_>) -> ServerResult<Option<Value>> {
        let answer: Answer<'_, Option<Value>> = Box::pin(self.0.resolve_field(ctx));
        answer.await
    }
}

impl<T: OutputType> OutputType for Apart<T> {
    fn type_name() -> Cow<'static, str> {
        T::type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        T::create_type_info(registry)
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, field: &Positioned<Field>) -> ServerResult<Value> {
        let answer: Answer<'_, Value> = Box::pin(self.0.resolve(ctx, field));
        answer.await
    }
}
