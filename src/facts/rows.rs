//! Rows read from a data file, and what is wrong with those that could not be read.

use crate::diagnostic::{Code, Diagnostic, code, suggest};
use crate::program::Column;
use crate::symbol::Symbol;
use crate::value::{Kind, TypeId, TypeTable, Value, Values, Word};

/// Rows of one relation, encoded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rows {
    /// As many words a row as the relation has columns.
    pub words: Vec<Word>,
    /// The line of each row, from 1.
    pub lines: Vec<u32>,
}

/// A file of rows, and how it is read.
#[derive(Clone, Copy)]
pub struct DataFile<'a> {
    /// What is in it.
    pub bytes: &'a [u8],
    /// Its name, for messages.
    pub name: &'a str,
    /// How many threads read it if it is large and delimited. Nothing depends on it.
    pub threads: usize,
    /// Asked every few thousand rows: whether to stop there. What was read then is of no use.
    pub stop: &'a (dyn Fn() -> bool + Sync),
}

impl<'a> DataFile<'a> {
    /// A file that one thread reads to its end.
    #[must_use]
    pub fn new(bytes: &'a [u8], name: &'a str) -> Self {
        Self { bytes, name, threads: 1, stop: &|| false }
    }

    /// Whether to stop before a row, which has this number among all: asked now and then.
    pub(super) fn stops(&self, row: usize) -> bool {
        row.is_multiple_of(POLLED) && (self.stop)()
    }
}

/// Rows from one question to the next whether to stop.
const POLLED: usize = 1 << 12;

/// What a file is read into: the columns of its relation, and where their values are kept.
pub(super) struct Target<'a> {
    pub(super) file: DataFile<'a>,
    pub(super) columns: &'a [Column],
    pub(super) kinds: Vec<Kind>,
    pub(super) types: &'a TypeTable,
    pub(super) values: &'a mut Values,
    pub(super) rows: Rows,
    pub(super) errors: Errors,
}

impl<'a> Target<'a> {
    pub(super) fn new(
        file: &DataFile<'a>,
        columns: &'a [Column],
        types: &'a TypeTable,
        values: &'a mut Values,
    ) -> Self {
        let kinds = columns.iter().map(|column| types.kind(column.ty)).collect();
        Self { file: *file, columns, kinds, types, values, rows: Rows::default(), errors: Errors::new(file.name) }
    }

    pub(super) fn name(&self, symbol: Symbol) -> &str {
        self.values.symbols.get(symbol)
    }

    /// The names of all columns, for messages.
    pub(super) fn column_names(&self) -> String {
        self.columns.iter().map(|column| self.name(column.name)).collect::<Vec<_>>().join(", ")
    }

    /// `did you mean` among the columns, or what they are.
    pub(super) fn column_help(&self, wrong: &str) -> String {
        match suggest(wrong, self.columns.iter().map(|column| self.name(column.name))) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("the columns are {}", self.column_names()),
        }
    }

    /// What a type is called in messages.
    pub(super) fn wanted(&self, ty: TypeId) -> String {
        match self.types.kind(ty) {
            Kind::Number => "a number".into(),
            Kind::Unsigned => "an unsigned".into(),
            Kind::Float => "a float".into(),
            Kind::Symbol => "a symbol".into(),
            Kind::Record => format!("a record `{}`", self.types.name(ty)),
            Kind::Adt => format!("a branch of `{}`", self.types.name(ty)),
        }
    }

    /// The text of a file, without byte order mark; reported if it is none.
    pub(super) fn decode(&mut self) -> Option<&'a str> {
        let bytes = self.file.bytes;
        let errors = &mut self.errors;
        let (what, help) = match bytes {
            [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => ("the file is UTF-16 text", "save it as UTF-8"),
            [0x1f, 0x8b, ..] => ("the file is compressed (gzip)", "decompress it first"),
            _ => match std::str::from_utf8(bytes) {
                Ok(text) => {
                    let Some(offset) = text.find('\0') else {
                        return Some(text.strip_prefix('\u{feff}').unwrap_or(text));
                    };
                    let line = text[..offset].matches('\n').count() + 1;
                    let place = format!("{}:{line}", errors.file());
                    let message = format!("byte {offset} (on line {line}) is NUL, which no text holds");
                    errors.whole(code::BAD_ENCODING, message).place = Some(place);
                    return None;
                }
                Err(error) => {
                    let offset = error.valid_up_to();
                    let line = bytes[..offset].iter().filter(|&&byte| byte == b'\n').count() + 1;
                    let byte = bytes[offset];
                    let message = format!("byte {offset} (0x{byte:02x}, on line {line}) is not UTF-8");
                    let place = format!("{}:{line}", errors.file());
                    errors.whole(code::BAD_ENCODING, message).place = Some(place);
                    return None;
                }
            },
        };
        errors.whole(code::BAD_ENCODING, what).help = Some(help.into());
        None
    }

    pub(super) fn finish(self) -> (Rows, Vec<Diagnostic>) {
        (self.rows, self.errors.finish())
    }
}

/// The first errors of a file, and how many more there are.
pub(super) struct Errors {
    name: String,
    shown: Vec<Diagnostic>,
    count: usize,
}

/// More than these help nobody.
const MOST_ERRORS: usize = 20;

impl Errors {
    pub(super) fn new(name: &str) -> Self {
        Self { name: name.to_owned(), shown: Vec::new(), count: 0 }
    }

    pub(super) fn file(&self) -> &str {
        &self.name
    }

    /// Whether the next error is one to be shown; else it is counted only.
    pub(super) fn counts(&mut self) -> bool {
        self.count += 1;
        self.count <= MOST_ERRORS
    }

    pub(super) fn show(&mut self, diagnostic: Diagnostic) {
        self.shown.push(diagnostic);
    }

    /// An error about the file as a whole.
    pub(super) fn whole(&mut self, code: &'static Code, message: impl Into<String>) -> &mut Diagnostic {
        self.count += 1;
        let at = self.shown.len();
        self.shown.push(Diagnostic::new(code, message).place(&self.name));
        &mut self.shown[at]
    }

    fn finish(mut self) -> Vec<Diagnostic> {
        if let Some(more) = self.count.checked_sub(MOST_ERRORS).filter(|&more| more > 0) {
            let rows = if more == 1 { "row is" } else { "rows are" };
            let message = format!("{more} more {rows} wrong");
            self.shown.push(Diagnostic::new(code::ROW_VALUE, message).place(&self.name));
        }
        self.shown
    }
}

/// A text for a message: quoted, escaped, cut where it is long.
pub(super) fn quoted(text: &str) -> String {
    const LONGEST: usize = 60;
    match text.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}...", Value::Symbol(text[..at].to_owned()).literal()),
        None => Value::Symbol(text.to_owned()).literal(),
    }
}
