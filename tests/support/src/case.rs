//! Cases: a program with its answers as Markdown, the way `tests/cases` keeps them.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use crate::answers::{Answers, literals};
use crate::sample::Sample;

/// The files below a directory, sorted.
///
/// # Panics
/// Where a directory cannot be read.
#[must_use]
pub fn below(directory: &Path) -> Vec<PathBuf> {
    fn walk(directory: &Path, found: &mut Vec<PathBuf>) {
        let entries = std::fs::read_dir(directory).and_then(Iterator::collect::<Result<Vec<_>, _>>);
        for path in entries.expect("a directory that can be read").iter().map(std::fs::DirEntry::path) {
            if path.is_dir() { walk(&path, found) } else { found.push(path) }
        }
    }
    let mut found = Vec::new();
    walk(directory, &mut found);
    found.sort();
    found
}

/// The files below a directory whose names have an ending, sorted: the manual's chapters, the rules, the sources.
///
/// # Panics
/// Where a directory cannot be read.
#[must_use]
pub fn files(directory: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = below(directory);
    found.retain(|path| path.extension().is_some_and(|other| other == ending));
    found
}

/// A case: a heading, a remark, the program with its facts, and relations with their rows, one a line.
#[must_use]
pub fn case(title: &str, remark: &str, sample: &Sample, facts: &str, answers: &Answers) -> String {
    let mut text = format!("# {title}\n\n{remark}\n\n```datalog\n{}{facts}```\n", sample.text());
    for (relation, rows) in answers {
        // Writing to a string does not fail.
        let _ = write!(text, "\n```relation {relation}\n");
        for row in rows {
            let _ = writeln!(text, "{}", literals(row));
        }
        text.push_str("```\n");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reference::Limits;

    #[test]
    fn a_case_holds_program_and_answers() {
        let sample = Sample::parse(".decl a(x: number, y: symbol) a(1, \"b\"). a(2, \"\").").unwrap();
        let answers = sample.answers(&Limits::default()).unwrap();
        let text = case("Facts", "They are there.", &sample, "", &answers);
        let program = ".decl a(x: number, y: symbol)\na(1, \"b\").\na(2, \"\").\n";
        let expected = format!(
            "# Facts\n\nThey are there.\n\n```datalog\n{program}```\n\n```relation a\n1, \"b\"\n2, \"\"\n```\n"
        );
        assert_eq!(text, expected);
    }
}
