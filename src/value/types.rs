//! The types of a program. Types are nominal; each has a [`Kind`], which decides how its values are stored.

use rustc_hash::FxHashMap;

use crate::source::Span;
use crate::symbol::Symbol;

/// What a value is made of, whatever its declared type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A signed 64-bit integer.
    Number,
    /// An unsigned 64-bit integer.
    Unsigned,
    /// A 64-bit float; -0.0 is 0.0, and NaN is one value.
    Float,
    /// A string of bytes that are UTF-8.
    Symbol,
    /// A tuple of values, or `nil`.
    Record,
    /// A branch of an algebraic data type, with its fields.
    Adt,
}

impl Kind {
    /// The kind's name, as the language spells it where it can.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::Unsigned => "unsigned",
            Self::Float => "float",
            Self::Symbol => "symbol",
            Self::Record => "record",
            Self::Adt => "algebraic data type",
        }
    }
}

/// Names one type of a [`TypeTable`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TypeId(pub u32);

impl TypeId {
    /// `number`
    pub const NUMBER: Self = Self(0);
    /// `unsigned`
    pub const UNSIGNED: Self = Self(1);
    /// `float`
    pub const FLOAT: Self = Self(2);
    /// `symbol`
    pub const SYMBOL: Self = Self(3);
}

/// A named and typed part of a record or branch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its name; unique within its record or branch.
    pub name: Symbol,
    /// Its type.
    pub ty: TypeId,
}

/// One alternative of an algebraic data type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Branch {
    /// Its name; unique in the program.
    pub name: Symbol,
    /// What it carries; may be nothing.
    pub fields: Vec<Field>,
}

/// A declared type. An alias has no entry of its own: it *is* the other type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Type {
    /// One of the four built-in types.
    Primitive(Kind),
    /// `.type T <: Base`: every T is a Base, not the other way round.
    Subtype {
        /// The supertype: primitive, subtype or union.
        base: TypeId,
    },
    /// `.type T = A | B`: every A and every B is a T.
    Union {
        /// At least one, all of one primitive kind.
        members: Vec<TypeId>,
    },
    /// `.type T = [x: A, y: B]`; `nil` belongs to it too.
    Record {
        /// May be empty.
        fields: Vec<Field>,
    },
    /// `.type T = Leaf {} | Node {l: T, r: T}`.
    Adt {
        /// Sorted by name, so that a branch's position is its rank.
        branches: Vec<Branch>,
    },
}

/// All types of a program. The four primitives come first (see the constants of [`TypeId`]).
#[derive(Clone, Debug)]
pub struct TypeTable {
    types: Vec<(String, Type, Option<Span>)>,
    aliases: Vec<(String, TypeId)>,
}

impl Default for TypeTable {
    fn default() -> Self {
        let primitive = |kind: Kind| (kind.name().to_owned(), Type::Primitive(kind), None);
        let types = [Kind::Number, Kind::Unsigned, Kind::Float, Kind::Symbol].map(primitive).to_vec();
        Self { types, aliases: Vec::new() }
    }
}

impl TypeTable {
    /// Adds a type; its definition may be replaced by [`Self::define`] once the types that it mentions are known.
    pub fn add(&mut self, name: impl Into<String>, ty: Type, span: Span) -> TypeId {
        self.types.push((name.into(), ty, Some(span)));
        TypeId(u32::try_from(self.types.len() - 1).unwrap_or(u32::MAX))
    }

    /// Gives a type a further name.
    pub fn alias(&mut self, name: impl Into<String>, id: TypeId) {
        self.aliases.push((name.into(), id));
    }

    /// Every name with its type, aliases last.
    pub fn names(&self) -> impl Iterator<Item = (&str, TypeId)> {
        let own = self.ids().zip(&self.types).map(|(id, (name, ..))| (name.as_str(), id));
        own.chain(self.aliases.iter().map(|(name, id)| (name.as_str(), *id)))
    }

    /// Sets what a type is.
    pub fn define(&mut self, id: TypeId, ty: Type) {
        self.types[id.0 as usize].1 = ty;
    }

    /// What a type is.
    #[must_use]
    pub fn get(&self, id: TypeId) -> &Type {
        &self.types[id.0 as usize].1
    }

    /// The declared name.
    #[must_use]
    pub fn name(&self, id: TypeId) -> &str {
        &self.types[id.0 as usize].0
    }

    /// Where it is declared; nowhere for the primitives.
    #[must_use]
    pub fn span(&self, id: TypeId) -> Option<Span> {
        self.types[id.0 as usize].2
    }

    /// All ids, in order of declaration.
    pub fn ids(&self) -> impl Iterator<Item = TypeId> + use<> {
        (0..u32::try_from(self.types.len()).unwrap_or(u32::MAX)).map(TypeId)
    }

    /// How values of the type are stored. A union takes the kind of its first member.
    #[must_use]
    pub fn kind(&self, id: TypeId) -> Kind {
        let mut at = id;
        // A cycle of subtypes is refused by the checks; the bound keeps this total before they ran.
        for _ in 0..=self.types.len() {
            match self.get(at) {
                Type::Primitive(kind) => return *kind,
                Type::Subtype { base } => at = *base,
                Type::Union { members } => match members.first() {
                    Some(&member) => at = member,
                    None => return Kind::Symbol,
                },
                Type::Record { .. } => return Kind::Record,
                Type::Adt { .. } => return Kind::Adt,
            }
        }
        Kind::Symbol
    }

    /// Whether a value of type `from` may stand where `to` is wanted: the same type, a subtype of it at any depth, or
    /// (part of) a member of the union; a union flows where all its members do.
    #[must_use]
    pub fn flows(&self, from: TypeId, to: TypeId) -> bool {
        self.flows_within(from, to, &mut FxHashMap::default())
    }

    /// `known` keeps unions that share members from being looked at again and again, and ends a cycle of types, which the
    /// checks refuse.
    fn flows_within(&self, from: TypeId, to: TypeId, known: &mut FxHashMap<(TypeId, TypeId), bool>) -> bool {
        let mut at = from;
        for _ in 0..=self.types.len() {
            if at == to {
                return true;
            }
            match self.get(at) {
                Type::Subtype { base } if !matches!(self.get(to), Type::Union { .. }) => at = *base,
                Type::Primitive(_) | Type::Record { .. } | Type::Adt { .. }
                    if !matches!(self.get(to), Type::Union { .. }) =>
                {
                    return false;
                }
                _ => break,
            }
        }
        if let Some(&flows) = known.get(&(at, to)) {
            return flows;
        }
        known.insert((at, to), false);
        let into_member = if let Type::Union { members } = self.get(to) {
            members.iter().any(|&member| self.flows_within(at, member, known))
        } else {
            false
        };
        let flows = into_member
            || match self.get(at) {
                Type::Subtype { base } => self.flows_within(*base, to, known),
                Type::Union { members } => {
                    !members.is_empty() && members.iter().all(|&member| self.flows_within(member, to, known))
                }
                Type::Primitive(_) | Type::Record { .. } | Type::Adt { .. } => false,
            };
        known.insert((at, to), flows);
        flows
    }
}
