//! What the `plan` verb says before anything is read in.

use crate::desk::Desk;

fn folder(desk: &Desk) {
    desk.write("in/cats/a.txt", "A cat sat on the mat. It slept there all day. Nobody minded.");
    desk.write("in/dogs/b.txt", "A cat sat on the mat. It slept there all day. Nobody minded.");
    desk.write("in/t.csv", "say,kind\nSome words of a row,x\nMore words of another,y\n");
    desk.write("in/empty.xyz", "");
}

#[test]
fn a_plan_shows_the_cut_and_counts_what_embed_then_gives() {
    let desk = Desk::new();
    folder(&desk);
    let reading = ["--chunk", "sentences", "--chunk-size", "1", "--lower-case", "--folder-labels"];
    let answer = desk.answer(&[&["plan", "in", "--models", "builtin-text"][..], &reading].concat());
    assert_eq!(
        (&answer["files"], &answer["items"]["count"], &answer["items"]["error"]),
        (&3.into(), &8.into(), &0.into())
    );
    assert_eq!(answer["shown"]["spans"][0]["text"], "a cat sat on the mat.", "{answer}");
    assert_eq!(answer["duplicates"][0], serde_json::json!(["cats/a.txt", "dogs/b.txt"]));
    assert_eq!(answer["tables"][0]["head"][1][1], "y");
    assert_eq!(answer["left_out"].as_array().map(Vec::len), Some(1));
    let embed = ["embed", "in", "--model", "builtin-text", "--out", "v.npy", "--items", "i.jsonl"];
    let embedded = desk.answer(&[&embed[..], &reading].concat());
    assert_eq!(embedded["rows"], 8);
    let items = desk.lines("i.jsonl");
    assert_eq!(
        (&items[1]["text"], &items[1]["metadata"]["label"]),
        (&"it slept there all day.".into(), &"cats".into())
    );

    let words = desk.call(&["plan", "in", "--chunk", "words", "--chunk-size", "6", "--chunk-overlap", "2"]);
    assert_eq!(words.status, 0, "{}", words.stderr);
    for said in ["the same content: cats/a.txt, dogs/b.txt", "cut by words:", "texts, 0 pictures"] {
        assert!(words.stdout.contains(said), "no “{said}” in {}", words.stdout);
    }
}

#[test]
fn a_plan_of_what_is_not_there_is_refused() {
    let desk = Desk::new();
    folder(&desk);
    let wrong = desk.call(&["plan", "in", "--show", "none.txt"]);
    assert_eq!(wrong.status, 2);
    assert!(wrong.stderr.contains("cats/a.txt"), "{}", wrong.stderr);
    assert_eq!(desk.call(&["plan", "in", "--table", "people"]).status, 2);
    let truncated = desk.answer(&["plan", "in", "--chunk", "sentences", "--chunk-size", "1", "--truncate"]);
    assert_eq!(truncated["items"]["count"], 4);
}
