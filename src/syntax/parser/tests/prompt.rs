//! What the prompt relies on: unfinished text, goals, lone atoms.

use crate::source::SourceMap;
use crate::symbol::Interner;
use crate::syntax::print::{print_atom, print_goal};
use crate::syntax::{parse, parse_atom, parse_goal};
use insta::assert_snapshot;

#[test]
fn unfinished_text_is_told_from_wrong_text() {
    let incomplete = |text: &str| parse(SourceMap::default().add("", ""), text, &mut Interner::default()).incomplete;
    let open = [
        "a(1)",
        "a(1",
        "a(",
        "a(1,",
        "a(x) :-",
        "a(x) :- b(x)",
        "a(x) :- b(x),",
        "a(\"x",
        "a(\"x\n",
        "/* a",
        "a(1). /*",
        ".decl",
        ".decl a(x: number",
        ".type A =",
        ".comp A {",
        ".comp A { a(1).",
        "?- a(x)",
        "@[quiet]",
        "@[quiet",
        "/// Says",
        ".input",
        "a(x) :- x = count : {",
        "a(\"\\",
        "b(1). a",
        ".init a",
        "a(x) :- (b(x)",
    ];
    let closed = [
        "",
        " ",
        "// a",
        "a(1).",
        ".decl a(x: number)",
        ".type A",
        ".comp A {}",
        "a(x) :- ).",
        ".once",
        "/// a\nb(1).",
        "a(x) :- b(x)) ",
        "a(1). )",
        "'",
        "#",
        ".plan",
    ];
    let open: Vec<&str> = open.into_iter().filter(|text| !incomplete(text)).collect();
    let closed: Vec<&str> = closed.into_iter().filter(|text| incomplete(text)).collect();
    assert_eq!((open, closed), (vec![], vec![]));
}

#[test]
fn goals_are_asked_in_three_ways() {
    let mut symbols = Interner::default();
    let mut ask = |text: &str| {
        let parsed = parse_goal(SourceMap::default().add("", ""), text, &mut symbols);
        let goal = parsed.goal.map_or_else(|| "-".to_owned(), |goal| print_goal(&goal, &symbols));
        let messages: Vec<&str> = parsed.diagnostics.iter().map(|diagnostic| diagnostic.message.as_str()).collect();
        format!("{text}  =>  {goal}  {}{}|\n", messages.join("; "), if parsed.incomplete { " ..." } else { "" })
    };
    let texts = [
        "?- a(x), x < 2.",
        "a(x)?",
        "a(x) ?",
        "a(x), x = y?",
        "a(x)",
        "a(x).",
        "a(x)? // why",
        "a(x) ; !b(x)",
        "a(x),",
        "a(x",
        "",
        "a(x) :- b(x).",
        "a(x). b(x).",
        "x",
        "a(\"really?\")",
        "a(\"really?",
        "?-",
    ];
    let answers: String = texts.iter().map(|text| ask(text)).collect();
    assert_snapshot!(answers, @r#"
    ?- a(x), x < 2.  =>  ?- a(x), x < 2.  |
    a(x)?  =>  ?- a(x).  |
    a(x) ?  =>  ?- a(x).  |
    a(x), x = y?  =>  ?- a(x), x = y.  |
    a(x)  =>  ?- a(x).  |
    a(x).  =>  ?- a(x).  |
    a(x)? // why  =>  ?- a(x).  |
    a(x) ; !b(x)  =>  ?- a(x) ; !b(x).  |
    a(x),  =>  -  expected an atom, a comparison or `!`, found the end of the text ...|
    a(x  =>  -  the bracket `(` is never closed ...|
      =>  -  expected an atom, a comparison or `!`, found the end of the text ...|
    a(x) :- b(x).  =>  -  expected `,`, `;` or the end of the goal, found `:-`|
    a(x). b(x).  =>  -  expected nothing after the goal, found `b`|
    x  =>  -  expected a comparison after the term, found the end of the text ...|
    a("really?")  =>  ?- a("really?").  |
    a("really?  =>  -  the string is never closed ...|
    ?-  =>  -  expected an atom, a comparison or `!`, found the end of the text ...|
    "#);
}

#[test]
fn why_wants_one_atom() {
    let mut symbols = Interner::default();
    let mut read = |text: &str| {
        let parsed = parse_atom(SourceMap::default().add("", ""), text, &mut symbols);
        let atom = parsed.atom.map_or_else(|| "-".to_owned(), |atom| print_atom(&atom, &symbols));
        let messages: Vec<&str> = parsed.diagnostics.iter().map(|diagnostic| diagnostic.message.as_str()).collect();
        format!("{text}  =>  {atom}  {}{}|\n", messages.join("; "), if parsed.incomplete { " ..." } else { "" })
    };
    let texts = ["a(\"x\", _, y)", "a.b(1).", "a(", "!a(1)", "a(1), b(1)", "a", "", "a(1). b", "a(-1, [2, nil])"];
    let answers: String = texts.iter().map(|text| read(text)).collect();
    assert_snapshot!(answers, @r#"
    a("x", _, y)  =>  a("x", _, y)  |
    a.b(1).  =>  a.b(1)  |
    a(  =>  -  expected a term, found the end of the text ...|
    !a(1)  =>  -  expected one atom|
    a(1), b(1)  =>  -  expected one atom|
    a  =>  -  expected a comparison after the term, found the end of the text ...|
      =>  -  expected an atom, a comparison or `!`, found the end of the text ...|
    a(1). b  =>  -  expected nothing after the atom, found `b`|
    a(-1, [2, nil])  =>  a(-1, [2, nil])  |
    "#);
}
