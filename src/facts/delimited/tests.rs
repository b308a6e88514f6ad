use super::*;
use crate::facts::world::World;
use crate::value::{TypeId, Value};

impl World {
    fn read(&mut self, columns: &[(&str, TypeId)], text: &[u8], format: &Format) -> (Vec<String>, Vec<String>) {
        let columns = self.columns(columns);
        let (rows, diagnostics) =
            read(&DataFile::new(text, "x.facts"), &columns, &self.types, &mut self.values, format);
        (self.shown(&columns, &rows), Self::told(&diagnostics))
    }

    fn read_named(&mut self, columns: &[(&str, TypeId)], text: &str, format: &Format) -> (Vec<String>, Vec<String>) {
        let columns = self.columns(columns);
        let file = DataFile::new(text.as_bytes(), "x.csv");
        let (rows, diagnostics) = read_named(&file, &columns, &self.types, &mut self.values, format);
        (self.shown(&columns, &rows), Self::told(&diagnostics))
    }
}

const N: TypeId = TypeId::NUMBER;
const S: TypeId = TypeId::SYMBOL;

/// The rows of a good file.
fn rows(columns: &[(&str, TypeId)], text: &str, format: &Format) -> Vec<String> {
    let (rows, errors) = World::new().read(columns, text.as_bytes(), format);
    assert_eq!(errors, [""; 0]);
    rows
}

/// The errors of a bad one.
fn errors(columns: &[(&str, TypeId)], text: &str, format: &Format) -> Vec<String> {
    World::new().read(columns, text.as_bytes(), format).1
}

fn with(parameters: &[(&str, &str)]) -> Format {
    Format::from_parameters(parameters.iter().copied()).unwrap()
}

#[test]
fn plain_files_are_tab_separated_and_verbatim() {
    let columns = [("x", N), ("y", S)];
    let plain = Format::default();
    assert_eq!(rows(&columns, "1\ta b\n-2\t \"q\" \n", &plain), ["1: 1 \"a b\"", "2: -2 \" \\\"q\\\" \""]);
    assert_eq!(rows(&columns, "1\ta", &plain), ["1: 1 \"a\""]);
    assert_eq!(rows(&columns, "\u{feff}1\ta\r\n 2\tb\r\n", &plain), ["1: 1 \"a\"", "2: 2 \"b\""]);
    assert_eq!(rows(&columns, "", &plain), [""; 0]);
    assert_eq!(rows(&[("x", S)], "a\n\nb\n", &plain), ["1: \"a\"", "2: \"\"", "3: \"b\""]);
}

