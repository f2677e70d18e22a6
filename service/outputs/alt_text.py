"""What a figure shows, inside the figure: for people who hear it, and wherever the file goes without its record.

The short form of the caption goes into a PNG as its iTXt chunk "Description", into an SVG as <title> and <desc>. The
picture is not drawn or packed anew: only these bytes are added, and the file is changed whole or not at all.
"""

from __future__ import annotations

import hashlib
import re
import struct
import zlib
from pathlib import Path
from xml.sax.saxutils import escape

from service.batch.locus import DrawnLocus
from vlm.values.record import Record, caption_of

SIGNATURE = b"\x89PNG\r\n\x1a\n"
KEYWORD = b"Description"
"""As the PNG specification (11.3.3.2) names it."""

_SVG = re.compile(rb"<svg\b[^>]*>")
_TOLD = re.compile(rb"\s*<title id=\"told-title\">.*?</desc>", re.DOTALL)
_UNSAYABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
"""Characters that XML cannot hold."""


def alt_text(record: Record, lang: str) -> str:
    """What the figure of a record shows, in at most about 60 words; why there is nothing to say, if so."""
    region = record["region"]
    if record["status"] != "done":
        return f"Tracks of {region['label'] or region.get('chrom')}. {record['error'] or ''}".strip()
    return record.get("short", {}).get(lang) or caption_of(record, lang)


def describe_figure(one: DrawnLocus, record: Record, lang: str = "en") -> None:
    """Put the findings of its record into the pictures of a locus; the record then has the PNG's new hash."""
    if one.figure is None:
        return
    title, text = record["region"]["label"] or str(one.figure.region), alt_text(record, lang)
    png, svg = one.figure.png, one.figure.png.with_suffix(".svg")
    digest = _change(png, describe_png(png.read_bytes(), text, lang))
    figure = record.get("figure")
    if figure:
        figure["sha256"] = digest
    if svg.is_file():
        _change(svg, describe_svg(svg.read_bytes(), title, text, lang))


def describe_png(picture: bytes, text: str, lang: str) -> bytes:
    """A PNG with this description in place of any it had. Raises ValueError for what is no PNG."""
    if not picture.startswith(SIGNATURE):
        raise ValueError("no PNG")
    said = KEYWORD + b"\0\0\0" + lang.encode("ascii") + b"\0\0" + text.encode("utf-8")
    chunks, at = [SIGNATURE], len(SIGNATURE)
    while at < len(picture):
        (size,), kind = struct.unpack_from(">I", picture, at), picture[at + 4 : at + 8]
        whole = picture[at : at + size + 12]
        if not (kind == b"iTXt" and whole[8:].startswith(KEYWORD + b"\0")):
            chunks.append(whole)
        if kind == b"IHDR":
            chunks.append(_chunk(b"iTXt", said))
        at += size + 12
    return b"".join(chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def describe_svg(picture: bytes, title: str, text: str, lang: str) -> bytes:
    """An SVG with this title and description in place of any it had from here. Raises ValueError for what is no SVG."""
    picture = _TOLD.sub(b"", picture)
    root = _SVG.search(picture)
    if root is None:
        raise ValueError("no SVG")
    told = (
        f'\n <title id="told-title">{_xml(title)}</title>\n <desc id="told-desc" xml:lang="{lang}">{_xml(text)}</desc>'
    )
    head = root[0]
    if b"aria-labelledby" not in head:
        head = head[:-1] + b' role="img" aria-labelledby="told-title" aria-describedby="told-desc">'
    return picture[: root.start()] + head + told.encode("utf-8") + picture[root.end() :]


def _xml(text: str) -> str:
    return escape(_UNSAYABLE.sub("", text))


def _change(path: Path, content: bytes) -> str:
    """Write a file whole or not at all; returns its SHA-256."""
    partial = path.with_name(f".{path.name}.partial")
    partial.write_bytes(content)
    partial.replace(path)
    return hashlib.sha256(content).hexdigest()
