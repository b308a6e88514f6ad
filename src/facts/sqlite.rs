//! Rows from a SQLite database: the table or view that is named after the relation, as `.output` with `IO=sqlite` and
//! other programs write them.

use rusqlite::types::ValueRef;
use rusqlite::{Connection, MAIN_DB, OptionalExtension};

use super::delimited::nested_value;
use super::rows::{DataFile, Rows, Target, quoted};
use super::scalar::{self, Fault};
use crate::diagnostic::{Diagnostic, code, suggest};
use crate::program::Column;
use crate::value::{Float, Kind, TypeTable, Value, Values, Word};

/// Reads the rows of `relation` from a database.
///
/// Columns go by name where the table has the names of all attributes, else by position. A line of [`Rows`] is the
/// number of a row, from 1. Rows that are wrong are reported by that number and left out.
#[must_use]
pub fn read(
    file: &DataFile<'_>,
    relation: &str,
    columns: &[Column],
    types: &TypeTable,
    values: &mut Values,
) -> (Rows, Vec<Diagnostic>) {
    let mut target = Target::new(file, columns, types, values);
    if let Err(error) = read_into(relation, &mut target) {
        match error {
            Failed::Database(error) => {
                target.errors.whole(code::FILE_READ, format!("the file is no database of SQLite: {error}"));
            }
            Failed::Shape(message, help) => target.errors.whole(code::ROW_SHAPE, message).help = help,
        }
    }
    target.finish()
}

enum Failed {
    Database(rusqlite::Error),
    Shape(String, Option<String>),
}

impl From<rusqlite::Error> for Failed {
    fn from(error: rusqlite::Error) -> Self {
        Self::Database(error)
    }
}

/// A database in memory with the contents of a file.
///
/// # Errors
/// As SQLite's.
pub(crate) fn open(bytes: &[u8], read_only: bool) -> Result<Connection, rusqlite::Error> {
    let mut database = Connection::open_in_memory()?;
    let mut bytes = std::borrow::Cow::Borrowed(bytes);
    // A database with a write-ahead log says so, and has none in memory.
    if bytes.get(18..20) == Some(&[2, 2]) {
        bytes.to_mut()[18..20].fill(1);
    }
    database.deserialize_read_exact(MAIN_DB, &*bytes, bytes.len(), read_only)?;
    Ok(database)
}

fn read_into(relation: &str, target: &mut Target<'_>) -> Result<(), Failed> {
    let database = open(target.file.bytes, true)?;
    let known = "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name = ?1";
    let table: Option<String> = database.query_row(known, [relation], |row| row.get(0)).optional()?;
    let Some(table) = table else { return Err(unknown(&database, relation)?) };
    let mut query = database.prepare(&format!("SELECT * FROM {}", identifier(&table)))?;
    let titles: Vec<String> = query.column_names().map(str::to_owned).collect();
    let arity = target.columns.len();
    let named: Option<Vec<usize>> =
        target.columns.iter().map(|column| titles.iter().position(|title| title == target.name(column.name))).collect();
    let from: Vec<usize> = match named {
        Some(named) => named,
        None if titles.len() == arity => (0..arity).collect(),
        None => {
            let message =
                format!("`{table}` has the columns {}, and {} are wanted", titles.join(", "), target.column_names());
            return Err(Failed::Shape(message, None));
        }
    };
    let mut rows = query.query([])?;
    let mut number = 0_u32;
    while let Some(row) = rows.next()? {
        if target.file.stops(number as usize) {
            break;
        }
        number = number.saturating_add(1);
        if arity == 0 {
            // Any row at all makes it true.
            target.rows.lines.push(number);
            return Ok(());
        }
        let start = target.rows.words.len();
        let mut wrong = None;
        for (column, &at) in from.iter().enumerate() {
            match word(target, column, row.get_ref(at)?) {
                Ok(word) => target.rows.words.push(word),
                Err(reason) => {
                    wrong = Some((column, reason));
                    break;
                }
            }
        }
        match wrong {
            None => target.rows.lines.push(number),
            Some((column, (found, reason))) => {
                target.rows.words.truncate(start);
                if target.errors.counts() {
                    let column = target.columns[column];
                    let message = format!("column `{}`: {found} {reason}", target.name(column.name));
                    let place = format!("{}: row {number} of {table}", target.errors.file());
                    target.errors.show(Diagnostic::new(code::ROW_VALUE, message).place(place));
                }
            }
        }
    }
    Ok(())
}

