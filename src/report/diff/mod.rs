//! What two models differ in, as people and programs read it: grouped by cause, what is routine folded and counted,
//! alarms never. Nothing is evaluated here.

mod json;
mod junit;
mod markdown;
mod text;
mod words;

pub(super) use json::document;
pub use json::json;
pub use junit::{Case, junit};
pub(super) use markdown::escaped;
pub use markdown::markdown;
pub use text::text;
pub use words::denial;

use super::proof::{Notes, Theme};
use crate::diff::Change;

/// How a comparison is shown.
#[derive(Clone, Copy)]
pub struct DiffView<'a> {
    /// How the parts look.
    pub theme: Theme,
    /// Conclusions of one relation under one cause that are listed before the rest is counted; all of them where not
    /// given. Alarms are always listed.
    pub most: Option<usize>,
    /// Who says so.
    pub notes: &'a dyn Notes,
    /// What the two models are called, for a heading: `HEAD~1` and `here`.
    pub names: Option<(&'a str, &'a str)>,
}

/// How many conclusions of one relation are listed unless said otherwise.
pub const MOST: usize = 8;

/// Changes of one relation that are listed, and how many more it has.
type Folded<'d> = (Vec<&'d Change>, Option<(String, usize)>);

/// Changes under one cause, those of one relation together and alarms first; what is beyond `most` is left out and
/// counted.
fn folded<'d>(diff: &crate::diff::Diff, changes: &[&'d Change], most: Option<usize>) -> Vec<Folded<'d>> {
    let mut parts: Vec<Vec<&Change>> = Vec::new();
    let name = |change: &Change| diff.model(change.at.side).name(change.at.tuple.relation).to_owned();
    for change in changes {
        match parts.last_mut() {
            Some(part) if part.first().is_some_and(|first| name(first) == name(change)) => part.push(change),
            _ => parts.push(vec![change]),
        }
    }
    parts.sort_by_key(|part| !part.iter().any(|change| change.alarm));
    parts
        .into_iter()
        .map(|mut part| {
            let most = most.filter(|_| !part.iter().any(|change| change.alarm)).unwrap_or(usize::MAX);
            // One line more than the limit is no longer than saying so.
            if part.len() <= most.saturating_add(1) {
                return (part, None);
            }
            let rest = part.split_off(most);
            let of = rest.first().map(|change| name(change)).unwrap_or_default();
            (part, Some((of, rest.len())))
        })
        .collect()
}

/// A number with its noun.
fn count(number: usize, one: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{number} {one}s") }
}
