//! The cursor: the current token, what may be done with it, how faults are reported, and where to go on after one.

use crate::diagnostic::{Code, Diagnostic, code};
use crate::source::{SourceId, Span};
use crate::symbol::Interner;
use crate::syntax::ast::{Name, Path, Term};
use crate::syntax::lexer::{Lexer, name_begins_at};
use crate::syntax::token::{Dotted, Kind, Token, Word, continues_name};

/// How deep brackets, unary signs, operators, aggregates and components may nest. Every later stage walks the tree
/// recursively and relies on it.
pub(super) const NESTING: u32 = 256;

/// After so many errors the rest of the text is not worth reading.
const ERRORS: usize = 100;

/// Says that a diagnostic was reported and the construct at hand cannot be read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Failed;

pub(super) type Parsed<T> = Result<T, Failed>;

/// The state of parsing one text.
pub(super) struct Parser<'t, 's> {
    source: SourceId,
    text: &'t str,
    lexer: Lexer<'t>,
    pub(super) symbols: &'s mut Interner,
    /// The token to be read next.
    pub(super) token: Token,
    /// Where the last token read ended.
    pub(super) previous_end: u32,
    diagnostics: Vec<Diagnostic>,
    errors: usize,
    /// Whether an error was met at the end of the text; it is reported once.
    ended_early: bool,
    /// How many of the errors are that one.
    end_errors: usize,
    depth: u32,
    /// The height of the term or formula read last.
    pub(super) height: u32,
    /// Arguments being collected; each list leaves as one allocation of its exact size.
    pub(super) terms: Vec<Term>,
}

impl<'t, 's> Parser<'t, 's> {
    pub(super) fn new(source: SourceId, text: &'t str, symbols: &'s mut Interner) -> Self {
        // Spans count bytes in 32 bits.
        let too_long = u32::try_from(text.len()).is_err();
        let text = if too_long { "" } else { text };
        let mut lexer = Lexer::new(source, text);
        let token = lexer.next();
        let mut parser = Self {
            source,
            text,
            lexer,
            symbols,
            token,
            previous_end: 0,
            diagnostics: Vec::new(),
            errors: 0,
            ended_early: false,
            end_errors: 0,
            depth: 0,
            height: 0,
            terms: Vec::new(),
        };
        if too_long {
            parser.report(Diagnostic::new(code::LIMIT, "the text is longer than 4 GiB"));
        }
        parser
    }

    /// The diagnostics in the order of the text, and whether more text could make it whole.
    pub(super) fn finish(mut self) -> (Vec<Diagnostic>, bool) {
        while self.token.kind != Kind::End && self.errors < ERRORS {
            self.bump();
        }
        let unterminated = usize::from(self.lexer.unterminated);
        self.errors += self.lexer.diagnostics.iter().filter(|diagnostic| diagnostic.is_error()).count();
        let ended = self.ended_early || self.lexer.unterminated || self.dangling_doc();
        let incomplete = ended && self.errors == self.end_errors + unterminated;
        let mut diagnostics = self.lexer.diagnostics;
        diagnostics.append(&mut self.diagnostics);
        diagnostics.sort_by_key(|diagnostic| diagnostic.labels.first().map_or(0, |label| label.span.start));
        (diagnostics, incomplete)
    }

    /// Whether the text ends with a documentation comment that nothing follows.
    fn dangling_doc(&self) -> bool {
        self.lexer.docs.last().is_some_and(|doc| doc.start >= self.previous_end as usize)
    }

    // Tokens

    pub(super) fn bump(&mut self) {
        self.previous_end = self.token.end;
        self.token = self.lexer.next();
    }

    pub(super) fn at(&self, kind: Kind) -> bool {
        self.token.kind == kind
    }

    pub(super) fn eat(&mut self, kind: Kind) -> bool {
        let here = self.at(kind);
        if here {
            self.bump();
        }
        here
    }

    pub(super) fn expect(&mut self, kind: Kind, expected: &str) -> Parsed<()> {
        if self.eat(kind) { Ok(()) } else { Err(self.unexpected(expected)) }
    }

