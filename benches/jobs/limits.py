"""Promises of the workspace that are held to a limit: opening, filtering and keeping, and memory while a large table is read."""

from inputs import sentences
from measure import held_row, run


def rows(bench):
    answer = run(["cargo", "bench", "--profile", "dist", "--package", "embedscope-engine", "--bench", "workspace"])
    yield held_row("1,000,000 × 384 opened", "1 s", f"{answer['open_ms'] / 1000:.2f} s", answer["open_ms"] <= 1000)
    yield held_row("1,000,000 × 384 opened, places of all its points at hand", "2 s", f"{answer['points_ms'] / 1000:.2f} s",
                   answer["points_ms"] <= 2000)
    yield held_row("any filter of a table of 100,000 rows", "100 ms", f"{answer['filter_ms']:.0f} ms", answer["filter_ms"] <= 100)
    for what, key, limit_ms in [
        ("1,000,000 rows sorted by a column, once it is in memory", "large_sort_ms", 1000),
        ("1,000,000 rows filtered, likewise", "large_filter_ms", 1000),
        ("1,000,000 points coloured by a column, likewise", "large_colour_ms", 1000),
        ("a lasso around 300,000 of 1,000,000 points", "large_lasso_ms", 300),
    ]:
        yield held_row(what, f"{limit_ms} ms", f"{answer[key]:.0f} ms", answer[key] <= limit_ms)
    lines = bench.folder / "lines.txt"
    lines.write_text("\n".join(sentences(2000)), encoding="utf-8")
    embedded = bench.ours("embed", lines, "--lines", "--model", bench.model, "--no-cache", "--out", bench.folder / "ours.npy")
    share = answer["keep_ms_per_vector"] * 2000 / embedded["elapsed_ms"]
    yield held_row("keeping vectors, as a share of embedding them with all-MiniLM-L6-v2", "5 %", f"{share:.1%}", share <= 0.05)
    table = bench.folder / "large.csv"
    row = ('"' + " ".join(sentences(60)).replace('"', "'") + '"').encode() + b",kind\n"
    with open(table, "wb") as file:
        file.write(b"text,label\n")
        for number in range(bench.table_mb * 1_000_000 // len(row) + 1):
            file.write(b'"%d ' % number + row[1:])
    answer = bench.ours("embed", table, "--model", "builtin-text", "--chunk", "none", "--out", bench.folder / "ours.npy",
                        "--workspace", bench.folder / "read")
    yield held_row(f"a csv of {bench.table_mb / 1000:g} GB read in, most memory", "500 MB", f"{answer['peak_memory_mb']:.0f} MB",
                   answer["peak_memory_mb"] <= 500)
