"""How a reading looks in a notebook: figure, caption, verdicts, as a piece of HTML without scripts."""

from __future__ import annotations

import base64
from functools import cache
from pathlib import Path
from typing import Any

import jinja2

from vlm.values.record import Record

TEMPLATE = Path(__file__).with_name("card.html")


@cache
def _template() -> Any:
    pages = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATE.parent),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return pages.get_template(TEMPLATE.name)


def card(name: str, record: Record, lang: str, png: bytes | None, alt: str) -> str:
    """The HTML of a record with its picture in it; all text is escaped."""
    picture = base64.b64encode(png).decode("ascii") if png else None
    text: str = _template().render(name=name, record=record, lang=lang, picture=picture, alt=alt)
    return text
