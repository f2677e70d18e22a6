"""Captions as stories: nothing numeric or named is printed that no supported claim holds; main finding first; length.

Every number of a caption is read back and looked for among the measured values of the claims that its sentence rests
on; so are the names of genes and of tracks.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from renderer.assays.design import guess_design
from renderer.measure.levels import places_of
from renderer.values.evidence import (
    Arc,
    Domain,
    Evidence,
    Gene,
    GeneEvidence,
    IntervalEvidence,
    LinkEvidence,
    Peak,
    SignalEvidence,
    Span,
    TrackEvidence,
)
from renderer.values.layout import Layout
from renderer.values.levels import Level, Likeness, Place
from renderer.values.region import Region
from renderer.values.track import Scene, Track
from vlm.claims.verify import judge_all
from vlm.models.measured import Measured
from vlm.values.captioner import Figure
from vlm.values.claim import Judged
from vlm.words.caption import LENGTHS, MOST_SENTENCES, SHORT, Prose, compose
from vlm.words.places import short_labels

REGION = Region("chr9", 5_000_000, 5_200_000)
GENES = (
    Gene("JAK2", 5_020_000, 5_090_000, "+", (5_020_000,)),
    Gene("INSL6", 5_150_000, 5_170_000, "-", (5_169_999,)),
)
SCENES = Path(__file__).parents[2] / "shared" / "scenes" / "scenes.json"

WORDS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def number_in(text: str) -> Iterator[tuple[str, float, int]]:
    """Numbers of a text that stand by themselves (no part of a name): as written, as a value, and their decimals."""
    for match in re.finditer(r"(?<![A-Za-z0-9_.\-/+])(\d[\d,]*(?:\.\d+)?)(?![A-Za-z0-9_]|\.\d)", text):
        digits = match[1].rstrip(",").replace(",", "")
        yield match[1], float(digits), len(digits.partition(".")[2])


def values_of(found: Any) -> Iterator[float]:
    """All numbers that a verdict holds."""
    if isinstance(found, bool) or found is None:
        return
    if isinstance(found, int | float):
        yield float(found)
    elif isinstance(found, Mapping):
        for one in found.values():
            yield from values_of(one)
    elif isinstance(found, list | tuple):
        yield float(len(found))
        for one in found:
            yield from values_of(one)


def texts_of(found: Any) -> Iterator[str]:
    """All texts that a verdict holds."""
    if isinstance(found, str):
        yield found
    elif isinstance(found, Mapping):
        for key, one in found.items():
            yield str(key)
            yield from texts_of(one)
    elif isinstance(found, list | tuple):
        for one in found:
            yield from texts_of(one)


def stands(value: float, decimals: int, known: float) -> bool:
    """Whether a printed number is this one, as it is rounded where it is printed: as a level, a fold, a share, or a
    position (1-based) or length in bp, kb or Mb."""
    step = 10.0**-decimals
    inverse = 1 / known if known else 0.0
    forms = (known, 100 * known, inverse, known / 1e3, known / 1e6, (known + 1) / 1e3, (known + 1) / 1e6)
    near = (step, 0.006 * value)
    return any(abs(value - abs(form)) <= 0.51 * max(near) for form in forms)


def unknown_numbers(prose: Prose, judged: list[Judged], scene: Scene, code: str = "en") -> list[tuple[str, str]]:
    """Numbers of a caption that no claim of their sentence holds, each with the sentence."""
    labels = sorted(
        {*(one.label for one in scene.tracks), *short_labels(scene).by_track.values()}, key=len, reverse=True
    )
    missing = []
    for at, (sentence, text) in enumerate(zip(prose.sentences, prose.told(code), strict=True)):
        claims = [judged[number - 1] for number in sentence.claims]
        known = [value for one in claims for value in values_of({**one.measured, "said": one.claim.value})]
        known += [float(end) for one in claims for end in (one.claim.start, one.claim.end)]
        known += [(a + b) / 2 for one in claims for a, b in one.measured.get("anchors", ())]
        known += [
            one.measured["end"] - one.measured["start"] for one in claims if {"start", "end"} <= one.measured.keys()
        ]
        known += [(one.claim.start + one.claim.end) / 2 for one in claims]
        counts = [len(claims), *(float(n) for n in range(1, 3))]
        if at == 0:
            known += [float(scene.region.start), float(scene.region.end)]
        spoken = text
        texts = (text for one in claims for text in texts_of({**one.measured, "said": one.claim.value}))
        names = [name for name in texts if len(name) > 2]
        for name in [*labels, *sorted(set(names), key=len, reverse=True), scene.assembly or "", scene.region.chrom]:
            spoken = spoken.replace(name, " ") if name else spoken
        spoken = re.sub(r"chr\w+:", " ", spoken)
        for written, value, decimals in number_in(spoken):
            if not any(stands(value, decimals, one) for one in (*known, *counts)):
                missing.append((written, text))
    return missing


def unknown_genes(prose: Prose, judged: list[Judged], genes: tuple[Gene, ...], scene: Scene) -> list[tuple[str, str]]:
    """Genes that a sentence names though no claim of it does, each with the sentence."""
    missing = []
    for sentence, text in zip(prose.sentences, prose.told("en"), strict=True):
        claims = [judged[number - 1] for number in sentence.claims]
        said = {name for one in claims for name in texts_of([one.measured, one.claim.value])}
        labels = " ".join(track.label for track in scene.tracks)
        for gene in {gene.name for gene in genes if len(gene.name) > 1 and gene.name not in labels}:
            if re.search(rf"(?<![\w-]){re.escape(gene)}(?![\w-])", text) and gene not in said:
                missing.append((gene, text))
    return missing


# --- made-up scenes


@st.composite
def levels(draw: st.DrawFn, places: tuple[Place, ...]) -> tuple[Level | None, ...]:
    found = []
    for place in places:
        mean = draw(st.floats(0, 50).map(lambda value: float(f"{value:.4g}")))
        top = mean * draw(st.floats(1, 4))
        found.append(Level(mean, float(f"{top:.5g}"), (place.start + place.end) // 2, 1.0))
    return tuple(found)


@st.composite
def signals(draw: st.DrawFn, places: tuple[Place, ...]) -> SignalEvidence:
    summits = sorted(draw(st.sets(st.integers(1, 18), max_size=5)))
    peaks = tuple(
        Peak(s - 1_000, s + 1_000, s, level, level / 30, 0.3, True, 2 * level)
        for s, level in ((5_001_000 + 10_000 * at, 10.0 + at) for at in summits)
    )
    domains = draw(st.sampled_from(((), (Domain(5_030_000, 5_090_000, 0.6, 0.1),))))
    state = draw(st.sampled_from(("signal", "signal", "signal", "noisy", "flat")))
    kept = (peaks, domains) if state == "signal" else ((), ())
    return SignalEvidence(
        state, 0.0, 30.0, 30.0, 3.0, 1.0, *kept, draw(st.booleans()), levels=draw(levels(places)), usual=0.5
    )


LABELS = (
    ("K562 H3K4me3", "K562", "H3K4me3"),
    ("HUVEC H3K4me3", "HUVEC", "H3K4me3"),
    ("K562 CTCF", "K562", "CTCF"),
    ("K562 Input", "K562", "Input"),
    ("RNA 0 h", None, "RNA-seq"),
    ("RNA 1 h", None, "RNA-seq"),
    ("RNA 3 h", None, "RNA-seq"),
    ("K562 PRO-seq (+)", "K562", "PRO-seq"),
    ("K562 PRO-seq (-)", "K562", "PRO-seq"),
    ("HeLa H3K27ac WT rep1", "HeLa", "H3K27ac"),
    ("HeLa H3K27ac WT rep2", "HeLa", "H3K27ac"),
    ("HeLa H3K27ac KO", "HeLa", "H3K27ac"),
    ("Signal, with ( per docs)  commas", None, None),
)


@st.composite
def figures(draw: st.DrawFn) -> Figure:
    """A figure of some tracks with whatever levels, peaks, states and links."""
    rows = draw(st.lists(st.sampled_from(LABELS), min_size=1, max_size=6, unique=True))
    tracks = [
        Track(n, label, "signal", "bigwig", Path("x.bw"), assay=assay, sample=sample)
        for n, (label, sample, assay) in enumerate(rows, 1)
    ]
    at = len(tracks)
    tracks += [
        Track(at + 1, "Chromatin states", "intervals", "bed", Path("x.bed"), sample="K562"),
        Track(at + 2, "Loops", "links", "bedpe", Path("x.bedpe")),
        Track(at + 3, "Genes", "genes", "gtf", Path("x.gtf")),
    ]
    spans = [(5_000_000 + 10_000 * s, 5_002_000 + 10_000 * s) for s in draw(st.sets(st.integers(1, 18), max_size=3))]
    places = places_of(REGION, GENES, spans)
    shares = draw(st.sampled_from(({"Active": 0.7, "Quies": 0.3}, {"Quies": 0.9}, {"Repressed": 0.55, "Active": 0.45})))
    found: dict[int, TrackEvidence] = {track.number: draw(signals(places)) for track in tracks[:at]}
    box = Span(5_000_000, 5_100_000, 1, "Quies")
    found[at + 1] = IntervalEvidence(7, "tiled", 1.0, (box,), (shares,) * len(places))
    arc = Arc(5_010_000, 5_012_000, 5_180_000, 5_182_000, 1.0, True)
    found[at + 2] = LinkEvidence(2, "few", (arc, Arc(5_100_000, 5_101_000, 5_900_000, 5_901_000, 1.0, False)))
    found[at + 3] = GeneEvidence(GENES)
    r = draw(st.floats(0, 1).map(lambda value: round(value, 3)))
    pairs = tuple(Likeness(a, b, r, 1_000, 200) for a in range(1, at + 1) for b in range(a + 1, at + 1))
    evidence = Evidence(REGION, found, places, guess_design(tracks), pairs)
    scene = Scene(REGION, tuple(tracks), "hg38")
    return Figure(Path("x.png"), Layout(1000, 400, REGION, ()), scene, GENES, evidence)


def read(figure: Figure) -> tuple[Prose, list[Judged]]:
    assert figure.evidence is not None
    judged = judge_all(Measured().read([figure])[0].claims, figure.evidence, figure.scene)
    return compose(judged, figure.scene, figure.genes), judged


@given(figures())
@settings(max_examples=60)
def test_every_number_and_gene_that_is_printed_is_measured_by_a_claim_of_its_sentence(figure: Figure) -> None:
    prose, judged = read(figure)
    for code in ("en", "zh"):
        assert [] == unknown_numbers(prose, judged, figure.scene, code)
    assert [] == unknown_genes(prose, judged, figure.genes, figure.scene)
    assert all(judged[number - 1].verdict == "supported" for one in prose.sentences for number in one.claims)


def test_a_number_that_was_changed_is_found_out() -> None:
    """The test's own yardstick: no claim of the difference holds these numbers."""
    tracks = [
        Track(n, f"{sample} H3K27ac", "signal", "bigwig", Path("x.bw"), assay="H3K27ac", sample=sample)
        for n, sample in enumerate(("K562", "HUVEC"), 1)
    ]
    prose, judged = read(made(tracks, [2.0, 8.0]))
    known = [value for one in judged if one.claim.kind == "level_differs" for value in values_of(one.measured)]
    assert prose.sentences and any(stands(4.0, 1, one) for one in known)
    for wrong in (5.6, 2.4, 11.2):
        assert not any(stands(wrong, 1, one) for one in known)


