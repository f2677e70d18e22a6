"""Why a place is a peak or none: the answer agrees with what is measured of the same figure."""

import json

import numpy as np
import pytest
from click.testing import CliRunner

from renderer.sandbox.files import InProcess
from renderer.values.errors import LocutionError, RegionError, TrackError
from service.cli import locution
from workers.pipeline import explain_place, find_loci, make_scenes, open_tracks


@pytest.fixture
def scene(make_bigwig, tmp_path):
    """Noise of about 1, a peak of 40 at 50 kb, one of 4 at 70 kb, and no data behind 90 kb."""
    x, noise = np.arange(1000), np.random.default_rng(1).gamma(2, 0.5, 1000)
    values = noise + 40 * np.exp(-(((x - 500) / 5) ** 2)) + 3 * np.exp(-(((x - 700) / 3) ** 2))
    values[900:] = np.nan
    opened = open_tracks(InProcess(), [make_bigwig(values, "H3K4me3.bw")], tmp_path / "work")
    (found,) = make_scenes(InProcess(), opened, find_loci(opened, "chr1:1-100,000"))
    return found


@pytest.mark.parametrize(
    ("position", "verdict", "passed"),
    [
        ("50,001", "peak", [True, True, True]),
        ("chr1:20,001", "too_low", [False, False]),
        ("95 001", "no_data", []),
    ],
)
def test_a_place_is_explained_by_its_value_and_what_it_must_pass(scene, tmp_path, position, verdict, passed):
    (why,) = explain_place(InProcess(), scene, position, None, tmp_path / "a.png")
    assert (verdict, passed) == (why.verdict, [one.passes for one in why.asked])
    assert why.start <= why.at < why.end
    assert (why.value is None) == (verdict == "no_data")
    assert passed == [one["passes"] for one in json.loads(json.dumps(why.to_json()))["asked"]]
    assert len(why.say("en").splitlines()) == len(why.say("zh").splitlines())
    if verdict == "peak":
        assert why.span is not None and why.span[0] <= 50_000 < why.span[1]
        assert why.value > why.asked[0].least
        assert why.say().endswith("It is a peak, and a caption tells of it.")


def test_a_place_or_a_track_that_is_not_there_is_refused(scene, tmp_path):
    for position, number, error in (
        ("200,000", None, RegionError),
        ("chr2:5", None, RegionError),
        ("5", 2, TrackError),
    ):
        with pytest.raises(error):
            explain_place(InProcess(), scene, position, number, tmp_path / "a.png")
    with pytest.raises(LocutionError, match="Signals are: 1 H3K4me3"):
        explain_place(InProcess(), scene, "5", 7, tmp_path / "a.png")


def test_the_command_prints_the_numbers_or_json(make_bigwig, tmp_path):
    x = np.arange(1000)
    path = make_bigwig(0.2 + 40 * np.exp(-(((x - 500) / 5) ** 2)), "H3K4me3.bw")
    asked = ["why", str(path), "--region", "chr1:1-100,000", "--at", "50,001"]
    said = CliRunner().invoke(locution, asked, catch_exceptions=False).output
    assert "H3K4me3 at chr1:50,001" in said
    assert "passed: 40" in said
    answer = json.loads(CliRunner().invoke(locution, [*asked, "--json", "--track", "1"], catch_exceptions=False).output)
    assert ("peak", 1, 50_000) == (answer["verdict"], answer["track"], answer["at"])
