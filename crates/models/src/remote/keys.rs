//! Keys of providers and tokens of hubs: from the environment, or from the system's keyring; never in a file, a log or an error.
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

    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }
}

/// The key of a provider: what its environment variable holds, else what the keyring keeps. None where neither has one, or
/// the provider wants none.
pub fn key_of(provider: &Provider) -> Option<Key> {
    let variable = provider.key.as_ref()?;
    let told = std::env::var(variable).ok().and_then(|key| Key::new(&key));
    told.or_else(|| kept(&provider.name))
}

/// Keeps a provider's key in the system's keyring; None takes it out, if it is there.
pub fn keep_key(provider: &Provider, key: Option<&Key>) -> Result<(), Error> {
    keep(&provider.name, &provider.name, provider.key.as_deref().unwrap_or_default(), key)
}

/// The token that is kept for a hub. Each host has its own, so that a mirror is not told that of another.
pub(crate) fn hub_token(host: &str) -> Option<Key> {
    kept(&format!("hub {host}"))
}

/// Keeps a token for a hub in the system's keyring; None takes it out, if it is there.
pub fn keep_hub_token(host: &str, token: Option<&Key>) -> Result<(), Error> {
    keep(&format!("hub {host}"), host, "HF_TOKEN", token)
}

/// A system without a keyring has no key in it.
fn kept(name: &str) -> Option<Key> {
    Entry::new(SERVICE, name).ok()?.get_password().ok().and_then(|key| Key::new(&key))
}

fn keep(name: &str, whose: &str, variable: &str, key: Option<&Key>) -> Result<(), Error> {
    let outcome = Entry::new(SERVICE, name).and_then(|entry| match key {
        Some(key) => entry.set_password(key.reveal()),
        None => entry.delete_credential(),
    });
    match outcome {
        Ok(()) | Err(keyring::Error::NoEntry) => Ok(()),
        Err(problem) => {
            Err(Error::Keyring { provider: whose.into(), variable: variable.into(), problem: problem.to_string() })
        }
    }
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
