//! The model: a program and everything that follows from its facts. It never changes; all that a user sees is read
//! from it.

mod sort;

use std::sync::Arc;

use crate::program::{Program, RelationId, RuleId};
use crate::source::{SourceMap, Span};
use crate::storage::{Database, Origin, Relation, Round, Row};
use crate::value::{Value, Values, Word};

/// A program with its evaluated database and the texts that both came from. Clones share everything.
#[derive(Clone, Debug)]
pub struct Model {
    program: Arc<Program>,
    database: Database,
    sources: Arc<SourceMap>,
    strata: Arc<[usize]>,
}

/// A tuple of a relation: what questions and proofs speak of.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tuple {
    /// The relation.
    pub relation: RelationId,
    /// Its columns.
    pub words: Box<[Word]>,
}

/// When a tuple came: its stratum, and the round within. Round 0 is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rank {
    /// The position of the stratum.
    pub stratum: usize,
    /// The round.
    pub round: Round,
}

impl Model {
    /// A model of a database that was evaluated for the program.
    #[must_use]
    pub fn new(program: Arc<Program>, database: Database, sources: Arc<SourceMap>) -> Self {
        let strata = program.stratum_of().into();
        Self { program, database, sources, strata }
    }

    /// The program.
    #[must_use]
    pub fn program(&self) -> &Program {
        &self.program
    }

    /// The program, to be shared.
    #[must_use]
    pub fn share_program(&self) -> Arc<Program> {
        Arc::clone(&self.program)
    }

    /// The relations.
    #[must_use]
    pub fn database(&self) -> &Database {
        &self.database
    }

    /// What words mean.
    #[must_use]
    pub fn values(&self) -> &Values {
        self.database.values()
    }

    /// The texts.
    #[must_use]
    pub fn sources(&self) -> &SourceMap {
        &self.sources
    }

    /// The texts, to be shared.
    #[must_use]
    pub fn share_sources(&self) -> Arc<SourceMap> {
        Arc::clone(&self.sources)
    }

    /// The relation of a name.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<RelationId> {
        self.program.find(self.values().symbols.find(name)?)
    }

    /// The name of a relation.
    #[must_use]
    pub fn name(&self, id: RelationId) -> &str {
        self.values().symbols.get(self.program.relation(id).name)
    }

    /// The tuples of a relation.
    #[must_use]
    pub fn relation(&self, id: RelationId) -> &Relation {
        self.database.relation(id)
    }

    /// The stratum of a relation.
    #[must_use]
    pub fn stratum(&self, id: RelationId) -> usize {
        self.strata[id.0 as usize]
    }

    /// The rows of a relation as values, in the order of output.
    #[must_use]
    pub fn sorted(&self, id: RelationId) -> Vec<Vec<Value>> {
        self.sorted_rows(id).into_iter().map(|row| self.decode(id, row)).collect()
    }

    /// The rows of a relation as they are kept, in the order of output.
    #[must_use]
    pub fn sorted_rows(&self, id: RelationId) -> Vec<&[Word]> {
        sort::rows(self, id, &|| false).unwrap_or_default()
    }

    /// The same of a large relation: nothing where `stop`, which is asked now and then, says so.
    #[must_use]
    pub fn sorted_rows_unless(&self, id: RelationId, stop: &dyn Fn() -> bool) -> Option<Vec<&[Word]>> {
        sort::rows(self, id, stop)
    }

    /// A row as values.
    #[must_use]
    pub fn decode(&self, id: RelationId, row: &[Word]) -> Vec<Value> {
        let columns = &self.program.relation(id).columns;
        let decode = |(column, &word): (&crate::program::Column, &Word)| {
            self.values().decode(&self.program.types, column.ty, word)
        };
        columns.iter().zip(row).map(decode).collect()
    }

    /// Where a tuple lies in its relation, if it exists.
    #[must_use]
    pub fn row_of(&self, tuple: &Tuple) -> Option<Row> {
        self.relation(tuple.relation).find(&tuple.words)
    }

    /// When a tuple came, if it exists.
    #[must_use]
    pub fn rank(&self, tuple: &Tuple) -> Option<Rank> {
        let round = self.relation(tuple.relation).round_of(self.row_of(tuple)?);
        Some(Rank { stratum: self.stratum(tuple.relation), round })
    }

    /// Where a given tuple was read; nothing for derived ones.
    #[must_use]
    pub fn origin(&self, tuple: &Tuple) -> Option<Origin> {
        self.database.origin(tuple.relation, self.row_of(tuple)?)
    }

    /// A tuple as a clause would write it: `relies("astronomer", "aws", "physical", "acme_astro")`.
    #[must_use]
    pub fn literal(&self, tuple: &Tuple) -> String {
        let values: Vec<String> = self.decode(tuple.relation, &tuple.words).iter().map(Value::literal).collect();
        format!("{}({})", self.name(tuple.relation), values.join(", "))
    }

    /// A tuple as a clause would write it, where its words are those of `values`: the model's own and others.
    #[must_use]
    pub fn literal_with(&self, values: &Values, tuple: &Tuple) -> String {
        let columns = self.program.relation(tuple.relation).columns.iter();
        let words = columns
            .zip(&tuple.words)
            .map(|(column, &word)| values.decode(&self.program.types, column.ty, word).literal());
        format!("{}({})", self.name(tuple.relation), words.collect::<Vec<_>>().join(", "))
    }

    /// The label of a rule where it has one.
    #[must_use]
    pub fn label(&self, id: RuleId) -> Option<&str> {
        self.program.rule(id).label.map(|label| self.values().symbols.get(label))
    }

    /// The text at a span.
    #[must_use]
    pub fn text(&self, span: Span) -> &str {
        self.sources.text(span)
    }

    /// A place as `name:line`.
    #[must_use]
    pub fn place(&self, origin: Origin) -> String {
        match origin {
            Origin::Span(span) => {
                let location = self.sources.location(span);
                format!("{}:{}", location.source, location.line)
            }
            Origin::Line(source, line) => format!("{}:{line}", self.sources.get(source).name()),
        }
    }
}
