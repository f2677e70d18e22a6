"""`import locution`: what a notebook hands in, what it gets, and what is left behind: nothing."""

from __future__ import annotations

import asyncio
import inspect
import json
import os
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import numpy as np
import pandas
import pyBigWig
import pytest
from hypothesis import given
from hypothesis import strategies as st

import locution
from renderer.values.region import bed_fields, parse_region
from service.commands.read import read as command
from service.notebook.given import files_of, loci_of
from service.run.example import FOLDER
from vlm.values.record import failed_record

QUICK = {"model": "measured", "assembly": "simulated"}
FILES = {"H3K4me3 <i>": FOLDER / "H3K4me3.bw", "genes": FOLDER / "genes.gtf"}
LOCI = ["chr1:100,001-160,000", ("chr1", 290_000, 340_000, "the second <b>")]


def children():
    """The processes this one has, those included that have ended and that nobody has waited for."""
    listed = (Path(f"/proc/self/task/{one.name}/children").read_text() for one in Path("/proc/self/task").iterdir())
    return {int(number) for text in listed for number in text.split()}


@pytest.fixture(scope="module")
def readings():
    return locution.read(FILES, LOCI, lang="zh", format="svg", **QUICK)


def test_a_reading_has_both_captions_its_claims_and_its_record(readings):
    first, second = readings
    assert ["chr1:100,001-160,000", "chr1:290,001-340,000"] == [one.place for one in readings]
    assert ["chr1:100,001-160,000", "the second <b>"] == [one.name for one in readings]
    assert "启动子" in second.caption == second.captions["zh"]
    assert "promoter of CORVAX" in second.captions["en"]
    assert {"supported"} == {claim["verdict"] for claim in first.claims}
    assert first.record["region"]["start"] == 100_000
    assert [(False, None)] * 2 == [(one.failed, one.reason) for one in readings]
    assert "the second" in repr(second)


def test_labels_are_those_that_were_given_and_tell_the_assay(readings):
    signal, genes = readings[0].record["tracks"]
    assert ("H3K4me3 <i>", "H3K4me3") == (signal["label"], signal["assay"])
    assert ("genes", "genes") == (genes["label"], genes["kind"])


def test_a_figure_is_bytes_an_image_and_a_file_in_the_formats_asked_for(readings, tmp_path):
    figure = readings[0].figure
    size = readings[0].record["figure"]
    assert (size["width"], size["height"]) == figure.image.size
    assert figure.alt == figure.image.text["Description"] == readings[0].record["short"]["zh"]
    assert figure.png == figure.save(tmp_path / "a.PNG").read_bytes() == figure._repr_png_()
    assert figure.save(tmp_path / "a.svg").read_text("utf-8").startswith("<?xml")
    with pytest.raises(locution.LocutionError, match="no 'pdf' of this figure, but png, svg"):
        figure.save(tmp_path / "a.pdf")


def test_values_are_the_means_of_the_file_over_their_bins(readings):
    values = readings[0].values
    assert ["chrom", "start", "end", "track", "label", "value"] == list(values.columns)
    assert {("chr1", 1, "H3K4me3 <i>")} == set(zip(values["chrom"], values["track"], values["label"], strict=True))
    assert (100_000, 160_000) == (values["start"].min(), values["end"].max())
    assert (values["start"].iloc[1:].to_numpy() == values["end"].iloc[:-1].to_numpy()).all()
    with pyBigWig.open(str(FOLDER / "H3K4me3.bw")) as file:
        bases = np.nan_to_num(file.values("chr1", 100_000, 160_000, numpy=True))
    parts = zip(values["start"] - 100_000, values["end"] - 100_000, strict=True)
    np.testing.assert_allclose(values["value"], [bases[start:end].mean() for start, end in parts], rtol=1e-5)


def test_a_notebook_shows_figure_alternative_text_caption_and_verdicts_and_no_html_of_a_label(readings):
    html = readings._repr_html_()
    assert 2 == html.count('src="data:image/png;base64,iVBOR')
    assert 2 == html.count('alt="chr1:')
    assert readings[1].caption.replace("<", "&lt;").replace(">", "&gt;") in html
    assert "claims supported, 0 struck" in html
    assert "H3K4me3 &lt;i&gt;" in html
    assert "<i>" not in html
    assert "<script" not in html


def test_a_locus_that_failed_is_shown_with_its_reason_and_no_html_of_it():
    record = failed_record("N<b>", None, "Gene 'N<b>' is not known.")
    one = locution.Reading(record, None)
    assert (True, "Gene 'N<b>' is not known.", "", []) == (one.failed, one.reason, one.caption, one.claims)
    assert one.values.empty
    assert "N&lt;b&gt; failed." in one._repr_html_()
    assert "<b>" not in one._repr_html_()