    /// Reads the bracket that closes the one at `open`.
    pub(super) fn close(&mut self, kind: Kind, open: Token, expected: &str) -> Parsed<()> {
        if self.eat(kind) {
            return Ok(());
        }
        if self.at(Kind::End) {
            let bracket = self.text_of(open);
            let diagnostic = Diagnostic::at(
                code::UNTERMINATED,
                format!("the bracket `{bracket}` is never closed"),
                self.span_of(open),
                "opened here",
            );
            return Err(self.ended(diagnostic));
        }
        Err(self.unexpected(expected))
    }

    pub(super) fn text_of(&self, token: Token) -> &'t str {
        self.text.get(token.range()).unwrap_or("")
    }

    /// The byte at an offset; 0 past the end.
    pub(super) fn byte(&self, at: u32) -> u8 {
        self.text.as_bytes().get(at as usize).copied().unwrap_or(0)
    }

    /// The documentation comments since the last token.
    pub(super) fn take_docs(&mut self, docs: &mut Vec<std::ops::Range<usize>>) {
        let end = self.previous_end as usize;
        docs.extend(self.lexer.docs.drain(..).filter(|doc| doc.start >= end));
    }

    pub(super) fn has_docs(&self) -> bool {
        !self.lexer.docs.is_empty()
    }

    pub(super) fn text(&self) -> &'t str {
        self.text
    }

    // Places

    /// Where the current token starts.
    pub(super) fn here(&self) -> u32 {
        self.token.start
    }

    pub(super) fn span_of(&self, token: Token) -> Span {
        Span { source: self.source, start: token.start, end: token.end }
    }

    /// From `start` to the last token read.
    pub(super) fn span_from(&self, start: u32) -> Span {
        Span { source: self.source, start, end: self.previous_end.max(start) }
    }

    /// Whether a line break stands between the last token and the current one.
    pub(super) fn on_new_line(&self) -> bool {
        self.text.get(self.previous_end as usize..self.token.start as usize).is_some_and(|gap| gap.contains('\n'))
    }

    /// How far a place is from the start of its line, in bytes.
    pub(super) fn indentation(&self, at: u32) -> usize {
        let before = self.text.get(..at as usize).unwrap_or("");
        before.len() - before.rfind('\n').map_or(0, |line| line + 1)
    }

    // Names

    /// An identifier as a name; a reserved word is reported and taken as one.
    pub(super) fn name(&mut self, expected: &str) -> Parsed<Name> {
        match self.token.kind {
            Kind::Identifier => {}
            Kind::Reserved(_) => {
                let word = self.text_of(self.token);
                let diagnostic = Diagnostic::at(
                    code::RESERVED_WORD,
                    format!("`{word}` is a word of the language and cannot be {expected}"),
                    self.span_of(self.token),
                    "reserved word",
                );
                self.report(diagnostic.help(format!("another name would do, such as `{word}_`")));
            }
            _ => return Err(self.unexpected(expected)),
        }
        let name = Name { symbol: self.symbols.intern(self.text_of(self.token)), span: self.span_of(self.token) };
        self.bump();
        Ok(name)
    }

    /// An identifier, or several joined by full stops without blanks.
    pub(super) fn path(&mut self, expected: &str) -> Parsed<Path> {
        let start = self.token.start;
        let first = self.name(expected)?;
        if !self.at_path_dot() {
            return Ok(first);
        }
        while self.at_path_dot() {
            self.bump();
            self.name("the name after the `.`")?;
        }
        let span = self.span_from(start);
        let symbol = self.symbols.intern(self.text.get(span.range()).unwrap_or(""));
        Ok(Name { symbol, span })
    }

    /// Whether the current full stop joins two names instead of ending an item.
    fn at_path_dot(&self) -> bool {
        self.at(Kind::Dot)
            && self.token.start == self.previous_end
            && name_begins_at(self.text, self.token.end as usize)
    }

    // Nesting

    /// Reads something one level deeper.
    pub(super) fn nested<T>(&mut self, read: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        if self.depth >= NESTING {
            return Err(self.too_deep(self.span_of(self.token)));
        }
        self.depth += 1;
        let result = read(self);
        self.depth -= 1;
        result
    }

    /// Notes that what was just read is one higher than its highest part.
    pub(super) fn raise(&mut self, highest: u32, span: Span) -> Parsed<()> {
        self.height = highest + 1;
        if self.height > NESTING { Err(self.too_deep(span)) } else { Ok(()) }
    }

    fn too_deep(&mut self, span: Span) -> Failed {
        let diagnostic = Diagnostic::at(code::NESTING, format!("nested deeper than {NESTING} levels"), span, "");
        self.fail(diagnostic.help("split the expression with variables, or the rule with a relation in between"))
    }

    // Faults

    pub(super) fn report(&mut self, diagnostic: Diagnostic) {
        self.errors += usize::from(diagnostic.is_error());
        if self.errors == ERRORS {
            self.diagnostics.push(diagnostic.note("further errors are not shown"));
        } else if self.errors < ERRORS {
            self.diagnostics.push(diagnostic);
        }
    }

    pub(super) fn fail(&mut self, diagnostic: Diagnostic) -> Failed {
        self.report(diagnostic);
        Failed
    }

    /// Reports a slip whose meaning is plain; parsing goes on as if it had been written well.
    pub(super) fn slip(&mut self, message: &str, span: Span, help: &str) {
        self.report(Diagnostic::at(code::UNEXPECTED_TOKEN, message, span, "").help(help));
    }

    /// Reports a fault at the end of the text, once, and not at all where an open string or comment caused it.
    fn ended(&mut self, diagnostic: Diagnostic) -> Failed {
        if !self.ended_early && !self.lexer.unterminated {
            self.end_errors += 1;
            self.report(diagnostic);
        }
        self.ended_early = true;
        Failed
    }

    /// The current token cannot stand here.
    pub(super) fn unexpected(&mut self, expected: &str) -> Failed {
        self.unexpected_with(expected, None)
    }

    /// The current token cannot stand here, and a way on is known.
    pub(super) fn unexpected_with(&mut self, expected: &str, help: Option<&str>) -> Failed {
        let found = self.described(self.token);
        let diagnostic = |code: &'static Code, span| {
            Diagnostic::at(code, format!("expected {expected}, found {found}"), span, format!("expected {expected}"))
        };
        if self.at(Kind::End) {
            let span = Span { source: self.source, start: self.previous_end, end: self.previous_end };
            let diagnostic = diagnostic(code::UNEXPECTED_TOKEN, span).maybe_help(help.map(str::to_owned));
            return self.ended(diagnostic);
        }
        let mut diagnostic = diagnostic(code::UNEXPECTED_TOKEN, self.span_of(self.token));
        let help = help.map(str::to_owned).or_else(|| self.hint());
        if help.is_none()
            && let Some(long) = self.long_string_before()
        {
            diagnostic = diagnostic.label(long, "this string spans lines: is its closing quote missing?");
        }
        self.fail(diagnostic.maybe_help(help))
    }

    /// The way on from tokens that people bring from other languages.
    fn hint(&self) -> Option<String> {
        let word = self.text_of(self.token);
        let text = match self.token.kind {
            Kind::DoubleEqual => "equality is written `=`",
            Kind::ColonEqual => "a rule is written with `:-`, equality with `=`",
            Kind::DoubleAnd => "the parts of a body are joined by `,`",
            Kind::DoublePipe => "alternatives are joined by `;`",
            Kind::Tilde => "negation is written `!`",
            Kind::Star if self.byte(self.previous_end.wrapping_sub(1)) == b'*' => "power is written `^`",
            Kind::Greater if self.byte(self.previous_end.wrapping_sub(1)) == b'<' => "inequality is written `!=`",
            Kind::Less if self.byte(self.previous_end.wrapping_sub(1)) == b'=' => "less or equal is written `<=`",
            Kind::Greater if self.byte(self.previous_end.wrapping_sub(1)) == b'=' => {
                "greater or equal is written `>=`, a rule with `:-`"
            }
            Kind::Dot
                if self.byte(self.previous_end.wrapping_sub(1)).is_ascii_digit()
                    && self.previous_end == self.token.start
                    && matches!(self.byte(self.token.end), b')' | b']' | b'}' | b',')
                    || self.byte(self.token.end).is_ascii_digit() =>
            {
                "a float has digits on both sides of its point"
            }
            Kind::Dotted(Dotted::Plan) => "`.plan` stands after the full stop of its rule",
            Kind::Identifier if self.byte(self.previous_end.wrapping_sub(1)) == b'\'' => {
                "strings stand in double quotes"
            }
            Kind::Identifier if word == "?" => "in a file a goal is written `?- body.`",
            Kind::Reserved(Word::Qualifier) if self.byte(self.previous_end.wrapping_sub(1)) == b'.' => {
                "white space must follow the word of a directive"
            }
            _ => return None,
        };
        Some(text.to_owned())
    }

    /// The first line of the string just read, if it has several.
    fn long_string_before(&self) -> Option<Span> {
        let end = self.previous_end as usize;
        let before = self.text.get(..end)?.strip_suffix('"')?;
        let start = before.rfind('"')?;
        let line = self.text[start..end].find('\n')?;
        Some(Span::new(self.source, start, start + line))
    }

    /// A token as messages name it.
    pub(super) fn described(&self, token: Token) -> String {
        const LONGEST: usize = 24;
        let text = self.text_of(token);
        match token.kind {
            Kind::End => "the end of the text".to_owned(),
            Kind::String | Kind::SingleQuoted => {
                let line = text.lines().next().unwrap_or(text);
                match line.char_indices().nth(LONGEST) {
                    Some((at, _)) => format!("the string {}...", &line[..at]),
                    None if line.len() < text.len() => format!("the string {line}..."),
                    None => format!("the string {line}"),
                }
            }
            _ => format!("`{text}`"),
        }
    }

    // Recovery

    /// Skips to where the next item can begin: behind a full stop that ends an item, or at a token that begins one.
    /// `column` is where the faulty item stood; a name that begins a line no further in begins an item too, unless the
    /// item was one that only a full stop ends.
    pub(super) fn recover(&mut self, in_component: bool, column: Option<usize>) {
        let mut braces = 0_u32;
        let start = self.here();
        loop {
            match self.token.kind {
                Kind::End | Kind::Ask | Kind::AnnotationOpen => return,
                Kind::Dotted(word) if word != Dotted::Plan => return,
                // Someone's directive, misspelt.
                Kind::Dot if self.here() > start && self.on_new_line() && self.name_follows_dot() => return,
                Kind::Dot => {
                    // What closes a bracket ends no item: the full stop belongs to what cannot be read.
                    let ends =
                        !self.name_follows_dot() && !matches!(self.byte(self.token.end), b')' | b']' | b'}' | b',');
                    self.bump();
                    if ends {
                        return;
                    }
                    continue;
                }
                // A goal as it is asked at the prompt.
                Kind::Identifier if self.text_of(self.token) == "?" => {
                    self.bump();
                    return;
                }
                Kind::LeftBrace => braces += 1,
                Kind::RightBrace if braces == 0 && in_component => return,
                Kind::RightBrace => braces = braces.saturating_sub(1),
                Kind::Identifier
                    if column
                        .is_some_and(|column| self.on_new_line() && self.indentation(self.token.start) <= column) =>
                {
                    return;
                }
                _ => {}
            }
            self.bump();
        }
    }

    fn name_follows_dot(&self) -> bool {
        continues_name(self.byte(self.token.end))
    }

    /// Whether so much is wrong that reading on helps nobody.
    pub(super) fn hopeless(&self) -> bool {
        self.errors >= ERRORS
    }
}
