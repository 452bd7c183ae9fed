//! Runs what may panic on a user's file, and gives the panic back as a reason, without noise on stderr.
//!
//! Deliberately absent: what a catch cannot help against, an overflow of the stack or an abort.

use std::any::Any;
use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

use crate::Reason;

thread_local! {
    static QUIET: Cell<bool> = const { Cell::new(false) };
}

/// Runs `work`; a panic inside becomes [`Reason::Broken`]. Panics elsewhere are reported as before.
pub(crate) fn guarded<T>(work: impl FnOnce() -> Result<T, Reason>) -> Result<T, Reason> {
    hush();
    let before = QUIET.replace(true);
    let outcome = panic::catch_unwind(AssertUnwindSafe(work));
    QUIET.set(before);
    outcome.unwrap_or_else(|payload| {
        Err(Reason::Broken { problem: format!("its structure confuses the reader ({})", message(payload.as_ref())) })
    })
}

/// Puts a hook before the present one, once, that says nothing for guarded threads.
fn hush() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !QUIET.get() {
                before(info);
            }
        }));
    });
}

fn message(payload: &(dyn Any + Send)) -> &str {
    payload
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| payload.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no message")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_a_reason() {
        let reason = guarded::<()>(|| panic!("at the {}", "disco")).expect_err("panicked");
        assert_eq!(reason.to_string(), "cannot be read: its structure confuses the reader (at the disco)");
    }

    #[test]
    fn what_is_fine_passes() {
        assert_eq!(guarded(|| Ok(3)), Ok(3));
        assert_eq!(guarded::<()>(|| Err(Reason::Protected)), Err(Reason::Protected));
    }
}
