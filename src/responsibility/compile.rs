//! From a checked program to a crepe program: other storage, other joins, other strata, and so a second opinion on what
//! follows. Aggregates, functors, records, floats and equivalence relations have no counterpart there and are left out,
//! with everything that reads them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use crate::diagnostic::{Diagnostic, code, suggest};
use crate::program::{
    Atom, Compare, CompareOp, Literal, Program, RelationId, RelationKind, Role, Rule, Term, Variable,
};
use crate::source::Span;
use crate::syntax::ast::DirectiveKind;
use crate::value::{Kind, TypeId, Value, Values};

/// A program for crepe.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compiled {
    /// A module of Rust, complete.
    pub text: String,
    /// The relations that it gives out.
    pub outputs: Vec<String>,
    /// How many rules it has.
    pub rules: usize,
    /// The relations that are left out, each with the reason.
    pub left_out: Vec<(String, String)>,
}

/// The relations whose tuples the compiled twin of the standard rules gives out: the core of ownership and reliance.
pub const CORE: &[&str] = &["owner", "unbound", "responsible", "accepted", "assigned", "confirmed", "held", "relies"];

/// Compiles the relations of these names with all that they rest on; without names all that can be.
///
/// # Errors
/// A relation does not exist, or needs something that has no counterpart: where, and what.
pub fn compile(program: &Program, values: &Values, wanted: &[&str]) -> Result<Compiled, Vec<Diagnostic>> {
    let compiler = Compiler { program, values };
    let faults = compiler.faults();
    let outputs = if wanted.is_empty() {
        let derived: BTreeSet<RelationId> = program.rules.iter().map(|rule| rule.head).collect();
        derived.into_iter().filter(|id| !faults.contains_key(id)).collect()
    } else {
        compiler.named(wanted, &faults)?
    };
    let left_out = match wanted {
        [] => faults.iter().map(|(id, (_, why))| (compiler.name(*id).to_owned(), why.clone())).collect(),
        _ => Vec::new(),
    };
    let (text, rules) = compiler.module(&outputs);
    let outputs = outputs.iter().map(|id| compiler.name(*id).to_owned()).collect();
    Ok(Compiled { text, outputs, rules, left_out })
}

struct Compiler<'a> {
    program: &'a Program,
    values: &'a Values,
}

/// Relations that cannot be compiled, each with the place and the reason.
type Faults = BTreeMap<RelationId, (Span, String)>;

