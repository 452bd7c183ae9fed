"""Embedding with models, against the Python libraries that run the same weights."""

from inputs import sentences
from judge import least_cosine


def rows(bench):
    lines = bench.folder / "lines.txt"
    lines.write_text("\n".join(sentences(2000)), encoding="utf-8")
    yield bench.race("all-MiniLM-L6-v2, 2,000 sentences", "sentence-transformers (torch)",
                     ["embed", lines, "--lines", "--model", bench.model, "--no-cache"], ["embed", lines, bench.model],
                     least_cosine, bar=2.5)
