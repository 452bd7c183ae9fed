//! Dependencies between our crates are exactly those that ARCHITECTURE.md draws.

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::{DependencyKind, MetadataCommand};
use embedscope_tests::repository;

/// Each crate and whom it may know.
const ARROWS: &[(&str, &[&str])] = &[
    ("embedscope-apart", &[]),
    ("embedscope-space", &[]),
    ("embedscope-words", &[]),
    ("embedscope-models", &["apart", "space", "words"]),
    ("embedscope-sources", &["apart", "space", "words"]),
    ("embedscope-workspace", &["space"]),
    // Its tests look for files themselves, and looking takes a `Cancel`.
    ("embedscope-worker", &["models", "sources", "space"]),
    ("embedscope-engine", &["space", "words", "models", "sources", "workspace"]),
    ("embedscope-api", &["engine"]),
    ("embedscope-cli", &["engine"]),
    ("embedscope", &["api"]),
    ("embedscope-tests", &["engine"]),
];

#[test]
fn no_arrow_is_missing_from_the_drawing() {
    let metadata = MetadataCommand::new()
        .manifest_path(repository().join("Cargo.toml"))
        .no_deps()
        .exec()
        .expect("cargo metadata of the workspace");
    let allowed: BTreeMap<&str, BTreeSet<String>> =
        ARROWS.iter().map(|(from, to)| (*from, to.iter().map(|name| format!("embedscope-{name}")).collect())).collect();
    let mut wrong = Vec::new();
    for package in &metadata.packages {
        let Some(allowed) = allowed.get(package.name.as_str()) else {
            wrong.push(format!("{} is not drawn at all", package.name));
            continue;
        };
        let ours = package.dependencies.iter().filter(|dependency| dependency.name.starts_with("embedscope"));
        for dependency in ours.filter(|dependency| dependency.kind != DependencyKind::Build) {
            if !allowed.contains(&dependency.name) {
                wrong.push(format!("{} must not know {}", package.name, dependency.name));
            }
        }
    }
    assert!(wrong.is_empty(), "arrows that ARCHITECTURE.md does not draw:\n{}", wrong.join("\n"));
    assert_eq!(metadata.packages.len(), ARROWS.len(), "a crate of the drawing is missing");
}

#[test]
fn heavy_neighbours_stay_behind_their_door() {
    let metadata = MetadataCommand::new()
        .manifest_path(repository().join("Cargo.toml"))
        .no_deps()
        .exec()
        .expect("cargo metadata of the workspace");
    let doors = [
        ("tauri", ["embedscope"].as_slice()),
        ("candle-core", &["embedscope-models"]),
        // The workspace's own index, and users' SQLite files, which are only read.
        ("rusqlite", &["embedscope-workspace", "embedscope-sources"]),
        ("linfa", &["embedscope-space"]),
    ];
    for (library, owners) in doors {
        for package in &metadata.packages {
            let uses = package.dependencies.iter().any(|dependency| dependency.name == library);
            assert!(
                !uses || owners.contains(&package.name.as_str()),
                "{} must not use {library} directly",
                package.name
            );
        }
    }
}