impl Compiler<'_> {
    fn name(&self, id: RelationId) -> &str {
        self.values.symbols.get(self.program.relation(id).name)
    }

    fn named(&self, wanted: &[&str], faults: &Faults) -> Result<Vec<RelationId>, Vec<Diagnostic>> {
        let mut found = Vec::new();
        let mut wrong = Vec::new();
        for name in wanted {
            let Some(id) = self.values.symbols.find(name).and_then(|name| self.program.find(name)) else {
                let known = self.program.relation_ids().map(|id| self.name(id));
                let help = suggest(name, known).map(|near| format!("did you mean `{near}`?"));
                let message = format!("there is no relation `{name}`");
                wrong.push(Diagnostic::new(code::UNKNOWN_RELATION, message).maybe_help(help));
                continue;
            };
            match faults.get(&id) {
                Some((span, why)) => {
                    let message = format!("`{name}` has no counterpart in crepe: {why}");
                    wrong.push(Diagnostic::at(code::UNSUPPORTED, message, *span, "because of this"));
                }
                None => found.push(id),
            }
        }
        found.sort_unstable();
        found.dedup();
        if wrong.is_empty() { Ok(found) } else { Err(wrong) }
    }

    /// What cannot be compiled, and what reads it.
    fn faults(&self) -> Faults {
        let mut faults = Faults::new();
        for id in self.program.relation_ids() {
            let declared = self.program.relation(id);
            let odd = declared.columns.iter().find(|column| self.rust_type(column.ty).is_none());
            if declared.kind != RelationKind::Plain || !declared.choice.is_empty() {
                faults.insert(id, (declared.span, "it is no plain set of tuples".to_owned()));
            } else if declared.role != Role::Own {
                faults.insert(id, (declared.span, "its tuples may be replaced, or its rules are inlined".to_owned()));
            } else if let Some(column) = odd {
                let why =
                    format!("the column `{}` holds no text or whole number", self.values.symbols.get(column.name));
                faults.insert(id, (declared.span, why));
            }
        }
        for directive in self.program.directives.iter().filter(|one| one.kind == DirectiveKind::Limitsize) {
            faults.insert(directive.relation, (directive.span, "its size is limited".to_owned()));
        }
        for rule in &self.program.rules {
            if let Err((span, why)) = self.rule(rule, &Names::default()) {
                faults.entry(rule.head).or_insert((span, why));
            }
        }
        loop {
            let mut more = Faults::new();
            for rule in self.program.rules.iter().filter(|rule| !faults.contains_key(&rule.head)) {
                rule.reads(&mut |read, _| {
                    if faults.contains_key(&read) {
                        let why = format!("it reads `{}`", self.name(read));
                        more.entry(rule.head).or_insert((rule.span, why));
                    }
                });
            }
            if more.is_empty() {
                return faults;
            }
            faults.extend(more);
        }
    }

    /// All that some relations rest on, themselves included.
    fn needed(&self, outputs: &[RelationId]) -> BTreeSet<RelationId> {
        let mut needed: BTreeSet<RelationId> = outputs.iter().copied().collect();
        loop {
            let before = needed.len();
            for rule in &self.program.rules {
                if needed.contains(&rule.head) {
                    rule.reads(&mut |read, _| {
                        needed.insert(read);
                    });
                }
            }
            if needed.len() == before {
                return needed;
            }
        }
    }

    fn rust_type(&self, ty: TypeId) -> Option<&'static str> {
        match self.program.types.kind(ty) {
            Kind::Symbol => Some("&'a str"),
            Kind::Number => Some("i64"),
            Kind::Unsigned => Some("u64"),
            Kind::Float | Kind::Record | Kind::Adt => None,
        }
    }

    /// The module, and how many rules it has.
    fn module(&self, outputs: &[RelationId]) -> (String, usize) {
        let needed = self.needed(outputs);
        let derived: BTreeSet<RelationId> = self.program.rules.iter().map(|rule| rule.head).collect();
        let names = Names::of(needed.iter().map(|id| (*id, self.name(*id))));
        let list: Vec<&str> = outputs.iter().map(|id| self.name(*id)).collect();
        let mut out =
            format!("//! The relations {} and what they rest on, as a program of crepe.\n{HEAD}", list.join(", "));
        out.push_str("crepe! {\n");
        for id in &needed {
            let name = names.get(*id);
            let note = if outputs.contains(id) { "    @output\n" } else { "" };
            if derived.contains(id) {
                // What is derived cannot be an input: what was given of it comes in beside it.
                let _ = writeln!(out, "    @input\n    struct {GIVEN}{name}{};", self.fields(*id));
                let _ = writeln!(out, "{note}    struct {name}{};", self.fields(*id));
            } else {
                let _ = writeln!(out, "    @input\n    struct {name}{};", self.fields(*id));
            }
        }
        let mut rules = 0;
        for id in needed.iter().filter(|id| derived.contains(id)) {
            let arguments = (0..self.program.relation(*id).arity()).map(|at| format!("c{at}"));
            let arguments = arguments.collect::<Vec<_>>().join(", ");
            let name = names.get(*id);
            let _ = writeln!(out, "\n    {name}({arguments}) <- {GIVEN}{name}({arguments});");
            for rule in self.program.rules.iter().filter(|rule| rule.head == *id) {
                if let Some(label) = rule.label {
                    let _ = writeln!(out, "    // {}", self.values.symbols.get(label).replace(['\n', '\r'], " "));
                }
                // What cannot be written was left out before.
                if let Ok(text) = self.rule(rule, &names) {
                    out.push_str(&text);
                    rules += 1;
                }
            }
        }
        out.push_str("}\n");
        self.glue(outputs, &needed, &derived, &names, &mut out);
        (out, rules)
    }

    /// The fields of a relation's structure, with the lifetime where there is text.
    fn fields(&self, id: RelationId) -> String {
        let types: Vec<&str> =
            self.program.relation(id).columns.iter().filter_map(|column| self.rust_type(column.ty)).collect();
        let lifetime = if types.contains(&"&'a str") { "<'a>" } else { "" };
        format!("{lifetime}({})", types.join(", "))
    }

    /// The function that feeds the program and reads its answers.
    fn glue(
        &self,
        outputs: &[RelationId],
        needed: &BTreeSet<RelationId>,
        derived: &BTreeSet<RelationId>,
        names: &Names,
        out: &mut String,
    ) {
        out.push_str(GLUE);
        let cells = |id: RelationId| -> String {
            let columns = self.program.relation(id).columns.iter().enumerate();
            let cell = |(at, column): (usize, &crate::program::Column)| match self.program.types.kind(column.ty) {
                Kind::Number => format!("Cell::Number(c{at})"),
                Kind::Unsigned => format!("Cell::Unsigned(c{at})"),
                _ => format!("Cell::Text(c{at})"),
            };
            columns.map(cell).collect::<Vec<_>>().join(", ")
        };
        let arguments = |id: RelationId| -> String {
            (0..self.program.relation(id).arity()).map(|at| format!("c{at}")).collect::<Vec<_>>().join(", ")
        };
        for id in needed {
            let given = if derived.contains(id) { GIVEN } else { "" };
            let (name, called) = (self.name(*id), names.get(*id));
            let _ = writeln!(out, "    program.extend(rows({name:?}).into_iter().filter_map(|row| match row[..] {{");
            let _ = writeln!(out, "        [{}] => Some({given}{called}({})),", cells(*id), arguments(*id));
            if self.program.relation(*id).arity() > 0 {
                out.push_str("        _ => None,\n");
            } else {
                out.push_str("        [..] => None,\n");
            }
            out.push_str("    }));\n");
        }
        let bindings: Vec<String> =
            outputs.iter().map(|id| format!("{}_rows", names.get(*id).to_lowercase())).collect();
        let _ = writeln!(out, "    let ({},) = program.run();", bindings.join(", "));
        out.push_str("    BTreeMap::from([\n");
        for (id, binding) in outputs.iter().zip(&bindings) {
            let (name, called) = (self.name(*id), names.get(*id));
            let row = format!("{binding}.into_iter().map(|{called}({})| vec![{}])", arguments(*id), cells(*id));
            let _ = writeln!(out, "        ({name:?}, {row}.collect()),");
        }
        out.push_str("    ])\n}\n");
    }

    /// A rule, or what of it has no counterpart.
    fn rule(&self, rule: &Rule, names: &Names) -> Result<String, (Span, String)> {
        let mut body = Body::new(self, rule)?;
        let mut parts: Vec<String> = Vec::new();
        for literal in &rule.body {
            if let Literal::Positive(atom) = literal {
                parts.push(body.atom(atom, names, true)?);
                body.ready(&mut parts, names, false)?;
            }
        }
        body.ready(&mut parts, names, true)?;
        let head: Vec<String> =
            rule.arguments.iter().map(|term| body.term(term, rule.span)).collect::<Result<_, _>>()?;
        let head = format!("{}({})", names.get(rule.head), head.join(", "));
        Ok(match parts.as_slice() {
            [] => format!("    {head} <- (true);\n"),
            parts => {
                let short = format!("    {head} <- {};\n", parts.join(", "));
                if short.len() <= 120 {
                    short
                } else {
                    format!("    {head} <-\n        {};\n", parts.join(",\n        "))
                }
            }
        })
    }
}

