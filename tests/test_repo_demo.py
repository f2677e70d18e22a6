"""`locution demo`, as a person runs it: the whole service on the bundled example, from start to Ctrl-C."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from service.run import demo
from service.run.demo import describe
from service.run.example import FOLDER
from service.run.own_api import Api, ApiError

DEMO = [sys.executable, "-c", "from service.cli import main; main()", "demo"]
DEMO_SECONDS = 600
"""Until the captions must be there, on a machine that is busy with other things."""

STOP_SECONDS = 240
LOCI = [line for line in (FOLDER / "loci.txt").read_text(encoding="utf-8").splitlines() if not line.startswith("#")]

CLAIMS = [
    {"id": 1, "verdict": "supported", "text": {"en": "A peak.", "zh": "有峰。"}},
    {"id": 2, "verdict": "contradicted", "text": {"en": "No gene.", "zh": "无基因。"}},
    {"id": 3, "verdict": "cannot_tell", "text": {"en": "Perhaps.", "zh": "或许。"}},
]
READING = {
    "status": "done",
    "error": None,
    "warnings": ["A font is missing."],
    "claims": CLAIMS,
    "region": {"chrom": "chr1", "start": 1000, "end": 3000, "label": "ALPHA"},
    "model": {"name": "builtin", "seconds": 0.31},
    "sentences": [{"text": {"en": "There is a peak.", "zh": "有一个峰。"}, "claims": [1]}],
}


def processes_of(folder):
    """Ids of processes that were started for a data folder."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/environ"):
        try:
            if f"LOCUTION_DATA={folder}".encode() in entry.read_bytes().split(b"\0"):
                found.append(int(entry.parent.name))
        except OSError:
            continue  # it ended meanwhile, or is another user's
    return found


def start(folder, *options, **environ):
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("LOCUTION_", "DEMO_"))}
    return subprocess.Popen(
        [*DEMO, "--data", str(folder), *options],
        cwd=folder.parent,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={**clean, "PYTHONUNBUFFERED": "1", **environ},
    )


def read_until(process, words):
    """The output up to the line that holds `words`; the test's own time limit ends a longer wait."""
    seen = []
    for line in process.stdout:
        seen.append(line)
        if words in line:
            break
    text = "".join(seen)
    assert words in text, text
    return text


@pytest.mark.e2e
def test_demo_reads_every_locus_and_ends_well(tmp_path):
    process = start(tmp_path / "data", DEMO_EXIT="1", LOCUTION_PORT=str(demo.free_port()))
    text, _ = process.communicate(timeout=DEMO_SECONDS)
    assert 0 == process.returncode, text
    assert len(LOCI) == text.count("✓ supported") >= 6
    assert len(LOCI) <= len(re.findall(r"^  ✓ .", text, re.MULTILINE))
    assert f"{len(LOCI)}/{len(LOCI)}" in text  # the progress bar's last state
    assert [] == processes_of(tmp_path / "data")


@pytest.mark.e2e
def test_demo_serves_on_a_free_port_until_ctrl_c(tmp_path):
    """Its usual port is taken, so it takes another; twice on one folder is refused; Ctrl-C leaves nothing behind."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        process = start(tmp_path / "data", "--model", "measured", "--lang", "zh", LOCUTION_PORT=str(port))
        text = read_until(process, "Serving until Ctrl-C")
    page = re.search(r"The gallery: (http://\S+)", text)[1]
    assert f":{port}/" not in page
    assert "ALVEN1" in httpx.get(page, trust_env=False).text
    assert re.search(r"^  ✓ .*。$", text, re.MULTILINE)
    second = start(tmp_path / "data", "--model", "measured", LOCUTION_PORT=str(demo.free_port()))
    assert "already runs on" in second.communicate(timeout=DEMO_SECONDS)[0]
    assert 2 == second.returncode
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=STOP_SECONDS)
    assert 0 == process.returncode
    assert [] == processes_of(tmp_path / "data")


@pytest.mark.e2e
def test_demo_interrupted_early_leaves_nothing_behind(tmp_path):
    process = start(tmp_path / "data", "--model", "measured", LOCUTION_PORT=str(demo.free_port()))
    read_until(process, "H3K4me3.bw")
    process.send_signal(signal.SIGTERM)
    text, _ = process.communicate(timeout=STOP_SECONDS)
    assert demo.INTERRUPTED == process.returncode, text
    assert "Stopped before the captions were done." in text
    assert [] == processes_of(tmp_path / "data")


def test_a_reading_is_shown_with_its_verdicts():
    lines = describe(READING, "en").splitlines()
    plain = [re.sub(r"\x1b\[\d+m", "", line) for line in lines]
    assert [
        "",
        "ALPHA  chr1:1,001-3,000",
        "  ✓ There is a peak.",
        "  ✗ No gene.",
        "  ! A font is missing.",
        "    claims: 1 ✓ supported, 1 ✗ struck, 1 undecided (builtin, 0.3 s)",
    ] == plain


def test_a_reading_is_shown_in_chinese():
    shown = describe(READING, "zh")
    assert "有一个峰。" in shown
    assert "There is a peak." not in shown


def test_many_struck_statements_are_counted_not_listed():
    shown = describe({**READING, "claims": [CLAIMS[1]] * (demo.MOST_STRUCK + 5)}, "en")
    assert demo.MOST_STRUCK == shown.count("No gene.")
    assert "and 5 more that were struck" in shown


def test_a_failed_reading_says_why():
    failed = {**READING, "status": "failed", "error": "Drawing took longer than 300 s.", "sentences": [], "claims": []}
    assert "failed" in describe(failed, "en")
    assert "Drawing took longer than 300 s." in describe(failed, "en")


def test_a_server_that_is_away_is_a_clear_error():
    with pytest.raises(ApiError, match="did not answer GET /health"):
        Api(f"http://127.0.0.1:{demo.free_port()}").get("/health")
