//! From inputs to a model: parse, check, give the facts, evaluate; one line each.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Instant;

use super::profile::{Profiler, Times};
use super::{Failure, Inputs, Session, Version, input, reuse, stop_diagnostic};
use crate::check;
use crate::diagnostic::{Diagnostic, code, suggest};
use crate::eval::{self, Stop, evaluate};
use crate::explain::certify::{Certificate, certify};
use crate::facts::statements::{NamedFact, OF_FILES, OF_STATEMENTS};
use crate::model::Model;
use crate::program::{Goal, Program, RelationId};
use crate::source::SourceMap;
use crate::storage::{Database, Origin};
use crate::syntax::{self, ast, print};
use crate::value::{Values, Word};

impl Session {
    /// Certifies the current model: the facts are read and given anew, so that nothing of the evaluation is trusted.
    ///
    /// # Errors
    /// Nothing is loaded, the inputs can no longer be read, or someone interrupted.
    pub fn certify(&mut self) -> Result<Certificate, Failure> {
        let model = self.current_model()?;
        let inputs = self.current_inputs();
        let program = model.program();
        let arities = program.relations.iter().map(crate::program::RelationDecl::arity);
        let mut given = Database::new(arities, model.database().share_values());
        let mut wrong = Vec::new();
        self.give(program, &inputs, &[], &mut given, &mut wrong).map_err(|stop| self.stopped(&stop))?;
        if wrong.iter().any(Diagnostic::is_error) {
            return Err(self.failure(wrong));
        }
        certify(&model, &given, &self.eval_options()).map_err(|stop| self.stopped(&stop))
    }

    /// How the next version is evaluated; nothing where it could not be built upon: only part of it is asked for, or its
    /// inputs are read from files each time.
    fn kind(&self, whole: bool, wrap: bool) -> Option<super::Kind> {
        let eval = &self.options.eval;
        let plain = whole && !self.options.inputs && eval.sabotage.is_none();
        plain.then_some(super::Kind { wrap, lenient: eval.lenient })
    }

    /// Whether some programs ask for arithmetic that wraps around.
    fn wraps(&self, inputs: &Inputs) -> bool {
        let Some(wrap) = self.values.symbols.find("wrap") else { return false };
        let wraps = |item: &ast::Item| matches!(&item.kind, ast::ItemKind::Pragma { key, .. } if key.symbol == wrap);
        inputs.programs.iter().chain(&inputs.overlay).any(|program| program.items.iter().any(wraps))
    }

