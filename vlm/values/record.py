"""The reading record: what the command line, the API and exports give of one locus, typed, and as a JSON Schema.

`locution schema` prints the schema; schema/locution.reading.json holds it for other programs. Coordinates are 0-based
and half-open, boxes are in pixels of the PNG from its upper left corner. A field that changes its meaning, or goes,
makes a new version of SCHEMA.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, NotRequired, TypedDict, cast

from renderer.values.region import Region
from vlm.values.claim import VERDICTS, Source, Verdict
from vlm.values.typed_json import schema_of

SCHEMA = "locution.reading/2"

Status = Literal["queued", "rendering", "rendered", "reading", "done", "failed", "cancelled"]

Texts = dict[str, str]
"""Language code ('en', 'zh' ...) -> the text in it."""


class RecordPlace(TypedDict):
    """A stretch of the window's chromosome."""

    start: int
    end: int


class RecordRegion(TypedDict):
    """The window. A picture without data has none, and a locus that could not be found has its label only."""

    assembly: NotRequired[str | None]
    chrom: NotRequired[str | None]
    start: NotRequired[int | None]
    end: NotRequired[int | None]
    label: str | None


class RecordBox(TypedDict):
    """Where a track is in the picture, and the values at its bottom and top (null: it has no value axis)."""

    track: int
    x0: float
    x1: float
    y0: float
    y1: float
    vmin: float | None
    vmax: float | None


class RecordFigure(TypedDict):
    """The picture: a file beside the record, or a path of the server."""

    png: str
    sha256: str | None
    width: int | None
    height: int | None
    tracks: list[RecordBox]


class RecordTrack(TypedDict):
    """A row of the figure, counted from 1, as a person named it."""

    track: int
    label: str
    kind: str
    assay: str | None
    sample: str | None
    group: str | None
    strand: str | None


class RecordModel(TypedDict):
    """Who read the figure."""

    name: str
    revision: NotRequired[str]
    device: NotRequired[str]
    seconds: NotRequired[Annotated[float, "Of reading, a figure's share of its batch."]]
    facts: NotRequired[Annotated[str, "Measured facts that a model with a prompt was told: none or brief."]]
    asked: NotRequired[Annotated[int, "How often it was asked."]]
    fallback: NotRequired[Annotated[str, "Who speaks, where nothing of what the model said holds."]]
    filled: NotRequired[Annotated[list[int], "Rows of which nothing that the model said holds: measurements speak."]]
    words: NotRequired[Annotated[dict[str, str], "Language -> whose sentences the caption has: model or ours."]]


_From = TypedDict("_From", {"from": Source})


class RecordClaim(_From):
    """A statement that a computer can check, and how it fared."""

    id: int
    kind: str
    tracks: list[int]
    where: RecordPlace | None
    value: Any
    text: Texts
    rests_on: Annotated[list[int], "Ids of the claims it was made from."]
    confidence: float | None
    printed: Annotated[bool, "Whether the caption says it."]
    verdict: Verdict
    measured: Annotated[dict[str, Any], "The numbers it was held against."]
    tolerance: Annotated[dict[str, Any], "How far it may be off."]


class RecordSentence(TypedDict):
    """A sentence of the caption and the ids of the claims it states."""

    text: Texts
    claims: list[int]


class RecordSaid(TypedDict):
    """A sentence in the model's own words, and how it fared."""

    text: str
    verdict: str
    reason: str | None
    claims: list[int]
    language: str | None


class ReviewStep(TypedDict):
    """One decision of a person."""

    action: str
    text: str | None
    lang: str | None
    reviewer: str
    at: str | None


class RecordReview(TypedDict):
    """What people decided of a reading; the last step counts."""

    state: str
    text: str | None
    lang: str | None
    reviewer: str | None
    at: str | None
    history: list[ReviewStep]


class RecordInput(TypedDict):
    """A file that a record rests on."""

    name: Annotated[str, "What a person called it."]
    sha256: Annotated[str | None, "Of its bytes, as 64 hexadecimal digits; null of a file that could not be prepared."]
    bytes: int | None
    tracks: Annotated[list[int], "The rows that show it; none of the file behind the ideogram."]


class RecordProvenance(TypedDict):
    """Where a record comes from."""

    id: Annotated[str, "SHA-256 of inputs, place, options, model and version: the same of records that say the same."]
    version: Annotated[str, "Of Locution."]
    finished: Annotated[str, "ISO 8601, UTC."]
    inputs: list[RecordInput]
    options: Annotated[dict[str, Any], "How the figure was drawn and read."]


class Record(TypedDict):
    """What was seen at one locus of one set of tracks, every statement with its verdict."""

    schema: Annotated[str, f"Always {SCHEMA}."]
    region: RecordRegion
    figure: NotRequired[RecordFigure | None]
    tracks: NotRequired[list[RecordTrack]]
    evidence: NotRequired[Annotated[dict[str, Any], "Track number -> what was measured there, by kind of track."]]
    model: NotRequired[RecordModel]
    claims: list[RecordClaim]
    sentences: NotRequired[list[RecordSentence]]
    said: NotRequired[list[RecordSaid]]
    caption: Texts | None
    short: NotRequired[Annotated[Texts, "Frame, main finding and reading in 60 words, for galleries and alt text."]]
    text: NotRequired[Annotated[str | None, "The model's answer as it came."]]
    status: Status
    error: str | None
    warnings: list[str]
    provenance: NotRequired[RecordProvenance]


class ServedRecord(Record):
    """A record as the API gives it."""

    id: str
    job: str
    position: Annotated[int, "Among the loci of its job, from 0."]
    said_by: Annotated[str, "Who said what, as 'model 12 of 14, annotation 3; fell back to measurements'."]
    review: RecordReview
    lang: str
    finished: Annotated[str | None, "ISO 8601, UTC."]


def record_box(box: Mapping[str, Any]) -> RecordBox:
    """The box of a track as a record has it, from one of a layout, which tells more."""
    return cast("RecordBox", {name: box[name] for name in RecordBox.__annotations__})


def failed_record(name: str, region: Region | None, problem: str) -> Record:
    """The record of a locus that could not even be drawn; `region` is None where it could not be found."""
    where = RecordRegion(label=name)
    if region is not None:
        where = RecordRegion(chrom=region.chrom, start=region.start, end=region.end, label=name)
    return Record(schema=SCHEMA, region=where, status="failed", error=problem, claims=[], caption=None, warnings=[])


def count_verdicts(record: Record | None) -> dict[str, int]:
    """How many claims of a record have which verdict; none where there is no record."""
    verdicts = [claim["verdict"] for claim in record["claims"]] if record else []
    return {name: verdicts.count(name) for name in VERDICTS}


def caption_of(record: Record, lang: str) -> str:
    """The caption in one language; nothing where there is none."""
    return (record["caption"] or {}).get(lang, "")


def place_of(record: Record) -> str:
    """The window as a person reads it, 1-based and inclusive; nothing where there is none."""
    region = record["region"]
    chrom, start, end = region.get("chrom"), region.get("start"), region.get("end")
    return "" if chrom is None or start is None or end is None else str(Region(chrom, start, end))


def record_schema() -> dict[str, Any]:
    """The JSON Schema of a record, whether a file of the command line or an answer of the API."""
    made = schema_of(ServedRecord)
    optional = ServedRecord.__annotations__.keys() - Record.__annotations__.keys()
    made["properties"]["schema"] = {"const": SCHEMA}
    made["required"] = [name for name in made["required"] if name not in optional]
    title = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": SCHEMA}
    return {**title, **made, "description": Record.__doc__}
