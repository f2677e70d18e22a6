"""What a front end may do wrong; each error is a sentence for whoever asked.

LocutionError
├── JobError    input that cannot be used
└── NotFound    an id that does not exist
"""

from __future__ import annotations

from renderer.values.errors import LocutionError


class JobError(LocutionError):
    """Input that cannot be used; the text says what is wrong and what is valid."""


class NotFound(LocutionError):
    """An id that does not exist."""
