//! What a document asks for, found before anything walks it: the engine's own checks walk it with every fragment written
//! out, and a kilobyte of fragments that spread each other twice would keep them busy for minutes.
//!
//! First the text is looked through once (`scan`), then it is parsed, then each fragment is measured once (`measure`).
//! What passes may be kept, so that it is parsed once for all who send it (`store`).

mod measure;
mod scan;
pub mod store;

use async_graphql::parser::parse_query;
use async_graphql::parser::types::{
    DocumentOperations, ExecutableDocument, OperationDefinition, OperationType, Selection,
};
use async_graphql::{Name, Pos, Positioned, Value, Variables};

use super::limits::DocumentLimits;

/// Why a document is not run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The stable code.
    pub code: &'static str,
    /// What is wrong, and what would be right.
    pub message: String,
    /// Where, if it is somewhere.
    pub at: Option<Pos>,
}

impl Refusal {
    /// A document that goes beyond a limit.
    fn too_large(what: &str, most: usize) -> Self {
        let message = format!("The document has too {what}: at most {most}.");
        Self { code: "DOCUMENT_TOO_LARGE", message, at: None }
    }

    /// A document that is not GraphQL.
    fn invalid(message: &str, at: Option<Pos>) -> Self {
        Self { code: "BAD_REQUEST", message: message.to_owned(), at }
    }
}

/// A document that may be run.
#[derive(Debug, Clone)]
pub struct Document {
    /// As the engine reads it.
    pub parsed: ExecutableDocument,
    /// How many bytes its text has.
    pub bytes: usize,
}

impl Document {
    /// Reads a document.
    ///
    /// # Errors
    /// When it goes beyond a limit or cannot be parsed.
    pub fn read(text: &str, limits: &DocumentLimits) -> Result<Self, Refusal> {
        scan::scan(text, limits)?;
        // What the parser says repeats the line it stumbles over, however long; the place says enough.
        let parsed = parse_query(text)
            .map_err(|error| Refusal::invalid("The document is not GraphQL.", error.positions().next()))?;
        measure::measure(&parsed, limits)?;
        Ok(Self { parsed, bytes: text.len() })
    }

    /// The operation that is to run; none where the document has several and the name fits none.
    #[must_use]
    pub fn operation(&self, name: Option<&str>) -> Option<&Positioned<OperationDefinition>> {
        match (&self.parsed.operations, name) {
            (DocumentOperations::Single(operation), None) => Some(operation),
            (DocumentOperations::Multiple(operations), Some(name)) => operations.get(name),
            (DocumentOperations::Multiple(operations), None) if operations.len() == 1 => operations.values().next(),
            _ => None,
        }
    }

    /// Under which name a client gets the first field of an operation.
    #[must_use]
    pub fn first_key(operation: &Positioned<OperationDefinition>) -> String {
        let fields = operation.node.selection_set.node.items.iter();
        let mut keys = fields.filter_map(|selection| match &selection.node {
            Selection::Field(field) => Some(field.node.response_key().node.to_string()),
            Selection::FragmentSpread(_) | Selection::InlineFragment(_) => None,
        });
        keys.next().unwrap_or_default()
    }

    /// The first variable that an operation needs and is not given. The engine would only find out while it runs.
    #[must_use]
    pub fn missing_variable(operation: &OperationDefinition, variables: &Variables) -> Option<String> {
        let definitions = operation.variable_definitions.iter().map(|definition| &definition.node);
        let needed = definitions.filter(|it| !it.var_type.node.nullable && it.default_value.is_none());
        let missing = |name: &Name| matches!(variables.get(name), None | Some(Value::Null));
        needed.map(|it| &it.name.node).find(|name| missing(name)).map(ToString::to_string)
    }

    /// What kind of operation is to run.
    #[must_use]
    pub fn kind(&self, name: Option<&str>) -> Option<OperationType> {
        self.operation(name).map(|operation| operation.node.ty)
    }
}
