//! The small preprocessor: C's `#define`, `#include`, `#if` and their like, before anything is parsed. Every place in
//! the tree that comes out is one of the text as its author wrote it: what a macro made stands where the macro is used.

mod condition;
mod macros;
mod places;
mod scan;

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use memchr::memmem;

use super::parser::Parse;
use crate::diagnostic::{Code, Diagnostic, code, suggest};
use crate::source::{SourceId, Span};
use crate::symbol::Interner;
use macros::{Expander, Fault, MOST_WORDS, Macro, Table, Token, clings, define, joined, tokens};
use places::Places;
use scan::{Shape, piece, skip_line};

/// How deep files may include files.
const INCLUDE_DEPTH: usize = 64;

/// What programs ask for to know how wide a word is.
const WIDTH: &str = "RAM_DOMAIN_SIZE";

/// The directives, for suggestions.
const DIRECTIVES: [&str; 12] =
    ["define", "undef", "include", "if", "ifdef", "ifndef", "elif", "else", "endif", "error", "warning", "pragma"];

/// A program file, or one that was found for an `#include`.
#[derive(Clone, Debug)]
pub struct Opened {
    /// Its text as a source.
    pub source: SourceId,
    /// What it is called.
    pub name: String,
    /// The text.
    pub text: String,
}

/// Finds included files.
pub trait Files {
    /// The file that the source `from` names so.
    ///
    /// # Errors
    /// Why there is none.
    fn open(&mut self, from: SourceId, written: &str) -> Result<Opened, String>;
}

/// A program that went through the preprocessor.
#[derive(Debug)]
pub struct Preprocessed {
    /// Its items, and all that is wrong, as far as it could be read.
    pub parse: Parse,
    /// Where macros are used, with where each is defined.
    pub uses: BTreeMap<Span, Span>,
}

/// Whether a text has anything for the preprocessor to do, if no macros are defined outside of it.
#[must_use]
pub fn wanted(text: &str) -> bool {
    let bytes = text.as_bytes();
    let begins = |at: usize| {
        let before = bytes[..at].iter().rev().find(|byte| !matches!(byte, b' ' | b'\t' | b'\r'));
        before.is_none_or(|&byte| byte == b'\n' || byte > 0x7f) || bytes[..at].trim_ascii_end().ends_with(b"*/")
    };
    memchr::memchr_iter(b'#', bytes).any(begins)
        || [WIDTH, "__FILE__", "__LINE__"].iter().any(|word| memmem::find(bytes, word.as_bytes()).is_some())
}

/// What is wrong with a macro as the command line defines it: `NAME`, `NAME=BODY`, `NAME(x)=BODY`.
#[must_use]
pub fn bad_definition(definition: &str) -> Option<String> {
    from_outside(definition).err()
}

fn from_outside(definition: &str) -> Result<(Rc<str>, Macro), String> {
    let (name, body) = definition.split_once('=').unwrap_or((definition, "1"));
    let mut all = tokens(name.trim());
    let mut body = tokens(body);
    if let Some(first) = body.first_mut() {
        first.blank = true;
    }
    let named = all.len() == 1 || all.last().is_some_and(|last| &*last.text == ")");
    if !named {
        return Err(format!("a macro is defined as NAME or NAME=BODY, not `{definition}`"));
    }
    all.append(&mut body);
    define(&all, None)
}

/// Expands and parses a program. `definitions` are macros from outside, as [`bad_definition`] finds nothing wrong with.
/// `once` are the files that are not to be included again, by name; files that say so of themselves are added.
pub fn parse(
    file: &Opened,
    definitions: &[String],
    once: &mut BTreeSet<String>,
    files: &mut dyn Files,
    symbols: &mut Interner,
) -> Preprocessed {
    let Machine { out, places, mut diagnostics, uses, .. } = expand(file, definitions, once, files);
    let mut parse = super::parser::parse(file.source, &out, symbols);
    places.program(&mut parse.program);
    parse.diagnostics.iter_mut().for_each(|diagnostic| places.diagnostic(diagnostic));
    diagnostics.append(&mut parse.diagnostics);
    diagnostics.sort_by_key(|diagnostic| diagnostic.labels.first().map(|label| (label.span.source, label.span.start)));
    parse.diagnostics = diagnostics;
    Preprocessed { parse, uses }
}

