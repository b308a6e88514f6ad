use proptest::prelude::*;

use super::*;
use crate::source::SourceMap;

/// Files that lie in memory.
#[derive(Default)]
struct Memory {
    files: BTreeMap<&'static str, &'static str>,
    sources: SourceMap,
}

impl Files for Memory {
    fn open(&mut self, _: SourceId, written: &str) -> Result<Opened, String> {
        let text = *self.files.get(written).ok_or("no such file")?;
        let source = self.sources.add(written, text);
        Ok(Opened { source, name: written.to_owned(), text: text.to_owned() })
    }
}

fn memory(files: &[(&'static str, &'static str)]) -> Memory {
    Memory { files: files.iter().copied().collect(), sources: SourceMap::default() }
}

/// A program of one text in front of its files.
fn file(files: &mut Memory, text: &str) -> Opened {
    Opened { source: files.sources.add("a.dl", text), name: "a.dl".to_owned(), text: text.to_owned() }
}

/// A program in front of its files, parsed.
fn parsed(text: &str, files: &mut Memory) -> Preprocessed {
    let file = file(files, text);
    parse(&file, &[], &mut BTreeSet::new(), files, &mut Interner::default())
}

/// The expanded text, lines without content left out.
fn expanded(text: &str) -> String {
    let mut files = Memory::default();
    let file = file(&mut files, text);
    let definitions = ["FLAG".to_owned(), "SQ(x)=((x)*(x))".to_owned()];
    let mut once = BTreeSet::new();
    let machine = expand(&file, &definitions, &mut once, &mut files);
    assert_eq!(machine.diagnostics, [], "{text}");
    machine.out.lines().filter(|line| !line.trim().is_empty()).collect::<Vec<_>>().join("\n")
}

#[test]
fn macros_are_replaced() {
    let mut others = String::new();
    for (text, wanted) in [
        ("#define N 3\np(N). q(\"N\"). // N\n", "p(3). q(\"N\"). // N"),
        ("#define F(a, b) p(b, a)\nF(1, \"x, y\"). F(g(1, 2), 3).", "p(\"x, y\", 1). p(3, g(1, 2))."),
        ("#define F(a) p(a)\nF (1). F\n(2). F.", "p(1). p(2). F."),
        ("#define EMPTY\n#define F() x\np(EMPTY F()).", "p( x)."),
        ("#define A B\n#define B A\nA B", "A B"),
        ("#define f(a) a + f(a)\nf(f(1))", "1 + f(1) + f(1 + f(1))"),
        ("#define f(a) a*g\n#define g(a) f(a)\nf(2)(9)", "2*9*g"),
        ("#define S(a) #a\nS( x   \"y\\n\" )", "\"x \\\"y\\\\n\\\"\""),
        ("#define P(a, b) a ## _ ## b\n#define x z\nP(x, 1)(x).", "x_1(z)."),
        ("#define D(name) .decl name(x: number)\nD(p)\n", ".decl p(x: number)"),
        ("#define R(h, ...) h :- __VA_ARGS__.\nR(p(x), q(x), r(x))\nR(p(x))", "p(x) :- q(x), r(x).\np(x) :-."),
        ("#define L a \\\n  b // c\nL", "a b"),
        ("#define N 1\n#undef N\nN", "N"),
        ("FLAG SQ(1+2) RAM_DOMAIN_SIZE", "1 ((1+2)*(1+2)) 64"),
        ("__FILE__\n __LINE__", "\"a.dl\"\n 2"),
        ("#define W(x) x\nW(a)b W(1)2", "a b 1 2"),
        ("?x FLAGS _FLAG 1FLAG", "?x FLAGS _FLAG 1FLAG"),
        ("#!/usr/bin/env souffle\n#\n# 12 \"other.dl\"\n#line 3\n#pragma GCC x\np.", "p."),
        (
            "/* # */ #define N 1\n/*\n#define N 2\n*/ \"\n#define N 3\n\" N",
            "/* # */\n/*\n#define N 2\n*/ \"\n#define N 3\n\" 1",
        ),
    ] {
        let found = expanded(text);
        if found != wanted {
            others.push_str(&format!("{text}\n--- {found}\n"));
        }
    }
    assert_eq!(others, "");
}

