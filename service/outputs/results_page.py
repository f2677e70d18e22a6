"""The page a command leaves beside its figures: a template and the site's style sheet in one file that opens from disk.

Knows templates; what stands in them is said by `loci_page` and `service.commands.compare`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jinja2

TEMPLATES = Path(__file__).with_name("templates")
STYLE = Path(__file__).parents[1] / "web" / "static" / "style.css"
"""The pages of the service and these look alike."""


def write_results(path: Path, template: str, lang: str, **values: Any) -> None:
    """Write `template` with `values` to `path`; captions in it are in the language `lang`. All text is escaped."""
    pages = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    style = STYLE.read_text(encoding="utf-8")
    partial = path.with_name(f".{path.name}.partial")
    with partial.open("w", encoding="utf-8") as file:
        file.writelines(pages.get_template(template).generate(style=style, lang=lang, **values))  # bit by bit
        file.write("\n")
    partial.replace(path)
