//! Plans as text: the source rule first, then its steps.

use std::fmt::Write;

use super::step::{Expression, Operand, Part, Pattern, RulePlan, Slot, Step};
use crate::program::{Callee, Program, RelationId, Rule};
use crate::value::{Kind, TypeId, Values};

/// A plan below the text of its rule (`source`), a step a line.
#[must_use]
pub fn print_plan(program: &Program, values: &Values, plan: &RulePlan, source: &str) -> String {
    let rule = program.rule(plan.rule);
    let printer = Printer { program, values, rule };
    let mut out = format!("{}\n", source.trim());
    for step in &plan.body.steps {
        let _ = writeln!(out, "  {}", printer.step(step));
    }
    let kinds = program.relation(rule.head).columns.iter().map(|column| program.types.kind(column.ty));
    let head: Vec<String> = plan.head.iter().zip(kinds).map(|(value, kind)| printer.typed(value, kind)).collect();
    let _ = writeln!(out, "  emit {}({})", printer.relation(rule.head), head.join(", "));
    out
}

struct Printer<'a> {
    program: &'a Program,
    values: &'a Values,
    rule: &'a Rule,
}

impl Printer<'_> {
    fn relation(&self, id: RelationId) -> &str {
        self.values.symbols.get(self.program.relation(id).name)
    }

    fn slot(&self, slot: Slot) -> String {
        match self.rule.variables.get(slot) {
            Some(variable) => self.values.symbols.get(variable.name).to_owned(),
            None => format!("#{}", slot - self.rule.variables.len() + 1),
        }
    }

    fn constant(&self, word: u32, ty: TypeId) -> String {
        self.values.decode(&self.program.types, ty, word).literal()
    }

    fn of_kind(&self, word: u32, kind: Kind) -> String {
        match kind {
            Kind::Number => self.constant(word, TypeId::NUMBER),
            Kind::Unsigned => self.constant(word, TypeId::UNSIGNED),
            Kind::Float => self.constant(word, TypeId::FLOAT),
            Kind::Symbol => self.constant(word, TypeId::SYMBOL),
            Kind::Record | Kind::Adt => format!("record {word}"),
        }
    }

    /// An atom with `key` where a column is looked up and names where one is kept.
    fn atom(&self, id: RelationId, columns: &[(usize, String)]) -> String {
        let relation = self.program.relation(id);
        let arguments: Vec<&str> = (0..relation.arity())
            .map(|column| columns.iter().find(|(other, _)| *other == column).map_or("_", |(_, text)| text))
            .collect();
        format!("{}({})", self.relation(id), arguments.join(", "))
    }

    fn key(&self, id: RelationId, columns: &[usize], key: &[Operand]) -> Vec<(usize, String)> {
        let relation = self.program.relation(id);
        let value = |(&column, operand): (&usize, &Operand)| {
            let text = match *operand {
                Operand::Slot(slot) => format!("={}", self.slot(slot)),
                Operand::Constant(word) => format!("={}", self.constant(word, relation.columns[column].ty)),
            };
            (column, text)
        };
        columns.iter().zip(key).map(value).collect()
    }

    fn step(&self, step: &Step) -> String {
        let part = |part: Part| match part {
            Part::All => "",
            Part::Old => " (old)",
            Part::Delta => " (delta)",
        };
        match step {
            Step::Scan { relation, part: which, grouped, constants, same, bind } => {
                let declared = self.program.relation(*relation);
                let mut columns: Vec<(usize, String)> =
                    bind.iter().map(|&(column, slot)| (column, self.slot(slot))).collect();
                columns.extend(
                    constants.iter().map(|&(column, word)| {
                        (column, format!("={}", self.constant(word, declared.columns[column].ty)))
                    }),
                );
                columns.extend(self.same(same, bind));
                let word = if *grouped { "scan distinct" } else { "scan" };
                format!("{word} {}{}", self.atom(*relation, &columns), part(*which))
            }
            Step::Lookup { relation, part: which, columns, key, same, bind } => {
                let mut shown = self.key(*relation, columns, key);
                shown.extend(bind.iter().map(|&(column, slot)| (column, self.slot(slot))));
                shown.extend(self.same(same, bind));
                format!("look up {}{}", self.atom(*relation, &shown), part(*which))
            }
            Step::Exists { relation, part: which, columns, key, negated } => {
                let shown = self.key(*relation, columns, key);
                let word = if *negated { "absent" } else { "exists" };
                format!("{word} {}{}", self.atom(*relation, &shown), part(*which))
            }
            Step::Intersect { slot, arms } => {
                let arms: Vec<String> = arms
                    .iter()
                    .map(|arm| {
                        let mut shown = self.key(arm.relation, &arm.columns, &arm.key);
                        shown.push((arm.column, self.slot(*slot)));
                        self.atom(arm.relation, &shown)
                    })
                    .collect();
                format!("intersect {}", arms.join(" and "))
            }
            Step::Assign { slot, value } => {
                let value = match self.rule.variables.get(*slot) {
                    Some(variable) => self.typed(value, self.program.types.kind(variable.ty)),
                    None => self.expression(value),
                };
                format!("let {} = {value}", self.slot(*slot))
            }
            Step::Match { value, pattern } => format!("match {} = {}", self.pattern(pattern), self.expression(value)),
            Step::Filter { op, negated, kind, left, right } => {
                let (left, right) = (self.typed(left, *kind), self.typed(right, *kind));
                let not = if *negated { "not " } else { "" };
                format!("filter {not}{left} {} {right}", op.name())
            }
            Step::Range { slot, arguments, .. } => {
                let arguments: Vec<String> = arguments.iter().map(|argument| self.expression(argument)).collect();
                format!("for {} in range({})", self.slot(*slot), arguments.join(", "))
            }
            Step::Aggregate { slot, plan } => {
                let steps: Vec<String> = plan.body.steps.iter().map(|step| self.step(step)).collect();
                let target =
                    plan.target.as_ref().map_or(String::new(), |target| format!(" {}", self.expression(target)));
                let group: Vec<String> = plan.outer.iter().map(|&slot| self.slot(slot)).collect();
                let group = if group.is_empty() { String::new() } else { format!(" for each {}", group.join(", ")) };
                format!("let {} = {}{target} over {{ {} }}{group}", self.slot(*slot), plan.op.name(), steps.join("; "))
            }
        }
    }

    fn same(&self, same: &[(usize, usize)], bind: &[(usize, Slot)]) -> Vec<(usize, String)> {
        let name = |first: usize| {
            bind.iter().find(|&&(column, _)| column == first).map_or_else(String::new, |&(_, slot)| self.slot(slot))
        };
        same.iter().map(|&(first, second)| (second, format!("={}", name(first)))).collect()
    }

    fn typed(&self, expression: &Expression, kind: Kind) -> String {
        match expression {
            Expression::Operand(Operand::Constant(word)) => self.of_kind(*word, kind),
            other => self.expression(other),
        }
    }

    fn expression(&self, expression: &Expression) -> String {
        match expression {
            Expression::Operand(Operand::Slot(slot)) => self.slot(*slot),
            // Inside a record, where the kind is not at hand.
            Expression::Operand(Operand::Constant(word)) => format!("constant {word}"),
            Expression::Call { functor, kinds, arguments, .. } => {
                let name = match functor {
                    Callee::Builtin(functor) => functor.name().to_owned(),
                    Callee::User(name) => format!("@{}", self.values.symbols.get(*name)),
                };
                let arguments: Vec<String> = arguments
                    .iter()
                    .enumerate()
                    .map(|(at, argument)| match kinds.get(at) {
                        Some(&kind) => self.typed(argument, kind),
                        None => self.expression(argument),
                    })
                    .collect();
                match arguments.as_slice() {
                    // Operators stand between their operands.
                    [left, right] if name.starts_with(|sign: char| sign.is_ascii_punctuation() && sign != '@') => {
                        format!("({left} {name} {right})")
                    }
                    _ => format!("{name}({})", arguments.join(", ")),
                }
            }
            Expression::Record(fields) => {
                let fields: Vec<String> = fields.iter().map(|field| self.expression(field)).collect();
                format!("[{}]", fields.join(", "))
            }
            Expression::As(inner, from, to) => {
                format!("as({}, {})", self.typed(inner, *from), to.name())
            }
            Expression::Autoinc => "autoinc()".to_owned(),
        }
    }

    fn pattern(&self, pattern: &Pattern) -> String {
        match pattern {
            Pattern::Any => "_".to_owned(),
            Pattern::Bind(slot) => self.slot(*slot),
            Pattern::Equal(value) => format!("={}", self.expression(value)),
            Pattern::Record(fields) => {
                let fields: Vec<String> = fields.iter().map(|field| self.pattern(field)).collect();
                format!("[{}]", fields.join(", "))
            }
            Pattern::As(inner, from, _) => format!("as({}, {})", self.pattern(inner), from.name()),
        }
    }
}
