//! Checks as a JUnit file, which build servers show: one test case a thing that was compared.

use std::fmt::Write;

/// One thing that was compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// Its name.
    pub name: String,
    /// What is wrong with it: one line, and the details. None where all is well.
    pub failure: Option<(String, String)>,
}

/// A JUnit document.
#[must_use]
pub fn junit(suite: &str, cases: &[Case]) -> String {
    let failures = cases.iter().filter(|case| case.failure.is_some()).count();
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let suite = escaped(suite);
    let _ = writeln!(out, "<testsuites>");
    let _ = writeln!(out, "  <testsuite name=\"{suite}\" tests=\"{}\" failures=\"{failures}\">", cases.len());
    for case in cases {
        let name = escaped(&case.name);
        match &case.failure {
            None => {
                let _ = writeln!(out, "    <testcase classname=\"{suite}\" name=\"{name}\"/>");
            }
            Some((message, details)) => {
                let _ = writeln!(out, "    <testcase classname=\"{suite}\" name=\"{name}\">");
                let _ = writeln!(out, "      <failure message=\"{}\">{}</failure>", escaped(message), escaped(details));
                let _ = writeln!(out, "    </testcase>");
            }
        }
    }
    out.push_str("  </testsuite>\n</testsuites>\n");
    out
}

/// A text for an attribute or an element; what XML cannot hold is replaced.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' | '\t' => out.push(character),
            other if other.is_control() || matches!(other, '\u{fffe}' | '\u{ffff}') => out.push('\u{fffd}'),
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_xml_cannot_hold_is_escaped() {
        let failure = Some(("a < b & \"c\"".to_owned(), "x\u{1b}y\n".to_owned()));
        let text = junit("onus", &[Case { name: "one".to_owned(), failure }]);
        assert!(text.contains("message=\"a &lt; b &amp; &quot;c&quot;\">x\u{fffd}y\n</failure>"), "{text}");
        assert!(text.contains("tests=\"1\" failures=\"1\""));
    }
}
