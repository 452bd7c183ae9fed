//! Models beside each other: what changed, fewer bytes, judgements, and the move from one to another.

use std::fs;
use std::path::Path;
use std::sync::atomic::Ordering;
use std::sync::{Arc, mpsc};

use embedscope_engine::{
    Answer, Engine, Evaluation, EvaluationForm, Event, Handed, JUDGED, JobState, Method, OwnChoice, SetId, Shades, Task,
};
use tempfile::TempDir;

use crate::{Letters, choice, collection, engine, import, imported, set, stocked};

#[test]
fn a_second_model_begins_on_the_map_of_the_first_and_its_groups_are_told() {
    let (engine, _folders) = stocked();
    engine.add_embedder(Letters::new("letters"));
    let more = engine.start_embedding("letters").expect("starts");
    assert_eq!(engine.wait(more).expect("listed").state, JobState::Done);
    let (words, letters) = (set(&engine, "builtin-text"), set(&engine, "letters"));
    let begun = |of: SetId| {
        let maps = engine.maps();
        let map = maps.iter().find(|map| map.set == of && map.method == Method::Tsne).expect("a map");
        map.parameters.contains("begun on another")
    };
    assert!(!begun(words) && begun(letters) && !begun(set(&engine, "builtin-image")));
    // Pictures and texts have no item in common, and asked again nothing is laid out twice.
    let before = engine.maps().len();
    let again = engine.start_embedding("letters").expect("starts");
    assert_eq!(engine.wait(again).expect("listed").state, JobState::Done);
    assert_eq!(engine.maps().len(), before);

    let found = engine.compare(words, letters, 5).expect("compared");
    let grouped: usize = found.groups.iter().map(|group| group.items).sum();
    assert!(grouped > 0 && grouped <= 22 && found.groups.windows(2).all(|pair| pair[0].overlap <= pair[1].overlap));
    for group in &found.groups {
        assert!(!group.sentence("A", "B").is_empty() && !group.examples.is_empty());
    }
    assert!(found.health.iter().all(|health| health.effective_rank > 1.0 && health.non_finite == 0));
    assert!(found.groups.iter().all(|group| group.parts.len() != 1));

    let Shades::Amounts(apart) = engine.colours(words, "disagreement").expect("amounts") else { panic!("classes") };
    let mean = apart.values.iter().map(|&share| f64::from(share)).sum::<f64>() / 22.0;
    let ten = engine.compare(words, letters, 10).expect("compared");
    assert!((mean - (1.0 - ten.overlap_mean)).abs() < 1e-6, "{mean} is what is not shared, {}", ten.overlap_mean);

    let turned = engine.difference(words, letters, None, 10).expect("subtracted");
    assert_eq!((turned.items.len(), turned.values.rows(), turned.values.dim()), (10, 10, 10));
    assert!((0..10).all(|i| turned.values.row(i)[i] == 0.0));
    let sum: f32 = turned.values.as_slice().iter().sum();
    assert!(sum.abs() < 1e-3, "what comes nearer makes room for what goes: {sum}");
    let none = engine.difference(words, words, None, 10).expect("subtracted");
    assert!(none.values.as_slice().iter().all(|&value| value == 0.0));
}

fn evaluated(engine: &Engine, task: Task, data: &Path, models: &[&str]) -> Evaluation {
    crate::evaluated(engine, choice(task, data, models)).expect("measured")
}

fn told(found: &Evaluation, form: EvaluationForm) -> String {
    form.of(&[Arc::new(found.clone())]).expect("written")
}

