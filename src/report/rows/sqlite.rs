//! Relations as tables of a SQLite database, laid out as Soufflé does: symbols once in `__SymbolTable`, the rows of `A`
//! as a table `_A`, and a view `A` that shows them under the names of their columns. `facts::sqlite` reads the view.

use rusqlite::types::Value as Sql;
use rusqlite::{Connection, MAIN_DB, Statement, Transaction, params_from_iter};
use rustc_hash::FxHashMap;

use super::Table;
use crate::facts;
use crate::value::{Kind, Value};

/// Where symbols are kept.
const SYMBOLS: &str = "__SymbolTable";

/// The bytes of a database with some relations. With `existing`, everything else in that database stays as it is.
///
/// Numbers are integers; unsigned numbers past 2^63 and floats that SQL lacks are texts; records and branches are texts
/// as fact files have them. A relation without columns is a table of one column, with one row where it holds.
///
/// # Errors
/// What SQLite says, such as that the existing bytes are no database, or that the name of a relation is that of another
/// table there.
pub fn database(existing: Option<&[u8]>, relations: &[(&str, Table<'_>)]) -> Result<Vec<u8>, String> {
    let made = || -> Result<Vec<u8>, rusqlite::Error> {
        let mut database = match existing.filter(|bytes| !bytes.is_empty()) {
            Some(bytes) => facts::sqlite::open(bytes, false)?,
            None => Connection::open_in_memory()?,
        };
        let change = database.transaction()?;
        change.execute_batch(&format!(
            "CREATE TABLE IF NOT EXISTS \"{SYMBOLS}\" (id INTEGER PRIMARY KEY, symbol TEXT UNIQUE);"
        ))?;
        let mut symbols = Symbols::new(&change)?;
        for (name, table) in relations {
            write(&change, name, *table, &mut symbols)?;
        }
        drop(symbols);
        change.commit()?;
        database.serialize(MAIN_DB).map(|bytes| bytes.to_vec())
    };
    made().map_err(|error| error.to_string())
}

/// The ids of texts in the table of symbols.
struct Symbols<'c> {
    known: FxHashMap<String, i64>,
    insert: Statement<'c>,
    select: Statement<'c>,
}

impl<'c> Symbols<'c> {
    fn new(change: &'c Transaction<'_>) -> Result<Self, rusqlite::Error> {
        Ok(Self {
            known: FxHashMap::default(),
            insert: change.prepare(&format!("INSERT OR IGNORE INTO \"{SYMBOLS}\" (symbol) VALUES (?1)"))?,
            select: change.prepare(&format!("SELECT id FROM \"{SYMBOLS}\" WHERE symbol = ?1"))?,
        })
    }

    fn id(&mut self, text: &str) -> Result<i64, rusqlite::Error> {
        if let Some(&id) = self.known.get(text) {
            return Ok(id);
        }
        self.insert.execute([text])?;
        let id = self.select.query_row([text], |row| row.get(0))?;
        self.known.insert(text.to_owned(), id);
        Ok(id)
    }
}

fn write(change: &Transaction<'_>, name: &str, table: Table<'_>, symbols: &mut Symbols) -> Result<(), rusqlite::Error> {
    let view = identifier(name);
    let rows = identifier(&format!("_{name}"));
    let nullary = [("()".to_owned(), Kind::Number)];
    let columns = if table.columns.is_empty() { &nullary } else { table.columns };
    let kinds: Vec<Kind> = columns.iter().map(|(_, kind)| *kind).collect();
    // A declared type would make SQLite turn large unsigned numbers into floats, and floats without a fraction into integers.
    let declared: Vec<String> = kinds
        .iter()
        .enumerate()
        .map(|(at, kind)| match kind {
            Kind::Number | Kind::Symbol | Kind::Record | Kind::Adt => format!("\"{at}\" INTEGER"),
            Kind::Unsigned | Kind::Float => format!("\"{at}\""),
        })
        .collect();
    change.execute_batch(&format!(
        "DROP VIEW IF EXISTS {view}; DROP TABLE IF EXISTS {rows}; CREATE TABLE {rows} ({});",
        declared.join(", ")
    ))?;
    let mut shown = Vec::new();
    let mut joins = String::new();
    for (at, ((title, _), kind)) in columns.iter().zip(&kinds).enumerate() {
        let title = identifier(title);
        match kind {
            Kind::Symbol | Kind::Record | Kind::Adt => {
                joins.push_str(&format!(" JOIN \"{SYMBOLS}\" AS s{at} ON s{at}.id = r.\"{at}\""));
                shown.push(format!("s{at}.symbol AS {title}"));
            }
            Kind::Number | Kind::Unsigned | Kind::Float => shown.push(format!("r.\"{at}\" AS {title}")),
        }
    }
    let marks: Vec<String> = (1..=columns.len()).map(|at| format!("?{at}")).collect();
    let mut insert = change.prepare(&format!("INSERT INTO {rows} VALUES ({})", marks.join(", ")))?;
    for row in table.rows {
        let mut cells: Vec<Sql> = Vec::with_capacity(row.len());
        for value in row {
            cells.push(match value {
                Value::Number(value) => Sql::Integer(*value),
                Value::Unsigned(value) => match i64::try_from(*value) {
                    Ok(value) => Sql::Integer(value),
                    Err(_) => Sql::Text(value.to_string()),
                },
                Value::Float(value) if value.get().is_finite() => Sql::Real(value.get()),
                Value::Float(value) => Sql::Text(value.to_string()),
                Value::Symbol(text) => Sql::Integer(symbols.id(text)?),
                Value::Nil | Value::Record(_) | Value::Branch(..) => {
                    Sql::Integer(symbols.id(&super::delimited::field(value))?)
                }
            });
        }
        if row.is_empty() {
            cells.push(Sql::Integer(1));
        }
        insert.execute(params_from_iter(cells))?;
    }
    drop(insert);
    // The order of rows is that of `_A`, whatever the query planner makes of the joins.
    let view = format!("CREATE VIEW {view} AS SELECT {} FROM {rows} AS r{joins} ORDER BY r.rowid", shown.join(", "));
    change.execute_batch(&view)
}

/// A name as SQL quotes it.
fn identifier(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
