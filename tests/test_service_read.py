"""`locution read` as a person runs it: no server, no broker."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from service.cli import COMMANDS

LOCUTION = Path(sys.executable).parent / "locution"


def run(*arguments):
    return subprocess.run([LOCUTION, "read", *map(str, arguments)], capture_output=True, text=True)


@pytest.fixture
def files(make_bigwig, peaky, gtf):
    return [make_bigwig(peaky, "H3K4me3.bw"), gtf]


def test_one_locus_gives_a_figure_a_record_and_its_caption(files, tmp_path):
    out = tmp_path / "out"
    done = run(*files, "--region", "chr1:1-100,000", "--assembly", "hg19", "--out", out)
    assert 0 == done.returncode, done.stderr
    assert "ALPHA" in done.stdout
    record = json.loads((out / "reading.json").read_text(encoding="utf-8"))
    assert ("locution.reading/2", "done", "builtin") == (record["schema"], record["status"], record["model"]["name"])
    assert {"supported"} == {claim["verdict"] for claim in record["claims"] if claim["printed"]}
    assert b"\x89PNG" == (out / "figure.png").read_bytes()[:4]


def test_a_batch_gives_a_folder_each_and_an_index(files, tmp_path):
    loci = tmp_path / "loci.bed"
    loci.write_text("chr1\t0\t100000\tall of it\nchr1\t10000\t50000\n", encoding="utf-8")
    done = run(*files, "--regions", loci, "--model", "measured", "--lang", "zh", "--json", "--out", tmp_path / "out")
    assert 0 == done.returncode, done.stderr
    records = [json.loads(line) for line in done.stdout.splitlines()]
    assert ["all of it", None] == [record["region"]["label"] for record in records]
    page = (tmp_path / "out" / "index.html").read_text(encoding="utf-8")
    assert "all_of_it_chr1_1-100000/figure.png" in page
    assert "启动子" in page


def timeless(record):
    """A record without what differs from run to run."""
    model, provenance = record["model"] | {"seconds": 0}, record["provenance"] | {"finished": None}
    return record | {"model": model, "provenance": provenance}


def test_several_processes_read_what_one_reads_and_in_its_order(files, tmp_path):
    loci = tmp_path / "loci.txt"
    loci.write_text("".join(f"chr1:{n}0,001-{n + 2}0,000\n" for n in range(1, 7)), encoding="utf-8")
    told = []
    for jobs in ("1", "3"):
        out = tmp_path / jobs
        done = run(*files, "--regions", loci, "--model", "measured", "--json", "--jobs", jobs, "--out", out)
        assert 0 == done.returncode, done.stderr
        records = [json.loads(line) for line in done.stdout.splitlines()]
        told.append([timeless(record) for record in records])
        assert 6 == (out / "index.html").read_text(encoding="utf-8").count("<article")
    assert told[0] == told[1]
    assert [10_000 * n for n in range(1, 7)] == [record["region"]["start"] for record in told[0]]


LOADS_NOTHING = """
import sys
from service.cli import locution
try:
    locution.main(sys.argv[1:], standalone_mode=False)
finally:
    heavy = ("torch", "transformers", "accelerate", "matplotlib", "scipy", "pandas", "flask")
    print(*(f"loaded: {name}" for name in heavy if name in sys.modules))
"""


def test_reading_with_builtin_loads_no_library_of_models_and_none_that_draws(files, tmp_path):
    command = ["read", *files, "--region", "chr1:1-100,000", "--model", "builtin", "--out", tmp_path / "out"]
    done = subprocess.run([sys.executable, "-c", LOADS_NOTHING, *map(str, command)], capture_output=True, text=True)
    assert 0 == done.returncode, done.stderr
    assert "[builtin; " in done.stdout
    assert "loaded: " not in done.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--region", "chr1:9-2"], "the start must come before the end"),
        (["--region", "chr7:1-9"], "Chromosome 'chr7' is not in these tracks. They have chr1."),
        (["--region", "chr1:1-200,000", "--strict"], "ends past the end of chr1: it is shown up to 100,000"),
        (["--region", "chr1:1-9", "--region", "chr1:1-9", "--strict"], "Line 2 names it again"),
        (["--region", "chr1:1-9", "--model", "gpt"], "Model 'gpt' is not known"),
        ([], "No locus was given"),
        (["--scene", "none.json#x"], "none.json: there is no such file"),
    ],
)
def test_bad_input_is_one_sentence_and_exit_2(files, tmp_path, arguments, said):
    done = run(*files, *arguments, "--out", tmp_path / "out")
    assert 2 == done.returncode
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_no_tracks_and_a_typo_in_line_7_are_refused(files, tmp_path):
    assert "There are no tracks" in run("--region", "chr1:1-9", "--out", tmp_path / "out").stderr
    loci = tmp_path / "loci.txt"
    loci.write_text("".join(f"chr1:{n}00-{n}99\n" for n in range(1, 7)) + "chr1:7oo-799\n", encoding="utf-8")
    done = run(*files, "--regions", loci, "--strict", "--out", tmp_path / "out")
    assert 2 == done.returncode
    assert "loci.txt, line 7: '7oo'" in done.stderr


def test_a_scene_of_a_scenes_file_is_read(scenes, tmp_path):
    done = run("--scene", f"{scenes}#coolbox_k562_05", "--out", tmp_path / "out")
    assert 0 == done.returncode, done.stderr
    assert "JAK2" in done.stdout
    done = run("--scene", f"{scenes}#nothing")
    assert 2 == done.returncode
    assert "has no scene 'nothing'" in done.stderr


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_command_explains_itself(command):
    found = subprocess.run([LOCUTION, command, "--help"], capture_output=True, text=True, check=True)
    assert "Usage: locution" in found.stdout
    assert len(found.stdout.splitlines()) >= 5
