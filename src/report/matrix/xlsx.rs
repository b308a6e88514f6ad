//! The matrix as a workbook: an overview, a sheet a scope, the citations, the legend. Texts are written as texts: nothing
//! in them becomes a formula or a link.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError,
};

use super::{GAPS, about, glyph, label, missing, standings, summary, tally};
use crate::report::escape::escape;
use crate::responsibility::matrix::{Matrix, ScopeTable, Standing};

/// Writes the workbook. The same matrix gives the same bytes.
///
/// # Errors
/// As the writer's; a sheet that would have more rows or longer texts than the format allows.
pub fn xlsx(matrix: &Matrix, out: &mut dyn Write) -> io::Result<()> {
    let bytes = workbook(matrix).map_err(io::Error::other)?;
    out.write_all(&bytes)
}

fn workbook(matrix: &Matrix) -> Result<Vec<u8>, XlsxError> {
    let looks = Looks::new();
    let mut workbook = Workbook::new();
    // The day on which it was made is no part of the answer.
    let made = ExcelDateTime::from_ymd(2000, 1, 1)?;
    let properties = DocProperties::new().set_title("Who answers for what").set_creation_datetime(&made);
    workbook.set_properties(&properties);
    let mut names = BTreeSet::new();
    if matrix.scopes.len() > 1 {
        overview(workbook.add_worksheet(), matrix, &looks, &sheet_name("Overview", &mut names))?;
    }
    for scope in &matrix.scopes {
        let name = sheet_name(&scope.scope, &mut names);
        scope_sheet(workbook.add_worksheet(), matrix, scope, &looks, &name)?;
    }
    citations(workbook.add_worksheet(), matrix, &looks, &sheet_name("Citations", &mut names))?;
    legend(workbook.add_worksheet(), matrix, &looks, &sheet_name("Legend", &mut names))?;
    workbook.save_to_buffer()
}

/// How cells look. Colour only repeats what the words say.
struct Looks {
    plain: Format,
    head: Format,
    title: Format,
    layer: Format,
    gap: Format,
    note: Format,
    standing: BTreeMap<Standing, Format>,
}

impl Looks {
    fn new() -> Self {
        let base = || Format::new().set_text_wrap().set_align(FormatAlign::Top).set_border(FormatBorder::Thin);
        let base = || base().set_border_color(0x00C9_CED6);
        let color = |standing: Standing| match standing {
            Standing::Disputed => 0x00F9_D9DB,
            Standing::Confirmed => 0x00DC_F1E2,
            Standing::Accepted => 0x00EA_F3FD,
            Standing::OneSided => 0x00FD_F0D5,
            Standing::Assigned => 0x00F7_F3E6,
            Standing::Below => 0x00EE_F0F3,
        };
        let of = |standing: Standing| (standing, base().set_background_color(color(standing)));
        Self {
            plain: base(),
            head: base().set_bold().set_background_color(0x00E4_E8EE),
            title: Format::new().set_bold().set_font_size(14),
            layer: base().set_bold(),
            gap: base().set_bold().set_font_color(0x00A3_161F).set_background_color(0x00FB_E4E5),
            note: base().set_font_color(0x005B_6675),
            standing: Standing::ALL.into_iter().map(of).collect(),
        }
    }

    fn of(&self, standing: Option<Standing>) -> &Format {
        standing.map_or(&self.gap, |standing| self.standing.get(&standing).unwrap_or(&self.plain))
    }
}

/// A name that a sheet may have: short, without marks, unlike the others whatever their case.
fn sheet_name(wanted: &str, taken: &mut BTreeSet<String>) -> String {
    let clean: String = escape(wanted).chars().map(|one| if "[]:*?/\\'".contains(one) { '.' } else { one }).collect();
    let clean = if clean.trim().is_empty() { "scope".to_owned() } else { clean };
    for number in 1.. {
        let suffix = if number == 1 { String::new() } else { format!(" {number}") };
        // The limit counts UTF-16 units.
        let mut name = String::new();
        for character in clean.chars() {
            let units: usize = name.chars().chain([character]).map(char::len_utf16).sum();
            if units + suffix.len() > 31 {
                break;
            }
            name.push(character);
        }
        name.push_str(&suffix);
        // `History` is kept by the program for itself.
        if name.to_lowercase() != "history" && taken.insert(name.to_lowercase()) {
            return name;
        }
    }
    clean
}

