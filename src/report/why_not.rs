//! What is missing, as people read it: the nearest misses, each with what fails and what is near, and fixes with what else
//! would change.

mod json;

use std::sync::Arc;

use super::escape::escape;
use super::proof::TextOptions;
use super::proof::layout::{Layout, Line};
use super::proof::sentence::{Said, Speaker};
use super::proof::theme::Role;
use crate::check::Argument;
use crate::explain::{Effect, Failing, Fix, Fixes, Miss, Near, Place, Way, WhyNot};
use crate::model::{Model, Tuple};
use crate::program::{RelationId, RuleId};
use crate::value::{Values, Word};
pub use json::{SCHEMA, json};

/// How many values of one variable are shown.
const VALUES: usize = 5;

/// Why nothing matches, and what would help. `fixes` are shown with their effects if `effects`.
#[must_use]
pub fn render(model: &Model, found: &WhyNot, fixes: Option<&Fixes>, effects: bool, options: &TextOptions) -> String {
    let mut writer = Writer::new(model, options, &found.values);
    writer.root(found);
    for (at, miss) in found.misses.iter().enumerate() {
        writer.miss(at + 1, miss);
    }
    let mut out = writer.finish();
    let mut parts = Vec::new();
    let count = |count: usize, one: &str, many: &str| format!("{count} {}", if count == 1 { one } else { many });
    if found.more > 0 {
        parts.push(format!("{} besides", count(found.more, "miss", "misses")));
    }
    if !found.far.is_empty() {
        parts.push(format!(
            "{} by more than {} literals",
            count(found.far.len(), "rule misses it", "rules miss it"),
            3
        ));
    }
    if !found.complete {
        parts.push("not every rule was looked at".to_owned());
    }
    if !parts.is_empty() {
        out.push_str(&footer(options, &parts));
    }
    if let Some(fixes) = fixes {
        out.push_str(&render_fixes(model, fixes, effects, options));
    }
    out
}

/// The facts of the best fix, and that they would do; nothing where none was found.
#[must_use]
pub fn render_help(model: &Model, fixes: &Fixes, options: &TextOptions) -> String {
    let mut writer = Writer::new(model, options, &fixes.values);
    let Some(fix) = fixes.fixes.first() else { return String::new() };
    writer.facts("missing", fix);
    let mut out = writer.finish();
    let others = if fixes.fixes.len() > 1 { ", and so would others" } else { "" };
    let would = if fix.add.len() + fix.remove.len() == 1 { "this" } else { "these together" };
    let parts = vec![format!("tried: {would} would make it true{others}"), next(options, "why-not --fix")];
    out.push_str(&footer(options, &parts));
    out
}

/// Fixes, the best first.
#[must_use]
pub fn render_fixes(model: &Model, fixes: &Fixes, effects: bool, options: &TextOptions) -> String {
    let mut writer = Writer::new(model, options, &fixes.values);
    for (at, fix) in fixes.fixes.iter().enumerate() {
        writer.fix(at + 1, fix, effects);
    }
    let mut out = writer.finish();
    let mut parts = Vec::new();
    if fixes.fixes.is_empty() {
        parts.push("no set of up to 3 facts was found that would make it true".to_owned());
    } else if effects {
        parts.push("each fix was tried and works; no part of it does".to_owned());
    }
    if !fixes.complete {
        parts.push("the search was cut: there may be others".to_owned());
    }
    if let Some(fix) = fixes.fixes.first() {
        let changes = changes(model, &fixes.values, fix, options.prompt);
        parts.push(next(options, &format!("what-if {}", changes.join(" "))));
    }
    out.push_str(&footer(options, &parts));
    out
}

/// What one can ask next.
fn next(options: &TextOptions, command: &str) -> String {
    format!("next  {}{command}", if options.prompt { ":" } else { "" })
}

/// The changes of a fix: clauses at the prompt, on the command line quoted as arguments.
fn changes(model: &Model, values: &Values, fix: &Fix, prompt: bool) -> Vec<String> {
    let one = |sign: char, tuple: &Tuple| {
        let text = escape(&model.literal_with(values, tuple)).into_owned();
        if prompt { format!("{sign}{text}.") } else { format!("'{sign}{}'", text.replace('\'', r"'\''")) }
    };
    let add = fix.add.iter().map(|tuple| one('+', tuple));
    add.chain(fix.remove.iter().map(|tuple| one('-', tuple))).collect()
}

