//! What files are about, by their names: those of one subject belong together.
//!
//! Deliberately absent: what is in them.

/// What a file is about, without the words that say which part of it it holds: "iris" for "iris_tensors.npy".
pub fn subject(name: &str) -> String {
    const PARTS: [&str; 12] = [
        "metadata",
        "labels",
        "label",
        "items",
        "rows",
        "words",
        "ids",
        "tensors",
        "tensor",
        "vectors",
        "embeddings",
        "embedding",
    ];
    let stem = name.rsplit('/').next().unwrap_or(name).split('.').next().unwrap_or_default().to_lowercase();
    stem.split(['_', '-', ' ']).filter(|part| !PARTS.contains(part)).collect::<Vec<_>>().join("_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_what_belongs_together() {
        for (vectors, rows) in [
            ("vectors.npy", "items.jsonl"),
            ("a/tensors.tsv", "a/metadata.tsv"),
            ("iris_tensors.npy", "iris_labels.tsv"),
            ("words.npy", "words.csv"),
            ("out.safetensors", "out.items.jsonl"),
        ] {
            assert_eq!(subject(vectors), subject(rows), "{vectors} and {rows}");
        }
        assert_ne!(subject("iris_tensors.npy"), subject("flowers_labels.tsv"));
    }
}
