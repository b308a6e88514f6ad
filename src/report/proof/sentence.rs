//! Tuples, absences, comparisons and aggregates as people read them. Sentences come from the program's annotations;
//! without one the atom itself is shown, never a guess at English.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use crate::explain::{NodeId, Proof, ProofNode};
use crate::model::{Model, Tuple};
use crate::program::{RelationId, Role, Rule};
use crate::report::escape::escape;
use crate::source::Span;
use crate::symbol::Symbol;
use crate::value::{TypeId, Value, Values, Word};

/// Puts the nodes of a proof into words.
pub(in crate::report) struct Speaker<'a> {
    model: &'a Model,
    proof: Cow<'a, Proof>,
    /// The derived node that an aggregate belongs to.
    owners: BTreeMap<NodeId, NodeId>,
}

impl<'a> Speaker<'a> {
    pub(in crate::report) fn new(model: &'a Model, proof: &'a Proof) -> Self {
        let owners = proof.owners();
        Self { model, proof: Cow::Borrowed(proof), owners }
    }

    /// The derived node that an aggregate belongs to.
    pub(in crate::report) fn owner(&self, id: NodeId) -> Option<NodeId> {
        self.owners.get(&id).copied()
    }

    /// Speaks of tuples whose words are those of `values`, without a proof at hand.
    pub(in crate::report) fn of(model: &'a Model, values: Arc<Values>) -> Self {
        Self { model, proof: Cow::Owned(Proof { values, ..Proof::default() }), owners: BTreeMap::new() }
    }

    /// A tuple as the program takes it, whatever it holds.
    pub(in crate::report) fn clause(&self, tuple: &Tuple) -> String {
        self.model.literal_with(&self.proof.values, tuple)
    }

    /// A tuple as the program writes it.
    pub(in crate::report) fn atom_of(&self, tuple: &Tuple) -> String {
        let pattern: Vec<Option<Word>> = tuple.words.iter().copied().map(Some).collect();
        self.atom(tuple.relation, &pattern)
    }

    /// What a word means.
    pub(in crate::report) fn value(&self, ty: TypeId, word: Word) -> Value {
        self.proof.values.decode(&self.model.program().types, ty, word)
    }

