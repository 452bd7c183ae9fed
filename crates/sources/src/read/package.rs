//! The archive that office documents and books are packed in, unpacked only as far as the limits allow.
//!
//! Deliberately absent: what the parts hold, beside the properties that all of them share.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use zip::ZipArchive;
use zip::result::ZipError;

use super::outlet::Metadata;
use crate::limits::size;
use crate::xml::{Part, attribute, each};
use crate::{Limits, Reason};

/// A part may always grow to this size, however well it was packed: short texts pack very well.
const FREE_BYTES: u64 = 4 << 20;

pub(super) struct Package {
    archive: ZipArchive<BufReader<File>>,
    limits: Limits,
}

impl Package {
    pub(super) fn open(path: &Path, limits: &Limits) -> Result<Self, Reason> {
        let mut file = BufReader::new(File::open(path)?);
        // With a password, the archive is wrapped into the container of the old Office formats.
        if file.fill_buf()?.starts_with(b"\xd0\xcf\x11\xe0") {
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes)?;
            let wrapped: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
            let is_wrapped = bytes.windows(wrapped.len()).any(|window| window == wrapped);
            return Err(if is_wrapped {
                Reason::Protected
            } else {
                Reason::NotReadYet { format: "old Office".into() }
            });
        }
        Ok(Self { archive: ZipArchive::new(file).map_err(reason)?, limits: limits.clone() })
    }

    /// What `parse` makes of a part; None if there is no such part.
    pub(super) fn part<T>(
        &mut self,
        name: &str,
        parse: impl FnOnce(&mut dyn BufRead) -> Result<T, Reason>,
    ) -> Result<Option<T>, Reason> {
        let entry = match self.archive.by_name(name) {
            Ok(entry) => entry,
            Err(ZipError::FileNotFound) => return Ok(None),
            Err(error) => return Err(reason(error)),
        };
        let by_ratio = entry.compressed_size().saturating_mul(self.limits.archive_ratio).max(FREE_BYTES);
        let most = by_ratio.min(self.limits.text_bytes);
        // What the archive declares of itself may be a lie: the bytes are counted as they come.
        let mut counted = Counted { left: most, inner: entry };
        let outcome = parse(&mut BufReader::new(&mut counted));
        if counted.left == 0 {
            return Err(Reason::TooLarge { what: format!("{name} unpacks to more than {}", size(most)) });
        }
        outcome.map(Some)
    }
}

/// What one part of an Office package says of another.
pub(super) struct Relation {
    pub(super) id: String,
    /// The last word of its type, such as "slide".
    pub(super) kind: String,
    /// The other part.
    pub(super) target: String,
}

impl Package {
    /// What the part `name` refers to inside the package.
    pub(super) fn relations(&mut self, name: &str) -> Result<Vec<Relation>, Reason> {
        let limits = self.limits.clone();
        let (folder, file) = name.rsplit_once('/').unwrap_or(("", name));
        let found = self.part(&format!("{folder}/_rels/{file}.rels"), |xml| {
            let mut found = Vec::new();
            each(xml, &limits, |part| {
                if let Part::Open("Relationship", element) = part
                    && attribute(element, "TargetMode").is_none_or(|mode| mode != "External")
                {
                    let of = |name| attribute(element, name).unwrap_or_default();
                    let kind = of("Type").rsplit('/').next().unwrap_or_default().to_owned();
                    found.push(Relation { id: of("Id"), kind, target: resolved(folder, &of("Target")) });
                }
                Ok(())
            })?;
            Ok(found)
        })?;
        Ok(found.unwrap_or_default())
    }

    /// The names of all parts; folders are none.
    pub(super) fn names(&self) -> Vec<String> {
        let names = self.archive.file_names().flatten().map(|name| name.into_owned());
        names.filter(|name| !name.ends_with('/')).collect()
    }

    /// Unpacks everything once, so that a library that knows no limits may do it again.
    pub(super) fn check_all(&mut self) -> Result<(), Reason> {
        for name in self.names() {
            self.part(&name, |part| Ok(io::copy(part, &mut io::sink())?))?;
        }
        Ok(())
    }
}

/// A reference from a part in `folder`, as the name of a part.
pub(super) fn resolved(folder: &str, target: &str) -> String {
    let mut parts: Vec<&str> = if target.starts_with('/') { Vec::new() } else { folder.split('/').collect() };
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.retain(|part| !part.is_empty());
    parts.join("/")
}

/// Fails once more than `left` bytes were read.
struct Counted<R> {
    left: u64,
    inner: R,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.left = self.left.saturating_sub(count as u64);
        if self.left == 0 { Err(io::Error::other("too much to unpack")) } else { Ok(count) }
    }
}

fn reason(error: ZipError) -> Reason {
    match error {
        ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) | ZipError::InvalidPassword => Reason::Protected,
        other => Reason::Broken { problem: other.to_string() },
    }
}

/// Title, author and the like, in the words of Dublin Core that office documents and books share.
pub(super) fn properties(xml: &mut dyn BufRead, limits: &Limits) -> Result<Metadata, Reason> {
    const KEPT: [(&str, &str); 5] = [
        ("title", "title"),
        ("creator", "author"),
        ("subject", "subject"),
        ("keywords", "keywords"),
        ("language", "language"),
    ];
    let (mut metadata, mut inside) = (Metadata::new(), None);
    each(xml, limits, |part| {
        match part {
            Part::Open(name, _) => inside = KEPT.iter().find(|(element, _)| *element == name).map(|(_, kept)| *kept),
            Part::Close(_) => inside = None,
            Part::Text(text) => {
                if let Some(name) = inside {
                    metadata.entry(name.to_owned()).or_default().push_str(text);
                }
            }
        }
        Ok(())
    })?;
    metadata.retain(|_, value| !value.trim().is_empty());
    Ok(metadata)
}
