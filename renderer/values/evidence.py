"""The numbers behind a figure, as frozen values: what `renderer.measure.signal` found and `vlm.claims.verify` checks
against.

Positions are 0-based, half-open genome coordinates. `height` and `prominence` are fractions of the drawn range
(0 = baseline, 1 = the top of the track's box); `value` is in the units of the file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from renderer.values.background import FileLevels
from renderer.values.design import Design
from renderer.values.exons import GeneExons, Junction, NovelExon
from renderer.values.levels import Beyond, ClassLevel, Level, Likeness, Overlap, Place, Standing
from renderer.values.region import Region
from renderer.values.spans import Boundary as Boundary  # a part of this evidence, as its others are
from renderer.values.spans import Dot, Insulation, SignedStretch, Trough

State = Literal["no_data", "flat", "noisy", "signal"]


@dataclass(frozen=True)
class Peak:
    """A rise a person can see: [start, end) is the stretch that is raised, `summit` the middle of its highest column.

    `value` is that column's and `top` the value of the single base farthest from 0 in the peak, at `top_at`.
    `prominence` is how far the drawn summit rises over the ground beside it. `salient` peaks belong in a caption; the
    others are visible on a second look, so that a claim about one is not wrong, but no caption needs it.
    """

    start: int
    end: int
    summit: int
    value: float
    height: float
    prominence: float
    salient: bool
    top: float | None = None
    top_at: int | None = None

    @property
    def at(self) -> int:
        """Where it is said to be: at its highest base, or where that is not known, its summit."""
        return self.summit if self.top_at is None else self.top_at


@dataclass(frozen=True)
class Domain:
    """A broad stretch of raised signal; `mean` is its mean drawn height, `outside` that of the rest of the window.

    As with peaks, `salient` ones belong in a caption; of the others one may speak without being wrong.
    """

    start: int
    end: int
    mean: float
    outside: float
    salient: bool = True


@dataclass(frozen=True)
class GeneSignal:
    """What one signal track shows over one gene, in the units of the file; only the visible part of the gene counts.

    Values are means over drawn columns, measured from 0 (the depth, where a track is drawn downwards); a column
    without data counts as 0. `start`, `end` and `strand` tell genes of one name apart.

    tss: round the gene's own (outermost) start, `measure_genes.START_REACH` to each side; None if that is not in view.
    body: from there to the gene's end; `level` is its median, which a few tall exons or summits do not lift.
    exons, introns: columns under exons (weighted by how much of each they take), and those that touch none. None for
    a gene whose exons cannot be told from its introns at this width. `exons_seen` is the share of exons that rise to
    twice the introns or more.
    outside: the mean over the columns of the window that no gene touches (all columns, if genes leave too few).
    """

    gene: str
    start: int
    end: int
    strand: str
    tss: float | None
    body: float | None
    level: float | None
    exons: float | None
    introns: float | None
    exons_seen: float | None
    outside: float

    @property
    def pausing(self) -> float | None:
        """The signal at the start over that of the body (the pausing index); None if either is not known or 0."""
        return self.tss / self.body if self.tss and self.body else None


@dataclass(frozen=True)
class SignalEvidence:
    """What one signal track shows in the window.

    `covered` is the share of drawn columns with data, `maximum` their highest (lowest, if `downwards`). `state` is the
    one word for the track: no_data (no value in the window), flat (nothing rises above `measure.FLAT_HEIGHT` of the
    drawn range, or above what is usual in the file), noisy (rough everywhere, nothing stands out), else signal.
    `low_elsewhere`: outside salient peaks and domains nothing reaches a fifth of the tallest and stands out of the
    rest. `near` holds the other states that a careful person could also have used, and `low_near` tells that the track
    may be called low elsewhere although its rest is just above the line; `count_range` is the least and the most clear
    peaks that careful people would count: exact up to `measure.COUNTED`. `genes` is the signal over each gene that is
    long enough on screen, left to right. `levels` are those over `Evidence.places`, in their order (of
    spliced transcripts those along genes are over the exons); `usual` is the
    magnitude of a usual stretch of the window, in file units: the median over its parts.

    `downwards`: drawn down from 0, so that depth counts: a minus strand, or a track without a value above 0. `whole`
    tells that the window lies within raised ground: its mean over what is usual in the file; None if it does not, or
    the file cannot tell. `noise` is the least level (file units) that would be called raised over a hundredth of the
    window. `background` is what is usual in the file, of depth where the track is drawn downwards; None if not known.
    `strongest_agrees`: the strongest peak holds the highest column, the highest single base and the highest kilobase of
    the window. `lone`: outside its salient peaks and domains no column reaches a third of the highest. `positive`,
    `negative`, `troughs`: of a signal that lies on both sides of 0, its stretches on either
    side and its minima; of another, `troughs` are dips in raised ground. `standing`: how its highest peak stands over
    the rest of the window; None if it has none. `classes`: its level in each class of rows that name states.
    `gaps`: stretches of the window that its file has no data for.
    `along`: of a signal of spliced transcripts, the exons of each gene it can be of, and `novel` what is like an exon
    and none. `beyond`: of nascent RNA of one strand, how far it goes on past the ends of the genes it transcribes.
    """

    state: State
    vmin: float
    vmax: float
    maximum: float | None
    mean: float | None
    covered: float
    peaks: tuple[Peak, ...]
    domains: tuple[Domain, ...]
    low_elsewhere: bool
    near: tuple[State, ...] = ()
    low_near: bool = False
    count_range: tuple[int, int] | None = None
    genes: tuple[GeneSignal, ...] = ()
    levels: tuple[Level | None, ...] = ()
    usual: float = 0.0
    downwards: bool = False
    whole: float | None = None
    noise: float = 0.0
    background: FileLevels | None = None
    strongest_agrees: bool = True
    lone: bool = True
    positive: tuple[SignedStretch, ...] = ()
    negative: tuple[SignedStretch, ...] = ()
    troughs: tuple[Trough, ...] = ()
    standing: Standing | None = None
    classes: tuple[ClassLevel, ...] = ()
    gaps: tuple[tuple[int, int], ...] = ()
    along: tuple[GeneExons, ...] = ()
    novel: tuple[NovelExon, ...] = ()
    beyond: tuple[Beyond, ...] = ()

    @property
    def salient(self) -> tuple[Peak, ...]:
        """The peaks a caption is about, left to right."""
        return tuple(peak for peak in self.peaks if peak.salient)

    @property
    def strongest(self) -> Peak | None:
        """The salient peak with the highest column, or None. Values, not heights: a fixed scale cuts several alike."""
        return max(self.salient, key=lambda peak: (abs(peak.value), -peak.summit), default=None)

    def over(self, gene: Gene) -> GeneSignal | None:
        """The signal over this gene, or None if it is too short on screen."""
        return next((one for one in self.genes if (one.gene, one.start) == (gene.name, gene.start)), None)


@dataclass(frozen=True)
class Gene:
    """A gene that overlaps the window: its isoforms merged. `tss` holds every annotated transcription start.

    `named` is whether the name is a symbol and not an accession, `coding` whether the annotation gives a coding span.
    `exons` is the union of all isoforms' exons, left to right.
    """

    name: str
    start: int
    end: int
    strand: str
    tss: tuple[int, ...]
    named: bool = True
    coding: bool = True
    exons: tuple[tuple[int, int], ...] = ()

    @property
    def first_base(self) -> int:
        """The gene's own, outermost start: its first transcribed base."""
        return self.end - 1 if self.strand == "-" else self.start


