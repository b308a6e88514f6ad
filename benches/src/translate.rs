//! Programs too long to write three times are written once, for onus, and translated: literals keep their order, which is
//! therefore the best that was found for the peers. `onus-benches --translate FILE.dl --into crepe > workloads/src/peers/FILE/crepe.rs`.

use std::fmt::Write as _;
use std::io::{self, Write};

use clap::ValueEnum;
use onus::source::SourceMap;
use onus::symbol::Interner;
use onus::syntax;
use onus::syntax::ast::{Atom, Clause, Formula, Item, ItemKind, RelationDecl, Term, TermKind};

/// Writes a peer's version of a program.
pub(crate) fn translate(path: &str, into: Peer, out: &mut impl Write) -> io::Result<()> {
    let text = std::fs::read_to_string(path)?;
    let mut sources = SourceMap::default();
    let mut names = Interner::default();
    let source = sources.add(path, text.as_str());
    let parsed = syntax::parse(source, &text, &mut names);
    if let Some(wrong) = parsed.diagnostics.first() {
        return Err(io::Error::other(wrong.message.clone()));
    }
    let translator = Translator { names: &names, items: &parsed.program.items };
    let title = path.rsplit('/').next().unwrap_or(path);
    writeln!(
        out,
        "//! `{title}` for {}, translated by `onus-benches --translate`: not edited by hand.\n",
        if into == Peer::Crepe { "crepe" } else { "ascent" }
    )?;
    out.write_all(translator.module(into).as_bytes())
}

struct Translator<'a> {
    names: &'a Interner,
    items: &'a [Item],
}

/// What is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Peer {
    /// ascent, serial and parallel
    Ascent,
    /// ascent, serial alone: the parallel program of a hundred rules takes as long again to compile
    AscentSerial,
    /// crepe
    Crepe,
}

