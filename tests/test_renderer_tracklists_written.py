"""Track lists are written so that they read back the same, and what a kind cannot say is said."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from renderer.tracklists.entries import OTHER_SCHEME, REMOTE, Part, one_line
from renderer.tracklists.lists import ListedTrack, TrackList, read_track_list, write_track_list
from renderer.values.errors import TrackError
from renderer.values.region import Region
from renderer.values.track import Look

quick = settings(max_examples=80)

NAMES = (
    st.text("aZ09_%&'\"<>=#;.,-+ ü染", min_size=1, max_size=12)
    .map(str.strip)
    .filter(lambda s: s not in ("", ".", "..") and not OTHER_SCHEME.match(s) and not REMOTE.match(s))
)
PLACES = NAMES | st.tuples(NAMES, NAMES).map("/".join) | st.just("https://example.org/a.bw?x=1&y=2")
LABELS = st.text(min_size=1, max_size=20).map(one_line).map(lambda s: s.rstrip("\\ ")).filter(bool)
RANGES = st.none() | st.tuples(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6)).map(lambda r: (r[0], r[0] + r[1]))
COLORS = st.none() | st.integers(0, 2**24 - 1).map(lambda n: f"#{n:06x}")
WRITES = {
    "ucsc": ("bigwig", "bigbed", "biggenepred", "biginteract", "bam", "vcf", "hic", "longrange"),
    "washu": ("bigwig", "bedgraph", "bed", "bigbed", "hic", "cool", "longrange", "bam"),
    "igv": ("bigwig", "bedgraph", "wig", "bed", "narrowpeak", "gtf", "gff3", "links", "vcf"),
    "ini": ("bigwig", "bedgraph", "bed", "narrowpeak", "gtf", "links", "matrix", "cool"),
}
CANNOT = {
    "ucsc": (),
    "washu": ("log", "description"),
    "igv": ("shape",),
    "igv.xml": ("shape", "assay", "sample", "strand", "description"),
    "ini": ("group", "assay", "sample", "description", "shape"),
}
"""What a kind has no place for."""


@st.composite
def tracks(draw, kind: str, cannot: tuple[str, ...]):
    """A track as far as a kind of list can say it."""

    def may(name, strategy, default=None):
        return default if name in cannot else draw(strategy)

    label, format_ = draw(LABELS), draw(st.sampled_from(WRITES[kind]))
    files = draw(st.lists(PLACES, min_size=1, max_size=3))
    signal = format_ == "bigwig"
    combine = (
        draw(st.sampled_from(["overlay", "subtract", "ratio", "log2ratio", "mean"])) if kind == "ini" else "overlay"
    )
    more = tuple(files[1:] if combine == "overlay" else files[1:2]) if signal else ()
    group = may("group", st.none() | LABELS) if signal and not more else None
    low, high = (draw(RANGES) if not group else None) or (None, None)
    height, dense = draw(st.none() | st.integers(8, 400)), draw(st.booleans())
    log, shape = may("log", st.booleans(), False), may("shape", st.sampled_from(["triangle", "square"]), "triangle")
    dense = dense and shape == "triangle"
    names = draw(st.lists(LABELS, min_size=1 + len(more), max_size=1 + len(more), unique=True))
    parts = (
        tuple(Part(name, draw(COLORS)) for name in names)
        if more and combine == "overlay" and draw(st.booleans())
        else ()
    )
    color = draw(COLORS)
    if parts and kind == "ini":  # which has no name and colour for the whole
        label, color = " + ".join(names), parts[0].color
    strand = st.sampled_from([None, "-"] if kind == "ini" else [None, "+", "-"])
    return ListedTrack(
        label,
        files[0],
        format_,
        color,
        group,
        Look(height, low, high, log, dense, shape),
        may("assay", st.none() | LABELS),
        may("sample", st.none() | LABELS),
        may("strand", strand) if not more else None,
        more,
        combine if more else None,
        may("description", st.none() | LABELS.filter(lambda text: text != label)),
        parts,
    )


def in_folder(track: ListedTrack, folder: Path) -> ListedTrack:
    def place(text: str) -> str:
        return text if REMOTE.match(text) else str(folder / text)

    return replace(track, location=place(track.location), more=tuple(map(place, track.more)))


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("ucsc", ""),
        ("ucsc", "hub.txt"),
        ("washu", "hub.json"),
        ("igv", "igv.json"),
        ("igv", "igv.xml"),
        ("ini", "t.ini"),
    ],
)
@quick
@given(data=st.data())
def test_what_is_written_reads_back_the_same(tmp_path, kind, name, data):
    cannot = CANNOT["igv.xml" if name.endswith("xml") else kind]
    listed = data.draw(st.lists(tracks(kind, cannot), min_size=1, max_size=5))
    listing = TrackList(
        "A title", "hg19", Region("chr1", 10, 20), tuple(in_folder(one, tmp_path / "x") for one in listed)
    )
    formats = [(one, track.format) for track in listing.tracks for one in (track.location, *track.more)]
    assume(len({one for one, _ in formats}) == len(set(formats)))  # one file is of one format
    path = tmp_path / "x" / name if name else tmp_path / "x"
    files, _ = write_track_list(listing, kind, path)
    again = read_track_list(files[0], anywhere=False)
    assert listing.tracks == again.tracks
    assert [] == [one for one in again.warnings if "is not fetched" not in one and "axis" not in one]


def test_what_a_kind_cannot_say_is_said_when_it_is_written(tmp_path):
    track = ListedTrack(
        "ratio",
        str(tmp_path / "a.bw"),
        "bigwig",
        assay="X",
        more=(str(tmp_path / "b.bw"),),
        combine="ratio",
        description="long",
    )
    peaks = ListedTrack("peaks", str(tmp_path / "p.bed"), "bed")
    listing = TrackList("t", "hg19", Region("chr1", 0, 9), (track, peaks))
    said = {
        kind: " ".join(write_track_list(listing, kind, tmp_path / f"{kind}.txt")[1])
        for kind in ("ucsc", "washu", "igv", "ini")
    }
    assert "cannot say 'ratio'" in said["ucsc"]
    assert "'peaks' was left out: a UCSC hub takes bigWig" in said["ucsc"]
    assert "has no place for the locus" in said["washu"]
    assert "no place for assay" in said["igv"]
    assert "no place for the assay and the locus" not in said["ini"]
    assert "no place for the assembly and the locus" in said["ini"]


def test_a_ucsc_hub_needs_an_assembly_and_kinds_are_four(tmp_path):
    listing = TrackList("t", None, None, (ListedTrack("a", "/a.bw", "bigwig"),))
    with pytest.raises(TrackError, match="names its assembly"):
        write_track_list(listing, "ucsc", tmp_path / "hub")
    with pytest.raises(TrackError, match="'bed' is no kind of track list. There are ucsc, washu, igv, ini"):
        write_track_list(listing, "bed", tmp_path / "hub")