fn expand<'f>(
    file: &Opened,
    definitions: &[String],
    once: &'f mut BTreeSet<String>,
    files: &'f mut dyn Files,
) -> Machine<'f> {
    let mut table = Table::default();
    table.insert(
        WIDTH.into(),
        Rc::new(Macro { parameters: None, body: vec![Token::new("64", Shape::Number, false)], place: None }),
    );
    table.extend(definitions.iter().filter_map(|text| from_outside(text).ok()).map(|(name, it)| (name, Rc::new(it))));
    let mut machine = Machine {
        table,
        out: String::with_capacity(file.text.len()),
        places: Places::new(file.source),
        diagnostics: Vec::new(),
        uses: BTreeMap::new(),
        files,
        depth: 0,
        too_deep: false,
        once,
        after_macro: false,
        lines: false,
    };
    machine.file(&File { source: file.source, name: &file.name, text: &file.text });
    machine
}

/// One file on its way.
struct File<'t> {
    source: SourceId,
    name: &'t str,
    text: &'t str,
}

impl File<'_> {
    fn span(&self, start: usize, end: usize) -> Span {
        Span::new(self.source, start, end)
    }
}

/// An `#if` that is open.
struct Group {
    place: Span,
    /// Whether what encloses it counts.
    outside: bool,
    /// Whether one of its branches counted already.
    taken: bool,
    /// Whether the current branch counts.
    counts: bool,
    /// Where its `#else` stands.
    otherwise: Option<Span>,
}

/// The state of preprocessing one program.
struct Machine<'f> {
    table: Table,
    out: String,
    places: Places,
    diagnostics: Vec<Diagnostic>,
    uses: BTreeMap<Span, Span>,
    files: &'f mut dyn Files,
    depth: usize,
    /// Whether it was told that files include files too deep.
    too_deep: bool,
    once: &'f mut BTreeSet<String>,
    /// Whether the last bytes came out of a macro.
    after_macro: bool,
    /// Whether any file so far asks for the number of a line.
    lines: bool,
}

