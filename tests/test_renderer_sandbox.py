"""The sandbox: whatever a file does to its reader, the process that serves others goes on."""

from __future__ import annotations

import gzip
import signal
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from renderer.figure.draw import draw_scene
from renderer.figure.panels import draw_panels, job_limits
from renderer.prepare.upload import prepare
from renderer.sandbox import boxed
from renderer.sandbox.files import Allowance, InProcess, Sandbox, Stopped
from renderer.values.errors import FormatError, RegionError, TrackError
from renderer.values.region import Region
from renderer.values.track import Scene, Track

WINDOW = Region("chr1", 0, 100_000)
PLENTY = 240.0
"""Seconds that nothing here needs, however busy the machine: who is stopped for time was stopped on purpose."""


@pytest.fixture(scope="module")
def shared() -> Iterator[Sandbox]:
    """One sandbox for the tests that leave it as they found it: starting one takes seconds."""
    with Sandbox(Allowance(prepare_seconds=PLENTY, draw_seconds=PLENTY, memory_mb=600, file_mb=1)) as made:
        yield made


def break_chromosomes(whole: bytes) -> bytes:
    """The bigWig with a chromosome number no table has: pyBigWig follows it out of its memory."""
    mutated = bytearray(whole)
    (tree,) = struct.unpack_from("<Q", mutated, 8)
    (key_size,) = struct.unpack_from("<I", mutated, tree + 8)
    struct.pack_into("<I", mutated, tree + 36 + key_size, 2**31)
    return bytes(mutated)


@pytest.fixture
def deadly(make_bigwig, peaky) -> Path:
    path = make_bigwig(peaky, "deadly.bw")
    path.write_bytes(break_chromosomes(path.read_bytes()))
    return path


@pytest.fixture
def scene(make_bigwig, peaky, gtf, tmp_path) -> Scene:
    signal_, genes = make_bigwig(peaky), prepare(gtf, "genes.gtf", tmp_path / "genes")
    tracks = (Track(1, "H3K4me3", "signal", "bigwig", signal_), Track(2, "Genes", "genes", "gtf", genes.path))
    return Scene(WINDOW, tracks, "hg19")


def test_the_mutated_file_really_kills_its_reader(deadly):
    open_it = "import pyBigWig, sys; pyBigWig.open(sys.argv[1]).chroms()"
    died = subprocess.run([sys.executable, "-c", open_it, deadly], capture_output=True)
    assert -signal.SIGSEGV == died.returncode


def test_a_file_that_crashes_its_reader_is_named_and_the_next_one_is_prepared(shared, deadly, gtf, tmp_path):
    with pytest.raises(FormatError, match=r"^deadly\.bw: it crashed its reader \(SIGSEGV\)\. .*upload it again"):
        shared.prepare(deadly, "deadly.bw", tmp_path / "out")
    assert 2 == shared.prepare(gtf, "genes.gtf", tmp_path / "genes").items


def test_what_it_prepares_is_what_this_process_would(shared, gtf, make_bigwig, peaky, tmp_path):
    for path, name in ((gtf, "genes.gtf"), (make_bigwig(peaky), "a.bw")):
        ours, theirs = prepare(path, name, tmp_path / "a"), shared.prepare(path, name, tmp_path / "b")
        assert ours.to_json() | {"path": ""} == theirs.to_json() | {"path": ""}
        assert ours.path.read_bytes() == theirs.path.read_bytes()


def test_what_it_draws_is_what_this_process_would(shared, scene, tmp_path):
    ours, theirs = tmp_path / "ours.png", tmp_path / "theirs.png"
    assert draw_scene(scene, ours, theme="washu") == shared.draw(scene, theirs, theme="washu")
    assert ours.read_bytes() == theirs.read_bytes()
    assert InProcess().draw(scene, ours) == shared.draw(scene, theirs)


def test_panels_and_scales_of_a_job_are_what_this_process_would_make(shared, scene, tmp_path):
    grouped = replace(scene, tracks=(replace(scene.tracks[0], group="marks"), scene.tracks[1]))
    loci = [grouped.with_region(Region("chr1", start, start + 30_000)) for start in (10_000, 60_000)]
    assert draw_panels(loci, tmp_path / "ours.png", dpi=120) == shared.draw_panels(loci, tmp_path / "b.png", dpi=120)
    assert (tmp_path / "ours.png").read_bytes() == (tmp_path / "b.png").read_bytes()
    assert job_limits(loci) == shared.job_limits(loci) == InProcess().job_limits(loci)
    assert ["group marks"] == list(shared.job_limits(loci))


def test_errors_arrive_as_they_were_raised(shared, tmp_path, scene):
    bad = tmp_path / "bad.bed"
    bad.write_text("chr1\t1\t2\n" * 20 + "chr1\t9\t3\n", encoding="utf-8")
    with pytest.raises(FormatError) as error:
        shared.prepare(bad, "bad.bed", tmp_path / "out")
    with pytest.raises(FormatError) as expected:
        prepare(bad, "bad.bed", tmp_path / "out")
    assert str(expected.value) == str(error.value)
    assert (expected.value.line, expected.value.found) == (error.value.line, error.value.found)
    with pytest.raises(TrackError, match="Theme 'none' is not known"):
        shared.draw(scene, tmp_path / "a.png", theme="none")
    with pytest.raises(RegionError, match="nowhere"):
        shared.run(raise_region_error)


def raise_region_error() -> None:
    raise RegionError("nowhere")


