//! Verbs on items with the built-in models: models, embed, search, explain, bench, map.

use serde_json::Value;

use crate::desk::{Desk, sample};

/// Three texts and one file that is nothing known.
fn library(desk: &Desk) {
    desk.write("library/bread.txt", "Knead the dough, let it rise, and bake the bread until it is golden.");
    desk.write("library/stars.md", "# Stars\n\nThe telescope shows stars that are older than the Sun.");
    desk.write("library/notes/ship.txt", "The ship left the harbour in heavy rain.");
    std::fs::write(desk.path("library/blob.bin"), [0_u8, 159, 146, 150, 0, 1, 2]).expect("written");
}

#[test]
fn the_catalogue_names_the_built_in_models() {
    let desk = Desk::new();
    let answer = desk.answer(&["models"]);
    let models = answer["models"].as_array().expect("a list");
    let find = |id: &str| models.iter().find(|model| model["id"] == id).unwrap_or_else(|| panic!("{id} is listed"));
    assert_eq!(find("builtin-text")["presence"], "builtin");
    assert_eq!(find("builtin-image")["kinds"], serde_json::json!(["image"]));
    assert_eq!(find("all-MiniLM-L6-v2")["dim"], 384);
    let told = desk.answer(&["models", "inspect", "builtin-text"]);
    assert_eq!(told["dim"], find("builtin-text")["dim"]);
    assert_eq!(told["kinds"], serde_json::json!(["text"]));
    let shown = desk.call(&["models"]);
    assert_eq!(shown.status, 0);
    assert!(shown.stdout.contains("builtin-text") && shown.stdout.contains("built in"));
}

#[test]
fn a_folder_becomes_a_matrix_and_lists() {
    let desk = Desk::new();
    library(&desk);
    std::fs::copy(sample("cat-flat.png"), desk.path("library/cat.png")).expect("copied");
    let answer = desk.answer(&[
        "embed",
        "library",
        "--model",
        "builtin-text",
        "--out",
        "v.npy",
        "--items",
        "i.jsonl",
        "--skipped",
        "s.jsonl",
    ]);
    let vectors = desk.matrix("v.npy");
    assert_eq!((&answer["rows"], &answer["dim"]), (&vectors.rows().into(), &vectors.dim().into()));
    let items = desk.lines("i.jsonl");
    let mut files: Vec<&str> = items.iter().filter_map(|item| item["file"].as_str()).collect();
    files.sort_unstable();
    assert_eq!(files.len(), 3, "{files:?}");
    assert!(items.iter().all(|item| !item["text"].as_str().expect("a text").is_empty()));
    let skipped = desk.lines("s.jsonl");
    assert_eq!(answer["skipped"], skipped.len());
    let reason = |ending: &str| {
        let found = skipped.iter().find(|skipped| skipped["name"].as_str().is_some_and(|name| name.ends_with(ending)));
        found.and_then(|found| found["reason"].as_str()).unwrap_or_else(|| panic!("{ending} is listed: {skipped:?}"))
    };
    assert!(!reason("blob.bin").is_empty());
    assert!(reason("cat.png").contains("does not embed pictures"));
    for key in ["items_per_second", "tokens_per_second"] {
        assert!(answer[key].as_f64().expect("a number") > 0.0, "{key}");
    }
    // Rows are unit vectors of the items in the order of the list: the first row is the first item again.
    desk.write("first.txt", items[0]["text"].as_str().expect("a text"));
    desk.answer(&["embed", "first.txt", "--model", "builtin-text", "--out", "f.npy"]);
    assert_eq!(desk.matrix("f.npy").row(0), vectors.row(0));
}

#[test]
fn lines_become_rows_in_their_order() {
    let desk = Desk::new();
    desk.write("lines.txt", "a long line about bread and butter and jam on Sunday mornings\nstars\n\na ship\nstars\n");
    let answer = desk.answer(&[
        "embed",
        "lines.txt",
        "--lines",
        "--model",
        "builtin-text",
        "--no-cache",
        "--out",
        "v.npy",
        "--items",
        "i.jsonl",
    ]);
    assert_eq!((&answer["rows"], &answer["computed"]), (&4.into(), &3.into()));
    let texts: Vec<Value> = desk.lines("i.jsonl").into_iter().map(|item| item["text"].clone()).collect();
    assert_eq!(texts[1..], ["stars", "a ship", "stars"]);
    let vectors = desk.matrix("v.npy");
    assert_eq!(vectors.row(1), vectors.row(3));
    assert_ne!(vectors.row(1), vectors.row(2));
}