/// What stands before what was given of a derived relation.
const GIVEN: &str = "Given";

/// What a module starts with, after the line that says what it gives out.
const HEAD: &str = r#"//! Generated by `onus compile`. Do not edit.

#![allow(missing_docs, unreachable_pub, dead_code, non_snake_case, unused_parens, clippy::all, clippy::pedantic)]
#![allow(clippy::iter_over_hash_type)] // only sets come of it

use std::collections::{BTreeMap, BTreeSet};

use crepe::crepe;

/// A value of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cell<'a> {
    Text(&'a str),
    Number(i64),
    Unsigned(u64),
}

"#;

const GLUE: &str = r"
/// The tuples of every output; `rows` are the given tuples of a relation.
pub fn derive<'a>(rows: &dyn Fn(&str) -> Vec<Vec<Cell<'a>>>) -> BTreeMap<&'static str, BTreeSet<Vec<Cell<'a>>>> {
    let mut program = Crepe::new();
";

/// The names of relations in Rust. Crepe tells them apart by their letters only, whatever the case.
#[derive(Default)]
struct Names(BTreeMap<RelationId, String>);

impl Names {
    fn of<'a>(relations: impl Iterator<Item = (RelationId, &'a str)>) -> Self {
        let mut taken: BTreeSet<String> = BTreeSet::from(["crepe".to_owned(), "cell".to_owned()]);
        let mut names = BTreeMap::new();
        for (id, name) in relations {
            let mut pascal = String::new();
            for part in name.split(|one: char| !one.is_ascii_alphanumeric()) {
                let mut letters = part.chars();
                pascal.extend(letters.next().map(|first| first.to_ascii_uppercase()));
                pascal.extend(letters);
            }
            if !pascal.starts_with(|first: char| first.is_ascii_alphabetic()) {
                pascal.insert(0, 'R');
            }
            let mut unique = pascal.clone();
            let mut number = 2;
            // `Given...` would meet the input that stands beside a derived relation.
            while unique.starts_with(GIVEN) || !taken.insert(unique.to_lowercase()) {
                unique = format!("R{number}{pascal}");
                number += 1;
            }
            names.insert(id, unique);
        }
        Self(names)
    }

    fn get(&self, id: RelationId) -> &str {
        self.0.get(&id).map_or("_", String::as_str)
    }
}

