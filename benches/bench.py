"""Measures Embedscope against its peers and writes docs/benchmarks.md.

The figures are kept in benches/figures.json, section by section (one file of `jobs/` each), so that one section can be
taken anew: `scripts/bench.sh --only space`, or of its races some: `--only space --job PCA`. How a figure is taken stands in measure.py, how a result is judged in judge.py.
"""

import argparse
import datetime
import importlib
import json
import os
import pathlib
import platform
import subprocess
import tempfile

from measure import HERE, THREADS, Bench

SECTIONS = {
    "files": "Files", "space": "Space", "growth": "Growth", "models": "Models", "whole": "A whole comparison", "limits": "Limits",
    "opening": "Opening", "window": "Window",
}
KEPT = HERE / "figures.json"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cli", required=True, type=pathlib.Path, help="the program, best built as it is shipped; another build is named beside its figures")
    parser.add_argument("--cache", required=True, type=pathlib.Path, help="where the starter model is")
    parser.add_argument("--out", required=True, type=pathlib.Path)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--only", choices=SECTIONS, action="append", help="take only this section anew")
    parser.add_argument("--job", action="append", help="of the races only those whose job holds this")
    parser.add_argument("--table-mb", type=int, default=2000)
    options = parser.parse_args()
    figures = json.loads(KEPT.read_text(encoding="utf-8")) if KEPT.exists() else {}
    for section in options.only or SECTIONS:
        rows, kept = [], figures.get(section, {}).get("rows", [])
        with tempfile.TemporaryDirectory() as scratch:
            for row in importlib.import_module(f"jobs.{section}").rows(Bench(options, pathlib.Path(scratch), kept)):
                rows.append({"taken": taken(options)} | row)
                print(line(row), flush=True)
        figures[section] = {"rows": rows}
        KEPT.write_text(json.dumps(figures, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        options.out.write_text(page(figures), encoding="utf-8")


def taken(options):
    """When, on what, of which commit and how often."""
    processor = next((line.split(":", 1)[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), platform.processor())
    # Built as it is shipped, unless told: a development build is slower.
    built = "" if options.cli.parent.name == "dist" else ", development build"
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, cwd=HERE).stdout.strip()
    return f"{datetime.date.today()}, commit {commit}, {processor}, {os.cpu_count()} cores, least of {options.repeats}{built}"


def missed(row):
    if "job" not in row:
        return not row["kept"]
    return row["bar"] is not None and row["peer_seconds"] / row["seconds"] < row["bar"]


def line(row, mark=""):
    if "job" not in row:
        return f"| {row['what']}{mark} | {row['limit']} | {row['figure']} | {'**missed**' if missed(row) else 'kept'} |"
    ratio = row["peer_seconds"] / row["seconds"]
    bar = "" if row["bar"] is None else f"{row['bar']:g}×" + (", **missed**" if missed(row) else "")
    times = f"{row['peer_seconds']:.3g} s | {row['seconds']:.3g} s"
    return f"| {row['job']}{mark} | {row['peer']} | {times} | {ratio:.2f}× | {bar} | {row['quality']} |"


def where_time_goes(section, jobs):
    """What a section says of the jobs that miss their bars, each said once; a job is known by how it begins."""
    known = getattr(importlib.import_module(f"jobs.{section}"), "WHERE_TIME_GOES", {})
    said = [f"- {words}\n" for start, words in known.items() if any(job.startswith(start) for job in jobs)]
    return "\nWhere the time goes:\n\n" + "".join(said) if said else ""


def page(figures):
    text = (
        "# Benchmarks\n\nWritten by `make bench`; do not edit. Each run is a fresh process with "
        f"{THREADS} threads; Embedscope and its peer run in turn, and work alone is timed (no loading, no reading).\n"
        "The ratio is the peer's time divided by Embedscope's. The peers' versions are in `benches/requirements.txt`.\n"
    )
    for section, title in SECTIONS.items():
        if section not in figures:
            continue
        races = [row for row in figures[section]["rows"] if "job" in row]
        held = [row for row in figures[section]["rows"] if "job" not in row]
        when = list(dict.fromkeys(row["taken"] for row in figures[section]["rows"]))
        marked = lambda row: line(row, f" [{when.index(row['taken']) + 1}]" if len(when) > 1 else "") + "\n"
        text += f"\n## {title}\n\n" + "\n".join(f"[{at}] {one}." if len(when) > 1 else f"{one}." for at, one in enumerate(when, 1)) + "\n"
        if races:
            text += "\n| job | peer | peer's time | Embedscope's | ratio | promised | quality |\n|---|---|---|---|---|---|---|\n"
            text += "".join(map(marked, races))
        if held:
            text += "\n| what | limit | measured | |\n|---|---|---|---|\n" + "".join(map(marked, held))
        text += where_time_goes(section, [row.get("job", row.get("what")) for row in figures[section]["rows"] if missed(row)])
    return text


main()
