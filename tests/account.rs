//! What the manual owes: a case for each line of what Soufflé really does, followed or not, and a proof in some chapter
//! for each construct of the language.
#![allow(clippy::unwrap_used)] // a test that cannot go on panics, its helpers too

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use onus::explain::{Proof, ProofNode};
use onus::model::Model;
use onus::program::{Callee, CompareOp, Functor, RelationDecl, RelationId, RelationKind, Role, Rule, Term};
use onus::session::{DiskLoader, FactFormat, Options, Session};
use onus::syntax::ast::DirectiveKind;
use onus::value::{Type, TypeId};
use onus_judge::case::files;

/// The lines about what Soufflé does, as the cases are numbered.
const LINES: usize = 82;

/// Everything that a rule author can write and a proof can rest on, operators and functors left aside: those are listed
/// in the code.
const CONSTRUCTS: &[&str] = &[
    "a fact",
    "a rule",
    "a recursive rule",
    "an absence",
    "an absence with `_`",
    "a negated `match`",
    "a negated `contains`",
    "aggregate count",
    "aggregate sum",
    "aggregate min",
    "aggregate max",
    "aggregate mean",
    "an aggregate in an aggregate",
    "a relation without columns",
    "a record taken apart",
    "a record put together",
    "nil",
    "a branch taken apart",
    "a branch put together",
    "an enumeration",
    "as",
    "autoinc()",
    "a round",
    "a monotone aggregate",
    "an equivalence",
    "a choice",
    "a subsumption",
    "a lattice",
    "a limit of size",
    "an inlined relation",
    "a relation of an instance",
    "an override",
    "several heads",
    "alternatives",
    "a macro",
    "an included file",
    "a plan",
    "a registered or built-in `@` functor",
    "a float",
    "an unsigned number",
    "a subtype",
    "a union",
    "a label",
    "a sentence",
    "a constraint",
    "a fact of a file",
];

fn manual() -> Vec<PathBuf> {
    files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases"), "md")
}

/// One heading of the manual.
#[derive(Default)]
struct Chapter {
    heading: String,
    program: String,
    files: Vec<(String, String)>,
    facts: Vec<(String, String)>,
    why: Vec<String>,
    /// Whether anything is asked at all.
    asks: bool,
}

fn chapters(text: &str) -> Vec<Chapter> {
    let mut chapters: Vec<Chapter> = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if let Some(heading) = line.strip_prefix("# ") {
            chapters.push(Chapter { heading: heading.to_owned(), ..Chapter::default() });
        }
        let Some(info) = line.strip_prefix("```") else { continue };
        let body: String = lines.by_ref().take_while(|line| *line != "```").flat_map(|line| [line, "\n"]).collect();
        let Some(chapter) = chapters.last_mut() else { continue };
        match info.split_once(' ').unwrap_or((info, "")) {
            ("datalog", _) => chapter.program.push_str(&body),
            ("file", name) => chapter.files.push((name.to_owned(), body)),
            ("facts", name) => chapter.facts.push((name.to_owned(), body)),
            ("why", what) => {
                chapter.why.push(what.to_owned());
                chapter.asks = true;
            }
            ("text" | "toml" | "with", _) => {}
            _ => chapter.asks = true,
        }
    }
    chapters
}

/// The rows of the account in `docs/souffle.md`: what is said of each number. Rows of the tables above come first.
fn rows(text: &str) -> (BTreeSet<usize>, BTreeMap<usize, String>) {
    let (tables, account) = text.split_once("\n## Line by line").unwrap();
    let row = |line: &str| {
        let cells: Vec<String> = line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect();
        Some((cells.first()?.parse::<usize>().ok()?, cells.last()?.clone()))
    };
    (tables.lines().filter_map(row).map(|(number, _)| number).collect(), account.lines().filter_map(row).collect())
}

