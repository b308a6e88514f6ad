//! What onus has to say about its input: coded, placed, with one cause and a way on. Diagnostics are data; rendering
//! happens once, at the rim.

mod codes;
mod render;

pub use codes::{Code, all_codes};
pub use render::{render, render_all};

pub mod code {
    //! Every diagnostic code, by name.
    pub use super::codes::list::*;
}

use crate::source::Span;

/// How much a diagnostic weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Nothing can be evaluated.
    Error,
    /// Evaluation goes on.
    Warning,
}

/// A place that matters, and what it has to do with the matter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// The place.
    pub span: Span,
    /// What is there; may be empty.
    pub text: String,
}

/// One finding about the input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Names the kind of finding; `onus explain-code` tells more.
    pub code: &'static Code,
    /// The code's severity, unless a flag raised it.
    pub severity: Severity,
    /// The cause in one line, lower case, no full stop.
    pub message: String,
    /// The places, the first being where the fault lies.
    pub labels: Vec<Label>,
    /// A place in a file whose text is not kept (a data file): `path:line`.
    pub place: Option<String>,
    /// Further facts.
    pub notes: Vec<String>,
    /// What to do about it.
    pub help: Option<String>,
}

impl Diagnostic {
    /// A finding without a place yet.
    #[must_use]
    pub fn new(code: &'static Code, message: impl Into<String>) -> Self {
        Self {
            code,
            severity: code.severity(),
            message: message.into(),
            labels: Vec::new(),
            place: None,
            notes: Vec::new(),
            help: None,
        }
    }

    /// A finding at a place, with what is there.
    #[must_use]
    pub fn at(code: &'static Code, message: impl Into<String>, span: Span, text: impl Into<String>) -> Self {
        Self::new(code, message).label(span, text)
    }

    /// Adds a place.
    #[must_use]
    pub fn label(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push(Label { span, text: text.into() });
        self
    }

    /// Sets the place in a data file.
    #[must_use]
    pub fn place(mut self, place: impl Into<String>) -> Self {
        self.place = Some(place.into());
        self
    }

    /// Adds a fact.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// Sets the way on.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Sets the way on where there is one.
    #[must_use]
    pub fn maybe_help(mut self, help: Option<String>) -> Self {
        self.help = help.or(self.help);
        self
    }

    /// Whether it stops evaluation.
    #[must_use]
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

/// Longer names are not compared: nobody misspells them by hand, and the work grows with the square of their length.
const LONGEST_NAME: usize = 64;

/// The known name nearest to a misspelt one, as `did you mean`: by edit distance, at most a third of the name away. Names
/// of more than 64 characters have none.
#[must_use]
pub fn suggest<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let lower = wrong.to_lowercase();
    let length = wrong.chars().count();
    if length > LONGEST_NAME {
        return None;
    }
    known
        .into_iter()
        .filter_map(|name| {
            let other = name.chars().count();
            let longest = length.max(other);
            let allowed = longest.div_ceil(3);
            // A distance is at least the difference of the lengths.
            if other > LONGEST_NAME || length.abs_diff(other) > allowed || name == wrong {
                return None;
            }
            let distance = strsim::damerau_levenshtein(&lower, &name.to_lowercase());
            // Two single letters have nothing in common.
            (distance <= allowed && distance < longest.max(1)).then_some((distance, name))
        })
        .min()
        .map(|(_, name)| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suggestions_are_near_and_never_the_name_itself() {
        let known = ["relies", "responsible", "residual"];
        assert_eq!(suggest("relys", known), Some("relies".to_owned()));
        assert_eq!(suggest("Relies", known), Some("relies".to_owned()));
        assert_eq!(suggest("relies", ["relies"]), None);
        assert_eq!(suggest("zebra", known), None);
        assert_eq!((suggest("a", ["b"]), suggest("a", ["ab"])), (None, Some("ab".to_owned())));
        let long = "x".repeat(64);
        let longer = format!("{long}y");
        assert_eq!(suggest(&long[1..], [longer.as_str(), &long]), Some(long.clone()));
        assert_eq!(suggest(&longer, [long.as_str()]), None);
    }
}