#[test]
fn fewer_bytes_are_contestants_that_embed_nothing_again() {
    let home = TempDir::new().expect("a folder");
    let engine = engine(None, home.path());
    let letters = Letters::new("letters");
    engine.add_embedder(letters.clone());
    let table = home.path().join("sts.csv");
    let rows = ["aaaa,bbbb,0", "aaab,bbba,1", "aabb,abab,5", "abcd,abce,3.5", "cccc,cccd,4.5", "dddd,eeee,0.2"];
    fs::write(&table, rows.join("\n")).expect("written");
    let models = ["letters", "letters?precision=int8", "letters?precision=binary"];
    let found = evaluated(&engine, Task::Sts, &table, &models);
    assert_eq!(letters.embedded.load(Ordering::Relaxed), 12, "each text once");
    let of = |model: &str| found.results.iter().find(|result| result.model == model).expect("took part");
    assert_eq!(models.map(|model| of(model).bytes), [Some(104), Some(26), Some(4)]);
    let spearman = |model: &str| of(model).figure("spearman").expect("measured").value;
    assert!((spearman(models[0]) - spearman(models[1])).abs() < 0.2);
    // All its numbers are above 0: their signs say nothing.
    assert_eq!(spearman(models[2]), 0.0);
    // Every one tells of the pairs that any was wrong about.
    let rows = |model: &str| {
        let mut rows: Vec<usize> = of(model).misses.iter().map(|miss| miss.rows[0]).collect();
        rows.sort_unstable();
        rows
    };
    assert_eq!(rows(models[0]), rows(models[2]));
    let taken = found.recommendation().expect("recommended");
    assert!(found.results.iter().any(|result| result.model == taken.model) && !taken.reasons.is_empty());
    assert!(
        told(&found, EvaluationForm::Html).contains("Quality against bytes")
            && told(&found, EvaluationForm::Markdown).contains("Take ")
    );

    let table = home.path().join("nearer.csv");
    let rows = ["anchor,positive,negative", "aaaa,aaab,bbbb", "cccc,dddd,cccd"];
    fs::write(&table, rows.join("\n")).expect("written");
    let found = evaluated(&engine, Task::Triplets, &table, &["letters"]);
    let own = found.results.iter().find(|result| result.model == "letters").expect("took part");
    assert_eq!((found.size.as_str(), own.figures[0].value, &own.figures[0].rows), ("2 judgements", 0.5, &vec![1]));
    assert!(found.behind.is_empty(), "nothing of it is in the workspace");

    // What is in the workspace as well leads back to it.
    fs::write(home.path().join("note.txt"), "dddd").expect("written");
    let plan = engine.plan(&[home.path().join("note.txt")]).expect("a plan");
    assert_eq!(import(&engine, plan, &["letters"]).state, JobState::Done);
    let found = evaluated(&engine, Task::Triplets, &table, &["letters"]);
    let items: Vec<&str> = found.behind.keys().map(|row| ["first", "second"][*row]).collect();
    assert_eq!((items, found.behind[&1].len()), (vec!["second"], 1));
}

#[test]
fn published_scores_stand_beside_measured_ones() {
    let home = TempDir::new().expect("a folder");
    let engine = engine(None, home.path());
    engine.add_embedder(Letters::new("all-MiniLM-L6-v2"));
    let table = home.path().join("stsb-en-dev.csv");
    fs::write(&table, "sentence1,sentence2,score\naaaa,bbbb,0\naaab,bbba,1\naabb,abab,5\n").expect("written");
    let found = evaluated(&engine, Task::Sts, &table, &["all-MiniLM-L6-v2"]);
    let published = |model: &str| {
        let result = found.results.iter().find(|result| result.model == model).expect("took part");
        result.published.map(|published| published.value)
    };
    assert_eq!((published("all-MiniLM-L6-v2"), published("builtin-text")), (Some(0.8672), None));
    let page = told(&found, EvaluationForm::Markdown);
    assert!(page.contains("| published |") && page.contains("not measured here"), "{page}");
}