#[test]
fn the_text_column_of_a_table_can_be_named() {
    let desk = Desk::new();
    desk.write(
        "t.csv",
        "id,short,long\n1,cat,a very long text about something else\n2,dog,another long text of many words\n",
    );
    desk.answer(&[
        "embed",
        "t.csv",
        "--text-column",
        "short",
        "--model",
        "builtin-text",
        "--out",
        "v.npy",
        "--items",
        "i.jsonl",
    ]);
    let items = desk.lines("i.jsonl");
    assert_eq!((&items[0]["text"], &items[0]["metadata"]["id"]), (&"cat".into(), &"1".into()));
    let wrong = desk.call(&["embed", "t.csv", "--text-column", "none", "--model", "builtin-text", "--out", "v.npy"]);
    assert_eq!(wrong.status, 2);
    assert!(wrong.stderr.contains("short"), "{}", wrong.stderr);
}

#[test]
fn long_texts_are_cut_as_asked() {
    let desk = Desk::new();
    desk.write("long.txt", "One two three. Four five six. Seven eight nine.");
    let rows = |words: &[&str]| {
        let call = [&["embed", "long.txt", "--model", "builtin-text", "--out", "v.npy"], words].concat();
        desk.answer(&call)["rows"].clone()
    };
    assert_eq!(rows(&[]), 1);
    assert_eq!(rows(&["--chunk", "sentences", "--chunk-size", "1"]), 3);
    assert_eq!(rows(&["--chunk", "words", "--chunk-size", "6"]), 2);
    let wrong =
        ["embed", "long.txt", "--model", "builtin-text", "--out", "v.npy", "--chunk-size", "3", "--chunk-overlap", "3"];
    assert_eq!(desk.call(&wrong).status, 2);
}

#[test]
fn a_cross_encoder_puts_what_was_found_in_its_order() {
    let desk = Desk::new();
    desk.write("lines.txt", "the cat sat on the mat\na brown dog ran over the hill\nthe quick fox jumps\n");
    desk.write("words.vec", "4 2\ncat 1 0\ndog 0 1\nfox 1 1\nmat 2 0\n");
    let embed = ["embed", "lines.txt", "--lines", "--model", "words.vec", "--out", "v.npy", "--items", "i.jsonl"];
    assert_eq!(desk.answer(&embed)["dim"], 2);
    let reranker = concat!(env!("CARGO_MANIFEST_DIR"), "/../models/goldens/reranker-bert");
    let search = ["search", "the cat", "--vectors", "v.npy", "--items", "i.jsonl", "--model", "words.vec"];
    let plain = desk.answer(&search);
    assert_eq!(plain["results"][0]["text"], "the cat sat on the mat");
    assert_eq!(plain["results"][0]["parts"]["rerank"], Value::Null);
    let answer = desk.answer(&[&search[..], &["--rerank", reranker, "--top", "2"]].concat());
    let results = answer["results"].as_array().expect("results");
    assert_eq!(results.len(), 2);
    let score = |index: usize| results[index]["score"].as_f64().expect("a score");
    assert!(score(0) >= score(1) && results[0]["rank"] == 1);
    assert_eq!(results[0]["parts"]["rerank"], results[0]["score"]);
    let wrong = desk.call(&[&search[..], &["--rerank", "builtin-text"]].concat());
    assert_eq!(wrong.status, 2);
}

#[test]
fn what_a_workspace_keeps_is_not_computed_again_and_can_be_searched() {
    let desk = Desk::new();
    library(&desk);
    let embed =
        || desk.answer(&["embed", "library", "--model", "builtin-text", "--workspace", "kept", "--out", "v.npy"]);
    let first = embed();
    let kept = desk.matrix("v.npy").into_vec();
    assert_eq!((&first["computed"], &first["rows"]), (&3.into(), &3.into()));
    let second = embed();
    assert_eq!(
        (&second["computed"], &second["rows"], &second["items_per_second"]),
        (&0.into(), &3.into(), &Value::Null)
    );
    assert_eq!(desk.matrix("v.npy").into_vec(), kept);
    let answer = desk.answer(&["search", "a ship in the rain", "--workspace", "kept", "--top", "2"]);
    let results = answer["results"].as_array().expect("a list");
    assert_eq!((results.len(), &answer["searched"]), (2, &3.into()));
    assert!(results[0]["source"].as_str().expect("words").ends_with("ship.txt"), "{answer}");
    let both = ["embed", "library", "--model", "builtin-text", "--workspace", "kept", "--no-cache", "--out", "v.npy"];
    assert_eq!(desk.call(&both).status, 2);
}