    fn symbol(&self, symbol: Symbol) -> &'a str {
        self.model.values().symbols.get(symbol)
    }

    /// A value as a program writes it.
    pub(in crate::report) fn literal(&self, ty: TypeId, word: Word) -> String {
        escape(&self.value(ty, word).literal()).into_owned()
    }

    /// A value as a sentence has it: symbols bare, the empty one in quotes.
    fn bare(&self, ty: TypeId, word: Word) -> String {
        let text = self.value(ty, word).to_string();
        if text.is_empty() { "\"\"".to_owned() } else { escape(&text).into_owned() }
    }

    /// A tuple by its relation's sentence, or the atom.
    pub(in crate::report) fn tuple(&self, tuple: &Tuple) -> String {
        let pattern: Vec<Option<Word>> = tuple.words.iter().copied().map(Some).collect();
        if let Some(survivors) = self.replaced(tuple.relation) {
            return format!("something replaces {}", self.atom(survivors, &pattern));
        }
        let says = self.model.program().relation(tuple.relation).says;
        says.and_then(|says| self.fill(says, tuple.relation, &pattern))
            .unwrap_or_else(|| self.atom(tuple.relation, &pattern))
    }

    /// The absence of a tuple by its relation's sentence, or the atom behind a `!`.
    pub(in crate::report) fn absent(&self, relation: RelationId, pattern: &[Option<Word>]) -> String {
        if let Some(survivors) = self.replaced(relation) {
            return format!("nothing replaces {}", self.atom(survivors, pattern));
        }
        let says = self.model.program().relation(relation).says_not;
        says.and_then(|says| self.fill(says, relation, pattern))
            .unwrap_or_else(|| format!("!{}", self.atom(relation, pattern)))
    }

    /// Of what subsumption replaces, the relation that the author declared: nobody knows the other one's name.
    fn replaced(&self, relation: RelationId) -> Option<RelationId> {
        match self.model.program().relation(relation).role {
            Role::Replaced { survivors } => Some(survivors),
            Role::Own | Role::Survivors { .. } | Role::Candidates { .. } | Role::Counted { .. } | Role::Inlined => None,
        }
    }

    /// A pattern as the program writes it, `_` for any value.
    pub(in crate::report) fn atom(&self, relation: RelationId, pattern: &[Option<Word>]) -> String {
        let columns = self.model.program().relation(relation).columns.iter();
        let arguments: Vec<String> = columns
            .zip(pattern)
            .map(|(column, word)| word.map_or_else(|| "_".to_owned(), |word| self.literal(column.ty, word)))
            .collect();
        format!("{}({})", escape(self.model.name(relation)), arguments.join(", "))
    }

    /// What is said of a relation's tuple, or with `holds` false of its absence, where columns may have no value but a
    /// text of their own: the name of a variable.
    pub(in crate::report) fn said(&self, relation: RelationId, columns: &[Said], holds: bool) -> String {
        let declared = self.model.program().relation(relation);
        let says = if holds { declared.says } else { declared.says_not };
        let bare = |at: usize| match columns.get(at)? {
            Said::Word(word) => Some(self.bare(declared.columns[at].ty, *word)),
            Said::Text(text) => Some(text.clone()),
        };
        says.and_then(|says| self.fill_with(says, relation, &bare)).unwrap_or_else(|| {
            let literals = columns.iter().zip(&declared.columns).map(|(said, column)| match said {
                Said::Word(word) => self.literal(column.ty, *word),
                Said::Text(text) => text.clone(),
            });
            let literals = literals.collect::<Vec<String>>().join(", ");
            if let Some(survivors) = self.replaced(relation) {
                let what = if holds { "something" } else { "nothing" };
                return format!("{what} replaces {}({literals})", escape(self.model.name(survivors)));
            }
            let not = if holds { "" } else { "!" };
            format!("{not}{}({literals})", escape(self.model.name(relation)))
        })
    }

    /// A sentence with its columns filled in; nothing if it speaks of a column that has no value here.
    fn fill(&self, sentence: Symbol, relation: RelationId, pattern: &[Option<Word>]) -> Option<String> {
        let declared = self.model.program().relation(relation);
        let bare = |at: usize| Some(self.bare(declared.columns[at].ty, (*pattern.get(at)?)?));
        self.fill_with(sentence, relation, &bare)
    }

    fn fill_with(
        &self,
        sentence: Symbol,
        relation: RelationId,
        text: &dyn Fn(usize) -> Option<String>,
    ) -> Option<String> {
        let declared = self.model.program().relation(relation);
        let mut out = String::new();
        let mut rest = self.symbol(sentence);
        while let Some((before, after)) = rest.split_once('{') {
            let Some((name, after)) = after.split_once('}') else { break };
            let at = declared.columns.iter().position(|column| self.symbol(column.name) == name.trim())?;
            out.push_str(&escape(before));
            out.push_str(&text(at)?);
            rest = after;
        }
        out.push_str(&escape(rest));
        Some(out)
    }

    /// A literal as it stands in the program, on one line.
    pub(in crate::report) fn source(&self, span: Span) -> String {
        let text: Vec<&str> = self.model.text(span).split_whitespace().collect();
        escape(&text.join(" ")).into_owned()
    }

    /// An aggregate as it stands in the program, with the values of its group.
    pub(in crate::report) fn aggregate(&self, id: NodeId, span: Span) -> String {
        let text = self.source(span);
        let Some(ProofNode::Derived { rule, bindings, .. }) = self.owners.get(&id).map(|&owner| self.proof.node(owner))
        else {
            return text;
        };
        let rule = self.model.program().rule(*rule);
        let outer = rule.aggregate_at(span).map_or(&[] as &[_], |aggregate| &aggregate.outer);
        let outer = bindings.iter().filter(|(variable, _)| outer.iter().any(|other| other.0 == *variable));
        let group: Vec<String> = outer.filter_map(|&(variable, word)| self.binding(rule, variable, word)).collect();
        if group.is_empty() { text } else { format!("{text} for {}", group.join(", ")) }
    }

    /// The bindings of one contribution to an aggregate; nothing if it has none.
    pub(in crate::report) fn bindings(&self, id: NodeId, bindings: &[(u32, Word)]) -> Option<String> {
        let ProofNode::Derived { rule, .. } = self.owners.get(&id).map(|&owner| self.proof.node(owner))? else {
            return None;
        };
        let rule = self.model.program().rule(*rule);
        let bindings: Vec<String> =
            bindings.iter().filter_map(|&(variable, word)| self.binding(rule, variable, word)).collect();
        (!bindings.is_empty()).then(|| bindings.join(", "))
    }

    fn binding(&self, rule: &Rule, variable: u32, word: Word) -> Option<String> {
        let declared = rule.variables.get(variable as usize)?;
        Some(format!("{} = {}", escape(self.symbol(declared.name)), self.literal(declared.ty, word)))
    }
}

/// A column of something that is said.
#[derive(Clone, Debug)]
pub(in crate::report) enum Said {
    Word(Word),
    Text(String),
}
