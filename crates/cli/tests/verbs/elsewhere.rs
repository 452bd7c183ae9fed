//! Wishes, precisions, providers, programs of the user's, and advice, as a shell sees them; nothing leaves this computer.

use serde_json::{Value, json};

use crate::desk::Desk;

const TEXTS: &str = "Knead the dough.\nLet the bread rise.\nStars are older than the Sun.\nA telescope shows them.\n\
                     The ship left the harbour.\nRain fell on the sea.\nBake until golden.\nThe Moon rose.\n";

/// A folder with lines, and what comes of embedding them.
fn embed(desk: &Desk, words: &[&str]) -> Value {
    desk.write("lines.txt", TEXTS);
    desk.answer(&[&["embed", "lines.txt", "--lines", "--out", "v.npy"], words].concat())
}

#[test]
fn wishes_are_granted_and_stand_in_the_recipe() {
    let desk = Desk::new();
    let answer = embed(&desk, &["--model", "builtin-text", "--dimensions", "64"]);
    assert_eq!((&answer["dim"], &answer["model"]), (&json!(64), &json!("builtin-text?dimensions=64")));
    assert_eq!(answer["recipe"]["dimensions"], 64);
    let vectors = desk.matrix("v.npy");
    for row in vectors.iter() {
        let length: f32 = row.iter().map(|value| value * value).sum();
        assert!((length - 1.0).abs() < 1e-5, "{length}");
    }
    assert_eq!(embed(&desk, &["--model", "builtin-text?dimensions=64"])["dim"], 64);
    let refused = ["embed", "lines.txt", "--model", "builtin-text", "--pooling", "cls", "--out", "v.npy"];
    let refused = desk.call(&refused);
    assert_eq!(refused.status, 1);
    assert!(refused.stderr.contains("its pooling cannot be changed"), "{}", refused.stderr);
}

#[test]
fn fewer_bits_are_written_with_what_they_cost() {
    let desk = Desk::new();
    let whole = embed(&desk, &["--model", "builtin-text", "--items", "i.jsonl"]);
    assert!(whole["recall"].is_null());
    assert_eq!(desk.lines("i.jsonl")[0]["tokens"], 3);
    assert_eq!(desk.lines("i.jsonl")[0]["lost_tokens"], 0);
    for (precision, columns) in [("int8", 384), ("uint8", 384), ("binary", 48), ("ubinary", 48)] {
        let answer = embed(&desk, &["--model", "builtin-text", "--precision", precision]);
        let bytes = std::fs::metadata(desk.path("v.npy")).expect("written").len();
        assert!((8 * columns..8 * columns + 256).contains(&bytes), "a head, and a byte a column: {bytes}");
        let recall = &answer["recall"];
        assert_eq!((&recall["bytes"], &recall["bytes_before"]), (&json!(columns), &json!(384 * 4)));
        assert!((0.3..=1.0).contains(&recall["recall"].as_f64().expect("a share")), "{recall}");
        assert_eq!(answer["recipe"]["precision"], precision);
    }
}

#[test]
fn nothing_is_sent_to_a_provider_nobody_allowed() {
    let desk = Desk::new();
    desk.write("lines.txt", TEXTS);
    let model = "far:embedder";
    desk.write(
        "config/embedscope/settings.toml",
        "[[provider]]\nname = \"far\"\nurl = \"https://far.invalid/v1\"\nmodels = [{ name = \"embedder\", price = 2.0 }]\n",
    );
    let refused = desk.call(&["embed", "lines.txt", "--model", model, "--out", "v.npy", "--json"]);
    let said: Value = serde_json::from_str(&refused.stdout).expect("one JSON value");
    assert_eq!((refused.status, &said["error"]["code"]), (1, &json!("not_allowed")));
    assert!(
        refused.stderr.contains("far.invalid") && refused.stderr.contains("models allow far"),
        "{}",
        refused.stderr
    );

    let estimate = desk.answer(&["embed", "lines.txt", "--lines", "--model", model, "--estimate"]);
    assert_eq!((&estimate["texts"], &estimate["allowed"]), (&json!(8), &json!(false)));
    let (tokens, cost) = (estimate["tokens"].as_f64().expect("tokens"), estimate["cost"].as_f64().expect("a price"));
    assert!(tokens > 20.0 && (cost - tokens * 2e-6).abs() < 1e-12, "{estimate}");

    let allowed = || {
        let list = desk.answer(&["models", "providers"]);
        let far = list["providers"].as_array().expect("a list").iter().find(|provider| provider["name"] == "far");
        far.expect("listed")["allowed"].clone()
    };
    assert_eq!(allowed(), false);
    desk.answer(&["models", "allow", "far"]);
    assert_eq!(allowed(), true);
    desk.answer(&["models", "forbid", "far"]);
    assert_eq!(allowed(), false);
    assert_eq!(desk.call(&["models", "allow", "nobody"]).status, 2);
}

#[cfg(unix)]
#[test]
fn a_program_of_the_users_is_a_model() {
    let desk = Desk::new();
    let answers = "while read line; do case $line in *describe*) echo '{\"dim\": 2, \"version\": 1}';; \
                   *) echo '{\"vectors\": [[1, 0]]}';; esac; done";
    let script = desk.write("letters.sh", answers);
    desk.write(
        "config/embedscope/settings.toml",
        &format!("[[program]]\nname = \"letters\"\ncommand = [\"sh\", \"{}\"]\n", script.display()),
    );
    desk.write("one.txt", "A single text.");
    let answer = desk.answer(&["embed", "one.txt", "--model", "program:letters", "--out", "v.npy"]);
    assert_eq!((&answer["rows"], &answer["dim"], &answer["recipe"]["version"]), (&json!(1), &json!(2), &json!(1)));
    desk.write("letters.sh", "read line; echo nonsense");
    let broken = desk.call(&["embed", "one.txt", "--model", "program:letters", "--out", "v.npy"]);
    assert_eq!(broken.status, 1);
    assert!(broken.stderr.contains("no JSON and was ended: nonsense"), "{}", broken.stderr);
}

#[test]
fn advice_comes_with_reasons() {
    let desk = Desk::new();
    let wanted = ["models", "recommend", "--for", "search", "--language", "de", "--max-mb", "500"];
    let advice = desk.answer(&wanted);
    let models = advice["models"].as_array().expect("a list");
    assert_eq!(models[0]["id"], "multilingual-e5-small");
    assert!(models[0]["reasons"].as_array().is_some_and(|reasons| reasons.contains(&json!("made for search"))));
    let shown = desk.call(&wanted);
    assert!(shown.stdout.contains("many languages"), "{}", shown.stdout);
    let none = desk.call(&["models", "recommend", "--kind", "both", "--pace", "instant"]);
    assert_eq!(none.status, 1);
}
