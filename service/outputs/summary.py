"""A batch in one pass over its records: what is counted, what failed, and the files behind it all."""

from __future__ import annotations

from dataclasses import dataclass, field

from service.batch.locus import Finished, ReadLocus
from service.outputs.citing import Tally
from vlm.values.record import RecordInput, RecordProvenance, place_of


@dataclass
class Summary:
    """`failed` are names and folders of loci that could not be read, `inputs` the files by name and SHA-256,
    `versions` those of Locution that read, `last` when the last locus was finished (ISO 8601, '' if not known)."""

    tally: Tally = field(default_factory=Tally)
    failed: list[tuple[str, str]] = field(default_factory=list)
    inputs: dict[tuple[str, str | None], RecordInput] = field(default_factory=dict)
    versions: set[str] = field(default_factory=set)
    last: str = ""

    @property
    def title(self) -> str:
        """How many loci there are."""
        return f"{self.tally.loci:,} {'locus' if self.tally.loci == 1 else 'loci'}"

    @property
    def failures(self) -> str:
        """How many of them could not be read; nothing if all were."""
        return f"{len(self.failed):,} of {self.tally.loci:,} could not be read" if self.failed else ""

    def add(self, one: ReadLocus, folder: str) -> None:
        """One locus more."""
        self.tally.add(one.record)
        if one.record["status"] != "done":
            self.failed.append((one.locus.name, folder))
        if "provenance" in one.record:
            self._trace(one.record["provenance"])

    def _trace(self, made: RecordProvenance) -> None:
        self.versions.add(made["version"])
        self.last = max(self.last, made["finished"])
        for file in made["inputs"]:
            self.inputs.setdefault((file["name"], file["sha256"]), file)


def summarise(finished: Finished) -> Summary:
    """Reads every record once."""
    summary = Summary()
    for one in finished:
        summary.add(one, finished.place(one.locus))
    return summary


def place_beside(one: ReadLocus) -> str:
    """The window of a locus, where its name does not tell it."""
    place = place_of(one.record)
    return "" if place in one.locus.name else place
