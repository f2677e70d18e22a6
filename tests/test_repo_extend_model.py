"""A model from outside is one file: it is named, listed and held to the numbers as those of the house are."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

TOY = '''
"""A model that says of every signal track that it has a peak in the middle, and of none that it has two."""

from vlm.models.loading import register
from vlm.values.captioner import ModelInfo, RawReading
from vlm.values.claim import Claim


class Middle:
    def __init__(self, name):
        self.info = ModelInfo(f"middle:{name}", "1", "cpu")

    def read(self, figures):
        return [RawReading(tuple(self.claims(figure))) for figure in figures]

    def claims(self, figure):
        middle = (figure.region.start + figure.region.end) // 2
        for track in figure.scene.tracks:
            if track.kind == "signal":
                yield Claim("peak", (track.number,), middle - 500, middle + 500)
                yield Claim("noisy", (track.number,), figure.region.start, figure.region.end)


register("middle:", Middle, "Says that there is a peak in the middle", open="[a-z]+")
'''


@pytest.fixture
def environment(tmp_path):
    (tmp_path / "toy_model.py").write_text(TOY)
    path = os.pathsep.join((str(Path(__file__).resolve().parents[1]), str(tmp_path)))
    return os.environ | {"PYTHONPATH": path, "LOCUTION_PLUGINS": "toy_model"}


def locution(environment, *arguments):
    command = [sys.executable, "-c", "from service.cli import main; main()", *map(str, arguments)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_a_model_of_one_file_reads_a_locus_and_is_held_to_the_numbers(environment, make_bigwig, peaky, tmp_path):
    file = make_bigwig(peaky, "H3K4me3.bw")
    ask = ["read", file, "--region", "chr1:1-100,000", "--model", "middle:one", "--json", "--out", tmp_path / "out"]
    ran = locution(environment, *ask)
    assert 0 == ran.returncode, ran.stderr
    record = json.loads(ran.stdout)
    said = {claim["kind"]: claim for claim in record["claims"] if claim["from"] == "model"}
    assert {"peak", "noisy"} == set(said)
    assert "contradicted" == said["noisy"]["verdict"]
    assert not said["noisy"]["printed"]
    assert "middle:one" == record["model"]["name"]


def test_it_is_listed_and_named_where_a_name_is_wrong(environment, make_bigwig, peaky, tmp_path):
    assert "middle:<name>" in locution(environment, "models").stdout
    file = make_bigwig(peaky, "H3K4me3.bw")
    ran = locution(environment, "read", file, "--region", "chr1:1-9,000", "--model", "midle:one", "--out", tmp_path)
    assert 2 == ran.returncode
    assert "Model 'midle:one' is not known. Use builtin" in ran.stderr
    assert "or middle:<name>." in ran.stderr