def test_threads_beside_a_running_event_loop_read_what_one_reads(readings):
    before, told = children(), []

    async def notebook():
        return await asyncio.to_thread(
            lambda: list(
                locution.stream(
                    FILES, LOCI, lang="zh", jobs=2, progress=lambda done, of: told.append((done, of)), **QUICK
                )
            )
        )

    again = asyncio.run(notebook())
    assert [one.captions for one in readings] == [one.captions for one in again]
    assert [one.figure.png for one in readings] == [one.figure.png for one in again]
    for one, other in zip(readings, again, strict=True):
        pandas.testing.assert_frame_equal(one.values, other.values)
    assert [(1, 2), (2, 2)] == told
    assert before == children()
    assert 0 == sum(thread.name.startswith("locution") for thread in threading.enumerate())


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_stream_that_is_left_early_leaves_no_process_and_no_file(jobs, tmp_path, monkeypatch):
    before = children()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    stream = locution.stream(FILES, [f"chr1:{n}00,001-{n}20,000" for n in range(1, 9)], jobs=jobs, **QUICK)
    assert "chr1:100,001-120,000" == next(stream).place
    assert any(tmp_path.iterdir())
    stream.close()
    assert before == children()
    assert [] == list(tmp_path.iterdir())


def test_out_keeps_what_the_command_line_keeps(tmp_path):
    bed = tmp_path / "loci.bed"
    bed.write_text("chr1\t100000\t160000\tone\nchr1\t290000\t340000\ttwo\n", encoding="utf-8")
    options = {"annotation": FOLDER / "genes.gtf", "out": tmp_path / "out", "report": "html", "values": True}
    kept = locution.read([FOLDER / "H3K4me3.bw"], bed, **options, **QUICK)
    records = [json.loads(path.read_text("utf-8")) for path in sorted((tmp_path / "out").glob("*/reading.json"))]
    assert [one.record["caption"] for one in kept] == [record["caption"] for record in records]
    assert {"index.html", "report.html", "captions.tsv", "values.tsv"} <= {one.name for one in options["out"].iterdir()}
    table = pandas.read_csv(options["out"] / "values.tsv", sep="\t")
    values = pandas.concat([one.values for one in kept], ignore_index=True)
    pandas.testing.assert_frame_equal(values, table[list(values.columns)])


def test_a_bad_locus_fails_with_its_reason_and_a_batch_is_taken_up(tmp_path):
    loci = [LOCI[0], "NOPE", ("chr1", 2_390_000, 2_500_000)]
    options = {**QUICK, "out": tmp_path / "out", "jobs": 2}
    stream = locution.stream(FILES, loci, **options)
    first = next(stream)
    stream.close()
    assert "captions.tsv" in {one.name for one in options["out"].iterdir()}
    (figure,) = (one for one in options["out"].glob("*/figure.png") if one.read_bytes() == first.figure.png)
    drawn_at = figure.stat().st_mtime_ns
    again, bad, clipped = locution.read(FILES, loci, resume=True, **options)
    assert drawn_at == figure.stat().st_mtime_ns
    assert json.loads(json.dumps(first.record)) == again.record
    pandas.testing.assert_frame_equal(first.values, again.values)
    assert (True, None) == (bad.failed, bad.figure)
    assert "NOPE" in bad.reason
    assert 2_400_000 == clipped.record["region"]["end"]
    assert clipped.warnings
    with pytest.raises(locution.LocutionError, match="NOPE"):
        locution.read(FILES, loci, strict=True, **QUICK)


def test_a_scene_may_be_a_mapping(monkeypatch):
    monkeypatch.chdir(FOLDER)
    tracks = [{"file": "H3K4me3.bw", "label": "A"}, {"file": "genes.gtf", "label": "G"}]
    (one,) = locution.read({"region": "chr1:100,001-160,000", "title": "T", "tracks": tracks}, **QUICK)
    assert ["A", "G"] == [track["label"] for track in one.record["tracks"]]
    assert one.caption