#[test]
fn conditions_choose() {
    let chosen = |condition: &str| expanded(&format!("#define N 3\n#if {condition}\nyes\n#else\nno\n#endif")) == "yes";
    for condition in [
        "1",
        "N",
        "N == 3",
        "defined N && !defined(M)",
        "defined(N)",
        "2 + 3 * 4 == 14",
        "-1 < 0",
        "(1 << 3) == 010",
        "0x10 == 16",
        "1 ? 2 : 0",
        "SQ(2) == 4",
        "~0 == -1",
        "7 % 4 == 3",
        "10u > 9L",
        "1 || 1 / 1",
        "FLAG",
        "(6 & 3 | 8) == 10",
        "(5 ^ 1) == 4",
        "16 >> 2 == 4",
        "!0",
        "1 != 2",
        "2 <= 2 && 2 >= 2",
    ] {
        assert!(chosen(condition), "{condition}");
    }
    for condition in ["0", "M", "N - 3", "defined M", "!N", "true", "N > 3 || M"] {
        assert!(!chosen(condition), "{condition}");
    }
    let text = "#ifdef FLAG\na\n#if 0\nb\n#elif 1\nc\n#elif 1\nd\n#else\ne\n#endif\n#else\n#if 1\nf\n#endif\n#endif\n#ifndef FLAG\ng\n#endif\nh";
    assert_eq!(expanded(text), "a\nc\nh");
    // What is left out may be anything, as long as comments end.
    assert_eq!(expanded("#if 0\n it's \"odd \n#nonsense\n#if x y z\n#endif\n/*\n#endif\n*/\n#endif\nh"), "h");
}

/// What is wrong with a text, and where.
fn faults(text: &str) -> String {
    let mut files = memory(&[("self.dl", "#include \"self.dl\"\n"), ("b.dl", "p(.\n")]);
    let found = parsed(text, &mut files).parse.diagnostics;
    let place = |found: &Diagnostic| files.sources.location(found.labels[0].span).to_string();
    found
        .iter()
        .map(|found| format!("{} {}: {}", place(found), found.code.id, found.message))
        .collect::<Vec<_>>()
        .join("\n")
}

#[test]
fn faults_stand_where_they_are_written() {
    let mut others = String::new();
    for (text, wanted) in [
        ("#if 1\n", "a.dl:1:1 E0109: this `#if` is never ended"),
        ("\n #endif", "a.dl:2:2 E0109: `#endif` stands outside of any `#if`"),
        ("#else", "a.dl:1:1 E0109: `#else` stands outside of any `#if`"),
        ("#if 0\n#else\n#elif 1\n#endif", "a.dl:3:1 E0109: `#elif` stands after the `#else`"),
        ("#defin X", "a.dl:1:1 E0109: there is no directive `#defin`"),
        ("#define", "a.dl:1:1 E0109: `#define` wants the name of a macro"),
        ("#define 1", "a.dl:1:1 E0109: `1` cannot be the name of a macro"),
        ("#define defined", "a.dl:1:1 E0109: `defined` cannot be defined"),
        ("#define F(a", "a.dl:1:1 E0109: the parameters of `F` are never closed"),
        ("#define F(a, a) a", "a.dl:1:1 E0109: the parameter `a` of `F` is named twice"),
        ("#define F(1) a", "a.dl:1:1 E0109: `1` cannot be a parameter of `F`"),
        ("#define F(a b) a", "a.dl:1:1 E0109: `,` or `)` is wanted after a parameter of `F`, not `b`"),
        (
            "#define F(a) p(a)\nF(1, 2).",
            "a.dl:2:1 E0109: the macro `F` takes 1 argument, and 2 are given\na.dl:2:8 E0101: expected a clause or a directive, found `.`",
        ),
        (
            "#define F(a) p(a)\nF(1.",
            "a.dl:2:1 E0109: the arguments of `F` are never closed\na.dl:2:4 E0101: expected `,` or `)`, found `.`",
        ),
        ("#undef", "a.dl:1:1 E0109: `#undef` wants the name of one macro"),
        ("#ifdef 1\n#endif", "a.dl:1:1 E0109: `#ifdef` wants the name of one macro"),
        ("#if 1 +\n#endif", "a.dl:1:1 E0109: the condition ends where a value is wanted"),
        ("#if 1 / 0\n#endif", "a.dl:1:1 E0109: the condition divides by zero"),
        ("#if (1\n#endif", "a.dl:1:1 E0109: `)` is missing in the condition"),
        ("#if \"a\"\n#endif", "a.dl:1:1 E0109: `\"a\"` cannot stand in a condition"),
        ("#if 1.5\n#endif", "a.dl:1:1 E0109: `.` cannot stand in a condition"),
        ("#if 1z\n#endif", "a.dl:1:1 E0109: `1z` is not a whole number"),
        ("#error no, \"no\"", "a.dl:1:1 E0109: `#error`: no, \"no\""),
        ("#warning well", "a.dl:1:1 W0102: `#warning`: well"),
        ("#define N 1\n#define N 1\n#define N 2", "a.dl:3:1 W0102: the macro `N` is defined again, and otherwise"),
        ("#include 5", "a.dl:1:1 E0109: `#include` wants a file in double quotes"),
        ("#include \"gone.dl\"", "a.dl:1:1 E0209: cannot include `gone.dl`: no such file"),
        ("#define P \"b.dl\"\n#include P", "b.dl:1:3 E0101: expected a term, found `.`"),
        ("#include <self.dl>", "self.dl:1:1 E0209: files include files more than 64 deep"),
        // Columns behind a macro are those of the text, and what is wrong inside of one stands at its use.
        ("#define N 3\np(N) q.", "a.dl:2:6 E0101: expected `.`, `,` or `:-`, found `q`"),
        ("#define N 3 3\n.decl p(x: number)\n  p(N).", "a.dl:3:5 E0101: expected `,` or `)`, found `3`"),
        ("#define F(a) G(a)\n#define G(a) p(a a)\n  F(1).", "a.dl:3:3 E0101: expected `,` or `)`, found `1`"),
        (
            "#define N 3\n\"never closed N",
            "a.dl:2:1 E0102: the string is never closed\na.dl:2:1 E0101: expected a clause or a directive, found the string \"never closed N",
        ),
    ] {
        let found = faults(text);
        if found != wanted {
            others.push_str(&format!("{text}\n--- {found}\n"));
        }
    }
    assert_eq!(others, "");
}

