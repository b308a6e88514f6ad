//! Annotations and pragmas that change nothing: their name is not known, or they stand where nobody reads them. Soufflé
//! passes over both, and so does onus, but not without a word.

use rustc_hash::FxHashMap;

use crate::diagnostic::{Diagnostic, code, suggest};
use crate::source::Span;
use crate::symbol::{Interner, Symbol};
use crate::syntax::ast::{self, Annotation, ItemKind};

/// The annotations, and whether they are read on a relation, and on a clause.
const ANNOTATIONS: [(&str, bool, bool); 9] = [
    ("label", false, true),
    ("quiet", true, true),
    ("monotone", false, true),
    ("says", true, false),
    ("says_not", true, false),
    ("deny", true, false),
    ("watch", true, false),
    ("alarm", true, false),
    ("adjustable", true, false),
];

/// The pragmas that change something.
const HEEDED: [&str; 5] = ["wrap", "fact-dir", "output-dir", "no-warn", "provenance"];

/// The other options of Soufflé's command line: hints to an engine that is another one.
const HINTS: [&str; 27] = [
    "auto-schedule",
    "compile",
    "debug-report",
    "disable-transformers",
    "dl-program",
    "emit-statistics",
    "generate",
    "include-dir",
    "inline-exclude",
    "jobs",
    "legacy",
    "libraries",
    "library-dir",
    "live-profile",
    "macro",
    "magic-transform",
    "magic-transform-exclude",
    "no-preprocessor",
    "parse-errors",
    "preprocessor",
    "profile",
    "profile-frequency",
    "profile-use",
    "show",
    "swig",
    "verbose",
    "wno",
];

/// Warns of annotations and pragmas without effect.
pub(super) fn check(items: &[&ast::Item], symbols: &Interner, diagnostics: &mut Vec<Diagnostic>) {
    let mut pragmas: FxHashMap<Symbol, Span> = FxHashMap::default();
    for item in items {
        for annotation in &item.annotations {
            diagnostics.extend(useless(annotation, &item.kind, symbols));
        }
        let ItemKind::Pragma { key, .. } = &item.kind else { continue };
        let text = symbols.get(key.symbol);
        let odd = |message: String| Diagnostic::at(code::ODD_PRAGMA, message, key.span, "it changes nothing");
        if !HEEDED.contains(&text) && !HINTS.contains(&text) {
            let near = suggest(text, HEEDED.into_iter().chain(HINTS)).map(|near| format!("did you mean `{near}`?"));
            diagnostics.push(odd(format!("there is no pragma `{text}`")).maybe_help(near));
        }
        match pragmas.get(&key.symbol) {
            Some(&first) if first != key.span => {
                diagnostics
                    .push(odd(format!("the pragma `{text}` is given more than once")).label(first, "the first counts"));
            }
            _ => {
                pragmas.insert(key.symbol, key.span);
            }
        }
    }
}

fn useless(annotation: &Annotation, item: &ItemKind, symbols: &Interner) -> Option<Diagnostic> {
    let name = symbols.get(annotation.name.symbol);
    let odd =
        |message: String| Diagnostic::at(code::ODD_ANNOTATION, message, annotation.name.span, "it changes nothing");
    let Some(&(_, relation, clause)) = ANNOTATIONS.iter().find(|(known, ..)| *known == name) else {
        let near = suggest(name, ANNOTATIONS.iter().map(|(known, ..)| *known));
        let help = near.map(|near| format!("did you mean `@[{near}]`?"));
        return Some(odd(format!("there is no annotation `@[{name}]`")).maybe_help(help));
    };
    let read = match item {
        ItemKind::Relation(_) => relation,
        ItemKind::Clause(_) => clause,
        _ => false,
    };
    let place = match (relation, clause) {
        (true, true) => "a relation's `.decl` or a clause",
        (true, false) => "a relation's `.decl`",
        _ => "a clause",
    };
    (!read).then(|| odd(format!("nothing reads `@[{name}]` here")).help(format!("it belongs before {place}")))
}
