//! The parameters of `.input` and `.output`: what they may say, told where they stand and before anything is read.

use crate::diagnostic::{Diagnostic, code, suggest};
use crate::symbol::Interner;
use crate::syntax::ast::{Directive, DirectiveKind, Name};

/// A parameter, and the directives that heed it.
const KEYS: [(&str, bool, bool); 9] = [
    ("IO", true, true),
    ("filename", true, true),
    ("dbname", true, true),
    ("delimiter", true, true),
    ("rfc4180", true, true),
    ("headers", true, true),
    ("columns", true, false),
    ("compress", true, true),
    ("format", true, true),
];

const INPUTS: [&str; 5] = ["file", "stdin", "jsonfile", "json", "sqlite"];
const OUTPUTS: [&str; 6] = ["file", "stdout", "jsonfile", "json", "sqlite", "stdoutprintsize"];

/// Tells what is wrong or odd in the parameters of a directive.
pub(super) fn parameters(directive: &Directive, symbols: &Interner, diagnostics: &mut Vec<Diagnostic>) {
    let input = match directive.kind {
        DirectiveKind::Input => true,
        DirectiveKind::Output => false,
        DirectiveKind::Printsize | DirectiveKind::Limitsize => return,
    };
    let word = if input { ".input" } else { ".output" };
    for (at, (key, value)) in directive.parameters.iter().enumerate() {
        let text = symbols.get(key.symbol);
        let odd = |message: String| Diagnostic::at(code::ODD_PARAMETER, message, key.span, "it changes nothing");
        match KEYS.iter().find(|(known, ..)| *known == text) {
            None => {
                let near = suggest(text, KEYS.iter().map(|(known, ..)| *known));
                let help = near.map(|near| format!("did you mean `{near}`?"));
                diagnostics.push(odd(format!("`{word}` has no parameter `{text}`")).maybe_help(help));
            }
            Some((_, for_input, for_output)) if !(if input { *for_input } else { *for_output }) => {
                diagnostics.push(odd(format!("`{word}` does not heed `{text}`")));
            }
            Some(_) => {
                if let Some((last, _)) =
                    directive.parameters[at + 1..].iter().rev().find(|(other, _)| other.symbol == key.symbol)
                {
                    let found = odd(format!("`{text}` is given more than once"));
                    diagnostics.push(found.label(last.span, "the last counts"));
                }
                diagnostics.extend(wrong(text, *value, input, symbols));
            }
        }
    }
}

/// What is wrong with a value.
fn wrong(key: &str, value: Name, input: bool, symbols: &Interner) -> Option<Diagnostic> {
    let text = symbols.get(value.symbol);
    let bad = |message: String| Some(Diagnostic::at(code::BAD_PARAMETER, message, value.span, ""));
    let choice = |known: &[&str], message: String| {
        if known.contains(&text) {
            return None;
        }
        let help = match suggest(text, known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("it is one of {}", known.join(", ")),
        };
        bad(message).map(|found| found.help(help))
    };
    match key {
        "IO" if input => choice(&INPUTS, format!("there is no input of kind `{text}`")),
        "IO" => choice(&OUTPUTS, format!("there is no output of kind `{text}`")),
        "rfc4180" | "headers" | "compress" if !matches!(text, "true" | "false" | "1" | "0") => {
            bad(format!("`{key}` is `true` or `false`, not `{text}`"))
        }
        "format" => choice(&["list", "object"], format!("there is no format `{text}`")),
        "delimiter" if text.is_empty() || text.contains(['\n', '\r']) => {
            bad("a delimiter has one or more characters, none of them a line break".to_owned())
        }
        "columns" if text.split(':').any(|at| at.trim().parse::<usize>().is_err()) => {
            bad(format!("`columns` lists positions from 0, such as `2:0`, not `{text}`"))
        }
        _ => None,
    }
}
