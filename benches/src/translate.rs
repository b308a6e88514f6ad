//! Programs too long to write three times are written once, for onus, and translated: literals keep their order, which is
//! therefore the best that was found for the peers. `onus-benches --translate FILE.dl > workloads/src/peers/FILE.rs`.

use std::fmt::Write as _;
use std::io::{self, Write};

use onus::source::SourceMap;
use onus::symbol::Interner;
use onus::syntax;
use onus::syntax::ast::{Atom, Clause, Formula, Item, ItemKind, RelationDecl, Term, TermKind};

/// Writes the peers' versions of a program.
pub(crate) fn translate(path: &str, out: &mut impl Write) -> io::Result<()> {
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
        "//! `{title}` for ascent and crepe, translated by `onus-benches --translate`: not edited by hand.\n"
    )?;
    out.write_all(translator.module().as_bytes())
}

struct Translator<'a> {
    names: &'a Interner,
    items: &'a [Item],
}

/// Which engine's spelling.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Peer {
    Ascent,
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

    fn module(&self) -> String {
        let (derived, given): (Vec<_>, Vec<_>) =
            self.declarations().partition(|declared| self.derived(self.name(declared)));
        let list = |declared: &[&RelationDecl]| {
            declared.iter().map(|declared| self.name(declared)).collect::<Vec<_>>().join(", ")
        };
        let columns = |declared: &RelationDecl| vec!["u32"; declared.attributes.len()].join(", ");
        let mut out = String::from(PEERS);
        out.push_str("macro_rules! program {\n($macro:ident, $name:ident) => {\nascent::$macro! {\nstruct $name;\n");
        for declared in self.declarations() {
            let _ = writeln!(out, "relation {}({});", self.name(declared), columns(declared));
        }
        self.clauses().for_each(|clause| out.push_str(&self.clause(clause, Peer::Ascent)));
        out.push_str("}\n};\n}\n\nprogram!(ascent, Serial);\nprogram!(ascent_par, Parallel);\n");
        for (function, name) in [("serial", "Serial"), ("parallel", "Parallel")] {
            let _ = writeln!(out, "run_ascent!({function}, {name}, [{}], [{}]);", list(&given), list(&derived));
        }
        out.push_str("\nmod with_crepe {\nuse super::run_crepe;\n\ncrepe::crepe! {\n");
        for (kind, declarations) in [("input", &given), ("output", &derived)] {
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
        let _ = writeln!(out, "}}\n\nrun_crepe!([{}], [{}]);\n}}", inputs.join(", "), outputs.join(", "));
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
                    if peer == Peer::Ascent { format!("if {text}") } else { format!("({text})") }
                }
                other => format!("{other:?}"),
            });
            body.extend(equal);
        }
        let arrow = if peer == Peer::Ascent { "<--" } else { "<-" };
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
        let name = if peer == Peer::Ascent { name.to_owned() } else { camel(name) };
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

const PEERS: &str = "use super::{Peer, run_ascent, run_crepe};

pub(super) const PEERS: &[Peer] = &[
    Peer { engine: \"ascent\", run: serial },
    Peer { engine: \"ascent-par\", run: parallel },
    Peer { engine: \"crepe\", run: with_crepe::run },
];

";
