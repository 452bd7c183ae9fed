//! Programs that behave, and programs that do not.

use std::path::Path;

use super::*;

fn program(script: &str, seconds: f64) -> Program {
    Program { name: "p".into(), command: ["sh", "-c", script].map(str::to_owned).to_vec(), seconds }
}

fn start(script: &str) -> Result<Running, Error> {
    Running::start("program:p", &program(script, 20.0))
}

fn embed(running: &Running, texts: &[&str]) -> Result<Vec<Vec<f32>>, Error> {
    let inputs: Vec<Input<'_>> = texts.iter().copied().map(Input::Text).collect();
    Ok(running.embed(&inputs, Role::Document)?.iter().map(<[f32]>::to_vec).collect())
}

#[track_caller]
fn problem<T>(outcome: Result<T, Error>) -> String {
    match outcome {
        Err(error @ Error::Remote { .. }) => error.to_string(),
        Err(other) => panic!("{other:?}"),
        Ok(_) => panic!("it behaved"),
    }
}

#[test]
fn the_example_of_the_documentation_embeds() {
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/examples/embedder.py");
    assert!(example.is_file(), "the example is part of the repository");
    let command = ["python3".into(), example.to_string_lossy().into_owned()].to_vec();
    let example = Program { name: "example".into(), command, seconds: 60.0 };
    let running = match Running::start("program:example", &example) {
        Err(Error::Remote { problem, .. }) if problem.starts_with("could not be started") => {
            println!("skipped: there is no python3 here");
            return;
        }
        started => started.expect("it starts"),
    };
    assert_eq!(running.about().dim, 26);
    let texts: Vec<String> = (0..150).map(|at| format!("text {} of bees", "b".repeat(at))).collect();
    let borrowed: Vec<&str> = texts.iter().map(String::as_str).collect();
    let rows = embed(&running, &borrowed).expect("embedded");
    assert_eq!(rows.len(), 150);
    assert!(rows[0][1] > 0.0 && rows[149][1] > rows[0][1], "more of the letter b");
    assert_eq!(embed(&running, &borrowed[..1]).expect("embedded")[0], rows[0]);
}

#[test]
fn garbage_silence_and_death_are_told_with_its_last_words() {
    assert!(problem(start("echo hello; cat")).contains("no JSON and was ended: hello"));
    assert!(problem(start("echo '{\"dim\": 0}'; cat")).contains("0 numbers"));
    assert!(problem(start("echo '{}'; cat")).contains("did not describe itself"));
    let died = problem(start("echo out of paper >&2; exit 3"));
    assert!(died.contains("has ended (exit status: 3)"), "{died}");
    let silent = Running::start("program:p", &program("exec sleep 1000", 0.2));
    assert!(problem(silent).contains("said nothing for 0.2 seconds and was ended"));
    let absent = Program { command: vec!["/no/such/program".into()], ..program("", 1.0) };
    assert!(problem(Running::start("program:p", &absent)).starts_with("program:p could not be started"));
    assert!(problem(Running::start("program:p", &Program { command: vec![], ..absent })).contains("no command"));
}

/// Describes itself, then answers every line with this.
fn answering(reply: &str) -> Running {
    let script = format!("read q; echo '{{\"dim\": 2, \"version\": 7}}'; while read q; do echo '{reply}'; done");
    start(&script).expect("described")
}

#[test]
fn wrong_vectors_end_it_and_the_next_question_starts_it_again() {
    let sound = answering(r#"{"vectors": [[1, 2]]}"#);
    assert_eq!(sound.about().recipe["version"], 7);
    assert_eq!(embed(&sound, &["a"]).expect("embedded"), [[1.0, 2.0]]);
    assert!(problem(embed(&sound, &["a", "b"])).contains("1 vectors for 2 texts"));
    // Started anew it answers its first line, whatever it is, with its description.
    assert!(problem(embed(&sound, &["a"])).contains("without vectors"));
    assert!(problem(embed(&answering(r#"{"vectors": [[1]]}"#), &["a"])).contains("1 numbers instead of 2"));
    assert!(problem(embed(&answering(r#"{"vectors": "none"}"#), &["a"])).contains("without vectors"));
    let refusing = answering(r#"{"error": "too long for me"}"#);
    for _ in 0..2 {
        let refused = embed(&refusing, &["a"]).expect_err("refused");
        assert!(matches!(&refused, Error::Input { what, .. } if what.contains("too long for me")), "{refused:?}");
    }
}
