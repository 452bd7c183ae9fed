"""A whole comparison of two models over the same texts, against a script that does the same with Python's libraries; and
what measuring costs and how far it repeats."""

import sys

from inputs import sentences
from measure import HERE, held_row, race_row, run

TEXTS = 10_000
#: Judgements of three texts each.
JUDGED = 2_000
BATCHES = "1,8,32"


def rows(bench):
    for part, title in {comparison: "MiniLM and a text baseline on", overhead: "an evaluation of", repeated: "medians of two runs"}.items():
        known = next((row for row in bench.kept if row.get("job", row.get("what")).startswith(title)), None)
        yield known if known and bench.wanted and not any(word in title for word in bench.wanted) else part(bench)


def comparison(bench):
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
    return race_row(
        f"MiniLM and a text baseline on {TEXTS:,} texts: embed, neighbours, figures, aligned maps; ours measures the maps' truth, "
        "finds groups and writes the report as well",
        "sentence-transformers, scikit-learn (TF-IDF, SVD, neighbours), scipy, umap-learn",
        min(seconds), min(peer_seconds), f"{figures} (the baselines differ, so these need not be equal)", bar=2,
    )


def overhead(bench):
    """What an evaluation takes beyond its models' own work: reading, batching, scoring, ranges and differences."""
    table = bench.folder / "judged.tsv"
    texts = [f"{text} {number}".replace('"', "'") for number, text in enumerate(sentences(3 * JUDGED))]
    of_three = ["\t".join(texts[at : at + 3]) for at in range(0, len(texts), 3)]
    table.write_text("\n".join(["anchor\tpositive\tnegative", *of_three]), encoding="utf-8")
    shares = []
    for _ in range(bench.repeats):
        answer = bench.ours("evaluate", "triplets", table, "--models", bench.model)
        models = sum(len(texts) / result["items_per_second"] for result in answer["results"])
        shares.append(answer["elapsed_ms"] / 1000 / models - 1)
    return held_row(f"an evaluation of MiniLM and the text baseline on {JUDGED:,} judgements beyond embedding their texts, as a share of that",
                    "3 %", f"{100 * min(shares):.1f} %", min(shares) <= 0.03)


def repeated(bench):
    """How far the medians of two runs lie apart, over all batch sizes and one question alone."""
    runs = [bench.ours("bench", "--models", bench.model, "--batch-sizes", BATCHES)["results"][0] for _ in range(2)]
    medians = [[1000 / found["query_ms_p50"], *(speed["items_per_second"] for speed in found["batches"])] for found in runs]
    apart = max(abs(a / b - 1) for a, b in zip(*medians))
    loud, changed = (max(found[what] or 0 for found in runs) for what in ("others_busy", "unsteadiness"))
    told = "a quiet machine"
    if any(found["disturbed"] for found in runs):
        told = f"and the report says that others took {100 * loud:.0f} % of the machine and that it was {100 * changed:.0f} % slower at times"
    return held_row(f"medians of two runs of bench, MiniLM, at batches of {BATCHES.replace(',', ', ')} and for one question, most apart",
                    "5 %", f"{100 * apart:.1f} %, {told}", apart <= 0.05)
