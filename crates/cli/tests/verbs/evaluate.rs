//! Measuring models at a task from a shell.

use crate::desk::Desk;

fn sts(desk: &Desk) {
    let rows: Vec<String> = (0..40)
        .map(|n| {
            let (a, b) = (["cat", "boat", "tree", "lamp"][n % 4], ["cat", "boat", "tree", "lamp"][n / 4 % 4]);
            format!("the {a} is here {n},the {b} is here {n},{}", if a == b { 5 } else { 1 })
        })
        .collect();
    desk.write("sts.csv", &format!("sentence1,sentence2,score\n{}\n", rows.join("\n")));
}

#[test]
fn the_answer_holds_what_others_read() {
    let desk = Desk::new();
    sts(&desk);
    let answer = desk.answer(&["evaluate", "sts", "sts.csv", "--models", "builtin-text", "--out", "report.html"]);
    let result = &answer["results"][0];
    assert_eq!(
        (&result["model"], &result["task"], &result["baseline"]),
        (&"builtin-text".into(), &"sts".into(), &true.into())
    );
    for key in ["spearman", "pearson", "items_per_second", "load_ms", "dim"] {
        assert!(result[key].is_number(), "no {key}: {result}");
    }
    assert!(result["spearman"].as_f64().expect("a number") > 0.5 && result["ranges"]["spearman"][0].is_number());
    assert_eq!(answer["size"], "40 pairs");
    let page = std::fs::read_to_string(desk.path("report.html")).expect("written");
    assert!(page.starts_with("<!DOCTYPE html>") && page.contains("spearman"));
    for name in ["report.md", "report.csv"] {
        let told = desk.call(&["evaluate", "sts", "sts.csv", "--models", "builtin-text", "--out", name]);
        assert_eq!(told.status, 0, "{}", told.stderr);
        assert!(told.stdout.starts_with("sts.csv, 40 pairs\n"), "{}", told.stdout);
        assert!(std::fs::read_to_string(desk.path(name)).expect("written").contains("spearman"));
    }
}

#[test]
fn fewer_bytes_take_part_and_one_is_recommended() {
    let desk = Desk::new();
    sts(&desk);
    let models = "builtin-text?precision=int8,builtin-text?precision=binary";
    let answer = desk.answer(&["evaluate", "sts", "sts.csv", "--models", models]);
    let bytes = |model: &str| {
        let results = answer["results"].as_array().expect("a list");
        results.iter().find(|result| result["model"] == model).expect("took part")["vector_bytes"].as_u64()
    };
    assert_eq!(bytes("builtin-text"), bytes("builtin-text?precision=int8").map(|bytes| bytes * 4));
    assert_eq!(bytes("builtin-text"), bytes("builtin-text?precision=binary").map(|bytes| bytes * 32));
    assert!(answer["recommendation"]["reasons"].as_array().is_some_and(|reasons| !reasons.is_empty()));
}

#[test]
fn wrong_calls_say_what_is_wrong() {
    let desk = Desk::new();
    sts(&desk);
    desk.write("notes.txt", "nothing here");
    let calls: [&[&str]; 5] = [
        &["evaluate", "taste", "sts.csv", "--models", "builtin-text"],
        &["evaluate", "sts", "sts.csv"],
        &["evaluate", "sts", "sts.csv", "--models", "builtin-text", "--out", "report.pdf"],
        &["evaluate", "sts", "notes.txt", "--models", "builtin-text"],
        &["evaluate", "sts", "sts.csv", "--models", "builtin-image"],
    ];
    for words in calls {
        let outcome = desk.call(words);
        assert_eq!(outcome.status, 2, "{words:?}: {}", outcome.stderr);
        assert_eq!(outcome.stderr.lines().count(), 1, "{}", outcome.stderr);
    }
    let missing = desk.call_without_models(&["evaluate", "sts", "sts.csv", "--models", "all-MiniLM-L6-v2", "--json"]);
    assert_eq!(missing.status, 1, "{}", missing.stderr);
    assert!(missing.stdout.contains("model_missing"), "{}", missing.stdout);
}

#[test]
fn a_workspace_is_measured_by_its_judgements_and_labels_and_keeps_what_was_measured() {
    let desk = Desk::new();
    sts(&desk);
    let of = ["lava and ash", "flour and yeast"];
    let rows: Vec<String> = (0..24).map(|n| format!("{} number {n},{}", of[n % 2], ["hot", "warm"][n % 2])).collect();
    desk.write("notes.csv", &format!("text,topic\n{}\n", rows.join("\n")));
    desk.answer(&["embed", "notes.csv", "--model", "builtin-text", "--workspace", "kept", "--out", "v.npy"]);
    let row = |n: usize| format!("{} number {n}", of[n % 2]);
    let judged = [[0, 2, 1], [3, 5, 2]].map(|triplet| triplet.map(row).join(","));
    desk.write("judged.csv", &format!("anchor,positive,negative\n{}\nnowhere,flour,ash\n", judged.join("\n")));
    let handed = desk.answer(&["workspace", "judgements", "kept", "--add", "judged.csv", "--out", "out.csv"]);
    assert_eq!((&handed["judgements"], &handed["added"], &handed["unmatched"]), (&2.into(), &2.into(), &1.into()));
    let written = std::fs::read_to_string(desk.path("out.csv")).expect("written");
    assert_eq!(written.lines().skip(1).collect::<Vec<_>>(), judged);

    let own = ["evaluate", "triplets", "--workspace", "kept", "--models", "builtin-text"];
    let answer = desk.answer(&own);
    assert_eq!((&answer["size"], &answer["results"][0]["triplets_right"]), (&"2 judgements".into(), &1.0.into()));
    let by = ["evaluate", "classification", "--workspace", "kept", "--by", "topic", "--models", "builtin-text"];
    assert_eq!(desk.answer(&by)["results"][0]["accuracy"], 1.0);

    // Kept, and told the same the second time: even how fast it was.
    let files = ["evaluate", "sts", "sts.csv", "--workspace", "kept", "--models", "builtin-text"];
    assert_eq!(desk.answer(&files)["results"], desk.answer(&files)["results"]);

    let calls: [&[&str]; 3] = [
        &["evaluate", "sts", "--workspace", "kept", "--models", "builtin-text"],
        &["evaluate", "clustering", "--workspace", "kept", "--models", "builtin-text"],
        &["evaluate", "triplets", "--workspace", "kept", "--models", "builtin-image"],
    ];
    for words in calls {
        let outcome = desk.call(words);
        assert_eq!(outcome.status, 2, "{words:?}: {}", outcome.stderr);
        assert_eq!(outcome.stderr.lines().count(), 1, "{}", outcome.stderr);
    }
}