#[test]
fn plain_escapes_are_those_of_plain_output() {
    let plain = Format::default();
    assert_eq!(rows(&[("x", S)], r"a\tb\n\r\\t\d\", &plain), [r#"1: "a\tb\n\r\\t\\d\\""#]);
    let lenient = Format { lenient: true, ..Format::default() };
    assert_eq!(rows(&[("x", S)], r"a\tb", &lenient), [r#"1: "a\\tb""#]);
}

#[test]
fn every_primitive_has_its_forms() {
    let columns = [("n", N), ("u", TypeId::UNSIGNED), ("f", TypeId::FLOAT)];
    assert_eq!(rows(&columns, "+7\t0x10\t1e3\n1\t0b11\tinf\n", &Format::default()), ["1: 7 16u 1000.0", "2: 1 3u inf"]);
    assert_eq!(
        errors(&columns, "0x1\t1\t1\n1\t-1\t1\n1\t1\tx\n99999999999999999999\t1\t1\n", &Format::default()),
        [
            "x.facts:1 E0603: column `n`: \"0x1\" is not a number",
            "x.facts:2 E0603: column `u`: \"-1\" is not an unsigned number",
            "x.facts:3 E0603: column `f`: \"x\" is not a float",
            "x.facts:4 E0603: column `n`: \"99999999999999999999\" does not fit 64 bits",
        ]
    );
}

#[test]
fn rows_have_the_columns_of_their_relation() {
    let columns = [("from", S), ("to", S)];
    let plain = Format::default();
    assert_eq!(
        errors(&columns, "a\tb\na\n\na\tb\tc\n", &plain),
        [
            "x.facts:2 E0602: the row \"a\" has 1 column, and 2 are wanted (from, to)",
            "x.facts:3 E0602: the line is blank, and 2 columns are wanted (from, to)",
            "x.facts:4 E0602: the row \"a\\tb\\tc\" has 3 columns, and 2 are wanted (from, to)",
        ]
    );
    assert_eq!(
        errors(&columns, "a,b\n", &plain),
        [
            "x.facts:1 E0602: the row \"a,b\" has 1 column, and 2 are wanted (from, to) (fields are separated by \"\\t\"; \
         `delimiter=\",\"` asks for another)",
        ]
    );
    let lenient = Format { lenient: true, ..Format::default() };
    assert_eq!(rows(&columns, "a\tb\tc\n", &lenient), ["1: \"a\" \"b\""]);
}

#[test]
fn a_bad_row_is_left_out_and_the_others_stay() {
    let (rows, errors) = World::new().read(&[("x", N), ("y", N)], b"1\t2\nx\t3\n4\t5\n", &Format::default());
    assert_eq!(rows, ["1: 1 2", "3: 4 5"]);
    assert_eq!(errors.len(), 1);
}

#[test]
fn many_errors_are_counted() {
    let found = errors(&[("x", N)], &"x\n".repeat(1_000), &Format::default());
    assert_eq!(found.len(), 21);
    assert_eq!(found[20], "x.facts E0603: 980 more rows are wrong");
}

#[test]
fn long_texts_are_cut_and_escaped_in_messages() {
    let found = errors(&[("x", N)], &format!("\u{7}{}\n", "é".repeat(1_000)), &Format::default());
    assert_eq!(found, [format!("x.facts:1 E0603: column `x`: \"\\a{}\"... is not a number", "é".repeat(59))]);
}

#[test]
fn what_is_not_utf_8_says_where() {
    let mut world = World::new();
    let mut fault = |bytes: &[u8]| world.read(&[("x", S)], bytes, &Format::default()).1.join("\n");
    assert_eq!(fault(b"a\nb\xff\n"), "x.facts:2 E0107: byte 3 (0xff, on line 2) is not UTF-8");
    assert_eq!(fault(b"a\nb\0\n"), "x.facts:2 E0107: byte 3 (on line 2) is NUL, which no text holds");
    assert_eq!(fault(b"\xff\xfea\0"), "x.facts E0107: the file is UTF-16 text (save it as UTF-8)");
    assert_eq!(fault(b"\x1f\x8b\x08"), "x.facts E0107: the file is compressed (gzip) (decompress it first)");
}

#[test]
fn nullary_relations_are_true_by_any_line() {
    for (text, truth) in [("", 0), ("()\n", 1), ("\n", 1), ("()\n()\n", 1)] {
        assert_eq!(rows(&[], text, &Format::default()).len(), truth, "{text:?}");
    }
}

#[test]
fn columns_map_the_file_to_the_relation() {
    let columns = [("x", N), ("y", S)];
    assert_eq!(rows(&columns, "a\tb\t1\tc\n", &with(&[("columns", "2:0")])), ["1: 1 \"a\""]);
    assert_eq!(rows(&[("x", N), ("y", N)], "7\t8\n", &with(&[("columns", "1:1")])), ["1: 8 8"]);
    assert_eq!(
        errors(&columns, "a\tb\n", &with(&[("columns", "2:0")])),
        ["x.facts:1 E0602: the row \"a\\tb\" has 2 columns, and at least 3 are wanted (x, y)"]
    );
    assert_eq!(errors(&columns, "", &with(&[("columns", "2")])), ["x.facts E0609: `columns` names 1 of 2 columns"]);
    assert!(errors(&columns, "", &with(&[("columns", "0:9999999999999")]))[0].contains("E0609"));
}

#[test]
fn parameters_are_checked() {
    assert_eq!(with(&[("delimiter", ";"), ("rfc4180", "true"), ("filename", "x")]).delimiter, ";");
    assert_eq!(with(&[("rfc4180", "true")]).delimiter, ",");
    for (key, value) in [("rfc4180", "yes"), ("columns", "a:b"), ("columns", ""), ("delimiter", "")] {
        assert!(Format::from_parameters([(key, value)]).is_err(), "{key}={value}");
    }
    assert!(Format::from_parameters([("delimiter", "\""), ("rfc4180", "true")]).is_err());
}

#[test]
fn delimiters_may_be_long_and_headers_are_skipped() {
    let format = with(&[("delimiter", "::"), ("headers", "true")]);
    assert_eq!(rows(&[("x", S), ("y", S)], "x::y\na:b::c\n", &format), ["2: \"a:b\" \"c\""]);
    assert_eq!(rows(&[("x", S), ("y", S)], "aéb\n", &with(&[("delimiter", "é")])), ["1: \"a\" \"b\""]);
}

#[test]
fn records_nest_and_name_what_is_wrong() {
    let world = World::new();
    let (pair, list, tree) = (world.pair, world.list, world.tree);
    let plain = Format::default();
    let read = |ty: TypeId, text: &str| rows(&[("v", ty)], text, &plain);
    assert_eq!(
        read(pair, "[1,abc]\n[ 2 , \"a, ]\\\"b\" ]\nnil\n"),
        ["1: [1, \"abc\"]", "2: [2, \"a, ]\\\"b\"]", "3: nil"]
    );
    assert_eq!(read(pair, "[3,nil]"), ["1: [3, \"nil\"]"]);
    assert_eq!(read(list, "[1,[2,nil]]"), ["1: [1, [2, nil]]"]);
    assert_eq!(
        read(tree, "$Leaf\n$Leaf()\n$Node($Node($Leaf, a b), \")\")"),
        ["1: $Leaf()", "2: $Leaf()", "3: $Node($Node($Leaf(), \"a b\"), \")\")"]
    );
    let fault = |ty: TypeId, text: &str| errors(&[("v", ty)], text, &plain).join("\n");
    let expected = "x.facts:1 E0603: column `v` wants a record `Pair`, and \"[1]\" is not: `,` is wanted at character 3, \
                    and `]` found";
    assert_eq!(fault(pair, "[1]"), expected);
    for (text, reason) in [
        ("[x,a]", "`x` is not a number"),
        ("[1,a", "`]` is wanted at character 5, and the end found"),
        ("[1,a]b", "there is more after character 6"),
        ("[1,\"a]", "the quote at character 4 is never closed"),
        ("[1,\"\\q\"]", "there is no escape `\\q`"),
        ("\n", "`[` is wanted at character 1, and the end found"),
    ] {
        assert!(fault(pair, text).ends_with(reason), "{}", fault(pair, text));
    }
    assert!(fault(tree, "$Lef").ends_with("`Tree` has no branch `$Lef` (did you mean `$Leaf`?)"));
    assert!(fault(tree, "$Node").ends_with("`$Node` has 2 fields, and none is given"));
    let deep = format!("{}nil{}", "[1,".repeat(100_000), "]".repeat(100_000));
    assert!(fault(list, &deep).ends_with("it is nested deeper than 1000 levels"));
}

#[test]
fn commas_within_records_separate_nothing() {
    let world = World::new();
    let columns = [("p", world.pair), ("t", world.tree), ("s", S)];
    let format = with(&[("delimiter", ",")]);
    assert_eq!(
        rows(&columns, "[1,\"],\"],$Node($Leaf,x),y\n", &format),
        ["1: [1, \"],\"] $Node($Leaf(), \"x\") \"y\""]
    );
}

#[test]
fn quoted_files_hold_anything() {
    let columns = [("x", S), ("y", N)];
    let format = with(&[("rfc4180", "true")]);
    let text = "a,1\r\n\"b, \"\"q\"\"\r\nc\",2\r\n\"\",\"3\"";
    assert_eq!(rows(&columns, text, &format), ["1: \"a\" 1", "2: \"b, \\\"q\\\"\\r\\nc\" 2", "4: \"\" 3"]);
    assert_eq!(rows(&columns, "a\\t\"b,1", &format), ["1: \"a\\\\t\\\"b\" 1"]);
    assert_eq!(errors(&columns, "\"a\"b,1\nc,2\n", &format), ["x.facts:1 E0602: there is text after a closing quote"]);
    assert_eq!(
        errors(&columns, "c,1\n\"a,1\nc,2\n", &format),
        ["x.facts:2 E0602: a quote is opened in this row and never closed"]
    );
    assert_eq!(errors(&columns, "a,\"x\"\"\"\n", &format), ["x.facts:1 E0603: column `y`: \"x\\\"\" is not a number"]);
    let pair = World::new().pair;
    assert_eq!(rows(&[("p", pair), ("y", N)], "\"[1,\"\"a,b\"\"]\",5", &format), ["1: [1, \"a,b\"] 5"]);
}

#[test]
fn a_header_names_columns_in_any_order() {
    let columns = [("from", S), ("to", S), ("n", N)];
    let csv = Format::csv();
    let mut world = World::new();
    assert_eq!(world.read_named(&columns, "n,\"to\",from\n1,b,a\n", &csv).0, ["2: \"a\" \"b\" 1"]);
    let mut fault = |text: &str| world.read_named(&columns, text, &csv).1;
    assert_eq!(
        fault("n,too,from\n1,b,a\n"),
        ["x.csv:1 E0602: the header names \"too\", and there is no such column (did you mean `to`?)"]
    );
    assert_eq!(
        fault("n,from\n"),
        ["x.csv:1 E0602: the header does not name column `to` (its first line names all columns: from, to, n)"]
    );
    assert_eq!(fault("n,from,to,n\n"), ["x.csv:1 E0602: the header names column `n` twice"]);
    assert_eq!(fault(""), ["x.csv E0602: the file is empty: its first line names the columns (from, to, n)"]);
    assert_eq!(
        fault("n,from,to\n1,a\n"),
        ["x.csv:2 E0602: the row \"1,a\" has 2 columns, and 3 are wanted (from, to, n)"]
    );
}

#[test]
fn repeated_symbols_are_not_confused_with_escaped_ones() {
    let text = "a\\tb\na\\tb\nab\n";
    assert_eq!(rows(&[("x", S)], text, &Format::default()), ["1: \"a\\tb\"", "2: \"a\\tb\"", "3: \"ab\""]);
    assert_eq!(rows(&[("x", S)], "\n", &Format::default()), ["1: \"\""]);
}

#[test]
fn decoded_values_are_values() {
    let mut world = World::new();
    let columns = world.columns(&[("x", N)]);
    let (rows, _) =
        read(&DataFile::new(b"12345678901\n", "x"), &columns, &world.types, &mut world.values, &Format::default());
    assert_eq!(world.values.decode(&world.types, N, rows.words[0]), Value::Number(12_345_678_901));
}

/// A file of 4,000 rows: names that repeat, and numbers of all sizes.
fn large() -> String {
    let row = |at: i64| format!("n{}\t{}\t{}.5\tm{}\n", at % 700, at - 2_000, at % 9, (at - 2_000) * 1_000_000_000_000);
    (0..4_000).map(row).collect()
}

const LARGE: [(&str, TypeId); 4] = [("a", S), ("n", N), ("f", TypeId::FLOAT), ("b", S)];

#[test]
fn large_files_read_alike_on_any_number_of_threads() {
    let text = large();
    let mut patient = World::new();
    let columns = patient.columns(&LARGE);
    // Leniency is left to the patient reader, and differs only in what this file does not have.
    let lenient = Format { lenient: true, ..Format::default() };
    let file = DataFile::new(text.as_bytes(), "x.facts");
    let (expected, _) = read(&file, &columns, &patient.types, &mut patient.values, &lenient);
    assert_eq!(expected.lines.len(), 4_000);
    for (threads, text) in [1, 2, 3, 8].into_iter().flat_map(|n| [(n, text.clone()), (n, text.replace('\n', "\r\n"))]) {
        let mut world = World::new();
        let columns = world.columns(&LARGE);
        let file = DataFile { threads, ..DataFile::new(text.as_bytes(), "x.facts") };
        let (rows, errors) = read(&file, &columns, &world.types, &mut world.values, &Format::default());
        assert_eq!((rows == expected, errors.len()), (true, 0), "{threads} threads");
        assert_eq!(world.values.symbols.len(), patient.values.symbols.len());
    }
}

#[test]
fn large_files_with_a_header_and_numbers_beyond_31_bits_read_alike() {
    let columns = [("name", S), ("big", N)];
    let text: String = (0..6_000_i64).map(|at| format!("{},x{}\n", at * 1_000_000_007, at % 50)).collect();
    let shown = |text: &str, format: &Format| World::new().read_named(&columns, text, format);
    let (rows, errors) = shown(&format!("big,name\n{text}"), &Format::csv());
    assert_eq!(errors, [""; 0]);
    assert_eq!(rows.len(), 6_000);
    assert_eq!((rows[0].as_str(), rows[5_999].as_str()), ("2: \"x0\" 0", "6001: \"x49\" 5999000041993"));
    // A quote anywhere leaves the file to the reader that knows quotes.
    assert_eq!(shown(&format!("big,name\n{text}7,\"x,y\"\n"), &Format::csv()).0[6_000], "6002: \"x,y\" 7");
}

#[test]
fn large_files_tell_of_every_fault_and_escape() {
    let mut text = large();
    text.push_str("n\tx\t1\tm\nn\t1\nn\\t\t1\t1\tm\n");
    let (rows, errors) = World::new().read(&LARGE, text.as_bytes(), &Format::default());
    assert_eq!(rows.len(), 4_001);
    assert_eq!(rows[4_000], "4003: \"n\\t\" 1 1.0 \"m\"");
    assert_eq!(
        errors,
        [
            "x.facts:4001 E0603: column `n`: \"x\" is not a number",
            "x.facts:4002 E0602: the row \"n\\t1\" has 2 columns, and 4 are wanted (a, n, f, b)"
        ]
    );
}
