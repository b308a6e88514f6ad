//! What a text at the prompt is, and whether it is whole.

use crate::diagnostic::Diagnostic;
use crate::source::SourceMap;
use crate::symbol::Interner;
use crate::syntax::{self, ast};

/// What a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reading {
    /// Blank, or comments only.
    Nothing,
    /// `:name ...`
    Command,
    /// `body?`, or a bare body that a blank line ended.
    Goal,
    /// `+clause.`, `-fact.`, `-rule.` or `-label`
    Change,
    /// Declarations, facts, rules, and goals `?- body.`
    Program,
    /// More must come.
    Unfinished,
}

/// Reads a text. A blank line at its end says that nothing more comes.
pub(super) fn read(text: &str) -> Reading {
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return Reading::Nothing;
    }
    if is_command(trimmed) {
        return Reading::Command;
    }
    let ended = text.rsplit_once('\n').is_some_and(|(_, last)| last.trim().is_empty());
    let unfinished = |otherwise: Reading| if ended { otherwise } else { Reading::Unfinished };
    if let Some(rest) = trimmed.strip_prefix(['+', '-']) {
        let rest = rest.trim();
        let name = rest.chars().all(|one| one.is_alphanumeric() || "_-.".contains(one)) && !rest.is_empty();
        // The full stop may be left out where nothing else is missing.
        let whole = !parse(rest).incomplete || parse(&format!("{rest}.")).diagnostics.is_empty();
        return if name || whole { Reading::Change } else { unfinished(Reading::Change) };
    }
    let parsed = parse(trimmed);
    if !parsed.incomplete && !parsed.diagnostics.iter().any(Diagnostic::is_error) {
        return if parsed.program.items.is_empty() { Reading::Nothing } else { Reading::Program };
    }
    if trimmed.ends_with('?') {
        return if parse_goal(trimmed).0.incomplete { unfinished(Reading::Goal) } else { Reading::Goal };
    }
    if !parsed.incomplete {
        return Reading::Program;
    }
    unfinished(if parse_goal(trimmed).0.goal.is_some() { Reading::Goal } else { Reading::Program })
}

/// Whether a line is a command rather than part of a program.
fn is_command(line: &str) -> bool {
    line.starts_with(':') && !line.starts_with(":-")
}

fn parse(text: &str) -> syntax::Parse {
    let source = SourceMap::default().add("", "");
    syntax::parse(source, text, &mut Interner::default())
}

/// Reads a goal, with the names in it.
pub(super) fn parse_goal(text: &str) -> (syntax::ParsedGoal, Interner) {
    let mut symbols = Interner::default();
    let source = SourceMap::default().add("", "");
    (syntax::parse_goal(source, text, &mut symbols), symbols)
}

/// Puts lines together to what can be carried out.
#[derive(Debug, Default)]
pub(super) struct Assembler {
    pending: String,
}

impl Assembler {
    /// Takes the next line. Gives a text once it is whole.
    pub(super) fn line(&mut self, line: &str) -> Option<String> {
        if !self.pending.is_empty() {
            self.pending.push('\n');
        }
        self.pending.push_str(line);
        match read(&self.pending) {
            Reading::Unfinished => None,
            // Comments and documentation stay with what they stand before.
            Reading::Nothing if !self.pending.trim().is_empty() && !line.trim().is_empty() => None,
            _ => Some(std::mem::take(&mut self.pending)),
        }
    }

    /// What is left when nothing more comes.
    pub(super) fn finish(self) -> Option<String> {
        let rest = self.pending;
        (!rest.trim().is_empty()).then(|| format!("{rest}\n"))
    }
}

/// The texts of a submission, each to be carried out on its own. Clauses that follow each other are one text: what is
/// pasted together is one change.
pub(super) fn split(text: &str) -> Vec<String> {
    if read(text) != Reading::Unfinished && !text.trim_end().contains('\n') {
        return vec![text.to_owned()];
    }
    if read(text) == Reading::Program && !parse(text).diagnostics.iter().any(Diagnostic::is_error) {
        return vec![text.to_owned()];
    }
    let mut assembler = Assembler::default();
    let mut texts: Vec<String> = Vec::new();
    let mut lines: Vec<String> = text.lines().filter_map(|line| assembler.line(line)).collect();
    lines.extend(assembler.finish());
    for line in lines {
        match texts.last_mut() {
            Some(last) if read(last) == Reading::Program && read(&line) == Reading::Program => {
                last.push('\n');
                last.push_str(&line);
            }
            _ => texts.push(line),
        }
    }
    texts
}

/// A part of a program text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// Declarations, facts, rules.
    Clauses(String),
    /// `?- body.`
    Goal(String),
}

/// Takes the goals out of a program text, everything in its order.
pub(super) fn parts(text: &str) -> Vec<Part> {
    let items = parse(text).program.items;
    if !items.iter().any(|item| matches!(item.kind, ast::ItemKind::Goal(_))) {
        return vec![Part::Clauses(text.to_owned())];
    }
    let mut parts = Vec::new();
    let mut start = 0;
    for item in &items {
        let (from, to) = (item.span.start as usize, item.span.end as usize);
        if let ast::ItemKind::Goal(_) = item.kind {
            let before = &text[start..from];
            if !matches!(read(before), Reading::Nothing | Reading::Unfinished) {
                parts.push(Part::Clauses(before.to_owned()));
            }
            parts.push(Part::Goal(text[from..to].to_owned()));
            start = to;
        }
    }
    if read(&text[start..]) != Reading::Nothing {
        parts.push(Part::Clauses(text[start..].to_owned()));
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_whole_or_wants_more() {
        let cases = [
            ("", Reading::Nothing),
            ("// why?", Reading::Nothing),
            (":why #2", Reading::Command),
            ("gap(a, b, c)?", Reading::Goal),
            ("?- gap(a, b, c).", Reading::Program),
            ("gap(a, b, c)", Reading::Unfinished),
            ("gap(a, b, c)\n", Reading::Goal),
            ("p(x) :-", Reading::Unfinished),
            ("p(x) :- q(x),\n r(x).", Reading::Program),
            ("p(1). p(2).", Reading::Program),
            ("-p(1)", Reading::Change),
            ("-p(1", Reading::Unfinished),
            ("+p(1).", Reading::Change),
            ("-supplier-leans", Reading::Change),
            ("p(1.", Reading::Program),
            (".decl p(x: number)", Reading::Program),
            ("/// what", Reading::Unfinished),
        ];
        for (text, reading) in cases {
            assert_eq!(read(text), reading, "{text:?}");
        }
    }

    #[test]
    fn clauses_that_are_pasted_together_are_one_change() {
        let pasted = ".decl p(x: number)\np(1).\np(x + 1) :-\n  p(x), x < 3.\np(x)?\n:why #1\np(9).\n";
        let texts = split(pasted);
        assert_eq!(texts.len(), 4, "{texts:?}");
        assert_eq!(texts[1..3], ["p(x)?", ":why #1"]);
    }

    #[test]
    fn goals_come_out_of_a_program() {
        let text = "p(1).\n/// q\n?- p(x).\np(2).";
        let goal = Part::Goal("?- p(x).".to_owned());
        assert_eq!(parts(text)[1], goal);
        assert_eq!(parts(text).len(), 3);
    }
}
