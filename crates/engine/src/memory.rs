//! How much memory this program uses, as the system counts it.
//!
//! Read from `/proc/self/status`; where there is none, nothing is known and nothing is guessed.

use std::fs;

/// Memory in use now, in MB.
pub(crate) fn resident_mb() -> Option<f64> {
    status("VmRSS:")
}

/// The most memory ever in use, in MB.
pub fn peak_mb() -> Option<f64> {
    status("VmHWM:")
}

fn status(field: &str) -> Option<f64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(field))?;
    let kibibytes: f64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes * 1024.0 / 1e6)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn the_peak_is_never_below_the_present() {
        let now = resident_mb().expect("Linux tells");
        let peak = peak_mb().expect("Linux tells");
        assert!(now > 1.0 && peak >= now * 0.99, "{now} {peak}");
    }
}
