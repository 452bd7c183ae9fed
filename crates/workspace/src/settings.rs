//! Settings that belong to a workspace rather than to the program.
//!
//! Deliberately absent: what they mean; a value is JSON written by whoever sets it.

use rusqlite::OptionalExtension;

use crate::{Error, Workspace};

impl Workspace {
    /// A setting, as JSON.
    pub fn setting(&self, name: &str) -> Result<Option<String>, Error> {
        let index = self.index();
        let value = index.query_row("SELECT value FROM settings WHERE name = ?1", [name], |row| row.get(0));
        Ok(value.optional()?)
    }

    /// Keeps a setting, as JSON, in place of what it was.
    pub fn set_setting(&self, name: &str, json: &str) -> Result<(), Error> {
        self.index_to_change()?
            .execute("INSERT OR REPLACE INTO settings (name, value) VALUES (?1, ?2)", [name, json])?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_is_kept() {
        let workspace = Workspace::temporary().expect("opens");
        assert_eq!(workspace.setting("metric").expect("read"), None);
        workspace.set_setting("metric", "\"dot\"").expect("kept");
        workspace.set_setting("metric", "\"cosine\"").expect("kept");
        assert_eq!(workspace.setting("metric").expect("read").as_deref(), Some("\"cosine\""));
    }
}
