//! The workbook, read back by another library.

use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};
use onus::report::matrix::xlsx;
use onus::responsibility::matrix::{Extent, Matrix};

use crate::support::{answers, session};

fn workbook(scopes: &[&str]) -> Vec<u8> {
    let (_, model) = session();
    let scopes: Vec<String> = scopes.iter().map(|scope| (*scope).to_owned()).collect();
    let matrix = Matrix::of(answers(&model), &scopes, Extent::default()).unwrap();
    let mut bytes = Vec::new();
    xlsx(&matrix, &mut bytes).unwrap();
    bytes
}

fn text(cell: Option<&Data>) -> String {
    cell.map(ToString::to_string).unwrap_or_default()
}

#[test]
fn the_workbook_says_what_the_matrix_says() {
    let bytes = workbook(&[]);
    assert_eq!(bytes, workbook(&[]), "the same matrix gives the same bytes");
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
    let sheets =
        ["Overview", "acme_redis", "acme_yb", "acme_astro", "acme_ec2", "acme_rds", "acme_s3", "Citations", "Legend"];
    assert_eq!(book.sheet_names(), sheets);
    let overview = book.worksheet_range("Overview").unwrap();
    let find = |layer: &str| overview.rows().find(|row| text(row.first()) == layer).unwrap();
    assert_eq!(text(find("physical").get(1)), "✓ aws");
    assert_eq!(text(find("guest_os").get(2)), "● yugabyte\n◐ aws", "a line a party");
    let redis = book.worksheet_range("acme_redis").unwrap();
    let row = redis.rows().find(|row| text(row.first()) == "physical").unwrap();
    let cells: Vec<String> = row.iter().map(|cell| text(Some(cell))).collect();
    assert_eq!(cells, ["physical", "yes", "", "", "✓ confirmed S0-8 S3-9", ""]);
    let citations = book.worksheet_range("Citations").unwrap();
    let row = citations.rows().find(|row| text(row.first()) == "S0-8").unwrap();
    let cells: Vec<String> = row.iter().map(|cell| text(Some(cell))).collect();
    assert_eq!((cells[1].as_str(), cells[5].as_str(), cells[6].as_str()), ("D0", "21", "builtin:redis_cloud.toml:61"));
    // Nothing in it is a formula.
    for sheet in sheets {
        assert!(book.worksheet_formula(sheet).unwrap().used_cells().all(|(_, _, formula)| formula.is_empty()));
    }
}
