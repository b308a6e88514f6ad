//! What statement files may hold: one line a relation, from which reading, checking and suggestions follow.

/// A relation that statement files fill.
#[derive(Debug, PartialEq, Eq)]
pub struct FileRelation {
    /// Its name: the key in the file and the relation in the program.
    pub name: &'static str,
    /// Its columns, without the statement where it has one.
    pub columns: &'static [FileColumn],
}

/// A column: the key in the file, the attribute in the program.
#[derive(Debug, PartialEq, Eq)]
pub struct FileColumn {
    /// Its name.
    pub name: &'static str,
    /// What may stand there.
    pub takes: Takes,
}

/// What a column takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    /// Any text.
    Text,
    /// One of a few words.
    OneOf(&'static [&'static str]),
    /// A day: `2024-02-29`.
    Day,
    /// A name of its class that this row introduces.
    New(Class),
    /// A name of its class that some file introduces.
    Known(Class),
    /// A party, or one of the [`ROLES`].
    Who,
}

/// The classes of names in the vocabulary.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// A party; aliases stand for parties.
    Party,
    /// A scope: something that a statement can be about.
    Scope,
    /// A layer: something that somebody can answer for.
    Layer,
    /// A profile: layers that somebody must answer for.
    Profile,
}

impl Class {
    /// Its name in messages.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Party => "party",
            Self::Scope => "scope",
            Self::Layer => "layer",
            Self::Profile => "profile",
        }
    }

    /// How a file introduces a name of the class.
    #[must_use]
    pub fn introduction(self, name: &str) -> String {
        match self {
            Self::Party => format!("party = [{{ party = {name:?}, kind = \"vendor\" }}]"),
            Self::Scope => format!("scope = [{{ scope = {name:?}, kind = \"service\" }}]"),
            Self::Layer => format!("layer = [{{ layer = {name:?} }}]"),
            Self::Profile => format!("required = [{{ profile = {name:?}, layer = ... }}]"),
        }
    }
}

/// The roles that a deployment fills: who buys the scope, who sells it, who runs what it stands on.
pub const ROLES: &[&str] = &["@customer", "@provider", "@host"];

macro_rules! relations {
    ($($(#[$doc:meta])* $constant:ident { $($relation:ident($($column:ident: $takes:expr),*))* })*) => {
        $($(#[$doc])*
        pub static $constant: &[FileRelation] = &[$(FileRelation {
            name: stringify!($relation),
            columns: &[$(FileColumn { name: stringify!($column), takes: $takes }),*],
        }),*];)*
    };
}

use Class::{Layer, Party, Profile, Scope};
use Takes::{Day, Known, New, OneOf, Text, Who};

relations! {
    /// What a statement says. In the program each has the statement's id as its first column, `statement`.
    OF_STATEMENTS {
        claim(scope: Known(Scope), layer: Known(Layer), who: Who, mode: OneOf(&["sole", "joint", "entirely"]))
        unstated(scope: Known(Scope), layer: Known(Layer))
        runs_on(scope: Known(Scope), host: Known(Scope), how: OneOf(&["fixed", "one_of"]))
        needs(scope: Known(Scope), needed: Known(Scope))
        attests(party: Known(Party), what: Text)
        evidence_at(party: Known(Party), where: Text)
        property(scope: Known(Scope), key: Text, value: Text)
        closed_to(scope: Known(Scope), layer: Known(Layer), who: Who, action: OneOf(&["audit", "modify"]))
    }
    /// What stands for itself: vocabulary and scenarios.
    OF_FILES {
        party(party: New(Party), kind: OneOf(&["csp", "vendor", "customer", "assessor"]))
        alias(name: Text, party: Known(Party))
        scope(scope: New(Scope), kind: Text)
        within(child: Known(Scope), parent: Known(Scope))
        offers(party: Known(Party), scope: Known(Scope))
        consumes(party: Known(Party), scope: Known(Scope))
        layer(layer: New(Layer))
        part_of(child: Known(Layer), parent: Known(Layer), how: OneOf(&["whole", "topic"]))
        chosen(scope: Known(Scope), host: Known(Scope))
        required(profile: New(Profile), layer: Known(Layer))
        checked(scope: Known(Scope), profile: Known(Profile))
        as_of(date: Day)
    }
}
