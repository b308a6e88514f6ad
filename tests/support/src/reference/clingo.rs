//! Programs in the words of clingo, an answer set solver, where it has words for them: numbers and texts, arithmetic,
//! recursion, negation and aggregates over complete relations. A stratified program has one answer set, which is its answer.

use onus::symbol::Interner;
use onus::syntax::ast::{self, AggregateOp, CompareOp, Functor};
use onus::value::Value;

use super::declare::{self, Declarations, Shape};
use super::tree::{Aggregate, Atom, Callee, Literal, Rule, Term};

/// The program for clingo; nothing where it has constructs that clingo lacks or takes otherwise.
#[must_use]
pub fn clingo(program: &ast::Program, symbols: &Interner) -> Option<String> {
    let mut declarations = declare::declare(program, symbols).ok()?;
    let (rules, subsumptions) = super::rules(program, symbols, &mut declarations).ok()?;
    let plain = |relation: &declare::Relation| {
        let scalar = |column: &Option<Shape>| matches!(column, Some(Shape::Number | Shape::Symbol));
        !relation.eqrel
            && relation.choice.is_empty()
            && relation.limit.is_none()
            && relation.columns.iter().all(scalar)
            && relation.name.starts_with(|first: char| first.is_ascii_lowercase())
            && relation.name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
    };
    if !subsumptions.is_empty() || !declarations.relations.iter().all(plain) {
        return None;
    }
    let words = Words { declarations: &declarations };
    let mut text = String::new();
    for lowered in &rules {
        text.push_str(&words.rule(&lowered.rule)?);
        text.push('\n');
    }
    Some(text)
}

struct Words<'a> {
    declarations: &'a Declarations,
}