#[test]
fn each_line_of_what_souffle_does_has_its_case() {
    let mut cases: BTreeMap<usize, usize> = BTreeMap::new();
    for path in manual().iter().filter(|path| path.to_string_lossy().contains("cases/souffle")) {
        for chapter in chapters(&std::fs::read_to_string(path).unwrap()) {
            let number = chapter.heading.split(' ').next().and_then(|word| word.parse().ok());
            let number: usize =
                number.unwrap_or_else(|| panic!("{}: {} has no number", path.display(), chapter.heading));
            assert!(chapter.asks, "{}: nothing is asked in {}", path.display(), chapter.heading);
            *cases.entry(number).or_default() += 1;
        }
    }
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/souffle.md");
    let (differences, account) = rows(&std::fs::read_to_string(docs).unwrap());
    for line in 1..=LINES {
        assert!(cases.contains_key(&line), "line {line} has no case");
        let said = account.get(&line).unwrap_or_else(|| panic!("the account leaves out line {line}"));
        assert!(["the same", "differs"].contains(&said.as_str()), "of line {line} the account says {said:?}");
        assert_eq!(said == "differs", differences.contains(&line), "line {line} {said}, and the tables say otherwise");
    }
    assert!(cases.keys().chain(account.keys()).all(|line| (1..=LINES).contains(line)));
}

/// What a proof rests on.
struct Seen<'a> {
    model: &'a Model,
    found: &'a mut BTreeSet<String>,
}

impl Seen<'_> {
    fn see(&mut self, what: impl Into<String>) {
        self.found.insert(what.into());
    }

    fn proof(&mut self, proof: &Proof) {
        for node in &proof.nodes {
            match node {
                ProofNode::Given { tuple, origin } => {
                    self.see("a fact");
                    if matches!(origin, Some(onus::storage::Origin::Line(..))) {
                        self.see("a fact of a file");
                    }
                    self.relation(tuple.relation);
                }
                ProofNode::Derived { tuple, rule, .. } => {
                    self.see("a rule");
                    self.relation(tuple.relation);
                    self.rule(self.model.program().rule(*rule));
                }
                ProofNode::Absent { pattern, .. } => {
                    self.see(if pattern.contains(&None) { "an absence with `_`" } else { "an absence" });
                }
                ProofNode::Compared { op, negated, .. } => {
                    self.see(format!("comparison {}", op.name()));
                    if *negated {
                        self.see(format!("a negated `{}`", op.name()));
                    }
                }
                ProofNode::Counted { op, .. } => self.see(format!("aggregate {}", op.name())),
                ProofNode::Cut { .. } => {}
            }
        }
    }

    fn relation(&mut self, id: RelationId) {
        let program = self.model.program();
        let declared: &RelationDecl = program.relation(id);
        let marks = [
            (declared.columns.is_empty(), "a relation without columns"),
            (declared.kind == RelationKind::Eqrel, "an equivalence"),
            (!declared.choice.is_empty(), "a choice"),
            (self.model.name(id).contains('.') && !declared.made, "a relation of an instance"),
            (declared.says.is_some(), "a sentence"),
            (declared.deny.is_some(), "a constraint"),
            (
                program.directives.iter().any(|it| it.relation == id && it.kind == DirectiveKind::Limitsize),
                "a limit of size",
            ),
        ];
        marks.into_iter().filter(|(here, _)| *here).for_each(|(_, what)| self.see(what));
        for column in &declared.columns {
            self.ty(column.ty);
        }
    }

    fn ty(&mut self, ty: TypeId) {
        match self.model.program().types.get(ty) {
            Type::Subtype { .. } => self.see("a subtype"),
            Type::Union { .. } => self.see("a union"),
            Type::Adt { branches } if branches.iter().all(|branch| branch.fields.is_empty()) => {
                self.see("an enumeration");
            }
            Type::Record { .. } | Type::Adt { .. } | Type::Primitive(_) => {}
        }
        if ty == TypeId::FLOAT {
            self.see("a float");
        } else if ty == TypeId::UNSIGNED {
            self.see("an unsigned number");
        }
    }

    fn rule(&mut self, rule: &Rule) {
        let program = self.model.program();
        let role = program.relation(rule.head).role;
        let same_clause = |other: &&Rule| other.clause == rule.clause && other.span == rule.span;
        let others: Vec<&Rule> = program.rules.iter().filter(same_clause).collect();
        let mut reads_itself = false;
        rule.reads(&mut |relation, _| reads_itself |= relation == rule.head);
        let text = self.model.sources().text(rule.span).to_owned();
        let marks = [
            (reads_itself, "a recursive rule"),
            (rule.label.is_some(), "a label"),
            (rule.monotone, "a monotone aggregate"),
            (!rule.plan.is_empty(), "a plan"),
            (others.iter().any(|other| other.head != rule.head), "several heads"),
            (others.len() > 1 && others.iter().all(|other| other.head == rule.head), "alternatives"),
            (matches!(role, Role::Candidates { .. }), "a subsumption"),
            (text.contains("recursive_iteration_cnt"), "a round"),
        ];
        marks.into_iter().filter(|(here, _)| *here).for_each(|(_, what)| self.see(what));
        rule.arguments.iter().for_each(|term| term.visit(&mut |term| self.term(term, true)));
        for literal in &rule.body {
            literal.visit_terms(&mut |term| self.term(term, false));
        }
    }

    fn term(&mut self, term: &Term, head: bool) {
        let program = self.model.program();
        let found = &mut *self.found;
        let mut see = |what: &str| {
            found.insert(what.to_owned());
        };
        match term {
            Term::Call(call) => match call.functor {
                Callee::Builtin(functor) => see(&format!("functor {}", functor.name())),
                Callee::User(_) => see("a registered or built-in `@` functor"),
            },
            Term::Record(..) => see(if head { "a record put together" } else { "a record taken apart" }),
            Term::Branch(..) => see(if head { "a branch put together" } else { "a branch taken apart" }),
            Term::Constant(0, ty) if matches!(program.types.get(*ty), Type::Record { .. }) => see("nil"),
            Term::As { .. } => see("as"),
            Term::Autoinc => see("autoinc()"),
            Term::Aggregate(aggregate) => {
                let mut inner = 0;
                aggregate.body.iter().for_each(|literal| {
                    literal.visit_terms(&mut |term| inner += usize::from(matches!(term, Term::Aggregate(_))));
                });
                if inner > 0 {
                    see("an aggregate in an aggregate");
                }
            }
            Term::Variable(_) | Term::Wildcard | Term::Constant(..) => {}
        }
    }
}

