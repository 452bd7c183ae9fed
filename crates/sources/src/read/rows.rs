//! The rows of a table that stands beside a file of vectors and says what they are, handed over one by one.
//!
//! Deliberately absent: finding that table; whoever plans an import does.

use std::sync::mpsc::{self, Receiver};
use std::thread::{self, JoinHandle};

use super::broken;
use crate::scan::Found;
use crate::table::{Roles, Row, Table};
use crate::{Limits, Reason, guard};

/// Rows on their way.
const WAITING: usize = 256;

pub(super) struct Companion {
    name: String,
    rows: Receiver<Row>,
    reader: JoinHandle<Result<(), Reason>>,
}

impl Companion {
    pub(super) fn open(found: &Found, limits: &Limits) -> Result<Self, Reason> {
        let (sender, rows) = mpsc::sync_channel(WAITING);
        let (found, limits) = (found.clone(), limits.clone());
        let name = found.name.clone();
        let work = move || {
            guard::guarded(|| {
                let table = Table::companion(&found.path, found.format, &limits)?;
                let roles = Roles::describing(&table.columns, &table.guess);
                table.each(&limits, &mut |record| {
                    sender.send(roles.row(record)).map_err(|_| Reason::Empty { what: "nobody listens".into() })
                })
            })
        };
        let reader = thread::Builder::new().name("rows".into()).spawn(work)?;
        Ok(Self { name, rows, reader })
    }

    /// The next row; None after the last.
    pub(super) fn next(&mut self) -> Option<Row> {
        self.rows.recv().ok()
    }

    /// Fails where the table could not be read, or has more rows than there were vectors.
    pub(super) fn finish(self) -> Result<(), Reason> {
        let left = self.rows.recv().is_ok();
        drop(self.rows);
        if left {
            return Err(broken(format!("{} has more rows than there are vectors", self.name)));
        }
        let outcome = self.reader.join().unwrap_or_else(|_| Err(broken("its reader stopped")));
        outcome.map_err(|reason| broken(format!("{}: {reason}", self.name)))
    }
}
