"""Batches that do not stop: bad loci, kills, interrupts, two at once; folders that stay where they are."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from renderer.values.errors import TrackError
from service.batch.lock import LOCK, locked
from service.batch.locus import Folders
from service.cli import locution

sys.path.append(str(Path(__file__).parents[1] / "benchmarks"))
from killed import kill_after, outputs

LOCUTION = Path(sys.executable).parent / "locution"

LOCI = """\
chr1\t0\t20000\tfirst
ALPHA
GAMMA
chr1:90,001-200,000
chr1:500,000-600,000
chr1\t0\t20000\tfirst
chr1:9-2
"""


@pytest.fixture
def files(make_bigwig, peaky, gtf, tmp_path):
    (tmp_path / "none.narrowPeak").touch()
    (tmp_path / "loci.txt").write_text(LOCI, encoding="utf-8")
    return [str(make_bigwig(peaky, "H3K4me3.bw")), str(tmp_path / "none.narrowPeak"), str(gtf)]


@pytest.fixture
def read(files, tmp_path):
    """Runs `locution read` in this process on the files."""

    def run(*options, out="out", loci="loci.txt", text=None):
        asked = [*files, "--regions", str(tmp_path / loci), "--model", "measured", "-j", "1", "--out"]
        return CliRunner().invoke(locution, ["read", *asked, str(tmp_path / out), *map(str, options)], input=text)

    return run


def record(folder):
    return json.loads((folder / "reading.json").read_text(encoding="utf-8"))


def test_what_is_bad_stops_nothing_else_and_says_why(read, tmp_path):
    done = read()
    assert 1 == done.exit_code, done.output
    out = tmp_path / "out"
    folders = ["first_chr1_1-20000", "ALPHA", "GAMMA", "chr1_90001-200000", "chr1_500000-600000", "chr1_9-2"]
    assert sorted(folders) == sorted(one.name for one in out.iterdir() if one.is_dir())
    first, alpha, gamma, clipped, beyond, backwards = (record(out / one) for one in folders)
    assert ["done", "done", "failed", "done", "failed", "failed"] == [
        one["status"] for one in (first, alpha, gamma, clipped, beyond, backwards)
    ]
    assert "loci.txt, line 3: 'GAMMA' is not found" in gamma["error"]
    assert "loci.txt, line 5: Region chr1:500,000-600,000 ends past the end of chr1" in beyond["error"]
    assert "the start must come before the end" in backwards["error"]
    assert 100_000 == clipped["region"]["end"]
    assert "chr1:90,001-200,000 ends past the end of chr1: it is shown up to 100,000." in clipped["warnings"]
    assert "Line 6 names it again: it is read once." in first["warnings"]
    assert any("none.narrowPeak is empty: it lists nothing." in note for note in alpha["warnings"])
    assert 6 == (out / "index.html").read_text(encoding="utf-8").count("<article")


def test_strict_is_all_or_nothing(read, tmp_path):
    done = read("--strict")
    assert 2 == done.exit_code
    assert "none.narrowPeak is empty" in done.output
    assert not list((tmp_path / "out").glob("*/*"))


def test_a_list_of_which_little_can_be_read_is_another_kind_of_file(read, tmp_path):
    (tmp_path / "other.txt").write_text("ALPHA\n" + "".join(f"word{n}\n" for n in range(50)), encoding="utf-8")
    done = read(loci="other.txt")
    assert 2 == done.exit_code
    assert "50 of 51 loci cannot be read. Is it a list of loci?" in done.output


def test_loci_come_from_standard_input_and_quiet_prints_nothing(files, tmp_path):
    asked = [*files, "--regions", "-", "--model", "measured", "--quiet", "--out", str(tmp_path / "out")]
    done = CliRunner().invoke(locution, ["read", *asked], input="ALPHA\n")
    assert (0, "") == (done.exit_code, done.output)
    assert "done" == record(tmp_path / "out" / "ALPHA")["status"]


def test_resume_reads_only_what_is_missing_failed_or_changed(read, tmp_path):
    out = tmp_path / "out"
    assert 1 == read("--quiet").exit_code
    before = {path: path.stat().st_mtime_ns for path in out.glob("*/reading.json")}
    (out / "ALPHA" / "reading.json").unlink()
    (out / "first_chr1_1-20000" / "figure.png").write_bytes(b"torn")
    (tmp_path / "loci.txt").write_text("chr1:1-30,000 new\n" + LOCI, encoding="utf-8")
    done = read("--resume")
    assert "7/7 loci, 3 failed, 1 kept" in done.output
    after = {path: path.stat().st_mtime_ns for path in out.glob("*/reading.json")}
    same = [path.parent.name for path, when in before.items() if after[path] == when]
    assert ["chr1_90001-200000"] == same
    assert "7/7 loci, 3 failed, 0" not in read("--resume", "--width", "700").output
    assert 700 == record(out / "ALPHA")["figure"]["width"]


def test_folders_are_named_after_their_loci_alone(tmp_path):
    said = ["JAK2", "peak 1 chr9:4,950,001-5,190,000", "../../etc", "a/b", "a b", "基因", "..", "x" * 300]
    one, other = Folders(tmp_path), Folders(tmp_path)
    names = [one.of(text).name for text in said]
    assert ["JAK2", "peak_1_chr9_4950001-5190000", "etc", "a_b"] == names[:4]
    assert len(said) == len({name.casefold() for name in names})
    assert all(name and not name.startswith(".") and len(name) < 100 and "/" not in name for name in names)
    assert names[0] == [other.of(text).name for text in ("more", *said[:1])][1]


def test_a_folder_is_written_by_one_process_and_free_when_it_dies(tmp_path):
    hold = (
        "import sys, time; from pathlib import Path; from service.batch.lock import locked\n"
        "with locked(Path(sys.argv[1])): print('held', flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", hold, tmp_path], stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout.readline() == "held\n"
        with pytest.raises(TrackError, match=rf"by another locution \(process {other.pid}\)"), locked(tmp_path):
            pass
        other.kill()
    with locked(tmp_path):
        assert f"{os.getpid()}\n" == (tmp_path / LOCK).read_text()


def start(files, loci, out, *options):
    asked = [LOCUTION, "read", *files, "--regions", loci, "--model", "measured", "-q", "--resume", "--out", out]
    return [str(one) for one in (*asked, *options)]


@pytest.fixture
def many(tmp_path):
    """Sixteen loci, of which one is bad."""
    path = tmp_path / "many.txt"
    path.write_text("GAMMA\n" + "".join(f"chr1:{n}001-{n + 20}000 n{n}\n" for n in range(1, 16)), encoding="utf-8")
    return path


def test_killed_at_random_points_and_resumed_it_leaves_what_an_undisturbed_run_leaves(files, many, tmp_path):
    chance = random.Random(7)
    torn = start(files, many, tmp_path / "torn", "-j", "2")
    alive = [kill_after(torn, tmp_path / "torn", chance.randrange(1, 5), chance.uniform(0, 0.1)) for _ in range(2)]
    assert any(alive)
    assert 1 == subprocess.run(torn, check=False).returncode
    assert 1 == subprocess.run(start(files, many, tmp_path / "whole", "-j", "1"), check=False).returncode
    one, other = outputs(tmp_path / "whole"), outputs(tmp_path / "torn")
    assert sorted(one) == sorted(other)
    assert [] == [name for name in one if one[name] != other[name]]


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_it_leaves_an_index_of_what_is_finished(files, many, tmp_path, how):
    out = tmp_path / "out"
    with subprocess.Popen(start(files, many, out, "-j", "1"), stderr=subprocess.PIPE, text=True) as process:
        while process.poll() is None and len(list(out.glob("*/reading.json"))) < 3:
            time.sleep(0.02)
        process.send_signal(how)
        said = process.stderr.read()
    assert 130 == process.returncode, said
    assert "Traceback" not in said
    assert "with --resume goes on" in said
    finished = len(list(out.glob("*/reading.json")))
    assert 3 <= finished == (out / "index.html").read_text(encoding="utf-8").count("<article")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--out", "{dir}/loci.txt"], "is a file. Name a folder for the results."),
        (["--out", "{dir}/loci.txt/deeper"], "is a file. Name a folder for the results."),
        (["--out", "-"], "cannot go to standard output"),
        (["--regions", "{dir}"], "is a folder. Name a file."),
        (
            ["--regions", "https://example.org/a.bed"],
            "https://example.org/a.bed is an address",
        ),
        (["{dir}"], "is a folder. Name a file."),
        (["ftp://example.org/a.bw"], "is an address, and nothing is fetched."),
        (["--design", "{dir}"], "is a folder. Name a file."),
        (["--tracklist", "{dir}"], "is a folder. Name a file."),
        (["--scene", "{dir}"], "is a folder. Name a file."),
        (["--screenshot", "{dir}", "--model", "measured"], "is a folder. Name a file."),
        (["--model", "remote:http://127.0.0.1:9/v1#m"], "The server cannot be reached"),
        (["--model", "measured", "--model", "remote:http://127.0.0.1:9/v1#m"], "The server cannot be reached"),
    ],
)
def test_what_cannot_work_is_one_sentence(files, tmp_path, options, said):
    options = [text.format(dir=tmp_path) for text in options]
    given = [] if "--out" in options else ["--out", str(tmp_path / "out")]
    done = CliRunner().invoke(locution, ["read", *files[:1], "--region", "chr1:1-90,000", *given, *options])
    assert (2, SystemExit) == (done.exit_code, type(done.exception))
    assert said in done.output
    assert 1 == len(done.output.strip().splitlines())
