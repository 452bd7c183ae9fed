//! Which computer this is, and whether anything else kept it busy while something was measured.
//!
//! Read from `/proc`; where there is none, nothing is known and nothing is guessed. Deliberately absent: graphics
//! cards; what computes says itself where it does.

use std::fs;

use serde::{Deserialize, Serialize};

/// The computer, as far as the system tells.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Machine {
    /// The processor's name.
    pub processor: Option<String>,
    /// Threads that can run at once.
    pub threads: usize,
    /// Memory, in MB.
    pub memory_mb: Option<f64>,
    /// The system, such as `linux x86_64`.
    pub system: String,
}

impl Machine {
    /// The one this program runs on.
    pub fn here() -> Self {
        let field = |file: &str, name: &str| {
            let text = fs::read_to_string(file).ok()?;
            let line = text.lines().find(|line| line.starts_with(name))?;
            Some(line.split_once(':')?.1.trim().to_owned())
        };
        let memory = field("/proc/meminfo", "MemTotal")
            .and_then(|memory| memory.strip_suffix("kB")?.trim().parse::<f64>().ok())
            .map(|kibibytes| kibibytes * 1024.0 / 1e6);
        Self {
            processor: field("/proc/cpuinfo", "model name"),
            threads: std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
            memory_mb: memory,
            system: format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
        }
    }
}

/// The share of the computer's time that others may take before it is called busy.
pub(crate) const QUIET: f64 = 0.05;

/// What all processors and this program have computed so far, in ticks of the system's clock.
#[derive(Clone, Copy)]
pub(crate) struct Ticks {
    all: u64,
    idle: u64,
    own: u64,
}

impl Ticks {
    pub(crate) fn now() -> Option<Self> {
        let system = fs::read_to_string("/proc/stat").ok()?;
        let numbers: Vec<u64> =
            system.lines().next()?.split_whitespace().skip(1).map_while(|number| number.parse().ok()).collect();
        // User, nice, system, idle, waiting, interrupts, soft interrupts, stolen; guests are in user already.
        let (all, idle) = (numbers.iter().take(8).sum(), numbers.get(3)? + numbers.get(4)?);
        let own = fs::read_to_string("/proc/self/stat").ok()?;
        // The program's name, in brackets, may hold spaces.
        let fields: Vec<&str> = own.rsplit_once(')')?.1.split_whitespace().collect();
        let own = fields.get(11)?.parse::<u64>().ok()? + fields.get(12)?.parse::<u64>().ok()?;
        Some(Self { all, idle, own })
    }

    /// The share of all processors' time that others took since an earlier look, 0 to 1.
    pub(crate) fn others_since(&self, earlier: &Self) -> f64 {
        let all = self.all.saturating_sub(earlier.all);
        let busy = all.saturating_sub(self.idle.saturating_sub(earlier.idle));
        let others = busy.saturating_sub(self.own.saturating_sub(earlier.own));
        if all > 0 { others as f64 / all as f64 } else { 0.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_computer_has_threads_and_a_system() {
        let here = Machine::here();
        assert!(here.threads >= 1 && here.system.contains(' '));
    }

    #[test]
    fn others_are_what_is_neither_idle_nor_own() {
        let earlier = Ticks { all: 100, idle: 50, own: 10 };
        let now = Ticks { all: 200, idle: 70, own: 60 };
        assert!((now.others_since(&earlier) - 0.3).abs() < 1e-12);
        assert_eq!(earlier.others_since(&earlier), 0.0);
    }
}
