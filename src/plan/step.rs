//! What a plan is made of. A plan is a list of steps over bindings; a binding is a row of slots, one a variable of the
//! rule and further ones for the results of nested terms.

use crate::program::{AggregateOp, Callee, CompareOp, RelationId, RuleId};
use crate::value::{Kind, Word};

/// A place for one value of a binding. The first slots are the rule's variables, in order.
pub type Slot = usize;

/// Which rows of a relation a step reads. Relations of lower strata are always read whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Every row known at the start of the round.
    All,
    /// Those known before the last round.
    Old,
    /// Those that the last round added.
    Delta,
}

/// A value at hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operand {
    /// What a slot holds.
    Slot(Slot),
    /// A constant.
    Constant(Word),
}

/// A value to compute from slots.
#[derive(Clone, Debug)]
pub enum Expression {
    /// A value at hand.
    Operand(Operand),
    /// A functor of values.
    Call {
        /// Which.
        functor: Callee,
        /// The kind of each argument.
        kinds: Vec<Kind>,
        /// The kind of the result.
        kind: Kind,
        /// The arguments.
        arguments: Vec<Expression>,
    },
    /// A record, or with its tag in front a branch.
    Record(Vec<Expression>),
    /// A word decoded and encoded as another kind.
    As(Box<Expression>, Kind, Kind),
    /// The next value of the counter.
    Autoinc,
}

/// What a value must look like; binds slots on the way.
#[derive(Clone, Debug)]
pub enum Pattern {
    /// Anything.
    Any,
    /// Anything, kept in a slot.
    Bind(Slot),
    /// This very value.
    Equal(Expression),
    /// A record (not `nil`) of such fields; for a branch the tag comes first.
    Record(Vec<Pattern>),
    /// A value of kind `from`, which as kind `to` looks like this.
    As(Box<Pattern>, Kind, Kind),
}

/// One step: takes bindings, gives more, fewer or longer ones.
#[derive(Clone, Debug)]
pub enum Step {
    /// For each binding every row of a relation.
    Scan {
        /// The relation.
        relation: RelationId,
        /// Which rows.
        part: Part,
        /// Of the rows that agree in the kept columns only the first.
        grouped: bool,
        /// Columns that must hold a constant.
        constants: Vec<(usize, Word)>,
        /// Pairs of columns that must be equal.
        same: Vec<(usize, usize)>,
        /// Columns that are kept.
        bind: Vec<(usize, Slot)>,
    },
    /// For each binding the rows that have a key.
    Lookup {
        /// The relation.
        relation: RelationId,
        /// Which rows.
        part: Part,
        /// The columns of the key, ascending.
        columns: Vec<usize>,
        /// Their values.
        key: Vec<Operand>,
        /// Pairs of columns that must be equal.
        same: Vec<(usize, usize)>,
        /// Columns that are kept.
        bind: Vec<(usize, Slot)>,
    },
    /// Keeps the bindings for which some row has a key (or none, if `negated`).
    Exists {
        /// The relation.
        relation: RelationId,
        /// Which rows.
        part: Part,
        /// The columns of the key, ascending; not all of them where the atom has `_`.
        columns: Vec<usize>,
        /// Their values.
        key: Vec<Operand>,
        /// Whether there must be none.
        negated: bool,
    },
    /// For each binding every value that stands in all of some columns.
    Intersect {
        /// Where each value goes.
        slot: Slot,
        /// Two columns or more.
        arms: Vec<Arm>,
    },
    /// Keeps a computed value in a slot.
    Assign {
        /// The slot.
        slot: Slot,
        /// The value.
        value: Expression,
    },
    /// Keeps the bindings whose value looks like a pattern.
    Match {
        /// The value.
        value: Expression,
        /// The pattern.
        pattern: Pattern,
    },
    /// Keeps the bindings for which a comparison holds.
    Filter {
        /// Which.
        op: CompareOp,
        /// Whether it must fail instead.
        negated: bool,
        /// The kind of the operands.
        kind: Kind,
        /// Left side.
        left: Expression,
        /// Right side.
        right: Expression,
    },
    /// For each binding every value of a range.
    Range {
        /// Where each value goes.
        slot: Slot,
        /// The kind of the values.
        kind: Kind,
        /// From, to and perhaps step.
        arguments: Vec<Expression>,
    },
    /// Keeps the value of an aggregate in a slot; drops the bindings for which it has none.
    Aggregate {
        /// The slot.
        slot: Slot,
        /// The aggregate.
        plan: Box<AggregatePlan>,
    },
}

/// One of the columns that an intersection reads: those values of `column` that stand in rows with a key. The relation
/// is finished, and the key is all the other columns, so that no value comes twice.
#[derive(Clone, Debug)]
pub struct Arm {
    /// The relation.
    pub relation: RelationId,
    /// The columns of the key, ascending.
    pub columns: Vec<usize>,
    /// Their values.
    pub key: Vec<Operand>,
    /// The column that is read.
    pub column: usize,
}

