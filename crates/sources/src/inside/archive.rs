//! One open archive or e-mail: the names of the files in it, and their bytes. What gzip packs is an archive of one file.
//!
//! Deliberately absent: where it is, and archives inside it.

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom, Write};
use std::sync::{Mutex, PoisonError};

use flate2::read::MultiGzDecoder;
use mail_parser::{MessageParser, MimeHeaders};
use zip::ZipArchive;
use zip::result::ZipError;

use super::name;
use crate::format::HEAD;
use crate::limits::size;
use crate::{Limits, Reason};

/// An entry may always grow to this size, however well it was packed: short texts pack very well.
const FREE_BYTES: u64 = 4 << 20;

pub(super) struct Archive {
    names: Vec<String>,
    by_name: HashMap<String, usize>,
    files: Files,
    complaint: Option<Reason>,
}

enum Files {
    /// An archive, and where in it the named entries stand.
    Zip(Mutex<ZipArchive<BufReader<File>>>, Vec<usize>),
    /// The attachments of an e-mail.
    Mail(Vec<Vec<u8>>),
    /// The only file, and how many bytes it takes packed.
    Gzip(Mutex<File>, u64),
}

impl Archive {
    /// `stem` is the name of the only file, where the archive knows none.
    pub(super) fn open(mut file: File, stem: &str, limits: &Limits) -> Result<Self, Reason> {
        let bytes = file.seek(SeekFrom::End(0))?;
        let mut head = [0; 2];
        file.rewind()?;
        let begins = file.read(&mut head)? == 2;
        file.rewind()?;
        match &head {
            b"PK" if begins => Self::zip(file, bytes, limits),
            b"\x1f\x8b" if begins => {
                let name = name::tame(stem).unwrap_or_else(|| "content".into());
                Ok(Self::of(vec![name], Files::Gzip(Mutex::new(file), bytes), None))
            }
            _ => Self::mail(file, bytes, limits),
        }
    }

    fn zip(file: File, bytes: u64, limits: &Limits) -> Result<Self, Reason> {
        let archive = ZipArchive::new(BufReader::new(file)).map_err(reason)?;
        let (mut names, mut places, mut taken, mut packed) = (Vec::new(), Vec::new(), HashSet::new(), 0u64);
        let mut complaint = None;
        for place in 0..archive.len() {
            let entry = archive.by_index_data(place).map_err(reason)?;
            packed = packed.saturating_add(entry.compressed_size());
            if entry.is_dir() {
                continue;
            }
            let written = entry.name().unwrap_or_else(|_| String::from_utf8_lossy(entry.name_raw()));
            let Some(name) = name::tame(&written) else { continue };
            if names.len() as u64 == limits.archive_entries {
                let what = format!("an archive of more than {} files; the first were taken", limits.archive_entries);
                complaint = Some(Reason::TooLarge { what });
                break;
            }
            names.push(name::unique(name, &mut taken));
            places.push(place);
        }
        // The trick by which a small archive unpacks to petabytes: many entries share the same bytes.
        if packed > bytes {
            return Err(broken("the files in it overlap"));
        }
        Ok(Self::of(names, Files::Zip(Mutex::new(archive), places), complaint))
    }

    fn mail(file: File, bytes: u64, limits: &Limits) -> Result<Self, Reason> {
        Limits::check_bytes(bytes, limits.text_bytes)?;
        let mut raw = Vec::new();
        file.take(limits.text_bytes).read_to_end(&mut raw)?;
        let message = MessageParser::default().parse(&raw).ok_or_else(|| broken("it holds no e-mail"))?;
        let (mut names, mut contents, mut taken) = (Vec::new(), Vec::new(), HashSet::new());
        for attachment in message.attachments() {
            let unnamed = if attachment.is_message() { "message.eml" } else { "attachment" };
            let Some(name) = name::tame(attachment.attachment_name().unwrap_or(unnamed)) else { continue };
            names.push(name::unique(name, &mut taken));
            contents.push(attachment.contents().to_vec());
        }
        Ok(Self::of(names, Files::Mail(contents), None))
    }

