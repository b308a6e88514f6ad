//! What is missing, as one JSON document: `docs/onus-why-not-1.schema.json` describes it.

use serde_json::{Value as Json, json as object};

use super::super::document::{Column, Pieces, Rules, fields};
use super::super::proof::Notes;
use super::super::proof::sentence::Speaker;
use crate::check::Argument;
use crate::explain::{Effect, Failing, Fix, Fixes, Instead, Miss, Near, Place, Way, WhyNot};
use crate::model::{Model, Tuple};
use crate::program::{RelationId, RuleId, Term};
use crate::value::Word;

/// The name of the form.
pub const SCHEMA: &str = "onus-why-not/1";

/// Why nothing matches, and what would help where that was looked for.
#[must_use]
pub fn json(model: &Model, found: &WhyNot, fixes: Option<&Fixes>, notes: &dyn Notes) -> String {
    let rules = Rules::of(model, named(found, fixes));
    let writer = Writer::new(model, notes, &found.values, &rules);
    let wanted: Vec<Column> = found
        .wanted
        .iter()
        .map(|argument| match argument {
            Argument::Constant(word) => Column::Is(*word),
            Argument::Variable(name) => Column::Variable(found.values.symbols.get(*name).to_owned()),
            Argument::Any => Column::Any,
        })
        .collect();
    let column = |at: usize| writer.column(found.relation, at);
    let suggestions = found.suggestions.iter().map(|suggestion| {
        let ty = model.program().relation(found.relation).columns[suggestion.column].ty;
        object!({
            "column": suggestion.column,
            "name": column(suggestion.column),
            "near": writer.pieces.value(ty, suggestion.near),
            "value": writer.pieces.value(ty, suggestion.wrong),
        })
    });
    let excluded = found.excluded.iter().map(|excluded| {
        let ty = model.program().relation(found.relation).columns[excluded.column].ty;
        object!({
            "column": excluded.column,
            "name": column(excluded.column),
            "rule": rules.place(excluded.rule),
            "value": writer.pieces.value(ty, excluded.gives),
        })
    });
    let list: Vec<Json> = rules.list(&writer.pieces);
    writer.pieces.document(
        SCHEMA,
        &rules,
        [
            ("complete", object!(found.complete)),
            ("derivable", object!(found.derivable)),
            ("excluded", excluded.collect()),
            ("far", found.far.iter().map(|&rule| rules.place(rule)).collect()),
            ("fixes", fixes.map_or(Json::Null, |fixes| repairs(model, fixes, notes, &rules))),
            ("instead", found.instead.iter().map(|instead| writer.instead(instead)).collect()),
            ("misses", found.misses.iter().map(|miss| writer.miss(miss)).collect()),
            ("more", object!(found.more)),
            ("nearest", found.nearest.iter().map(|near| writer.near(near)).collect()),
            ("rules", Json::Array(list)),
            ("suggestions", suggestions.collect()),
            ("wanted", object!(writer.pieces.matching(found.relation, &wanted, false))),
        ],
    )
}

/// The rules that the document speaks of.
fn named(found: &WhyNot, fixes: Option<&Fixes>) -> Vec<RuleId> {
    let mut named: Vec<RuleId> = found.far.clone();
    named.extend(found.misses.iter().map(|miss| miss.rule));
    named.extend(found.excluded.iter().map(|excluded| excluded.rule));
    named.extend(found.instead.iter().filter_map(|instead| instead.rule));
    let fixes = fixes.into_iter().flat_map(|fixes| &fixes.fixes);
    named.extend(fixes.flat_map(|fix| &fix.way).map(|way| way.rule));
    named
}

fn repairs(model: &Model, fixes: &Fixes, notes: &dyn Notes, rules: &Rules) -> Json {
    let writer = Writer::new(model, notes, &fixes.values, rules);
    object!({
        "complete": fixes.complete,
        "fixes": fixes.fixes.iter().map(|fix| writer.fix(fix)).collect::<Vec<_>>(),
        "tried": fixes.tried,
    })
}

struct Writer<'a> {
    model: &'a Model,
    pieces: Pieces<'a>,
    rules: &'a Rules,
}

impl<'a> Writer<'a> {
    fn new(
        model: &'a Model,
        notes: &'a dyn Notes,
        values: &std::sync::Arc<crate::value::Values>,
        rules: &'a Rules,
    ) -> Self {
        let speaker = Speaker::of(model, std::sync::Arc::clone(values));
        Self { model, pieces: Pieces { model, notes, speaker }, rules }
    }

    fn column(&self, relation: RelationId, at: usize) -> &str {
        self.model.values().symbols.get(self.model.program().relation(relation).columns[at].name)
    }

    fn variable(&self, rule: RuleId, variable: u32) -> String {
        let declared = self.model.program().rule(rule).variables.get(variable as usize);
        declared.map_or_else(String::new, |declared| self.model.values().symbols.get(declared.name).to_owned())
    }

    fn near(&self, near: &Near) -> Json {
        let mut entry = self.pieces.given(&near.tuple, None);
        entry.insert("differs".to_owned(), object!(near.differs));
        Json::Object(entry)
    }

    fn instead(&self, instead: &Instead) -> Json {
        let mut entry = self.pieces.given(&instead.tuple, None);
        entry.insert("rule".to_owned(), object!(instead.rule.and_then(|rule| self.rules.place(rule))));
        Json::Object(entry)
    }

