//! The vocabulary: which parties, scopes, layers and profiles there are, and who an alias stands for.

use std::collections::{BTreeMap, BTreeSet};

use super::schema::Class;
use crate::diagnostic::suggest;

/// Every name that statements may use, whichever file introduces it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names {
    parties: BTreeSet<String>,
    aliases: BTreeMap<String, String>,
    scopes: BTreeSet<String>,
    layers: BTreeSet<String>,
    profiles: BTreeSet<String>,
}

/// Why a name stands for nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NameFault {
    /// Nothing introduces it; perhaps this name was meant.
    Unknown(Option<String>),
    /// Apart from capitals it is the name of several parties.
    Ambiguous(Vec<String>),
}

impl Names {
    /// Adds a name of a class.
    pub fn add(&mut self, class: Class, name: impl Into<String>) {
        self.class_mut(class).insert(name.into());
    }

    /// Adds another name for a party.
    pub fn add_alias(&mut self, name: impl Into<String>, party: impl Into<String>) {
        self.aliases.insert(name.into(), party.into());
    }

    /// Adds what a fact of the program introduces, if its relation introduces names: `party("aws", "csp")`,
    /// `alias("Amazon", "aws")`, `scope(..)`, `layer(..)`, `required(..)`.
    pub fn add_fact(&mut self, relation: &str, columns: &[&str]) {
        match (relation, columns) {
            ("party", [name, ..]) => self.add(Class::Party, *name),
            ("alias", [name, party, ..]) => self.add_alias(*name, *party),
            ("scope", [name, ..]) => self.add(Class::Scope, *name),
            ("layer", [name, ..]) => self.add(Class::Layer, *name),
            ("required", [name, ..]) => self.add(Class::Profile, *name),
            _ => {}
        }
    }

    /// All names of a class, sorted; aliases not included.
    pub fn all(&self, class: Class) -> impl Iterator<Item = &str> {
        self.class(class).iter().map(String::as_str)
    }

    /// The aliases and whom they stand for, sorted.
    pub fn aliases(&self) -> impl Iterator<Item = (&str, &str)> {
        self.aliases.iter().map(|(name, party)| (name.as_str(), party.as_str()))
    }

    /// Whether the class has the name itself.
    #[must_use]
    pub fn has(&self, class: Class, name: &str) -> bool {
        self.class(class).contains(name)
    }

    /// The name that a text stands for. A party may be named by its id or an alias, as written or else whatever the
    /// capitals; names of other classes are taken as written.
    ///
    /// # Errors
    /// Nothing is called so, or several parties are.
    pub fn resolve(&self, class: Class, text: &str) -> Result<&str, NameFault> {
        if let Some(name) = self.class(class).get(text) {
            return Ok(name);
        }
        if class != Class::Party {
            return Err(NameFault::Unknown(suggest(text, self.all(class))));
        }
        if let Some(party) = self.aliases.get(text) {
            return Ok(party);
        }
        let lower = text.to_lowercase();
        let same = |name: &str| name.to_lowercase() == lower;
        let by_id = self.parties.iter().filter(|name| same(name));
        let by_alias = self.aliases.iter().filter(|(name, _)| same(name)).map(|(_, party)| party);
        let found: BTreeSet<&String> = by_id.chain(by_alias).collect();
        let mut found = found.into_iter();
        match (found.next(), found.next()) {
            (Some(party), None) => Ok(party),
            (Some(one), Some(two)) => Err(NameFault::Ambiguous([one, two].into_iter().chain(found).cloned().collect())),
            (None, _) => {
                let known = self.all(class).chain(self.aliases.keys().map(String::as_str));
                Err(NameFault::Unknown(suggest(text, known)))
            }
        }
    }

    /// The classes that have a name.
    pub(super) fn classes_of(&self, name: &str) -> impl Iterator<Item = Class> {
        [Class::Party, Class::Scope, Class::Layer, Class::Profile]
            .into_iter()
            .filter(move |&class| self.has(class, name))
    }

    fn class(&self, class: Class) -> &BTreeSet<String> {
        match class {
            Class::Party => &self.parties,
            Class::Scope => &self.scopes,
            Class::Layer => &self.layers,
            Class::Profile => &self.profiles,
        }
    }

    fn class_mut(&mut self, class: Class) -> &mut BTreeSet<String> {
        match class {
            Class::Party => &mut self.parties,
            Class::Scope => &mut self.scopes,
            Class::Layer => &mut self.layers,
            Class::Profile => &mut self.profiles,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parties_answer_to_aliases_as_written_first() {
        let mut names = Names::default();
        names.add_fact("party", &["aws", "csp"]);
        names.add_fact("party", &["gcp", "csp"]);
        names.add_fact("alias", &["Cloud", "aws"]);
        names.add_fact("alias", &["CLOUD", "gcp"]);
        let party = |text: &str| names.resolve(Class::Party, text);
        assert_eq!(party("aws"), Ok("aws"));
        assert_eq!(party("AWS"), Ok("aws"));
        assert_eq!(party("Cloud"), Ok("aws"));
        assert_eq!(party("CLOUD"), Ok("gcp"));
        assert_eq!(party("cloud"), Err(NameFault::Ambiguous(vec!["aws".into(), "gcp".into()])));
        assert_eq!(party("gpc"), Err(NameFault::Unknown(Some("gcp".into()))));
        assert_eq!(names.resolve(Class::Scope, "AWS"), Err(NameFault::Unknown(None)));
    }
}
