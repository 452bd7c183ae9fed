"""Freezes what scikit-learn, scipy and pytrec_eval say of small tasks: writes tasks.json next to this file.

Needs numpy, scipy, scikit-learn and pytrec-eval-terrier. The numbers in use came from the versions that the file itself names.
"""

import json
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pytrec_eval
from scipy.stats import pearsonr, spearmanr
from sklearn import metrics
from sklearn.cluster import MiniBatchKMeans
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier

random = np.random.default_rng(11)


def f32(values):
    return np.asarray(values, dtype=np.float32)


def best_accuracy(scores, truth):
    """The rule of sentence_transformers' BinaryClassificationEvaluator.find_best_acc_and_threshold."""
    order = np.argsort(-scores, kind="stable")
    falling, hits, negatives = truth[order], 0, int((~truth).sum())
    best, at = 0.0, 0.0
    for i in range(len(order) - 1):
        hits, negatives = hits + int(falling[i]), negatives - int(not falling[i])
        accuracy = (hits + negatives) / len(order)
        if accuracy > best:
            best, at = accuracy, (float(scores[order[i]]) + float(scores[order[i + 1]])) / 2
    return {"accuracy": best, "at": at}


# Pairs of texts: a score with ties, and whether they belong together.
truth = random.random(80) < 0.4
scores = f32(np.round(random.normal(size=80) + truth, 1))

# Four unequal classes, not quite apart.
centres = random.normal(size=(4, 6)) * 1.2
classes = random.choice(4, size=140, p=[0.1, 0.2, 0.3, 0.4])
x = f32(centres[classes] + random.normal(size=(140, 6)))
train, test = slice(0, 80), slice(80, 140)
two = (classes > 1).astype(int)


def logistic(labels):
    # Closer to the one optimum than the usual tolerance, so that it can be held against another solver.
    fitted = LogisticRegression(max_iter=1000, tol=1e-8).fit(x[train].astype(np.float64), labels[train])
    found = fitted.predict(x[test].astype(np.float64))
    return {
        "classes": labels.tolist(),
        "probabilities": fitted.predict_proba(x[test].astype(np.float64)).tolist(),
        "found": found.tolist(),
        "accuracy": metrics.accuracy_score(labels[test], found),
        "macro_f1": metrics.f1_score(labels[test], found, average="macro"),
    }


def vote(k, metric):
    return KNeighborsClassifier(k, metric=metric, algorithm="brute").fit(x[train], classes[train]).predict(x[test]).tolist()


# A run with grades, ties and a document that was not retrieved.
names = [f"d{n:02}" for n in range(30)]
qrel, run = {}, {}
for query in ("q1", "q2", "q3", "q4"):
    grades = np.where(random.random(30) < 0.25, random.integers(1, 4, size=30), 0)
    grades[3] = 2
    qrel[query] = {name: int(grade) for name, grade in zip(names, grades) if grade or random.random() < 0.3}
    run[query] = {name: float(np.round(random.normal() + 0.5 * grade, 1)) for name, grade in zip(names, grades) if name != "d03"}
measures = {"ndcg_cut.3,10", "recall.5,100", "map", "recip_rank", "map_cut.10"}
found = pytrec_eval.RelevanceEvaluator(qrel, measures).evaluate(run)

seeds = [MiniBatchKMeans(4, batch_size=512, init="k-means++", n_init=1, random_state=seed).fit(x) for seed in range(40)]

reference = {
    "versions": {name: version(name) for name in ("numpy", "scipy", "scikit-learn", "pytrec-eval-terrier")},
    "pairs": {
        "scores": scores.tolist(),
        "together": truth.tolist(),
        "average_precision": metrics.average_precision_score(truth, scores),
        "best": best_accuracy(scores, truth),
        "pearson": pearsonr(scores.astype(np.float64), np.arange(80)).statistic,
        "spearman": spearmanr(scores, np.arange(80)).statistic,
    },
    "x": x.tolist(),
    "train": 80,
    "logistic": [logistic(classes), logistic(two)],
    "vote": {metric: vote(5, metric) for metric in ("cosine", "euclidean")},
    "batches": {
        "v_measure": [metrics.v_measure_score(classes, fitted.labels_) for fitted in seeds],
        "inertia": [fitted.inertia_ for fitted in seeds],
    },
    "retrieval": [{"run": run[query], "qrel": qrel[query], "scores": found[query]} for query in run],
}
Path(__file__).with_name("tasks.json").write_text(json.dumps(reference, separators=(",", ":"), default=float) + "\n")
