"""What can be added from outside is one file each: a format, a claim kind, a language, a model. A locus is read with
each through the command line, as a user would: the file is named in LOCUTION_PLUGINS and nothing else is touched."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from renderer.formats.format import Format
from renderer.formats.table import FORMATS, registered, valid_formats

MOST_LINES = 60

FORMAT = '''
"""TOY: a signal of lines 'TOY chrom start end value'."""

from functools import partial

from renderer.formats.fields import interval
from renderer.formats.format import Format
from renderer.formats.table import register
from renderer.prepare.signal import prepare_text
from renderer.prepare.signal_text import RowReader, signal_value


class ToyReader(RowReader):
    def row(self, number, row):
        start, end = interval(self.name, number, row[1:])
        return row[1], start, end, signal_value(self.name, number, row[4], "A line is TOY, chrom, start, end, value.")


register(
    Format(
        name="toy",
        kind="signal",
        title="TOY signal",
        called=("TOY",),
        lines={1: lambda row: row[0] == "TOY" and len(row) == 5},
        endings=(".toy",),
        prepare=partial(prepare_text, ToyReader),
        igv=("toy",),
    )
)
'''
KIND = '''
"""first_half: the strongest peak of a track lies in the first half of the window."""

from vlm.claims.checks import Outcome, verdict
from vlm.claims.kind import Kind
from vlm.claims.registry import register


def check(case):
    region, best = case.region, case.signal().strongest
    if best is None:
        return Outcome("contradicted", {"peaks": 0})
    return Outcome(verdict(best.summit < (region.start + region.end) / 2), {"summit": best.summit})


def stated(subject):
    if subject.signal.strongest:
        yield subject.whole("first_half")


register(
    Kind(
        "first_half",
        ("signal",),
        check,
        stated=stated,
        words={"en": "{track}: strongest in the first half", "zh": "{track}：最强处在前半"},
    )
)
'''

LANGUAGE = '''
"""Capitals: English, loud."""

from vlm.words import languages
from vlm.words.english.language import English


@languages.register
class Capitals(English):
    code, name, own = "en-loud", "Loud English", "LOUD ENGLISH"

    def close(self, text):
        return super().close(text).upper()
'''

MODEL = '''
"""middle: a model that sees one peak in every track, in the middle."""

from vlm.models.loading import register
from vlm.values.captioner import ModelInfo, RawReading
from vlm.values.claim import Claim


class Middle:
    info = ModelInfo("middle", "1", "cpu")

    def read(self, figures):
        return [RawReading(tuple(self.claims(figure))) for figure in figures]

    def claims(self, figure):
        middle = (figure.region.start + figure.region.end) // 2
        for track in figure.scene.tracks:
            if track.kind == "signal":
                yield Claim("peak", (track.number,), middle - 50, middle + 50)


register("middle", lambda name: Middle(), "sees a peak in the middle")
'''

TOYS = {"format": FORMAT, "kind": KIND, "language": LANGUAGE, "model": MODEL}

DATA = "".join(f"TOY chr1 {at} {at + 100} {50 if 4000 <= at < 5000 else 1}\n" for at in range(0, 100_000, 100))


def environment_of(toy, folder):
    """One in which the toy is found, in every process: the sandbox's is another."""
    (folder / f"toy_{toy}.py").write_text(TOYS[toy], encoding="utf-8")
    path = os.pathsep.join((str(Path(__file__).resolve().parents[1]), str(folder)))
    return os.environ | {"PYTHONPATH": path, "LOCUTION_PLUGINS": f"toy_{toy}"}


@pytest.fixture
def environment(tmp_path):
    return environment_of("format", tmp_path)


@pytest.fixture
def peak_in_first_half(make_bigwig):
    values = np.full(1000, 1.0)
    values[300:310] = 80.0
    return make_bigwig(values, "K562_CTCF.bw")


