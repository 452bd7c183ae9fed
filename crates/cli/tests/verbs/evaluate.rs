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
    assert!(page.starts_with("<!DOCTYPE html>") && page.contains("Spearman correlation"));
    for (name, figure) in [("report.md", "Spearman correlation"), ("report.csv", "spearman")] {
        let told = desk.call(&["evaluate", "sts", "sts.csv", "--models", "builtin-text", "--out", name]);
        assert_eq!(told.status, 0, "{}", told.stderr);
        assert!(told.stdout.starts_with("sts.csv, 40 pairs\n"), "{}", told.stdout);
        assert!(std::fs::read_to_string(desk.path(name)).expect("written").contains(figure));
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
fn what_is_wrong_with_data_says_what_and_where() {
    let desk = Desk::new();
    sts(&desk);
    let rows = |row: &dyn Fn(usize) -> String| (0..8).map(row).collect::<Vec<_>>().join("\n");
    desk.write("one.csv", &format!("text,label\n{}\n", rows(&|n| format!("a text {n},same"))));
    desk.write("each.csv", &format!("text,label\n{}\n", rows(&|n| format!("a text {n},label {n}"))));
    desk.write("none.csv", "text,label\n");
    desk.write("empty.csv", "");
    desk.write("flat.csv", "sentence1,sentence2,score\na dog,a cat,4\na ship,a boat,4\n");
    desk.write("lone.csv", "sentence1,sentence2,score\na dog,a cat,4\n");
    let calls = [
        ("classification", "one.csv", "one.csv: the class of all its 8 items is “same”"),
        ("clustering", "one.csv", "if the classes are not in the column “label”, name theirs"),
        ("classification", "each.csv", "each.csv: each of its 8 items has a class of its own"),
        ("classification", "none.csv", "none.csv: "),
        ("classification", "empty.csv", "empty.csv: empty file"),
        ("classification", "gone.csv", "gone.csv: it is not there"),
        ("sts", "flat.csv", "flat.csv: all its 2 pairs have the score 4"),
        ("sts", "lone.csv", "lone.csv: of its 1 row fewer than two have"),
        ("retrieval", "sts.csv", "sts.csv: it has no corpus.jsonl"),
    ];
    for (task, data, said) in calls {
        let told = desk.call(&["evaluate", task, data, "--models", "builtin-text"]);
        assert!(told.stderr.contains(said) && told.status == 2, "{task} {data}: {} {}", told.status, told.stderr);
    }
    let twice = desk.call(&["evaluate", "sts", "sts.csv", "--models", "builtin-text,builtin-text"]);
    assert!(twice.stderr.contains("builtin-text is named twice") && twice.status == 2, "{}", twice.stderr);
    // Before anything was measured, and a report that is there stays.
    desk.write("report.md", "kept");
    let refused = ["evaluate", "sts", "lone.csv", "--models", "builtin-text", "--out"];
    assert_eq!(desk.call(&[refused.as_slice(), &["report.md"]].concat()).status, 2);
    assert_eq!(std::fs::read_to_string(desk.path("report.md")).expect("there"), "kept");
    let told = desk.call(&[refused.as_slice(), &["nowhere/report.md"]].concat());
    assert!(told.status == 1 && told.stderr.contains("nowhere/report.md"), "{}", told.stderr);
    let told = desk.call(&["bench", "--models", "builtin-text", "--out", "nowhere/speed.md"]);
    assert!(told.status == 1 && told.stderr.contains("nowhere/speed.md"), "{}", told.stderr);
}

#[test]
fn what_does_not_count_is_counted() {
    let desk = Desk::new();
    let row = |n: usize| match n {
        2 => ",fire".to_owned(),
        5 => "flour without a class,".to_owned(),
        _ => format!("{} {n},{}", ["lava", "flour"][n % 2], ["fire", "oven"][n % 2]),
    };
    let rows: Vec<String> = (0..14).map(row).collect();
    desk.write("notes.csv", &format!("text,topic\n{}\n", rows.join("\n")));
    let size = |task: &str, data: &str| {
        let answer = desk.answer(&["evaluate", task, data, "--models", "builtin-text"]);
        answer["size"].as_str().expect("words").to_owned()
    };
    let left_out = "2 rows without a text or a class left out";
    assert_eq!(size("classification", "notes.csv"), format!("12 texts in 2 classes, 6 tested; {left_out}"));
    assert_eq!(size("clustering", "notes.csv"), format!("12 texts in 2 classes; {left_out}"));
    desk.write("sts.csv", "sentence1,sentence2,score\na dog,a cat,4\na sun,a moon,high\na ship,,2\na tree,a lamp,1\n");
    assert_eq!(size("sts", "sts.csv"), "2 pairs; 2 rows without two texts and a number left out");
    // Nothing in a name says which column holds classes: what was guessed is told.
    desk.write("odd.csv", &format!("foo,bar\n{}\n", rows.join("\n")));
    assert!(
        size("clustering", "odd.csv").starts_with("12 texts in 2 classes; classes are taken from the column “bar”; ")
    );
    desk.write("near.csv", "anchor,positive,negative\na dog,a puppy,a car\na ship,a boat,\n");
    assert_eq!(size("triplets", "near.csv"), "1 judgement; 1 row without three texts left out");
}

#[test]
fn a_broken_folder_of_questions_names_the_line() {
    let desk = Desk::new();
    std::fs::create_dir_all(desk.path("beir/qrels")).expect("a folder");
    let corpus = "{\"_id\": 1, \"text\": \"an old lava\"}\n{\"_id\": \"2\", \"text\": \"flour\"}\n{\"_id\": \"1\", \"text\": \"lava\"}\n";
    let queries = "{\"_id\": \"q\", \"text\": \"lava\"}\n";
    let judged = "query-id\tcorpus-id\tscore\nq\t1\t1\nq\tgone\t1\nwho\t1\t1\n";
    let told = |part: &str, text: &str| {
        for (name, whole) in [("corpus.jsonl", corpus), ("queries.jsonl", queries), ("qrels/test.tsv", judged)] {
            desk.write(&format!("beir/{name}"), if name == part { text } else { whole });
        }
        desk.call(&["evaluate", "retrieval", "beir", "--models", "builtin-text"])
    };
    let whole = told("", "");
    let size = "beir, 1 question over 2 documents; 1 right answer not among them, so never found; 1 judgement of unknown questions";
    assert_eq!((whole.status, whole.stdout.lines().next()), (0, Some(size)), "{}", whole.stderr);
    let form = "beir/queries.jsonl, line 3: expected an object of JSON such as {\"_id\": \"1\", \"text\": \"…\"}; mend the line or take it out";
    let faults = [
        ("queries.jsonl", "{\"_id\": \"q\", \"text\": \"lava\"}\n\n{\"_id\": \"p\", \"text\": oops}\n", form),
        ("queries.jsonl", "{\"_id\": \"q\", \"text\": \"lava\"}\n\n[1]\n", form),
        ("queries.jsonl", "{\"_id\": \"q\"}\n", "beir/queries.jsonl, line 1: it has no “text”"),
        ("queries.jsonl", "{\"text\": \"lava\"}\n", "beir/queries.jsonl, line 1: it has no “_id”"),
        ("queries.jsonl", "", "beir/queries.jsonl: it holds no question"),
        ("corpus.jsonl", "", "beir/corpus.jsonl: it holds no document"),
        ("qrels/test.tsv", "", "beir/qrels/test.tsv: it holds no judgement"),
        (
            "qrels/test.tsv",
            "query-id\tcorpus-id\tscore\nq\t1\tyes\n",
            "beir/qrels/test.tsv, line 2: expected a question",
        ),
        ("qrels/test.tsv", "x\t1\t1\n", "beir/qrels/test.tsv: none of its judgements, 1 in all, is of a question"),
        ("qrels/test.tsv", "q\t1\t0\n", "beir/qrels/test.tsv: it grades no document above 0"),
    ];
    for (part, text, said) in faults {
        let told = told(part, text);
        assert!(told.stderr.contains(said) && told.status == 2, "{said}: {} {}", told.status, told.stderr);
        assert_eq!(told.stderr.lines().count(), 1, "{}", told.stderr);
    }
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

    let by = ["evaluate", "classification", "--workspace", "kept", "--by", "taste", "--models", "builtin-text"];
    let told = desk.call(&by);
    assert!(
        told.status == 2 && told.stderr.contains("has a value of “taste”; there are the columns "),
        "{}",
        told.stderr
    );

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
