//! Macros: what they are, and what becomes of a use of one. The algorithm is the one of the C standard as Dave Prosser
//! wrote it down (X3J11/86-196): a macro's name is not expanded again in what came of it.

use std::collections::BTreeSet;
use std::rc::Rc;

use rustc_hash::FxHashMap;

use super::scan::{Shape, piece};
use crate::source::Span;

/// How deep uses of macros may stand in the arguments of others.
const NESTING: u32 = 256;

/// How many words one use of a macro may make: a macro that doubles what another doubles soon fills the memory.
pub(super) const MOST_WORDS: usize = 200_000;

/// One word or sign on its way through the expansion.
#[derive(Clone, Debug)]
pub(super) struct Token {
    pub(super) text: Rc<str>,
    pub(super) shape: Shape,
    /// Whether white space stands before it.
    pub(super) blank: bool,
    /// The macros whose expansion it came out of.
    hidden: Option<Rc<BTreeSet<Rc<str>>>>,
}

impl PartialEq for Token {
    /// Whether they are written alike.
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text && self.blank == other.blank
    }
}

impl Token {
    pub(super) fn new(text: &str, shape: Shape, blank: bool) -> Self {
        Self { text: text.into(), shape, blank, hidden: None }
    }

    fn is(&self, sign: &str) -> bool {
        &*self.text == sign
    }

    fn hides(&self, name: &str) -> bool {
        self.hidden.as_ref().is_some_and(|hidden| hidden.contains(name))
    }
}

/// The tokens of a text, comments and line breaks being blanks.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let mut found = Vec::new();
    let mut at = 0;
    let mut blank = false;
    while at < text.len() {
        let (shape, end) = piece(text, at);
        match shape {
            Shape::Word | Shape::Number | Shape::Text | Shape::Sign => {
                found.push(Token::new(&text[at..end], shape, blank));
                blank = false;
            }
            Shape::Blank | Shape::Break | Shape::Splice | Shape::LineComment | Shape::BlockComment => blank = true,
        }
        at = end;
    }
    found
}

/// Tokens as text.
pub(super) fn joined(tokens: &[Token]) -> String {
    let mut text = String::new();
    for (at, token) in tokens.iter().enumerate() {
        if at > 0 && (token.blank || clings(&text, &token.text)) {
            text.push(' ');
        }
        text.push_str(&token.text);
    }
    text
}

/// Whether a word that follows another directly would become one with it.
pub(super) fn clings(before: &str, after: &str) -> bool {
    let part = |byte: Option<&u8>| byte.is_some_and(|&byte| crate::syntax::token::continues_name(byte));
    part(before.as_bytes().last()) && part(after.as_bytes().first())
}

/// A macro.
#[derive(Clone, Debug)]
pub(super) struct Macro {
    /// None for a macro without parentheses. The last may be `__VA_ARGS__`, which takes all further arguments.
    pub(super) parameters: Option<Vec<Rc<str>>>,
    pub(super) body: Vec<Token>,
    /// Where it is defined; nowhere in the sources if on the command line.
    pub(super) place: Option<Span>,
}

/// What `...` is called in a macro's body.
pub(super) const REST: &str = "__VA_ARGS__";

/// All macros by name.
pub(super) type Table = FxHashMap<Rc<str>, Rc<Macro>>;

/// Reads `NAME body` or `NAME(a, b) body`.
///
/// # Errors
/// What is wrong with it.
pub(super) fn define(tokens: &[Token], place: Option<Span>) -> Result<(Rc<str>, Macro), String> {
    let Some(name) = tokens.first() else { return Err("`#define` wants the name of a macro".to_owned()) };
    if name.shape != Shape::Word || name.text.contains('?') {
        return Err(format!("`{}` cannot be the name of a macro", name.text));
    }
    if matches!(&*name.text, "defined" | "__FILE__" | "__LINE__" | REST) {
        return Err(format!("`{}` cannot be defined", name.text));
    }
    let Some(open) = tokens.get(1).filter(|open| open.is("(") && !open.blank) else {
        return Ok((Rc::clone(&name.text), Macro { parameters: None, body: trimmed(&tokens[1..]), place }));
    };
    let mut parameters: Vec<Rc<str>> = Vec::new();
    let mut at = 2;
    let unclosed = || format!("the parameters of `{}` are never closed", name.text);
    loop {
        let token = tokens.get(at).ok_or_else(unclosed)?;
        if token.is(")") && parameters.is_empty() {
            break;
        }
        if token.shape == Shape::Word {
            if parameters.contains(&token.text) {
                return Err(format!("the parameter `{}` of `{}` is named twice", token.text, name.text));
            }
            parameters.push(Rc::clone(&token.text));
            at += 1;
        } else if tokens.get(at..at + 3).is_some_and(|dots| dots.iter().all(|dot| dot.is("."))) {
            parameters.push(REST.into());
            at += 3;
        } else {
            return Err(format!("`{}` cannot be a parameter of `{}`", token.text, name.text));
        }
        let next = tokens.get(at).ok_or_else(unclosed)?;
        match &*next.text {
            ")" => break,
            "," if parameters.last().is_some_and(|last| &**last != REST) => at += 1,
            other => return Err(format!("`,` or `)` is wanted after a parameter of `{}`, not `{other}`", name.text)),
        }
    }
    debug_assert!(open.is("("));
    Ok((Rc::clone(&name.text), Macro { parameters: Some(parameters), body: trimmed(&tokens[at + 1..]), place }))
}

