//! Workbooks sheet by sheet, one line a row, cells parted by tabs; what formulas gave, not the formulas.
//!
//! Deliberately absent: charts, comments, and the look of numbers, except that dates are dates.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use calamine::{DataRef, ExcelDateTime, Reader, SheetType, Xlsx, XlsxError};

use super::outlet::{Metadata, Outlet};
use super::package::{Package, properties};
use crate::limits::size;
use crate::prose::Prose;
use crate::{Limits, Reason};

pub(super) fn read(path: &Path, limits: &Limits, outlet: &mut Outlet) -> Result<(), Reason> {
    let mut package = Package::open(path, limits)?;
    package.check_all()?;
    check_shared_strings(&mut package)?;
    let metadata = package.part("docProps/core.xml", |xml| properties(xml, limits))?.unwrap_or_default();
    let mut book: Xlsx<_> = Xlsx::new(BufReader::new(File::open(path)?)).map_err(reason)?;
    let sheets = book.sheets_metadata().to_vec();
    let sheets = sheets.into_iter().filter(|sheet| sheet.typ == SheetType::WorkSheet);
    for (number, sheet) in (1..).zip(sheets) {
        outlet.check()?;
        let prose = rows(&mut book, &sheet.name, limits)?;
        let mut metadata: Metadata = metadata.clone();
        metadata.insert("sheet".into(), sheet.name);
        outlet.page(number, &prose, &metadata)?;
    }
    Ok(())
}

/// Refuses a table of shared strings that claims more strings than its bytes can hold: the library makes room for as many
/// as are claimed, and no catch helps against memory that cannot be had.
fn check_shared_strings(package: &mut Package) -> Result<(), Reason> {
    const SHORTEST_STRING: &str = "<si/>";
    for name in package.names() {
        if !name.to_ascii_lowercase().ends_with("sharedstrings.xml") {
            continue;
        }
        let bytes = package.part(&name, |part| {
            let mut bytes = Vec::new();
            part.read_to_end(&mut bytes)?;
            Ok(bytes)
        })?;
        let bytes = bytes.unwrap_or_default();
        let claimed = claimed_counts(&bytes).max().unwrap_or(0);
        if claimed > (bytes.len() / SHORTEST_STRING.len()) as u64 {
            return Err(super::broken(format!("{name} claims {claimed} strings in {}", size(bytes.len() as u64))));
        }
    }
    Ok(())
}

/// Every number that stands behind the word `uniqueCount`; numbers too large to tell count as the largest.
fn claimed_counts(bytes: &[u8]) -> impl Iterator<Item = u64> {
    const WORD: &[u8] = b"uniqueCount";
    let places = bytes.windows(WORD.len()).enumerate().filter(|(_, window)| *window == WORD);
    places.map(|(at, _)| {
        let value = bytes[at + WORD.len()..].iter().skip_while(|byte| b"=\"' \t\r\n+".contains(byte));
        value
            .take_while(|byte| byte.is_ascii_digit())
            .fold(0u64, |number, digit| number.saturating_mul(10).saturating_add(u64::from(digit - b'0')))
    })
}

/// The filled cells of a sheet, as they come: a sheet may name a cell at its far end and hold no other.
fn rows(book: &mut Xlsx<BufReader<File>>, sheet: &str, limits: &Limits) -> Result<Prose, Reason> {
    let mut cells = book.worksheet_cells_reader(sheet).map_err(reason)?;
    let (mut prose, mut row) = (Prose::default(), None);
    while let Some(cell) = cells.next_cell().map_err(reason)? {
        let text = text(cell.get_value());
        let text = text.trim();
        if text.is_empty() {
            continue;
        }
        if row.replace(cell.get_position().0) == Some(cell.get_position().0) {
            prose.cell();
        } else {
            prose.line();
        }
        prose.push(text);
        // One shared string may be named by every cell.
        Limits::check_bytes(prose.text().len() as u64, limits.text_bytes)?;
    }
    Ok(prose)
}

fn text(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number.to_string(),
        DataRef::String(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Bool(truth) => truth.to_string(),
        DataRef::DateTime(moment) => date(*moment),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::Error(_) | DataRef::Empty => String::new(),
    }
}

fn date(moment: ExcelDateTime) -> String {
    let (year, month, day, hour, minute, second, _) = moment.to_ymd_hms_milli();
    let time =
        if second == 0 { format!("{hour:02}:{minute:02}") } else { format!("{hour:02}:{minute:02}:{second:02}") };
    match moment.as_f64() {
        // Before the first day of the calendar there are only times.
        value if (0.0..1.0).contains(&value) => time,
        value if value.fract() == 0.0 => format!("{year:04}-{month:02}-{day:02}"),
        _ => format!("{year:04}-{month:02}-{day:02} {time}"),
    }
}

fn reason(error: XlsxError) -> Reason {
    match error {
        XlsxError::Password => Reason::Protected,
        other => super::broken(other.to_string()),
    }
}
