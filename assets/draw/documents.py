"""Writes the sample collection's Word and PDF documents, byte for byte the same each time, into assets/samples/texts.

Needs the standard library only. Run: python assets/draw/documents.py
"""

import textwrap
import zipfile
from pathlib import Path
from xml.sax.saxutils import escape

OUT = Path(__file__).resolve().parent.parent / "samples" / "texts"

MINUTES_TITLE = "Minutes of the allotment society"
MINUTES = [
    "The treasurer reported a balance of four hundred and twelve pounds. The new water butts had cost less than feared, and the seed order more.",
    "It was agreed to plant a hedge of hawthorn and hazel along the railway fence, for the birds and against the noise of the freight trains.",
    "A member asked who had been feeding the fox. Nobody spoke. The chair asked that nobody do it again.",
]

PAGES = [
    (
        "The harbour at night",
        "The ferry came in with one engine and all its lights on. Behind it the sea was still heavy from the gale, and the pilot boat rolled so far "
        "that its mast touched the reflection of the moon.",
    ),
    (
        "The tuner",
        "He strikes one key and listens to it die away, then turns the pin by less than the thickness of a hair. Eighty-eight notes, some with three "
        "strings each: by evening the old piano is in tune with itself and a little out of tune with the weather.",
    ),
]


def write_docx(path: Path, title: str, paragraphs: list[str]) -> None:
    word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    package = "http://schemas.openxmlformats.org/package/2006"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    body = f'<w:p><w:r><w:rPr><w:b/><w:sz w:val="32"/></w:rPr><w:t>{escape(title)}</w:t></w:r></w:p>'
    body += "".join(f"<w:p><w:r><w:t>{escape(p)}</w:t></w:r></w:p>" for p in paragraphs)
    parts = {
        "[Content_Types].xml": f'{head}<Types xmlns="{package}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Override PartName="/word/document.xml" '
        'ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>',
        "_rels/.rels": f'{head}<Relationships xmlns="{package}/relationships">'
        f'<Relationship Id="r1" Type="{office}/officeDocument" Target="word/document.xml"/></Relationships>',
        "word/document.xml": f'{head}<w:document xmlns:w="{word}"><w:body>{body}</w:body></w:document>',
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), text, zipfile.ZIP_DEFLATED)


def write_pdf(path: Path, pages: list[tuple[str, str]]) -> None:
    """One page each, A5, in the built-in Helvetica."""
    count = len(pages)
    kids = " ".join(f"{4 + 2 * i} 0 R" for i in range(count))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {count} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for i, (title, text) in enumerate(pages):
        lines = [f"({line}) Tj T*" for line in textwrap.wrap(text, 62)]
        stream = f"BT /F1 16 Tf 48 530 Td ({title}) Tj ET\nBT /F1 11 Tf 16 TL 48 500 Td\n" + "\n".join(lines) + "\nET"
        objects.append(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 420 595] "
            f"/Resources << /Font << /F1 3 0 R >> >> /Contents {5 + 2 * i} 0 R >>"
        )
        objects.append(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
    out, places = "%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{content}\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}"
    out += f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{out.index('xref')}\n%%EOF\n"
    path.write_bytes(out.encode("ascii"))


def main() -> None:
    write_docx(OUT / "minutes.docx", MINUTES_TITLE, MINUTES)
    write_pdf(OUT / "two-scenes.pdf", PAGES)


if __name__ == "__main__":
    main()
