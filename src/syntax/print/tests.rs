//! That what is printed parses back to the same tree, for trees that no author would write.

use super::{print_atom, print_clause, print_formula, print_goal, print_item, print_program, print_term, quoted};
use crate::source::{SourceId, SourceMap, Span};
use crate::symbol::{Interner, Symbol};
use crate::syntax::ast::*;
use crate::syntax::{parse, parse_atom, parse_goal};
use insta::assert_snapshot;
use proptest::prelude::*;

/// Names that a program may use, among them words that are reserved elsewhere.
const NAMES: &[&str] =
    &["x", "y", "edge", "?q", "_z", "not", "and", "or", "decl", "number", "symbol", "A", "x1", "a.b", "u.v.w"];
/// How many of them have no full stop.
const PLAIN: u32 = 13;
/// Texts of strings, documentation and values.
const TEXTS: &[&str] =
    &["", "text", "a \"quoted\" \\ one", "tab\tand\x07\x08\x0b\x0c\r", "ä 漢", "5", "true", "// no comment */"];
const DOCS: &[&str] = &["One line.", "Two\nlines", "\n  indented\n", "/ slash", "* star", ""];
const QUALIFIERS: &[&str] = &["eqrel", "inline", "btree_delete", "overridable", "output"];

/// All of the above, so that the position of a name is its symbol.
fn symbols() -> Interner {
    let mut symbols = Interner::default();
    for text in NAMES.iter().chain(TEXTS).chain(DOCS).chain(QUALIFIERS) {
        symbols.intern(text);
    }
    symbols
}

fn symbol_in(texts: &'static [&'static str]) -> impl Strategy<Value = Symbol> + Clone {
    prop::sample::select(texts).prop_map(|text| symbols().find(text).unwrap())
}

fn source() -> SourceId {
    SourceMap::default().add("", "")
}

fn span() -> Span {
    Span::new(source(), 0, 0)
}

fn named(symbol: Symbol) -> Name {
    Name { symbol, span: span() }
}

fn name() -> impl Strategy<Value = Name> + Clone {
    (0..PLAIN).prop_map(|at| named(Symbol(at)))
}

fn path() -> impl Strategy<Value = Name> + Clone {
    (0..u32::try_from(NAMES.len()).unwrap()).prop_map(|at| named(Symbol(at)))
}

fn text() -> impl Strategy<Value = Name> + Clone {
    symbol_in(TEXTS).prop_map(named)
}

fn term_of(kind: TermKind) -> Term {
    Term { kind, span: span() }
}

/// A functor and how many operands it takes at most.
fn functor() -> impl Strategy<Value = (Functor, usize)> {
    prop::sample::select(Functor::ALL).prop_map(|functor| {
        let operands = match functor {
            Functor::Negate | Functor::BitNot | Functor::LogicNot => 1,
            functor if crate::syntax::parser::binding(functor).is_some() || functor == Functor::Power => 2,
            _ => 3,
        };
        (functor, operands)
    })
}

fn leaf() -> impl Strategy<Value = Term> {
    prop_oneof![
        name().prop_map(|name| TermKind::Variable(name.symbol)),
        Just(TermKind::Wildcard),
        (any::<u64>(), any::<bool>(), any::<bool>()).prop_map(|(magnitude, negative, unsigned)| TermKind::Integer {
            magnitude,
            negative,
            unsigned
        }),
        (0..3_u64, any::<bool>()).prop_map(|(magnitude, negative)| TermKind::Integer {
            magnitude,
            negative,
            unsigned: false
        }),
        (prop::num::f64::NORMAL | prop::num::f64::SUBNORMAL | prop::num::f64::ZERO).prop_map(TermKind::Float),
        text().prop_map(|name| TermKind::String(name.symbol)),
        Just(TermKind::Nil),
        Just(TermKind::Autoinc),
        Just(TermKind::Iteration),
    ]
    .prop_map(term_of)
}