/// A conjunction in the order of its evaluation.
#[derive(Clone, Debug, Default)]
pub struct BodyPlan {
    /// The steps.
    pub steps: Vec<Step>,
    /// How many slots a binding has.
    pub slots: usize,
    /// For each step, the slots that a later step or the result reads.
    pub live: Vec<Vec<Slot>>,
}

impl BodyPlan {
    /// Drops every negated step: a fault, for tests of those who judge plans.
    pub(crate) fn lose_negations(&mut self) {
        let negated = |step: &Step| matches!(step, Step::Exists { negated: true, .. });
        let kept: Vec<bool> = self.steps.iter().map(|step| !negated(step)).collect();
        let mut at = kept.iter();
        self.live.retain(|_| at.next().copied().unwrap_or(true));
        self.steps.retain(|step| !negated(step));
    }
}

/// An aggregate over a conjunction.
#[derive(Clone, Debug)]
pub struct AggregatePlan {
    /// Which.
    pub op: AggregateOp,
    /// The kind of target and result.
    pub kind: Kind,
    /// Slots of the surrounding binding that the conjunction reads: the group.
    pub outer: Vec<Slot>,
    /// The conjunction, over the same slots.
    pub body: BodyPlan,
    /// What is summed or compared.
    pub target: Option<Expression>,
    /// The slots over which bindings must be distinct, where they are not by themselves.
    pub distinct: Option<Vec<Slot>>,
}

/// A rule with one of its atoms reading the delta, or none.
#[derive(Clone, Debug)]
pub struct RulePlan {
    /// The rule.
    pub rule: RuleId,
    /// The position in the body of the atom that reads the delta.
    pub delta: Option<usize>,
    /// The body.
    pub body: BodyPlan,
    /// The head's columns.
    pub head: Vec<Expression>,
}

impl RulePlan {
    /// Whether its first step reads the delta.
    #[must_use]
    pub fn begins_with_delta(&self) -> bool {
        matches!(self.body.steps.first(), Some(Step::Scan { part: Part::Delta, .. }))
    }
}

impl Operand {
    fn reads(self, visit: &mut impl FnMut(Slot)) {
        if let Self::Slot(slot) = self {
            visit(slot);
        }
    }
}

impl Expression {
    /// Calls `visit` with every slot that it reads.
    pub fn reads(&self, visit: &mut impl FnMut(Slot)) {
        match self {
            Self::Operand(operand) => operand.reads(visit),
            Self::Call { arguments, .. } | Self::Record(arguments) => {
                arguments.iter().for_each(|argument| argument.reads(visit));
            }
            Self::As(inner, ..) => inner.reads(visit),
            Self::Autoinc => {}
        }
    }
}

impl Pattern {
    fn reads(&self, visit: &mut impl FnMut(Slot)) {
        match self {
            Self::Any | Self::Bind(_) => {}
            Self::Equal(value) => value.reads(visit),
            Self::Record(fields) => fields.iter().for_each(|field| field.reads(visit)),
            Self::As(inner, ..) => inner.reads(visit),
        }
    }

    fn writes(&self, visit: &mut impl FnMut(Slot)) {
        match self {
            Self::Any | Self::Equal(_) => {}
            Self::Bind(slot) => visit(*slot),
            Self::Record(fields) => fields.iter().for_each(|field| field.writes(visit)),
            Self::As(inner, ..) => inner.writes(visit),
        }
    }
}

impl Step {
    /// Calls `visit` with every slot that it reads. A slot that a pattern both binds and reads is not among them.
    pub fn reads(&self, visit: &mut impl FnMut(Slot)) {
        match self {
            Self::Scan { .. } => {}
            Self::Lookup { key, .. } | Self::Exists { key, .. } => key.iter().for_each(|operand| operand.reads(visit)),
            Self::Intersect { arms, .. } => {
                arms.iter().flat_map(|arm| &arm.key).for_each(|operand| operand.reads(visit));
            }
            Self::Assign { value, .. } => value.reads(visit),
            Self::Match { value, pattern } => {
                value.reads(visit);
                let mut bound = Vec::new();
                pattern.writes(&mut |slot| bound.push(slot));
                pattern.reads(&mut |slot| {
                    if !bound.contains(&slot) {
                        visit(slot);
                    }
                });
            }
            Self::Filter { left, right, .. } => {
                left.reads(visit);
                right.reads(visit);
            }
            Self::Range { arguments, .. } => arguments.iter().for_each(|argument| argument.reads(visit)),
            Self::Aggregate { plan, .. } => plan.outer.iter().for_each(|&slot| visit(slot)),
        }
    }

    /// Calls `visit` with every slot that it fills.
    pub fn writes(&self, visit: &mut impl FnMut(Slot)) {
        match self {
            Self::Scan { bind, .. } | Self::Lookup { bind, .. } => bind.iter().for_each(|&(_, slot)| visit(slot)),
            Self::Exists { .. } | Self::Filter { .. } => {}
            Self::Assign { slot, .. }
            | Self::Range { slot, .. }
            | Self::Intersect { slot, .. }
            | Self::Aggregate { slot, .. } => visit(*slot),
            Self::Match { pattern, .. } => pattern.writes(visit),
        }
    }
}