#[test]
fn each_construct_is_explained_somewhere() {
    let mut found = BTreeSet::new();
    for path in manual() {
        for chapter in chapters(&std::fs::read_to_string(&path).unwrap()) {
            if chapter.why.is_empty() || chapter.program.is_empty() {
                continue;
            }
            let options = Options { files: chapter.files.clone(), ..Options::default() };
            let mut session = Session::new(Box::new(DiskLoader), options);
            session.add_program("case.dl", &chapter.program);
            for (relation, rows) in &chapter.facts {
                let name = format!("{relation}.facts");
                session.add_fact_file(relation, &name, FactFormat::Facts, rows.clone().into_bytes());
            }
            let Ok(model) = session.evaluate() else { continue };
            for why in &chapter.why {
                let Ok(pattern) = session.matching(why) else { continue };
                let Some(tuple) = pattern.tuples(&model).into_iter().next() else { continue };
                let proof = session.why(&tuple).unwrap().unwrap();
                Seen { model: &model, found: &mut found }.proof(&proof);
            }
            // What is gone once the program is checked is looked for in its text.
            let written = [
                (".lattice", "a lattice"),
                ("inline", "an inlined relation"),
                (".override", "an override"),
                ("#define", "a macro"),
                ("include ", "an included file"),
            ];
            for (text, what) in written {
                if chapter.program.contains(text) {
                    found.insert(what.to_owned());
                }
            }
        }
    }
    let operators = [
        CompareOp::Equal,
        CompareOp::NotEqual,
        CompareOp::Less,
        CompareOp::LessEqual,
        CompareOp::Greater,
        CompareOp::GreaterEqual,
        CompareOp::Match,
        CompareOp::Contains,
    ];
    let wanted = CONSTRUCTS.iter().map(|&what| what.to_owned());
    let wanted = wanted.chain(operators.iter().map(|op| format!("comparison {}", op.name())));
    let wanted = wanted.chain(Functor::ALL.iter().map(|functor| format!("functor {}", functor.name())));
    let missing: Vec<String> = wanted.filter(|what| !found.contains(what)).collect();
    assert!(missing.is_empty(), "no chapter explains a tuple by: {}", missing.join(", "));
}
