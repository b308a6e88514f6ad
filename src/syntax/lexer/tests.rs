//! Which tokens a text has, and what is said about its characters.

use super::{Lexer, comments, doc_text};
use crate::diagnostic::render_all;
use crate::source::SourceMap;
use crate::syntax::token::Kind;
use insta::assert_snapshot;

/// Each token's kind and text, then the diagnostics.
fn tokens(text: &str) -> String {
    let mut sources = SourceMap::default();
    let mut lexer = Lexer::new(sources.add("a.dl", text), text);
    let mut lines = String::new();
    loop {
        let token = lexer.next();
        if token.kind == Kind::End {
            break;
        }
        lines.push_str(&format!("{:?} {}\n", token.kind, &text[token.range()]));
    }
    lines += &render_all(&lexer.diagnostics, &sources, false);
    // A snapshot should be readable, and safe to read.
    let odd = |c: char| {
        (c.is_control() && c != '\n')
            || matches!(c, '\u{a0}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
    };
    lines.replace(odd, "·")
}

#[test]
fn words_are_names_reserved_or_directives() {
    assert_snapshot!(tokens("x ?x _x _ ? x1 counts count to_number choice-domain choice bshr bshru bshr_ eqrel"), @r"
    Identifier x
    Identifier ?x
    Identifier _x
    Underscore _
    Identifier ?
    Identifier x1
    Identifier counts
    Reserved(Count) count
    Reserved(ToNumber) to_number
    ChoiceDomain choice-domain
    Identifier choice
    Reserved(Bshr) bshr
    Reserved(Bshru) bshru
    Identifier bshr_
    Reserved(Qualifier) eqrel
    ");
    assert_snapshot!(tokens(".decl a .decl(.decla .type\n.once.include\"x\" a.b. c.type x.input"), @r#"
    Dotted(Decl) .decl
    Identifier a
    Dot .
    Identifier decl
    LeftParen (
    Dot .
    Identifier decla
    Dotted(Type) .type
    Dotted(Once) .once
    Dotted(Include) .include
    String "x"
    Identifier a
    Dot .
    Identifier b
    Dot .
    Identifier c
    Dotted(Type) .type
    Identifier x
    Dotted(Input) .input
    "#);
}

#[test]
fn numbers_are_decimal_based_addresses_or_floats() {
    assert_snapshot!(tokens("1 12u 0x1Fu 0b101 1.5 1.2.3.4 1.2.3 1. 12abc 1.5e3 -5 x1-1"), @r"
    Number 1
    Number 12u
    Number 0x1Fu
    Number 0b101
    Float 1.5
    Address 1.2.3.4
    Float 1.2
    Dot .
    Number 3
    Number 1
    Dot .
    Number 12abc
    Float 1.5e3
    Minus -
    Number 5
    Identifier x1
    Minus -
    Number 1
    ");
}

#[test]
fn the_longest_sign_wins() {
    assert_snapshot!(tokens("a:-b ?- <: <= < : >= > = != ! -> - @f @[ @![ := == && || ~ | $ ^ % / *"), @r"
    Identifier a
    If :-
    Identifier b
    Ask ?-
    Subtype <:
    LessEqual <=
    Less <
    Colon :
    GreaterEqual >=
    Greater >
    Equal =
    NotEqual !=
    Not !
    MapsTo ->
    Minus -
    At @
    Identifier f
    AnnotationOpen @[
    AnnotationOpen @![
    ColonEqual :=
    DoubleEqual ==
    DoubleAnd &&
    DoublePipe ||
    Tilde ~
    Pipe |
    Dollar $
    Caret ^
    Percent %
    Slash /
    Star *
    ");
}

#[test]
fn strings_hold_escapes_and_line_breaks() {
    assert_snapshot!(tokens("\"\" \"a\\\"b\" \"\\\\\" \"ä\\ö\" \"two\r\nlines\" 'single' b"), @r#"
    String ""
    String "a\"b"
    String "\\"
    String "ä\ö"
    String "two·
    lines"
    SingleQuoted 'single'
    Identifier b
    error[E0101]: single quotes do not make a string
     --> a.dl:2:8
      |
    2 | lines" 'single' b
      |        ^^^^^^^^
      |
      = help: strings stand in double quotes: "text"
    "#);
}

#[test]
fn comments_are_skipped_and_kept_on_the_side() {
    let text = "a // b \"\n/* c * / // */ d /**/ /* e\n*/ /// doc\n//// rule\n/** more */ /*** frame ***/ f //";
    assert_snapshot!(tokens(text), @r"
    Identifier a
    Identifier d
    Identifier f
    ");
    let mut sources = SourceMap::default();
    let found: Vec<&str> = comments(sources.add("a.dl", text), text).into_iter().map(|range| &text[range]).collect();
    assert_snapshot!(format!("{found:#?}"), @r#"
    [
        "// b \"",
        "/* c * / // */",
        "/**/",
        "/* e\n*/",
        "/// doc",
        "//// rule",
        "/** more */",
        "/*** frame ***/",
        "//",
    ]
    "#);
}

#[test]
fn documentation_is_kept_without_its_signs() {
    let text = "/// one\n///two\r\n///\n//// no\n/** three */ /** four\n * five\n *\n * six\n */ x /// late\n";
    let mut sources = SourceMap::default();
    let mut lexer = Lexer::new(sources.add("a.dl", text), text);
    while lexer.next().kind != Kind::End {}
    let docs: Vec<String> = lexer.docs.iter().map(|range| doc_text(&text[range.clone()])).collect();
    assert_eq!(docs, ["one", "two", "", "three", "four\nfive\n\nsix", "late"]);
}

#[test]
fn a_byte_order_mark_and_carriage_returns_are_no_tokens() {
    assert_snapshot!(tokens("\u{feff}a(1).\r\n\x0bb(2).\x0c\r"), @r"
    Identifier a
    LeftParen (
    Number 1
    RightParen )
    Dot .
    Identifier b
    LeftParen (
    Number 2
    RightParen )
    Dot .
    ");
}

#[test]
fn what_is_never_closed_is_reported_where_it_was_opened() {
    assert_snapshot!(tokens("a(\"x).\nb(1)."), @r#"
    Identifier a
    LeftParen (
    String "x).
    b(1).
    error[E0102]: the string is never closed
     --> a.dl:1:3
      |
    1 | a("x).
      |   ^^^^ opened here
    "#);
    assert_snapshot!(tokens("a(\"x\\"), @r#"
    Identifier a
    LeftParen (
    String "x\
    error[E0102]: the string is never closed
     --> a.dl:1:3
      |
    1 | a("x\
      |   ^^^ opened here
    "#);
    assert_snapshot!(tokens("a(1). /* b\nc"), @r"
    Identifier a
    LeftParen (
    Number 1
    RightParen )
    Dot .
    error[E0102]: the comment is never closed
     --> a.dl:1:7
      |
    1 | a(1). /* b
      |       ^^ opened here
    ");
    assert_snapshot!(tokens("a(\"x).\nb(\"y\")."), @r#"
    Identifier a
    LeftParen (
    String "x).
    b("
    Identifier y
    String ").
    error[E0102]: the string is never closed
     --> a.dl:2:5
      |
    1 | a("x).
      |   ---- this string spans lines: is its closing quote missing?
    2 | b("y").
      |     ^^^ opened here
    "#);
}

#[test]
fn characters_outside_the_language_are_named() {
    assert_snapshot!(tokens("größe 漢字(“x”, x\u{a0}≤ y). 'z"), @r#"
    Identifier größe
    Identifier 漢字
    LeftParen (
    Identifier x
    Comma ,
    Identifier x
    Identifier y
    RightParen )
    Dot .
    Identifier z
    error[E0101]: `größe` is not an identifier
     --> a.dl:1:1
      |
    1 | größe 漢字(“x”, x·≤ y). 'z
      | ^^^^^
      |
      = help: identifiers consist of the letters a to z, digits, `_` and `?`; other characters belong in strings

    error[E0101]: `漢字` is not an identifier
     --> a.dl:1:7
      |
    1 | größe 漢字(“x”, x·≤ y). 'z
      |       ^^^^
      |
      = help: identifiers consist of the letters a to z, digits, `_` and `?`; other characters belong in strings

    error[E0101]: unknown character `“`
     --> a.dl:1:10
      |
    1 | größe 漢字(“x”, x·≤ y). 'z
      |            ^
      |
      = help: strings stand in straight double quotes: "text"

    error[E0101]: unknown character `”`
     --> a.dl:1:12
      |
    1 | größe 漢字(“x”, x·≤ y). 'z
      |              ^
      |
      = help: strings stand in straight double quotes: "text"

    error[E0101]: unknown character U+00A0
     --> a.dl:1:16
      |
    1 | größe 漢字(“x”, x·≤ y). 'z
      |                  ^

    error[E0101]: unknown character `≤`
     --> a.dl:1:17
      |
    1 | größe 漢字(“x”, x·≤ y). 'z
      |                   ^
      |
      = help: write `<=`

    error[E0101]: unknown character `'`
     --> a.dl:1:23
      |
    1 | größe 漢字(“x”, x·≤ y). 'z
      |                         ^
      |
      = help: strings stand in double quotes: "text"
    "#);
    assert_snapshot!(tokens("# define X\na & b \\ c \u{feff}"), @r"
    Identifier a
    Identifier b
    Identifier c
    error[E0101]: unknown character `#`
     --> a.dl:1:1
      |
    1 | # define X
      | ^
      |
      = help: lines of the preprocessor are read without `--no-preprocessor`

    error[E0101]: unknown character `&`
     --> a.dl:2:3
      |
    2 | a & b \ c �
      |   ^
      |
      = help: write `,` between the parts of a body

    error[E0101]: unknown character `\`
     --> a.dl:2:7
      |
    2 | a & b \ c �
      |       ^
      |
      = help: write `!` for not and `!=` for unequal

    error[E0101]: unknown character U+FEFF
     --> a.dl:2:11
      |
    2 | a & b \ c �
      |           ^
    ");
}

#[test]
fn nul_bytes_and_turned_text_are_reported_wherever_they_stand() {
    assert_snapshot!(tokens("a(\"x\0y\").\0 // \0"), @r#"
    Identifier a
    LeftParen (
    String "x·y"
    RightParen )
    Dot .
    error[E0107]: the text holds a NUL byte
     --> a.dl:1:5
      |
    1 | a("x␀y").␀ // ␀
      |     ^    -    - U+0000
      |     |    |
      |     |    U+0000
      |     U+0000
    "#);
    assert_snapshot!(tokens("a(\"admin\u{202e} \u{2066}\"). // \u{2069} \u{202c} — “quoted”"), @r#"
    Identifier a
    LeftParen (
    String "admin· ·"
    RightParen )
    Dot .
    warning[W0101]: the text holds characters that change the direction of reading
     --> a.dl:1:9
      |
    1 | a("admin� �"). // � � — “quoted”
      |         ^ -       - - U+202C
      |         | |       |
      |         | |       U+2069
      |         | U+2066
      |         U+202E
      |
      = help: remove them, or make sure that the text means what it seems to say
    "#);
}

#[test]
fn a_flood_of_bad_characters_is_cut_short() {
    let text = "§ ".repeat(10_000);
    let mut sources = SourceMap::default();
    let mut lexer = Lexer::new(sources.add("a.dl", text.as_str()), &text);
    while lexer.next().kind != Kind::End {}
    assert_eq!(lexer.diagnostics.len(), super::REPORTED);
}
