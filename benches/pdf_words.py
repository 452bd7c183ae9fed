"""How many words of real PDFs are found: the F1 of Embedscope's and of pypdf's words against those of pdftotext.

    python benches/pdf_words.py --cli embedscope-cli FOLDER

Words are letters and digits between white space and marks, case and order aside, each as often as it stands. Files that
one of the three cannot read count nothing for it. The last line is the mean of the files in which pdftotext finds a word.
"""

import argparse
import collections
import json
import pathlib
import re
import subprocess
import tempfile
import unicodedata

import pypdf


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


def of_ours(cli, folder):
    """By file name, from one call for all files."""
    found = collections.defaultdict(collections.Counter)
    with tempfile.TemporaryDirectory() as scratch:
        items = pathlib.Path(scratch) / "items.jsonl"
        out = pathlib.Path(scratch) / "v.npy"
        call = [cli, "embed", folder, "--model", "builtin-text", "--chunk", "none", "--out", out, "--items", items]
        subprocess.run(call, check=True, capture_output=True)
        for line in items.read_text(encoding="utf-8").splitlines():
            item = json.loads(line)
            found[item["file"]] += words(item["text"])
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cli", required=True)
    parser.add_argument("folder", type=pathlib.Path)
    options = parser.parse_args()
    ours = of_ours(options.cli, options.folder)
    rows = []
    for path in sorted(options.folder.rglob("*.pdf")):
        wanted = of_pdftotext(path)
        if wanted:
            name = path.relative_to(options.folder).as_posix()
            rows.append((name, f1(ours[name], wanted), f1(of_pypdf(path), wanted)))
            print(f"{name:60} ours {rows[-1][1]:.3f}  pypdf {rows[-1][2]:.3f}")
    mean = [sum(row[column] for row in rows) / len(rows) for column in (1, 2)]
    print(f"mean of {len(rows)} files: ours {mean[0]:.4f}, pypdf {mean[1]:.4f}")


main()