impl Translator<'_> {
    fn declarations(&self) -> impl Iterator<Item = &RelationDecl> {
        self.items.iter().filter_map(|item| match &item.kind {
            ItemKind::Relation(declared) => Some(declared),
            _ => None,
        })
    }

    fn clauses(&self) -> impl Iterator<Item = &Clause> {
        self.items.iter().filter_map(|item| match &item.kind {
            ItemKind::Clause(clause) => Some(clause),
            _ => None,
        })
    }

    fn name(&self, declared: &RelationDecl) -> &str {
        self.names.get(declared.names[0].symbol)
    }

    fn derived(&self, name: &str) -> bool {
        self.clauses().any(|clause| self.names.get(clause.heads[0].relation.symbol) == name)
    }

    fn module(&self, peer: Peer) -> String {
        let (derived, given): (Vec<_>, Vec<_>) =
            self.declarations().partition(|declared| self.derived(self.name(declared)));
        match peer {
            Peer::Ascent => self.ascent(&given, &derived, &[("ascent", "serial", "Serial"), PARALLEL]),
            Peer::AscentSerial => self.ascent(&given, &derived, &[("ascent", "serial", "Serial")]),
            Peer::Crepe => self.crepe(&given, &derived),
        }
    }

    /// The program with a function for each way to run it: macro, function, structure.
    fn ascent(&self, given: &[&RelationDecl], derived: &[&RelationDecl], ways: &[(&str, &str, &str)]) -> String {
        let list = |declared: &[&RelationDecl]| {
            declared.iter().map(|declared| self.name(declared)).collect::<Vec<_>>().join(", ")
        };
        let mut out = String::from("use crate::peers::run_ascent;\n\n");
        out.push_str("macro_rules! program {\n($macro:ident, $name:ident) => {\nascent::$macro! {\nstruct $name;\n");
        for declared in self.declarations() {
            let _ = writeln!(out, "relation {}({});", self.name(declared), columns(declared));
        }
        self.clauses().for_each(|clause| out.push_str(&self.clause(clause, Peer::Ascent)));
        out.push_str("}\n};\n}\n\n");
        for (makes, function, name) in ways {
            let _ = writeln!(out, "program!({makes}, {name});");
            let _ = writeln!(out, "run_ascent!({function}, {name}, [{}], [{}]);", list(given), list(derived));
        }
        out
    }

    fn crepe(&self, given: &[&RelationDecl], derived: &[&RelationDecl]) -> String {
        let mut out = String::from("use crate::peers::run_crepe;\n\ncrepe::crepe! {\n");
        for (kind, declarations) in [("input", given), ("output", derived)] {
            for declared in declarations {
                let _ = writeln!(out, "@{kind}\nstruct {}({});", camel(self.name(declared)), columns(declared));
            }
        }
        self.clauses().for_each(|clause| out.push_str(&self.clause(clause, Peer::Crepe)));
        let inputs = given.iter().map(|declared| {
            let letters = ["a", "b", "c", "d", "e", "f"][..declared.attributes.len()].join(", ");
            format!("{} = {}({letters})", camel(self.name(declared)), self.name(declared))
        });
        let outputs = derived.iter().map(|declared| {
            let fields = (0..declared.attributes.len()).map(|at| at.to_string());
            format!("{}({})", self.name(declared), fields.collect::<Vec<_>>().join(", "))
        });
        let (inputs, outputs): (Vec<_>, Vec<_>) = (inputs.collect(), outputs.collect());
        let _ = writeln!(out, "}}\n\nrun_crepe!([{}], [{}]);", inputs.join(", "), outputs.join(", "));
        out
    }

    fn clause(&self, clause: &Clause, peer: Peer) -> String {
        let head = self.atom(&clause.heads[0], peer, None);
        let literals = match &clause.body {
            Some(Formula::And(literals)) => literals.as_slice(),
            Some(one) => std::slice::from_ref(one),
            None => &[],
        };
        let mut body = Vec::new();
        for literal in literals {
            let mut equal = Vec::new();
            body.push(match literal {
                Formula::Atom(atom) => self.atom(atom, peer, Some(&mut equal)),
                Formula::Not(inner, _) => match inner.as_ref() {
                    Formula::Atom(atom) => format!("!{}", self.atom(atom, peer, Some(&mut equal))),
                    other => format!("{other:?}"),
                },
                Formula::Compare(compare) => {
                    let text =
                        format!("{} {} {}", self.term(&compare.left), compare.op.name(), self.term(&compare.right));
                    if peer != Peer::Crepe { format!("if {text}") } else { format!("({text})") }
                }
                other => format!("{other:?}"),
            });
            body.extend(equal);
        }
        let arrow = if peer != Peer::Crepe { "<--" } else { "<-" };
        let end = if body.is_empty() { String::new() } else { format!(" {arrow} {}", body.join(", ")) };
        format!("{head}{end};\n")
    }

    /// An atom. crepe wants a variable once in an atom of a body: a second one gets a name of its own and an equality.
    fn atom(&self, atom: &Atom, peer: Peer, equal: Option<&mut Vec<String>>) -> String {
        let mut unused = Vec::new();
        let once = peer == Peer::Crepe && equal.is_some();
        let equal = equal.unwrap_or(&mut unused);
        let name = self.names.get(atom.relation.symbol);
        let mut terms: Vec<String> = Vec::new();
        for term in &atom.arguments {
            let text = self.term(term);
            if once && text != "_" && terms.contains(&text) {
                equal.push(format!("({text} == {text}_again)"));
                terms.push(format!("{text}_again"));
            } else {
                terms.push(text);
            }
        }
        let name = if peer != Peer::Crepe { name.to_owned() } else { camel(name) };
        format!("{name}({})", terms.join(", "))
    }

    fn term(&self, term: &Term) -> String {
        match &term.kind {
            TermKind::Variable(symbol) => self.names.get(*symbol).to_owned(),
            TermKind::Wildcard => "_".to_owned(),
            TermKind::Integer { magnitude, .. } => magnitude.to_string(),
            other => format!("{other:?}"),
        }
    }
}

/// `points_to` as `PointsTo`.
fn camel(name: &str) -> String {
    let part = |part: &str| part[..1].to_uppercase() + &part[1..];
    name.split('_').map(part).collect()
}

/// The types of a relation's columns.
fn columns(declared: &RelationDecl) -> String {
    vec!["u32"; declared.attributes.len()].join(", ")
}

/// How ascent's parallel mode is made.
const PARALLEL: (&str, &str, &str) = ("ascent_par", "parallel", "Parallel");
