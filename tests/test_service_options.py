"""What the API takes beyond files and loci: looks, joined files, scales, downloads, hubs, second opinions."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest

BOTH = "chr1:1-100,000 both\nalpha"


@pytest.fixture
def files(site: Any, make_bigwig: Any, peaky: np.ndarray) -> dict[str, str]:
    """Ids of uploads: two replicates, the second ten times as high, and the genes."""
    paths = {"one": site.bigwig, "two": make_bigwig(10 * peaky, "K562_H3K4me3_rep2.bw"), "genes": site.gtf}
    return {name: site.upload(path)["id"] for name, path in paths.items()}


def refused(site: Any, path: str, body: dict[str, Any]) -> str:
    answer = site.client.post("/api/v1" + path, json=body)
    assert 422 == answer.status_code, answer.get_data(as_text=True)
    message: str = answer.get_json()["error"]["message"]
    return message


def only_reading(site: Any, job: dict[str, Any]) -> dict[str, Any]:
    readings = site.get(f"/jobs/{job['id']}/readings")["readings"]
    assert {"done"} == {one["status"] for one in readings}, readings
    first: dict[str, Any] = readings[0]
    return first


def test_a_tracks_look_is_kept_and_drawn(site, files):
    tracks = [
        {"file": files["one"], "label": "a", "height": 120, "vmin": 0, "vmax": "25.5", "group": "g"},
        {"file": files["two"], "label": "b", "log": True, "color": "#1f4e9c"},
        {"file": files["genes"], "dense": "on"},
    ]
    made = site.post("/track-sets", {"tracks": tracks})
    shown = made["tracks"]
    assert [(120, 0, 25.5), True, True] == [
        (shown[0]["height"], shown[0]["vmin"], shown[0]["vmax"]),
        shown[1]["log"],
        shown[2]["dense"],
    ]
    reading = only_reading(site, site.post("/jobs", {"track_set": made["id"], "loci": "chr1:1-100,000"}))
    boxes = reading["figure"]["tracks"]
    assert (0, 25.5) == (boxes[0]["vmin"], boxes[0]["vmax"])
    assert 120 == boxes[0]["y1"] - boxes[0]["y0"]
    assert boxes[1]["y1"] - boxes[1]["y0"] < 120


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"height": "tall"}, "Track 1: 'height' is 'tall'. It must be a whole number of pixels from 16 to 400."),
        ({"vmin": "nan"}, "Track 1: 'vmin' is 'nan'. It must be a number"),
        ({"vmin": 5, "vmax": 5}, "'vmin' is 5 and 'vmax' is 5. The top must be above the bottom."),
        ({"log": "perhaps"}, "Track 1: 'log' is 'perhaps'. It is true or false."),
        ({"shape": "round"}, "Track 1: 'shape' is 'round'. It is one of triangle, square."),
        ({"hight": 3}, "Track 1 has 'hight', which is not known. Known are file, label"),
        ({"combine": "mean"}, "there is one file only"),
        ({"files": "x"}, "'files' must be a list of ids"),
    ],
)
def test_a_look_that_cannot_be_is_refused_with_its_field(site, files, change, said):
    assert said in refused(site, "/track-sets", {"tracks": [{"file": files["one"], **change}]})


def test_replicates_are_averaged_and_input_is_subtracted(site, files):
    joined = {"file": files["one"], "files": [files["two"]], "label": "joined"}
    tops = {}
    for how in ("mean", "subtract"):
        made = site.post("/track-sets", {"tracks": [{**joined, "combine": how}]})
        assert [files["two"]] == made["tracks"][0]["files"]
        reading = only_reading(site, site.post("/jobs", {"track_set": made["id"], "loci": "chr1:1-100,000"}))
        box = reading["figure"]["tracks"][0]
        tops[how] = (box["vmin"], box["vmax"])
    # One file is ten times the other: their mean is 5.5 times it, its band (SEM of two) ends at either.
    assert tops["mean"][1] == pytest.approx(10 * 40, rel=0.15)
    assert tops["subtract"][0] < -300
    assert "Say with 'combine' how they are joined" in refused(site, "/track-sets", {"tracks": [joined]})
    wrong = {**joined, "files": [files["genes"]], "combine": "mean"}
    assert "genes.gtf is no signal" in refused(site, "/track-sets", {"tracks": [wrong]})


def test_groups_share_one_range_over_all_figures_of_a_job(site, files):
    tracks = [{"file": files["one"], "label": "a", "group": "g"}, {"file": files["genes"]}]
    made = site.post("/track-sets", {"tracks": tracks})
    loci = "chr1:10,001-30,000 tall\nchr1:70,001-90,000 low"
    tops = {}
    for scale in ("own", "job"):
        job = site.post("/jobs", {"track_set": made["id"], "loci": loci, "scale": scale})
        readings = site.get(f"/jobs/{job['id']}/readings")["readings"]
        tops[scale] = [one["figure"]["tracks"][0]["vmax"] for one in readings]
        limits = site.get(f"/jobs/{job['id']}")["limits"]
    assert tops["own"][0] > 1.5 * tops["own"][1]
    assert tops["job"][0] == tops["job"][1] == limits["group g"][1]


def test_what_tracks_compare_is_said_by_the_set_or_by_the_job(site, files):
    tracks = [
        {"file": files["one"], "label": "a", "assay": "RNA-seq", "condition": "control", "replicate": 1, "level": 0},
        {"file": files["two"], "label": "b", "assay": "RNA-seq", "condition": "KD", "level": "10"},
        {"file": files["genes"]},
    ]
    made = site.post("/track-sets", {"tracks": tracks})
    assert [("control", "1", 0.0), ("KD", None, 10.0)] == [
        (one.get("condition"), one.get("replicate"), one.get("level")) for one in made["tracks"][:2]
    ]
    told = {"track_set": made["id"], "loci": "alpha", "model": "measured"}
    rows = [{"track": 1, "condition": "WT"}, {"label": "b", "condition": "KO"}]
    factors = []
    for design in (None, rows, "track\tcondition\n1\tWT\n2\tKO\n"):
        job = site.post("/jobs", told | ({"design": design} if design else {}))
        claims = only_reading(site, job)["claims"]
        factors.append({one["measured"]["factor"] for one in claims if one["kind"].startswith("level_")})
    assert [{"treatment"}, {"genotype"}, {"genotype"}] == factors
    wrong = {**told, "design": [{"track": 9, "condition": "WT"}]}
    assert "'design', row 1, column track: there is no track 9" in refused(site, "/jobs", wrong)
    wrong = {**told, "design": [{"track": 1, "level": "high"}]}
    assert "'design', row 1, column level: 'high' is no level" in refused(site, "/jobs", wrong)
    wrong = {"tracks": [tracks[0] | {"level": "high"}]}
    assert "Track 1: 'level': 'high' is no level" in refused(site, "/track-sets", wrong)


def test_options_of_a_job_are_kept_shown_and_refused_by_name(site, files):
    made = site.make_track_set()
    body = {
        "track_set": made["id"],
        "loci": "alpha",
        "theme": "washu",
        "width": 900,
        "flank": "1kb",
        "highlights": ["chr1:20,001-21,000=promoter", "1:1-50"],
        "repair": True,
        "facts": "brief",
    }
    job = site.post("/jobs", body)
    shown = job["options"]
    assert ("washu", 900, 1000, 1, "brief") == tuple(
        shown[name] for name in ("theme", "width", "flank", "repair", "facts")
    )
    assert ["chr1:20,001-21,000=promoter", "chr1:1-50"] == shown["highlights"]
    reading = only_reading(site, job)
    assert (19_000, 41_000, 900) == (reading["region"]["start"], reading["region"]["end"], reading["figure"]["width"])
    assert [] == reading["warnings"]
    for change, said in (
        ({"theme": "dark"}, "'theme' is 'dark'. It is one of ucsc, washu."),
        ({"scale": "page"}, "'scale' is 'page'. It is one of together, job, own, file."),
        ({"width": 10}, "'width' is '10'. It must be a whole number of pixels from 600 to 3,000."),
        ({"flank": "-1"}, "'flank' is '-1'. It must be a length"),
        ({"highlights": "chr1:9"}, "'highlights': 'chr1:9' is not a region"),
        ({"highlights": "chr9:1-9"}, "'highlights': Chromosome 'chr9' is not in these tracks"),
        ({"repair": "often"}, "'repair' is 'often'. It is true or false."),
        ({"colour": "red"}, "The body has 'colour', which is not known"),
    ):
        assert said in refused(site, "/jobs", {"track_set": made["id"], "loci": "alpha", **change})


def test_the_themes_a_job_may_name_are_those_that_are_drawn():
    from renderer.figure.style import THEMES
    from renderer.values.bounds import THEME_NAMES

    assert tuple(THEMES) == THEME_NAMES


def test_figures_are_drawn_on_demand_in_every_format(site):
    job = site.make_job(BOTH)
    one, two = site.get(f"/jobs/{job['id']}/readings")["readings"]
    for name, start in (("png", b"\x89PNG"), ("svg", b"<?xml"), ("pdf", b"%PDF")):
        answer = site.client.get(f"/api/v1/readings/{one['id']}/figure.{name}?dpi=60&width=700")
        assert (200, start) == (answer.status_code, answer.data[: len(start)]), answer.data[:200]
        assert f"both_chr1_1-100000.{name}" in answer.headers["Content-Disposition"]
        answer.close()
    answer = site.client.get(f"/api/v1/jobs/{job['id']}/panels.svg?readings={one['id']},{two['id']}")
    assert b"ALPHA" in answer.data
    answer.close()
    other = site.make_job("beta")
    away = site.get(f"/jobs/{other['id']}/readings")["readings"][0]["id"]
    for path, said in (
        (f"readings/{one['id']}/figure.gif", "The format is 'gif'. It is one of png, svg, pdf."),
        (f"readings/{one['id']}/figure.png?dpi=9999", "'dpi' is '9999'"),
        (f"readings/{one['id']}/figure.png?width=1", "'width' is '1'"),
        (f"jobs/{job['id']}/panels.png", "'readings' names 0 readings. Give 1 to 12"),
        (f"jobs/{job['id']}/panels.png?readings={away}", "is not of this job"),
    ):
        answer = site.client.get(f"/api/v1/{path}")
        assert (422, True) == (answer.status_code, said in answer.get_json()["error"]["message"]), answer.data


def test_a_figure_that_is_not_drawn_yet_is_no_download(site):
    site.work = False
    job = site.make_job("alpha")
    one = site.get(f"/jobs/{job['id']}/readings")["readings"][0]
    answer = site.client.get(f"/api/v1/readings/{one['id']}/figure.png")
    assert (422, True) == (answer.status_code, "not drawn yet" in answer.get_json()["error"]["message"])


INI = """[one]
file = /data/of/someone/K562_H3K4me3.bw
title = Mark
height = 3
color = red
min_value = 0
max_value = 30

