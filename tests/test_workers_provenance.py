"""A record says which files it rests on and how it was asked for; its id changes with anything it hangs on."""

import hashlib
import json
import shutil
from dataclasses import replace
from datetime import UTC, datetime

import jsonschema
import numpy as np
import pytest

from renderer.sandbox.files import InProcess
from renderer.values.track import Highlight, Look
from vlm.prompted.ask import ReadOptions
from vlm.values.captioner import ModelInfo
from vlm.values.record import failed_record, record_schema
from workers.pipeline import Style, find_loci, make_scenes, open_tracks
from workers.provenance import asked, identity, inputs_of, with_provenance

MODEL = ModelInfo("measured", "1", "cpu", measures=True)
ASKED = asked(Style(), ReadOptions(), MODEL)


def scene_of(paths, work, locus="chr1:10,001-60,000"):
    opened = open_tracks(InProcess(), paths, work)
    return make_scenes(InProcess(), opened, find_loci(opened, locus))[0]


@pytest.fixture
def files(make_bigwig, gtf):
    return [make_bigwig(np.ones(1000), "H3K4me3.bw"), gtf]


@pytest.fixture
def scene(files, tmp_path):
    return scene_of(files, tmp_path / "work")


def test_the_inputs_are_named_and_hashed_as_they_were_given(files, scene):
    expected = [(one.name, hashlib.sha256(one.read_bytes()).hexdigest(), one.stat().st_size) for one in files]
    found = inputs_of(scene)
    assert expected == [(one["name"], one["sha256"], one["bytes"]) for one in found]
    assert [[1], [2]] == [one["tracks"] for one in found]


def test_files_that_are_joined_to_one_track_are_all_inputs_of_it(scene):
    first, genes = scene.tracks
    joined = replace(scene, tracks=(replace(first, more=(genes.path,), combine="mean"),))
    assert ["H3K4me3.bw", "genes.gtf"] == [one["name"] for one in inputs_of(joined)]
    assert [[1], [1]] == [one["tracks"] for one in inputs_of(joined)]


def test_the_id_does_not_hang_on_where_files_lie(files, scene, tmp_path):
    moved = tmp_path / "elsewhere"
    moved.mkdir()
    again = scene_of([shutil.copy(one, moved) and moved / one.name for one in files], tmp_path / "other")
    assert {one.path for one in scene.tracks}.isdisjoint({one.path for one in again.tracks})
    assert identity("a", scene, ASKED) == identity("a", again, ASKED)


def test_the_id_changes_with_everything_a_record_hangs_on(files, scene, make_bigwig, tmp_path):
    values = np.ones(1000)
    values[999] = 2
    changed = [make_bigwig(values, "H3K4me3.bw"), files[1]]  # a base outside the window: the background knows it
    first, genes = scene.tracks
    others = [
        scene_of(changed, tmp_path / "work"),
        scene_of(files, tmp_path / "work", "chr1:10,001-60,001"),
        replace(scene, tracks=(replace(first, label="other"), genes)),
        replace(scene, tracks=(replace(first, look=Look(vmax=9.0)), genes)),
        replace(scene, highlights=(Highlight(1, 2),)),
        replace(scene, scale="own"),
        replace(scene, limits={"a": (0.0, 1.0)}),
        replace(scene, assembly="hg19"),
    ]
    ways = [
        asked(Style("washu"), ReadOptions(), MODEL),
        asked(Style(formats=("svg",)), ReadOptions(), MODEL),
        asked(Style(), ReadOptions(language="zh"), MODEL),
        asked(Style(), ReadOptions(), replace(MODEL, revision="2")),
    ]
    ids = [identity("a", one, ASKED) for one in (scene, *others, None)]
    ids += [identity("a", scene, way) for way in ways] + [identity("b", scene, ASKED)]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("found", [True, False])
def test_a_record_with_provenance_follows_the_schema_and_says_how_it_was_asked_for(scene, found):
    drawn = replace(scene, tracks=(replace(scene.tracks[0], look=Look(vmin=0.0, log=True)), scene.tracks[1]))
    at = datetime(2026, 11, 25, 12, 30, tzinfo=UTC)
    record = with_provenance(failed_record("a", None, "No."), "a", drawn if found else None, ASKED, at)
    jsonschema.validate(json.loads(json.dumps(record)), record_schema())
    made = record["provenance"]
    assert ("2026-11-25T12:30:00+00:00", identity("a", drawn if found else None, ASKED)) == (
        made["finished"],
        made["id"],
    )
    options = made["options"]
    assert ("measured", "ucsc", "en") == (options["model"], options["theme"], options["language"])
    assert found == (options.get("tracks") == {"1": {"vmin": 0.0, "log": True}})
