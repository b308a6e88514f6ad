//! `:schema`, `:rules`, `:facts`, `:plan`, `:stats`: what a program is made of. The command line asks the same way.

use std::io::Write;

use super::{Command, Takes};
use crate::diagnostic::{Diagnostic, code, suggest};
use crate::eval::Sizes;
use crate::model::{Model, Tuple};
use crate::plan::{plan_delta, plan_rule, print_plan};
use crate::program::{Literal, RelationId, RelationKind, RuleId};
use crate::query::Answer;
use crate::repl::prompt::Last;
use crate::repl::show::{self, Format, harmless};
use crate::repl::{Error, Io, Outcome, Prompt};
use crate::report::rows::{self, Table};
use crate::session::Failure;
use crate::storage::Relation;
use crate::value::{Kind, Type, TypeId, Value};

/// The relation of a name.
///
/// # Errors
/// There is none; a similar one is named.
pub fn relation(model: &Model, name: &str) -> Result<RelationId, Failure> {
    model.find(name).ok_or_else(|| {
        let known = model.program().declared_ids().map(|id| model.name(id));
        let near = suggest(name, known).map(|near| format!("did you mean `{near}`?"));
        let help = near.unwrap_or_else(|| "`schema` lists the relations".to_owned());
        let found = Diagnostic::new(code::UNKNOWN_RELATION, format!("no relation is called `{name}`")).help(help);
        Failure { diagnostics: vec![found], sources: model.share_sources() }
    })
}

pub(super) const SCHEMA: Command = Command {
    name: "schema",
    takes: Takes::Relation,
    usage: "[RELATION]",
    about: "the relations, or one with its columns and what it says",
    more: "  :schema relies",
    run: |prompt, arguments, io| {
        let model = prompt.model()?;
        let format = prompt.settings.format;
        schema(&model, Some(arguments).filter(|name| !name.is_empty()), format, io)
    },
};

/// Shows the relations, or one of them.
///
/// # Errors
/// The name is not known; the output cannot be written.
pub fn schema(model: &Model, name: Option<&str>, format: Format, io: &mut Io<'_>) -> Result<Outcome, Error> {
    match name {
        Some(name) => {
            let id = relation(model, name)?;
            if format == Format::Table { describe(model, id, io.out)? } else { columns(model, id, format, io)? }
        }
        None if format == Format::Table => {
            let ids = model.program().declared_ids();
            let heads: Vec<(String, usize)> = ids.map(|id| (signature(model, id), model.relation(id).len())).collect();
            for (head, rows) in heads {
                writeln!(io.out, "{rows:>9}  {head}")?;
            }
        }
        None => {
            let names = ["relation", "columns", "tuples", "about"];
            let kinds = [Kind::Symbol, Kind::Symbol, Kind::Number, Kind::Symbol];
            let row = |id: RelationId| {
                let declared = model.program().relation(id);
                let doc = declared.doc.map_or("", |doc| model.values().symbols.get(doc));
                vec![
                    Value::Symbol(model.name(id).to_owned()),
                    Value::Symbol(arguments(model, id)),
                    number(model.relation(id).len()),
                    Value::Symbol(doc.to_owned()),
                ]
            };
            let rows: Vec<_> = model.program().declared_ids().map(row).collect();
            list(&names, &kinds, &rows, format, io)?;
        }
    }
    Ok(Outcome::Done)
}

/// `relies(a: Party, b: Party)`
pub(in crate::repl) fn signature(model: &Model, id: RelationId) -> String {
    format!("{}({})", model.name(id), arguments(model, id))
}

fn arguments(model: &Model, id: RelationId) -> String {
    let column = |column: &crate::program::Column| {
        format!("{}: {}", model.values().symbols.get(column.name), model.program().types.name(column.ty))
    };
    model.program().relation(id).columns.iter().map(column).collect::<Vec<_>>().join(", ")
}

