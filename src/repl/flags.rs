//! Switches among the arguments of a command, under the names that the command line gives them: `--all=3 reach(1, x)`,
//! `reach(1, x) --format dot`. They stand before or behind what the command is about.

use std::ops::Range;

use crate::diagnostic::suggest;

/// What a switch takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Takes {
    /// Nothing.
    Nothing,
    /// A value behind `=`, or none.
    Perhaps,
    /// A value, behind `=` or as the next word.
    Value,
}

/// A switch of a command: its name with both dashes, and what it takes.
pub(super) type Known = (&'static str, Takes);

/// The switches of a command of the prompt: those of the command line.
pub(super) fn of(command: &str) -> &'static [Known] {
    const FORMAT: Known = ("--format", Takes::Value);
    match command {
        "why" => &[
            ("--smallest", Takes::Nothing),
            ("--all", Takes::Perhaps),
            ("--whole", Takes::Nothing),
            ("--step", Takes::Value),
            FORMAT,
        ],
        "why-not" => &[("--fix", Takes::Nothing), FORMAT],
        "critical" | "witnesses" => &[FORMAT],
        "diff" | "what-if" => &[("--all", Takes::Nothing), FORMAT],
        _ => &[],
    }
}

/// A switch that was found, with its value.
pub(super) type Flag<'t> = (&'static str, Option<&'t str>);

/// Takes the switches out of a text. Gives them in order, and the rest.
///
/// # Errors
/// What is wrong with a switch, and what to do about it.
pub(super) fn flags<'t>(text: &'t str, known: &[Known]) -> Result<(Vec<Flag<'t>>, String), (String, String)> {
    let (mut found, mut rest) = (Vec::new(), String::new());
    let words = words(text);
    let mut at = 0;
    let mut end = 0;
    while at < words.len() {
        let word = &text[words[at].clone()];
        at += 1;
        if !is_flag(word) {
            // Blanks between words of the rest stay as they are: they may stand in the middle of a clause.
            let start = if rest.is_empty() || end == 0 { words[at - 1].start } else { end };
            rest.push_str(&text[start..words[at - 1].end]);
            end = words[at - 1].end;
            continue;
        }
        end = words[at - 1].end;
        let (name, value) = word.split_once('=').map_or((word, None), |(name, value)| (name, Some(value)));
        let Some(&(name, takes)) = known.iter().find(|(other, _)| *other == name) else {
            let names: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
            let near = suggest(name, names.iter().copied()).map(|near| format!("did you mean `{near}`?"));
            return Err((format!("there is no `{name}` here"), near.unwrap_or_else(|| names.join(", "))));
        };
        let value = match (takes, value) {
            (Takes::Nothing, Some(_)) => {
                return Err((format!("`{name}` takes no value"), format!("`{name}` alone")));
            }
            (Takes::Value, None) => {
                let next = words.get(at).map(|next| &text[next.clone()]).filter(|next| !is_flag(next));
                let Some(next) = next else {
                    return Err((format!("`{name}` wants a value"), format!("`{name}=...`")));
                };
                end = words[at].end;
                at += 1;
                Some(next)
            }
            (_, value) => value,
        };
        found.push((name, value));
    }
    Ok((found, rest.trim().to_owned()))
}

/// Two dashes and a letter: `--1` is a number.
fn is_flag(word: &str) -> bool {
    word.strip_prefix("--").is_some_and(|name| name.starts_with(|first: char| first.is_ascii_alphabetic()))
}

/// The words of a text: what stands within quotes or brackets is not taken apart.
fn words(text: &str) -> Vec<Range<usize>> {
    let mut words = Vec::new();
    let (mut start, mut depth, mut quoted, mut escaped) = (None, 0_usize, false, false);
    for (at, one) in text.char_indices() {
        if quoted {
            quoted = escaped || one != '"';
            escaped = !escaped && one == '\\';
        } else if one.is_whitespace() && depth == 0 {
            words.extend(start.take().map(|start| start..at));
            continue;
        } else {
            match one {
                '"' => quoted = true,
                '(' | '[' | '{' => depth += 1,
                ')' | ']' | '}' => depth = depth.saturating_sub(1),
                _ => {}
            }
        }
        start.get_or_insert(at);
    }
    words.extend(start.map(|start| start..text.len()));
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: &[Known] = &[("--whole", Takes::Nothing), ("--all", Takes::Perhaps), ("--format", Takes::Value)];

    #[test]
    fn switches_stand_before_and_behind() {
        let read = |text| flags(text, KNOWN).unwrap();
        assert_eq!(read("--all=3 p(\"a --whole\", x)"), (vec![("--all", Some("3"))], "p(\"a --whole\", x)".to_owned()));
        let both = (vec![("--whole", None), ("--format", Some("dot"))], "p(1, x).".to_owned());
        assert_eq!(read("p(1, x). --whole --format=dot"), both);
        assert_eq!(read("--whole --format dot p(1, x)."), both);
        assert_eq!(read("--whole p(1, x). --format dot"), both);
        assert_eq!(read("2.1"), (Vec::new(), "2.1".to_owned()));
        assert_eq!(read(r#"p("a \" --b --c")"#).1, r#"p("a \" --b --c")"#);
    }

    #[test]
    fn the_rest_stays_as_it_was_typed() {
        let text = "+p(x)  :-  q(x, y), y > --1. -q(1, 2).";
        assert_eq!(flags(&format!("--all {text}"), KNOWN).unwrap().1, text);
        assert_eq!(flags(&format!("{text} --all"), KNOWN).unwrap().1, text);
        assert_eq!(flags(text, KNOWN).unwrap().1, text);
    }

    #[test]
    fn what_is_wrong_is_told_with_what_was_meant() {
        let wrong = |text| flags(text, KNOWN).unwrap_err();
        assert!(wrong("--al p(x)").1.contains("--all"));
        assert_eq!(wrong("--format").0, "`--format` wants a value");
        assert_eq!(wrong("p(x) --format --whole").0, "`--format` wants a value");
        assert_eq!(wrong("--whole=3 p(x)").0, "`--whole` takes no value");
        assert_eq!(wrong("p(x) --deep").1, "--whole, --all, --format");
    }
}
