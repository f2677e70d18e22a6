"""A claim kind from outside is one file: it is stated, judged, worded and asked for as those of the house are."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

TOY = '''
"""has_summit_in_first_half: the track's strongest peak lies in the left half of the window."""

from vlm.claims.checks import Case, Outcome, verdict
from vlm.claims.kind import Kind
from vlm.claims.registry import register
from vlm.claims.subject import Subject

NAME = "has_summit_in_first_half"


def check(case: Case) -> Outcome:
    top, middle = case.signal().strongest, (case.region.start + case.region.end) // 2
    return Outcome(verdict(top is not None and top.summit < middle), {"summit": top.summit if top else None})


def stated(subject: Subject):
    top = subject.signal.strongest
    if top and top.summit < (subject.region.start + subject.region.end) // 2:
        yield subject.whole(NAME)


register(
    Kind(
        NAME,
        ("signal",),
        check,
        stated=stated,
        words={"en": "{track}: its summit lies in the first half", "zh": "{track}：最高峰位于前半段"},
    )
)
'''
ROOT = Path(__file__).resolve().parents[1]
ASK = """
from pathlib import Path
from renderer.plugins import load_plugins
from renderer.values.layout import Layout
from renderer.values.region import Region
from renderer.values.track import Scene, Track
from vlm.prompted.prompts import build_prompt
from vlm.prompted.schema import answer_schema
from vlm.values.captioner import Figure

load_plugins()
region = Region("chr1", 0, 10_000)
scene = Scene(region, (Track(1, "CTCF", "signal", "bigwig", Path("a.bw")),))
figure = Figure(Path("x.png"), Layout(10, 10, region, ()), scene)
print("has_summit_in_first_half [signal]" in build_prompt(figure), "first_half" in str(answer_schema(figure)))
"""


@pytest.fixture
def environment(tmp_path):
    """One that finds the toy, in every process."""
    assert len(TOY.splitlines()) <= 60
    (tmp_path / "toy_kind.py").write_text(TOY, encoding="utf-8")
    path = os.pathsep.join((str(ROOT), str(tmp_path)))
    return os.environ | {"PYTHONPATH": path, "LOCUTION_PLUGINS": "toy_kind"}


def python(environment, code, *arguments):
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_a_kind_of_one_file_is_stated_and_judged_at_a_locus(tmp_path, environment):
    rows = (f"chr1\t{at}\t{at + 100}\t{50 if 2_000 <= at < 2_300 else 1}\n" for at in range(0, 10_000, 100))
    (tmp_path / "K562_CTCF.bedgraph").write_text("".join(rows))
    read = "from service.cli import main; main()", "read", tmp_path / "K562_CTCF.bedgraph", "--region", "chr1:1-10000"
    ran = python(environment, *read, "--model", "measured", "--json", "--out", tmp_path / "out")
    assert ran.returncode == 0, ran.stderr
    record = json.loads(ran.stdout.splitlines()[0])
    claim = next(one for one in record["claims"] if one["kind"] == "has_summit_in_first_half")
    assert "supported" == claim["verdict"]
    assert 2_000 <= claim["measured"]["summit"] < 2_300
    assert claim["text"]["en"].endswith(": its summit lies in the first half")
    assert claim["text"]["zh"].endswith("：最高峰位于前半段")


def test_a_prompt_and_its_schema_offer_it(environment):
    ran = python(environment, ASK)
    assert ("True True", "") == (ran.stdout.strip(), ran.stderr)