fn footer(options: &TextOptions, parts: &[String]) -> String {
    let separator = if options.ascii { " - " } else { " · " };
    layout(options).parts(parts, separator)
}

fn layout(options: &TextOptions) -> Layout<'_> {
    Layout { theme: &options.theme, width: options.width, cut: if options.ascii { "..." } else { "…" } }
}

/// Lines on their way.
struct Writer<'a> {
    model: &'a Model,
    options: &'a TextOptions,
    speaker: Speaker<'a>,
    lines: Vec<Line>,
}

impl<'a> Writer<'a> {
    fn new(model: &'a Model, options: &'a TextOptions, values: &Arc<Values>) -> Self {
        let speaker = Speaker::of(model, Arc::clone(values));
        Self { model, options, speaker, lines: Vec::new() }
    }

    fn finish(self) -> String {
        layout(self.options).lines(&self.lines)
    }

    fn glyph(&self, unicode: &str, ascii: &str) -> String {
        if self.options.ascii { ascii.to_owned() } else { unicode.to_owned() }
    }

    fn line(&mut self, depth: usize, handle: Option<String>, role: Role, text: String, notes: Vec<(Role, String)>) {
        let bar = self.glyph("│", "|");
        let first = if depth == 0 { " ".to_owned() } else { format!(" {bar}{}", "  ".repeat(depth)) };
        let rest = format!("{first}  ");
        self.lines.push(Line { first, rest, handle, role, text, notes });
    }

    fn root(&mut self, found: &WhyNot) {
        let said: Vec<Said> = found
            .wanted
            .iter()
            .enumerate()
            .map(|(at, argument)| match argument {
                Argument::Constant(word) => Said::Word(*word),
                Argument::Variable(name) => Said::Text(format!("?{}", escape(found.values.symbols.get(*name)))),
                Argument::Any => Said::Text(format!("?{}", self.column(found.relation, at))),
            })
            .collect();
        let text = self.speaker.said(found.relation, &said, false);
        let holds = found.derivable || !found.instead.is_empty();
        let kind = if holds { "does not hold" } else { "was never given" };
        let notes = vec![(Role::Missing, format!("{} {kind}", self.glyph("∄", "x")))];
        self.line(0, None, Role::Conclusion, text, notes);
        for suggestion in &found.suggestions {
            let ty = self.model.program().relation(found.relation).columns[suggestion.column].ty;
            let text = format!(
                "nothing is called {}: did you mean {}?",
                self.speaker.literal(ty, suggestion.wrong),
                self.speaker.literal(ty, suggestion.near)
            );
            self.line(1, None, Role::Missing, text, Vec::new());
        }
        for instead in &found.instead {
            let text = self.speaker.tuple(&instead.tuple);
            let how = if instead.rule.is_some() { "replaces it" } else { "was chosen first" };
            let mut notes = vec![(Role::Missing, format!("{} {how}", self.glyph("✗", "x")))];
            if let Some(rule) = instead.rule {
                let place = self.model.sources().location(self.model.program().rule(rule).span);
                notes.push((Role::Dim, format!("{}:{}", place.source, place.line)));
            }
            self.line(1, None, Role::Missing, text, notes);
        }
        for excluded in &found.excluded {
            let ty = self.model.program().relation(found.relation).columns[excluded.column].ty;
            let column = self.column(found.relation, excluded.column);
            let text = format!("{column} would be {}", self.speaker.literal(ty, excluded.gives));
            let mut notes = self.rule(excluded.rule);
            notes.insert(0, (Role::Missing, format!("{} excluded", self.glyph("✗", "x"))));
            self.line(1, None, Role::Plain, text, notes);
        }
        if found.misses.is_empty() && found.instead.is_empty() {
            found.nearest.iter().for_each(|near| self.near(1, near));
        }
    }

    fn column(&self, relation: RelationId, at: usize) -> String {
        let name = self.model.program().relation(relation).columns[at].name;
        escape(self.model.values().symbols.get(name)).into_owned()
    }

    fn rule(&self, rule: RuleId) -> Vec<(Role, String)> {
        let label = self.model.label(rule).map(|label| (Role::Rule, format!("[{}]", escape(label))));
        let place = self.model.sources().location(self.model.program().rule(rule).span);
        label.into_iter().chain([(Role::Dim, format!("{}:{}", place.source, place.line))]).collect()
    }