@given(figures())
@settings(max_examples=60)
def test_a_caption_is_of_three_to_eight_sentences_and_speaks_of_every_track(figure: Figure) -> None:
    prose, judged = read(figure)
    text = prose.caption("en")
    assert len(prose.sentences) <= MOST_SENTENCES
    assert len(text.split()) <= LENGTHS[-1][1][1] + 80
    claims = [judged[number - 1] for one in prose.sentences for number in one.claims]
    spoken = {track for one in claims for track in (*one.claim.tracks, *one.measured.get("tracks", ()))}
    named = text.partition("ot described: ")[2]
    for track in figure.scene.tracks:
        short = re.sub(r"\s+", " ", track.label).replace("K562 ", "")
        assert track.kind == "genes" or track.number in spoken or short in named or f"track {track.number}" in named
    assert len(prose.brief("en").split()) <= SHORT
    assert "  " not in text and "()" not in text and ".." not in text


# --- what leads


def level(value: float) -> Level:
    return Level(value, 2 * value, 5_050_000, 1.0)


def made(tracks: list[Track], means: list[float]) -> Figure:
    places = places_of(REGION, GENES)
    found: dict[int, TrackEvidence] = {
        track.number: SignalEvidence(
            "noisy", 0.0, 30.0, 30.0, 3.0, 1.0, (), (), False, levels=tuple(level(mean) for _ in places), usual=0.5
        )
        for track, mean in zip(tracks, means, strict=True)
    }
    found[99] = GeneEvidence(GENES)
    scene = Scene(REGION, (*tracks, Track(99, "Genes", "genes", "gtf", Path("x.gtf"))), "hg38")
    evidence = Evidence(REGION, found, places, guess_design(tracks))
    return Figure(Path("x.png"), Layout(1000, 400, REGION, ()), scene, GENES, evidence)


