//! A folder that the TensorBoard projector opens: `tensors.tsv`, `metadata.tsv` and a configuration that names both.
//!
//! Deliberately absent: sprites of pictures.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use super::sheet::{Sheet, folder};
use crate::Error;

/// Letters of a text that the projector shows.
const LETTERS: usize = 300;

pub(super) fn write(sheet: &Sheet<'_>, out: &Path) -> Result<Vec<PathBuf>, Error> {
    let Some(vectors) = &sheet.vectors else {
        return Err(Error::Request("the projector shows vectors; name a set to export".into()));
    };
    let place = folder(out)?;
    let (tensors, metadata) = (place("tensors.tsv"), place("metadata.tsv"));
    let config = place("projector_config.pbtxt");
    let write = || -> std::io::Result<()> {
        let mut file = BufWriter::new(File::create(&tensors)?);
        for row in vectors.iter() {
            for (at, value) in row.iter().enumerate() {
                write!(file, "{}{value}", if at == 0 { "" } else { "\t" })?;
            }
            file.write_all(b"\n")?;
        }
        file.flush()
    };
    write().map_err(Error::file(&tensors))?;

    let mut file = BufWriter::new(File::create(&metadata).map_err(Error::file(&metadata))?);
    // With two columns or more the projector takes the first row for their names.
    let names =
        ["title", "text", "file"].into_iter().chain(["cluster"].into_iter().filter(|_| sheet.clusters.is_some()));
    let names = names.chain(["tags"].into_iter().filter(|_| sheet.has_tags()));
    let mut line: Vec<String> = names.map(str::to_owned).collect();
    let own = line.clone();
    let column = |name: &String| if own.contains(name) { format!("metadata.{name}") } else { flat(name) };
    line.extend(sheet.columns.iter().map(column));
    writeln!(file, "{}", line.join("\t")).map_err(Error::file(&metadata))?;
    sheet.each(&mut |row, card| {
        let mut line = vec![flat(&card.title), flat(&card.text), flat(&card.file)];
        line.extend(sheet.clusters.as_ref().map(|_| flat(sheet.cluster_name(row))));
        line.extend(sheet.has_tags().then(|| flat(&sheet.tags(row).join("; "))));
        line.extend(
            sheet.columns.iter().map(|name| card.metadata.get(name).map(|value| flat(value)).unwrap_or_default()),
        );
        writeln!(file, "{}", line.join("\t")).map_err(Error::file(&metadata))
    })?;
    file.flush().map_err(Error::file(&metadata))?;

    let said = "embeddings {\n  tensor_path: \"tensors.tsv\"\n  metadata_path: \"metadata.tsv\"\n}\n";
    fs::write(&config, said).map_err(Error::file(&config))?;
    Ok(vec![tensors, metadata, config])
}

/// One line without tabs, not too long; a dash for nothing, for lines of tabs alone are passed over.
fn flat(text: &str) -> String {
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if words.is_empty() { "–".into() } else { words.chars().take(LETTERS).collect() }
}
