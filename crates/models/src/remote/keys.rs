//! Keys of providers: from the environment, or from the system's keyring; never in a file, a log or an error.
//!
//! Deliberately absent: asking the user for one.

use keyring::Entry;

use super::provider::Provider;
use crate::Error;

/// What the keyring knows our keys by.
const SERVICE: &str = "embedscope";

/// A key that shows itself to nobody by accident.
#[derive(Clone)]
pub struct Key(String);

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key(…)")
    }
}

impl Key {
    /// A key as it was typed or found; None where there is nothing, or what could not be sent in a header.
    pub fn new(key: &str) -> Option<Self> {
        let key = key.trim();
        (!key.is_empty() && key.bytes().all(|byte| byte.is_ascii_graphic())).then(|| Self(key.into()))
    }

    pub(super) fn reveal(&self) -> &str {
        &self.0
    }
}

/// The key of a provider: what its environment variable holds, else what the keyring keeps. None where neither has one, or
/// the provider wants none.
pub fn key_of(provider: &Provider) -> Option<Key> {
    let variable = provider.key.as_ref()?;
    let told = std::env::var(variable).ok().and_then(|key| Key::new(&key));
    // A system without a keyring has no key in it.
    told.or_else(|| Entry::new(SERVICE, &provider.name).ok()?.get_password().ok().and_then(|key| Key::new(&key)))
}

/// Keeps a provider's key in the system's keyring.
pub fn keep_key(provider: &Provider, key: &Key) -> Result<(), Error> {
    Entry::new(SERVICE, &provider.name)
        .and_then(|entry| entry.set_password(key.reveal()))
        .map_err(|problem| unkept(provider, &problem))
}

/// Takes a provider's key out of the system's keyring, if it is there.
pub fn forget_key(provider: &Provider) -> Result<(), Error> {
    match Entry::new(SERVICE, &provider.name).and_then(|entry| entry.delete_credential()) {
        Ok(()) | Err(keyring::Error::NoEntry) => Ok(()),
        Err(problem) => Err(unkept(provider, &problem)),
    }
}

fn unkept(provider: &Provider, problem: &keyring::Error) -> Error {
    let variable = provider.key.clone().unwrap_or_default();
    Error::Keyring { provider: provider.name.clone(), variable, problem: problem.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_does_not_show_itself() {
        let key = Key::new(" sk-secret\n").expect("a key");
        assert_eq!((key.reveal(), format!("{key:?}").as_str()), ("sk-secret", "Key(…)"));
        for none in ["", " ", "two words", "li\nnes", "schlüssel"] {
            assert!(Key::new(none).is_none(), "{none:?}");
        }
    }
}
