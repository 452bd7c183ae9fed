//! Models that answer over HTTP, named `provider:model`: hosted ones and servers of one's own, behind the seam of all embedders.
//!
//! Nothing is sent before the user allowed it, except to this computer; keys come from the environment or the system's
//! keyring. Deliberately absent: pictures, and remembering what the user allowed (the engine's settings).

mod ask;
mod dialect;
mod embedder;
mod keys;
mod provider;
#[cfg(test)]
mod tests;

pub use dialect::Dialect;
pub(crate) use keys::hub_token;
pub use keys::{Key, keep_hub_token, keep_key, key_of};
pub use provider::{Hosted, Provider, ProviderSettings, Providers, check_address, rough_tokens};

pub(crate) use embedder::RemoteModel;
