//! The prompt without a terminal: commands come from a pipe or a file, one result a command.

use std::io::{self, BufRead};

use super::read::Assembler;
use super::{Io, Outcome, Prompt};
use crate::diagnostic::{Diagnostic, code};

/// Carries out everything that comes. Errors do not stop it, unless the prompt stops at the first; an interruption does.
/// Gives the worst outcome.
///
/// # Errors
/// The input cannot be read, or the output not written.
pub fn drain(prompt: &mut Prompt, input: &mut dyn BufRead, io: &mut Io<'_>) -> io::Result<Outcome> {
    let mut worst = Outcome::Done;
    let mut assembler = Assembler::default();
    let mut number = 0;
    let mut bytes = Vec::new();
    while !prompt.finished() && worst != Outcome::Interrupted {
        bytes.clear();
        if input.read_until(b'\n', &mut bytes)? == 0 {
            break;
        }
        number += 1;
        let Ok(line) = std::str::from_utf8(&bytes) else {
            let found = Diagnostic::new(code::BAD_ENCODING, "the line is not UTF-8").place(format!("<stdin>:{number}"));
            io.report(&[found], prompt.session().sources())?;
            worst = worst.max(Outcome::Wrong);
            continue;
        };
        if let Some(text) = assembler.line(line.trim_end_matches(['\n', '\r'])) {
            worst = worst.max(prompt.run(&text, io)?);
            io.out.flush()?;
        }
    }
    if let (Some(rest), false) = (assembler.finish(), prompt.finished() || worst == Outcome::Interrupted) {
        worst = worst.max(prompt.run(&rest, io)?);
        io.out.flush()?;
    }
    Ok(worst)
}
