"""A format from outside is one file: it is told, prepared, drawn and read as those of the house are."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from renderer.formats.format import Format
from renderer.formats.table import FORMATS, registered, valid_formats

TOY = '''
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
DATA = "".join(f"TOY chr1 {at} {at + 100} {50 if 4000 <= at < 5000 else 1}\n" for at in range(0, 100_000, 100))


@pytest.fixture
def environment(tmp_path):
    """One that finds the toy; the sandbox is another process, which must find it too."""
    (tmp_path / "toy_format.py").write_text(TOY)
    path = os.pathsep.join((str(Path(__file__).resolve().parents[1]), str(tmp_path)))
    return os.environ | {"PYTHONPATH": path, "LOCUTION_PLUGINS": "toy_format"}


def locution(environment, *arguments):
    command = [sys.executable, "-c", "from service.cli import main; main()", *map(str, arguments)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_a_format_of_one_file_is_read_at_a_locus_in_the_sandbox(tmp_path, environment):
    (tmp_path / "K562_H3K4me3.toy").write_text(DATA)
    ask = ["read", tmp_path / "K562_H3K4me3.toy", "--region", "chr1:1-10000", "--model", "measured", "--json"]
    ran = locution(environment, *ask, "--out", tmp_path / "out")
    assert ran.returncode == 0, ran.stderr
    record = json.loads(ran.stdout.splitlines()[0])
    domain = next(claim["where"] for claim in record["claims"] if claim["kind"] == "broad_domain")
    assert record["evidence"]["1"]["maximum"] == 50
    assert 3800 <= domain["start"] < domain["end"] <= 5200
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
        assert "CRAM, TOY), intervals" in valid_formats()
        with pytest.raises(ValueError, match="There is a format 'toy' already"), registered(row):
            pass
    assert "toy" not in FORMATS
    assert "TOY" not in valid_formats()
