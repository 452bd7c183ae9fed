"""How many words of real PDFs are found: the F1 of Embedscope's and of pypdf's words against those of pdftotext.

Words are letters and digits between white space and marks, case and order aside, each as often as it stands. Files that
one of the three cannot read count nothing for it; the figure is the mean of the files in which pdftotext finds a word.
The PDFs are public test data, which is not part of the project: without it, or without pdftotext, there is no row.
"""

import collections
import json
import logging
import os
import pathlib
import re
import shutil
import subprocess
import unicodedata

import pypdf

from measure import HERE, held_row


def rows(bench):
    data = pathlib.Path(os.environ.get("EMBEDSCOPE_TEST_DATA", HERE.parent / "../shared/data")) / "messy_docs"
    if not data.is_dir() or shutil.which("pdftotext") is None:
        print("words of PDFs: left out, for want of the test data or of pdftotext (Debian package poppler-utils)")
        return
    logging.disable()  # what pypdf says of each file
    found = of_ours(bench, data)
    scores = []
    for path in sorted(data.rglob("*.pdf")):
        if wanted := of_pdftotext(path):
            scores.append((f1(found[path.relative_to(data).as_posix()], wanted), f1(of_pypdf(path), wanted)))
    ours, theirs = (sum(column) / len(scores) for column in zip(*scores))
    what = f"words of {len(scores)} real PDFs, mean F1 against pdftotext's"
    yield held_row(what, f"pypdf's {theirs:.3f}", f"{ours:.3f}", ours >= theirs)


def words(text):
    return collections.Counter(re.findall(r"\w+", unicodedata.normalize("NFKC", text).lower()))


def f1(found, wanted):
    common = sum((found & wanted).values())
    return 2 * common / max(1, sum(found.values()) + sum(wanted.values()))


def of_pdftotext(path):
    return words(subprocess.run(["pdftotext", "-q", path, "-"], capture_output=True).stdout.decode("utf-8", "replace"))


def of_pypdf(path):
    try:
        return words("\n".join(page.extract_text() for page in pypdf.PdfReader(path).pages))
    except Exception:  # whatever it is: this file gives pypdf nothing
        return words("")


def of_ours(bench, folder):
    """By file name, from one call for all files."""
    items = bench.folder / "items.jsonl"
    bench.ours("embed", folder, "--model", "builtin-text", "--chunk", "none", "--out", bench.folder / "ours.npy", "--items", items)
    found = collections.defaultdict(collections.Counter)
    for line in items.read_text(encoding="utf-8").splitlines():
        item = json.loads(line)
        found[item["file"]] += words(item["text"])
    return found