[gone]
file = missing.bw
title = Gone

[genes]
file = genes.gtf
title = Genes
"""


def test_a_list_becomes_a_track_set_of_the_uploads_it_names(site, files):
    made = site.post("/track-sets/from-list", {"list": INI, "list_name": "tracks.ini", "assembly": "hg19"})
    assert ["Mark", "Genes"] == [track["label"] for track in made["tracks"]]
    assert ("#ff0000", 30, files["one"]) == tuple(made["tracks"][0][key] for key in ("color", "vmax", "file"))
    assert [["missing.bw"]] == [one["files"] for one in made["from_list"]["unmatched"]]
    sent = {"list": (io.BytesIO(INI.encode()), "tracks.ini"), "file": [files["genes"]], "name": "mine"}
    answer = site.client.post("/api/v1/track-sets/from-list", data=sent).get_json()
    assert ("mine", ["Genes"]) == (answer["name"], [track["label"] for track in answer["tracks"]])


def test_the_former_address_of_track_lists_works(site, files):
    made = site.post("/track-sets/from-hub", {"hub": INI, "hub_name": "tracks.ini"})
    assert [["missing.bw"]] == [one["files"] for one in made["from_hub"]["unmatched"]]
    answer = site.client.post("/api/v1/track-sets/from-hub", data={"hub": (io.BytesIO(INI.encode()), "tracks.ini")})
    assert "tracks.ini" == answer.get_json()["name"]


def test_a_list_that_cannot_be_used_says_why_and_reads_no_file(site, tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("track s\nbigDataUrl secret.bw\n", encoding="utf-8")
    assert "Upload them first: K562_H3K4me3.bw, missing.bw, genes.gtf" in refused(
        site, "/track-sets/from-list", {"list": INI}
    )
    for text in (
        "hello",
        f"hub h\nshortLabel h\nlongLabel h\ngenomesFile {secret}\nemail a@b\n",
        f"track a\nbigDataUrl a.bw\ntype bigWig\n\ninclude {secret}\n",
    ):
        answer = site.client.post("/api/v1/track-sets/from-list", json={"list": text})
        assert answer.status_code in (415, 422)
        assert "secret.bw" not in answer.get_data(as_text=True)


def test_a_job_is_read_again_on_the_same_figures_and_compared(site):
    job = site.make_job(BOTH)
    again = site.post(f"/jobs/{job['id']}/again", {"model": "measured", "facts": "brief"})
    assert (job["id"], "brief", 2) == (again["again_of"], again["options"]["facts"], again["counts"]["total"])
    third = site.post(f"/jobs/{again['id']}/again", {"model": "measured", "name": "third"})
    assert job["id"] == third["again_of"]
    seen = site.get(f"/jobs/{job['id']}/compare?with={again['id']}")
    assert [job["id"], again["id"]] == [one["id"] for one in seen["jobs"]]
    assert (2, 2) == (seen["total"], seen["jobs"][0]["totals"]["loci"])
    first, second = seen["loci"][0]["readings"]
    assert first["figure"]["sha256"] == second["figure"]["sha256"]
    assert first["counts"]["supported"] == sum(claim["verdict"] == "supported" for claim in first["claims"]) > 0
    assert [one["id"] for one in site.get(f"/jobs/{again['id']}/compare")["jobs"]] == [
        again["id"],
        job["id"],
        third["id"],
    ]
    other = site.make_job("beta")
    answer = site.client.get(f"/api/v1/jobs/{job['id']}/compare?with={other['id']}")
    assert "is not on the loci of this one" in answer.get_json()["error"]["message"]
    assert "Model 'gpt' is not known" in refused(site, f"/jobs/{job['id']}/again", {"model": "gpt"})


def test_models_are_listed_with_what_they_are_and_no_key(site, monkeypatch):
    from dataclasses import replace

    site.app.config["SETTINGS"] = replace(site.settings, remote_servers="http://gpu:8000/v1", api_key="sk-very-secret")
    listed = site.get("/models")["models"]
    names = [one["name"] for one in listed]
    assert {"auto", "builtin", "measured", "hub:Qwen/Qwen3.5-4B", "remote:http://gpu:8000/v1#<model>"} <= set(names)
    assert all(one["title"] for one in listed)
    for path in ("/", "/help", "/api/v1/models"):
        assert "sk-very-secret" not in site.client.get(path).get_data(as_text=True)


def test_a_screenshot_is_queued_for_models_that_look_at_pictures(site):
    from PIL import Image

    png = io.BytesIO()
    Image.new("RGB", (300, 200), "white").save(png, "PNG")
    sent = {"file": (io.BytesIO(png.getvalue()), "paper <b>.png"), "model": "hub:no/such-model"}
    answer = site.client.post("/api/v1/screenshots", data=sent)
    assert 201 == answer.status_code, answer.data
    job = site.get(f"/jobs/{answer.get_json()['id']}")
    assert 1 == job["screenshots"]
    one = site.get(f"/jobs/{job['id']}/readings")["readings"][0]
    assert ("failed", 300) == (one["status"], one["figure"]["width"])  # there is no such model
    assert "no/such-model" in one["error"]
    for path in (f"/jobs/{job['id']}", f"/readings/{one['id']}"):
        page = site.client.get(path)
        assert 200 == page.status_code
        assert b"paper <b>" not in page.data
    for sent, said in (
        ({"file": (io.BytesIO(b"no picture"), "a.png"), "model": "auto"}, "a.png is no screenshot"),
        ({"file": (io.BytesIO(png.getvalue()), "a.png"), "model": "builtin"}, "'builtin' needs data"),
        ({"model": "auto"}, "0 pictures were given"),
    ):
        answer = site.client.post("/api/v1/screenshots", data=sent)
        assert (422, True) == (answer.status_code, said in answer.get_json()["error"]["message"])
    assert not list(Path(site.store.incoming).iterdir())


def form_of(site, files, **more):
    rows = {"file_id": files, "label": ["Mark", "Again"], "assay": ["H3K4me3", ""], "sample": ["K562", ""]}
    columns = ("strand", "group", "color", "height", "vmin", "vmax", "log", "dense", "shape", "combine")
    return {**rows, **{name: ["", ""] for name in columns}, "loci": "chr1:1-100,000", "model": "measured", **more}


def test_the_form_joins_files_and_keeps_looks(site, files):
    sent = form_of(
        site,
        [files["one"], files["two"]],
        combine=["", "mean"],
        vmax=["90", ""],
        condition=["CTCF KO", ""],
        level=["2.5", ""],
        scale="own",
        theme="washu",
        highlights="chr1:20,001-21,000=TSS",
    )
    answer = site.client.post("/", data=sent)
    assert 303 == answer.status_code, answer.get_data(as_text=True)
    job = site.get("/jobs")["jobs"][0]
    assert ("washu", ["chr1:20,001-21,000=TSS"]) == (job["options"]["theme"], job["options"]["highlights"])
    (track,) = site.get(f"/track-sets/{job['track_set']}")["tracks"]
    assert ("mean", [files["two"]], 90) == (track["combine"], track["files"], track["vmax"])
    assert ("CTCF KO", 2.5, "own") == (track["condition"], track["level"], job["options"]["scale"])
    page = site.client.get(f"/?copy={job['track_set']}").get_data(as_text=True)
    assert 'value="mean" selected' in page  # the second file is a row of its own again
    assert all(f'value="{kept}"' in page for kept in ("90", "CTCF KO", "2.5"))
    assert 'name="replicate" value="" placeholder="2"' in page  # hinted at, from the name of the second file


def test_the_form_says_what_is_wrong_beside_its_field_and_makes_nothing(site, files):
    sent = form_of(site, [files["one"], files["two"]], height=["", "tall"], highlights="chr9:1-9", width="9")
    page = site.client.post("/", data=sent).get_data(as_text=True)
    assert "Chromosome &#39;chr9&#39; is not in these tracks" in page
    assert "&#39;width&#39; is &#39;9&#39;" in page
    page = site.client.post("/", data={**sent, "highlights": "", "width": ""}).get_data(as_text=True)
    assert "Track 2: &#39;height&#39; is &#39;tall&#39;" in page
    assert 'value="tall"' in page
    page = site.client.post("/", data=form_of(site, [files["one"], files["two"]], combine=["mean", ""]))
    assert "is to join the track above it, but it is the first" in page.get_data(as_text=True)
    assert [] == site.get("/track-sets")["track_sets"]


def test_the_form_takes_labels_and_looks_from_a_track_list(site, files):
    sent = {"do": "list", "list_file": (io.BytesIO(INI.encode()), "tracks.ini"), "model": "measured", "loci": ""}
    page = site.client.post("/", data=sent).get_data(as_text=True)
    assert 'name="label" value="Mark"' in page
    assert 'value="30"' in page
    assert "&#39;Gone&#39; is left out. No upload is called missing.bw" in page
    sent = {"do": "list", "list_file": (io.BytesIO(b"<b>nothing"), "<i>.ini"), "model": "measured", "loci": ""}
    answer = site.client.post("/", data=sent)
    assert 422 == answer.status_code
    assert b"<b>nothing" not in answer.data
    assert b"<i>.ini" not in answer.data


def test_pages_of_readings_show_rules_apart_and_escape_what_people_typed(site, make_bigwig, peaky):
    bad = "<script>alert(1)</script>"
    paths = (site.bigwig, make_bigwig(peaky, "K562_H3K27ac.bw"), site.gtf)
    tracks = [{"file": site.upload(path)["id"], "sample": "K562", "group": bad} for path in paths]
    tracks[0]["label"] = f"H3K4me3 {bad}"
    made = site.post("/track-sets", {"name": bad, "tracks": tracks})
    job = site.post(
        "/jobs",
        {"track_set": made["id"], "loci": f"chr1:1-100,000 {bad}", "name": bad, "highlights": [f"chr1:1-100={bad}"]},
    )
    site.post(f"/jobs/{job['id']}/again", {"model": "measured", "name": bad})
    one = only_reading(site, job)
    page = site.client.get(f"/readings/{one['id']}").get_data(as_text=True)
    assert 'id="readings"' in page
    assert "Rests on" in page
    for path in (f"/readings/{one['id']}", f"/jobs/{job['id']}", f"/jobs/{job['id']}/compare", f"/?copy={made['id']}"):
        page = site.client.get(path).get_data(as_text=True)
        assert "<script>alert" not in page, path
        assert "&lt;script&gt;alert" in page, path
    svg = site.client.get(f"/api/v1/readings/{one['id']}/figure.svg")
    assert b"<script>" not in svg.data
    svg.close()
    seen = site.client.post(f"/jobs/{job['id']}/again", data={"model": "measured", "facts": "brief"})
    assert (303, True) == (seen.status_code, "/compare?other=" in seen.headers["Location"])
