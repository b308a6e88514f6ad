//! JSON as a tree of places: what stands where, so that errors can point at it. Numbers stay text, because their type
//! is the column's and not JSON's.

use std::borrow::Cow;

/// A value and the bytes that it takes.
#[derive(Debug)]
pub(crate) struct Node<'a> {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) kind: NodeKind<'a>,
}

#[derive(Debug)]
pub(crate) enum NodeKind<'a> {
    Null,
    Boolean(bool),
    Number(&'a str),
    Text(Cow<'a, str>),
    Array(Vec<Node<'a>>),
    Object(Vec<(Cow<'a, str>, Node<'a>)>),
}

/// Where a text stops being JSON, and why.
#[derive(Debug)]
pub(crate) struct Fault {
    pub(crate) at: usize,
    pub(crate) reason: String,
}

/// Deeper values are refused: what prints and compares them goes down with them.
const DEEPEST: usize = 1_000;

/// No row or record has so many parts; each key is compared with those before it.
const MOST_KEYS: usize = 1_000;

/// The value that starts at a byte of the text, blanks before it skipped.
pub(crate) fn value(text: &str, at: usize) -> Result<Node<'_>, Fault> {
    Parser { text, at }.value(0)
}

/// The first byte from `at` on that is no blank.
pub(crate) fn blanks(text: &str, at: usize) -> usize {
    let rest = &text[at..];
    text.len() - rest.trim_start_matches([' ', '\t', '\n', '\r']).len()
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Parser<'a> {
    fn value(&mut self, depth: usize) -> Result<Node<'a>, Fault> {
        self.at = blanks(self.text, self.at);
        if depth > DEEPEST {
            return self.fault(format!("it is nested deeper than {DEEPEST} levels"));
        }
        let start = self.at;
        let kind = match self.peek() {
            Some(b'[') => self.array(depth)?,
            Some(b'{') => self.object(depth)?,
            Some(b'"') => NodeKind::Text(self.string()?),
            Some(b'-' | b'0'..=b'9') => NodeKind::Number(self.number()?),
            _ => self.word()?,
        };
        Ok(Node { start, end: self.at, kind })
    }

    fn array(&mut self, depth: usize) -> Result<NodeKind<'a>, Fault> {
        let mut items = Vec::new();
        self.at += 1;
        if !self.take(b']') {
            loop {
                items.push(self.value(depth + 1)?);
                if self.take(b']') {
                    break;
                }
                self.expect(b',', "`,` or `]`")?;
            }
        }
        Ok(NodeKind::Array(items))
    }

    fn object(&mut self, depth: usize) -> Result<NodeKind<'a>, Fault> {
        let mut items: Vec<(Cow<'a, str>, Node<'a>)> = Vec::new();
        self.at += 1;
        if !self.take(b'}') {
            loop {
                self.at = blanks(self.text, self.at);
                let start = self.at;
                if self.peek() != Some(b'"') {
                    return self.fault("a key in quotes is wanted");
                }
                let key = self.string()?;
                if items.iter().any(|(other, _)| *other == key) {
                    self.at = start;
                    return self.fault(format!("the key `{key}` is given twice"));
                }
                self.expect(b':', "`:`")?;
                let value = self.value(depth + 1)?;
                items.push((key, value));
                if items.len() > MOST_KEYS {
                    return self.fault(format!("an object has more than {MOST_KEYS} keys"));
                }
                if self.take(b'}') {
                    break;
                }
                self.expect(b',', "`,` or `}`")?;
            }
        }
        Ok(NodeKind::Object(items))
    }

    fn string(&mut self) -> Result<Cow<'a, str>, Fault> {
        let start = self.at;
        let bytes = self.text.as_bytes();
        let mut at = start + 1;
        let mut plain = true;
        loop {
            match bytes.get(at) {
                Some(b'"') => break,
                Some(b'\\') => {
                    plain = false;
                    at += 2;
                }
                Some(0..=0x1f) => {
                    self.at = at;
                    return self.fault("a control character in a text is written as an escape");
                }
                Some(_) => at += 1,
                None => return self.fault("the text that starts here is never closed"),
            }
        }
        self.at = at + 1;
        if plain {
            return Ok(Cow::Borrowed(&self.text[start + 1..at]));
        }
        serde_json::from_str(&self.text[start..=at]).map(Cow::Owned).map_err(|error| {
            let text = error.to_string();
            let reason = text.split(" at line ").next().unwrap_or(&text).to_owned();
            Fault { at: start + error.column().saturating_sub(1), reason }
        })
    }

    fn number(&mut self) -> Result<&'a str, Fault> {
        let start = self.at;
        self.skip(b"-");
        if self.peek() == Some(b'0') {
            self.at += 1;
        } else {
            self.digits()?;
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.peek() {
            self.at += 1;
            self.skip(b"+-");
            self.digits()?;
        }
        if self.peek().is_some_and(|byte| byte.is_ascii_alphanumeric() || byte == b'.') {
            return self.fault("the number is not written as JSON has it");
        }
        Ok(&self.text[start..self.at])
    }

    fn digits(&mut self) -> Result<(), Fault> {
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        if self.at == start { self.fault("a digit is wanted") } else { Ok(()) }
    }

    fn word(&mut self) -> Result<NodeKind<'a>, Fault> {
        let rest = &self.text[self.at..];
        let length = rest.bytes().take_while(u8::is_ascii_alphanumeric).count();
        let kind = match &rest[..length] {
            "null" => NodeKind::Null,
            word @ ("true" | "false") => NodeKind::Boolean(word == "true"),
            _ => return self.fault("a value is wanted"),
        };
        self.at += length;
        Ok(kind)
    }

    fn take(&mut self, byte: u8) -> bool {
        self.at = blanks(self.text, self.at);
        let there = self.peek() == Some(byte);
        self.at += usize::from(there);
        there
    }

    fn expect(&mut self, byte: u8, what: &str) -> Result<(), Fault> {
        if self.take(byte) { Ok(()) } else { self.fault(format!("{what} is wanted")) }
    }

    fn skip(&mut self, bytes: &[u8]) {
        if self.peek().is_some_and(|byte| bytes.contains(&byte)) {
            self.at += 1;
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn fault<T>(&self, reason: impl Into<String>) -> Result<T, Fault> {
        let mut reason = reason.into();
        if self.at >= self.text.len() {
            reason.push_str(", and the file ends");
        }
        Err(Fault { at: self.at, reason })
    }
}