/// What is known while a rule's body is written.
struct Body<'a> {
    compiler: &'a Compiler<'a>,
    rule: &'a Rule,
    /// The names of variables in Rust.
    variables: Vec<String>,
    /// Variables that stand for a term: equations that would bind them are no literals of crepe.
    replaced: BTreeMap<Variable, &'a Term>,
    bound: BTreeSet<Variable>,
    /// Tests that are not written yet.
    open: Vec<&'a Literal>,
    /// Equations between the two names of a variable that stands twice in an atom.
    twins: Vec<String>,
    fresh: usize,
}

impl<'a> Body<'a> {
    fn new(compiler: &'a Compiler<'a>, rule: &'a Rule) -> Result<Self, (Span, String)> {
        let mut taken = BTreeSet::new();
        let variables = rule.variables.iter().map(|declared| {
            let mut name: String = compiler
                .values
                .symbols
                .get(declared.name)
                .chars()
                .map(|one| if one.is_ascii_alphanumeric() { one.to_ascii_lowercase() } else { '_' })
                .collect();
            // `_`, digits and words of Rust are no variables.
            if !name.starts_with(|first: char| first.is_ascii_alphabetic()) || RUST.contains(&name.as_str()) {
                name.insert_str(0, "v_");
            }
            while !taken.insert(name.clone()) {
                name.push('_');
            }
            name
        });
        let variables = variables.collect();
        let mut bound = BTreeSet::new();
        for literal in &rule.body {
            if let Literal::Positive(atom) = literal {
                bound.extend(atom.arguments.iter().filter_map(variable));
            }
        }
        let mut replaced = BTreeMap::new();
        let mut used = BTreeSet::new();
        loop {
            let before = used.len();
            for (at, literal) in rule.body.iter().enumerate() {
                let Literal::Compare(Compare { op: CompareOp::Equal, negated: false, left, right, .. }) = literal
                else {
                    continue;
                };
                for (this, other) in [(left, right), (right, left)] {
                    let Term::Variable(name) = this else { continue };
                    let known = |of: &Variable| bound.contains(of) || replaced.contains_key(of);
                    if !used.contains(&at) && !known(name) && variables_of(other).iter().all(known) {
                        replaced.insert(*name, other);
                        used.insert(at);
                    }
                }
            }
            if used.len() == before {
                break;
            }
        }
        let tests = rule.body.iter().enumerate();
        let open = tests
            .filter(|(at, literal)| !used.contains(at) && !matches!(literal, Literal::Positive(_)))
            .map(|(_, literal)| literal)
            .collect();
        let bound = BTreeSet::new();
        Ok(Self { compiler, rule, variables, replaced, bound, open, twins: Vec::new(), fresh: 0 })
    }

    /// An atom. In a positive one variables bind; one that stands twice gets a second name.
    fn atom(&mut self, atom: &Atom, names: &Names, positive: bool) -> Result<String, (Span, String)> {
        let mut here = BTreeSet::new();
        let mut arguments = Vec::new();
        for term in &atom.arguments {
            let text = match variable(term).filter(|of| !self.replaced.contains_key(of)) {
                Some(of) => {
                    let name = self.variables[of.0 as usize].clone();
                    if positive && !here.insert(of) {
                        self.fresh += 1;
                        let twin = format!("{name}_again{}", self.fresh);
                        self.twins.push(format!("({name} == {twin})"));
                        twin
                    } else {
                        name
                    }
                }
                None => self.term(term, atom.span)?,
            };
            arguments.push(text);
        }
        if positive {
            self.bound.extend(here);
        }
        Ok(format!("{}({})", names.get(atom.relation), arguments.join(", ")))
    }

