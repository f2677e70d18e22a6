"""XML for `renderer.tracklists.igv`: a tree with line numbers, from a parser that takes no document type, so no
entities.

An XML document type can define entities that grow a hundred bytes to gigabytes, or that name files of this machine.
A session of IGV has none, so a file that has one is refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat
from xml.sax.saxutils import quoteattr

from renderer.values.errors import FormatError

MOST_DEPTH = 50
"""A session nests four or five elements."""


@dataclass
class Element:
    """A tag with its attributes, its children, and the line it begins on (1-based)."""

    tag: str
    attributes: dict[str, str]
    line: int = 0
    children: list[Element] = field(default_factory=list)

    def all(self, tag: str) -> Iterator[Element]:
        """Every element of this name below this one, in order; those within another of the same name are left out."""
        for child in self.children:
            if child.tag == tag:
                yield child
            else:
                yield from child.all(tag)

    def text(self, indent: int = 0) -> str:
        """As written to a file."""
        said = "".join(f" {name}={quoteattr(value)}" for name, value in self.attributes.items())
        space = "    " * indent
        if not self.children:
            return f"{space}<{self.tag}{said}/>\n"
        inner = "".join(child.text(indent + 1) for child in self.children)
        return f"{space}<{self.tag}{said}>\n{inner}{space}</{self.tag}>\n"


def parse(text: str, name: str) -> Element:
    """The root of a document. Raises FormatError with the line for what is no XML, too deep, or has a document type."""
    parser = expat.ParserCreate(encoding="UTF-8")
    root = Element("", {})
    open_elements = [root]

    def start(tag: str, attributes: dict[str, str]) -> None:
        if len(open_elements) > MOST_DEPTH:
            raise FormatError(name, "the elements are nested too deeply", "A session has a few levels.", line())
        element = Element(tag, attributes, line())
        open_elements[-1].children.append(element)
        open_elements.append(element)

    def refuse(*_: object) -> None:
        raise FormatError(name, "there is a document type", "A session has none; entities are not read.", line())

    def line() -> int:
        return int(parser.CurrentLineNumber)

    parser.StartElementHandler = start
    parser.EndElementHandler = lambda tag: open_elements.pop()
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    try:
        parser.Parse(text.encode(), True)
    except expat.ExpatError as exc:
        said = expat.errors.messages.get(exc.code) or expat.ErrorString(exc.code)
        raise FormatError(name, f"this is no XML ({said})", "Save the session again.", exc.lineno) from exc
    return root.children[0]