impl Machine<'_> {
    fn file(&mut self, file: &File<'_>) {
        let text = file.text;
        self.lines |= memmem::find(text.as_bytes(), b"__LINE__").is_some();
        let mut groups: Vec<Group> = Vec::new();
        let mut at = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        // From here on what was read is still to be copied.
        let mut from = at;
        let mut fresh = true;
        while at < text.len() {
            let counts = groups.last().is_none_or(|group| group.counts);
            if fresh && let Some(sign) = directive_at(text, at) {
                self.copy(file, from, at);
                at = self.directive(file, sign, &mut groups);
                from = at;
                continue;
            }
            if !counts {
                at = skip_line(text, at);
                from = at;
                continue;
            }
            let (shape, end) = piece(text, at);
            match shape {
                Shape::Break => fresh = true,
                // A comment may stand before a directive.
                Shape::Blank | Shape::BlockComment | Shape::LineComment => {}
                Shape::Splice => {
                    self.copy(file, from, at);
                    from = end;
                }
                Shape::Word => {
                    fresh = false;
                    if let Some(after) = self.word(file, from, at, end) {
                        (at, from) = (after, after);
                        continue;
                    }
                }
                Shape::Number | Shape::Text | Shape::Sign => fresh = false,
            }
            at = end;
        }
        self.copy(file, from, text.len());
        for group in groups {
            let found = "this `#if` is never ended";
            self.diagnostics
                .push(Diagnostic::at(code::PREPROCESSOR, found, group.place, "opened here").help("`#endif` ends it"));
        }
    }

    /// Copies a part of a file as it stands.
    fn copy(&mut self, file: &File<'_>, start: usize, end: usize) {
        let Some(text) = file.text.get(start..end).filter(|text| !text.is_empty()) else { return };
        if std::mem::take(&mut self.after_macro) && clings(&self.out, text) {
            self.out.push(' ');
            self.places.blank();
        }
        self.out.push_str(text);
        self.places.verbatim(file.span(start, end));
    }

    /// Expands the word at `start..end` if it is a macro; what stands before it from `from` on is copied then. Gives
    /// where reading goes on.
    fn word(&mut self, file: &File<'_>, from: usize, start: usize, end: usize) -> Option<usize> {
        let word = &file.text[start..end];
        if !self.table.contains_key(word) && !matches!(word, "__FILE__" | "__LINE__") {
            return None;
        }
        let line = if self.lines { line_of(file.text, start) } else { 0 };
        let mut expander = Expander { table: &self.table, file: file.name, line, words: MOST_WORDS };
        let mut after = end;
        let mut input = vec![Token::new(word, Shape::Word, false)];
        if expander.takes_arguments(&input[0]) {
            match call(file.text, end) {
                Call::None => return None,
                Call::Open => {
                    let fault = Fault {
                        message: format!("the arguments of `{word}` are never closed"),
                        help: None,
                        of: self.table.get(word).cloned(),
                    };
                    self.fault(fault, file.span(start, end));
                    return None;
                }
                Call::Closed(close, arguments) => {
                    input.extend(arguments);
                    after = close;
                }
            }
        }
        let mut made = expander.expand(input, 0);
        // What comes out may end in the name of a macro whose arguments follow.
        while let Ok(so_far) = &mut made
            && let Some(last) = so_far.last().filter(|last| expander.takes_arguments(last)).cloned()
            && let Call::Closed(close, arguments) = call(file.text, after)
        {
            so_far.pop();
            let mut input = vec![last];
            input.extend(arguments);
            after = close;
            match expander.expand(input, 0) {
                Ok(more) => so_far.extend(more),
                Err(fault) => made = Err(fault),
            }
        }
        let place = file.span(start, after);
        if let Some(defined) = self.table.get(word).and_then(|found| found.place) {
            self.uses.insert(place, defined);
        }
        self.copy(file, from, start);
        match made {
            Ok(made) => {
                let text = joined(&made);
                let blank = clings(&self.out, &text);
                if blank {
                    self.out.push(' ');
                }
                self.out.push_str(&text);
                self.places.made(text.len() + usize::from(blank), place);
                self.after_macro = true;
            }
            Err(fault) => self.fault(fault, place),
        }
        Some(after)
    }

    fn fault(&mut self, fault: Fault, place: Span) {
        let mut found = Diagnostic::at(code::PREPROCESSOR, fault.message, place, "").maybe_help(fault.help);
        if let Some(defined) = fault.of.and_then(|of| of.place) {
            found = found.label(defined, "the macro is defined here");
        }
        self.diagnostics.push(found);
    }

    fn wrong(&mut self, message: impl Into<String>, place: Span) {
        self.diagnostics.push(Diagnostic::at(code::PREPROCESSOR, message, place, ""));
    }

    /// Carries out the directive whose `#` is at `start`. Gives where the next line begins.
    fn directive(&mut self, file: &File<'_>, start: usize, groups: &mut Vec<Group>) -> usize {
        let line = Line::read(file.text, start);
        let place = file.span(start, line.end);
        let counts = groups.last().is_none_or(|group| group.counts);
        let words = line.tokens.get(1..).unwrap_or(&[]);
        let word = line.tokens.first().map_or("", |first| &*first.text);
        match word {
            "if" | "ifdef" | "ifndef" => {
                let holds = counts && self.condition(file, word, words, place);
                groups.push(Group { place, outside: counts, taken: holds, counts: holds, otherwise: None });
            }
            "elif" | "else" => match groups.last() {
                None => self.wrong(format!("`#{word}` stands outside of any `#if`"), place),
                Some(&Group { otherwise: Some(before), .. }) => {
                    let message = format!("`#{word}` stands after the `#else`");
                    let found = Diagnostic::at(code::PREPROCESSOR, message, place, "");
                    self.diagnostics.push(found.label(before, "the `#else`"));
                }
                Some(&Group { outside, taken, .. }) => {
                    let open = outside && !taken;
                    let counts = open && (word == "else" || self.condition(file, word, words, place));
                    if let Some(group) = groups.last_mut() {
                        group.counts = counts;
                        group.taken |= counts;
                        group.otherwise = (word == "else").then_some(place);
                    }
                }
            },
            "endif" => {
                if groups.pop().is_none() {
                    self.wrong("`#endif` stands outside of any `#if`", place);
                }
            }
            _ if !counts => {}
            "define" => self.define(words, place),
            "undef" => match words {
                [name] if name.shape == Shape::Word => {
                    self.table.remove(&name.text);
                }
                _ => self.wrong("`#undef` wants the name of one macro", place),
            },
            "include" => self.include(file, &line, place),
            "error" => {
                let text = joined(words);
                self.wrong(format!("`#error`: {text}"), place);
            }
            "warning" => {
                let message = format!("`#warning`: {}", joined(words));
                self.diagnostics.push(Diagnostic::at(code::MACRO, message, place, ""));
            }
            "pragma" => {
                if words.first().is_some_and(|word| &*word.text == "once") {
                    self.once.insert(file.name.to_owned());
                }
            }
            // A lone `#` does nothing; a number or `line` tells another compiler where it is.
            "" | "line" | "ident" => {}
            _ if word.starts_with(|first: char| first.is_ascii_digit()) => {}
            // How a script says what runs it.
            "!" if start == 0 => {}
            _ => {
                let near = suggest(word, DIRECTIVES).map(|near| format!("did you mean `#{near}`?"));
                let help = near.unwrap_or_else(|| "comments begin with `//`".to_owned());
                let message = format!("there is no directive `#{word}`");
                self.diagnostics.push(Diagnostic::at(code::PREPROCESSOR, message, place, "").help(help));
            }
        }
        // The line break stays, so that what stands on lines of its own still does.
        let next = line.end + usize::from(file.text[line.end..].starts_with('\n'));
        self.copy(file, line.end, next);
        next
    }

    fn define(&mut self, words: &[Token], place: Span) {
        match define(words, Some(place)) {
            Err(message) => self.wrong(message, place),
            Ok((name, new)) => {
                let before = self.table.get(&name);
                if let Some(before) = before.filter(|old| old.body != new.body || old.parameters != new.parameters) {
                    let message = format!("the macro `{name}` is defined again, and otherwise");
                    let mut found = Diagnostic::at(code::MACRO, message, place, "from here on it is this");
                    if let Some(first) = before.place {
                        found = found.label(first, "defined before here");
                    }
                    self.diagnostics.push(found.help(format!("`#undef {name}` first, if that is meant")));
                }
                self.table.insert(name, Rc::new(new));
            }
        }
    }

    /// Whether the condition of an `#if`, `#elif`, `#ifdef` or `#ifndef` holds; not, if it is wrong.
    fn condition(&mut self, file: &File<'_>, word: &str, words: &[Token], place: Span) -> bool {
        let known =
            |name: &Token| self.table.contains_key(&name.text) || matches!(&*name.text, "__FILE__" | "__LINE__");
        if word == "ifdef" || word == "ifndef" {
            return match words {
                [name] if name.shape == Shape::Word => known(name) == (word == "ifdef"),
                _ => {
                    self.wrong(format!("`#{word}` wants the name of one macro"), place);
                    false
                }
            };
        }
        let mut input = Vec::with_capacity(words.len());
        let mut at = 0;
        while let Some(token) = words.get(at) {
            let asked = match (&*token.text, &words[at + 1..]) {
                ("defined", [open, name, close, ..]) if &*open.text == "(" && &*close.text == ")" => Some((name, 4)),
                ("defined", [name, ..]) if name.shape == Shape::Word => Some((name, 2)),
                _ => None,
            };
            if let Some((name, length)) = asked {
                input.push(Token::new(if known(name) { "1" } else { "0" }, Shape::Number, true));
                at += length;
            } else {
                input.push(token.clone());
                at += 1;
            }
        }
        let line = line_of(file.text, place.start as usize);
        let mut expander = Expander { table: &self.table, file: file.name, line, words: MOST_WORDS };
        match expander.expand(input, 0) {
            Err(fault) => {
                self.fault(fault, place);
                false
            }
            Ok(made) => condition::holds(&joined(&made)).unwrap_or_else(|message| {
                self.wrong(message, place);
                false
            }),
        }
    }

    fn include(&mut self, file: &File<'_>, line: &Line<'_>, place: Span) {
        let named = |text: &str| {
            let text = text.trim();
            let inner =
                text.strip_prefix('"').map(|rest| (rest, '"')).or(text.strip_prefix('<').map(|rest| (rest, '>')));
            inner.and_then(|(rest, close)| rest.split_once(close)).map(|(path, _)| path.to_owned())
        };
        let mut path = named(line.rest);
        if path.is_none() {
            let number = line_of(file.text, place.start as usize);
            let mut expander = Expander { table: &self.table, file: file.name, line: number, words: MOST_WORDS };
            let words = line.tokens.get(1..).unwrap_or(&[]).to_vec();
            path = expander.expand(words, 0).ok().and_then(|made| named(&joined(&made)));
        }
        let Some(path) = path else {
            return self.wrong("`#include` wants a file in double quotes", place);
        };
        let fail = |code: &'static Code, message: String| Diagnostic::at(code, message, place, "included here");
        if self.depth >= INCLUDE_DEPTH {
            // Once is enough: files that lead round lead there again and again.
            if std::mem::replace(&mut self.too_deep, true) {
                return;
            }
            let message = format!("files include files more than {INCLUDE_DEPTH} deep");
            let help = "`#pragma once` in a file keeps it from being included again";
            self.diagnostics.push(fail(code::INCLUDE, message).help(help));
            return;
        }
        match self.files.open(file.source, &path) {
            Err(reason) => {
                self.diagnostics.push(fail(code::INCLUDE, format!("cannot include `{path}`: {reason}")));
            }
            Ok(opened) if self.once.contains(&opened.name) => {}
            Ok(opened) => {
                self.depth += 1;
                self.file(&File { source: opened.source, name: &opened.name, text: &opened.text });
                self.depth -= 1;
                if !self.out.ends_with('\n') {
                    self.out.push('\n');
                    self.places.made(1, place);
                }
            }
        }
    }
}

