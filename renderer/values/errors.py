"""The errors a user can cause, each a sentence that says what was wrong, where, and what would be right.

    LocutionError
    ├── RegionError     a locus that cannot be read, or does not exist on this assembly
    ├── FormatError     a file that is not what it says, with file and line
    └── TrackError      tracks that do not fit together, or a scene that cannot be drawn

Foreign errors (pyBigWig, pysam, pyGenomeTracks) are mapped to these where they are called.
"""

from __future__ import annotations


class LocutionError(Exception):
    """Base of every error whose text is meant for the person who sent the input."""


class RegionError(LocutionError):
    """A locus that cannot be read, or does not exist on this assembly."""


class TrackError(LocutionError):
    """Tracks that do not fit together, or a scene that cannot be drawn."""


class FormatError(LocutionError):
    """A file that is not what it says.

    `file` is the name the user gave, `line` is 1-based (0: the file as a whole).
    """

    def __init__(self, file: str, found: str, valid: str, line: int = 0) -> None:
        self.file, self.line, self.found, self.valid = file, line, found, valid
        place = f"{file}, line {line}" if line else file
        super().__init__(f"{place}: {found}. {valid}")
