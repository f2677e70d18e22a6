"""How right rows that are no signals are read off the picture by code, in many looks.

    python benchmarks/rows.py simulated PAGES [SEED]
    python benchmarks/rows.py scenes path/to/scenes.json [part of a scene id ...]

The first draws simulated intervals, links and contact maps in random looks (themes, widths, 72 to 300 DPI); the second
real scenes in four looks, each with a highlight. Prints how many claims of each kind hold, and how many of what should
be pointed at was found: salient facts, and dots of maps.
"""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from renderer.figure.draw import draw_scene
from renderer.figure.page import Page
from renderer.figure.rows.contacts import contact_row
from renderer.measure.contacts import measure_contacts
from renderer.tracklists.scene import load_scene, read_scenes
from renderer.values.evidence import ContactEvidence, Evidence, GeneEvidence, SignalEvidence
from renderer.values.region import Region
from renderer.values.track import Highlight
from renderer.window.contacts import ContactMap
from vlm.claims.verify import judge
from vlm.models.builtin import WEIGHTS, Builtin
from vlm.reader import strips
from vlm.reader.calibration import Calibration
from vlm.reader.decode import Answer
from vlm.reader.ink.arcs import trace
from vlm.reader.ink.intervals import read_intervals
from vlm.reader.ink.maps import BAR, read_map, say_map
from vlm.reader.ink.picture import cut
from vlm.reader.say import to_claims
from vlm.reader.tokens import EOS, FEW, IDS, QUESTIONS
from vlm.reader.training.contact_maps import simulate_map
from vlm.reader.training.simulate import WINDOW, Rng, random_theme, raster
from vlm.reader.training.simulate_rows import draw_intervals, draw_links
from vlm.score.facts import facts_of
from vlm.values.captioner import Figure
from vlm.values.claim import Claim

LOOKS = (("washu", 600, 72, True), ("ucsc", 2400, 100, False), ("washu", 1200, 200, True), ("ucsc", 1000, 300, True))
"""Theme, width, DPI, guide lines."""

ROWS, BIN = 8, 10_000
FEW_ARCS = Answer([QUESTIONS["links"], IDS[FEW], EOS], [1.0, 1.0, 1.0])
Read = tuple[Evidence, Sequence[Claim]]


def simulated(rng: Rng, calibration: Calibration) -> Iterator[Read]:
    """Rows of one random look, each with what was measured and what was read of it."""
    theme, dpi = random_theme(rng), int(rng.choice([72, 100, 150, 300]))
    boxes = [draw_intervals(rng, number, theme) for number in range(1, ROWS + 1)]
    arcs = [draw_links(rng, number, theme) for number in range(ROWS + 1, 2 * ROWS + 1)]
    page = Page([row for row, _ in (*boxes, *arcs)], WINDOW, "", theme, dpi=dpi)
    image = raster(page)
    for row, found in boxes:
        yield Evidence(WINDOW, {1: found}), read_intervals(cut(image, page.layout, row.track), 1, WINDOW)
    for row, found in arcs:
        ink = strips.cut_ink(image, page.layout, row.track, "links")
        said = to_claims(FEW_ARCS, 1, WINDOW, calibration, trace(ink)) if found.state == "few" else []
        yield Evidence(WINDOW, {1: found} if found.state == "few" else {}), said
    counts = simulate_map(rng)
    region, shape = Region("chr1", BIN, BIN * (len(counts) + 1)), rng.choice(["square", "triangle"])
    one = ContactMap(np.arange(region.start, region.end + 1, BIN), counts, balanced=False, resolution=BIN)
    page = Page([contact_row(1, "", one, region, theme, shape)], region, "", theme, dpi=dpi)
    read = read_map(cut(raster(page), page.layout, 1, BAR), BAR, shape, region)
    yield Evidence(region, {1: measure_contacts(one, region)}), list(say_map(read, 1, region)) if read else []


def scenes(path: Path, only: Sequence[str], look: tuple[str, int, int, bool], folder: Path) -> Iterator[Read]:
    """Scenes in one look, read by the builtin model."""
    theme, width, dpi, guides = look
    for name, entry in read_scenes(path).items():
        if only and not any(part in name for part in only):
            continue
        scene = load_scene(entry, path.parent, folder / "prepared")
        region = scene.region
        tinted = Highlight(region.start + region.span // 5, region.start + region.span // 2)
        scene = replace(scene, highlights=(tinted,))
        drawn = draw_scene(scene, folder / "figure.png", theme, dpi, width, guides)
        genes = tuple(gene for genes in drawn.evidence.gene_tracks().values() for gene in genes.genes)
        figure = Figure(folder / "figure.png", drawn.layout, scene, genes, drawn.evidence)
        rows = {n for n, one in drawn.evidence.tracks.items() if not isinstance(one, SignalEvidence | GeneEvidence)}
        said = [claim for claim in Builtin().read([figure])[0].claims if claim.tracks and set(claim.tracks) <= rows]
        yield replace(drawn.evidence, tracks={n: drawn.evidence.tracks[n] for n in rows}), said


def count(read: Iterable[Read]) -> Counter[tuple[str, str]]:
    """Verdicts by kind of claim, and what was found and missed."""
    counts = Counter[tuple[str, str]]()
    for evidence, said in read:
        for claim in said:
            counts[claim.kind, judge(claim, evidence).verdict] += 1
        for number, found in evidence.tracks.items():
            own = [claim for claim in said if claim.tracks == (number,)]
            for fact in facts_of(found, evidence.region):
                counts[f"fact: {fact.name}", "found" if fact.is_in(own) else "missed"] += 1
            if isinstance(found, ContactEvidence) and found.dots:
                dots = sum(
                    claim.kind == "corner_dot" and judge(claim, evidence).verdict == "supported" for claim in own
                )
                counts["dots", "found"] += dots
                counts["dots", "missed"] += max(0, len(found.dots) - dots)
    return counts


def main() -> None:
    """Print the counts."""
    how, *rest = sys.argv[1:]
    if how == "simulated":
        rng = np.random.default_rng(int(rest[1]) if len(rest) > 1 else 0)
        calibration = Calibration.load(WEIGHTS)
        show("simulated", count(one for _ in range(int(rest[0])) for one in simulated(rng, calibration)))
        return
    with tempfile.TemporaryDirectory() as folder:
        for look in LOOKS:
            show(" ".join(map(str, look)), count(scenes(Path(rest[0]), rest[1:], look, Path(folder))))


def show(title: str, counts: Counter[tuple[str, str]]) -> None:
    """A line for each kind."""
    print(title)
    for (name, what), number in sorted(counts.items()):
        print(f"  {name:22s} {what:12s} {number:5d}", flush=True)


if __name__ == "__main__":
    main()