@dataclass(frozen=True)
class GeneEvidence:
    """Genes that overlap the window, left to right."""

    genes: tuple[Gene, ...]


@dataclass(frozen=True)
class Span:
    """A box a person sees in an interval row: `count` neighbouring intervals that are drawn as one, cut to the window.

    `name` is that of the interval, where it is just one, and `outer` all of it, where the window cuts it.
    """

    start: int
    end: int
    count: int = 1
    name: str = ""
    outer: tuple[int, int] | None = None

    def __post_init__(self) -> None:
        if self.outer is not None:  # JSON has lists
            object.__setattr__(self, "outer", tuple(self.outer))


@dataclass(frozen=True)
class IntervalEvidence:
    """Intervals of the window. `count` is the number of records; `spans` are the boxes one can tell apart, left to
    right. `covered` is the share of the window under them. `state`: none; few (each box can be pointed at); tiled
    (boxes side by side over most of the window, as chromatin states are); dense (too many to point at). `shares`: where
    the intervals name states, the share of each of `Evidence.places` under each name. `median` is the median length of
    the records (bp, their parts beyond the window with them), `longest` the longest of them, all of it.
    """

    count: int
    state: Literal["none", "few", "tiled", "dense"] = "none"
    covered: float = 0.0
    spans: tuple[Span, ...] = ()
    shares: tuple[Mapping[str, float], ...] = ()
    median: int = 0
    longest: tuple[int, int] | None = None

    def __post_init__(self) -> None:
        if self.longest is not None:  # JSON has lists
            object.__setattr__(self, "longest", tuple(self.longest))


