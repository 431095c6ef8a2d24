"""Small PDF files, written by hand."""

import zlib
from collections.abc import Sequence
from io import BytesIO

from pypdf import PdfReader, PdfWriter

FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"


def page_of(text: str) -> bytes:
    """The drawing of some lines; an empty one is a gap."""
    shown = [
        line.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
        for line in text.split("\n")
    ]
    lines = "".join(f"({line}) Tj T*\n" for line in shown)
    return f"BT /F1 12 Tf 14 TL 50 750 Td\n{lines}ET".encode("cp1252")


def pdf(*pages: bytes) -> bytes:
    """A file with pages of these drawings."""
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b"", FONT]
    kids = []
    for drawing in pages:
        packed = zlib.compress(drawing)
        head = f"<< /Length {len(packed)} /Filter /FlateDecode >>\nstream\n".encode()
        objects.append(head + packed + b"\nendstream")
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] "
            b"/Resources << /Font << /F1 3 0 R >> >> " + f"/Contents {len(objects)} 0 R >>".encode()
        )
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>".encode()
    out, places = b"%PDF-1.7\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    size = len(objects) + 1
    end = f"xref\n0 {size}\n0000000000 65535 f \n{table}trailer\n<< /Size {size} /Root 1 0 R >>\n"
    return out + end.encode() + f"startxref\n{len(out)}\n%%EOF\n".encode()


def changed(
    data: bytes,
    title: str = "",
    outline: Sequence[tuple[str, int, bool]] = (),
    password: str | None = None,
) -> bytes:
    """The same with a title, an outline (title, page from 0, whether it is below) or a password."""
    writer = PdfWriter(clone_from=PdfReader(BytesIO(data)))
    if title:
        writer.add_metadata({"/Title": title})
    parent = None
    for text, number, below in outline:
        added = writer.add_outline_item(
            title=text, page_number=number, parent=parent if below else None
        )
        parent = parent if below else added
    if password is not None:
        writer.encrypt(password, f"{password}, owner", algorithm="RC4-128")
    out = BytesIO()
    writer.write(out)
    return out.getvalue()