    fn miss(&mut self, number: usize, miss: &Miss) {
        let head = self.model.program().rule(miss.rule).head;
        let arguments = &self.model.program().rule(miss.rule).arguments;
        let said: Vec<Said> = miss
            .head
            .iter()
            .enumerate()
            .map(|(at, word)| match word {
                Some(word) => Said::Word(*word),
                None => match &arguments[at] {
                    crate::program::Term::Variable(variable) => Said::Text(self.variable(miss.rule, variable.0)),
                    _ => Said::Text(format!("?{}", self.column(head, at))),
                },
            })
            .collect();
        let text = self.speaker.said(head, &said, true);
        let mut notes = vec![(Role::Dim, "would follow by".to_owned())];
        notes.extend(self.rule(miss.rule));
        let literals = if miss.literals == 1 { "literal" } else { "literals" };
        let fail = if miss.failing.len() == 1 { "fails" } else { "fail" };
        notes.push((Role::Dim, format!("but {} of {} {literals} {fail}", miss.failing.len(), miss.literals)));
        self.line(0, Some(number.to_string()), Role::Plain, text, notes);
        for failing in &miss.failing {
            self.failing(miss, failing);
        }
        for (variable, words) in &miss.varies {
            let ty = self.model.program().rule(miss.rule).variables[*variable as usize].ty;
            let mut shown: Vec<String> =
                words.iter().take(VALUES).map(|&word| self.speaker.literal(ty, word)).collect();
            if words.len() > VALUES {
                shown.push(self.glyph("…", "..."));
            }
            let many = format!("{}{} values", words.len(), if miss.more { " or more" } else { "" });
            let text = format!("{} is any of {}", self.variable(miss.rule, *variable), shown.join(", "));
            self.line(1, None, Role::Dim, text, vec![(Role::Dim, many)]);
        }
        for &span in &miss.untested {
            let text = self.speaker.source(span);
            self.line(1, None, Role::Dim, text, vec![(Role::Dim, "cannot be told".to_owned())]);
        }
    }

    fn variable(&self, rule: RuleId, variable: u32) -> String {
        let name = self.model.program().rule(rule).variables.get(variable as usize).map(|declared| declared.name);
        let name = name.map_or("", |name| self.model.values().symbols.get(name));
        format!("?{}", escape(name))
    }

    fn places(&self, rule: RuleId, relation: RelationId, columns: &[Place]) -> Vec<Said> {
        let said = |(at, place): (usize, &Place)| match place {
            Place::Is(word) => Said::Word(*word),
            Place::Variable(variable) => Said::Text(self.variable(rule, *variable)),
            Place::Any => Said::Text(format!("?{}", self.column(relation, at))),
        };
        columns.iter().enumerate().map(said).collect()
    }

    fn failing(&mut self, miss: &Miss, failing: &Failing) {
        let cross = self.glyph("✗", "x");
        match failing {
            Failing::Missing { relation, columns, derivable, nearest, .. } => {
                let text = self.speaker.said(*relation, &self.places(miss.rule, *relation, columns), true);
                let kind = if *derivable { "missing" } else { "never given" };
                self.line(1, None, Role::Missing, text, vec![(Role::Missing, format!("{cross} {kind}"))]);
                nearest.iter().for_each(|near| self.near(2, near));
            }
            Failing::Blocked { by, more, span, .. } => {
                for tuple in by {
                    let notes =
                        vec![(Role::Missing, format!("{cross} blocks")), (Role::Dim, self.speaker.source(*span))];
                    let text = self.speaker.tuple(tuple);
                    self.line(1, None, Role::Missing, text, notes);
                }
                if *more > 0 {
                    self.line(1, None, Role::Dim, format!("and {more} more that block"), Vec::new());
                }
            }
            Failing::Compared { span, op, left, right, ty, .. } => {
                let mut notes = vec![(Role::Missing, format!("{cross} compared"))];
                if let (Some(left), Some(right)) = (left, right) {
                    let (left, right) = (self.speaker.literal(*ty, *left), self.speaker.literal(*ty, *right));
                    notes.push((Role::Plain, format!("not {left} {} {right}", op.name())));
                }
                let text = self.speaker.source(*span);
                self.line(1, None, Role::Missing, text, notes);
            }
        }
    }

