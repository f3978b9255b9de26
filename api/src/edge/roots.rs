//! Which root fields an operation asks for, by names of the schema and never of the client.

use async_graphql::parser::types::{ExecutableDocument, OperationDefinition, OperationType, Selection, SelectionSet};
use domain::access::{Operation as Root, entry, is_of_nobody};

use crate::app::metrics::Operation;

/// How many selections are looked at. No app has so many root fields, and fragments could make them without end.
const MOST: usize = 200;

/// What is asked of the schema itself.
const INTROSPECTION: &str = "introspection";

/// The kind of an operation and its root fields.
#[derive(Debug, PartialEq, Eq)]
pub struct Roots {
    /// `query`, `mutation`, `subscription` or `none`.
    pub kind: &'static str,
    fields: Vec<&'static str>,
    /// How many of the fields are asked without saying who one is.
    of_nobody: usize,
    /// Whether there is anything but `__typename`.
    asks: bool,
}

impl Roots {
    /// Of an operation of a document; of none where the document has no such operation.
    pub fn of(document: &ExecutableDocument, operation: Option<&OperationDefinition>) -> Self {
        let Some(operation) = operation else {
            return Self { kind: "none", fields: Vec::new(), of_nobody: 0, asks: true };
        };
        let (root, kind) = match operation.ty {
            OperationType::Query => (Root::Query, "query"),
            OperationType::Mutation => (Root::Mutation, "mutation"),
            OperationType::Subscription => (Root::Subscription, "subscription"),
        };
        let mut found = Search { document, root, fields: Vec::new(), asks: false, left: MOST };
        found.look(&operation.selection_set.node);
        let of_nobody = found.fields.iter().filter(|field| is_of_nobody(root, field)).count();
        // What was not looked at may be anything.
        let asks = found.asks || found.left == 0 || found.fields.is_empty();
        Self { kind, fields: found.fields, of_nobody, asks }
    }

    /// Whether it is asked without saying who one is (D7).
    pub fn is_of_nobody(&self) -> bool {
        self.of_nobody > 0 && self.of_nobody == self.named()
    }

    /// Whether it asks for nothing but `__typename`, which is the same for everybody.
    pub fn asks_nothing(&self) -> bool {
        !self.asks
    }

    /// Whether it asks for something without saying who one is, and for something else beside it.
    pub fn mixes(&self) -> bool {
        self.of_nobody > 0 && self.of_nobody < self.named()
    }

    /// How many fields it asks for besides what is asked of the schema itself.
    fn named(&self) -> usize {
        self.fields.iter().filter(|field| **field != INTROSPECTION).count()
    }

    /// How it is counted.
    pub fn labels(&self, protocol: &'static str) -> Operation {
        let field = match self.fields.as_slice() {
            [] => "none",
            [one] => one,
            _ => "several",
        };
        Operation { protocol, kind: self.kind, field }
    }

    /// The names of the fields.
    pub fn names(&self) -> String {
        self.fields.join(" ")
    }
}

struct Search<'a> {
    document: &'a ExecutableDocument,
    root: Root,
    fields: Vec<&'static str>,
    asks: bool,
    left: usize,
}

impl Search<'_> {
    fn look(&mut self, set: &SelectionSet) {
        for selection in &set.items {
            if self.left == 0 {
                return;
            }
            self.left -= 1;
            match &selection.node {
                Selection::Field(field) => self.add(&field.node.name.node),
                Selection::InlineFragment(inline) => self.look(&inline.node.selection_set.node),
                Selection::FragmentSpread(spread) => {
                    if let Some(fragment) = self.document.fragments.get(&spread.node.fragment_name.node) {
                        self.look(&fragment.node.selection_set.node);
                    }
                }
            }
        }
    }

    fn add(&mut self, name: &str) {
        self.asks |= name != "__typename";
        let known = match name {
            "__typename" | "__schema" | "__type" => Some(INTROSPECTION),
            name => entry(self.root, name).map(|entry| entry.field),
        };
        let name = known.unwrap_or("unknown");
        if !self.fields.contains(&name) {
            self.fields.push(name);
        }
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;

    use super::*;

    fn fields(document: &str) -> Vec<&'static str> {
        let document = parse_query(document).unwrap();
        let operation = document.operations.iter().next().map(|(_, operation)| &operation.node);
        Roots::of(&document, operation).fields
    }

    #[test]
    fn root_fields_are_named_as_the_schema_names_them() {
        assert_eq!(
            fields("query Mine { me: viewer { name } again: viewer { id } __typename }"),
            ["viewer", "introspection"]
        );
        assert_eq!(fields("{ ...F } fragment F on Query { ... on Query { complaint(id: 1) { id } } }"), ["complaint"]);
        assert_eq!(fields("{ anythingAtAll }"), ["unknown"]);
    }

    #[test]
    fn only_what_everybody_may_know_asks_for_nothing() {
        let of = |document: &str| {
            let document = parse_query(document).unwrap();
            let operation = document.operations.iter().next().map(|(_, operation)| &operation.node);
            Roots::of(&document, operation).asks_nothing()
        };
        assert!(of("{ __typename }") && of("{ a: __typename ...F } fragment F on Query { __typename }"));
        assert!(!of("{ __typename viewer { id } }") && !of("{ __schema { types { name } } }") && !of("{ ...F }"));
    }

    #[test]
    fn d7_what_is_asked_of_nobody_is_known_and_what_mixes_it_too() {
        let of = |document: &str| {
            let document = parse_query(document).unwrap();
            let operation = document.operations.iter().next().map(|(_, operation)| &operation.node);
            let roots = Roots::of(&document, operation);
            (roots.is_of_nobody(), roots.mixes())
        };
        assert_eq!(of("mutation { a: fileAnonymousComplaint(input: 1) { number } __typename }"), (true, false));
        assert_eq!(of("{ ...F } fragment F on Query { anonymousComplaint(receiptCode: 1) { number } }"), (true, false));
        assert_eq!(of("{ anonymousComplaint(receiptCode: 1) { number } viewer { id } }"), (false, true));
        assert_eq!(of("{ viewer { id } }"), (false, false));
    }

    #[test]
    fn a_circle_of_fragments_ends() {
        assert_eq!(fields("{ ...F } fragment F on Query { viewer { id } ...F ...F }"), ["viewer"]);
    }
}
