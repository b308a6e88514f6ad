//! Waivers: findings that somebody accepts for a reason and until a day.

use serde::Deserialize;

use super::findings::{Finding, Selector, is_id};
use crate::diagnostic::{Diagnostic, code};
use crate::facts::date;
use crate::source::{SourceId, Span};

/// A waiver, as `[[waiver]]` in `onus.toml` or in the file that it names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiver {
    /// Which findings: an id, or a kind.
    pub finding: Waived,
    /// Only those of this scope.
    pub scope: Option<String>,
    /// Only those of this layer.
    pub layer: Option<String>,
    /// Only those of this party.
    pub party: Option<String>,
    /// Why it is accepted.
    pub reason: String,
    /// The first day on which it no longer counts: `YYYYMMDD`.
    pub expires: i64,
    /// Where it stands: `onus.toml:12`.
    pub place: String,
}

/// What a waiver is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Waived {
    /// The finding of an id.
    Id(String),
    /// Findings of a kind.
    Kind(Selector),
}

/// As written.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawWaiver {
    finding: toml::Spanned<String>,
    #[serde(default)]
    scope: Option<String>,
    #[serde(default)]
    layer: Option<String>,
    #[serde(default)]
    party: Option<String>,
    reason: toml::Spanned<String>,
    expires: toml::Spanned<Day>,
}

/// A day as TOML knows it, or as a text.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
enum Day {
    Date(toml::value::Datetime),
    Text(String),
}

/// A file of waivers only.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WaiverFile {
    #[serde(default)]
    waiver: Vec<RawWaiver>,
}

impl Waiver {
    /// Whether it still counts on a day.
    #[must_use]
    pub fn holds(&self, day: i64) -> bool {
        day < self.expires
    }

    /// Whether it is about a finding.
    #[must_use]
    pub fn covers(&self, finding: &Finding) -> bool {
        let about = match &self.finding {
            Waived::Id(id) => *id == finding.id,
            Waived::Kind(selector) => selector.takes(&finding.kind),
        };
        let column = |wanted: &Option<String>, names: &[&str]| {
            wanted.as_deref().is_none_or(|wanted| names.iter().any(|name| finding.column(name) == Some(wanted)))
        };
        about
            && column(&self.scope, &["scope", "at"])
            && column(&self.layer, &["layer"])
            && column(&self.party, &["party", "other", "a", "b"])
    }

    pub(super) fn read(raw: RawWaiver, source: SourceId, name: &str, text: &str) -> Result<Self, Box<Diagnostic>> {
        let wrong = |message: String, range: std::ops::Range<usize>| {
            Diagnostic::at(code::PROJECT, message, Span::new(source, range.start, range.end), "")
        };
        let line = text.get(..raw.finding.span().start).map_or(0, |before| before.matches('\n').count()) + 1;
        let finding = raw.finding.get_ref();
        let finding = match is_id(finding) {
            true => Waived::Id(finding.clone()),
            false => Waived::Kind(Selector::parse(finding).map_err(|message| wrong(message, raw.finding.span()))?),
        };
        if raw.reason.get_ref().trim().is_empty() {
            return Err(wrong("a waiver needs a reason".to_owned(), raw.reason.span()).into());
        }
        let expires = match raw.expires.get_ref() {
            Day::Date(day) => date::parse(&day.to_string()),
            Day::Text(text) => date::parse(text),
        };
        let Some(expires) = expires else {
            let found = wrong("`expires` is not a day".to_owned(), raw.expires.span());
            return Err(found.help("days are written `2026-12-31`; on that day the waiver no longer counts").into());
        };
        Ok(Self {
            finding,
            scope: raw.scope,
            layer: raw.layer,
            party: raw.party,
            reason: raw.reason.into_inner(),
            expires,
            place: format!("{name}:{line}"),
        })
    }
}

/// The waivers of a file that holds nothing else.
///
/// # Errors
/// What is wrong with it.
pub(super) fn read_waivers(source: SourceId, name: &str, text: &str) -> Result<Vec<Waiver>, Box<Diagnostic>> {
    let file: WaiverFile = super::manifest::from_toml(source, text)?;
    file.waiver.into_iter().map(|raw| Waiver::read(raw, source, name, text)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::SourceMap;

    fn read(text: &str) -> Result<Vec<Waiver>, Box<Diagnostic>> {
        read_waivers(SourceMap::default().add("w.toml", text), "w.toml", text)
    }

    #[test]
    fn a_waiver_has_a_reason_and_a_last_day() {
        let text =
            "\n[[waiver]]\nfinding = \"gap:silent\"\nlayer = \"ddos\"\nreason = \"ours\"\nexpires = 2026-12-31\n";
        let waivers = read(text).unwrap();
        assert_eq!((waivers[0].expires, waivers[0].place.as_str()), (20_261_231, "w.toml:3"));
        assert!(waivers[0].holds(20_261_230) && !waivers[0].holds(20_261_231));
        let told = |text: &str| read(text).unwrap_err().message;
        assert!(told(&text.replace("reason = \"ours\"", "")).contains("missing field `reason`"));
        assert_eq!(told(&text.replace("ours", " ")), "a waiver needs a reason");
        assert_eq!(told(&text.replace("2026-12-31", "\"soon\"")), "`expires` is not a day");
        assert_eq!(
            told(&text.replace("gap:silent", "gapp")),
            "there is no kind of finding `gapp`; did you mean `gap`?"
        );
        assert!(told(&text.replace("layer", "lair")).contains("unknown field `lair`"));
    }
}