    fn near(&mut self, depth: usize, near: &Near) {
        let columns: Vec<String> = near.differs.iter().map(|&at| self.column(near.tuple.relation, at)).collect();
        let differs = if columns.is_empty() {
            "holds, but not together with the others".to_owned()
        } else {
            format!("other {}", columns.join(", "))
        };
        let text = self.speaker.tuple(&near.tuple);
        let notes = vec![(Role::Dim, format!("{} near: {differs}", self.glyph("≈", "~")))];
        self.line(depth, None, Role::Dim, text, notes);
    }

    fn fix(&mut self, number: usize, fix: &Fix, effects: bool) {
        self.facts(&format!("fix {number}"), fix);
        for way in fix.way.iter().skip(1).rev() {
            let text = self.way(way);
            let notes = std::iter::once((Role::Dim, "then".to_owned())).chain(self.rule(way.rule)).collect();
            self.line(1, None, Role::Dim, text, notes);
        }
        let others = fix.gives.len().saturating_sub(1);
        if let Some(tuple) = fix.gives.first() {
            let text = self.speaker.tuple(tuple);
            let mut notes = vec![(Role::Given, "holds".to_owned())];
            notes.extend(fix.way.first().into_iter().flat_map(|way| self.rule(way.rule)));
            if others > 0 {
                notes.push((Role::Dim, format!("and {others} more")));
            }
            self.line(1, None, Role::Conclusion, text, notes);
        }
        if effects {
            self.effects(&fix.effects);
        }
    }

    /// What a fix gives and takes away, each with its sentence.
    fn facts(&mut self, name: &str, fix: &Fix) {
        let given = fix.add.iter().map(|tuple| (true, tuple)).chain(fix.remove.iter().map(|tuple| (false, tuple)));
        for (at, (adds, tuple)) in given.enumerate() {
            let sentence = self.speaker.tuple(tuple);
            let sign = if adds { '+' } else { '-' };
            let literal = self.speaker.atom_of(tuple);
            let mut notes = Vec::new();
            if sentence != literal {
                notes.push((Role::Plain, sentence));
            }
            let made_up = fix.fresh.iter().any(|word| tuple.words.contains(word));
            if made_up && adds {
                notes.push((Role::Missing, "with a name that stands nowhere yet".to_owned()));
            }
            let program = self.model.program();
            if !program.relation(tuple.relation).adjustable && program.relations.iter().any(|other| other.adjustable) {
                notes.push((Role::Missing, "(no choice: it would have to be so)".to_owned()));
            }
            let handle = (at == 0).then(|| name.to_owned());
            let role = if adds { Role::Given } else { Role::Absent };
            self.line(if at == 0 { 0 } else { 1 }, handle, role, format!("{sign}{literal}"), notes);
        }
    }

    fn way(&self, way: &Way) -> String {
        let said = |(at, word): (usize, &Option<Word>)| match word {
            Some(word) => Said::Word(*word),
            None => Said::Text(format!("?{}", self.column(way.relation, at))),
        };
        let said: Vec<Said> = way.columns.iter().enumerate().map(said).collect();
        self.speaker.said(way.relation, &said, true)
    }

    /// Alarms in full, of watched relations the first tuple, the others as numbers.
    fn effects(&mut self, effects: &[Effect]) {
        let mut others = Vec::new();
        for effect in effects {
            let declared = self.model.program().relation(effect.relation);
            let name = escape(self.model.name(effect.relation)).into_owned();
            if !declared.alarm && !declared.watch {
                let counts = [('+', &effect.gained), ('-', &effect.lost)].into_iter().filter(|(_, of)| !of.is_empty());
                let counts: Vec<String> = counts.map(|(sign, of)| format!("{sign}{}", of.len())).collect();
                others.push(format!("{name} {}", counts.join(" ")));
                continue;
            }
            for (sign, tuples) in [('+', &effect.gained), ('-', &effect.lost)] {
                let shown = if declared.alarm { tuples.len() } else { 1 };
                for tuple in tuples.iter().take(shown) {
                    let text = format!("{sign} {}", self.speaker.tuple(tuple));
                    let role = if declared.alarm { Role::Missing } else { Role::Dim };
                    let note = match tuples.len() - shown {
                        0 if declared.alarm => format!("{name}: an alarm"),
                        0 => name.clone(),
                        more => format!("{name}, and {more} more"),
                    };
                    self.line(2, None, role, text, vec![(role, note)]);
                }
            }
        }
        if !others.is_empty() {
            self.line(2, None, Role::Dim, format!("also changes: {}", others.join(", ")), Vec::new());
        }
    }
}
