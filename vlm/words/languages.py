"""The languages that captions are written in. Another makes itself known by `register`, in its own module."""

from __future__ import annotations

from typing import TypeVar

from vlm.words.chinese.language import Chinese
from vlm.words.english.language import English
from vlm.words.language import Language

ALWAYS = (English.code, Chinese.code)
"""Languages of every record; a further one is added where it is asked for."""

LanguageClass = TypeVar("LanguageClass", bound=type[Language])
_LANGUAGES: dict[str, type[Language]] = {one.code: one for one in (English, Chinese)}


def register(language: LanguageClass) -> LanguageClass:
    """Make a language known (a class decorator); it takes the place of one of the same code."""
    _LANGUAGES[language.code] = language
    return language


def forget(code: str) -> None:
    """Undo `register`. Raises KeyError."""
    del _LANGUAGES[code]


def codes() -> tuple[str, ...]:
    """The codes of all languages."""
    return tuple(_LANGUAGES)


def named(code: str) -> type[Language]:
    """The language of a code. Raises ValueError that says which there are."""
    if code not in _LANGUAGES:
        raise ValueError(f"Language '{code}' is not known. There are {', '.join(_LANGUAGES)}.")
    return _LANGUAGES[code]


def spoken(asked: str) -> tuple[str, ...]:
    """The codes a record has where this language is asked for."""
    return tuple(dict.fromkeys((*ALWAYS, asked)))
