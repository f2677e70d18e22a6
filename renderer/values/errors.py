"""Every error a person may meet, each a sentence that says what was wrong, where, and what would be right.

    LocutionError
    ├── RegionError          a locus that cannot be read, or does not exist on this assembly
    ├── FormatError          a file that is not what it says, with file and line
    ├── TrackError           tracks that do not fit together, or a scene that cannot be drawn
    ├── SandboxError         renderer.sandbox: the process that reads files cannot be started
    ├── PluginError          renderer.plugins: a module from outside that cannot be loaded
    ├── ModelError           vlm: a model that cannot be loaded or run
    │   └── RemoteError      vlm.models.remote_client: no answer from a model's server, and why
    │       ├── Refused      the server will not answer this request
    │       ├── Misplaced    nothing at this address will ever answer
    │       └── Gone         not in time
    ├── JobError             workers: input that cannot be used
    ├── NotFound             workers: an id that does not exist
    ├── BusyError            workers: ask again in a moment
    ├── SettingsError        workers.settings: an environment variable with a value that cannot be used
    ├── BrokerError          workers.queue.broker: the embedded broker cannot be started
    ├── SupervisorError      service.run: a process of the service cannot be started
    ├── ApiError             service.run: a server of ours that answers with an error, or not at all
    └── DemoError            service.run: the demo cannot go on

A front end catches LocutionError, once. Foreign errors (pyBigWig, pysam, pyGenomeTracks, httpx, SQLAlchemy) are mapped
to these where they are called. Stopped, GoneError, OverlapError, WorkError and Malformed are none: signals between two
modules, which turn them into one of these or into a verdict.
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
