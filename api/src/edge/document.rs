//! The size of a document with its fragments written out, found without writing them out.
//!
//! A fragment that spreads the next one twice, and so on, unfolds exponentially: under a kilobyte can keep a core busy
//! for minutes, because the engine's own limits walk the unfolded document. Here each fragment is looked at once.

use std::collections::HashMap;

use async_graphql::Name;
use async_graphql::Positioned;
use async_graphql::parser::types::{ExecutableDocument, FragmentDefinition, Selection, SelectionSet};

/// How many fields and spreads a document may unfold to. The widest operation of an app has a few hundred.
pub const MAX_SELECTIONS: usize = 5000;

/// How many fragments a document may have: a long chain of them would be walked as deep as it is long.
const MAX_FRAGMENTS: usize = 200;

/// How many fields and spreads a document unfolds to; without end where it has too many fragments to look at.
#[must_use]
pub fn unfolded_size(document: &ExecutableDocument) -> usize {
    if document.fragments.len() > MAX_FRAGMENTS {
        return usize::MAX;
    }
    let mut sizes = Sizes { fragments: &document.fragments, known: HashMap::new() };
    let operations = document.operations.iter();
    operations.map(|(_, operation)| sizes.of(&operation.node.selection_set.node)).fold(0, usize::saturating_add)
}

struct Sizes<'a> {
    fragments: &'a HashMap<Name, Positioned<FragmentDefinition>>,
    known: HashMap<&'a str, usize>,
}

impl<'a> Sizes<'a> {
    fn of(&mut self, set: &'a SelectionSet) -> usize {
        set.items.iter().fold(0, |size: usize, item| size.saturating_add(1).saturating_add(self.below(&item.node)))
    }

    fn below(&mut self, selection: &'a Selection) -> usize {
        match selection {
            Selection::Field(field) => self.of(&field.node.selection_set.node),
            Selection::InlineFragment(inline) => self.of(&inline.node.selection_set.node),
            Selection::FragmentSpread(spread) => self.of_fragment(&spread.node.fragment_name.node),
        }
    }

    fn of_fragment(&mut self, name: &'a str) -> usize {
        if let Some(size) = self.known.get(name) {
            return *size;
        }
        // A fragment that comes back to itself counts nothing here: validation refuses it.
        self.known.insert(name, 0);
        let size = self.fragments.get(name).map_or(0, |fragment| self.of(&fragment.node.selection_set.node));
        self.known.insert(name, size);
        size
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;

    use std::fmt::Write;

    use super::*;

    #[test]
    fn a_fragment_bomb_is_measured_without_unfolding_it() {
        let mut bomb = String::from("{ ...F0 }");
        for n in 0..40 {
            let next = n + 1;
            write!(bomb, " fragment F{n} on Query {{ ...F{next} ...F{next} }}").unwrap();
        }
        bomb += " fragment F40 on Query { __typename }";
        assert!(unfolded_size(&parse_query(bomb).unwrap()) > 1 << 40);
    }

    #[test]
    fn an_ordinary_document_is_its_own_size_and_a_circle_ends() {
        let plain = parse_query("{ a { b ...F } } fragment F on T { c d }").unwrap();
        assert_eq!(unfolded_size(&plain), 5);
        let circle = parse_query("{ ...F } fragment F on T { ...F }").unwrap();
        assert_eq!(unfolded_size(&circle), 2);
    }
}
