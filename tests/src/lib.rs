//! Where whole-system tests find things. Deliberately absent: tests (they stand in `house/`, `flows/` and `window/`).

use std::path::{Path, PathBuf};

/// The repository's root: as cargo says it now, for a folder of builds that several checkouts share may hold a program that was
/// compiled in another one.
pub fn repository() -> PathBuf {
    let tests = std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
    Path::new(&tests).parent().expect("tests/ stands in the repository").to_path_buf()
}

/// Public data to test with, where it is at hand: `EMBEDSCOPE_TEST_DATA`, else `shared/data` beside the repository.
pub fn public_data(part: &str) -> Option<PathBuf> {
    let root = std::env::var_os("EMBEDSCOPE_TEST_DATA")
        .map(PathBuf::from)
        .unwrap_or_else(|| repository().join("../shared/data"));
    let found = Some(root.join(part)).filter(|path| path.exists());
    if found.is_none() {
        println!("skipped: the test data “{part}” is not at hand (EMBEDSCOPE_TEST_DATA names its folder)");
    }
    found
}