/// The `#` of a directive, if the line at `at` begins with one.
fn directive_at(text: &str, at: usize) -> Option<usize> {
    let rest = &text[at..];
    let blanks = rest.len() - rest.trim_start_matches([' ', '\t', '\r']).len();
    rest[blanks..].starts_with('#').then_some(at + blanks)
}

/// A directive with what follows its `#`.
struct Line<'t> {
    tokens: Vec<Token>,
    /// What stands behind its word, as it is written.
    rest: &'t str,
    /// Where the line break is that ends it, or the end of the text.
    end: usize,
}

impl<'t> Line<'t> {
    fn read(text: &'t str, start: usize) -> Self {
        let mut found = Vec::new();
        let mut at = start + 1;
        let mut blank = false;
        let mut rest = None;
        while at < text.len() {
            let (mut shape, mut end) = piece(text, at);
            if shape == Shape::Text && (end - at < 2 || text[at..end].contains('\n')) {
                (shape, end) = (Shape::Sign, at + 1);
            }
            match shape {
                Shape::Break => break,
                Shape::Word | Shape::Number | Shape::Text | Shape::Sign => {
                    found.push(Token::new(&text[at..end], shape, blank));
                    blank = false;
                    rest.get_or_insert(end);
                }
                Shape::Blank | Shape::Splice | Shape::LineComment | Shape::BlockComment => blank = true,
            }
            at = end;
        }
        Self { tokens: found, rest: &text[rest.unwrap_or(at)..at], end: at }
    }
}