@pytest.mark.parametrize("suffix", [".bw", ".cool", ".bam"])
def test_a_truncated_file_is_refused_and_nobody_else_suffers(shared, tmp_path, make_bigwig, peaky, suffix):
    whole = {".bw": lambda: make_bigwig(peaky).read_bytes(), ".cool": small_cool, ".bam": small_bam}[suffix]()
    path = tmp_path / f"cut{suffix}"
    for share in (0.3, 0.6, 0.95):
        path.write_bytes(whole[: int(len(whole) * share)])
        try:
            shared.prepare(path, path.name, tmp_path / f"out{share}")
        except FormatError as error:
            assert str(error).startswith(path.name)
    assert 3 == shared.run(sum, (1, 2))


def small_bam() -> bytes:
    import pysam

    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/a.bam"
        with pysam.AlignmentFile(path, "wb", reference_names=["chr1"], reference_lengths=[100_000]) as out:
            for start in range(0, 90_000, 100):
                read = pysam.AlignedSegment(out.header)
                read.query_name, read.query_sequence, read.reference_id = f"r{start}", "ACGT" * 9, 0
                read.reference_start, read.cigarstring = start, "36M"
                out.write(read)
        return Path(path).read_bytes()


def small_cool() -> bytes:
    import h5py

    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/a.cool"
        with h5py.File(path, "w") as file:
            file.attrs.update({"format": "HDF5::Cooler", "format-version": 3, "bin-size": 1000, "bin-type": "fixed"})
            file["chroms/name"], file["chroms/length"] = np.array([b"chr1"]), np.array([100_000])
            for name in ("bins/start", "pixels/bin1_id", "pixels/bin2_id", "pixels/count", "indexes/bin1_offset"):
                file[name] = np.arange(100)
        return Path(path).read_bytes()


def test_mutated_files_never_end_this_process(shared, tmp_path, make_bigwig, peaky):
    """Some of these crash pyBigWig, most are refused, a few are read: whichever, an answer comes."""
    whole, random = make_bigwig(peaky).read_bytes(), np.random.default_rng(7)
    path, refused = tmp_path / "mutated.bw", 0
    for _ in range(15):
        mutated = bytearray(whole)
        for at in random.integers(4, 700, 12):
            mutated[at] = random.integers(256)
        path.write_bytes(mutated)
        try:
            shared.prepare(path, "mutated.bw", tmp_path / "out")
        except FormatError as error:
            assert str(error).startswith("mutated.bw: ")
            refused += 1
    assert 0 < refused


def test_a_file_that_eats_memory_is_refused(shared, monkeypatch, tmp_path):
    bomb = tmp_path / "bomb.bed"
    bomb.write_bytes(gzip.compress(b"chr1\t1\t2\t" + b"A" * 100_000_000, 1))
    monkeypatch.setattr(shared, "limits", Allowance(memory_mb=60))
    with pytest.raises(FormatError, match=r"^bomb\.bed"):
        shared.prepare(bomb, "bomb.bed", tmp_path / "out")
    with pytest.raises(Stopped, match="memory"):
        shared.run(bytearray, 100_000_000)
    assert "still here" == shared.run(str, "still here")


def test_a_loop_without_end_is_stopped_at_the_limit(shared):
    with pytest.raises(Stopped, match="time"):
        shared.run(sum, range(10**12), seconds=0.5)
    with pytest.raises(Stopped, match="time"):
        shared.run(time.sleep, 1000, seconds=0.2)


def test_what_took_too_long_or_too_much_is_said_with_the_limit(shared, monkeypatch, gtf, scene, tmp_path):
    monkeypatch.setattr(shared, "limits", Allowance(prepare_seconds=0.001, draw_seconds=0.001))
    with pytest.raises(FormatError, match=r"^genes\.gtf: reading it took longer than 0\.001 s and was stopped"):
        shared.prepare(gtf, "genes.gtf", tmp_path / "out")
    with pytest.raises(TrackError, match=r"^Drawing took longer than 0\.001 s .*smaller window"):
        shared.draw(scene, tmp_path / "a.png")
    monkeypatch.setattr(shared, "limits", Allowance(memory_mb=60))
    monkeypatch.setattr(boxed, "prepare_json", eat)
    with pytest.raises(FormatError, match=r"^genes\.gtf: reading it takes more memory than the 60 MB it may use"):
        shared.prepare(gtf, "genes.gtf", tmp_path / "out")


def eat(*_: object) -> int:
    return len(bytearray(10**9))


def test_a_file_too_large_to_store_is_refused(shared, tmp_path):
    with pytest.raises(Stopped, match="size"):
        shared.run(Path.write_bytes, tmp_path / "large", bytes(2_000_000))


def test_the_track_that_crashes_a_figure_is_named_and_no_figure_is_left(shared, scene, deadly, tmp_path):
    bad = Track(3, "CTCF in liver", "signal", "bigwig", deadly)
    figure = tmp_path / "figure.png"
    with pytest.raises(FormatError, match=r"^CTCF in liver: it crashed its reader \(SIGSEGV\)"):
        shared.draw(Scene(WINDOW, (*scene.tracks, bad)), figure)
    with pytest.raises(FormatError, match=r"^CTCF in liver"):
        shared.draw(Scene(WINDOW, (bad,)), figure)
    assert not figure.exists()
    shared.draw(scene, figure)
    assert figure.exists()


def test_progress_is_handed_on(shared, tmp_path):
    rows = tmp_path / "rows.bed"
    rows.write_text("".join(f"chr1\t{n}\t{n + 1}\n" for n in range(50_000)), encoding="utf-8")
    shares: list[float] = []
    shared.prepare(rows, "rows.bed", tmp_path / "out", shares.append)
    assert sorted(shares) == shares
    assert 1.0 == shares[-1]
    assert 1 < len(shares)