/// A sheet with a row of heads at `head`, that stays in sight and is repeated on paper.
fn frame(sheet: &mut Worksheet, name: &str, head: u32, columns: u16, last: u32) -> Result<(), XlsxError> {
    sheet.set_name(name)?;
    sheet.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0);
    sheet.set_repeat_rows(head, head)?;
    sheet.set_freeze_panes(head + 1, 1)?;
    sheet.set_footer("&L&[Tab]&R&[Page] / &[Pages]");
    if last > head {
        sheet.autofilter(head, 0, last, columns.saturating_sub(1))?;
    }
    Ok(())
}

fn put(sheet: &mut Worksheet, row: u32, column: usize, text: &str, format: &Format) -> Result<(), XlsxError> {
    let column = u16::try_from(column).map_err(|_| XlsxError::RowColumnLimitError)?;
    sheet.write_string_with_format(row, column, escape(text), format).map(drop)
}

fn rows(count: usize) -> Result<u32, XlsxError> {
    u32::try_from(count).map_err(|_| XlsxError::RowColumnLimitError)
}

fn columns(count: usize) -> Result<u16, XlsxError> {
    u16::try_from(count).map_err(|_| XlsxError::RowColumnLimitError)
}

fn overview(sheet: &mut Worksheet, matrix: &Matrix, looks: &Looks, name: &str) -> Result<(), XlsxError> {
    let layers = matrix.layers();
    frame(sheet, name, 0, columns(matrix.scopes.len() + 1)?, rows(layers.len())?)?;
    sheet.set_column_width(0, 24)?;
    put(sheet, 0, 0, "layer", &looks.head)?;
    for (at, scope) in (1..).zip(&matrix.scopes) {
        sheet.set_column_width(columns(at)?, 18)?;
        put(sheet, 0, at, &scope.scope, &looks.head)?;
    }
    for (line, layer) in (1..).zip(layers) {
        put(sheet, line, 0, layer, &looks.layer)?;
        for (at, scope) in (1..).zip(&matrix.scopes) {
            let row = scope.rows.iter().find(|row| row.layer == layer);
            let parts = row.map(|row| summary(row, &matrix.parties)).unwrap_or_default();
            let format = parts.iter().map(|(standing, _)| *standing).min().map(|standing| looks.of(standing));
            let texts: Vec<String> =
                parts.iter().map(|(standing, text)| format!("{} {text}", standing.map_or("∅", glyph))).collect();
            // Each party is a line of the cell.
            let texts: Vec<_> = texts.iter().map(|text| escape(text)).collect();
            let format = format.unwrap_or(&looks.plain);
            sheet.write_string_with_format(line, columns(at)?, texts.join("\n"), format)?;
        }
    }
    Ok(())
}