#[test]
fn what_is_judged_is_kept_and_counts() {
    let home = TempDir::new().expect("a folder");
    let workspace = home.path().join("notes.embedscope");
    let open = || {
        let engine = engine(Some(&workspace), home.path());
        engine.add_embedder(Letters::new("letters"));
        engine
    };
    let table = home.path().join("notes.csv");
    let rows: Vec<String> =
        (0..24).map(|n| format!("{} number {n},topic", ["lava and ash", "flour and yeast"][n % 2])).collect();
    fs::write(&table, format!("text,topic\n{}\n", rows.join("\n"))).expect("written");
    let engine = open();
    let plan = engine.plan(&[table]).expect("a plan");
    assert_eq!(import(&engine, plan, &["builtin-text", "letters"]).state, JobState::Done);
    let sets = vec![set(&engine, "builtin-text"), set(&engine, "letters")];
    let own = |engine: &Engine, fewer: bool| {
        let choice = OwnChoice { sets: sets.clone(), by: JUDGED.into(), task: None, fewer, examples: 8, seed: 42 };
        engine.wait(engine.start_own_evaluation(choice).expect("starts")).expect("listed")
    };
    assert!(own(&engine, false).error.expect("refused").to_string().contains("nothing has been judged"));

    let first = engine.next_question(&sets).expect("asked").expect("there are neighbours");
    assert_eq!(engine.next_question(&sets).expect("asked").as_ref(), Some(&first), "until it is answered");
    let answer = |question: &embedscope_engine::Question, decided: bool| Answer {
        anchor: question.anchor.id.0,
        near: question.others[0].id.0,
        far: question.others[1].id.0,
        decided,
    };
    assert_eq!(engine.answer(0, answer(&first, true)).expect("kept"), 1);
    assert_eq!(engine.answer(0, answer(&first, true)).expect("a second click"), 1);
    let second = engine.next_question(&sets).expect("asked").expect("another");
    assert!(second.number == 1 && second != first);
    engine.answer(1, answer(&second, false)).expect("kept");
    drop(engine);

    let engine = open();
    let third = engine.next_question(&sets).expect("asked").expect("another");
    assert_eq!((third.number, engine.judgements().expect("kept").len()), (2, 2));
    engine.answer(2, answer(&third, true)).expect("kept");
    assert_eq!(engine.take_back_answer().expect("taken back"), 2);
    assert_eq!(engine.next_question(&sets).expect("asked"), Some(third.clone()), "it is asked again");
    engine.answer(2, answer(&third, true)).expect("kept");

    let job = own(&engine, true);
    let found = &job.report.evaluations[0];
    assert_eq!((found.task, found.size.as_str()), (Task::Triplets, "2 judgements"));
    let names: Vec<&str> = found.results.iter().map(|result| result.model.as_str()).collect();
    for expected in ["letters", "letters?precision=binary", "builtin-text?dimensions=192"] {
        assert!(names.contains(&expected), "{expected} is not among {names:?}");
    }
    for result in &found.results {
        let wrong = result.misses.iter().filter(|miss| miss.loss > 0.0).count();
        assert!((result.figures[0].value - (1.0 - wrong as f64 / 2.0)).abs() < 1e-9);
        assert!(result.figures[0].rows.iter().all(|&row| row < found.items.len()));
    }

    // Out as a table, which is known when it comes back, measures the same from outside, and can be added elsewhere.
    let table = home.path().join("judged.csv");
    fs::write(&table, engine.judgements_as_table().expect("told")).expect("written");
    assert_eq!(engine.add_judgements(&table).expect("read"), Handed { known: 2, ..Handed::default() });
    let outside = evaluated(&engine, Task::Triplets, &table, &["letters"]);
    let of = |found: &Evaluation| {
        found.results.iter().find(|result| result.model == "letters").expect("took part").figures[0].value
    };
    assert_eq!((outside.size.as_str(), of(&outside)), ("2 judgements", of(found)));
    let line = "lava and ash number 2,lava and ash number 4,flour and yeast number 1";
    fs::write(&table, format!("anchor,positive,negative\n{line}\n{line}\nno such,flour,text\n")).expect("written");
    assert_eq!(engine.add_judgements(&table).expect("read"), Handed { added: 1, known: 1, unmatched: 1 });
    let job = own(&engine, false);
    assert_eq!(job.report.evaluations[0].size, "3 judgements");
}

