//! What every file owes its reader, and what must not be in any.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use embedscope_tests::repository;

/// Every file git knows or would take.
fn files(ending: &[&str]) -> Vec<PathBuf> {
    let listed = Command::new("git")
        .args(["ls-files", "--cached", "--others", "--exclude-standard"])
        .current_dir(repository())
        .output()
        .expect("git ls-files");
    let names = String::from_utf8(listed.stdout).expect("file names in UTF-8");
    let files: Vec<_> = names
        .lines()
        .filter(|name| ending.iter().any(|ending| name.ends_with(ending)))
        .map(|name| repository().join(name))
        .filter(|path| path.is_file())
        .collect();
    assert!(!files.is_empty(), "git lists no file ending in {ending:?}");
    files
}

fn text(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn every_rust_module_begins_with_its_contract() {
    let bare: Vec<_> = files(&[".rs"]).into_iter().filter(|path| !text(path).starts_with("//!")).collect();
    assert!(bare.is_empty(), "modules without a first sentence: {bare:#?}");
}

#[test]
fn only_one_file_of_the_interface_knows_its_host() {
    let host = "@tauri-apps";
    let knowing: Vec<_> = files(&[".ts", ".svelte", ".js"])
        .into_iter()
        .filter(|path| text(path).lines().any(|line| line.trim_start().starts_with("import") && line.contains(host)))
        .collect();
    assert_eq!(knowing, [repository().join("ui/src/backend/tauri.ts")]);
}

#[test]
fn no_file_names_the_machine_it_was_written_on() {
    // Put together here, so that this file does not find itself.
    let homes = [["/ro", "ot/"].concat(), ["/wo", "rk/"].concat(), ["/Us", "ers/"].concat()];
    for path in files(&[".rs", ".ts", ".svelte", ".md", ".toml", ".json", ".py", ".sh", "Makefile"]) {
        let text = text(&path);
        for home in &homes {
            assert!(!text.contains(home.as_str()), "{} names {home}", path.display());
        }
    }
}

#[test]
fn lock_files_name_no_registry_host() {
    let lock = text(&repository().join("ui/package-lock.json"));
    assert!(!lock.contains("\"resolved\": \"http"), "ui/package-lock.json holds download addresses");
}

#[test]
fn only_the_tokens_name_colours() {
    let tokens = repository().join("ui/src/styles/tokens.css");
    for path in files(&[".svelte", ".css"]) {
        if path == tokens || !path.starts_with(repository().join("ui")) {
            continue;
        }
        for (number, line) in text(&path).lines().enumerate() {
            let hex = line.split('#').skip(1).any(|rest| {
                let digits = rest.chars().take_while(char::is_ascii_hexdigit).count();
                matches!(digits, 3 | 6 | 8) && line.trim_end().ends_with(';')
            });
            assert!(!hex, "{}:{} names a colour that styles/tokens.css does not", path.display(), number + 1);
        }
    }
}
