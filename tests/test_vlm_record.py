"""The reading record is a contract: a published JSON Schema, and every record made follows it."""

import hashlib
import json
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner
from PIL import Image

from renderer.sandbox.files import InProcess
from renderer.values.region import Region
from service.cli import locution
from service.commands.locus import draw_scenes
from vlm.models.loading import load_captioner
from vlm.models.measured import Measured
from vlm.prompted.ask import ReadOptions
from vlm.prompted.screenshot import read_screenshots
from vlm.reading import read_figures
from vlm.values.captioner import ModelInfo, RawReading, Said
from vlm.values.record import Record, failed_record, record_schema
from vlm.values.typed_json import schema_of
from workers.pipeline import draw_figure, find_loci, make_scenes, open_tracks
from workers.queue import steps

PUBLISHED = Path(__file__).parents[1] / "schema" / "locution.reading.json"
VALIDATOR = jsonschema.Draft202012Validator(record_schema())


def check(record):
    """Raises for a record that breaks the schema once it has been written as JSON."""
    VALIDATOR.validate(json.loads(json.dumps(record)))


class Prompted:
    """A model with a prompt, which says what the measurements do, in words of its own and some of nobody's."""

    info = ModelInfo("prompted", "1", "cpu", prompted=True)

    def read(self, figures):
        claims = [Measured().read([figure])[0].claims if figure.evidence else () for figure in figures]
        return [RawReading(said, sentences=(Said("A peak.", said[:1]), Said("Nice."))) for said in claims]


class Silent:
    """A model that says nothing, or fails."""

    info = ModelInfo("silent", "1", "cpu")

    def __init__(self, failed):
        self.failed = failed

    def read(self, figures):
        return [RawReading((), error="nothing", failed=self.failed) for _ in figures]


@pytest.fixture
def figure(make_bigwig, peaky, gtf, tmp_path):
    opened = open_tracks(InProcess(), [make_bigwig(peaky, "H3K4me3.bw"), gtf], tmp_path / "work")
    return draw_figure(InProcess(), make_scenes(InProcess(), opened, find_loci(opened, "alpha"))[0], tmp_path / "a.png")


def test_the_published_schema_is_the_one_that_is_printed():
    printed = CliRunner().invoke(locution, ["schema"]).output
    assert PUBLISHED.read_text(encoding="utf-8") == printed, "write it anew: locution schema > schema/*.json"
    jsonschema.Draft202012Validator.check_schema(json.loads(printed))


@pytest.mark.parametrize("model", ["measured", "builtin"])
def test_records_of_the_models_that_ship_follow_the_schema(figure, model):
    (record,) = read_figures(load_captioner(model), [figure])
    check(record)
    assert record["claims"]


def test_records_of_real_loci_follow_the_schema(scenes, tmp_path):
    """A few of the shared scenes, which have rows of many kinds."""
    wanted = [entry["id"] for entry in json.loads(scenes.read_text(encoding="utf-8"))][::18]
    figures = draw_scenes(InProcess(), scenes, wanted, tmp_path)
    assert len(wanted) <= len(figures)
    for model in ("measured", "builtin"):
        for record in read_figures(load_captioner(model), list(figures.values())):
            check(record)


def test_records_of_models_with_words_follow_the_schema(figure):
    (record,) = read_figures(Prompted(), [figure], ReadOptions(facts="brief", words="model"))
    check(record)
    assert (2, {"en"}) == (len(record["said"]), set(record["model"]["words"]))


@pytest.mark.parametrize("failed", [False, True])
def test_records_of_models_that_say_nothing_follow_the_schema(figure, failed):
    (record,) = read_figures(Silent(failed), [figure])
    check(record)
    assert failed == ("fallback" not in record["model"])


def test_records_of_pictures_without_data_follow_the_schema(tmp_path):
    Image.new("RGB", (100, 100)).save(tmp_path / "a.png")
    (record,) = read_screenshots(Prompted(), [("a", tmp_path / "a.png")])
    check(record)
    assert 2 == len(record["claims"])


@pytest.mark.parametrize("region", [None, Region("chr1", 0, 9)])
def test_records_of_loci_that_could_not_be_drawn_follow_the_schema(region):
    check(failed_record("JAK2", region, "It ends."))


def test_the_readings_of_the_api_follow_the_schema_at_every_step(site):
    site.work = False
    job = site.make_job("chr1:1-9,000 start\nbeta")

    def readings():
        found = site.get(f"/jobs/{job['id']}/readings")["readings"]
        for one in found:
            check(one)
        return [one["status"] for one in found]

    assert ["queued", "queued"] == readings()
    while steps.render_next(site.store):
        pass
    assert ["rendered", "rendered"] == readings()
    steps.read_next(site.store, load_captioner)
    assert ["done", "done"] == readings()
    made = site.get(f"/jobs/{job['id']}/readings")["readings"][0]["provenance"]
    files = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in (site.bigwig, site.gtf)}
    assert files == {file["name"]: file["sha256"] for file in made["inputs"]}
    first = site.get(f"/jobs/{job['id']}/readings")["readings"][0]["id"]
    site.post(f"/readings/{first}/review", {"action": "edit", "text": "Mine.", "reviewer": "me"})
    readings()


def test_a_field_that_is_not_in_the_schema_breaks_it():
    with pytest.raises(jsonschema.ValidationError, match="'extra' was unexpected"):
        check({**failed_record("a", None, "b"), "extra": 1})


def test_a_type_without_a_schema_is_refused():
    with pytest.raises(TypeError, match="no JSON Schema is made of"):
        schema_of(tuple[int, ...])
    assert set(Record.__annotations__) < set(record_schema()["properties"])