    /// Makes a version of some inputs; `found` are the diagnostics of reading them.
    pub(super) fn build(&mut self, inputs: Arc<Inputs>, found: Vec<Diagnostic>) -> Result<Version, Failure> {
        let start = Instant::now();
        let (program, warnings) = self.check(&inputs, found)?;
        let checked = Instant::now();
        // Reading and checking a text ask nobody; whoever has interrupted them meanwhile is heard here.
        self.options.eval.budget.poll(None).map_err(|stop| self.stopped(&stop))?;
        let needed = match &self.asked {
            Some(goal) => {
                let goal = check::goal(&program, goal, Arc::make_mut(&mut self.values));
                Some(read_by(&[goal.map_err(|found| self.failure(found))?]))
            }
            // Where nothing is asked for there is nothing to leave out.
            None if self.options.only_needed => Some(asked_for(&program)).filter(|needed| !needed.is_empty()),
            None => None,
        };
        // What the change cannot reach stays as it is in the version before.
        let wraps = self.wraps(&inputs);
        let wrap = wraps || self.options.eval.wrap;
        let kind = self.kind(needed.is_none(), wrap);
        let before = self.current.as_ref().filter(|before| before.kind.is_some() && before.kind == kind);
        let same = before.map_or_else(Vec::new, |before| reuse::unchanged(before, &inputs, &program));
        let arities = program.relations.iter().map(crate::program::RelationDecl::arity);
        let mut database = Database::laid_out(arities, Arc::clone(&self.values), self.options.eval.layout);
        if let Some(before) = before {
            reuse::take_over(before, &same, &mut database);
        }
        let mut wrong = Vec::new();
        let given = self.give(&program, &inputs, &same, &mut database, &mut wrong);
        given.map_err(|stop| self.failure(vec![stop_diagnostic(&program, &stop)]))?;
        if wrong.iter().any(Diagnostic::is_error) {
            return Err(self.failure(wrong));
        }
        // From here on the database holds the pool of values; give it up, and settle it for those who share it, so that
        // adding to it copies next to nothing.
        self.values = Arc::default();
        database.values_mut().settle();
        let kept = database.share_values();
        let mut options = eval::Options { needed, wrap, ..self.options.eval.clone() };
        let profiler = self.options.profile.then(|| Arc::new(Profiler::before(options.observer.take())));
        if let Some(profiler) = &profiler {
            options.observer = Some(Arc::clone(profiler) as Arc<dyn eval::Observer>);
        }
        let loaded = Instant::now();
        let mut program = program;
        let strata = std::mem::take(&mut program.strata);
        program.strata = reuse::left(&strata, &same);
        let evaluated = evaluate(&program, database, &options);
        program.strata = strata;
        self.times = Times { check: checked - start, load: loaded - checked, evaluate: loaded.elapsed() };
        self.profile = profiler.map(|profiler| profiler.rules()).unwrap_or_default();
        match evaluated {
            Ok(mut database) => {
                drop(kept);
                database.values_mut().settle();
                self.values = database.share_values();
                let model = Arc::new(Model::new(Arc::new(program), database, Arc::clone(&self.sources)));
                Ok(Version { inputs, model, warnings: warnings.into(), wraps, kind })
            }
            Err(stop) => {
                self.values = kept;
                Err(self.failure(vec![stop_diagnostic(&program, &stop)]))
            }
        }
    }

    pub(super) fn check(
        &mut self,
        inputs: &Inputs,
        found: Vec<Diagnostic>,
    ) -> Result<(Program, Vec<Diagnostic>), Failure> {
        let mut found = found;
        // Without a file or a macro that it wants, nothing more can be said of a program.
        let missing =
            |it: &Diagnostic| it.is_error() && [code::INCLUDE.id, code::PREPROCESSOR.id].contains(&it.code.id);
        if found.iter().any(missing) {
            return Err(self.failure(found));
        }
        let kept: Vec<Arc<ast::Program>> = inputs
            .programs
            .iter()
            .chain(&inputs.overlay)
            .map(|program| without_dropped(program, inputs, &self.values))
            .collect();
        let programs: Vec<&ast::Program> = kept.iter().map(Arc::as_ref).collect();
        let mut options = self.options.check.clone();
        if !inputs.named.is_empty() {
            // Whatever a statement file can say counts as an input, though these files may not say it.
            let own = ["doc", "cites", "valid"].into_iter();
            let tables = OF_STATEMENTS.iter().chain(OF_FILES).map(|relation| relation.name);
            options.inputs.extend(own.chain(tables).map(str::to_owned));
        }
        options.inputs.extend(inputs.files.iter().map(|file| file.relation.clone()));
        options.inputs.extend(inputs.rows.iter().map(|rows| rows.relation.clone()));
        options.inputs.sort_unstable();
        options.inputs.dedup();
        options.partial = found.iter().any(Diagnostic::is_error);
        let checked = check::check(&programs, Arc::make_mut(&mut self.values), &options);
        // Warnings of reading heed the same wishes as those of checking.
        found = check::wished(found, &options);
        found.extend(checked.diagnostics);
        // What was found while reading and while checking is told in one order, that of the text.
        found.sort_by_key(|it| it.labels.first().map(|label| (label.span.source, label.span.start)));
        self.name_macros(&mut found);
        match checked.program {
            Some(program) if !found.iter().any(Diagnostic::is_error) => Ok((program, found)),
            _ => Err(self.failure(found)),
        }
    }

