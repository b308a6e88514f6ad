use super::*;
use crate::facts::world::World;
use crate::value::TypeId;

/// The bytes of a database that some SQL makes.
fn database(sql: &str) -> Vec<u8> {
    let mut database = Connection::open_in_memory().unwrap();
    database.execute_batch(sql).unwrap();
    database.serialize(MAIN_DB).unwrap().to_vec()
}

fn reading(bytes: &[u8], relation: &str) -> (Vec<String>, Vec<String>) {
    let mut world = World::new();
    let columns = world.columns(&[("s", TypeId::SYMBOL), ("n", TypeId::NUMBER), ("p", world.pair)]);
    let (rows, found) = read(&DataFile::new(bytes, "a.db"), relation, &columns, &world.types, &mut world.values);
    (world.shown(&columns, &rows), World::told(&found))
}

#[test]
fn tables_of_others_are_read() {
    let bytes = database(
        "CREATE TABLE r(n INTEGER, p TEXT, s TEXT, more);
         INSERT INTO r VALUES (7, '[1, a]', 'x', NULL), ('-8', 'nil', 5, NULL), (9, '[2, \"b, c\"]', 2.5, 1);
         CREATE VIEW \"v w\" AS SELECT s, n, p FROM r WHERE n = 7;",
    );
    assert_eq!(
        reading(&bytes, "r"),
        (["1: \"x\" 7 [1, \"a\"]", "2: \"5\" -8 nil", "3: \"2.5\" 9 [2, \"b, c\"]"].map(String::from).to_vec(), vec![])
    );
    assert_eq!(reading(&bytes, "v w").0.len(), 1);
    let bytes = database("CREATE TABLE r(a, b, c); INSERT INTO r VALUES ('x', 1, 'nil')");
    assert_eq!(reading(&bytes, "r").0, ["1: \"x\" 1 nil"]);
}

#[test]
fn what_is_wrong_is_told_by_row() {
    let bytes = database(
        "CREATE TABLE r(s, n, p);
         INSERT INTO r VALUES ('a', NULL, 'nil'), ('a', 1.5, 'nil'), ('a', 'b', 'nil'), ('a', 1, '[1'), ('a', 1, 1), (x'00', 1, 'nil');
         CREATE TABLE s(a, b);",
    );
    let (rows, found) = reading(&bytes, "r");
    assert!(rows.is_empty());
    assert_eq!(
        found,
        [
            "a.db: row 1 of r E0603: column `n`: NULL is no value of any type",
            "a.db: row 2 of r E0603: column `n`: 1.5 is not a number",
            "a.db: row 3 of r E0603: column `n`: \"b\" is not a number",
            "a.db: row 4 of r E0603: column `p`: \"[1\" is not one: `,` is wanted at character 3, and the end found",
            "a.db: row 5 of r E0603: column `p`: 1 is no text of a `Pair`",
            "a.db: row 6 of r E0603: column `s`: a blob of 1 bytes is no value of any type",
        ]
    );
    assert_eq!(reading(&bytes, "s").1, ["a.db E0602: `s` has the columns a, b, and s, n, p are wanted"]);
    assert_eq!(reading(&bytes, "t").1, ["a.db E0602: the database has no table or view `t` (it has r, s)"]);
    assert!(reading(b"no database at all", "r").1[0].starts_with("a.db E0601: the file is no database of SQLite: "));
    assert!(!reading(&bytes[..bytes.len() / 2], "r").1.is_empty());
}