/// Terms over formulas of a given depth, which are over terms of a lesser one.
fn term(depth: u32) -> BoxedStrategy<Term> {
    leaf()
        .prop_recursive(4, 16, 3, move |inner| {
            let some = prop::collection::vec(inner.clone(), 0..3);
            let arguments = prop::collection::vec(inner.clone(), 3..4);
            let call = (functor(), arguments).prop_map(|((functor, operands), mut arguments)| {
                arguments.truncate(operands);
                TermKind::Call { functor, arguments }
            });
            let plain = prop_oneof![
                4 => call,
                1 => some.clone().prop_map(TermKind::Record),
                1 => (path(), some.clone()).prop_map(|(name, arguments)| TermKind::Branch { name, arguments }),
                1 => (name(), some).prop_map(|(name, arguments)| TermKind::User { name, arguments }),
                1 => (inner.clone(), path()).prop_map(|(term, ty)| TermKind::As { term: Box::new(term), ty }),
            ];
            if depth == 0 {
                return plain.prop_map(term_of).boxed();
            }
            let op =
                prop::sample::select(&[AggregateOp::Sum, AggregateOp::Min, AggregateOp::Max, AggregateOp::Mean][..]);
            let of = (op, inner).prop_map(|(op, target)| (op, Some(target)));
            let aggregate = (prop_oneof![Just((AggregateOp::Count, None)), of], formula(depth - 1))
                .prop_map(|((op, target), body)| TermKind::Aggregate(Box::new(Aggregate { op, target, body })));
            prop_oneof![6 => plain, 1 => aggregate].prop_map(term_of).boxed()
        })
        .boxed()
}

fn atom(depth: u32) -> impl Strategy<Value = Atom> {
    (path(), prop::collection::vec(term(depth), 0..3)).prop_map(|(relation, arguments)| Atom {
        relation,
        arguments,
        span: span(),
    })
}

fn compare_op() -> impl Strategy<Value = CompareOp> {
    use CompareOp::{Contains, Equal, Greater, GreaterEqual, Less, LessEqual, Match, NotEqual};
    prop::sample::select(&[Equal, NotEqual, Less, LessEqual, Greater, GreaterEqual, Match, Contains][..])
}

fn formula(depth: u32) -> BoxedStrategy<Formula> {
    prop_oneof![
        3 => atom(depth).prop_map(Formula::Atom),
        2 => (compare_op(), term(depth), term(depth))
            .prop_map(|(op, left, right)| Formula::Compare(Compare { op, left, right, span: span() })),
        1 => any::<bool>().prop_map(|value| Formula::Boolean(value, span())),
    ]
    .prop_recursive(3, 8, 3, |inner| {
        let parts = prop::collection::vec(inner.clone(), 2..4);
        prop_oneof![
            parts.clone().prop_map(Formula::And),
            parts.prop_map(Formula::Or),
            inner.prop_map(|formula| Formula::Not(Box::new(formula), span())),
        ]
    })
    .boxed()
}

fn plan() -> impl Strategy<Value = Plan> {
    let order = (0..3_u32, prop::collection::vec(1..9_u32, 0..3));
    prop::collection::vec(order, 1..3).prop_map(|orders| Plan { orders, span: span() })
}

fn clause() -> impl Strategy<Value = Clause> {
    let heads = prop_oneof![
        atom(1).prop_map(|head| (vec![head], false, false)),
        prop::collection::vec(atom(1), 1..4).prop_map(|heads| (heads, false, true)),
        prop::collection::vec(atom(1), 2..3).prop_map(|heads| (heads, true, true)),
    ];
    (heads, formula(1), prop::option::of(plan())).prop_map(|((heads, subsumption, rule), body, plan)| Clause {
        heads,
        subsumption,
        body: rule.then_some(body),
        plan,
        span: span(),
    })
}

fn attributes() -> impl Strategy<Value = Vec<Attribute>> + Clone {
    let attribute = (name(), path(), prop::bool::weighted(0.1));
    prop::collection::vec(attribute.prop_map(|(name, ty, lattice)| Attribute { name, ty, lattice }), 0..3)
}

