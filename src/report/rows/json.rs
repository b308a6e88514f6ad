//! JSON: `facts::json` reads it back.

use std::io::{self, Write};

use serde_json::{Map, Value as Json, json};

use super::Table;
use crate::report::escape::json_text;
use crate::value::Value;

/// Writes an array, a row a line, each row an array or with `objects` an object by column.
///
/// # Errors
/// As the writer's.
pub fn json(table: Table<'_>, objects: bool, out: &mut dyn Write) -> io::Result<()> {
    if table.rows.is_empty() {
        return out.write_all(b"[]\n");
    }
    for (at, row) in table.rows.iter().enumerate() {
        out.write_all(if at == 0 { b"[\n  " } else { b",\n  " })?;
        write_row(table, row, objects, out)?;
    }
    out.write_all(b"\n]\n")
}

/// Writes a row a line and nothing around them.
///
/// # Errors
/// As the writer's.
pub fn json_lines(table: Table<'_>, objects: bool, out: &mut dyn Write) -> io::Result<()> {
    for row in table.rows {
        write_row(table, row, objects, out)?;
        out.write_all(b"\n")?;
    }
    Ok(())
}

fn write_row(table: Table<'_>, row: &[Value], objects: bool, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(if objects { b"{" } else { b"[" })?;
    for (at, (value, (name, _))) in row.iter().zip(table.columns).enumerate() {
        if at > 0 {
            out.write_all(b", ")?;
        }
        // Columns keep their order, which an object of the library would not.
        if objects {
            write!(out, "{}: ", json_text(Json::from(name.as_str()).to_string()))?;
        }
        out.write_all(json_text(json_value(value).to_string()).as_bytes())?;
    }
    out.write_all(if objects { b"}" } else { b"]" })
}

/// A value as JSON: records are arrays, `nil` null, branches `{"$Name": [..]}`; NaN and the infinities are texts.
#[must_use]
pub fn json_value(value: &Value) -> Json {
    let list = |values: &[Value]| Json::Array(values.iter().map(json_value).collect());
    match value {
        Value::Number(value) => json!(value),
        Value::Unsigned(value) => json!(value),
        Value::Float(value) if value.get().is_finite() => json!(value.get()),
        Value::Float(value) => Json::String(value.to_string()),
        Value::Symbol(text) => Json::String(text.clone()),
        Value::Nil => Json::Null,
        Value::Record(fields) => list(fields),
        Value::Branch(name, fields) => {
            let mut map = Map::new();
            map.insert(format!("${name}"), list(fields));
            Json::Object(map)
        }
    }
}
