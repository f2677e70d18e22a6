"""Two models on the same figures: a table, the captions side by side, and a page."""

import json
import re

import pytest
from click.testing import CliRunner

from renderer.sandbox.files import InProcess
from service.batch.asked import Asked
from service.batch.run import Batch
from service.cli import locution
from service.commands.compare import Column, read_all
from vlm.values.captioner import ModelInfo


@pytest.fixture
def out(make_bigwig, peaky, gtf, tmp_path):
    """A comparison of the two models that ship, on two loci, one of which does not exist."""
    files = [str(make_bigwig(peaky, "H3K4me3.bw")), str(gtf)]
    loci = tmp_path / "loci.bed"
    loci.write_text("chr1\t0\t100000\tall of it\nchr1\t10000\t50000\n", encoding="utf-8")
    arguments = [
        *files,
        "--regions",
        str(loci),
        "--model",
        "measured",
        "--model",
        "builtin",
        "--out",
        str(tmp_path / "o"),
    ]
    return CliRunner().invoke(locution, ["read", *arguments]), tmp_path / "o"


def test_two_models_give_a_table_captions_and_a_page(out):
    done, folder = out
    assert 0 == done.exit_code, done.output
    head, measured, builtin = [
        line for line in done.output.splitlines() if re.match(r"model |measured +\d|builtin +\d", line)
    ]
    assert ["model", "loci", "claims", "supported", "struck", "open", "recall", "s/locus", "fallback"] == head.split()
    name, loci, claims, supported, struck, open_, recall, *_ = measured.split()
    assert ("measured", "2", claims, "0", "0", "100%") == (name, loci, supported, struck, open_, recall)
    assert "builtin" == builtin.split()[0]
    assert 2 == done.output.count("  measured: chr1:")
    page = (folder / "index.html").read_text(encoding="utf-8")
    assert 2 == page.count("<h3>measured</h3>") == page.count("<h3>builtin</h3>")
    assert 2 == page.count("<img ")
    for number, name in enumerate(("measured", "builtin"), 1):
        record = json.loads((folder / "all_of_it_chr1_1-100000" / f"reading-{number}.json").read_text(encoding="utf-8"))
        assert name == record["model"]["name"]
        assert record["caption"]["en"].replace("'", "&#39;") in page


class Model:
    """Counts how many of its kind there are."""

    alive = 0
    info = ModelInfo("m", "1", "cpu")

    def __init__(self):
        Model.alive += 1

    def __del__(self):
        Model.alive -= 1


def test_a_model_is_let_go_before_the_next_is_loaded(tmp_path):
    """Two may not fit into a GPU's memory."""
    seen = []

    def load(name):
        seen.append(Model.alive)
        return Model()

    batch = Batch(Asked(), [], tmp_path, InProcess(), load)
    columns = read_all([], ["a", "b", "c"], batch, lambda n: None)
    assert [Column("m", ())] * 3 == columns
    assert [0, 0, 0] == seen