@dataclass(frozen=True)
class Arc:
    """A drawn link: its two anchors, left one first. `inside`: both anchors lie in the window.

    `count` neighbouring links are drawn over one another here; `score` is the highest of them.
    """

    start1: int
    end1: int
    start2: int
    end2: int
    score: float
    inside: bool
    count: int = 1


@dataclass(frozen=True)
class LinkEvidence:
    """Links with an anchor in the window. `arcs` are those one can tell apart, the widest first. `state`: none, few,
    or dense (too many to point at). `junctions`: of a row of splice junctions, each of them,
    and then there are no arcs; None of any other row.
    """

    count: int
    state: Literal["none", "few", "dense"] = "none"
    arcs: tuple[Arc, ...] = ()
    junctions: tuple[Junction, ...] | None = None


@dataclass(frozen=True)
class ContactEvidence:
    """What a contact map shows in the window. `resolution` is the drawn bin in bp; `covered` the share of bins with
    contacts. `state`: no_data, plain (nothing parts it), domains. `insulation` is its score; `dots` are those that
    stand out; None where the map is too coarse or too sparse to tell."""

    state: Literal["no_data", "plain", "domains"]
    resolution: int
    covered: float
    boundaries: tuple[Boundary, ...] = ()
    insulation: Insulation | None = None
    dots: tuple[Dot, ...] | None = None

    @property
    def salient(self) -> tuple[Boundary, ...]:
        """The boundaries a caption is about, left to right."""
        return tuple(boundary for boundary in self.boundaries if boundary.salient)


TrackEvidence = SignalEvidence | GeneEvidence | IntervalEvidence | LinkEvidence | ContactEvidence
_TYPES: dict[str, type[Any]] = {
    "signal": SignalEvidence,
    "genes": GeneEvidence,
    "intervals": IntervalEvidence,
    "links": LinkEvidence,
    "contacts": ContactEvidence,
}
_NAMES = {cls: name for name, cls in _TYPES.items()}
_PARTS: dict[str, tuple[str, type[Any]]] = {
    "intervals": ("spans", Span),
    "links": ("arcs", Arc),
    "contacts": ("boundaries", Boundary),
}


def type_of(found: TrackEvidence) -> str:
    """The type of track that was measured: signal, genes, intervals, links or contacts."""
    return _NAMES[type(found)]