def test_a_course_over_time_leads_and_the_frame_says_what_is_compared() -> None:
    tracks = [
        Track(n, f"RNA {hours} h", "signal", "bigwig", Path("x.bw"), assay="RNA-seq")
        for n, hours in enumerate((0, 1, 3), 1)
    ]
    prose, _ = read(made(tracks, [2.0, 8.0, 20.0]))
    frame, main, *_ = prose.told("en")
    assert "RNA-seq at 0, 1 and 3 h" in frame
    assert "Mean RNA-seq over the window rises throughout: 2 (0 h), 8 (1 h) and 20 (3 h)." == main
    assert "依次升高" in prose.told("zh")[1]


def test_a_difference_between_samples_leads_with_both_numbers_and_the_fold() -> None:
    tracks = [
        Track(n, f"{sample} H3K27ac", "signal", "bigwig", Path("x.bw"), assay="H3K27ac", sample=sample)
        for n, sample in enumerate(("K562", "HUVEC"), 1)
    ]
    prose, _ = read(made(tracks, [2.0, 8.0]))
    frame, main, *_ = prose.told("en")
    assert "H3K27ac in HUVEC and K562" in frame
    assert "depth not known" in frame
    assert "4.0-fold higher in HUVEC" in main or "HUVEC than in K562" in main
    assert "为 K562 的 4.0 倍" in prose.told("zh")[1] or "高于 K562" in prose.told("zh")[1]
    short = prose.brief("en")
    assert main in short and len(short.split()) <= SHORT


# --- real scenes, where they are


@pytest.mark.skipif(not SCENES.is_file(), reason="the scenes of this project are not beside it")
@pytest.mark.parametrize("scene_id", ["hoxd_mm10_01", "ctcf_gm12878_01", "xist_rap_01"])
def test_captions_of_scenes_print_nothing_that_is_not_measured(scene_id: str, tmp_path: Path) -> None:
    from service.commands.locus import draw_scenes
    from workers.sandboxes import reader_of_files
    from workers.settings import Settings

    (figure,) = draw_scenes(reader_of_files(Settings.from_env()), SCENES, (scene_id,), tmp_path, "ucsc").values()
    prose, judged = read(figure)
    for code in ("en", "zh"):
        assert [] == unknown_numbers(prose, judged, figure.scene, code)
    assert [] == unknown_genes(prose, judged, figure.genes, figure.scene)
    assert json.loads(json.dumps(figure.evidence.to_json() if figure.evidence else {})) is not None