/// What follows the name of a macro with parameters.
enum Call {
    /// Something else than arguments.
    None,
    /// Arguments that are never closed.
    Open,
    /// Where they end, and what they are, brackets included.
    Closed(usize, Vec<Token>),
}

fn call(text: &str, at: usize) -> Call {
    let mut found = Vec::new();
    let mut at = at;
    let mut blank = false;
    let mut depth = 0_usize;
    while at < text.len() {
        let (shape, end) = piece(text, at);
        match shape {
            Shape::Word | Shape::Number | Shape::Text | Shape::Sign => {
                let word = &text[at..end];
                if found.is_empty() && word != "(" {
                    return Call::None;
                }
                found.push(Token::new(word, shape, std::mem::take(&mut blank)));
                match word {
                    "(" => depth += 1,
                    ")" => depth -= 1,
                    _ => {}
                }
                if depth == 0 {
                    return Call::Closed(end, found);
                }
            }
            Shape::Blank | Shape::Break | Shape::Splice | Shape::LineComment | Shape::BlockComment => blank = true,
        }
        at = end;
    }
    if found.is_empty() { Call::None } else { Call::Open }
}

/// The line of a byte, from 1.
fn line_of(text: &str, at: usize) -> usize {
    memchr::memchr_iter(b'\n', &text.as_bytes()[..at]).count() + 1
}

#[cfg(test)]
mod tests;
