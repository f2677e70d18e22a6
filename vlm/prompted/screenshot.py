"""Reading a picture with no data behind it: a screenshot of UCSC, WashU or IGV, or a figure of a paper.

A prompted model says what it sees, and nothing of it can be held against numbers: every sentence is marked as not
checked, in the record and in the caption. Pictures come from strangers, so they are bounded before they are decoded.
"""

from __future__ import annotations

import hashlib
import time
import warnings
from collections.abc import Sequence
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from renderer.values.bounds import MOST_PICTURE_BYTES
from renderer.values.errors import FormatError
from renderer.values.layout import Layout
from renderer.values.region import Region
from renderer.values.track import Scene
from vlm.prompted.mentions import language_of
from vlm.values.captioner import Ask, Captioner, Figure, ModelError, RawReading
from vlm.values.record import SCHEMA, Record, RecordClaim, RecordSaid
from vlm.words import languages
from vlm.words.clauses.clause import Unchecked

FORMATS = ("PNG", "JPEG", "WEBP")
"""What screenshots are saved as; other readers of Pillow stay shut."""

MOST_PIXELS = 50_000_000
"""Of a picture, decoded 150 MB; a whole screen has 8 million."""

LEAST_SIDE = 64
"""Pixels of width or height below which no track can be told."""

UNCHECKED = "not_checked"
REASON = "the picture came without data"
WARNING = f"No sentence was checked: {REASON}."


def check_picture(path: Path, copy: Path) -> tuple[int, int]:
    """Write a screenshot as a plain RGB PNG to `copy` (first frame, no metadata) and return its width and height.

    Raises FormatError for a file that is no picture, is broken, or is too large or too small.
    """
    kinds = f"{', '.join(FORMATS[:-1])} or {FORMATS[-1]}"
    valid = f"A screenshot is a {kinds} file of up to {MOST_PIXELS / 1e6:.0f} megapixels."
    try:
        size = path.stat().st_size
    except OSError as exc:
        raise FormatError(path.name, "there is no such file", valid) from exc
    if size > MOST_PICTURE_BYTES:
        raise FormatError(
            path.name, f"the file has {size / 1e6:.0f} MB; at most {MOST_PICTURE_BYTES / 1e6:.0f} are read", valid
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # we have a lower bound of our own
            with Image.open(path, formats=FORMATS) as opened:
                _check_size(path.name, *opened.size, valid)
                picture = _on_white(opened)
    except Image.DecompressionBombError as exc:
        raise FormatError(path.name, "the picture is far too large", valid) from exc
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as exc:
        if isinstance(exc, FormatError):
            raise
        raise FormatError(path.name, "it cannot be read as a picture", valid) from exc
    picture.save(copy, "PNG")
    return picture.size


def _check_size(name: str, width: int, height: int, valid: str) -> None:
    """Before anything is decoded: the header tells."""
    if width * height > MOST_PIXELS:
        raise FormatError(name, f"the picture has {width} x {height} pixels", valid)
    if min(width, height) < LEAST_SIDE:
        raise FormatError(name, f"the picture has {width} x {height} pixels; no track can be told on it", valid)


def _on_white(opened: Image.Image) -> Image.Image:
    """RGB, with white behind what is transparent: black letters on black would be lost."""
    picture = opened.convert("RGBA")
    paper = Image.new("RGBA", picture.size, "white")
    return Image.alpha_composite(paper, picture).convert("RGB")


def read_screenshots(captioner: Captioner, pictures: list[tuple[str, Path]], language: str = "en") -> list[Record]:
    """Records of (name, PNG made by `check_picture`), in their order. Raises ModelError for a model without words."""
    if not captioner.info.prompted:
        raise ModelError(
            f"'{captioner.info.name}' cannot read a screenshot: it needs the tracks and their data. Use a model that "
            "looks at any picture, hub:<Hugging Face id> or remote:<base url>#<model>."
        )
    figures = [_figure(name, png, language) for name, png in pictures]
    began = time.perf_counter()
    readings = captioner.read(figures)
    seconds = (time.perf_counter() - began) / max(1, len(figures))
    return [_record(figure, raw, captioner, seconds) for figure, raw in zip(figures, readings, strict=True)]


def _figure(name: str, png: Path, language: str) -> Figure:
    with Image.open(png, formats=("PNG",)) as opened:
        width, height = opened.size
    nowhere = Region("screenshot", 0, 1, name)
    return Figure(png, Layout(width, height, nowhere, ()), Scene(nowhere, ()), ask=Ask(language, screenshot=True))


def _record(figure: Figure, raw: RawReading, captioner: Captioner, seconds: float) -> Record:
    """A reading record whose every claim is a sentence that cannot be told to be right."""
    info, sentences = captioner.info, [one.text for one in raw.sentences if one.text]
    failed, codes = not sentences, languages.spoken(figure.ask.language)
    sha = hashlib.sha256(figure.png.read_bytes()).hexdigest()
    return {
        "schema": SCHEMA,
        "region": {"assembly": None, "chrom": None, "start": None, "end": None, "label": figure.region.label},
        "figure": {
            "png": figure.png.name,
            "sha256": sha,
            "width": figure.layout.width,
            "height": figure.layout.height,
            "tracks": [],
        },
        "tracks": [],
        "evidence": {},
        "model": {
            "name": info.name,
            "revision": info.revision,
            "device": info.device,
            "seconds": round(seconds, 3),
            "facts": "none",
            "asked": raw.asked,
        },
        "claims": [_claim(number, text, codes) for number, text in enumerate(sentences, 1)],
        "sentences": [
            {"text": dict.fromkeys(codes, text), "claims": [number]} for number, text in enumerate(sentences, 1)
        ],
        "said": [_said(number, text, figure) for number, text in enumerate(sentences, 1)],
        "caption": {code: _caption(sentences, code, figure.region) for code in codes} if sentences else None,
        "text": raw.text,
        "status": "failed" if failed else "done",
        "error": (raw.error or "The model said nothing.") if failed else None,
        "warnings": [*raw.warnings, *([WARNING] if sentences else [])],
    }


def _claim(number: int, text: str, codes: Sequence[str]) -> RecordClaim:
    """A sentence in the form of a claim: kind 'statement', no place, and a verdict that says nobody can tell."""
    return {
        "id": number,
        "kind": "statement",
        "tracks": [],
        "where": None,
        "value": None,
        "text": dict.fromkeys(codes, text),
        "from": "model",
        "rests_on": [],
        "confidence": None,
        "printed": True,
        "verdict": "cannot_tell",
        "measured": {"reason": REASON},
        "tolerance": {},
    }


def _said(number: int, text: str, figure: Figure) -> RecordSaid:
    return {
        "text": text,
        "verdict": UNCHECKED,
        "reason": REASON,
        "claims": [number],
        "language": language_of(text, figure),
    }


def _caption(sentences: Sequence[str], code: str, region: Region) -> str:
    """The model's words stand in every language: nobody translates what nobody checked."""
    language = languages.named(code)(region)
    return language.join([language.sentence(Unchecked()), " ".join(sentences)])
