//! Components: each `.init` becomes the items of its component, with names of their own. Tree to tree, before all else.

use crate::diagnostic::Diagnostic;
use crate::syntax::ast;
use crate::value::Values;

/// The items that instances stand for, one list a top-level `.init`, in order.
#[derive(Debug, Default)]
pub(super) struct Expanded {
    instances: Vec<Vec<ast::Item>>,
}

/// Instantiates all components.
pub(super) fn expand(_sources: &[&ast::Program], _values: &mut Values, _diagnostics: &mut Vec<Diagnostic>) -> Expanded {
    Expanded::default()
}

impl Expanded {
    /// All items, those of an instance in the place of its `.init`.
    pub(super) fn items<'a>(&'a self, sources: &[&'a ast::Program]) -> Vec<&'a ast::Item> {
        let mut instances = self.instances.iter();
        let mut items = Vec::with_capacity(sources.iter().map(|source| source.items.len()).sum());
        for item in sources.iter().flat_map(|source| &source.items) {
            if matches!(item.kind, ast::ItemKind::Init(_)) {
                items.extend(instances.next().into_iter().flatten());
            } else {
                items.push(item);
            }
        }
        items
    }
}
