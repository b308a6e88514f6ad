use proptest::prelude::*;

use super::*;
use crate::diagnostic::{Diagnostic, render_all};
use crate::facts::delimited::{self, Format};
use crate::facts::world::World;
use crate::facts::{DataFile, Rows, json as facts_json};
use crate::program::Column;
use crate::session::{MemoryLoader, Options, Session};
use crate::value::{Float, TypeId};

fn symbol(text: &str) -> Value {
    Value::Symbol(text.to_owned())
}

fn columns(columns: &[(&str, Kind)]) -> Vec<(String, Kind)> {
    columns.iter().map(|&(name, kind)| (name.to_owned(), kind)).collect()
}

fn written(write: impl FnOnce(&mut Vec<u8>) -> io::Result<()>) -> String {
    let mut out = Vec::new();
    write(&mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// Odd values, as every format shows them.
fn odd() -> (Vec<(String, Kind)>, Vec<Vec<Value>>) {
    let leaf = || Value::Branch("Leaf".into(), vec![]);
    let rows = vec![
        vec![symbol("aws"), Value::Number(7), Value::Record(vec![Value::Float(Float::new(1e300)), symbol("a, b")])],
        vec![symbol("<b>|_x_ a_b"), Value::Number(-10), Value::Nil],
        vec![
            symbol("\u{1b}[31m\u{202e}\"\n=1"),
            Value::Number(0),
            Value::Branch("Node".into(), vec![leaf(), symbol("n")]),
        ],
    ];
    (columns(&[("party", Kind::Symbol), ("n", Kind::Number), ("value", Kind::Record)]), rows)
}

fn odd_in(format: RowFormat) -> String {
    let (columns, rows) = odd();
    written(|out| write(Table { columns: &columns, rows: &rows }, format, "r", out))
}

#[test]
fn tables_are_aligned_and_do_nothing_to_a_terminal() {
    insta::assert_snapshot!(odd_in(RowFormat::Table), @r#"
    party                         n  value
    "aws"                         7  [1e300, "a, b"]
    "<b>|_x_ a_b"               -10  nil
    "\u{1b}[31m\u{202e}\"\n=1"    0  $Node($Leaf, "n")
    "#);
}

#[test]
fn markdown_shows_texts_as_they_are() {
    insta::assert_snapshot!(odd_in(RowFormat::Markdown), @r#"
    | party | n | value |
    | --- | ---: | --- |
    | aws | 7 | \[1e300, "a, b"\] |
    | &lt;b&gt;\|\_x\_ a_b | -10 | nil |
    | \\u{1b}\[31m\\u{202e}"\\n=1 | 0 | \$Node(\$Leaf, "n") |
    "#);
}

#[test]
fn csv_quotes_what_must_be() {
    insta::assert_snapshot!(odd_in(RowFormat::Csv).replace('\u{1b}', "ESC").replace('\u{202e}', "RLO"), @r#"
    party,n,value
    aws,7,"[1e300, ""a, b""]"
    <b>|_x_ a_b,-10,nil
    "ESC[31mRLO""
    =1",0,"$Node($Leaf, n)"
    "#);
    let columns = columns(&[("x", Kind::Symbol)]);
    let rows = [vec![symbol("=1+1")], vec![symbol("-")], vec![symbol("a")]];
    let table = Table { columns: &columns, rows: &rows };
    let guarded = written(|out| csv(table, &Csv { guard_formulas: true, ..Csv::default() }, out));
    assert_eq!(guarded, "x\n'=1+1\n'-\na\n");
}

#[test]
fn json_keeps_columns_in_order() {
    insta::assert_snapshot!(odd_in(RowFormat::Json), @r#"
    [
      {"party": "aws", "n": 7, "value": [1e+300,"a, b"]},
      {"party": "<b>|_x_ a_b", "n": -10, "value": null},
      {"party": "\u001b[31m\u202e\"\n=1", "n": 0, "value": {"$Node":[{"$Leaf":[]},"n"]}}
    ]
    "#);
    insta::assert_snapshot!(odd_in(RowFormat::JsonLines), @r#"
    {"party": "aws", "n": 7, "value": [1e+300,"a, b"]}
    {"party": "<b>|_x_ a_b", "n": -10, "value": null}
    {"party": "\u001b[31m\u202e\"\n=1", "n": 0, "value": {"$Node":[{"$Leaf":[]},"n"]}}
    "#);
}

#[test]
fn facts_are_clauses() {
    insta::assert_snapshot!(odd_in(RowFormat::Facts).replace('\u{1b}', "ESC").replace('\u{202e}', "RLO").replace("000000", ""), @r#"
    r("aws", 7, [1.0, "a, b"]).
    r("<b>|_x_ a_b", -10, nil).
    r("ESC[31mRLO\"\n=1", 0, $Node($Leaf(), "n")).
    "#);
    let columns = columns(&[("f", Kind::Float)]);
    let rows = [f64::NAN, f64::NEG_INFINITY, 2.0].map(|value| vec![Value::Float(Float::new(value))]);
    let table = Table { columns: &columns, rows: &rows };
    let text = written(|out| clauses(table, "r", out));
    assert_eq!(text, "r(to_float(\"nan\")).\nr(to_float(\"-inf\")).\nr(2.0).\n");
}

#[test]
fn truth_has_no_columns() {
    let (yes, no) = (Table { columns: &[], rows: &[vec![]] }, Table { columns: &[], rows: &[] });
    let both = |format: RowFormat| [yes, no].map(|table| written(|out| write(table, format, "r", out)));
    assert_eq!(both(RowFormat::Table), ["yes\n", "no\n"]);
    assert_eq!(both(RowFormat::Markdown), ["yes\n", "no\n"]);
    assert_eq!(both(RowFormat::Csv), ["()\n", ""]);
    assert_eq!(both(RowFormat::Facts), ["r().\n", ""]);
    assert_eq!([yes, no].map(|table| written(|out| json(table, false, out))), ["[\n  []\n]\n", "[]\n"]);
    assert_eq!([yes, no].map(|table| written(|out| plain(table, &Plain::default(), out))), ["()\n", ""]);
}

#[test]
fn plain_rows_escape_only_what_could_be_misread() {
    let columns = columns(&[("x", Kind::Symbol)]);
    let rows = ["a\tb\nc\r", r"\d+", r"\t", r"\\d", "\\\t", "\\"].map(|text| vec![symbol(text)]);
    let table = Table { columns: &columns, rows: &rows };
    let text = written(|out| plain(table, &Plain::default(), out));
    assert_eq!(text, "a\\tb\\nc\\r\n\\d+\n\\\\t\n\\\\\\d\n\\\\\\t\n\\\n");
    let verbatim = Plain { verbatim: true, headers: true, ..Plain::default() };
    assert_eq!(written(|out| plain(Table { columns: &columns, rows: &rows[2..4] }, &verbatim, out)), "x\n\\t\n\\\\d\n");
}

#[test]
fn a_field_that_holds_the_delimiter_is_refused() {
    let columns = columns(&[("x", Kind::Symbol), ("y", Kind::Symbol)]);
    let rows = [vec![symbol("a;b"), symbol("c")]];
    let format = Plain { delimiter: ";".into(), ..Plain::default() };
    let error = plain(Table { columns: &columns, rows: &rows }, &format, &mut Vec::new()).unwrap_err();
    assert_eq!(error.to_string(), "the field \"a;b\" holds the delimiter \";\": write it with rfc4180=true");
}

/// A relation with a column of every type.
struct Every {
    world: World,
    columns: Vec<Column>,
    named: Vec<(String, Kind)>,
}

impl Every {
    fn new() -> Self {
        let mut world = World::new();
        let of = [
            ("s", TypeId::SYMBOL),
            ("n", TypeId::NUMBER),
            ("u", TypeId::UNSIGNED),
            ("f", TypeId::FLOAT),
            ("p", world.pair),
            ("l", world.list),
            ("t", world.tree),
            ("last", TypeId::SYMBOL),
        ];
        let columns = world.columns(&of);
        let named = of.iter().map(|&(name, ty)| (name.to_owned(), world.types.kind(ty))).collect();
        Self { world, columns, named }
    }

    /// The values of rows that were read back.
    fn decoded(&self, (rows, diagnostics): (Rows, Vec<Diagnostic>)) -> Vec<Vec<Value>> {
        assert_eq!(World::told(&diagnostics), [""; 0]);
        let decode = |(column, &word): (&Column, &u32)| self.world.values.decode(&self.world.types, column.ty, word);
        let arity = self.columns.len();
        rows.words.chunks(arity).map(|row| self.columns.iter().zip(row).map(decode).collect()).collect()
    }
}

/// The same relation in the language.
const TYPES: &str = "
.type Pair = [a: number, b: symbol]
.type List = [head: number, tail: List]
.type Tree = Leaf {} | Node { left: Tree, name: symbol }
.decl r(s: symbol, n: number, u: unsigned, f: float, p: Pair, l: List, t: Tree, last: symbol)
.output r
";

/// Texts that are hard to write down. NUL is in none: no reader takes it.
fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => any::<char>().prop_map(String::from),
        4 => "[a-z \\\\\"',;\\[\\]()$|\t\r\n]{0,4}",
        1 => prop::sample::select(vec!["\u{feff}", "nil", "\\t", "\\", "\"\"", "\r\n", "\u{85}", "\u{a0}", "()", "0x1"])
            .prop_map(String::from),
    ];
    prop::collection::vec(piece, 0..4).prop_map(|pieces| pieces.concat().replace('\0', ""))
}

fn values() -> impl Strategy<Value = Vec<Value>> {
    let number = || any::<i64>().prop_map(Value::Number);
    let float = any::<f64>().prop_map(|value| Value::Float(Float::new(value)));
    let symbol = || text().prop_map(Value::Symbol);
    let pair =
        prop_oneof![Just(Value::Nil), (number(), symbol()).prop_map(|(left, right)| Value::Record(vec![left, right])),];
    let list = prop::collection::vec(number(), 0..4)
        .prop_map(|items| items.into_iter().rfold(Value::Nil, |tail, head| Value::Record(vec![head, tail])));
    let tree = prop::collection::vec(text(), 0..4).prop_map(|names| {
        let leaf = Value::Branch("Leaf".into(), vec![]);
        names.into_iter().fold(leaf, |left, name| Value::Branch("Node".into(), vec![left, Value::Symbol(name)]))
    });
    (symbol(), number(), any::<u64>(), float, pair, list, tree, symbol())
        .prop_map(|(s, n, u, f, p, l, t, last)| vec![s, n, Value::Unsigned(u), f, p, l, t, last])
}

proptest! {
    #[test]
    fn what_is_written_reads_back(rows in prop::collection::vec(values(), 0..5)) {
        let mut every = Every::new();
        let named = every.named.clone();
        let table = Table { columns: &named, rows: &rows };
        let columns = every.columns.clone();
        let World { types, values, .. } = &mut every.world;

        let text = written(|out| plain(table, &Plain::default(), out));
        let read = delimited::read(&DataFile::new(text.as_bytes(), "x"), &columns, types, values, &Format::default());
        // The same from words.
        let words = read.0.words.clone();
        let from_words = written(|out| {
            plain_words(words.chunks(columns.len()), &columns, types, values, &Plain::default(), out)
        });
        prop_assert_eq!(&from_words, &text);
        prop_assert_eq!(&every.decoded(read), &rows);

        let World { types, values, .. } = &mut every.world;
        let text = written(|out| csv(table, &Csv::default(), out));
        let read = delimited::read_named(&DataFile::new(text.as_bytes(), "x"), &columns, types, values, &Format::csv());
        prop_assert_eq!(&every.decoded(read), &rows);

        for objects in [false, true] {
            let World { types, values, .. } = &mut every.world;
            let text = written(|out| json(table, objects, out));
            let read = facts_json::read(&DataFile::new(text.as_bytes(), "x"), &columns, types, values);
            prop_assert_eq!(&every.decoded(read), &rows);
            let World { types, values, .. } = &mut every.world;
            let text = written(|out| json_lines(table, objects, out));
            let read = facts_json::read_lines(&DataFile::new(text.as_bytes(), "x"), &columns, types, values);
            prop_assert_eq!(&every.decoded(read), &rows);
        }
    }

    #[test]
    fn facts_read_back(mut rows in prop::collection::vec(values(), 1..4)) {
        let every = Every::new();
        let text = written(|out| clauses(Table { columns: &every.named, rows: &rows }, "r", out));
        let mut session = Session::new(Box::new(MemoryLoader::default()), Options::default());
        session.add_program("types.dl", TYPES);
        session.add_program("facts.dl", &text);
        let model = session.evaluate().map_err(|failure| {
            TestCaseError::fail(render_all(&failure.diagnostics, &failure.sources, false))
        })?;
        rows.sort();
        rows.dedup();
        prop_assert_eq!(model.sorted(model.find("r").unwrap()), rows);
    }

    #[test]
    fn one_column_of_symbols_reads_back(texts in prop::collection::vec(text(), 0..6)) {
        let mut world = World::new();
        let columns = world.columns(&[("x", TypeId::SYMBOL)]);
        let named = [("x".to_owned(), Kind::Symbol)];
        let rows: Vec<Vec<Value>> = texts.iter().map(|text| vec![Value::Symbol(text.clone())]).collect();
        let table = Table { columns: &named, rows: &rows };
        let plainly = written(|out| plain(table, &Plain::default(), out));
        let quoted = written(|out| csv(table, &Csv::default(), out));
        let reads = [
            delimited::read(&DataFile::new(plainly.as_bytes(), "x"), &columns, &world.types, &mut world.values, &Format::default()),
            delimited::read_named(&DataFile::new(quoted.as_bytes(), "x"), &columns, &world.types, &mut world.values, &Format::csv()),
        ];
        for (rows, diagnostics) in reads {
            prop_assert_eq!(diagnostics, []);
            let read: Vec<&str> = rows.words.iter().map(|&word| world.values.get_symbol(word)).collect();
            prop_assert_eq!(&read, &texts);
        }
    }

    #[test]
    fn no_bytes_make_a_reader_fail(bytes in prop::collection::vec(any::<u8>(), 0..200), text in "[\\[\\]{}$(),:\"a-z0-9\\\\ \t\r\n]{0,80}") {
        for bytes in [bytes.as_slice(), text.as_bytes()] {
            let mut every = Every::new();
            let columns = every.columns.clone();
            let World { types, values, .. } = &mut every.world;
            let comma = Format { delimiter: ",".into(), ..Format::default() };
            for columns in [columns.as_slice(), &columns[..1], &columns[6..7], &[]] {
                for format in [&Format::default(), &Format::csv(), &comma] {
                    let _ = delimited::read(&DataFile::new(bytes, "x"), columns, types, values, format);
                    let _ = delimited::read_named(&DataFile::new(bytes, "x"), columns, types, values, format);
                }
                let _ = facts_json::read(&DataFile::new(bytes, "x"), columns, types, values);
                let _ = facts_json::read_lines(&DataFile::new(bytes, "x"), columns, types, values);
            }
        }
    }
}
