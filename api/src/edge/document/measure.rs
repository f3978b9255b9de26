//! Measures a parsed document. Each fragment is measured once, however often it is spread.

use std::collections::HashMap;

use async_graphql::Positioned;
use async_graphql::parser::types::{Directive, ExecutableDocument, Field, Selection, SelectionSet};

use super::Refusal;
use crate::edge::limits::DocumentLimits;

/// How far a part of a document reaches when its fragments are written out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Extent {
    /// Fields that stand side by side at the top of the part.
    top: usize,
    depth: usize,
    selections: usize,
    aliases: usize,
    directives: usize,
}

impl Extent {
    /// This part beside another one.
    fn beside(self, other: Self) -> Self {
        Self {
            top: self.top.saturating_add(other.top),
            depth: self.depth.max(other.depth),
            selections: self.selections.saturating_add(other.selections),
            aliases: self.aliases.saturating_add(other.aliases),
            directives: self.directives.saturating_add(other.directives),
        }
    }
}

/// Holds a document to the limits.
///
/// # Errors
/// When it goes beyond one, spreads a fragment inside itself, or gives `__typename` what it does not take.
pub fn measure(document: &ExecutableDocument, limits: &DocumentLimits) -> Result<(), Refusal> {
    if document.fragments.len() > limits.fragments {
        return Err(Refusal::too_large("many fragments", limits.fragments));
    }
    let mut measure = Measure { document, known: HashMap::new() };
    let mut all = Extent::default();
    for (_, operation) in document.operations.iter() {
        let own = Extent { directives: operation.node.directives.len(), ..Extent::default() };
        let inner = measure.of_set(&operation.node.selection_set.node)?;
        within("many fields at its root", inner.top, limits.root_fields)?;
        all = all.beside(own).beside(inner);
    }
    // Fragments that no operation uses are walked by the validation as well.
    for name in document.fragments.keys() {
        all = all.beside(measure.of_fragment(name)?);
    }
    within("deep fields", all.depth, limits.depth)?;
    within("many fields", all.selections, limits.selections)?;
    within("many aliases", all.aliases, limits.aliases)?;
    within("many directives", all.directives, limits.directives)
}

fn within(what: &str, found: usize, most: usize) -> Result<(), Refusal> {
    if found > most { Err(Refusal::too_large(what, most)) } else { Ok(()) }
}

struct Measure<'a> {
    document: &'a ExecutableDocument,
    /// None while a fragment is being measured.
    known: HashMap<&'a str, Option<Extent>>,
}

impl<'a> Measure<'a> {
    fn of_set(&mut self, set: &'a SelectionSet) -> Result<Extent, Refusal> {
        set.items.iter().try_fold(Extent::default(), |sum, item| Ok(sum.beside(self.of_selection(&item.node)?)))
    }

    fn of_selection(&mut self, selection: &'a Selection) -> Result<Extent, Refusal> {
        let own = Extent { selections: 1, directives: selection.directives().len(), ..Extent::default() };
        Ok(match selection {
            Selection::Field(field) => {
                plain_typename(field)?;
                let inner = self.of_set(&field.node.selection_set.node)?;
                let aliases = usize::from(field.node.alias.is_some());
                Extent { top: 1, depth: inner.depth + 1, ..inner }.beside(Extent { aliases, ..own })
            }
            Selection::InlineFragment(inline) => self.of_set(&inline.node.selection_set.node)?.beside(own),
            Selection::FragmentSpread(spread) => self.of_fragment(&spread.node.fragment_name.node)?.beside(own),
        })
    }

    fn of_fragment(&mut self, name: &'a str) -> Result<Extent, Refusal> {
        match self.known.get(name) {
            Some(Some(extent)) => return Ok(*extent),
            Some(None) => return Err(Refusal::invalid("A fragment spreads itself.", None)),
            None => {}
        }
        self.known.insert(name, None);
        let extent = match self.document.fragments.get(name) {
            Some(fragment) => self.of_set(&fragment.node.selection_set.node)?,
            // The validation says that there is no such fragment.
            None => Extent::default(),
        };
        self.known.insert(name, Some(extent));
        Ok(extent)
    }
}

/// The engine takes whatever stands beside `__typename`, so that is looked at here.
fn plain_typename(field: &Positioned<Field>) -> Result<(), Refusal> {
    if field.node.name.node != "__typename" {
        return Ok(());
    }
    let known = |directive: &Positioned<Directive>| matches!(directive.node.name.node.as_str(), "skip" | "include");
    if !field.node.arguments.is_empty() {
        return Err(Refusal::invalid("__typename takes no arguments.", Some(field.pos)));
    }
    if !field.node.directives.iter().all(known) {
        return Err(Refusal::invalid("__typename takes the directives skip and include only.", Some(field.pos)));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use async_graphql::parser::parse_query;

    use super::*;

    fn measured(text: &str) -> Result<(), Refusal> {
        measure(&parse_query(text).unwrap(), &DocumentLimits::default())
    }

    fn refused(text: &str) -> String {
        measured(text).unwrap_err().message
    }

    #[test]
    fn a_fragment_bomb_is_measured_without_unfolding_it() {
        let mut bomb = String::from("{ ...F0 }");
        for n in 0..60 {
            write!(bomb, " fragment F{n} on Query {{ ...F{next} ...F{next} }}", next = n + 1).unwrap();
        }
        assert!(refused(&(bomb + " fragment F60 on Query { __typename }")).contains("many fields"));
    }

    #[test]
    fn a_fragment_that_nobody_spreads_counts_and_a_circle_is_refused() {
        let fields = "a ".repeat(2001);
        assert!(refused(&format!("{{ b }} fragment F on Query {{ {fields} }}")).contains("many fields"));
        assert!(refused("{ ...F } fragment F on T { ...G } fragment G on T { ...F ...F }").contains("itself"));
    }

    #[test]
    fn each_limit_has_its_refusal() {
        assert!(measured("{ viewer { ...F } } fragment F on Viewer { name }").is_ok());
        assert!(refused(&format!("{}{}", "{ a ".repeat(16), "}".repeat(16))).contains("deep fields: at most 15"));
        let aliases: Vec<String> = (0..31).map(|n| format!("a{n}: b")).collect();
        assert!(refused(&format!("{{ x {{ {} }} }}", aliases.join(" "))).contains("many aliases"));
        assert!(refused(&format!("{{ a {} }}", "@include(if: true) ".repeat(31))).contains("many directives"));
        assert!(refused(&format!("{{ {} }}", "a ".repeat(21))).contains("at its root"));
        assert!(refused("{ __typename(a: 1) }").contains("no arguments"));
        assert!(refused("{ __typename @made_up }").contains("skip and include"));
        assert!(measured("query($x: Boolean!) { __typename @skip(if: $x) }").is_ok());
    }
}