    fn of(names: Vec<String>, files: Files, complaint: Option<Reason>) -> Self {
        let by_name = names.iter().cloned().zip(0..).collect();
        Self { names, by_name, files, complaint }
    }

    pub(super) fn names(&self) -> &[String] {
        &self.names
    }

    pub(super) fn index(&self, name: &str) -> Option<usize> {
        self.by_name.get(name).copied()
    }

    /// What is wrong with it, apart from its files.
    pub(super) fn complaint(&self) -> Option<Reason> {
        self.complaint.clone()
    }

    /// The size of a file as the archive declares it; refused if it is a link, locked or too large.
    pub(super) fn bytes(&self, index: usize, limits: &Limits) -> Result<u64, Reason> {
        let bytes = match &self.files {
            Files::Mail(contents) => contents[index].len() as u64,
            Files::Gzip(file, _) => unpacked(&mut file.lock().unwrap_or_else(PoisonError::into_inner))?,
            Files::Zip(archive, places) => {
                let archive = archive.lock().unwrap_or_else(PoisonError::into_inner);
                let entry = archive.by_index_data(places[index]).map_err(reason)?;
                if entry.encrypted() {
                    return Err(Reason::Protected);
                }
                if entry.is_symlink() {
                    return Err(Reason::Io { problem: "a link, not followed".into() });
                }
                entry.size()
            }
        };
        if bytes == 0 {
            return Err(Reason::Empty { what: "empty file".into() });
        }
        Limits::check_bytes(bytes, limits.file_bytes)?;
        Ok(bytes)
    }

    /// The first bytes of a file.
    pub(super) fn head(&self, index: usize) -> Result<Vec<u8>, Reason> {
        let mut head = Vec::new();
        self.with(index, |_, content| Ok(content.take(HEAD).read_to_end(&mut head)?))?;
        Ok(head)
    }

    /// Writes a file to `target`, counting the bytes as they come, and rewinds it.
    pub(super) fn unpack(&self, index: usize, target: &mut File, limits: &Limits) -> Result<(), Reason> {
        self.bytes(index, limits)?;
        self.with(index, |packed, content| {
            let by_ratio = packed.saturating_mul(limits.archive_ratio).max(FREE_BYTES);
            let most = by_ratio.min(limits.file_bytes);
            let written = io::copy(&mut content.take(most + 1), target).map_err(|error| broken(error.to_string()))?;
            if written > most {
                return Err(Reason::TooLarge { what: format!("it unpacks to more than {}", size(most)) });
            }
            Ok(())
        })?;
        target.flush()?;
        target.rewind()?;
        Ok(())
    }

    /// Hands over how many bytes a file takes packed, and its content.
    fn with<T>(&self, index: usize, take: impl FnOnce(u64, &mut dyn Read) -> Result<T, Reason>) -> Result<T, Reason> {
        match &self.files {
            Files::Mail(contents) => take(contents[index].len() as u64, &mut &contents[index][..]),
            Files::Gzip(file, packed) => {
                let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
                file.rewind()?;
                take(*packed, &mut MultiGzDecoder::new(BufReader::new(&mut *file)))
            }
            Files::Zip(archive, places) => {
                let mut archive = archive.lock().unwrap_or_else(PoisonError::into_inner);
                let mut entry = archive.by_index(places[index]).map_err(reason)?;
                take(entry.compressed_size(), &mut entry)
            }
        }
    }
}

/// How large a gzip file says its content is, at its end.
fn unpacked(file: &mut File) -> Result<u64, Reason> {
    let mut size = [0; 4];
    file.seek(SeekFrom::End(-4)).and_then(|_| file.read_exact(&mut size)).map_err(|_| broken("it ends too soon"))?;
    Ok(u64::from(u32::from_le_bytes(size)))
}

fn broken(problem: impl Into<String>) -> Reason {
    Reason::Broken { problem: problem.into() }
}

fn reason(error: ZipError) -> Reason {
    match error {
        ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) | ZipError::InvalidPassword => Reason::Protected,
        ZipError::CompressionMethodNotSupported(_) => broken("it is packed in a way that is not supported"),
        other => broken(other.to_string()),
    }
}
