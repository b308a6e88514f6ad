//! How the parts of a proof look. Nothing depends on it: every role also has a word or a glyph.

use anstyle::{AnsiColor, Style};

/// A style for each role. The default is plain.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Theme {
    /// What is proved.
    pub conclusion: Style,
    /// A given fact.
    pub given: Style,
    /// An atom that no tuple matches.
    pub absent: Style,
    /// What would be needed and is not there, or was cut off.
    pub missing: Style,
    /// The label of a rule.
    pub rule: Style,
    /// Where a document says so.
    pub citation: Style,
    /// The number under which a node can be opened.
    pub handle: Style,
    /// Tree lines, places, footers.
    pub dim: Style,
}

impl Theme {
    /// Sixteen colours, which terminals adapt to their background.
    #[must_use]
    pub fn color() -> Self {
        let color = |color: AnsiColor| color.on_default();
        Self {
            conclusion: Style::new().bold(),
            given: color(AnsiColor::Green),
            absent: color(AnsiColor::Yellow),
            missing: color(AnsiColor::Red),
            rule: color(AnsiColor::Cyan),
            citation: color(AnsiColor::Blue),
            handle: Style::new().bold(),
            dim: Style::new().dimmed(),
        }
    }

    pub(in crate::report) fn style(&self, role: Role) -> Style {
        match role {
            Role::Plain => Style::new(),
            Role::Conclusion => self.conclusion,
            Role::Given => self.given,
            Role::Absent => self.absent,
            Role::Missing => self.missing,
            Role::Rule => self.rule,
            Role::Citation => self.citation,
            Role::Handle => self.handle,
            Role::Dim => self.dim,
        }
    }
}

/// What a piece of text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::report) enum Role {
    Plain,
    Conclusion,
    Given,
    Absent,
    Missing,
    Rule,
    Citation,
    Handle,
    Dim,
}