fn type_definition() -> impl Strategy<Value = TypeDefinition> {
    let primitive = prop::sample::select(&["number", "symbol"][..]);
    let branch = (name(), attributes()).prop_map(|(name, fields)| AdtBranch { name, fields });
    prop_oneof![
        path().prop_map(TypeDefinition::Subtype),
        path().prop_map(TypeDefinition::Alias),
        prop::collection::vec(path(), 2..4).prop_map(TypeDefinition::Union),
        attributes().prop_map(TypeDefinition::Record),
        prop::collection::vec(branch, 1..4).prop_map(TypeDefinition::Adt),
        primitive.prop_map(|base| TypeDefinition::Deprecated(named(symbols().find(base).unwrap()))),
    ]
}

fn component_type() -> impl Strategy<Value = ComponentType> {
    (path(), prop::collection::vec(path(), 0..3)).prop_map(|(name, parameters)| ComponentType { name, parameters })
}

fn names() -> impl Strategy<Value = Vec<Name>> + Clone {
    prop::collection::vec(name(), 1..4)
}

/// The kinds of item that may stand anywhere.
fn common_kind() -> impl Strategy<Value = ItemKind> {
    let kind = prop::sample::select(
        &[DirectiveKind::Input, DirectiveKind::Output, DirectiveKind::Printsize, DirectiveKind::Limitsize][..],
    );
    let qualifiers = prop::collection::vec(symbol_in(QUALIFIERS).prop_map(named), 0..3);
    let operators = prop::collection::vec((name(), term(0)), 1..3);
    prop_oneof![
        (name(), type_definition()).prop_map(|(name, definition)| ItemKind::Type(TypeDecl { name, definition })),
        (names(), attributes(), qualifiers, prop::collection::vec(names(), 0..3)).prop_map(
            |(names, attributes, qualifiers, choice)| {
                ItemKind::Relation(RelationDecl { names, attributes, qualifiers, choice })
            }
        ),
        clause().prop_map(ItemKind::Clause),
        (kind, prop::collection::vec(path(), 1..3), prop::collection::vec((name(), text()), 0..3))
            .prop_map(|(kind, relations, parameters)| ItemKind::Directive(Directive { kind, relations, parameters })),
        (name(), component_type()).prop_map(|(name, component)| ItemKind::Init(Init { name, component })),
        (path(), operators).prop_map(|(name, operators)| ItemKind::Lattice(LatticeDecl { name, operators })),
        prop::option::of(text()).prop_map(|path| ItemKind::Include { path }),
    ]
}

fn item_of(kind: impl Strategy<Value = ItemKind>) -> impl Strategy<Value = Item> {
    let annotation =
        (name(), prop::option::of(text())).prop_map(|(name, value)| Annotation { name, value, span: span() });
    (prop::option::weighted(0.2, symbol_in(DOCS)), prop::collection::vec(annotation, 0..2), kind)
        .prop_map(|(doc, annotations, kind)| Item { doc, annotations, kind, span: span() })
}

fn component() -> impl Strategy<Value = ItemKind> {
    let inner = prop_oneof![4 => common_kind(), 1 => name().prop_map(ItemKind::Override)];
    (component_type(), prop::collection::vec(component_type(), 0..3), prop::collection::vec(item_of(inner), 0..4))
        .prop_map(|(head, bases, items)| ItemKind::Component(Component { head, bases, items }))
}

fn item() -> impl Strategy<Value = Item> {
    item_of(prop_oneof![
        8 => common_kind(),
        1 => component(),
        1 => formula(1).prop_map(|body| ItemKind::Goal(Goal { body, span: span() })),
        1 => (text(), prop::option::of(text())).prop_map(|(key, value)| ItemKind::Pragma { key, value }),
        1 => (name(), prop::collection::vec(path(), 0..3), path(), any::<bool>()).prop_map(
            |(name, parameters, result, stateful)| {
                ItemKind::Functor(FunctorDecl { name, parameters, result, stateful })
            }
        ),
    ])
}

