"""How values look on a page: template filters, nothing else. Positions are shown 1-based, inclusive."""

from __future__ import annotations

from typing import Any

from flask import Flask

from renderer.formats.table import FORMATS, valid_formats
from renderer.values.bounds import MOST_PANELS
from vlm.words import languages
from workers.requests.pictures import NOWHERE

STATE_WORDS = {
    "queued": "waiting to be drawn",
    "rendering": "being drawn",
    "rendered": "waiting to be read",
    "reading": "being read",
    "done": "done",
    "failed": "failed",
    "cancelled": "cancelled",
}
VERDICT_WORDS = {
    "supported": "supported",
    "contradicted": "contradicted",
    "cannot_tell": "cannot tell",
    "opinion": "opinion",
    "not_checked": "not checked",
}

_STRANDS = {"+": "+ (left to right)", "-": "− (right to left)", ".": "not stated"}
_POINTS = ("summit", "tss")
_SPANS = {"start": ("end", "interval"), "gene_start": ("gene_end", "gene")}
_SHARES = ("height", "prominence", "covered", "overlap", "share", "mean", "outside", "tallest", "height_share")
_LENGTHS = ("distance", "bp", "tss_bp", "gene_bp", "apart_bp")
_NAMES = {
    "tss": "TSS",
    "value": "value in the file",
    "covered": "columns with data",
    "low_elsewhere": "low elsewhere",
    "maximum": "highest value",
}
_TOLERANCES = {
    "bp": "± {} at either end",
    "tss_bp": "TSS within {}",
    "gene_bp": "{} beside the gene",
    "apart_bp": "summits at most {} apart",
    "overlap": "overlap of {} or more",
    "height_share": "{} of the tallest counts as equal",
    "count": "± {}",
    "share": "at most {} of the window",
}


def locus(region: dict[str, Any]) -> str:
    """A record's region as a person reads it: 1-based, inclusive; nothing for a picture without a place."""
    if region["chrom"] in (None, NOWHERE):
        return ""
    return f"{region['chrom']}:{region['start'] + 1:,}-{region['end']:,}"


def title(region: dict[str, Any]) -> str:
    """What a reading is called: the name behind the locus, or the locus."""
    return str(region["label"] or locus(region))


def size(span: int) -> str:
    """A length in base pairs as a person says it: '240 kb'."""
    for unit, least in (("Mb", 1_000_000), ("kb", 1_000)):
        if span >= least:
            return f"{span / least:.3g} {unit}" if span < 1000 * least else f"{span / least:,.0f} {unit}"
    return f"{span} bp"


def when(text: str | None) -> str:
    """An ISO time as '2026-11-23 01:25 UTC'."""
    return f"{text[:16].replace('T', ' ')} UTC" if text else ""


def duration(seconds: float) -> str:
    """A rough duration: '40 s', '3 min', '1 h 20 min'."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"


def measured(values: dict[str, Any]) -> list[tuple[str, str]]:
    """What was measured for a claim, as (name, value) a person reads."""
    rows: list[tuple[str, str]] = []
    closing = {end for end, _ in _SPANS.values()}
    for name, value in values.items():
        if name in _SPANS and _SPANS[name][0] in values:
            end, called = _SPANS[name]
            rows.append((called, f"{value + 1:,}-{values[end]:,}"))
        elif name not in closing:
            rows.append((_NAMES.get(name, name.replace("_", " ")), _value(name, value)))
    return rows


def tolerance(values: dict[str, Any]) -> list[str]:
    """How much a claim may differ from the measurement, in words."""
    return [_TOLERANCES.get(name, name.replace("_", " ") + " {}").format(_value(name, v)) for name, v in values.items()]


def _value(name: str, value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} {text}" for key, text in measured(value))
    if isinstance(value, list | tuple):
        return ", ".join(_value(name, one) for one in value)
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return _number(name, value) if isinstance(value, int | float) else _STRANDS.get(str(value), str(value))


def _number(name: str, value: float) -> str:
    if name in _POINTS:
        return f"{value + 1:,}"
    if name in _SHARES:
        return f"{100 * value:.3g} %"
    number = f"{value:,}" if isinstance(value, int) else f"{value:,.4g}"
    return f"{number} bp" if name in _LENGTHS else number


def describe_file(file: dict[str, Any]) -> str:
    """What an upload was recognised as: 'bigWig signal, 24 chromosomes'."""
    words = [FORMATS[file["format"]].title if file["format"] in FORMATS else str(file["format"])]
    if file.get("items"):
        words.append(f"{file['items']:,} items")
    if file.get("chroms"):
        words.append(f"{file['chroms']:,} chromosome{'s' if file['chroms'] != 1 else ''}")
    return ", ".join(words)


def install(app: Flask) -> None:
    """Make the filters and words known to every template."""
    for filter_ in (locus, title, size, when, duration, measured, tolerance, describe_file):
        app.add_template_filter(filter_)
    spoken = {code: languages.named(code) for code in languages.codes()}
    app.jinja_env.globals.update(
        state_words=STATE_WORDS,
        verdict_words=VERDICT_WORDS,
        language_names={code: language.own for code, language in spoken.items()},
        between={code: language.between for code, language in spoken.items()},
        most_panels=MOST_PANELS,
        valid_formats=valid_formats,
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
