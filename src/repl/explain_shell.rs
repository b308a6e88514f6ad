//! The explain prompt of Soufflé's command line, in the words of this prompt: `explain R(..)`, `explainnegation R(..)`,
//! `query R(x, ..)`, `rule R`, `format json`, `quit`. Whatever else comes is taken as this prompt takes it.

use std::io::{self, BufRead};

use super::{Io, Outcome, Prompt};

/// What is done with a line.
#[derive(Debug, PartialEq, Eq)]
enum Meaning {
    /// A line of this prompt.
    Line(String),
    /// Nothing here, and why.
    Remark(&'static str),
}

/// What a line means, where proofs are asked for as JSON or not.
fn meaning(line: &str, json: bool) -> Meaning {
    let line = line.trim();
    let (word, rest) = line.split_once(|one: char| one.is_whitespace()).unwrap_or((line, ""));
    let rest = rest.trim().trim_end_matches('.');
    Meaning::Line(match word {
        "explain" if json => format!(":why --format=json {rest}"),
        "explain" => format!(":why {rest}"),
        "explainnegation" => format!(":why-not {rest}"),
        "query" => format!("?- {rest}."),
        "rule" => format!(":rules {}", rest.split_whitespace().next().unwrap_or("")),
        "format" if rest == "json" => ":set format json".to_owned(),
        "format" => ":set format table".to_owned(),
        "exit" | "quit" | "q" => ":quit".to_owned(),
        "setdepth" => {
            return Meaning::Remark(
                "`setdepth` changes nothing: a proof is shown whole, or by steps that can be opened",
            );
        }
        "subproof" => return Meaning::Remark("there are no subproofs: `:why 2.1` opens step 2.1 of the last proof"),
        "measure" => return Meaning::Remark("`measure` is not known here: `:stats` tells the sizes of relations"),
        "output" => return Meaning::Remark("`output` changes nothing: what is answered goes to standard output"),
        _ => line.to_owned(),
    })
}

/// Carries out what is asked until the end of the input or `quit`. With `asks`, says when it waits for a line.
///
/// # Errors
/// The input cannot be read, or the output not written.
pub fn explain_shell(prompt: &mut Prompt, input: &mut dyn BufRead, asks: bool, io: &mut Io<'_>) -> io::Result<Outcome> {
    let mut worst = Outcome::Done;
    let mut line = String::new();
    let mut json = false;
    while !prompt.finished() && worst != Outcome::Interrupted {
        if asks {
            write!(io.out, "Enter command > ")?;
            io.out.flush()?;
        }
        line.clear();
        if input.read_line(&mut line)? == 0 {
            break;
        }
        if line.trim().is_empty() {
            continue;
        }
        match meaning(&line, json) {
            Meaning::Line(line) => {
                if let Some(format) = line.strip_prefix(":set format ") {
                    json = format == "json";
                }
                worst = worst.max(prompt.run(&line, io)?);
            }
            Meaning::Remark(text) => io.remark(text)?,
        }
        io.out.flush()?;
    }
    Ok(worst)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_put_in_the_words_of_the_prompt() {
        for (line, wanted) in [
            ("explain path(\"a\", \"b\")\n", ":why path(\"a\", \"b\")"),
            ("explainnegation path(1, 2)", ":why-not path(1, 2)"),
            ("query path(x, \"b\"), edge(x, _)", "?- path(x, \"b\"), edge(x, _)."),
            ("rule path 2", ":rules path"),
            ("format json", ":set format json"),
            ("q", ":quit"),
            (":schema path", ":schema path"),
        ] {
            assert_eq!(meaning(line, false), Meaning::Line(wanted.to_owned()));
        }
        assert_eq!(meaning("explain p(1)", true), Meaning::Line(":why --format=json p(1)".to_owned()));
        assert!(matches!(meaning("setdepth 3", false), Meaning::Remark(_)));
    }
}