/// That there is no such table, with those that there are.
fn unknown(database: &Connection, relation: &str) -> Result<Failed, rusqlite::Error> {
    let mut query = database.prepare("SELECT name FROM sqlite_master WHERE type IN ('table', 'view') ORDER BY name")?;
    let names: Vec<String> = query.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    let help = match suggest(relation, names.iter().map(String::as_str)) {
        Some(near) => Some(format!("did you mean `{near}`?")),
        None if names.is_empty() => None,
        None => Some(format!("it has {}", names.join(", "))),
    };
    Ok(Failed::Shape(format!("the database has no table or view `{relation}`"), help))
}

/// A name as SQL quotes it.
fn identifier(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// The word of a value, or what it is and why it is none of its column's type.
fn word(target: &mut Target<'_>, column: usize, value: ValueRef<'_>) -> Result<Word, (String, String)> {
    let ty = target.columns[column].ty;
    let kind = target.kinds[column];
    let values = &mut *target.values;
    let shown = |value: ValueRef<'_>| match value {
        ValueRef::Null => "NULL".to_owned(),
        ValueRef::Integer(value) => value.to_string(),
        ValueRef::Real(value) => Float::new(value).to_string(),
        ValueRef::Text(text) => quoted(&String::from_utf8_lossy(text)),
        ValueRef::Blob(bytes) => format!("a blob of {} bytes", bytes.len()),
    };
    let wrong = |reason: String| Err((shown(value), reason));
    let refused = |fault: Fault| (shown(value), super::delimited::refusal(kind, fault).to_owned());
    let none = |kind: Kind| super::delimited::refusal(kind, Fault::Shape).to_owned();
    match (kind, value) {
        (_, ValueRef::Null | ValueRef::Blob(_)) => wrong("is no value of any type".to_owned()),
        (Kind::Number, ValueRef::Integer(value)) => Ok(values.number(value)),
        (Kind::Number, ValueRef::Text(text)) => scalar::number(text).map(|value| values.number(value)).map_err(refused),
        (Kind::Unsigned, ValueRef::Integer(number)) => match u64::try_from(number) {
            Ok(number) => Ok(values.unsigned(number)),
            Err(_) => wrong(none(kind)),
        },
        (Kind::Unsigned, ValueRef::Text(text)) => {
            scalar::unsigned(text).map(|value| values.unsigned(value)).map_err(refused)
        }
        // Whole numbers as SQLite keeps them where a column wants no type; those past 2^53 lose digits as in any float.
        #[allow(clippy::cast_precision_loss)]
        (Kind::Float, ValueRef::Integer(value)) => Ok(values.float(value as f64)),
        (Kind::Float, ValueRef::Real(value)) => Ok(values.float(value)),
        (Kind::Float, ValueRef::Text(text)) => scalar::float(text).map(|value| values.float(value)).map_err(refused),
        (Kind::Number | Kind::Unsigned, ValueRef::Real(_)) => wrong(none(kind)),
        (Kind::Symbol, ValueRef::Integer(value)) => Ok(values.symbol(&value.to_string())),
        (Kind::Symbol, ValueRef::Real(value)) => Ok(values.symbol(&Value::Float(Float::new(value)).to_string())),
        (Kind::Symbol | Kind::Record | Kind::Adt, ValueRef::Text(text)) => {
            let Ok(text) = std::str::from_utf8(text) else { return wrong("is not UTF-8".to_owned()) };
            if text.contains('\0') {
                return wrong("holds NUL, which no symbol does".to_owned());
            }
            match kind {
                Kind::Symbol => Ok(values.symbol(text)),
                _ => nested_value(text, ty, target.types, values)
                    .or_else(|reason| wrong(format!("is not one: {reason}"))),
            }
        }
        (Kind::Record | Kind::Adt, ValueRef::Integer(_) | ValueRef::Real(_)) => {
            wrong(format!("is no text of a `{}`", target.types.name(ty)))
        }
    }
}

#[cfg(test)]
mod tests;