    /// Gives the database all facts of the inputs but the retracted ones. Relations that are marked in `same`, which may
    /// be empty, have theirs. Stops where someone interrupts, or time has passed.
    fn give(
        &mut self,
        program: &Program,
        inputs: &Inputs,
        same: &[bool],
        database: &mut Database,
        wrong: &mut Vec<Diagnostic>,
    ) -> Result<(), Stop> {
        let budget = self.options.eval.budget.clone();
        let stop = || budget.poll(None).is_err();
        let reading = input::Reading { threads: self.threads(), stop: &stop };
        let has = |id: RelationId| same.get(id.0 as usize).copied().unwrap_or(false);
        let named = |database: &Database, name: &str| {
            database.values().symbols.find(name).and_then(|name| program.find(name)).is_some_and(has)
        };
        let retracted = retracted(program, inputs, database.values());
        let keep = |relation: RelationId, tuple: &[Word]| {
            retracted.is_empty() || !retracted.contains(&(relation, tuple.to_vec()))
        };
        for block in program.facts.iter().filter(|block| !has(block.relation)) {
            budget.poll(None)?;
            let arity = program.relation(block.relation).arity();
            if retracted.is_empty() {
                let origins = block.spans.iter().map(|&span| Origin::Span(span));
                database.give_all(program.takes(block.relation), &block.words, origins);
                continue;
            }
            for (at, &span) in block.spans.iter().enumerate() {
                let tuple = &block.words[at * arity..(at + 1) * arity];
                if keep(block.relation, tuple) {
                    database.give(program.takes(block.relation), tuple, Origin::Span(span));
                }
            }
        }
        for fact in inputs.named.iter().flat_map(|facts| facts.iter()) {
            if named(database, fact.relation) {
                continue;
            }
            match encode(program, database, fact) {
                Ok((relation, tuple)) => {
                    if keep(relation, &tuple) {
                        database.give(program.takes(relation), &tuple, Origin::Span(fact.span));
                    }
                }
                Err(diagnostic) => wrong.push(diagnostic),
            }
        }
        for file in &inputs.files {
            if named(database, &file.relation) {
                continue;
            }
            input::give_file(program, file, &reading, database, &keep, wrong);
            budget.poll(None)?;
        }
        for rows in &inputs.rows {
            if named(database, &rows.relation) {
                continue;
            }
            input::give_values(program, rows, database, &keep, wrong);
        }
        if self.options.inputs {
            input::give_inputs(self, program, &reading, database, &keep, wrong);
        }
        budget.poll(None)
    }

    pub(super) fn sources_mut(&mut self) -> &mut SourceMap {
        Arc::make_mut(&mut self.sources)
    }

    /// How many threads read files and evaluate.
    pub(super) fn threads(&self) -> usize {
        match self.options.eval.threads {
            0 => std::thread::available_parallelism().map_or(1, usize::from),
            threads => threads,
        }
    }

    pub(super) fn loader(&self) -> &dyn super::Loader {
        self.loader.as_ref()
    }
}

/// The relations that outputs and goals read.
fn asked_for(program: &Program) -> Vec<RelationId> {
    let outputs = program
        .directives
        .iter()
        .filter(|directive| matches!(directive.kind, ast::DirectiveKind::Output | ast::DirectiveKind::Printsize));
    outputs.map(|directive| directive.relation).chain(read_by(&program.goals)).collect()
}

/// The relations that goals read.
fn read_by(goals: &[Goal]) -> Vec<RelationId> {
    let mut read = Vec::new();
    for rule in goals.iter().flat_map(|goal| &goal.alternatives) {
        rule.reads(&mut |relation, _| read.push(relation));
    }
    read
}

