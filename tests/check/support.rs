//! Programs in, diagnostics or checked rules out, as text.

use std::fmt::Write;

use onus::check::{Checked, Options, check};
use onus::diagnostic::{self, Diagnostic};
use onus::program::{Aggregate, Atom, Callee, Goal, Literal, Program, Rule, Term, Variable};
use onus::source::SourceMap;
use onus::syntax;
use onus::value::Values;

/// A checked text with what gives its parts meaning.
pub(crate) struct Session {
    pub(crate) sources: SourceMap,
    pub(crate) values: Values,
    pub(crate) parsed: Vec<Diagnostic>,
    pub(crate) checked: Checked,
}

pub(crate) fn session(text: &str, options: &Options) -> Session {
    let mut sources = SourceMap::default();
    let mut values = Values::default();
    let id = sources.add("p.dl", text);
    let parse = syntax::parse(id, text, &mut values.symbols);
    let checked = check(&[&parse.program], &mut values, options);
    Session { sources, values, parsed: parse.diagnostics, checked }
}

/// Parser's and checker's diagnostics, rendered.
pub(crate) fn report(text: &str) -> String {
    report_with(text, &Options::default())
}

/// Errors only.
pub(crate) fn errors(text: &str) -> String {
    report_with(text, &Options { warnings: false, ..Options::default() })
}

pub(crate) fn report_with(text: &str, options: &Options) -> String {
    let session = session(text, options);
    let has_error = session.checked.diagnostics.iter().any(Diagnostic::is_error);
    assert_eq!(session.checked.program.is_none(), has_error, "a program exactly where there is no error");
    let all = [session.parsed, session.checked.diagnostics].concat();
    diagnostic::render_all(&all, &session.sources, false)
}

/// The rules of a program without errors, one a line, then its goals.
pub(crate) fn rules(text: &str) -> String {
    let session = session(text, &Options { warnings: false, ..Options::default() });
    let Some(program) = &session.checked.program else {
        return diagnostic::render_all(&session.checked.diagnostics, &session.sources, false);
    };
    let printer = Printer { program, values: &session.values };
    let mut out = String::new();
    for rule in &program.rules {
        let head = session.values.symbols.get(program.relation(rule.head).name);
        let _ = writeln!(out, "{}", printer.rule(head, rule));
    }
    for goal in &program.goals {
        out.push_str(&printer.goal(goal));
    }
    out
}

/// The variables of each rule with their types.
pub(crate) fn types(text: &str) -> String {
    let session = session(text, &Options { warnings: false, ..Options::default() });
    let Some(program) = &session.checked.program else {
        return diagnostic::render_all(&session.checked.diagnostics, &session.sources, false);
    };
    let printer = Printer { program, values: &session.values };
    program.rules.iter().map(|rule| printer.variables(rule) + "\n").collect()
}

pub(crate) struct Printer<'a> {
    pub(crate) program: &'a Program,
    pub(crate) values: &'a Values,
}

impl Printer<'_> {
    fn variables(&self, rule: &Rule) -> String {
        let one = |(variable, decl): (Variable, &onus::program::VariableDecl)| {
            format!("{}: {}", self.name(rule, variable), self.program.types.name(decl.ty))
        };
        (0..).map(Variable).zip(&rule.variables).map(one).collect::<Vec<_>>().join(", ")
    }

    pub(crate) fn goal(&self, goal: &Goal) -> String {
        let columns: Vec<String> = goal
            .columns
            .iter()
            .map(|column| format!("{}: {}", self.values.symbols.get(column.name), self.program.types.name(column.ty)))
            .collect();
        let mut out = format!("?- {}\n", columns.join(", "));
        for rule in &goal.alternatives {
            let _ = writeln!(out, "   {}", self.rule("", rule));
        }
        out
    }

    fn rule(&self, head: &str, rule: &Rule) -> String {
        let head = format!("{head}({})", self.terms(rule, &rule.arguments));
        if rule.body.is_empty() {
            return format!("{head}.");
        }
        format!("{head} :- {}.", self.body(rule, &rule.body))
    }

    fn body(&self, rule: &Rule, body: &[Literal]) -> String {
        body.iter().map(|literal| self.literal(rule, literal)).collect::<Vec<_>>().join(", ")
    }

    fn literal(&self, rule: &Rule, literal: &Literal) -> String {
        match literal {
            Literal::Positive(atom) => self.atom(rule, atom),
            Literal::Negative(atom) => format!("!{}", self.atom(rule, atom)),
            Literal::Compare(compare) => format!(
                "{}{} {} {}",
                if compare.negated { "not " } else { "" },
                self.term(rule, &compare.left),
                compare.op.name(),
                self.term(rule, &compare.right)
            ),
        }
    }

    fn atom(&self, rule: &Rule, atom: &Atom) -> String {
        let name = self.values.symbols.get(self.program.relation(atom.relation).name);
        format!("{name}({})", self.terms(rule, &atom.arguments))
    }

    fn terms(&self, rule: &Rule, terms: &[Term]) -> String {
        terms.iter().map(|term| self.term(rule, term)).collect::<Vec<_>>().join(", ")
    }

    /// The name, with a prime for each earlier variable of that name.
    fn name(&self, rule: &Rule, variable: Variable) -> String {
        let at = variable.0 as usize;
        let name = rule.variables[at].name;
        let earlier = rule.variables[..at].iter().filter(|other| other.name == name).count();
        format!("{}{}", self.values.symbols.get(name), "'".repeat(earlier))
    }

    fn names(&self, rule: &Rule, variables: &[Variable]) -> String {
        variables.iter().map(|&variable| self.name(rule, variable)).collect::<Vec<_>>().join(" ")
    }

    fn term(&self, rule: &Rule, term: &Term) -> String {
        match term {
            Term::Variable(variable) => self.name(rule, *variable),
            Term::Wildcard => "_".to_owned(),
            Term::Constant(word, ty) => self.values.decode(&self.program.types, *ty, *word).literal(),
            Term::Call(call) => {
                let name = match call.functor {
                    Callee::Builtin(functor) => functor.name().to_owned(),
                    Callee::User(name) => format!("@{}", self.values.symbols.get(name)),
                };
                let kinds: Vec<&str> = call.kinds.iter().map(|kind| kind.name()).collect();
                format!("{name}<{}>({})", kinds.join(" "), self.terms(rule, &call.arguments))
            }
            Term::Record(ty, fields) => {
                format!("{}[{}]", self.program.types.name(*ty), self.terms(rule, fields))
            }
            Term::Branch(ty, rank, fields) => {
                format!("{}${rank}({})", self.program.types.name(*ty), self.terms(rule, fields))
            }
            Term::As { term, from, to } => {
                let to = self.program.types.name(*to);
                format!("as({}, {} -> {to})", self.term(rule, term), from.name())
            }
            Term::Aggregate(aggregate) => self.aggregate(rule, aggregate),
            Term::Autoinc => "autoinc()".to_owned(),
        }
    }

    fn aggregate(&self, rule: &Rule, aggregate: &Aggregate) -> String {
        let target = aggregate.target.as_ref().map(|target| format!(" {}", self.term(rule, target)));
        format!(
            "{}{} : {}{{ {} }}|{}|{}|",
            aggregate.op.name(),
            target.unwrap_or_default(),
            aggregate.kind.name(),
            self.body(rule, &aggregate.body),
            self.names(rule, &aggregate.outer),
            self.names(rule, &aggregate.local),
        )
    }
}
