//! Bytes to text: byte order mark first, then UTF-16 by its zeros, UTF-8, and only then a guess among legacy encodings.
//!
//! Deliberately absent: reporting which encoding it was; a wrong guess shows in the text.

use std::io::Read;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};
use encoding_rs_io::{DecodeReaderBytes, DecodeReaderBytesBuilder};

/// The encoding of a file that begins with `sample`; `declared` is what the file says of itself.
pub(crate) fn detect(sample: &[u8], declared: Option<&'static Encoding>) -> &'static Encoding {
    if let Some((encoding, _)) = Encoding::for_bom(sample) {
        return encoding;
    }
    // Before UTF-8: English in UTF-16 is valid UTF-8 too, full of zeros.
    if let Some(encoding) = utf16(sample) {
        return encoding;
    }
    if is_utf8(sample) {
        return UTF_8;
    }
    declared.unwrap_or_else(|| {
        let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
        detector.feed(sample, true);
        detector.guess(None, Utf8Detection::Allow)
    })
}

/// The whole text, its byte order mark left out and its line ends made `\n`.
pub(crate) fn decode(bytes: &[u8], declared: Option<&'static Encoding>) -> String {
    let (text, _, _) = detect(bytes, declared).decode(bytes);
    if text.contains('\r') { text.replace("\r\n", "\n").replace('\r', "\n") } else { text.into_owned() }
}

/// The bytes of `reader` turned to UTF-8 as they are read.
pub(crate) fn stream<R: Read>(reader: R, encoding: &'static Encoding) -> DecodeReaderBytes<R, Vec<u8>> {
    DecodeReaderBytesBuilder::new().encoding(Some(encoding)).bom_override(true).strip_bom(true).build(reader)
}

/// Whether the beginning of a file reads as text in some encoding, rather than as binary data.
pub(crate) fn is_text(head: &[u8]) -> bool {
    if Encoding::for_bom(head).is_some() || utf16(head).is_some() {
        return true;
    }
    let odd = head.iter().filter(|&&byte| is_odd(byte)).count();
    !head.contains(&0) && if is_utf8(head) { odd * 50 <= head.len() } else { odd == 0 }
}

/// Control characters that texts do not hold; form feed and escape (ISO-2022-JP) are allowed.
fn is_odd(byte: u8) -> bool {
    matches!(byte, 0..=8 | 11 | 14..=26 | 28..=31 | 127)
}

/// Whether the sample is UTF-8, its last character perhaps cut.
fn is_utf8(sample: &[u8]) -> bool {
    match std::str::from_utf8(sample) {
        Ok(_) => true,
        Err(error) => error.error_len().is_none(),
    }
}

/// UTF-16 without a mark: nearly every second byte of Western text is zero, on one side only.
fn utf16(sample: &[u8]) -> Option<&'static Encoding> {
    let sample = &sample[..sample.len().min(4096)];
    let pairs = sample.len() / 2;
    let zeros = |first: usize| sample.iter().skip(first).step_by(2).filter(|&&byte| byte == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    let many = |count: usize| pairs >= 4 && count * 10 >= pairs * 7;
    match (many(even), many(odd)) {
        (false, true) if even == 0 => Some(UTF_16LE),
        (true, false) if odd == 0 => Some(UTF_16BE),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    fn utf16le(text: &str) -> Vec<u8> {
        text.encode_utf16().flat_map(u16::to_le_bytes).collect()
    }

    #[test]
    fn marks_utf8_utf16_and_legacy_are_told_apart() {
        assert_eq!(decode("\u{feff}Grüße\r\nzwei\rdrei".as_bytes(), None), "Grüße\nzwei\ndrei");
        assert_eq!(decode(&utf16le("\u{feff}Grüße"), None), "Grüße");
        assert_eq!(decode(&utf16le("no mark at all"), None), "no mark at all");
        let (shift_jis, _, _) = encoding_rs::SHIFT_JIS.encode("名前,年齢,住所 佐藤太郎 東京 三木英子 大阪");
        assert_eq!(decode(&shift_jis, None), "名前,年齢,住所 佐藤太郎 東京 三木英子 大阪");
        let (latin, _, _) = encoding_rs::WINDOWS_1252.encode("Die Straße führt über die Brücke nach Köln.");
        assert_eq!(decode(&latin, None), "Die Straße führt über die Brücke nach Köln.");
    }

    #[test]
    fn what_a_file_declares_beats_the_guess_but_not_utf8() {
        let (koi, _, _) = encoding_rs::KOI8_R.encode("мир");
        assert_eq!(decode(&koi, Some(encoding_rs::KOI8_R)), "мир");
        assert_eq!(decode("мир".as_bytes(), Some(encoding_rs::KOI8_R)), "мир");
    }

    #[test]
    fn streaming_gives_the_same_text() {
        let mut text = String::new();
        stream(&utf16le("\u{feff}Grüße")[..], UTF_16LE).read_to_string(&mut text).expect("reads");
        assert_eq!(text, "Grüße");
    }

    #[test]
    fn binary_is_not_text() {
        assert!(is_text(b"plain\n"));
        assert!(is_text("Grüße".as_bytes()));
        assert!(is_text(b""));
        assert!(!is_text(b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03\0"));
        assert!(!is_text(&(0..=255).collect::<Vec<u8>>()));
    }
}
