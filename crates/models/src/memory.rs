//! How much memory a process uses, as the system counts it, and how much of the graphics card's is taken.
//!
//! Read from `/proc/self/status`; where there is none, nothing is known and nothing is guessed. Deliberately absent: other
//! processes; each tells of itself.

use std::fs;

use serde::{Deserialize, Serialize};

use crate::device;

/// What a process uses, in MB.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Memory {
    /// Of the computer's memory, now.
    pub resident_mb: Option<f64>,
    /// Of the computer's memory, the most ever.
    pub peak_mb: Option<f64>,
    /// What is taken of the memory of the graphics card it computes on, by whomever: the card does not tell apart who.
    pub card_mb: Option<f64>,
}

impl Memory {
    /// What this process uses.
    pub fn now() -> Self {
        let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
        let mb = |field: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(field))?;
            let kibibytes: f64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
            Some(kibibytes * 1024.0 / 1e6)
        };
        Self { resident_mb: mb("VmRSS:"), peak_mb: mb("VmHWM:"), card_mb: device::card_mb() }
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn the_peak_is_never_below_the_present() {
        let Memory { resident_mb: Some(now), peak_mb: Some(peak), .. } = Memory::now() else {
            panic!("Linux tells");
        };
        assert!(now > 1.0 && peak >= now * 0.99, "{now} {peak}");
    }
}
