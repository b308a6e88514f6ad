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

    /// The theme with some roles changed, as `given=blue:citation=bold magenta`: between colons or commas a role, and how it
    /// looks in the words of git's configuration.
    ///
    /// # Errors
    /// A role or a style that there is not.
    pub fn with(self, text: &str) -> Result<Self, String> {
        let mut theme = self;
        for part in text.split([':', ',']).map(str::trim).filter(|part| !part.is_empty()) {
            let (name, words) = part.split_once('=').ok_or_else(|| format!("`{part}` is no `role=style`"))?;
            let style = anstyle_git::parse(words).map_err(|error| format!("`{words}` is no style: {error}"))?;
            let roles: [(&str, &mut Style); 8] = [
                ("conclusion", &mut theme.conclusion),
                ("given", &mut theme.given),
                ("absent", &mut theme.absent),
                ("missing", &mut theme.missing),
                ("rule", &mut theme.rule),
                ("citation", &mut theme.citation),
                ("handle", &mut theme.handle),
                ("dim", &mut theme.dim),
            ];
            let known = roles.iter().map(|(role, _)| *role).collect::<Vec<_>>().join(", ");
            match roles.into_iter().find(|(role, _)| *role == name.trim()) {
                Some((_, place)) => *place = style,
                None => return Err(format!("there is no role `{}`; they are {known}", name.trim())),
            }
        }
        Ok(theme)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_change_by_name() {
        let theme = Theme::color().with("given=blue: citation = bold magenta reverse,dim=").unwrap();
        assert_eq!(theme.given, AnsiColor::Blue.on_default());
        assert_eq!(theme.citation, AnsiColor::Magenta.on_default().bold().invert());
        assert_eq!((theme.dim, theme.rule), (Style::new(), Theme::color().rule));
        let wrong = |text| Theme::color().with(text).unwrap_err();
        assert!(
            wrong("givn=red").contains("`givn`") && wrong("given=redd").contains("redd") && wrong("x").contains("role")
        );
    }
}