def locution(environment, *arguments):
    command = [sys.executable, "-c", "from service.cli import main; main()", *map(str, arguments)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def read(toy, folder, *arguments):
    """The one record of a reading with a toy."""
    ran = locution(environment_of(toy, folder), "read", *arguments, "--json", "--out", folder / "out")
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout.splitlines()[0])


@pytest.mark.parametrize("toy", TOYS)
def test_each_is_short(toy):
    assert TOYS[toy].count("\n") <= MOST_LINES


def test_a_claim_kind_of_one_file_is_stated_judged_and_worded(tmp_path, peak_in_first_half):
    record = read("kind", tmp_path, peak_in_first_half, "--region", "chr1:1-100000", "--model", "measured")
    claim = next(claim for claim in record["claims"] if claim["kind"] == "first_half")
    assert claim["verdict"] == "supported"
    assert 30_000 <= claim["measured"]["summit"] < 31_000
    assert claim["text"] == {"en": "K562 CTCF: strongest in the first half", "zh": "K562 CTCF：最强处在前半"}


def test_a_language_of_one_file_is_a_caption(tmp_path, peak_in_first_half):
    said = ["--region", "chr1:1-100000", "--model", "measured", "--lang", "en-loud"]
    caption = read("language", tmp_path, peak_in_first_half, *said)["caption"]
    assert caption["en-loud"] == caption["en"].upper()


def test_a_model_of_one_file_reads_a_locus_and_is_checked(tmp_path, peak_in_first_half):
    there = read("model", tmp_path, peak_in_first_half, "--region", "chr1:1-61000", "--model", "middle")
    assert there["model"]["name"] == "middle"
    assert {claim["verdict"] for claim in there["claims"] if claim["from"] == "model"} == {"supported"}
    elsewhere = read("model", tmp_path, peak_in_first_half, "--region", "chr1:1-100000", "--model", "middle")
    assert "contradicted" in {claim["verdict"] for claim in elsewhere["claims"] if claim["from"] == "model"}


def test_a_format_of_one_file_is_read_at_a_locus_in_the_sandbox(tmp_path, environment):
    (tmp_path / "K562_H3K4me3.toy").write_text(DATA)
    ask = ["read", tmp_path / "K562_H3K4me3.toy", "--region", "chr1:1-10000", "--model", "measured", "--json"]
    ran = locution(environment, *ask, "--out", tmp_path / "out")
    assert ran.returncode == 0, ran.stderr
    record = json.loads(ran.stdout.splitlines()[0])
    peak = next(claim["where"] for claim in record["claims"] if claim["kind"] == "strongest_peak")
    assert record["evidence"]["1"]["maximum"] == 50
    assert 3800 <= peak["start"] < peak["end"] <= 5200
    assert "H3K4me3" in record["caption"]["en"]


def test_a_bad_line_of_it_is_named_as_those_of_other_formats_are(tmp_path, environment):
    (tmp_path / "bad.toy").write_text(DATA + "TOY chr1 100000 100100 high\n")
    ran = locution(environment, "read", tmp_path / "bad.toy", "--region", "chr1:1-10000", "--out", tmp_path / "out")
    assert ran.returncode == 2
    assert "bad.toy, line 1001: 'high' is not a number. A line is TOY, chrom, start, end, value." in ran.stderr


def test_a_module_that_cannot_be_loaded_is_told_at_once(environment):
    ran = locution(environment | {"LOCUTION_PLUGINS": "no_such_module"}, "settings")
    assert ran.returncode == 2
    assert "LOCUTION_PLUGINS names 'no_such_module', which cannot be loaded" in ran.stderr


def test_a_registered_format_is_valid_as_long_as_it_is_there():
    row = Format(name="toy", kind="signal", title="TOY signal", called=("TOY",), lines={1: bool}, prepare="toy:prepare")
    with registered(row):
        assert "bedGraph of sites, TOY), intervals" in valid_formats()
        with pytest.raises(ValueError, match="There is a format 'toy' already"), registered(row):
            pass
    assert "toy" not in FORMATS
    assert "TOY" not in valid_formats()
