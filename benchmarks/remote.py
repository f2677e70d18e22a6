"""How busy a remote model is kept: an OpenAI-compatible test server in its own process that takes its time.

    python benchmarks/remote.py [requests in flight] [loci] [seconds an answer]

Two shares of the server's slots that hold a request while readings go on: of the captioner alone, and of a whole
reading worker (rows taken, pictures sent, answers checked and joined, captions made, records kept). The loci are one
of the example and share its figure: what drawing costs is measured elsewhere.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from sqlalchemy import select, update

from renderer.figure.draw import draw_scene
from renderer.tracklists.scene import build_scene, prepare_tracks
from renderer.values.region import parse_region
from service.run.example import FOLDER, TRACKS
from tests.openai_server import Running
from vlm.models.measured import Measured
from vlm.models.remote import Remote
from vlm.values.captioner import Figure
from vlm.values.servers import Limits
from workers.queue import steps
from workers.requests import jobs, uploads
from workers.settings import Settings
from workers.store.database import Reading, Store, upgrade

JITTER = 0.3
"""Answers differ in length, so servers do not give them in step."""

START, LENGTH = 290_000, 190_000
MOST_CLAIMS = 32
"""Claims of one answer: eight sentences of four, about what a caption has."""

DRAWN = ("figure", "layout", "evidence", "notes", "state")


def locus(number: int) -> str:
    """The same locus, a base further on each time: no locus is taken twice."""
    return f"chr1:{START + number + 1}-{START + number + LENGTH}"


def draw(folder: Path) -> Figure:
    """The locus as a captioner gets it."""
    tracks, sizes = prepare_tracks([FOLDER / name for name in TRACKS], folder / "prepared")
    scene = build_scene(tracks, parse_region(locus(0)), sizes)
    drawn = draw_scene(scene, folder / "figure.png")
    genes = tuple(gene for found in drawn.evidence.gene_tracks().values() for gene in found.genes)
    return Figure(folder / "figure.png", drawn.layout, scene, genes, drawn.evidence)


def answer(figure: Figure) -> str:
    """What a good model would say of the figure: the measurements, in the form it is asked for."""
    claims: list[dict[str, Any]] = [
        {
            "kind": claim.kind,
            "tracks": list(claim.tracks),
            "start": claim.start + 1,
            "end": claim.end,
            "value": claim.value,
        }
        for claim in Measured().read([figure])[0].claims
        if claim.source != "annotation"
    ][:MOST_CLAIMS]
    sentences = [{"text": "What is seen here.", "claims": claims[at : at + 4]} for at in range(0, len(claims), 4)]
    return json.dumps({"sentences": sentences})


def queue(store: Store, loci: int, model: str) -> str:
    """A job of so many loci, all drawn: one for real, the others as its copies."""
    files = []
    for name in TRACKS:
        incoming = store.incoming / name
        incoming.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(FOLDER / name, incoming)
        sha = hashlib.sha256(incoming.read_bytes()).hexdigest()
        files.append(uploads.add_file(store, incoming, name, sha, incoming.stat().st_size).id)
        steps.prepare_next(store)
    track_set = uploads.create_track_set(store, "example", None, [{"file": file} for file in files])
    job = jobs.create_job(store, track_set.id, "\n".join(map(locus, range(loci))), model=model)
    steps.render_next(store)
    with store.writing() as session:
        first = session.scalars(select(Reading).where(Reading.state == "rendered")).one()
        session.execute(
            update(Reading).where(Reading.state == "queued").values({name: getattr(first, name) for name in DRAWN})
        )
    return job.id


class Clock:
    """Time, the process's own CPU time and the server's, since it was made."""

    def __init__(self, server: Running) -> None:
        self.server, self.before = server, server.seen()
        self.began, self.cpu = time.perf_counter(), time.process_time()

    def report(self, what: str, slots: int) -> None:
        """One row: how much of its slots' time the server spent inside requests, and what a reading cost us."""
        seconds, cpu, seen = time.perf_counter() - self.began, time.process_time() - self.cpu, self.server.seen()
        busy = (seen["busy_seconds"] - self.before["busy_seconds"]) / (slots * seconds)
        read = seen["answered"] - self.before["answered"]
        print(f"| {what} | {read} in {seconds:.1f} s | busy {busy:.1%} | {1000 * cpu / read:.0f} ms of CPU a reading |")


def main(slots: int, loci: int, latency: float) -> None:
    """Measure and print."""
    print(f"{slots} requests in flight, {loci} loci, {latency:g} s an answer")
    with tempfile.TemporaryDirectory() as folder, Running() as server:
        figure = draw(Path(folder))
        server.plan(answer=answer(figure), latency=latency, jitter=JITTER)
        captioner = Remote(server.base, "test", "", Limits(at_once=slots))
        clock = Clock(server)
        readings = captioner.read([figure] * loci)
        clock.report("captioner alone", slots)
        if any(reading.error for reading in readings):
            raise SystemExit(next(reading.error for reading in readings if reading.error))
        settings = Settings(data=Path(folder) / "data", remote_servers=server.base, remote_requests=slots)
        upgrade(settings)
        store = Store(settings)
        job = queue(store, loci, f"remote:{server.base}#test")
        clock = Clock(server)
        while steps.read_next(store, lambda name: captioner):
            pass
        clock.report("reading worker", slots)
        counts = jobs.job_json(store, job)["counts"]
        store.close()
    if counts["done"] != loci:
        raise SystemExit(f"only {counts['done']} of {loci} loci were read")


if __name__ == "__main__":
    given = [*sys.argv[1:], *("32", "256", "1.0")[len(sys.argv) - 1 :]]
    main(int(given[0]), int(given[1]), float(given[2]))
