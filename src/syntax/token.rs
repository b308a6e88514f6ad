//! The tokens of the language. Words and signs are told apart by the generated automaton; whatever ends at a place that
//! only its own content decides (strings, comments, directives) the lexer finishes by hand.

use logos::Logos;

/// One token: its kind and the bytes it covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) kind: Kind,
    pub(crate) start: u32,
    pub(crate) end: u32,
}

impl Token {
    /// The bytes as indexes into the text.
    pub(crate) fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// What a token is. A NUL byte counts as white space: it is reported once for the whole text.
#[derive(Logos, Clone, Copy, Debug, PartialEq, Eq)]
#[logos(skip r"[ \t\r\n\x0B\x0C\x00]+")]
pub(crate) enum Kind {
    #[regex(r"[_?A-Za-z][_?A-Za-z0-9]*", priority = 1)]
    Identifier,
    #[token("_")]
    Underscore,
    #[token("count", |_| Word::Count)]
    #[token("sum", |_| Word::Sum)]
    #[token("min", |_| Word::Min)]
    #[token("max", |_| Word::Max)]
    #[token("mean", |_| Word::Mean)]
    #[token("cat", |_| Word::Cat)]
    #[token("ord", |_| Word::Ord)]
    #[token("range", |_| Word::Range)]
    #[token("strlen", |_| Word::Strlen)]
    #[token("substr", |_| Word::Substr)]
    #[token("to_number", |_| Word::ToNumber)]
    #[token("to_unsigned", |_| Word::ToUnsigned)]
    #[token("to_float", |_| Word::ToFloat)]
    #[token("to_string", |_| Word::ToString)]
    #[token("match", |_| Word::Match)]
    #[token("contains", |_| Word::Contains)]
    #[token("as", |_| Word::As)]
    #[token("nil", |_| Word::Nil)]
    #[token("true", |_| Word::True)]
    #[token("false", |_| Word::False)]
    #[token("autoinc", |_| Word::Autoinc)]
    #[token("band", |_| Word::Band)]
    #[token("bor", |_| Word::Bor)]
    #[token("bxor", |_| Word::Bxor)]
    #[token("bnot", |_| Word::Bnot)]
    #[token("bshl", |_| Word::Bshl)]
    #[token("bshr", |_| Word::Bshr)]
    #[token("bshru", |_| Word::Bshru)]
    #[token("land", |_| Word::Land)]
    #[token("lor", |_| Word::Lor)]
    #[token("lxor", |_| Word::Lxor)]
    #[token("lnot", |_| Word::Lnot)]
    #[token("stateful", |_| Word::Stateful)]
    #[token("input", |_| Word::Qualifier)]
    #[token("output", |_| Word::Qualifier)]
    #[token("printsize", |_| Word::Qualifier)]
    #[token("overridable", |_| Word::Qualifier)]
    #[token("eqrel", |_| Word::Qualifier)]
    #[token("inline", |_| Word::Qualifier)]
    #[token("no_inline", |_| Word::Qualifier)]
    #[token("magic", |_| Word::Qualifier)]
    #[token("no_magic", |_| Word::Qualifier)]
    #[token("brie", |_| Word::Qualifier)]
    #[token("btree", |_| Word::Qualifier)]
    #[token("btree_delete", |_| Word::Qualifier)]
    Reserved(Word),
    /// `.decl`, `.type` ...: made by the lexer from a full stop and the word after it.
    Dotted(Dotted),
    #[token("choice-domain")]
    ChoiceDomain,

    /// An integer in any base, or what looks like one; its value is read where it is used.
    #[regex(r"[0-9][0-9A-Za-z_?]*")]
    Number,
    #[regex(r"[0-9]+\.[0-9][0-9A-Za-z_?]*")]
    Float,
    #[regex(r"[0-9]+\.[0-9]+\.[0-9]+\.[0-9]+")]
    Address,
    /// Quotes included; without the second one where the text ended first.
    #[token("\"")]
    String,
    /// `'text'`: a slip for a string.
    #[token("'")]
    SingleQuoted,