@dataclass(frozen=True)
class Evidence:
    """Everything measured in one window, by track number. Tracks that are not measured are absent.

    `places` are what all signals are measured over, `design` what the tracks were made to compare, `likeness` how alike
    the shapes of the signals are that it sets against each other. `overlaps`: how often the intervals of one row meet
    those of another.
    """

    region: Region
    tracks: dict[int, TrackEvidence]
    places: tuple[Place, ...] = ()
    design: Design = Design()
    likeness: tuple[Likeness, ...] = ()
    overlaps: tuple[Overlap, ...] = ()

    def signal(self, track: int) -> SignalEvidence | None:
        """The signal evidence of a track, or None if it is no signal track."""
        found = self.tracks.get(track)
        return found if isinstance(found, SignalEvidence) else None

    def gene_tracks(self) -> dict[int, GeneEvidence]:
        """Every gene annotation track, by number."""
        return {number: found for number, found in self.tracks.items() if isinstance(found, GeneEvidence)}

    def to_json(self) -> dict[str, Any]:
        """The "evidence" object of a reading record: track number -> measurements with their "type", and beside them
        the "places" of their levels and the "design"."""
        rows = {str(number): {"type": type_of(found), **asdict(found)} for number, found in self.tracks.items()}
        shared = {"places": [asdict(place) for place in self.places], "design": asdict(self.design)}
        alike, meeting = ([asdict(one) for one in some] for some in (self.likeness, self.overlaps))
        return {**rows, **shared, "likeness": alike, "overlaps": meeting}

    @classmethod
    def from_json(cls, region: Region, data: dict[str, Any]) -> Evidence:
        """The inverse of `to_json`."""
        tracks = {int(number): _track_from_json(found) for number, found in data.items() if number.isdigit()}
        places = tuple(Place(**place) for place in data.get("places", ()))
        likeness = tuple(Likeness(**one) for one in data.get("likeness", ()))
        overlaps = tuple(Overlap(**one) for one in data.get("overlaps", ()))
        return cls(region, tracks, places, Design.from_json(data.get("design", {})), likeness, overlaps)


def _track_from_json(data: dict[str, Any]) -> TrackEvidence:
    fields = {key: value for key, value in data.items() if key != "type"}
    if data["type"] == "signal":
        fields["peaks"] = tuple(Peak(**peak) for peak in fields["peaks"])
        fields["domains"] = tuple(Domain(**domain) for domain in fields["domains"])
        fields["near"] = tuple(fields.get("near", ()))
        fields["count_range"] = tuple(fields["count_range"]) if fields.get("count_range") else None
        fields["genes"] = tuple(GeneSignal(**one) for one in fields.get("genes", ()))
        fields["levels"] = tuple(one and Level(**one) for one in fields.get("levels", ()))
        fields["background"] = FileLevels(**fields["background"]) if fields.get("background") else None
        fields["troughs"] = tuple(Trough(**one) for one in fields.get("troughs", ()))
        fields["standing"] = Standing(**fields["standing"]) if fields.get("standing") else None
        fields["gaps"] = tuple((int(start), int(end)) for start, end in fields.get("gaps", ()))
        fields["classes"] = tuple(ClassLevel(**one) for one in fields.get("classes", ()))
        fields["along"] = tuple(GeneExons.from_json(one) for one in fields.get("along", ()))
        fields["beyond"] = tuple(Beyond(**one) for one in fields.get("beyond", ()))
        fields["novel"] = tuple(NovelExon(**one) for one in fields.get("novel", ()))
        for side in ("positive", "negative"):
            fields[side] = tuple(SignedStretch(**one) for one in fields.get(side, ()))
    elif data["type"] == "genes":
        fields["genes"] = tuple(_gene_from_json(gene) for gene in fields["genes"])
    elif data["type"] in _PARTS:
        name, part = _PARTS[data["type"]]
        fields[name] = tuple(part(**one) for one in fields.get(name, ()))
        fields |= {"insulation": Insulation(**fields["insulation"])} if fields.get("insulation") else {}
        fields |= {"dots": tuple(Dot(**one) for one in fields["dots"])} if fields.get("dots") is not None else {}
        if "shares" in fields:
            fields["shares"] = tuple(fields["shares"])
        if fields.get("junctions") is not None:
            fields["junctions"] = tuple(Junction(**one) for one in fields["junctions"])
    found: TrackEvidence = _TYPES[data["type"]](**fields)
    return found


def _gene_from_json(data: dict[str, Any]) -> Gene:
    exons = tuple((int(start), int(end)) for start, end in data.get("exons", ()))
    return Gene(**{**data, "tss": tuple(data["tss"]), "exons": exons})
