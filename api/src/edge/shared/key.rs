//! What subscriptions must have in common to be executed once.

use std::collections::BTreeSet;
use std::convert::Infallible;

use async_graphql::parser::types::{
    Directive, ExecutableDocument, Field, OperationDefinition, Selection, SelectionSet,
};
use async_graphql::{Name, Positioned, Value};

use crate::edge::document::store::Hash;
use crate::edge::operation::{Planned, Prepared};
use crate::event::live::{Wanted, Watch};

/// What subscriptions must have in common: what they follow, the operation, and the variables that its items depend on.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Key {
    watch: Watch,
    document: Hash,
    operation: Option<String>,
    variables: String,
}

/// The one field of a subscription, with the variables that stand in it other than as its arguments: those say what is
/// followed and from where on.
pub struct Root {
    used: BTreeSet<Name>,
}

impl Key {
    /// The key of a subscription.
    pub fn new(wanted: &Wanted, planned: &Planned, root: &Root) -> Self {
        let used = root.used.iter().map(|name| (name, planned.variables.get(name)));
        let variables = used.map(|(name, value)| line(name, value)).collect::<Vec<_>>().join("\n");
        Self { watch: wanted.watch, document: planned.hash, operation: planned.operation.clone(), variables }
    }

    /// What is followed.
    pub fn watch(&self) -> &Watch {
        &self.watch
    }
}

/// A variable in a key. One that is left out has its default, and one that is null has none: they are not the same.
fn line(name: &Name, value: Option<&Value>) -> String {
    value.map_or_else(|| name.to_string(), |value| format!("{name}={value}"))
}

/// The root of a subscription of exactly one field.
pub fn root(prepared: &Prepared) -> Option<Root> {
    let document = prepared.document();
    let operation = document.operation(prepared.name())?;
    of(&document.parsed, &operation.node)
}

fn of(document: &ExecutableDocument, operation: &OperationDefinition) -> Option<Root> {
    let [only] = operation.selection_set.node.items.as_slice() else { return None };
    let Selection::Field(field) = &only.node else { return None };
    if !field.node.directives.is_empty() || !operation.directives.is_empty() {
        return None;
    }
    let mut search = Search { document, seen: BTreeSet::new(), used: BTreeSet::new() };
    search.set(&field.node.selection_set.node);
    Some(Root { used: search.used })
}

struct Search<'a> {
    document: &'a ExecutableDocument,
    /// The fragments that were looked through.
    seen: BTreeSet<&'a Name>,
    used: BTreeSet<Name>,
}

impl<'a> Search<'a> {
    fn set(&mut self, set: &'a SelectionSet) {
        for selection in &set.items {
            match &selection.node {
                Selection::Field(field) => self.field(&field.node),
                Selection::InlineFragment(inline) => {
                    self.directives(&inline.node.directives);
                    self.set(&inline.node.selection_set.node);
                }
                Selection::FragmentSpread(spread) => {
                    self.directives(&spread.node.directives);
                    let name = &spread.node.fragment_name.node;
                    if let Some(fragment) = self.document.fragments.get(name)
                        && self.seen.insert(name)
                    {
                        self.directives(&fragment.node.directives);
                        self.set(&fragment.node.selection_set.node);
                    }
                }
            }
        }
    }

    fn field(&mut self, field: &'a Field) {
        for (_, value) in &field.arguments {
            // Filling the variables in tells their names.
            value.node.clone().into_const_with(|name| self.uses(name)).ok();
        }
        self.directives(&field.directives);
        self.set(&field.selection_set.node);
    }

    fn directives(&mut self, directives: &[Positioned<Directive>]) {
        for (_, value) in directives.iter().flat_map(|directive| &directive.node.arguments) {
            value.node.clone().into_const_with(|name| self.uses(name)).ok();
        }
    }

    #[expect(clippy::unnecessary_wraps, reason = "what filling in may also fail at, for others")]
    fn uses(&mut self, name: Name) -> Result<Value, Infallible> {
        self.used.insert(name);
        Ok(Value::Null)
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;

    use super::*;

    fn used(text: &str) -> Option<Vec<String>> {
        let document = parse_query(text).unwrap();
        let operation = document.operations.iter().next().map(|(_, operation)| &operation.node);
        of(&document, operation?).map(|root| root.used.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn what_only_says_where_to_begin_keeps_nobody_apart() {
        let text = "subscription($id: ID!, $after: String, $n: Int, $x: Boolean!) {
            complaintEvents(complaintId: $id, after: $after) { kind complaint { ...F } } }
            fragment F on Complaint { timeline(first: $n) { kind } items @include(if: $x) { id } ...F }";
        assert_eq!(used(text).unwrap(), ["n", "x"]);
    }

    #[test]
    fn a_variable_that_is_left_out_is_not_one_that_is_null() {
        let name = Name::new("n");
        let lines = [None, Some(Value::Null), Some(Value::from("null")), Some(Value::from(""))]
            .map(|value| line(&name, value.as_ref()));
        assert_eq!(lines, ["n", "n=null", "n=\"null\"", "n=\"\""]);
    }

    #[test]
    fn only_one_plain_field_is_shared() {
        assert!(used("subscription { myNotices { kind } alarmEvents { kind } }").is_none());
        assert!(used("subscription { ...F } fragment F on Subscription { myNotices { kind } }").is_none());
        assert!(used("subscription($x: Boolean!) { myNotices @include(if: $x) { kind } }").is_none());
        assert_eq!(used("subscription { mine: myNotices { kind } }").unwrap(), Vec::<String>::new());
    }
}