#[test]
fn macros_that_grow_without_end_are_stopped() {
    let mut text = "#define M0 a a a a a a a a a a\n".to_owned();
    for at in 1..12 {
        let before = format!("M{} ", at - 1).repeat(10);
        text.push_str(&format!("#define M{at} {before}\n"));
    }
    text.push_str("M11\n");
    assert!(faults(&text).contains("E0109: one use of a macro makes more than 200000 words"));
    let deep = format!("#define F(x) x\n{}1{}", "F(".repeat(300), ")".repeat(300));
    assert!(faults(&deep).contains("macros are used in arguments of macros more than 256 deep"));
    let condition = format!("#if {}1\n#endif", "(".repeat(10_000));
    assert!(faults(&condition).contains("nested deeper than 256 levels"));
    assert!(faults(&format!("#if {}1\n#endif", "! ".repeat(10_000))).contains("nested deeper than 256 levels"));
}

#[test]
fn included_text_has_its_own_places() {
    let mut files = memory(&[("types.dl", "#pragma once\n.type T = number\n#define N 7")]);
    let text = "#include \"types.dl\"\n#include \"types.dl\"\n.decl p(x: T)\np(N).\n";
    let done = parsed(text, &mut files);
    assert_eq!(done.parse.diagnostics, []);
    let places: Vec<String> = done
        .parse
        .program
        .items
        .iter()
        .map(|item| format!("{} {}", files.sources.location(item.span), files.sources.text(item.span)))
        .collect();
    assert_eq!(places, ["types.dl:2:1 .type T = number", "a.dl:3:1 .decl p(x: T)", "a.dl:4:1 p(N)."]);
    let uses: Vec<&str> =
        done.uses.iter().flat_map(|(&at, &of)| [files.sources.text(at), files.sources.text(of)]).collect();
    assert_eq!(uses, ["N", "#define N 7"]);
}

#[test]
fn only_what_needs_it_is_preprocessed() {
    assert!(!wanted("p(\"#define\"). // # x\nq(1 / 2).") && !wanted(""));
    assert!(wanted("#if 1") && wanted("p.\n  #if 1") && wanted("p(RAM_DOMAIN_SIZE).") && wanted("/* */ #define X"));
}

#[test]
fn definitions_from_outside_are_checked() {
    assert_eq!([bad_definition("A"), bad_definition("A="), bad_definition("F(x)=x")], [None, None, None]);
    assert_eq!(bad_definition("A B").as_deref(), Some("a macro is defined as NAME or NAME=BODY, not `A B`"));
    assert!(bad_definition("1").is_some() && bad_definition("").is_some() && bad_definition("F(=1").is_some());
}

proptest! {
    #[test]
    fn no_text_makes_it_fail(pieces in prop::collection::vec(prop::sample::select(vec![
        "#define ", "#if ", "#else\n", "#endif\n", "#include \"a\"", "#elif ", "F", "G", "(", ")", ",", "##", "#", "\n",
        "\\\n", "\"", "/*", "*/", "//", " ", "x", "1", "defined", "F(a)", "é", "__LINE__", "...", "?", ":", "+", "<<",
        "\r\n", ".decl p(x: number)\n", "[", "]",
    ]), 0..40)) {
        let text = pieces.concat();
        let mut files = memory(&[("a", "#define F(a) G(a, a) #a a##a\n#define G F F(\n")]);
        let done = parsed(&text, &mut files);
        for found in &done.parse.diagnostics {
            for label in &found.labels {
                prop_assert!(files.sources.get(label.span.source).text().get(label.span.range()).is_some(), "{found:?}");
            }
        }
    }
}