fn describe(model: &Model, id: RelationId, out: &mut dyn Write) -> std::io::Result<()> {
    let declared = model.program().relation(id);
    let symbols = &model.values().symbols;
    if let Some(doc) = declared.doc {
        for line in symbols.get(doc).lines() {
            writeln!(out, "/// {}", harmless(line))?;
        }
    }
    for (name, text) in [("says", declared.says), ("says_not", declared.says_not), ("deny", declared.deny)] {
        if let Some(text) = text {
            let text = Value::Symbol(symbols.get(text).to_owned()).literal();
            writeln!(out, "@[{name} = {}]", harmless(&text))?;
        }
    }
    for (name, given) in [("quiet", declared.quiet), ("watch", declared.watch), ("alarm", declared.alarm)] {
        if given {
            writeln!(out, "@[{name}]")?;
        }
    }
    let kind = if declared.kind == RelationKind::Eqrel { " eqrel" } else { "" };
    writeln!(out, ".decl {}{kind}", signature(model, id))?;
    let mut types: Vec<TypeId> = declared.columns.iter().map(|column| column.ty).collect();
    types.sort_unstable();
    types.dedup();
    for ty in types {
        if let Some(text) = definition(model, ty) {
            writeln!(out, "  {text}")?;
        }
    }
    let relation = model.relation(id);
    let given = given(relation);
    writeln!(out, "  {} tuples, {given} given", relation.len())?;
    let defined: Vec<RuleId> =
        model.program().rules().filter(|(_, rule)| rule.head == id).map(|(rule, _)| rule).collect();
    if !defined.is_empty() {
        writeln!(out, "  follows by {}", names_of(model, &defined))?;
    }
    let mut readers = Vec::new();
    for (_, rule) in model.program().rules() {
        let mut reads = false;
        rule.reads(&mut |other, _| reads |= other == id);
        let name = model.name(rule.head);
        if reads && !readers.contains(&name) {
            readers.push(name);
        }
    }
    if !readers.is_empty() {
        writeln!(out, "  read by {}", readers.join(", "))?;
    }
    let place = model.sources().location(declared.span);
    writeln!(out, "  declared at {}:{}", place.source, place.line)
}

fn definition(model: &Model, ty: TypeId) -> Option<String> {
    let types = &model.program().types;
    let name = types.name(ty);
    let symbols = &model.values().symbols;
    let fields = |fields: &[crate::value::Field]| {
        let field = |field: &crate::value::Field| format!("{}: {}", symbols.get(field.name), types.name(field.ty));
        fields.iter().map(field).collect::<Vec<_>>().join(", ")
    };
    match types.get(ty) {
        Type::Primitive(_) => None,
        Type::Subtype { base } => Some(format!(".type {name} <: {}", types.name(*base))),
        Type::Union { members } => {
            let members: Vec<&str> = members.iter().map(|&member| types.name(member)).collect();
            Some(format!(".type {name} = {}", members.join(" | ")))
        }
        Type::Record { fields: all } => Some(format!(".type {name} = [{}]", fields(all))),
        Type::Adt { branches } => {
            let branches: Vec<String> = branches
                .iter()
                .map(|branch| format!("{} {{{}}}", symbols.get(branch.name), fields(&branch.fields)))
                .collect();
            Some(format!(".type {name} = {}", branches.join(" | ")))
        }
    }
}

/// Rules by their labels, or by their places.
fn names_of(model: &Model, rules: &[RuleId]) -> String {
    let name = |&rule: &RuleId| match model.label(rule) {
        Some(label) => label.to_owned(),
        None => {
            let place = model.sources().location(model.program().rule(rule).span);
            format!("{}:{}", place.source, place.line)
        }
    };
    let mut names: Vec<String> = rules.iter().map(name).collect();
    names.dedup();
    names.join(", ")
}

fn columns(model: &Model, id: RelationId, format: Format, io: &mut Io<'_>) -> std::io::Result<()> {
    let types = &model.program().types;
    let row = |column: &crate::program::Column| {
        vec![
            Value::Symbol(model.values().symbols.get(column.name).to_owned()),
            Value::Symbol(types.name(column.ty).to_owned()),
            Value::Symbol(types.kind(column.ty).name().to_owned()),
        ]
    };
    let rows: Vec<_> = model.program().relation(id).columns.iter().map(row).collect();
    list(&["column", "type", "kind"], &[Kind::Symbol; 3], &rows, format, io)
}