    #[token("(")]
    LeftParen,
    #[token(")")]
    RightParen,
    #[token("[")]
    LeftBracket,
    #[token("]")]
    RightBracket,
    #[token("{")]
    LeftBrace,
    #[token("}")]
    RightBrace,
    #[token(",")]
    Comma,
    #[token(";")]
    Semicolon,
    #[token(".")]
    Dot,
    #[token(":")]
    Colon,
    #[token(":-")]
    If,
    #[token("?-")]
    Ask,
    #[token("|")]
    Pipe,
    #[token("$")]
    Dollar,
    #[token("@")]
    At,
    #[token("@[")]
    #[token("@![")]
    AnnotationOpen,
    #[token("!")]
    Not,
    #[token("=")]
    Equal,
    #[token("!=")]
    NotEqual,
    #[token("<")]
    Less,
    #[token("<=")]
    LessEqual,
    #[token(">")]
    Greater,
    #[token(">=")]
    GreaterEqual,
    #[token("<:")]
    Subtype,
    #[token("->")]
    MapsTo,
    #[token("+")]
    Plus,
    #[token("-")]
    Minus,
    #[token("*")]
    Star,
    #[token("/")]
    Slash,
    #[token("%")]
    Percent,
    #[token("^")]
    Caret,

    // Signs of other languages, known so that the slip can be named.
    #[token("==")]
    DoubleEqual,
    #[token(":=")]
    ColonEqual,
    #[token("&&")]
    DoubleAnd,
    #[token("||")]
    DoublePipe,
    #[token("~")]
    Tilde,

    // Never leave the lexer.
    #[token("//")]
    LineComment,
    #[token("/*")]
    BlockComment,
    /// The end of the text.
    End,
}

/// A reserved word. Qualifiers need no kinds of their own: the tree keeps them as written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Word {
    Count,
    Sum,
    Min,
    Max,
    Mean,
    Cat,
    Ord,
    Range,
    Strlen,
    Substr,
    ToNumber,
    ToUnsigned,
    ToFloat,
    ToString,
    Match,
    Contains,
    As,
    Nil,
    True,
    False,
    Autoinc,
    Band,
    Bor,
    Bxor,
    Bnot,
    Bshl,
    Bshr,
    Bshru,
    Land,
    Lor,
    Lxor,
    Lnot,
    Stateful,
    Qualifier,
}

/// A directive's word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dotted {
    Comp,
    Decl,
    Functor,
    Include,
    Init,
    Input,
    Lattice,
    Limitsize,
    NumberType,
    Once,
    Output,
    Override,
    Plan,
    Pragma,
    Printsize,
    SymbolType,
    Type,
}

impl Dotted {
    /// The words of directives that may be meant by a misspelt one.
    pub(crate) const WORDS: [&str; 15] = [
        "comp",
        "decl",
        "functor",
        "include",
        "init",
        "input",
        "lattice",
        "limitsize",
        "once",
        "output",
        "override",
        "plan",
        "pragma",
        "printsize",
        "type",
    ];

    /// The directive of a word, the full stop not included.
    pub(crate) fn of(word: &str) -> Option<Self> {
        Some(match word {
            "comp" => Self::Comp,
            "decl" => Self::Decl,
            "functor" => Self::Functor,
            "include" => Self::Include,
            "init" => Self::Init,
            "input" => Self::Input,
            "lattice" => Self::Lattice,
            "limitsize" => Self::Limitsize,
            "number_type" => Self::NumberType,
            "once" => Self::Once,
            "output" => Self::Output,
            "override" => Self::Override,
            "plan" => Self::Plan,
            "pragma" => Self::Pragma,
            "printsize" => Self::Printsize,
            "symbol_type" => Self::SymbolType,
            "type" => Self::Type,
            _ => return None,
        })
    }

    /// Whether white space must follow the word; `.include"file"` and `.once` stand on their own.
    pub(crate) fn needs_space(self) -> bool {
        !matches!(self, Self::Include | Self::Once)
    }
}

/// Whether a byte can begin an identifier.
pub(crate) fn begins_name(byte: u8) -> bool {
    byte == b'_' || byte == b'?' || byte.is_ascii_alphabetic()
}

/// Whether a byte can stand within an identifier.
pub(crate) fn continues_name(byte: u8) -> bool {
    begins_name(byte) || byte.is_ascii_digit()
}
