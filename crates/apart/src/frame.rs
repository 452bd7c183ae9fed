//! Frames: a length of four bytes, little-endian, and postcard.
//!
//! Deliberately absent: versions; both ends are built together, and greet each other where they might not be.

use std::io::{self, ErrorKind, Read, Write};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// No frame is larger; one that says it is was not written by us.
const FRAME_BYTES: u32 = 1 << 30;

/// Writes a frame and sees that it leaves.
pub fn send(to: &mut dyn Write, what: &impl Serialize) -> io::Result<()> {
    let bytes = postcard::to_stdvec(what).map_err(io::Error::other)?;
    let length = u32::try_from(bytes.len()).ok().filter(|length| *length <= FRAME_BYTES);
    let length = length.ok_or_else(|| io::Error::other("too much at once"))?;
    to.write_all(&length.to_le_bytes())?;
    to.write_all(&bytes)?;
    to.flush()
}

/// What is in the next frame; None where there are no more.
pub fn receive<T: DeserializeOwned>(from: &mut dyn Read) -> io::Result<Option<T>> {
    next(from)?.map(|bytes| decode(&bytes)).transpose()
}

/// The bytes of the next frame; None where there are no more.
pub fn next(from: &mut dyn Read) -> io::Result<Option<Vec<u8>>> {
    let mut length = [0; 4];
    match from.read_exact(&mut length) {
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => return Ok(None),
        outcome => outcome?,
    }
    let length = u32::from_le_bytes(length);
    if length > FRAME_BYTES {
        return Err(io::Error::other("too much at once"));
    }
    let mut bytes = Vec::new();
    from.take(u64::from(length)).read_to_end(&mut bytes)?;
    Ok(Some(bytes))
}

/// What the bytes of a frame say, which may borrow from them.
pub fn decode<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> io::Result<T> {
    postcard::from_bytes(bytes).map_err(io::Error::other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_follow_each_other_and_nonsense_is_refused() {
        let mut pipe = Vec::new();
        send(&mut pipe, &("one", 1_u8)).expect("written");
        send(&mut pipe, &("two", 2_u8)).expect("written");
        let mut from = pipe.as_slice();
        let bytes = next(&mut from).expect("read").expect("there");
        assert_eq!(decode::<(&str, u8)>(&bytes).expect("understood"), ("one", 1));
        assert_eq!(receive(&mut from).expect("read"), Some(("two".to_owned(), 2_u8)));
        assert_eq!(receive::<String>(&mut from).expect("read"), None);
        assert!(receive::<(String, u8)>(&mut &pipe[..pipe.len() / 2 - 1]).is_err(), "cut off");
        assert!(next(&mut [255_u8; 8].as_slice()).is_err(), "four gigabytes");
    }
}