    /// Writes the tests whose variables are bound; at the end all.
    fn ready(&mut self, parts: &mut Vec<String>, names: &Names, end: bool) -> Result<(), (Span, String)> {
        parts.append(&mut self.twins);
        let mut later = Vec::new();
        for literal in std::mem::take(&mut self.open) {
            let known = |of: &Variable| self.is_bound(*of);
            let ready = match literal {
                Literal::Positive(_) => true,
                Literal::Negative(atom) => atom.arguments.iter().flat_map(variables_of).all(|of| known(&of)),
                Literal::Compare(compare) => {
                    variables_of(&compare.left).iter().chain(&variables_of(&compare.right)).all(known)
                }
            };
            if !ready && !end {
                later.push(literal);
                continue;
            }
            match literal {
                Literal::Positive(_) => {}
                Literal::Negative(atom) => parts.push(format!("!{}", self.atom(atom, names, false)?)),
                Literal::Compare(compare) => parts.push(self.compare(compare)?),
            }
        }
        self.open = later;
        Ok(())
    }

    fn is_bound(&self, of: Variable) -> bool {
        match self.replaced.get(&of) {
            Some(term) => variables_of(term).iter().all(|of| self.is_bound(*of)),
            None => self.bound.contains(&of),
        }
    }

    fn compare(&self, compare: &Compare) -> Result<String, (Span, String)> {
        let (left, right) = (self.term(&compare.left, compare.span)?, self.term(&compare.right, compare.span)?);
        let sign = match compare.op {
            CompareOp::Equal => "==",
            CompareOp::NotEqual => "!=",
            CompareOp::Less => "<",
            CompareOp::LessEqual => "<=",
            CompareOp::Greater => ">",
            CompareOp::GreaterEqual => ">=",
            CompareOp::Contains => {
                let not = if compare.negated { "!" } else { "" };
                return Ok(format!("({not}{right}.contains({left}))"));
            }
            CompareOp::Match => return Err((compare.span, "it matches a regular expression".to_owned())),
        };
        Ok(format!("({left} {sign} {right})"))
    }

    fn term(&self, term: &Term, at: Span) -> Result<String, (Span, String)> {
        let types = &self.compiler.program.types;
        match term {
            Term::Variable(of) => match self.replaced.get(of) {
                Some(term) => self.term(term, at),
                None => Ok(self.variables[of.0 as usize].clone()),
            },
            Term::Wildcard => Ok("_".to_owned()),
            Term::Constant(word, ty) => match self.compiler.values.decode(types, *ty, *word) {
                Value::Symbol(text) => Ok(format!("{text:?}")),
                Value::Number(number) => Ok(format!("{number}i64")),
                Value::Unsigned(number) => Ok(format!("{number}u64")),
                Value::Float(_) | Value::Nil | Value::Record(_) | Value::Branch(..) => {
                    Err((at, "it holds a constant that is no text or whole number".to_owned()))
                }
            },
            Term::As { term, from, to } if *from == types.kind(*to) => self.term(term, at),
            Term::As { .. } => Err((at, "it takes a value of one kind for another".to_owned())),
            Term::Aggregate(aggregate) => Err((aggregate.span, "it counts or compares many rows".to_owned())),
            Term::Call(call) => Err((call.span, "it computes".to_owned())),
            Term::Record(..) | Term::Branch(..) => Err((at, "it builds a record".to_owned())),
            Term::Autoinc => Err((self.rule.span, "it numbers rows by the order of work".to_owned())),
        }
    }
}

/// The variable that a term is, perhaps under another type of its kind.
fn variable(term: &Term) -> Option<Variable> {
    match term {
        Term::Variable(of) => Some(*of),
        Term::As { term, .. } => variable(term),
        Term::Wildcard
        | Term::Constant(..)
        | Term::Call(_)
        | Term::Record(..)
        | Term::Branch(..)
        | Term::Aggregate(_)
        | Term::Autoinc => None,
    }
}

/// The variables of a term that has a counterpart.
fn variables_of(term: &Term) -> Vec<Variable> {
    variable(term).into_iter().collect()
}

/// Words of Rust that variables may be named in rules.
const RUST: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate", "do", "dyn", "else",
    "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro", "match", "mod",
    "move", "mut", "override", "priv", "pub", "ref", "return", "self", "static", "struct", "super", "trait", "true",
    "try", "type", "typeof", "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];