/// A body without the blank before it.
fn trimmed(tokens: &[Token]) -> Vec<Token> {
    let mut body = tokens.to_vec();
    if let Some(first) = body.first_mut() {
        first.blank = false;
    }
    body
}

/// Why a use of a macro cannot be expanded.
#[derive(Debug)]
pub(super) struct Fault {
    pub(super) message: String,
    pub(super) help: Option<String>,
    /// The macro at fault.
    pub(super) of: Option<Rc<Macro>>,
}

/// Expands uses of macros at one place of one file.
pub(super) struct Expander<'a> {
    pub(super) table: &'a Table,
    /// What `__FILE__` is.
    pub(super) file: &'a str,
    /// What `__LINE__` is.
    pub(super) line: usize,
    /// How many words may still be made.
    pub(super) words: usize,
}

impl Expander<'_> {
    /// The macro with parameters that a word names, unless it came out of that macro.
    pub(super) fn takes_arguments(&self, token: &Token) -> bool {
        token.shape == Shape::Word
            && !token.hides(&token.text)
            && self.table.get(&token.text).is_some_and(|found| found.parameters.is_some())
    }

    /// What becomes of some tokens.
    ///
    /// # Errors
    /// A use of a macro is wrong.
    pub(super) fn expand(&mut self, tokens: Vec<Token>, depth: u32) -> Result<Vec<Token>, Fault> {
        if depth > NESTING {
            let message = format!("macros are used in arguments of macros more than {NESTING} deep");
            return Err(Fault { message, help: None, of: None });
        }
        let mut out = Vec::new();
        let mut rest = tokens;
        rest.reverse();
        while let Some(token) = rest.pop() {
            self.words = self.words.checked_sub(1).ok_or_else(|| Fault {
                message: format!("one use of a macro makes more than {MOST_WORDS} words"),
                help: None,
                of: None,
            })?;
            if token.shape != Shape::Word || token.hides(&token.text) {
                out.push(token);
                continue;
            }
            match &*token.text {
                "__LINE__" => {
                    out.push(Token::new(&self.line.to_string(), Shape::Number, token.blank));
                    continue;
                }
                "__FILE__" => {
                    out.push(Token::new(&quoted(self.file), Shape::Text, token.blank));
                    continue;
                }
                _ => {}
            }
            let Some(found) = self.table.get(&token.text).cloned() else {
                out.push(token);
                continue;
            };
            let mut hidden = BTreeSet::from([Rc::clone(&token.text)]);
            let made = if found.parameters.is_none() {
                hidden.extend(token.hidden.iter().flat_map(|hidden| hidden.iter().cloned()));
                self.substituted(&found, &[], depth)?
            } else {
                if !rest.last().is_some_and(|next| next.is("(")) {
                    out.push(token);
                    continue;
                }
                let (arguments, close) = arguments(&mut rest, &token, &found)?;
                if let (Some(left), Some(right)) = (&token.hidden, &close.hidden) {
                    hidden.extend(left.intersection(right).cloned());
                }
                self.substituted(&found, &arguments, depth)?
            };
            let hidden = Rc::new(hidden);
            for (at, mut made) in made.into_iter().enumerate().rev() {
                if at == 0 {
                    made.blank = token.blank;
                }
                made.hidden = Some(match &made.hidden {
                    None => Rc::clone(&hidden),
                    Some(own) => Rc::new(own.union(&hidden).cloned().collect()),
                });
                rest.push(made);
            }
        }
        Ok(out)
    }

    /// The body with arguments in the places of parameters.
    fn substituted(&mut self, found: &Macro, arguments: &[Vec<Token>], depth: u32) -> Result<Vec<Token>, Fault> {
        let parameters = found.parameters.as_deref().unwrap_or(&[]);
        let argument = |token: &Token| {
            let at = parameters.iter().position(|parameter| *parameter == token.text)?;
            arguments.get(at)
        };
        let mut out: Vec<Token> = Vec::new();
        let body = &found.body;
        let mut paste = false;
        let mut at = 0;
        while let Some(token) = body.get(at) {
            if token.is("##") && at > 0 && at + 1 < body.len() {
                paste = true;
                at += 1;
                continue;
            }
            let pasted = paste || body.get(at + 1).is_some_and(|next| next.is("##"));
            let mut made = match argument(token) {
                Some(tokens) if pasted => tokens.clone(),
                Some(tokens) => self.expand(tokens.clone(), depth + 1)?,
                None => match body.get(at + 1).filter(|_| token.is("#")).and_then(argument) {
                    Some(tokens) => {
                        at += 1;
                        vec![Token::new(&quoted(&joined(tokens)), Shape::Text, token.blank)]
                    }
                    None => vec![token.clone()],
                },
            };
            if let Some(first) = made.first_mut() {
                first.blank = token.blank;
            }
            if std::mem::take(&mut paste)
                && !made.is_empty()
                && let Some(left) = out.pop()
            {
                let right = made.remove(0);
                let mut whole = tokens(&format!("{}{}", left.text, right.text));
                if let Some(first) = whole.first_mut() {
                    first.blank = left.blank;
                }
                out.append(&mut whole);
            }
            out.append(&mut made);
            at += 1;
        }
        Ok(out)
    }
}