/// A tree without its places.
fn placeless(tree: &impl std::fmt::Debug) -> String {
    let spans = regex::Regex::new(r"Span \{[^}]*\}").unwrap();
    spans.replace_all(&format!("{tree:?}"), "_").into_owned()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_printed_program_parses_back(items in prop::collection::vec(item(), 0..4)) {
        let program = Program { items };
        let mut symbols = symbols();
        let printed = print_program(&program, &symbols);
        let parsed = parse(source(), &printed, &mut symbols);
        prop_assert_eq!(&parsed.diagnostics, &vec![], "{}", printed);
        prop_assert_eq!(placeless(&parsed.program), placeless(&program), "{}", printed);
    }

    #[test]
    fn a_printed_body_is_a_goal(formula in formula(2)) {
        let mut symbols = symbols();
        let printed = print_formula(&formula, &symbols);
        let parsed = parse_goal(source(), &printed, &mut symbols);
        let goal = parsed.goal.ok_or_else(|| TestCaseError::fail(printed.clone()))?;
        prop_assert_eq!(placeless(&goal.body), placeless(&formula), "{}", printed);
    }

    #[test]
    fn a_printed_atom_is_an_atom(atom in atom(1)) {
        let mut symbols = symbols();
        let printed = print_atom(&atom, &symbols);
        let parsed = parse_atom(source(), &printed, &mut symbols);
        prop_assert_eq!(placeless(&parsed.atom), placeless(&Some(atom)), "{}", printed);
    }
}

fn reprinted(text: &str) -> String {
    let mut symbols = Interner::default();
    let parsed = parse(source(), text, &mut symbols);
    assert_eq!(parsed.diagnostics, []);
    print_program(&parsed.program, &symbols)
}

