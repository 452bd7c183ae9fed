"""Files to items, against the parsers a Python script would use: how fast, and how much of PDFs."""

from inputs import mixed
from jobs import pdfs
from judge import each


def rows(bench):
    files = bench.folder / "files"
    mixed(files, 10_000)
    yield bench.race(
        "files to items: 10,000 txt, html, docx, pdf, jpg; ours embeds them with builtin-text as well",
        "pypdf, python-docx, beautifulsoup4, Pillow (two processes)",
        ["embed", files, "--model", "builtin-text"], ["read", files], each("texts", len), bar=3,
    )
    yield from pdfs.rows(bench)