#[test]
fn search_ranks_the_text_itself_first() {
    let desk = Desk::new();
    library(&desk);
    desk.answer(&["embed", "library", "--model", "builtin-text", "--out", "v.npy", "--items", "i.jsonl"]);
    let text = "The ship left the harbour in heavy rain.";
    let words = ["search", text, "--vectors", "v.npy", "--items", "i.jsonl", "--model", "builtin-text"];
    let answer = desk.answer(&words);
    let results = answer["results"].as_array().expect("a list");
    let first = &results[0];
    assert_eq!((&first["rank"], &first["text"]), (&1.into(), &text.into()));
    assert!((first["similarity"].as_f64().expect("a number") - 1.0).abs() < 1e-5);
    assert_eq!((&first["score"], &first["parts"]["meaning"]), (&first["similarity"], &first["similarity"]));
    assert!(first["item"].is_number() && first["source"].as_str().expect("words").contains("ship.txt"));
    assert!(results.is_sorted_by(|a, b| a["score"].as_f64() >= b["score"].as_f64()));
    let shown = desk.call(&words);
    assert!(shown.stdout.starts_with(" 1  1.000  The ship"), "{}", shown.stdout);
}

#[test]
fn pictures_are_found_by_a_picture() {
    let desk = Desk::new();
    std::fs::create_dir(desk.path("pictures")).expect("a folder");
    for name in ["cat-flat.png", "sea-pastel.jpg", "city-dark.jpg", "car-sketchy.webp"] {
        std::fs::copy(sample(name), desk.path("pictures").join(name)).expect("copied");
    }
    let answer =
        desk.answer(&["embed", "pictures", "--model", "builtin-image", "--out", "v.npy", "--items", "i.jsonl"]);
    assert_eq!(answer["rows"], 4);
    let sea = sample("sea-pastel.jpg");
    let question = sea.to_str().expect("UTF-8");
    let words = ["search", "--image", question, "--vectors", "v.npy", "--items", "i.jsonl", "--model", "builtin-image"];
    let found = desk.answer(&words);
    assert_eq!(found["results"][0]["text"], "sea-pastel.jpg");
    let mismatch = ["search", "sea", "--vectors", "v.npy", "--items", "i.jsonl", "--model", "builtin-text"];
    assert_ne!(desk.call(&mismatch).status, 0);
}

#[test]
fn explain_shows_tokens_and_stages() {
    let answer = Desk::new().answer(&["explain", "Bread and butter", "--model", "builtin-text"]);
    let length = |key: &str| answer[key].as_array().unwrap_or_else(|| panic!("{key} is a list")).len();
    assert!(length("tokens") > 0 && length("tokens") == length("ids"));
    assert!(length("stages") > 0);
    assert!(answer["stages"][0]["name"].is_string() && answer["stages"][0]["shape"].is_array());
    assert!(answer["norm"].is_number());
}

#[test]
fn bench_measures_every_model() {
    let answer = Desk::new().answer(&["bench", "--models", "builtin-text,builtin-image", "--batch-sizes", "2"]);
    let results = answer["results"].as_array().expect("a list");
    let told: Vec<(&Value, &Value)> = results.iter().map(|result| (&result["model"], &result["task"])).collect();
    assert_eq!(told, [(&"builtin-text".into(), &"text".into()), (&"builtin-image".into(), &"pictures".into())]);
    for result in results {
        assert!(result["items_per_second"].as_f64().expect("a number") > 0.0);
        assert!(result["load_ms"].is_number() && result["dim"].as_u64().expect("a number") > 0);
        assert_eq!(result["batches"][0]["batch"], 2);
        assert!(result["query_ms_p50"].as_f64() <= result["query_ms_p95"].as_f64());
        assert!(result["best_batch"] == 2 && result["disturbed"].is_boolean());
        let samples = result["measured"]["speeds"][0]["samples_ms"].as_array().expect("a list");
        assert!(samples.len() >= 6, "two turns of at least three: {}", samples.len());
    }
    assert!(answer["machine"]["threads"].as_u64().expect("a number") >= 1);
}

