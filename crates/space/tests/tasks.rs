//! The numbers of scikit-learn, scipy and pytrec_eval on small tasks, frozen by `goldens/tasks.py`.

use embedscope_space::agreement::agreement;
use embedscope_space::confusion::Confusion;
use embedscope_space::kmeans::batches::BatchesParams;
use embedscope_space::logistic::LogisticParams;
use embedscope_space::retrieval::Ranking;
use embedscope_space::vote::vote;
use embedscope_space::{Cancel, Metric, UNWATCHED, Vectors, pairs, ranks};
use serde_json::Value;

fn reference() -> Value {
    serde_json::from_str(include_str!("../goldens/tasks.json")).expect("valid JSON")
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().expect("a list").iter().map(|number| number.as_f64().expect("a number")).collect()
}

fn classes(value: &Value) -> Vec<usize> {
    numbers(value).into_iter().map(|class| class as usize).collect()
}

#[track_caller]
fn close(found: f64, wanted: &Value, tolerance: f64) {
    let wanted = wanted.as_f64().expect("a number");
    assert!((found - wanted).abs() <= tolerance, "{found} is not {wanted}");
}

/// The rows to learn from, the rows to be told, and how many the first are.
fn parts(golden: &Value) -> (Vectors, Vectors, usize) {
    let rows = golden["x"].as_array().expect("rows");
    let values = rows.iter().flat_map(numbers).map(|x| x as f32).collect();
    let all = Vectors::new(values, numbers(&rows[0]).len()).expect("whole rows");
    let from = golden["train"].as_u64().expect("a count") as usize;
    let select = |rows: std::ops::Range<usize>| all.select(&rows.collect::<Vec<_>>());
    (select(0..from), select(from..all.rows()), from)
}

#[test]
fn pairs_that_belong_together() {
    let golden = &reference()["pairs"];
    let scores: Vec<f32> = numbers(&golden["scores"]).into_iter().map(|x| x as f32).collect();
    let together: Vec<bool> =
        golden["together"].as_array().expect("a list").iter().map(|is| is.as_bool().expect("a truth")).collect();
    close(pairs::average_precision(&scores, &together).expect("as many"), &golden["average_precision"], 1e-6);
    let best = pairs::best_threshold(&scores, &together).expect("as many");
    close(best.accuracy, &golden["best"]["accuracy"], 1e-12);
    close(best.at, &golden["best"]["at"], 1e-6);
    let wide: Vec<f64> = scores.iter().map(|&score| f64::from(score)).collect();
    let steps: Vec<f64> = (0..wide.len()).map(|at| at as f64).collect();
    close(ranks::pearson(&wide, &steps), &golden["pearson"], 1e-6);
    let narrow: Vec<f32> = steps.iter().map(|&step| step as f32).collect();
    close(ranks::spearman(&scores, &narrow), &golden["spearman"], 1e-6);
}

#[test]
fn planes_between_classes() {
    let golden = reference();
    let (train, test, from) = parts(&golden);
    for wanted in golden["logistic"].as_array().expect("cases") {
        let all = classes(&wanted["classes"]);
        let params =
            LogisticParams { iterations: 1000, tolerance: 1e-7, ..Default::default() }.check().expect("params");
        let fitted = params.run(&train, &all[..from], &Cancel::default()).expect("fits");
        let wanted_rows = wanted["probabilities"].as_array().expect("rows").iter().flat_map(numbers);
        for (found, wanted) in fitted.probabilities(&test).expect("same width").into_iter().zip(wanted_rows) {
            assert!((found - wanted).abs() < 1e-4, "{found} is not {wanted}");
        }
        // The usual tolerance stops a little earlier and decides alike.
        let usual = LogisticParams::default().check().expect("params");
        let found = usual.run(&train, &all[..from], &Cancel::default()).expect("fits").classify(&test);
        let found = found.expect("same width");
        assert_eq!(found, classes(&wanted["found"]));
        let mut table = Confusion::new(4);
        table.add(&all[from..], &found).expect("as many");
        close(table.accuracy(), &wanted["accuracy"], 1e-12);
        close(table.macro_f1(), &wanted["macro_f1"], 1e-12);
    }
}

#[test]
fn votes_of_the_nearest() {
    let golden = reference();
    let (train, test, from) = parts(&golden);
    let known = classes(&golden["logistic"][0]["classes"]);
    for metric in [Metric::Cosine, Metric::Euclidean] {
        let found = vote(&train, &known[..from], &test, 5, metric).expect("same width");
        assert_eq!(found, classes(&golden["vote"][metric.to_string()]), "{metric}");
    }
}

#[test]
fn clusters_by_small_draws_are_as_good() {
    let golden = reference();
    let (train, test, _) = parts(&golden);
    let all = Vectors::new([train.as_slice(), test.as_slice()].concat(), train.dim()).expect("rows");
    let truth: Vec<i32> = numbers(&golden["logistic"][0]["classes"]).into_iter().map(|class| class as i32).collect();
    let runs: Vec<(f64, f64)> = (0..40)
        .map(|seed| {
            let params = BatchesParams { k: 4, seed, ..Default::default() }.check().expect("params");
            let found = params.run(&all, UNWATCHED, &Cancel::default()).expect("runs");
            (agreement(&truth, &found.labels).expect("as many").v_measure, found.inertia)
        })
        .collect();
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let (score, inertia): (Vec<f64>, Vec<f64>) = runs.into_iter().unzip();
    // Both draw by chance: their means over forty seeds agree.
    let wanted = &golden["batches"];
    let (their_score, their_inertia) = (mean(&numbers(&wanted["v_measure"])), mean(&numbers(&wanted["inertia"])));
    assert!((mean(&score) - their_score).abs() < 0.03, "{} is not {their_score}", mean(&score));
    assert!((mean(&inertia) / their_inertia - 1.0).abs() < 0.02, "{} is not {their_inertia}", mean(&inertia));
}

#[test]
fn rankings_with_grades_and_ties() {
    for wanted in reference()["retrieval"].as_array().expect("queries") {
        let (run, qrel) = (wanted["run"].as_object().expect("a run"), wanted["qrel"].as_object().expect("grades"));
        let grade = |name: &str| qrel.get(name).and_then(Value::as_f64).unwrap_or(0.0);
        let mut order: Vec<(&String, f64)> =
            run.iter().map(|(name, score)| (name, score.as_f64().expect("a score"))).collect();
        // Of equal scores trec_eval puts the later name first.
        order.sort_by(|a, b| b.1.total_cmp(&a.1).then(b.0.cmp(a.0)));
        let found: Vec<f64> = order.iter().map(|(name, _)| grade(name)).collect();
        let relevant: Vec<f64> = qrel.values().filter_map(Value::as_f64).collect();
        let ranking = Ranking { found: &found, relevant: &relevant };
        let scores = &wanted["scores"];
        close(ranking.ndcg(3), &scores["ndcg_cut_3"], 1e-6);
        close(ranking.ndcg(10), &scores["ndcg_cut_10"], 1e-6);
        close(ranking.recall(5), &scores["recall_5"], 1e-6);
        close(ranking.recall(100), &scores["recall_100"], 1e-6);
        close(ranking.reciprocal_rank(), &scores["recip_rank"], 1e-6);
        close(ranking.average_precision(), &scores["map"], 1e-6);
    }
}
