use super::*;
use crate::facts::world::World;

fn list(text: &str, columns: &[(&str, TypeId)]) -> (Vec<String>, Vec<String>) {
    let mut world = World::new();
    let columns = world.columns(columns);
    let (rows, diagnostics) =
        read(&DataFile::new(text.as_bytes(), "x.json"), &columns, &world.types, &mut world.values);
    (world.shown(&columns, &rows), World::told(&diagnostics))
}

const N: TypeId = TypeId::NUMBER;
const S: TypeId = TypeId::SYMBOL;

#[test]
fn rows_are_arrays_or_objects() {
    let (rows, errors) = list("[\n [1, \"a\"],\n {\"y\": \"b\", \"x\": -2}\n]\n", &[("x", N), ("y", S)]);
    assert_eq!(errors, [""; 0]);
    assert_eq!(rows, ["2: 1 \"a\"", "3: -2 \"b\""]);
    assert_eq!(list("[]", &[("x", N)]), (vec![], vec![]));
    assert_eq!(list("[[]]", &[]).0.len(), 1);
}

#[test]
fn rows_may_stand_one_a_line() {
    let mut world = World::new();
    let columns = world.columns(&[("x", N)]);
    let file = DataFile::new(b"[1]\n\n{\"x\":2}\n[3", "x.ndjson");
    let (rows, diagnostics) = read_lines(&file, &columns, &world.types, &mut world.values);
    assert_eq!(world.shown(&columns, &rows), ["1: 1", "3: 2"]);
    assert_eq!(
        World::told(&diagnostics),
        ["x.ndjson:4:3 E0602: this is not JSON: `,` or `]` is wanted, and the file ends"]
    );
}

#[test]
fn values_of_every_type_have_a_form() {
    let world = World::new();
    let columns =
        [("u", TypeId::UNSIGNED), ("f", TypeId::FLOAT), ("p", world.pair), ("l", world.list), ("t", world.tree)];
    let text = r#"[[18446744073709551615, 1, {"b": "x", "a": 1}, [1, [2, null]], {"$Node": [{"$Leaf": []}, "n"]}],
        [0, "-inf", null, null, {"$Node": {"left": {"$Leaf": {}}, "name": ""}}]]"#;
    let (rows, errors) = list(text, &columns);
    assert_eq!(errors, [""; 0]);
    assert_eq!(
        rows,
        [
            "1: 18446744073709551615u 1.0 [1, \"x\"] [1, [2, nil]] $Node($Leaf(), \"n\")",
            "2: 0u -inf nil nil $Node($Leaf(), \"\")",
        ]
    );
}

#[test]
fn errors_have_line_and_column() {
    let columns = [("x", N), ("y", S)];
    let (rows, errors) = list(
        "[[1, \"a\"], [\"1\", \"a\"],\n  [1], {\"x\": 1, \"yy\": \"\"},\n  {\"x\": 1}, 7, [1.5, \"a\"],\n \
         [99999999999999999999, \"\"]]",
        &columns,
    );
    assert_eq!(rows, ["1: 1 \"a\""]);
    assert_eq!(
        errors,
        [
            "x.json:1:13 E0603: column `x` wants a number, and \"1\" is not",
            "x.json:2:3 E0602: the row has 1 column, and 2 are wanted (x, y)",
            "x.json:2:8 E0602: the row has a key \"yy\", and there is no such column (did you mean `y`?)",
            "x.json:3:3 E0602: the row has no column `y`",
            "x.json:3:13 E0602: a row is an array or an object, and this is a number",
            "x.json:3:17 E0603: column `x` wants a number, and 1.5 is not",
            "x.json:4:3 E0603: column `x` wants a number, and 99999999999999999999 is not: it does not fit 64 bits",
        ]
    );
}

#[test]
fn what_is_not_json_says_where() {
    let at = |text: &str| list(text, &[("x", N)]).1.join("\n");
    assert_eq!(at("{}"), "x.json:1:1 E0602: the file is not an array of rows");
    assert_eq!(at(""), "x.json:1:1 E0602: the file is not an array of rows, and the file ends");
    assert_eq!(at("[[1]"), "x.json:1:5 E0602: `,` or `]` is wanted after a row, and the file ends");
    assert_eq!(at("[[1] [2]]"), "x.json:1:6 E0602: `,` or `]` is wanted after a row");
    assert_eq!(at("[[1]]\n x"), "x.json:2:2 E0602: there is more after the array of rows");
    assert_eq!(at("[[1],\n [é]]"), "x.json:2:3 E0602: this is not JSON: a value is wanted");
    assert_eq!(at("[[1],]"), "x.json:1:6 E0602: this is not JSON: a value is wanted");
    assert_eq!(at("[{\"x\": 1, \"x\": 2}]"), "x.json:1:11 E0602: this is not JSON: the key `x` is given twice");
    assert_eq!(at("[[01]]"), "x.json:1:4 E0602: this is not JSON: the number is not written as JSON has it");
    assert_eq!(at("[[\"a]]"), "x.json:1:3 E0602: this is not JSON: the text that starts here is never closed");
    assert!(at("[[\"a\nb\"]]").ends_with("a control character in a text is written as an escape"));
    assert!(at("[[\"\\ud800\"]]").contains("this is not JSON"));
    let deep = format!("[{}", "[".repeat(100_000));
    assert!(at(&deep).contains("nested deeper than 1000 levels"));
}

#[test]
fn texts_have_the_escapes_of_json() {
    let (rows, errors) = list(r#"[["\u00e9\ud83d\ude00\n\/"], ["é"]]"#, &[("s", S)]);
    assert_eq!((rows, errors), (vec!["1: \"é😀\\n/\"".to_owned(), "1: \"é\"".to_owned()], vec![]));
}

#[test]
fn no_symbol_holds_nul() {
    let errors = list(r#"[["a\u0000"]]"#, &[("s", S)]).1;
    assert_eq!(errors, ["x.json:1:3 E0603: column `s` wants a symbol, and \"a\\u0000\" is not: no symbol holds NUL"]);
    assert_eq!(list("[\n\0]", &[("s", S)]).1, ["x.json:2 E0107: byte 2 (on line 2) is NUL, which no text holds"]);
}

#[test]
fn floats_are_read_exactly() {
    let (rows, _) = list("[[-2.0030533586208682e110], [5e-324], [0.1]]", &[("f", TypeId::FLOAT)]);
    assert!(rows[0].contains("-20030533586208682"), "{}", rows[0]);
    assert_eq!(rows[2], "1: 0.1");
    assert!(list("[[1e400]]", &[("f", TypeId::FLOAT)]).1[0].ends_with("it does not fit 64 bits"));
}

#[test]
fn branches_and_fields_are_named_when_wrong() {
    let world = World::new();
    let at = |ty: TypeId, text: &str| list(text, &[("v", ty)]).1.join("\n");
    assert_eq!(
        at(world.tree, r#"[[{"$Lef": []}]]"#),
        "x.json:1:3 E0603: column `v` wants a branch of `Tree`, and {\"$Lef\": []} is not: there is no branch \
         \"$Lef\": did you mean `$Leaf`?"
    );
    assert_eq!(at(world.pair, r#"[[[1, 2]]]"#), "x.json:1:7 E0603: column `v` wants a symbol, and 2 is not");
    assert!(at(world.pair, "[[[1]]]").ends_with("it has 2 fields, and 1 are given"));
}
