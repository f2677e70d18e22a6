"""Tracks and loci in, figures and records out: plain functions, no server, no queue, no database."""

import subprocess
import sys
from dataclasses import replace

import pytest

from renderer.sandbox.files import InProcess
from renderer.values.errors import RegionError
from renderer.values.region import Region
from renderer.values.track import Scene
from vlm.models.measured import Measured
from workers import pipeline
from workers.pipeline import Style, common_ranges, draw_figure, find_loci, make_scenes, open_tracks, read_in_batches


@pytest.fixture
def opened(make_bigwig, peaky, gtf, tmp_path):
    return open_tracks(InProcess(), [make_bigwig(peaky, "H3K4me3.bw"), gtf], tmp_path / "work")


def test_a_gene_of_the_files_becomes_a_figure_and_a_checked_record(opened, tmp_path):
    (scene,) = make_scenes(InProcess(), opened, find_loci(opened, "alpha", flank=1000))
    figure = draw_figure(InProcess(), scene, tmp_path / "a.png", Style(width=700, formats=("svg", "png", "svg")))
    assert {"a.png", "a.svg"} == {path.name for path in tmp_path.glob("a.*")}
    assert ({"ALPHA"}, 700) == ({gene.name for gene in figure.genes}, figure.layout.width)
    (record,) = read_in_batches(Measured(), [figure], at_once=1)
    assert ("done", "ALPHA", "a.png") == (record["status"], record["region"]["label"], record["figure"]["png"])


def test_the_records_of_several_batches_come_in_order(opened, tmp_path):
    loci = find_loci(opened, "chr1:1-9000\nchr1:10,001-30,000\nbeta")
    scenes = make_scenes(InProcess(), opened, loci)
    figures = [draw_figure(InProcess(), scene, tmp_path / f"{n}.png") for n, scene in enumerate(scenes)]
    records = list(read_in_batches(Measured(), figures, at_once=2))
    assert ["0.png", "1.png", "2.png"] == [record["figure"]["png"] for record in records]


def test_every_bad_locus_is_told(opened):
    with pytest.raises(RegionError, match=r"(?s)Line 1: 'gamma'.*Line 2: "):
        find_loci(opened, "gamma\nchr1:9-2")


class Ranges(InProcess):
    """Answers a range for each call that asks for some, and keeps how many scenes it was asked for."""

    def __init__(self, *answers):
        self.answers, self.asked = list(answers), []

    def job_limits(self, scenes):
        self.asked.append(len(scenes))
        return self.answers.pop(0)


def test_ranges_of_many_loci_are_read_in_parts_and_joined():
    files = Ranges({"g": (0, 5), "h": (1, 2)}, {"g": (-1, 4)})
    scenes = [Scene(Region("chr1", n, n + 1), ()) for n in range(pipeline.RANGES_AT_ONCE + 1)]
    assert {"g": (-1, 5), "h": (1, 2)} == common_ranges(files, scenes)
    assert [pipeline.RANGES_AT_ONCE, 1] == files.asked


def test_tracks_that_share_a_group_are_drawn_to_the_common_range(opened, tmp_path):
    grouped = replace(opened, tracks=(replace(opened.tracks[0], group="g"), opened.tracks[1]))
    scenes = make_scenes(InProcess(), grouped, find_loci(opened, "chr1:1-9000\nchr1:10,001-30,000"))
    ranges = common_ranges(InProcess(), scenes)
    figures = [
        draw_figure(InProcess(), replace(scene, limits=ranges), tmp_path / f"{n}.png") for n, scene in enumerate(scenes)
    ]
    assert 1 == len({figure.layout.box(1).vmax for figure in figures})


def test_the_pipeline_loads_no_server_no_queue_and_no_database(tmp_path):
    look = "import sys, workers.pipeline; print(*sorted({'flask', 'celery', 'sqlalchemy', 'torch'} & set(sys.modules)))"
    loaded = subprocess.run([sys.executable, "-c", look], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert "" == loaded.stdout.strip()


def test_what_is_noted_of_a_file_is_told(tmp_path):
    (tmp_path / "a.bedGraph").write_text("chr1\t0\t10\tNA\nchr1\t10\t20\t2\n")
    told = []
    open_tracks(InProcess(), [tmp_path / "a.bedGraph"], tmp_path / "work", tell=told.append)
    assert "a.bedGraph: 1 value is missing (NA, '.', inf or empty): no data there." in told
