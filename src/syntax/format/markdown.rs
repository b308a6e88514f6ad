//! Programs in Markdown: the text inside fences that say `datalog`. Everything else stays as it is.

use super::format;
use crate::source::SourceId;

/// A Markdown text with its programs in good order. What cannot be read, as where a text shows a mistake, is left alone.
#[must_use]
pub fn format_markdown(source: SourceId, text: &str) -> String {
    let mut written = String::with_capacity(text.len());
    let mut lines = text.split_inclusive('\n');
    while let Some(line) = lines.next() {
        written.push_str(line);
        let Some(fence) = Fence::opened_by(line) else { continue };
        let mut inside = String::new();
        let closing = lines.by_ref().find(|line| {
            let closes = fence.closed_by(line);
            if !closes {
                inside.push_str(line);
            }
            closes
        });
        match format(source, &inside) {
            Ok(formatted) if fence.program && closing.is_some() => written.push_str(&formatted),
            _ => written.push_str(&inside),
        }
        written.push_str(closing.unwrap_or(""));
    }
    written
}

/// A fence at the beginning of a line.
struct Fence {
    sign: char,
    length: usize,
    program: bool,
}

impl Fence {
    fn opened_by(line: &str) -> Option<Self> {
        let sign = line.chars().next().filter(|sign| matches!(sign, '`' | '~'))?;
        let rest = line.trim_start_matches(sign);
        let length = line.len() - rest.len();
        let language = rest.split_whitespace().next();
        (length >= 3).then_some(Self { sign, length, program: matches!(language, Some("datalog" | "dl" | "souffle")) })
    }

    fn closed_by(&self, line: &str) -> bool {
        let rest = line.trim_start_matches(self.sign);
        line.len() - rest.len() >= self.length && rest.trim().is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::SourceMap;

    #[test]
    fn only_programs_are_touched() {
        let text = "# A  title\n\n```datalog\na( 1 ).\n```\n\n````text\n```datalog\na( 2 ).\n```\n````\n```dl\na( 3 \n```\n~~~\nx( 1 ).\n~~~\n```datalog\na( 4 ).\n";
        let expected = text.replace("a( 1 )", "a(1)");
        assert_eq!(format_markdown(SourceMap::default().add("a.md", ""), text), expected);
    }
}
