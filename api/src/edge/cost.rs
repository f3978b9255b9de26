//! What an operation costs, before it runs: what it may load, with the sizes of its lists multiplied.
//!
//! A value costs 1, an object 5, and what stands below a list as often as the list may be long: as long as the page
//! that is asked for, or 10 where nobody asks. Some root fields cost more by themselves; the schema says which.

use std::collections::HashMap;

use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{
    BaseType, ExecutableDocument, Field, FieldDefinition, OperationDefinition, OperationType, Selection, SelectionSet,
    Type, TypeKind, TypeSystemDefinition,
};
use async_graphql::{Name, Value, Variables};

/// What a value costs, and what an object costs by itself.
const VALUE: u64 = 1;
const OBJECT: u64 = 5;
/// How long a list counts whose length nobody asked for.
const LIST: u64 = 10;
/// How long a page is where the operation does not say, and at most.
const PAGE: u64 = 20;
const MAX_PAGE: u64 = 100;

/// What the fields of a schema cost.
pub struct Prices {
    types: HashMap<String, HashMap<String, Price>>,
    extra: &'static [(&'static str, u64)],
}

struct Price {
    of: String,
    list: bool,
    object: bool,
}

impl Prices {
    /// Reads the prices off a schema's text. `extra` are root fields with what they cost beyond their selection.
    ///
    /// # Errors
    /// When the text is no schema.
    pub fn of(sdl: &str, extra: &'static [(&'static str, u64)]) -> Result<Self, String> {
        // Three quarters of the text are descriptions, which cost nothing but the time and the room to read them.
        let undescribed: String = sdl.split("\"\"\"").step_by(2).collect();
        let document = parse_schema(undescribed).map_err(|error| error.to_string())?;
        let mut types: HashMap<String, Vec<FieldDefinition>> = HashMap::new();
        for definition in document.definitions {
            if let TypeSystemDefinition::Type(definition) = definition {
                let fields = match definition.node.kind {
                    TypeKind::Object(object) => object.fields,
                    TypeKind::Interface(interface) => interface.fields,
                    TypeKind::Union(_) => Vec::new(),
                    TypeKind::Scalar | TypeKind::Enum(_) | TypeKind::InputObject(_) => continue,
                };
                let name = definition.node.name.node.to_string();
                types.entry(name).or_default().extend(fields.into_iter().map(|field| field.node));
            }
        }
        let price = |field: &FieldDefinition| {
            let (of, list) = shape(&field.ty.node);
            Price { object: types.contains_key(of), of: of.to_owned(), list }
        };
        let priced = types.iter().map(|(name, fields)| {
            let fields = fields.iter().map(|field| (field.name.node.to_string(), price(field)));
            (name.clone(), fields.collect())
        });
        Ok(Self { types: priced.collect(), extra })
    }

    /// What an operation costs with these variables. It must have been measured: its fragments are no circle.
    #[must_use]
    pub fn cost(&self, document: &ExecutableDocument, operation: &OperationDefinition, variables: &Variables) -> u64 {
        let root = match operation.ty {
            OperationType::Query => "Query",
            OperationType::Mutation => "Mutation",
            OperationType::Subscription => "Subscription",
        };
        let mut bill = Bill { prices: self, document, operation, variables, known: HashMap::new() };
        let set = &operation.selection_set.node;
        bill.set(root, set, None).saturating_add(bill.extras(set))
    }
}

fn shape(field_type: &Type) -> (&str, bool) {
    match &field_type.base {
        BaseType::Named(name) => (name.as_str(), false),
        BaseType::List(inner) => (shape(inner).0, true),
    }
}

struct Bill<'a> {
    prices: &'a Prices,
    document: &'a ExecutableDocument,
    operation: &'a OperationDefinition,
    variables: &'a Variables,
    /// What a fragment costs, by its name and the length of the page it stands in.
    known: HashMap<(&'a str, Option<u64>), u64>,
}

impl<'a> Bill<'a> {
    /// What a selection costs once. `page` is how long the lists in it are, where the field above asked for a page.
    fn set(&mut self, parent: &str, set: &'a SelectionSet, page: Option<u64>) -> u64 {
        let costs = set.items.iter().map(|item| match &item.node {
            Selection::Field(field) => self.field(parent, &field.node, page),
            Selection::InlineFragment(inline) => {
                let on = inline.node.type_condition.as_ref().map(|condition| condition.node.on.node.as_str());
                self.set(on.unwrap_or(parent), &inline.node.selection_set.node, page)
            }
            Selection::FragmentSpread(spread) => self.fragment(&spread.node.fragment_name.node, page),
        });
        // Collected first, for each borrows the bill.
        costs.fold(0, u64::saturating_add)
    }

    fn fragment(&mut self, name: &'a str, page: Option<u64>) -> u64 {
        if let Some(known) = self.known.get(&(name, page)) {
            return *known;
        }
        let cost = self.document.fragments.get(name).map_or(0, |fragment| {
            self.set(&fragment.node.type_condition.node.on.node, &fragment.node.selection_set.node, page)
        });
        self.known.insert((name, page), cost);
        cost
    }