#[test]
fn map_writes_a_report_that_needs_nothing_else() {
    let desk = Desk::new();
    let texts: String = (0..24)
        .map(|n| format!("{} number {n}\n", ["red apple pie", "blue sea storm", "slow night train"][n % 3]))
        .collect();
    desk.write("folder/lines.txt", &texts);
    for name in ["cat-flat.png", "sea-pastel.jpg", "city-dark.jpg", "car-flat.png", "tree-flat.png", "fish-dark.jpg"] {
        std::fs::copy(sample(name), desk.path("folder").join(name)).expect("copied");
    }
    let words = ["map", "folder", "--lines", "--models", "builtin-text,builtin-image", "--out", "out"];
    let answer = desk.answer(&words);
    assert_eq!((&answer["items"], &answer["skipped"]), (&30.into(), &0.into()));
    let sets = answer["sets"].as_array().expect("a list");
    let rows: Vec<(&Value, &Value)> = sets.iter().map(|set| (&set["model"], &set["rows"])).collect();
    assert_eq!(rows, [(&"builtin-text".into(), &24.into()), (&"builtin-image".into(), &6.into())]);
    assert!(sets[0]["trustworthiness"].as_f64().expect("a number") > 0.5);
    let page = std::fs::read_to_string(desk.path("out/report.html")).expect("the report");
    assert!(page.trim_start().to_lowercase().starts_with("<!doctype html"));
    assert!(page.contains("slow night train"));
    for outside in ["src=\"http", "href=\"http", "@import"] {
        assert!(!page.contains(outside), "the report fetches {outside}");
    }
    assert!(std::fs::read(desk.path("out/map.png")).expect("the picture").starts_with(b"\x89PNG"));
}

#[test]
fn rows_of_one_file_become_one() {
    let desk = Desk::new();
    library(&desk);
    desk.write("library/table.csv", "text,kind\nThe bread rose slowly in the warm oven,a\nThe ship sailed at dawn,b\n");
    let embed = ["embed", "library", "--model", "builtin-text", "--out", "v.npy"];
    let all = desk.answer(&embed)["rows"].as_u64().expect("rows");
    let answer = desk.answer(&[&embed[..], &["--combine", "max", "--by", "file", "--items", "i.jsonl"]].concat());
    assert_eq!(answer["rows"], all - 1);
    assert_eq!((answer["rows"].as_u64(), desk.lines("i.jsonl").len()), (Some(all - 1), desk.matrix("v.npy").rows()));
    assert_eq!(answer["recipe"]["combined"]["how"], "max by file");
    let refused = desk.call(&[&embed[..], &["--combine", "concatenate"]].concat());
    assert!(refused.status == 2 && refused.stderr.contains("--captions"), "{}", refused.stderr);
}

#[test]
fn models_are_compared_over_the_same_files() {
    let desk = Desk::new();
    let texts: String = (0..24)
        .map(|n| format!("{} number {n}\n", ["red apple pie", "blue sea storm", "slow night train"][n % 3]))
        .collect();
    desk.write("lines.txt", &texts);
    let short = "builtin-text,builtin-text?dimensions=64";
    let answer = desk.answer(&["compare", "lines.txt", "--lines", "--models", short, "--out", "out"]);
    let pair = &answer["comparisons"][0];
    assert_eq!((&pair["items"], &pair["k"]), (&24.into(), &10.into()));
    for key in ["overlap", "cka", "rsa", "procrustes"] {
        assert!(pair[key].is_number(), "{key}");
    }
    assert!(pair["groups"].as_array().is_some() && pair["moved"][0]["near_b"].is_string());
    let page = std::fs::read_to_string(desk.path("out/report.html")).expect("the report");
    assert!(page.contains("Moved most") && page.contains("Procrustes"));
    for words in [["compare", "lines.txt"].as_slice(), &["compare", "lines.txt", "--models", "builtin-text"]] {
        assert_eq!(desk.call(words).status, 2);
    }
    let twice = desk.call(&["compare", "lines.txt", "--models", "builtin-text,builtin-text"]);
    assert!(twice.status == 2 && twice.stderr.contains("builtin-text is named twice"), "{}", twice.stderr);
    assert_eq!(desk.call(&["compare", "lines.txt", "--models", short, "--k", "0"]).status, 2);
    // Nothing is embedded for a report that could not be written.
    let refused = desk.call(&["compare", "lines.txt", "--models", short, "--out", "lines.txt/out"]);
    assert!(refused.status == 1 && refused.stderr.contains("lines.txt/out"), "{}", refused.stderr);
}

#[test]
fn pictures_with_captions_are_told_by_what_is_said_of_them() {
    let desk = Desk::new();
    let folder = sample("captions.csv").with_file_name("");
    let folder = folder.to_str().expect("a name");
    let answer = desk.answer(&["compare", folder, "--models", "builtin-text,builtin-image"]);
    let moved = answer["comparisons"][0]["moved"].as_array().expect("a list");
    assert!(!moved.is_empty());
    for moved in moved {
        for key in ["title", "near_a", "near_b"] {
            let said = moved[key].as_str().expect("words");
            assert!(said.contains(' ') && !said.ends_with(".jpg"), "{key}: {said}");
        }
    }
}
