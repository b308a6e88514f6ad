//! What each functor takes and gives, by kind. One table a family: the operators and functors of the language, and the
//! `@` functors for policy work.

use crate::program::{Functor, Signature};
use crate::value::Kind;

/// A set of kinds, one bit a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Kinds(u8);

impl Kinds {
    pub(super) const ANY: Self = Self(0b11_1111);
    pub(super) const NUMERIC: Self = Self(0b00_0111);
    pub(super) const INTEGER: Self = Self(0b00_0011);
    pub(super) const ORDERED: Self = Self(0b00_1111);
    const SIGNED: Self = Self(0b00_0101);

    const ALL: [Kind; 6] = [Kind::Number, Kind::Unsigned, Kind::Float, Kind::Symbol, Kind::Record, Kind::Adt];

    pub(super) const fn only(kind: Kind) -> Self {
        Self(1 << kind as u8)
    }

    pub(super) fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    pub(super) fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub(super) fn has(self, kind: Kind) -> bool {
        self.0 & Self::only(kind).0 != 0
    }

    /// The kind where there is one only.
    pub(super) fn single(self) -> Option<Kind> {
        let mut kinds = Self::ALL.into_iter().filter(|&kind| self.has(kind));
        kinds.next().filter(|_| kinds.next().is_none())
    }

    /// The kind that a literal or operator takes where nothing says more: the first numeric one.
    pub(super) fn default_kind(self) -> Option<Kind> {
        if let Some(kind) = self.single() {
            return Some(kind);
        }
        let numeric = self.and(Self::NUMERIC);
        if numeric != self { None } else { Self::ALL.into_iter().find(|&kind| self.has(kind)) }
    }

    /// `a number`, `an integer`, `a number or symbol`.
    pub(super) fn phrase(self) -> &'static str {
        match self.single() {
            Some(Kind::Number) => return "a number",
            Some(Kind::Unsigned) => return "an unsigned",
            Some(Kind::Float) => return "a float",
            Some(Kind::Symbol) => return "a symbol",
            Some(Kind::Record) => return "a record",
            Some(Kind::Adt) => return "a branch",
            None => {}
        }
        if self == Self::INTEGER {
            "an integer"
        } else if self.and(Self::NUMERIC) == self {
            "a number"
        } else if self.and(Self::ORDERED) == self {
            "a number or symbol"
        } else {
            "a value"
        }
    }
}

/// The kinds of a functor's operands.
#[derive(Clone, Copy, Debug)]
pub(super) enum Operands {
    /// All of one kind, which is one of these.
    Same(Kinds),
    /// One set an operand.
    Each(&'static [Kinds]),
    /// Any number, each for itself within these.
    Free(Kinds),
}

/// How a functor may be applied.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shape {
    /// Least and greatest number of operands.
    pub(super) arity: (usize, usize),
    /// Their kinds.
    pub(super) operands: Operands,
    /// The result's kind; none where it is that of the operands.
    pub(super) result: Option<Kind>,
}

/// How a functor of the language may be applied.
pub(super) fn shape(functor: Functor) -> Shape {
    const SYMBOL: Kinds = Kinds::only(Kind::Symbol);
    const NUMBER: Kinds = Kinds::only(Kind::Number);
    let many = usize::MAX;
    let (arity, operands, result) = match functor {
        Functor::Negate => ((1, 1), Operands::Same(Kinds::SIGNED), None),
        Functor::BitNot | Functor::LogicNot => ((1, 1), Operands::Same(Kinds::INTEGER), None),
        Functor::Add => ((2, 2), Operands::Same(Kinds::ORDERED), None),
        Functor::Subtract | Functor::Multiply | Functor::Divide | Functor::Power => {
            ((2, 2), Operands::Same(Kinds::NUMERIC), None)
        }
        Functor::Remainder
        | Functor::BitAnd
        | Functor::BitOr
        | Functor::BitXor
        | Functor::ShiftLeft
        | Functor::ShiftRight
        | Functor::ShiftRightUnsigned
        | Functor::LogicAnd
        | Functor::LogicOr
        | Functor::LogicXor => ((2, 2), Operands::Same(Kinds::INTEGER), None),
        Functor::Min | Functor::Max => ((2, many), Operands::Same(Kinds::ORDERED), None),
        Functor::Cat => ((1, many), Operands::Free(SYMBOL), Some(Kind::Symbol)),
        Functor::Strlen => ((1, 1), Operands::Free(SYMBOL), Some(Kind::Number)),
        Functor::Substr => ((3, 3), Operands::Each(&[SYMBOL, NUMBER, NUMBER]), Some(Kind::Symbol)),
        Functor::Ord => ((1, 1), Operands::Free(Kinds::ANY), Some(Kind::Number)),
        Functor::Range => ((2, 3), Operands::Same(Kinds::NUMERIC), None),
        Functor::ToNumber => ((1, 1), Operands::Free(Kinds::ORDERED), Some(Kind::Number)),
        Functor::ToUnsigned => ((1, 1), Operands::Free(Kinds::ORDERED), Some(Kind::Unsigned)),
        Functor::ToFloat => ((1, 1), Operands::Free(Kinds::ORDERED), Some(Kind::Float)),
        Functor::ToString => ((1, 1), Operands::Free(Kinds::ORDERED), Some(Kind::Symbol)),
    };
    Shape { arity, operands, result }
}

/// The `@` functors for policy work: dates (as numbers `YYYYMMDD`) and text.
pub(super) const POLICY: &[Signature] = &[
    Signature { name: "@date", parameters: &[Kind::Symbol], result: Kind::Number },
    Signature { name: "@date_text", parameters: &[Kind::Number], result: Kind::Symbol },
    Signature { name: "@add_days", parameters: &[Kind::Number, Kind::Number], result: Kind::Number },
    Signature { name: "@days_between", parameters: &[Kind::Number, Kind::Number], result: Kind::Number },
    Signature { name: "@lower", parameters: &[Kind::Symbol], result: Kind::Symbol },
    Signature { name: "@upper", parameters: &[Kind::Symbol], result: Kind::Symbol },
    Signature { name: "@trim", parameters: &[Kind::Symbol], result: Kind::Symbol },
    Signature { name: "@starts_with", parameters: &[Kind::Symbol, Kind::Symbol], result: Kind::Number },
    Signature { name: "@ends_with", parameters: &[Kind::Symbol, Kind::Symbol], result: Kind::Number },
    Signature { name: "@split", parameters: &[Kind::Symbol, Kind::Symbol, Kind::Number], result: Kind::Symbol },
    Signature { name: "@replace", parameters: &[Kind::Symbol, Kind::Symbol, Kind::Symbol], result: Kind::Symbol },
];

/// The `@` functor of a name without `@`: one that the host program registered, or one of onus' own.
pub(super) fn find(name: &str, registered: &[Signature]) -> Option<Signature> {
    registered.iter().chain(POLICY).find(|functor| functor.name.strip_prefix('@') == Some(name)).copied()
}

/// What all `@` functors are called.
pub(super) fn names(registered: &[Signature]) -> impl Iterator<Item = &'static str> {
    registered.iter().chain(POLICY).map(|functor| functor.name)
}