    fn field(&mut self, parent: &str, field: &'a Field, page: Option<u64>) -> u64 {
        let prices = self.prices;
        let Some(price) = prices.types.get(parent).and_then(|fields| fields.get(field.name.node.as_str())) else {
            // The schema's own fields, and what the validation will refuse.
            return self.set("", &field.selection_set.node, None).saturating_add(VALUE);
        };
        let asked = self.page(field);
        let times = if price.list { asked.or(page).unwrap_or(LIST) } else { 1 };
        let below = if price.list { None } else { asked };
        let once = if price.object {
            self.set(&price.of, &field.selection_set.node, below).saturating_add(OBJECT)
        } else {
            VALUE
        };
        once.saturating_mul(times)
    }

    /// What the root fields cost beyond their selection.
    fn extras(&self, set: &SelectionSet) -> u64 {
        let costs = set.items.iter().map(|item| match &item.node {
            Selection::Field(field) => {
                let name = field.node.name.node.as_str();
                self.prices.extra.iter().find(|(extra, _)| *extra == name).map_or(0, |(_, cost)| *cost)
            }
            Selection::InlineFragment(inline) => self.extras(&inline.node.selection_set.node),
            Selection::FragmentSpread(spread) => {
                let fragment = self.document.fragments.get(&spread.node.fragment_name.node);
                fragment.map_or(0, |fragment| self.extras(&fragment.node.selection_set.node))
            }
        });
        costs.fold(0, u64::saturating_add)
    }

    /// How long a page the field asks for, if it has pages or takes a list of ids.
    fn page(&self, field: &Field) -> Option<u64> {
        field.arguments.iter().find_map(|(name, value)| {
            if !matches!(name.node.as_str(), "first" | "page" | "ids") {
                return None;
            }
            let filled = value.node.clone().into_const_with(|name| Ok::<_, ()>(self.variable(&name)));
            match (name.node.as_str(), filled.unwrap_or_default()) {
                ("first", first) => Some(length(Some(&first))),
                ("page", Value::Object(page)) => Some(length(page.get("first"))),
                ("page", _) => Some(PAGE),
                (_, Value::List(ids)) => Some(ids.len() as u64),
                _ => None,
            }
        })
    }

    /// A variable as it is given, else its default.
    fn variable(&self, name: &Name) -> Value {
        if let Some(given) = self.variables.get(name) {
            return given.clone();
        }
        let definitions = self.operation.variable_definitions.iter();
        let definition = definitions.map(|it| &it.node).find(|it| it.name.node == *name);
        definition.and_then(|it| it.default_value.as_ref()).map(|value| value.node.clone()).unwrap_or_default()
    }
}

/// A page's length. What is out of bounds is refused when it runs, and counts as the longest until then.
fn length(first: Option<&Value>) -> u64 {
    match first {
        Some(Value::Number(number)) => number.as_u64().map_or(MAX_PAGE, |first| first.min(MAX_PAGE)),
        _ => PAGE,
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;
    use serde_json::json;

    use super::*;

    const SDL: &str = "
        type Query { me: Person! people(page: PageInput): PersonConnection! nodes(ids: [ID!]!): [Person]! signIn: Int }
        type PersonConnection { nodes: [Person!]! edges: [PersonEdge!]! }
        type PersonEdge { node: Person! cursor: String! }
        type Person { name: String! friends: [Person!]! notes(first: Int): [String!]! }
        input PageInput { first: Int }";

    fn cost(text: &str, variables: serde_json::Value) -> u64 {
        let document = parse_query(text).unwrap();
        let prices = Prices::of(SDL, &[("signIn", 250)]).unwrap();
        let (_, operation) = document.operations.iter().next().unwrap();
        prices.cost(&document, &operation.node, &Variables::from_json(variables))
    }

    #[test]
    fn lists_multiply_what_stands_below_them() {
        assert_eq!(cost("{ me { name } }", json!({})), 6);
        assert_eq!(cost("{ me { friends { name } } }", json!({})), 5 + 10 * 6);
        assert_eq!(cost("{ me { friends { friends { name } } } }", json!({})), 5 + 10 * (5 + 10 * 6));
        assert_eq!(cost("{ me { notes(first: 50) } }", json!({})), 5 + 50);
        assert_eq!(cost("{ nodes(ids: [\"a\", \"b\"]) { name } }", json!({})), 2 * 6);
        assert_eq!(cost("{ signIn }", json!({})), 251);
    }

    #[test]
    fn a_page_is_as_long_as_it_is_asked_for_wherever_that_stands() {
        let page = |first: u64| 5 + first * 6;
        assert_eq!(cost("{ people { nodes { name } } }", json!({})), 5 + 10 * 6, "a list nobody asked a length of");
        assert_eq!(cost("{ people(page: { first: 3 }) { nodes { name } } }", json!({})), page(3));
        assert_eq!(cost("query($n: Int = 4) { people(page: { first: $n }) { nodes { name } } }", json!({})), page(4));
        let variable =
            "query($p: PageInput) { people(page: $p) { ...All } } fragment All on PersonConnection { nodes { name } }";
        assert_eq!(cost(variable, json!({ "p": { "first": 7 } })), page(7));
        assert_eq!(cost(variable, json!({ "p": { "first": -1 } })), page(100));
        assert_eq!(
            cost("{ people(page: { first: 2 }) { edges { cursor node { name } } } }", json!({})),
            5 + 2 * (5 + 1 + 6)
        );
    }
}