/// How many tuples of a relation were given.
fn given(relation: &Relation) -> usize {
    relation.end_of(0) as usize
}

fn number(count: usize) -> Value {
    Value::Number(i64::try_from(count).unwrap_or(i64::MAX))
}

fn list(names: &[&str], kinds: &[Kind], rows: &[Vec<Value>], format: Format, io: &mut Io<'_>) -> std::io::Result<()> {
    let columns: Vec<(String, Kind)> = names.iter().map(|&name| name.to_owned()).zip(kinds.iter().copied()).collect();
    rows::write(Table { columns: &columns, rows }, format, "row", &mut io.out)
}

pub(super) const RULES: Command = Command {
    name: "rules",
    takes: Takes::Relation,
    usage: "[RELATION]",
    about: "the rules, or those of one relation, as written",
    more: "  :rules relies",
    run: rules,
};

fn rules(prompt: &mut Prompt, arguments: &str, io: &mut Io<'_>) -> Result<Outcome, Error> {
    let model = prompt.model()?;
    let wanted = match arguments {
        "" => None,
        name => Some(relation(&model, name)?),
    };
    let mut last = None;
    let mut any = false;
    for (id, rule) in model.program().rules() {
        if wanted.is_some_and(|wanted| wanted != rule.head) || last == Some(rule.clause) {
            continue;
        }
        last = Some(rule.clause);
        any = true;
        let place = model.sources().location(rule.span);
        let label = model.label(id).map(|label| format!("[{label}] ")).unwrap_or_default();
        let head = format!("// {label}{}:{}", place.source, place.line);
        writeln!(io.out, "{}\n{}", io.view.dim(&head), harmless(model.text(rule.span)))?;
    }
    if !any {
        let what = if arguments.is_empty() { String::new() } else { format!(" for `{arguments}`") };
        writeln!(io.out, "there are no rules{what}")?;
    }
    Ok(Outcome::answered(any))
}

pub(super) const FACTS: Command = Command {
    name: "facts",
    takes: Takes::Relation,
    usage: "[RELATION]",
    about: "the given facts of a relation, or how many each has",
    more: "  :facts chosen            as rows; `:set format facts` gives clauses",
    run: facts,
};

fn facts(prompt: &mut Prompt, arguments: &str, io: &mut Io<'_>) -> Result<Outcome, Error> {
    let model = prompt.model()?;
    if arguments.is_empty() {
        for id in model.program().relation_ids() {
            let count = given(model.relation(id));
            if count > 0 {
                writeln!(io.out, "{count:>9}  {}", signature(&model, id))?;
            }
        }
        return Ok(Outcome::Done);
    }
    let id = model.program().takes(relation(&model, arguments)?);
    let table = model.relation(id);
    let mut rows: Vec<(Vec<Value>, &[u32])> =
        table.rows().take(given(table)).map(|row| (model.decode(id, row), row)).collect();
    if rows.is_empty() {
        let derived = table.len();
        writeln!(io.out, "no fact of `{arguments}` was given; {derived} tuples follow from others")?;
        return Ok(Outcome::No);
    }
    rows.sort_unstable();
    let tuples = rows.iter().map(|(_, row)| Tuple { relation: id, words: (*row).into() }).collect();
    let types = &model.program().types;
    let columns = model.program().relation(id).columns.iter();
    let columns =
        columns.map(|column| (model.values().symbols.get(column.name).to_owned(), types.kind(column.ty))).collect();
    let answer = Answer { columns, rows: rows.into_iter().map(|(values, _)| values).collect() };
    match prompt.settings.format {
        Format::Facts => {
            let table = Table { columns: &answer.columns, rows: &answer.rows };
            rows::write(table, Format::Facts, arguments, &mut io.out)?;
        }
        format => show::answer(&answer, format, prompt.settings.rows, io)?,
    }
    prompt.last = Some(Last::Tuples(tuples));
    Ok(Outcome::Done)
}

