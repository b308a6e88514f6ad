//! That no text overflows the stack, runs for ever or makes the parser panic.

use super::EVERYTHING;
use crate::diagnostic::Diagnostic;
use crate::source::SourceMap;
use crate::symbol::Interner;
use crate::syntax::print::print_program;
use crate::syntax::{Parse, parse, parse_atom, parse_goal};
use proptest::prelude::*;

#[test]
fn nesting_has_a_limit_and_no_text_overflows_the_stack() {
    // Before, opened, innermost, closed, after.
    let shapes = [
        ("", "(", "b(x)", ")", ""),
        ("", "(", "x", ")", " = 1"),
        ("x = ", "(", "x", ")", ""),
        ("", "!", "b(x)", "", ""),
        ("", "!(", "b(x), c(x)", ")", ""),
        ("", "(b(x) ; (c(x), ", "b(x)", "))", ""),
        ("", "-", "x", "", " = 1"),
        ("", "bnot ", "x", "", " = 1"),
        ("", "x ^ ", "x", "", " = 1"),
        ("", "x + ", "x", "", " = 1"),
        ("", "[", "x", "]", " = 1"),
        ("", "@f(", "x", ")", " = 1"),
        ("", "$B(", "x", ")", " = 1"),
        ("", "as(", "x", ", number)", " = 1"),
        ("", "cat(", "x", ")", " = 1"),
        ("", "max(1, ", "x", ")", " = 1"),
        ("", "max (", "x", ") : b(x)", " = 1"),
        ("1 = ", "sum ", "x", " : b(x)", ""),
        ("", "1 = count : { ", "b(x)", " }", ""),
        ("1 = ", "min x : { x = ", "1", " }", ""),
    ];
    for (before, opened, innermost, closed, after) in shapes {
        for (depth, codes) in [(10, vec![]), (100, vec![]), (1_000, vec!["E0106"]), (100_000, vec!["E0106"])] {
            let text = format!("a(x) :- {before}{}{innermost}{}{after}.", opened.repeat(depth), closed.repeat(depth));
            let mut symbols = Interner::default();
            let parse = parse(SourceMap::default().add("", ""), &text, &mut symbols);
            let found: Vec<&str> = parse.diagnostics.iter().map(|diagnostic| diagnostic.code.id).collect();
            assert_eq!(found, codes, "{opened} {depth} {:?}", parse.diagnostics.first());
            // What was read must survive being printed, compared and dropped.
            assert_eq!(parse.program.items.len(), usize::from(found.is_empty()));
            assert!(parse.clone() == parse && print_program(&parse.program, &symbols).len() < 2 * text.len() + 100);
        }
    }
}

#[test]
fn components_nest_as_deep_and_no_deeper() {
    for (depth, good) in [(100, true), (1_000, false), (100_000, false)] {
        let text = ".comp A { ".repeat(depth) + &"}".repeat(depth);
        let parse = parse(SourceMap::default().add("", ""), &text, &mut Interner::default());
        assert_eq!(parse.diagnostics.is_empty(), good);
        assert_eq!(parse.diagnostics.first().map(|diagnostic| diagnostic.code.id), (!good).then_some("E0106"));
    }
}

/// Reads a text in every way and checks what must hold of any text.
fn read(text: &str) -> Parse {
    let mut sources = SourceMap::default();
    let mut symbols = Interner::default();
    let source = sources.add("a.dl", text);
    let parse = parse(source, text, &mut symbols);
    for diagnostic in &parse.diagnostics {
        assert!(!diagnostic.labels.is_empty(), "{diagnostic:?}");
        for label in &diagnostic.labels {
            assert!(text.get(label.span.range()).is_some(), "{label:?}");
        }
    }
    let errors = parse.diagnostics.iter().filter(|diagnostic| diagnostic.is_error()).count();
    assert!(errors <= 200 && !(parse.incomplete && errors > 2));
    let _ = parse_goal(source, text, &mut symbols);
    let _ = parse_atom(source, text, &mut symbols);
    let printed = print_program(&parse.program, &symbols);
    if errors == 0 && !parse.incomplete {
        let again = super::parse(source, &printed, &mut symbols);
        assert!(!again.diagnostics.iter().any(Diagnostic::is_error), "{printed}");
        assert_eq!(print_program(&again.program, &symbols), printed);
    }
    parse
}

/// What programs are made of, and what they are not.
const PIECES: &[&str] = &[
    ".decl ",
    ".type ",
    ".comp ",
    ".init ",
    ".input ",
    ".plan ",
    ".functor ",
    ".lattice ",
    ".override ",
    ".pragma ",
    ".include ",
    ".once",
    "a",
    "b",
    "x",
    "?x",
    "_",
    "count",
    "min",
    "sum",
    "as",
    "nil",
    "true",
    "match",
    "range",
    "eqrel",
    "not",
    "and",
    "choice-domain",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "<",
    ">",
    ",",
    ".",
    ";",
    ":",
    ":-",
    "?-",
    "<=",
    "<:",
    "=",
    "!=",
    "!",
    "->",
    "|",
    "$",
    "@",
    "@[",
    "+",
    "-",
    "*",
    "^",
    "1",
    "2.5",
    "1.2.3.4",
    "0x1",
    "7u",
    "\"s\"",
    "\"",
    "'",
    "\\",
    "//",
    "/*",
    "*/",
    "/// doc\n",
    "\n",
    " ",
    "é",
    "#",
    ":=",
    "==",
    "&&",
    "\0",
    "\u{202e}",
    "?",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_can_be_read(text in any::<String>()) {
        read(&text);
    }

    #[test]
    fn any_mixture_of_pieces_can_be_read(pieces in prop::collection::vec(prop::sample::select(PIECES), 0..40)) {
        read(&pieces.concat());
    }

    #[test]
    fn a_damaged_program_can_be_read(
        cuts in prop::collection::vec((any::<prop::sample::Index>(), 0..12_usize, prop::sample::select(PIECES)), 1..6),
    ) {
        let mut characters: Vec<char> = EVERYTHING.chars().collect();
        for (at, length, piece) in cuts {
            let start = at.index(characters.len());
            let end = (start + length).min(characters.len());
            characters.splice(start..end, piece.chars());
        }
        let damaged: String = characters.iter().collect();
        read(&damaged);
    }
}