/// A program without the rules that were dropped.
pub(super) fn without_dropped(program: &Arc<ast::Program>, inputs: &Inputs, values: &Values) -> Arc<ast::Program> {
    if inputs.dropped.is_empty() {
        return Arc::clone(program);
    }
    let names = &values.symbols;
    let is_dropped = |item: &ast::Item| {
        let ast::ItemKind::Clause(clause) = &item.kind else { return false };
        let label = label(item, values);
        inputs.dropped.iter().any(|dropped| {
            label.is_some_and(|label| label == dropped) || *dropped == print::print_clause(clause, names)
        })
    };
    let items = program.items.iter().filter(|item| !is_dropped(item)).cloned().collect();
    Arc::new(ast::Program { items })
}

/// The label of a clause.
pub(super) fn label<'a>(item: &ast::Item, values: &'a Values) -> Option<&'a str> {
    let annotation =
        item.annotations.iter().find(|annotation| values.symbols.get(annotation.name.symbol) == "label")?;
    annotation.value.map(|value| values.symbols.get(value.symbol))
}

/// The retracted facts that the program can have, encoded.
fn retracted(program: &Program, inputs: &Inputs, values: &Values) -> BTreeSet<(RelationId, Vec<Word>)> {
    let mut retracted = BTreeSet::new();
    if inputs.retracted.is_empty() {
        return retracted;
    }
    for text in &inputs.retracted {
        // Retractions are kept as text: encodings of an earlier program would not fit a changed one.
        let mut scratch = values.clone();
        let mut sources = SourceMap::default();
        let source = sources.add("<retracted>", text.as_str());
        let parsed = syntax::parse_atom(source, text, &mut scratch.symbols);
        let Some(atom) = parsed.atom else { continue };
        let Ok(pattern) = check::pattern(program, &atom, &mut scratch) else { continue };
        let words: Option<Vec<Word>> = pattern
            .arguments
            .iter()
            .map(|argument| match argument {
                check::Argument::Constant(word) => Some(*word),
                check::Argument::Variable(_) | check::Argument::Any => None,
            })
            .collect();
        retracted.extend(words.map(|words| (pattern.relation, words)));
    }
    retracted
}

/// A named row as a tuple of the program's relation of that name.
#[allow(clippy::result_large_err)] // a diagnostic is made once, when loading fails
fn encode(program: &Program, database: &mut Database, fact: &NamedFact) -> Result<(RelationId, Vec<Word>), Diagnostic> {
    let symbols = &database.values().symbols;
    let relation = symbols.find(fact.relation).and_then(|name| program.find(name)).ok_or_else(|| {
        let known = program.relations.iter().map(|relation| symbols.get(relation.name));
        let help = suggest(fact.relation, known).map(|name| format!("did you mean `{name}`?"));
        let message = format!("the rules have no relation `{}` for this row", fact.relation);
        Diagnostic::at(code::UNKNOWN_RELATION, message, fact.span, "").maybe_help(help)
    })?;
    let declared = program.relation(relation);
    let mut tuple = Vec::with_capacity(declared.arity());
    // Columns go by position: the rows of statement files list them in the order of the declaration.
    if declared.arity() != fact.columns.len() {
        let message = format!(
            "`{}` has {} columns in the rules and {} in statement files",
            fact.relation,
            declared.arity(),
            fact.columns.len()
        );
        return Err(Diagnostic::at(code::WRONG_ARITY, message, fact.span, "").label(declared.span, "declared here"));
    }
    for ((name, value), column) in fact.columns.iter().zip(&declared.columns) {
        let word = database.values_mut().encode(&program.types, column.ty, value).ok_or_else(|| {
            let message = format!("`{value}` is no {} for `{name}`", program.types.name(column.ty));
            Diagnostic::at(code::ROW_VALUE, message, fact.span, "").label(declared.span, "declared here")
        })?;
        tuple.push(word);
    }
    Ok((relation, tuple))
}
