"""What a front end may do wrong; each error is a sentence for whoever asked.

The tree they belong to is drawn in `renderer.values.errors`.
"""

from __future__ import annotations

from renderer.values.errors import LocutionError


class JobError(LocutionError):
    """Input that cannot be used; the text says what is wrong and what is valid."""


class NotFound(LocutionError):
    """An id that does not exist."""


class BusyError(LocutionError):
    """Too much of this is being done: ask again in a moment."""