fn scope_sheet(
    sheet: &mut Worksheet,
    matrix: &Matrix,
    scope: &ScopeTable,
    looks: &Looks,
    name: &str,
) -> Result<(), XlsxError> {
    let parties: Vec<&String> = matrix
        .parties
        .iter()
        .map(|(party, _)| party)
        .filter(|party| scope.rows.iter().any(|row| row.cells.contains_key(*party)))
        .collect();
    let width = parties.len() + 3;
    frame(sheet, name, 3, columns(width)?, 3 + rows(scope.rows.len())?)?;
    sheet.write_string_with_format(0, 0, escape(&scope.scope), &looks.title)?;
    sheet.write_string(1, 0, escape(&about(scope).join(" · ")))?;
    sheet.write_string(2, 0, escape(&tally(scope)))?;
    let heads = ["layer", "required"].into_iter().chain(parties.iter().map(|party| party.as_str()));
    for (at, head) in heads.chain(["nobody"]).enumerate() {
        put(sheet, 3, at, head, &looks.head)?;
        let wide = [24.0, 10.0].get(at).copied().unwrap_or(26.0);
        sheet.set_column_width(columns(at)?, wide)?;
    }
    for (line, row) in (4..).zip(&scope.rows) {
        put(sheet, line, 0, &row.layer, &looks.layer)?;
        put(sheet, line, 1, if row.required { "yes" } else { "no" }, &looks.plain)?;
        for (at, party) in (2..).zip(&parties) {
            match row.cells.get(*party) {
                Some(cell) => {
                    let standing = cell.standing();
                    let text = format!("{} {} {}", glyph(standing), label(cell), cell.statements().join(" "));
                    put(sheet, line, at, &text, looks.of(Some(standing)))?;
                }
                None => put(sheet, line, at, "", &looks.plain)?,
            }
        }
        let words = missing(row);
        let (text, format) = match &row.gap {
            Some(_) => (format!("∅ {words}"), &looks.gap),
            None => (words, &looks.note),
        };
        put(sheet, line, width - 1, &text, format)?;
    }
    Ok(())
}

fn citations(sheet: &mut Worksheet, matrix: &Matrix, looks: &Looks, name: &str) -> Result<(), XlsxError> {
    let heads = [
        ("statement", 12.0),
        ("document", 12.0),
        ("issuer", 16.0),
        ("title", 44.0),
        ("section", 40.0),
        ("lines", 12.0),
        ("facts", 32.0),
    ];
    frame(sheet, name, 0, columns(heads.len())?, rows(matrix.citations.len())?)?;
    for (at, (head, wide)) in heads.into_iter().enumerate() {
        sheet.set_column_width(columns(at)?, wide)?;
        put(sheet, 0, at, head, &looks.head)?;
    }
    for (line, citation) in (1..).zip(matrix.citations.values()) {
        put(sheet, line, 0, &citation.statement, &looks.layer)?;
        let cells = [
            &citation.document,
            &citation.issuer,
            &citation.title,
            &citation.section,
            &citation.lines,
            &citation.place,
        ];
        for (at, text) in (1..).zip(cells) {
            put(sheet, line, at, text, &looks.plain)?;
        }
    }
    Ok(())
}

fn legend(sheet: &mut Worksheet, matrix: &Matrix, looks: &Looks, name: &str) -> Result<(), XlsxError> {
    frame(sheet, name, 0, 2, 0)?;
    sheet.set_column_width(0, 18)?;
    sheet.set_column_width(1, 90)?;
    put(sheet, 0, 0, "word", &looks.head)?;
    put(sheet, 0, 1, "meaning", &looks.head)?;
    let mut line = 1;
    for standing in standings(matrix) {
        put(sheet, line, 0, &format!("{} {}", glyph(standing), standing.word()), looks.of(Some(standing)))?;
        put(sheet, line, 1, standing.meaning(), &looks.plain)?;
        line += 1;
    }
    for (kind, meaning) in GAPS {
        put(sheet, line, 0, &format!("∅ {kind}"), &looks.gap)?;
        put(sheet, line, 1, &format!("nobody answers: {meaning}"), &looks.plain)?;
        line += 1;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sheets_have_names_that_the_format_allows() {
        let mut taken = BTreeSet::new();
        let mut name = |wanted: &str| sheet_name(wanted, &mut taken);
        assert_eq!(
            (name("yb:mgmt"), name("YB.mgmt"), name("")),
            ("yb.mgmt".into(), "YB.mgmt 2".into(), "scope".into())
        );
        let long = "a_deployment_with_a_very_long_name_indeed";
        assert_eq!(name(long), "a_deployment_with_a_very_long_n");
        assert_eq!(name(long), "a_deployment_with_a_very_long 2");
        assert_eq!(name("History"), "History 2");
    }
}