pub(super) const PLAN: Command = Command {
    name: "plan",
    takes: Takes::Relation,
    usage: "RELATION",
    about: "how the rules of a relation are carried out",
    more: "The order of joins is chosen from the sizes at hand.",
    run: |prompt, arguments, io| {
        if arguments.is_empty() {
            return Err(prompt.usage("`:plan` wants a relation", "`:plan relies`"));
        }
        let model = prompt.model()?;
        let id = relation(&model, arguments)?;
        plan(&model, Some(id), io.out)?;
        Ok(Outcome::Done)
    },
};

/// Shows the plans of the rules, or of those of one relation, below the rules: over everything, and for each relation
/// of the same stratum over what the last round added to it.
///
/// # Errors
/// The output cannot be written.
pub fn plan(model: &Model, wanted: Option<RelationId>, out: &mut dyn Write) -> std::io::Result<()> {
    let program = model.program();
    let mut first = true;
    for stratum in &program.strata {
        let sizes = Sizes::new(model.database(), &stratum.relations);
        for &id in &stratum.rules {
            let rule = program.rule(id);
            if wanted.is_some_and(|wanted| wanted != rule.head) {
                continue;
            }
            let grows = |literal: &Literal| match literal {
                Literal::Positive(atom) => stratum.relations.contains(&atom.relation),
                Literal::Negative(_) | Literal::Compare(_) => false,
            };
            let body = rule.body.iter().enumerate();
            let mut deltas: Vec<Option<usize>> =
                body.filter(|(_, literal)| grows(literal)).map(|(at, _)| Some(at)).collect();
            if deltas.is_empty() {
                deltas.push(None);
            }
            for delta in deltas {
                if !std::mem::take(&mut first) {
                    writeln!(out)?;
                }
                let (planned, other) = match delta {
                    Some(delta) => {
                        let (first, other) = plan_delta(program, id, delta, &sizes);
                        let other = other.filter(|other| other.beats(&first, 1.0));
                        (first.plan, other.map(|other| other.plan))
                    }
                    None => (plan_rule(program, id, None, &sizes), None),
                };
                let text = print_plan(program, model.values(), &planned, model.text(rule.span));
                write!(out, "{}", harmless(&text))?;
                if let Some(other) = other {
                    let text = print_plan(program, model.values(), &other, "or, while the delta is large");
                    write!(out, "{}", harmless(&text))?;
                }
            }
        }
    }
    if first {
        writeln!(out, "there are no rules to plan")?;
    }
    Ok(())
}

pub(super) const STATS: Command = Command {
    name: "stats",
    takes: Takes::Nothing,
    usage: "",
    about: "how many tuples each relation has, and what they take",
    more: "",
    run: stats,
};

fn stats(prompt: &mut Prompt, _: &str, io: &mut Io<'_>) -> Result<Outcome, Error> {
    let model = prompt.model()?;
    let row = |id: RelationId| {
        let relation = model.relation(id);
        let count = [relation.len(), given(relation), model.stratum(id) + 1, relation.bytes()].map(number);
        std::iter::once(Value::Symbol(model.name(id).to_owned())).chain(count).collect()
    };
    let mut rows: Vec<Vec<Value>> =
        model.program().relation_ids().filter(|&id| !model.relation(id).is_empty()).map(row).collect();
    rows.sort_by(|left, right| right[1].cmp(&left[1]).then_with(|| left.cmp(right)));
    let names = ["relation", "tuples", "given", "stratum", "bytes"];
    let kinds = [Kind::Symbol, Kind::Number, Kind::Number, Kind::Number, Kind::Number];
    list(&names, &kinds, &rows, prompt.settings.format, io)?;
    let all = || model.program().relation_ids().map(|id| model.relation(id));
    let (tuples, bytes) = (all().map(Relation::len).sum::<usize>(), all().map(Relation::bytes).sum::<usize>());
    let (rules, strata) = (model.program().rules.len(), model.program().strata.len());
    let symbols = model.values().symbols.len();
    io.remark(&format!("{tuples} tuples in {bytes} bytes, {rules} rules in {strata} strata, {symbols} symbols"))?;
    Ok(Outcome::Done)
}