#[test]
fn what_was_measured_is_not_measured_again() {
    let home = TempDir::new().expect("a folder");
    let workspace = home.path().join("notes.embedscope");
    let table = home.path().join("sts.csv");
    let rows = ["aaaa,bbbb,0", "aaab,bbba,1", "aabb,abab,5", "abcd,abce,3.5", "cccc,cccd,4.5", "dddd,eeee,0.2"];
    fs::write(&table, rows.join("\n")).expect("written");
    let (first, second) = (Letters::new("first"), Letters::new("second"));
    let open = || {
        let engine = engine(Some(&workspace), home.path());
        engine.add_embedder(first.clone());
        engine.add_embedder(second.clone());
        engine
    };
    let embedded = || (first.embedded.load(Ordering::Relaxed), second.embedded.load(Ordering::Relaxed));
    let engine = open();
    // Each is told of as it is measured; stopped then, the first is kept.
    let (tell, told) = mpsc::channel();
    let stopping = engine.clone();
    engine.subscribe(Box::new(move |event| {
        if let Event::Job(job) = event {
            let measured = job.report.evaluations.iter().flat_map(|found| &found.results).count();
            let _ = tell.send(measured);
            if measured == 1 {
                let _ = stopping.cancel_job(job.id);
            }
        }
    }));
    let both = || choice(Task::Sts, &table, &["first", "second"]);
    let job = engine.wait(engine.start_evaluation(both()).expect("starts")).expect("listed");
    assert_eq!((job.state, job.report.evaluations[0].results.len()), (JobState::Cancelled, 1));
    assert_eq!((embedded(), told.try_iter().max()), ((12, 0), Some(1)));
    // The listener holds the engine as well.
    engine.close().expect("closed");
    drop((engine, job));

    let engine = open();
    let found = crate::evaluated(&engine, both()).expect("measured");
    assert_eq!((embedded(), found.results.len()), ((12, 12), 3), "only what was missing");
    let again = crate::evaluated(&engine, both()).expect("measured");
    assert_eq!((embedded(), &again), ((12, 12), &found), "to the last bit");
    let run = engine.runs().expect("read").into_iter().find(|run| run.parameters.contains("sts")).expect("recorded");
    assert_eq!(run.parameters, "sts on sts.csv · seed 42");
    let job = engine.wait(engine.start_repeat(run.id).expect("starts")).expect("listed");
    assert_eq!((job.state, embedded()), (JobState::Done, (12, 12)));
    // Another row, another measure; and what is forgotten leaves no quotation behind.
    fs::write(&table, format!("{}\neeee,eeef,4", rows.join("\n"))).expect("written");
    crate::evaluated(&engine, choice(Task::Sts, &table, &["first"])).expect("measured");
    assert_eq!(embedded(), (25, 12));
    engine.forget_items(&[]).expect("nothing to forget, but it is done as ever");
    crate::evaluated(&engine, choice(Task::Sts, &table, &["first"])).expect("measured");
    assert_eq!(embedded(), (38, 12));
}

#[test]
fn the_old_set_is_used_until_the_new_one_is_whole_and_chosen() {
    let home = TempDir::new().expect("a folder");
    let workspace = home.path().join("notes.embedscope");
    let folder = TempDir::new().expect("a folder");
    collection(folder.path());
    let engine = engine(Some(&workspace), home.path());
    imported(&engine, folder.path());
    engine.add_embedder(Letters::new("letters"));
    let planned = engine.reckon_move("letters").expect("reckoned");
    assert_eq!((planned.items, planned.missing, planned.set, planned.fetch_mb), (22, 22, None, 0));
    assert!(planned.seconds.is_some_and(|seconds| seconds >= 0.0));
    assert_eq!(planned.bytes, Some(22 * (26 + 4) * 4));
    assert_eq!(engine.set_in_use(), None);
    let job = engine.start_embedding("letters").expect("starts");
    assert_eq!(engine.wait(job).expect("listed").state, JobState::Done);
    let (old, new) = (set(&engine, "builtin-text"), set(&engine, "letters"));
    engine.use_set(new).expect("it is whole");
    assert_eq!((engine.set_in_use(), engine.reckon_move("letters").expect("reckoned").missing), (Some(new), 0));
    // The way back is as short, and outlives the program.
    engine.use_set(old).expect("it is whole as well");
    fs::write(folder.path().join("late.txt"), "A late volcano.").expect("written");
    let plan = engine.plan(&[folder.path().join("late.txt")]).expect("a plan");
    assert_eq!(import(&engine, plan, &["builtin-text"]).state, JobState::Done);
    let refused = engine.use_set(new).expect_err("it lacks one").to_string();
    assert!(refused.contains("still lacks 1 item;"), "{refused}");
    drop(engine);
    let engine = crate::engine(Some(&workspace), home.path());
    assert_eq!(engine.set_in_use(), Some(old));
}