#[test]
fn parentheses_stand_only_where_they_matter() {
    let text = "p(((a) + (b)) + (c), (a) - ((b) - (c)), ((a) * b) ^ 2, (-a) ^ 2, -(a ^ 2), -(5), -(-(5)), (-5) ^ 2, 2 ^ (-5)) :-
        (((q(x)), ((r(x)) ; s(x)))), !((t(x))), !(u(x), v(x)), (x) = ((1)), !(x != 2), count : { ((q(_))) } = 1.";
    assert_snapshot!(reprinted(text), @r"
    p(a + b + c, a - (b - c), (a * b) ^ 2, (-a) ^ 2, -a ^ 2, -(5), --(5), (-5) ^ 2, 2 ^ -5) :-
        (q(x), (r(x) ; s(x))),
        !t(x),
        !(u(x), v(x)),
        x = 1,
        !(x != 2),
        count : { q(_) } = 1.
    ");
}

#[test]
fn a_long_rule_has_a_line_for_each_literal() {
    let text = "responsible(party, layer) :- claims(party, scope, layer, document), covers(scope, layer), !(disputed(party) ; withdrawn(document)). ok() :- a(), b().
        either(long_variable_name) :- first_relation(long_variable_name), second(long_variable_name) ; third(long_variable_name).\n.plan 0: (1, 2)";
    assert_snapshot!(reprinted(text), @r"
    responsible(party, layer) :-
        claims(party, scope, layer, document),
        covers(scope, layer),
        !(disputed(party) ; withdrawn(document)).
    ok() :- a(), b().
    either(long_variable_name) :-
        first_relation(long_variable_name), second(long_variable_name) ;
        third(long_variable_name).
    .plan 0: (1, 2)
    ");
}

#[test]
fn every_kind_of_item_has_its_form() {
    assert_snapshot!(reprinted(crate::syntax::parser::tests::EVERYTHING), @r#"
    /// A sentence
    /// of two lines.
    @[label = "edge"]
    @[quiet]
    @[watch]
    .decl edge, link(x: number, y: number) brie no_inline choice-domain x, (x, y)
    .decl flag() output
    .decl dist(x: number, d: Cost<>)
    .type Id <: number
    .type Any = Id | ns.Other
    .type Same = Id
    .type Pair = [x: number, y: Pair]
    .type Empty = []
    .type Tree = Leaf {} | Node {l: Tree, r: Tree}
    .symbol_type Old
    .number_type Older
    .symbol_type Oldest
    .functor f(number, symbol): symbol stateful
    .functor g(): float
    .functor h(): float
    .lattice Cost<> { Bottom -> 0, Lub -> @lub(_, _), Glb -> min(1, 2) }
    .pragma "wrap"
    .pragma "key" "value"
    .include "other.dl"
    .once
    .input edge(IO="file", filename="e.csv", headers=true, n=5)
    .output flag, inst.rel
    .printsize flag
    .limitsize edge(n=10)
    edge(1, 2).
    edge(-1, 31).
    edge(5u, 16909060).
    p("a\"b\\", 1.5, -2.5, nil, _).
    edge(x, y), link(y, x) :- edge(x, z), !edge(z, y) ; (x = 1, y != 2 ; x < y), x <= 3, x > 4, x >= 5.
    .plan 0: (2, 1), 1: ()
    a(x) :-
        match("a.*", x),
        !contains("b", x),
        true,
        !false,
        (x + 1) * 2 = y,
        x = y,
        flag(),
        !(flag(), flag()).
    edge(x, a) <= edge(x, b) :- a < b.
    n(c, s, m, u) :-
        c = count : { edge(_, _) } + 1,
        s = sum x * 2 : { edge(x, _) },
        m = max x + 1 : { edge(x, _) },
        u = min(1, 2, c),
        mean x : { edge(x, _), x > 1 } = s,
        count : { inst.edge(_, _) } > 2.
    t(-2 ^ 2, 2 ^ -x ^ y, -x * y, a - b - c, a - (b - c), bnot a band b bor c bxor d, lnot a land b lor c lxor d, a bshl 1 bshr 2 bshru 3, a * (b + c) / d % e).
    r([1, [2, nil], []], $Leaf(), $ns.Node(1, $Leaf()), as(x, number), @f(1, "s"), autoinc(), autoinc(), cat("a", "b"), ord(x), strlen(x), substr(x, 0, 1), range(0, 3), to_number(x), to_unsigned(x), to_float(x), to_string(x), --x, --5, recursive_iteration_cnt()).
    .comp Base<T, U> : Root<T>, Other {
        .decl r(x: T) overridable
        r(1).
        .override q
        .comp Inner {
            s(x) :- r(x).
        }
        .init deep = Inner
    }
    .init inst = Base<number, symbol>
    inst.r(?x) :- inst.deep.s(_x).
    ?- edge(x, y), x < y.
    "#);
}

#[test]
fn parts_print_as_they_do_in_a_program() {
    let mut symbols = Interner::default();
    let text = "/// Doc.\na(x + 1) :- b(x).\n?- c(y), y < 2.";
    let program = parse(source(), text, &mut symbols).program;
    let [rule, goal] = program.items.as_slice() else { panic!("two items") };
    assert_eq!(print_item(rule, &symbols), "/// Doc.\na(x + 1) :- b(x).");
    let (ItemKind::Clause(clause), ItemKind::Goal(goal)) = (&rule.kind, &goal.kind) else { panic!("rule and goal") };
    assert_eq!(print_clause(clause, &symbols), "a(x + 1) :- b(x).");
    assert_eq!(print_term(&clause.heads[0].arguments[0], &symbols), "x + 1");
    assert_eq!(print_goal(goal, &symbols), "?- c(y), y < 2.");
    assert_eq!(quoted("a\"\\\n\u{202e}"), "\"a\\\"\\\\\\n\u{202e}\"");
}

#[test]
fn what_has_no_literal_is_still_a_term() {
    let symbols = Interner::default();
    let print = |value| print_term(&term_of(TermKind::Float(value)), &symbols);
    assert_eq!(print(f64::INFINITY), "to_float(\"inf\")");
    assert_eq!(print(f64::NEG_INFINITY), "to_float(\"-inf\")");
    assert_eq!(print(f64::NAN), "to_float(\"nan\")");
    assert_eq!(print(1e21), "1000000000000000000000.0");
}