@pytest.mark.parametrize(
    ("files", "loci", "options", "said"),
    [
        (FILES, (), {}, "No locus was given"),
        (FILES, 7, {}, "A locus is 7. Write it like 'JAK2'"),
        (FILES, [("chr1", 1.5, 9)], {}, r"A locus is \('chr1', 1.5, 9\)"),
        (FILES, ["chr1:9-2"], {}, "the start must come before the end"),
        (FILES, "none.bed", {}, "none.bed: there is no such file"),
        (["none.bw"], "chr1:1-9", {}, "none.bw: there is no such file"),
        ([7], "chr1:1-9", {}, "File 1 is 7. Give a path"),
        ("none.json#x", (), {}, "none.json: there is no such file"),
        ({"tracks": []}, "JAK2", {}, "A scene has its own locus"),
        (FILES, pandas.DataFrame({"a": [1]}), {}, "no column 'chrom'. It has a; it needs"),
        (FILES, "chr1:1-9", {"model": "gpt"}, "Model 'gpt' is not known"),
        (FILES, "chr1:1-9", {"lang": "fr"}, "language is 'fr'; it may be en or zh"),
        (FILES, "chr1:1-9", {"theme": "dark"}, "theme is 'dark'. It is one of ucsc, washu"),
        (FILES, "chr1:1-9", {"scale": "log"}, "scale is 'log'. It is one of together"),
        (FILES, "chr1:1-9", {"format": "gif"}, "format is 'gif'. It is one of png, svg, pdf"),
        (FILES, "chr1:1-9", {"out": "out", "report": "doc"}, "report is 'doc'. It is one of html"),
        (FILES, "chr1:1-9", {"resume": True}, "name it with out"),
        (FILES, "chr1:1-9", {"out": "-"}, "Name a folder"),
        (FILES, "chr1:1-9", {"dpi": 7}, "dpi is '7'"),
        (FILES, "chr1:1-9", {"width": 7}, "width is '7'"),
        (FILES, "chr1:1-9", {"jobs": 0}, "jobs is '0'"),
        (FILES, "chr1:1-9", {"flank": "wide"}, "flank is 'wide'"),
    ],
)
def test_what_cannot_be_used_is_one_sentence(tmp_path, monkeypatch, files, loci, options, said):
    monkeypatch.setenv("LOCUTION_SANDBOX", "0")  # no process is started for what is refused
    monkeypatch.chdir(tmp_path)
    with pytest.raises(locution.LocutionError, match=said):
        locution.read(files, loci, **{**QUICK, **options})


def test_loci_are_lines_or_a_file(tmp_path):
    bed = tmp_path / "x"
    bed.write_text("")
    assert (("JAK2",), None) == loci_of("JAK2")
    assert (("JAK2", "chr1:1-9"), None) == loci_of(["JAK2", "chr1:1-9"])
    assert ((), bed) == loci_of(bed) == loci_of(str(bed))
    assert ((), Path("peaks.narrowPeak")) == loci_of("peaks.narrowPeak")
    assert (("chr1\t5\t9",), None) == loci_of(("chr1", 5, 9)) == loci_of([("chr1", 5, 9)])
    frame = pandas.DataFrame({"Chromosome": ["chr1", "chr2"], "Start": [5, 6], "End": [9, 10], "Name": ["a", None]})
    assert (("chr1\t5\t9\ta", "chr2\t6\t10"), None) == loci_of(frame)


@given(st.integers(0, 10**9), st.integers(1, 10**6), st.text(st.characters(codec="utf-8"), max_size=20))
def test_a_tuple_means_the_stretch_it_names(start, span, name):
    ((line,), _) = loci_of([("chr1", start, start + span, name)])
    assert bed_fields(line)
    region = parse_region(line)
    assert ("chr1", start, start + span) == (region.chrom, region.start, region.end)


def test_files_are_paths_labels_or_a_scene():
    assert ((Path("a.bw"),), (), None) == files_of("a.bw") == files_of([Path("a.bw")])
    assert ((Path("a.bw"), Path("g.gtf")), ("A", ""), None) == files_of({"A": "a.bw"}, "g.gtf")
    assert ((), (), "s.json#x") == files_of("s.json#x")


OTHERS = {"screenshots", "print_design", "panels", "as_json", "quiet"}
"""Options of the command line that have no meaning here: other commands, or what is printed."""


def test_every_option_of_the_command_line_is_here_under_its_name():
    ours = set(inspect.signature(locution.read).parameters)
    theirs = {
        parameter.name: {name.removeprefix("--").replace("-", "_") for name in parameter.opts}
        for parameter in command.params
        if parameter.name not in OTHERS
    }
    loci_and_files = {"files", "region", "regions", "scene"}
    assert {} == {name: opts for name, opts in theirs.items() if not opts & (ours | loci_and_files)}
    assert inspect.signature(locution.read).parameters == inspect.signature(locution.stream).parameters


def test_importing_it_loads_nothing_heavy(tmp_path):
    heavy = ("torch", "transformers", "matplotlib", "scipy", "pandas", "flask", "PIL", "pysam", "tqdm", "click")
    look = f"import locution, sys; print(*(name for name in {heavy} if name in sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", look], cwd=tmp_path, env=os.environ, capture_output=True, text=True, check=True
    )
    assert "" == done.stdout.strip()
