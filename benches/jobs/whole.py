"""A whole comparison of two models over the same texts, against a script that does the same with Python's libraries."""

import sys

from inputs import sentences
from measure import HERE, race_row, run

TEXTS = 10_000


def rows(bench):
    lines = bench.folder / "compared.txt"
    # Numbered, so that no text is twice among them: equal ones are embedded once here and again and again there.
    lines.write_text("\n".join(f"{text} {number}" for number, text in enumerate(sentences(TEXTS))), encoding="utf-8")
    seconds, peer_seconds = [], []
    for turn in range(bench.repeats):
        models = f"{bench.model},builtin-text"
        ours = bench.ours("compare", lines, "--lines", "--models", models, "--no-cache", "--out", bench.folder / f"compared-{turn}")
        pair = ours["comparisons"][0]
        seconds.append(ours["elapsed_ms"] / 1000)
        theirs = run([sys.executable, HERE / "whole_peer.py", lines, bench.model])
        peer_seconds.append(theirs["seconds"])
    figures = "; ".join(f"{name} {pair[name]:.3f} against {theirs[name]:.3f}" for name in ("overlap", "cka", "rsa"))
    yield race_row(
        f"MiniLM and a text baseline on {TEXTS:,} texts: embed, neighbours, figures, aligned maps; ours measures the maps' truth, "
        "finds groups and writes the report as well",
        "sentence-transformers, scikit-learn (TF-IDF, SVD, neighbours), scipy, umap-learn",
        min(seconds), min(peer_seconds), f"{figures} (the baselines differ, so these need not be equal)", bar=2,
    )
