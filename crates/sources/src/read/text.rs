//! Plain text in any common encoding, as it stands.
//!
//! Deliberately absent: guessing headings.

use super::outlet::{Metadata, Outlet};
use crate::prose::Prose;
use crate::{Reason, charset};

pub(super) fn read(bytes: &[u8], outlet: &mut Outlet) -> Result<(), Reason> {
    outlet.document(&Prose::plain(charset::decode(bytes, None)), &Metadata::new())
}