/// The arguments of a use, taken off the reversed tokens, and the bracket that closed them.
fn arguments(rest: &mut Vec<Token>, name: &Token, found: &Rc<Macro>) -> Result<(Vec<Vec<Token>>, Token), Fault> {
    let parameters = found.parameters.as_deref().unwrap_or(&[]);
    let fault = |message: String, help: Option<String>| Fault { message, help, of: Some(Rc::clone(found)) };
    rest.pop();
    let mut given: Vec<Vec<Token>> = vec![Vec::new()];
    let mut depth = 0_u32;
    let mut brackets = 0_u32;
    let mut split_in_brackets = false;
    let close = loop {
        let Some(token) = rest.pop() else {
            return Err(fault(format!("the arguments of `{}` are never closed", name.text), None));
        };
        match &*token.text {
            "(" => depth += 1,
            ")" if depth == 0 => break token,
            ")" => depth -= 1,
            "[" => brackets += 1,
            "]" => brackets = brackets.saturating_sub(1),
            "," if depth == 0 => {
                let collects = parameters.last().is_some_and(|last| &**last == REST);
                if !(collects && given.len() >= parameters.len()) {
                    split_in_brackets |= brackets > 0;
                    given.push(Vec::new());
                    continue;
                }
            }
            _ => {}
        }
        if let Some(last) = given.last_mut() {
            last.push(token);
        }
    };
    for argument in &mut given {
        if let Some(first) = argument.first_mut() {
            first.blank = false;
        }
    }
    let wanted = parameters.len();
    if wanted == 0 && given.len() == 1 && given[0].is_empty() {
        given.clear();
    }
    let collects = parameters.last().is_some_and(|last| &**last == REST);
    if collects && given.len() + 1 == wanted {
        given.push(Vec::new());
    }
    if given.len() == wanted {
        return Ok((given, close));
    }
    let plural = |count: usize| if count == 1 { "argument" } else { "arguments" };
    let least = if collects { "at least " } else { "" };
    let wanted = if collects { wanted - 1 } else { wanted };
    let message = format!(
        "the macro `{}` takes {least}{wanted} {}, and {} {} given",
        name.text,
        plural(wanted),
        given.len(),
        if given.len() == 1 { "is" } else { "are" }
    );
    let help = split_in_brackets
        .then(|| "commas in `[...]` separate arguments too: parentheses around the argument keep it whole".to_owned());
    Err(fault(message, help))
}

/// A text as a string of the language.
pub(super) fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for character in text.chars() {
        if matches!(character, '"' | '\\') {
            out.push('\\');
        }
        out.push(character);
    }
    out.push('"');
    out
}