    fn miss(&self, miss: &Miss) -> Json {
        let rule = self.model.program().rule(miss.rule);
        let head: Vec<Column> = miss
            .head
            .iter()
            .zip(&rule.arguments)
            .map(|(word, argument)| match (word, argument) {
                (Some(word), _) => Column::Is(*word),
                (None, Term::Variable(variable)) => Column::Variable(self.variable(miss.rule, variable.0)),
                (None, _) => Column::Any,
            })
            .collect();
        let varies = miss.varies.iter().map(|(variable, words)| {
            let ty = rule.variables[*variable as usize].ty;
            let values: Vec<Json> = words.iter().map(|&word| self.pieces.value(ty, word)).collect();
            object!({ "values": values, "variable": self.variable(miss.rule, *variable) })
        });
        let mut entry = self.pieces.matching(rule.head, &head, true);
        entry.extend(fields([
            ("alike", object!(miss.alike)),
            ("failing", miss.failing.iter().map(|failing| self.failing(miss.rule, failing)).collect()),
            ("literals", object!(miss.literals)),
            ("more", object!(miss.more)),
            ("rule", object!(self.rules.place(miss.rule))),
            ("untested", miss.untested.iter().map(|&span| self.pieces.text(span)).collect()),
            ("varies", varies.collect()),
        ]));
        Json::Object(entry)
    }

    fn failing(&self, rule: RuleId, failing: &Failing) -> Json {
        let columns = |columns: &[Place]| -> Vec<Column> {
            let one = |place: &Place| match place {
                Place::Is(word) => Column::Is(*word),
                Place::Variable(variable) => Column::Variable(self.variable(rule, *variable)),
                Place::Any => Column::Any,
            };
            columns.iter().map(one).collect()
        };
        let (mut entry, span) = match failing {
            Failing::Missing { span, relation, columns: places, derivable, nearest } => {
                let mut entry = self.pieces.matching(*relation, &columns(places), true);
                let nearest = nearest.iter().map(|near| self.near(near));
                entry.extend(fields([
                    ("derivable", object!(derivable)),
                    ("kind", object!("missing")),
                    ("nearest", nearest.collect()),
                ]));
                (entry, *span)
            }
            Failing::Blocked { span, relation, columns: places, by, more } => {
                let mut entry = self.pieces.matching(*relation, &columns(places), false);
                let by = by.iter().map(|tuple| self.pieces.given(tuple, None));
                entry.extend(fields([("by", by.collect()), ("kind", object!("blocked")), ("more", object!(more))]));
                (entry, *span)
            }
            Failing::Compared { span, op, negated, left, right, ty } => {
                let value = |word: &Option<Word>| word.map(|word| self.pieces.value(*ty, word));
                let mut entry = fields([
                    ("kind", object!("compared")),
                    ("negated", object!(negated)),
                    ("op", object!(op.name())),
                    ("text", object!(self.pieces.text(*span))),
                    ("type", object!(self.model.program().types.name(*ty))),
                ]);
                // A side on which the bindings do not agree is left out.
                entry.extend(value(left).map(|value| ("left".to_owned(), value)));
                entry.extend(value(right).map(|value| ("right".to_owned(), value)));
                (entry, *span)
            }
        };
        entry.insert("literal".to_owned(), object!(self.pieces.text(span)));
        entry.insert("place".to_owned(), object!(self.pieces.place(span)));
        Json::Object(entry)
    }

    fn fix(&self, fix: &Fix) -> Json {
        let tuples = |tuples: &[Tuple]| tuples.iter().map(|tuple| self.pieces.tuple(tuple)).collect::<Vec<_>>();
        let add = fix.add.iter().map(|tuple| {
            let columns = &self.model.program().relation(tuple.relation).columns;
            let invented = columns.iter().zip(&tuple.words).filter(|(_, word)| fix.fresh.contains(word));
            let invented: Vec<Json> = invented.map(|(column, &word)| self.pieces.value(column.ty, word)).collect();
            let mut entry = self.pieces.tuple(tuple);
            entry.insert("invented".to_owned(), Json::Array(invented));
            entry.insert("clause".to_owned(), object!(self.clause('+', tuple)));
            entry
        });
        let remove = fix.remove.iter().map(|tuple| {
            let mut entry = self.pieces.given(tuple, None);
            entry.insert("clause".to_owned(), object!(self.clause('-', tuple)));
            entry
        });
        let way = |way: &Way| {
            let columns: Vec<Column> = way.columns.iter().copied().map(Column::from).collect();
            let mut entry = self.pieces.matching(way.relation, &columns, true);
            entry.insert("rule".to_owned(), object!(self.rules.place(way.rule)));
            entry
        };
        let effect = |effect: &Effect| {
            let declared = self.model.program().relation(effect.relation);
            object!({
                "alarm": declared.alarm,
                "gained": tuples(&effect.gained),
                "lost": tuples(&effect.lost),
                "relation": self.model.name(effect.relation),
                "watch": declared.watch,
            })
        };
        object!({
            "add": add.collect::<Vec<_>>(),
            "effects": fix.effects.iter().map(effect).collect::<Vec<_>>(),
            "gives": tuples(&fix.gives),
            "remove": remove.collect::<Vec<_>>(),
            "way": fix.way.iter().map(way).collect::<Vec<_>>(),
        })
    }

    /// A change as `what-if` takes it.
    fn clause(&self, sign: char, tuple: &Tuple) -> String {
        format!("{sign}{}.", self.pieces.speaker.clause(tuple))
    }
}