impl Words<'_> {
    fn rule(&self, rule: &Rule) -> Option<String> {
        let head = self.atom(&rule.head)?;
        let body = self.literals(&rule.body)?;
        (!rule.monotone).then(|| if body.is_empty() { format!("{head}.") } else { format!("{head} :- {body}.") })
    }

    fn literals(&self, literals: &[Literal]) -> Option<String> {
        let each: Option<Vec<String>> = literals.iter().map(|literal| self.literal(literal)).collect();
        each.map(|each| each.join(", "))
    }

    fn literal(&self, literal: &Literal) -> Option<String> {
        Some(match literal {
            Literal::Positive(atom) => self.atom(atom)?,
            Literal::Negative(atom) => format!("not {}", self.atom(atom)?),
            Literal::False => "#false".to_owned(),
            Literal::Compare { op, negated: false, left, right } => {
                let op = match op {
                    CompareOp::Equal => "=",
                    CompareOp::NotEqual => "!=",
                    CompareOp::Less => "<",
                    CompareOp::LessEqual => "<=",
                    CompareOp::Greater => ">",
                    CompareOp::GreaterEqual => ">=",
                    CompareOp::Match | CompareOp::Contains => return None,
                };
                format!("{} {op} {}", self.term(left)?, self.term(right)?)
            }
            Literal::Range { variable, arguments } => match arguments.as_slice() {
                [Term::Constant(Value::Number(from)), Term::Constant(Value::Number(to))] if from < to => {
                    format!("V{variable} = {from}..{}", to - 1)
                }
                _ => return None,
            },
            Literal::Aggregate { variable, aggregate } => self.aggregate(*variable, aggregate)?,
            Literal::Compare { negated: true, .. } | Literal::Count { .. } => return None,
        })
    }

    fn aggregate(&self, variable: usize, aggregate: &Aggregate) -> Option<String> {
        let nested = aggregate.body.iter().any(|literal| matches!(literal, Literal::Aggregate { .. }));
        if nested || !aggregate.witnesses.is_empty() {
            return None;
        }
        let body = self.literals(&aggregate.body)?;
        let target = aggregate.target.as_ref().map(|target| self.term(target));
        let mut tuple: Vec<String> = vec![target.unwrap_or_else(|| Some("1".to_owned()))?];
        // What stands once for each distinct binding of the key; of an extremum only the value counts.
        tuple.extend(aggregate.key.iter().map(|key| format!("V{key}")));
        let tuple = tuple.join(", ");
        Some(match aggregate.op {
            AggregateOp::Count => format!("V{variable} = #count {{ {tuple} : {body} }}"),
            AggregateOp::Sum => format!("V{variable} = #sum {{ {tuple} : {body} }}"),
            // Of nothing there is no least and no greatest.
            AggregateOp::Min => format!("V{variable} = #min {{ {tuple} : {body} }}, V{variable} != #sup"),
            AggregateOp::Max => format!("V{variable} = #max {{ {tuple} : {body} }}, V{variable} != #inf"),
            AggregateOp::Mean => return None,
        })
    }

    fn atom(&self, atom: &Atom) -> Option<String> {
        let name = &self.declarations.relations[atom.relation].name;
        let terms: Option<Vec<String>> = atom.arguments.iter().map(|term| self.term(term)).collect();
        let terms = terms?;
        Some(if terms.is_empty() { name.clone() } else { format!("{name}({})", terms.join(", ")) })
    }

    fn term(&self, term: &Term) -> Option<String> {
        Some(match term {
            Term::Variable(variable) => format!("V{variable}"),
            Term::Wildcard => "_".to_owned(),
            // Words of clingo have 32 bits.
            Term::Constant(Value::Number(number)) if number.unsigned_abs() < 1 << 20 => format!("({number})"),
            Term::Constant(Value::Symbol(text)) if text.is_ascii() && !text.contains(['"', '\\', '\n']) => {
                format!("\"{text}\"")
            }
            Term::Call(Callee::Functor(functor), terms) => {
                let terms: Option<Vec<String>> = terms.iter().map(|term| self.term(term)).collect();
                let terms = terms?;
                match (functor, terms.as_slice()) {
                    (Functor::Negate, [only]) => format!("(-{only})"),
                    (functor, [left, right]) => {
                        let sign = match functor {
                            Functor::Add => "+",
                            Functor::Subtract => "-",
                            Functor::Multiply => "*",
                            Functor::Divide => "/",
                            Functor::Remainder => "\\",
                            Functor::Power => "**",
                            Functor::BitAnd => "&",
                            Functor::BitOr => "?",
                            Functor::BitXor => "^",
                            _ => return None,
                        };
                        format!("({left} {sign} {right})")
                    }
                    _ => return None,
                }
            }
            Term::Constant(_)
            | Term::Integer { .. }
            | Term::Record(_)
            | Term::Branch(..)
            | Term::Call(Callee::User(_), _)
            | Term::As { .. } => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::sample::Sample;

    fn clingo(text: &str) -> Option<String> {
        let sample = Sample::parse(text).unwrap();
        super::clingo(&sample.program, &sample.symbols)
    }

    #[test]
    fn what_both_know_is_put_into_its_words() {
        let text = ".decl e(x: number, y: symbol) .decl p(x: number) e(1, \"a\"). e(-2, \"b\").
            p(x + 1) :- e(x, _), !e(_, \"c\"), x >= 0.
            p(n) :- n = count : { e(x, _) }, m = min x : { e(x, y), y != \"a\" }, m < n.";
        assert_eq!(
            clingo(text).unwrap(),
            "e((1), \"a\").\ne((-2), \"b\").\n\
             p((V0 + (1))) :- not e(_, \"c\"), e(V0, _), V0 >= (0).\n\
             p(V0) :- V1 = #count { 1, V4, V5 : e(V4, V5) }, V0 = V1, \
             V3 = #min { V6, V6, V7 : e(V6, V7), V7 != \"a\" }, V3 != #sup, V2 = V3, V2 < V0.\n"
        );
        assert!(clingo(".decl r(x: number) eqrel r(1).").is_none());
        assert!(clingo(".decl r(x: float) r(1.5).").is_none());
        assert!(clingo(".decl r(x: symbol) r(cat(\"a\", \"b\")).").is_none());
    }
}
