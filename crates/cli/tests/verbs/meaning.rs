//! The starter model finds what is meant; passed over where its weights are not on this computer.

use embedscope_engine::{Folders, Presence};

use crate::desk::Desk;

const MODEL: &str = "all-MiniLM-L6-v2";

/// The well-known example of sentence-transformers.
const CORPUS: &str = "A man is eating food.
A man is eating a piece of bread.
The girl is carrying a baby.
A man is riding a horse.
A woman is playing violin.
Two men pushed carts through the woods.
A man is riding a white horse on an enclosed ground.
A monkey is playing drums.
A cheetah is running behind its prey.
";

#[test]
fn the_sentence_that_means_the_same_is_first() {
    if embedscope_engine::models::presence(MODEL, &Folders::from_env()) == Presence::Missing {
        println!("passed over: {MODEL} is not on this computer");
        return;
    }
    let desk = Desk::new();
    desk.write("corpus.txt", CORPUS);
    let answer =
        desk.answer(&["embed", "corpus.txt", "--lines", "--model", MODEL, "--out", "v.npy", "--items", "i.jsonl"]);
    assert_eq!((&answer["rows"], &answer["dim"]), (&9.into(), &384.into()));
    let found = desk.answer(&[
        "search",
        "A person is eating",
        "--vectors",
        "v.npy",
        "--items",
        "i.jsonl",
        "--model",
        MODEL,
        "--top",
        "5",
    ]);
    let result = |at: usize| {
        let result = &found["results"][at];
        (result["text"].as_str().expect("a text").to_owned(), result["similarity"].as_f64().expect("a number"))
    };
    let ((first, best), (second, next)) = (result(0), result(1));
    assert_eq!((first.as_str(), second.as_str()), ("A man is eating food.", "A man is eating a piece of bread."));
    assert!((best - 0.779).abs() < 1e-3 && (next - 0.667).abs() < 1e-3, "{best} {next}");
    let told = desk.answer(&["explain", "A person is eating", "--model", MODEL]);
    assert_eq!(told["tokens"], serde_json::json!(["[CLS]", "a", "person", "is", "eating", "[SEP]"]));
}
