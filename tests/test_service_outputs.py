"""What a batch leaves: tables that come back as they went, pages that stand alone, pictures that say what they show."""

import csv
import hashlib
import json
import re
import shutil
import xml.etree.ElementTree as ET

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from service.batch.locus import Finished, Locus
from service.outputs.all_outputs import write_outputs
from service.outputs.alt_text import alt_text, describe_png, describe_svg
from service.outputs.drawn_values import VALUES
from service.outputs.tables import CAPTIONS, CLAIMS, read_rows, write_rows
from tests.outputs_world import LABEL, read_batch


@pytest.fixture(scope="module")
def batch(tmp_path_factory):
    return read_batch(tmp_path_factory.mktemp("batch"), "--format", "svg", "--values", "--report", "html")


def records(batch):
    return [one.record for one in batch]


def test_captions_come_back_from_their_table_as_they_are_in_the_records(batch):
    rows = list(read_rows(batch.out / "captions.tsv"))
    assert ["one", "two & more", "three"] == [row["locus"] for row in rows]
    assert ["done", "done", "failed"] == [row["state"] for row in rows]
    for row, one in zip(rows, batch, strict=True):
        caption = one.record["caption"] or {"en": "", "zh": ""}
        assert (caption["en"], caption["zh"]) == (row["caption_en"], row["caption_zh"])
        assert (one.record["error"] or "") == row["reason"]
        assert one.locus.folder == batch.out / row["folder"]
    assert rows[0]["short_zh"] == records(batch)[0]["short"]["zh"]


def test_claims_come_back_from_their_table_as_they_are_in_the_records(batch):
    rows = list(read_rows(batch.out / "claims.tsv"))
    claims = [(record["region"], claim) for record in records(batch) for claim in record["claims"]]
    assert len(claims) == len(rows) > 10
    for row, (region, claim) in zip(rows, claims, strict=True):
        assert (claim["kind"], claim["from"], claim["verdict"]) == (row["kind"], row["source"], row["verdict"])
        assert (claim["text"]["en"], claim["text"]["zh"]) == (row["text_en"], row["text_zh"])
        assert [*claim["tracks"]] == [int(number) for number in row["tracks"].split(",") if number]
        assert (region["chrom"], claim["where"]) == (row["chrom"], {"start": int(row["start"]), "end": int(row["end"])})
        assert claim["measured"] == json.loads(row["measured"] or "{}")
    assert LABEL in {row["labels"] for row in rows}


def test_tables_open_in_pandas_without_any_option(batch):
    captions = pd.read_csv(batch.out / "captions.tsv", sep="\t")
    claims = pd.read_csv(batch.out / "claims.tsv", sep="\t")
    assert (3, sum(len(record["claims"]) for record in records(batch))) == (len(captions), len(claims))
    done = claims[claims["verdict"] == "supported"].merge(captions, on="folder")
    assert {"one", "two & more"} == set(done["locus_x"])
    assert pd.api.types.is_integer_dtype(claims["start"])


@given(st.lists(st.text(), min_size=1, max_size=4))
def test_any_text_comes_back_from_a_table_and_takes_one_line(tmp_path_factory, texts):
    path = tmp_path_factory.getbasetemp() / "any.tsv"
    texts = [text.encode("utf-8", "ignore").decode() for text in texts]
    write_rows(path, ["text", "end"], ({"text": text, "end": "x"} for text in texts))
    assert [{"text": text, "end": "x"} for text in texts] == list(read_rows(path))
    assert len(texts) + 1 == path.read_bytes().count(b"\n")
    frame = pd.read_csv(path, sep="\t", dtype=str, keep_default_na=False)
    assert len(texts) == len(frame)


def test_values_are_the_drawn_bins_of_every_signal(batch):
    values = pd.read_csv(batch.out / "values.tsv", sep="\t", dtype={"label": str})
    assert list(VALUES) == list(values.columns)
    first = values[values["locus"] == "one"]
    assert (1000, 0, 100_000) == (len(first), first["start"].min(), first["end"].max())
    assert (first["start"].iloc[1:].to_numpy() == first["end"].iloc[:-1].to_numpy()).all()
    np.testing.assert_allclose([1, 60, 30], first.set_index("start").loc[[0, 20_000, 80_000], "value"])


def test_a_batch_without_values_leaves_none(tmp_path, batch):
    shutil.copytree(batch.out, tmp_path / "out")
    (tmp_path / "out" / "values.tsv").unlink()
    again = Finished(
        tmp_path / "out", [Locus(one.name, tmp_path / "out" / one.folder.name, None) for one in batch.loci]
    )
    made = write_outputs(again)
    assert ["index.html", "captions.tsv", "claims.tsv", "ro-crate-metadata.json"] == [one.name for one in made]


def test_the_index_stands_alone_and_leads_to_all_that_was_made(batch):
    page = (batch.out / "index.html").read_text(encoding="utf-8")
    addresses = re.findall(r'(?:href|src)="([^"#]+)"', page)
    assert {"captions.tsv", "claims.tsv", "values.tsv", "report.html"} < set(addresses)
    assert [] == [address for address in addresses if not (batch.out / address).is_file()]
    assert "1 of 3 could not be read" in page


def test_pictures_say_what_they_show_in_pages_and_in_themselves(batch):
    index, report = ((batch.out / name).read_text(encoding="utf-8") for name in ("index.html", "report.html"))
    for one in list(batch)[:2]:
        said = one.record["short"]["en"]
        assert said
        escaped = said.replace("&", "&amp;").replace('"', "&#34;").replace("<", "&lt;").replace(">", "&gt;")
        assert f'alt="{escaped}"' in index
        assert f'alt="{escaped}"' in report
        png = one.locus.folder / "figure.png"
        with Image.open(png) as picture:
            picture.load()
            assert said == picture.text["Description"]
        assert hashlib.sha256(png.read_bytes()).hexdigest() == one.record["figure"]["sha256"]
        root = ET.parse(one.locus.folder / "figure.svg").getroot()
        space = "{http://www.w3.org/2000/svg}"
        assert (one.locus.name, said) == tuple(root.find(f"{space}{tag}").text for tag in ("title", "desc"))


def test_a_picture_is_told_anew_without_a_change_of_its_pixels(batch):
    png = (batch.loci[0].folder / "figure.png").read_bytes()
    once = describe_png(png, "一", "zh")
    assert once == describe_png(describe_png(png, "another", "en"), "一", "zh")
    svg = (batch.loci[0].folder / "figure.svg").read_bytes()
    told = describe_svg(svg, "a < b", "c & d\x0c", "en")
    assert told == describe_svg(describe_svg(svg, "x", "y", "en"), "a < b", "c & d\x0c", "en")
    assert ["a < b", "c & d"] == [one.text for one in list(ET.fromstring(told))[:2]]


def test_what_is_no_picture_is_refused():
    with pytest.raises(ValueError, match="no PNG"):
        describe_png(b"GIF89a", "a", "en")
    with pytest.raises(ValueError, match="no SVG"):
        describe_svg(b"<html>", "a", "b", "en")


def test_a_figure_of_a_failed_locus_says_why(batch):
    failed = records(batch)[2]
    assert failed["error"] in alt_text(failed, "en")


def test_the_crate_names_every_file_that_lies_in_the_folder(batch):
    crate = json.loads((batch.out / "ro-crate-metadata.json").read_text(encoding="utf-8"))
    graph = {entity["@id"]: entity for entity in crate["@graph"]}
    assert len(graph) == len(crate["@graph"])
    assert {"@id": "./"} == graph["ro-crate-metadata.json"]["about"]
    parts = {part["@id"] for part in graph["./"]["hasPart"]}
    lying = {path.relative_to(batch.out).as_posix() for path in batch.out.rglob("[!.]*") if path.is_file()}
    assert lying - {"ro-crate-metadata.json"} - {f"{one.folder.name}/values.tsv" for one in batch.loci} == parts
    linked = re.findall(r'"@id": "([^"]+)"', json.dumps(crate))
    assert {"https://w3id.org/ro/crate/1.1"} | {one for one in linked if one.startswith("https://spdx")} == {
        one for one in linked if one not in graph
    }


@pytest.mark.parametrize("columns", [CAPTIONS, CLAIMS, VALUES])
def test_every_column_is_documented(columns, pytestconfig):
    documented = (pytestconfig.rootpath / "docs" / "outputs.md").read_text(encoding="utf-8")
    assert [] == [name for name, text in columns.items() if f"| `{name}` | {text} |" not in documented]


def test_a_plain_reader_of_tables_agrees(batch):
    with (batch.out / "claims.tsv").open(encoding="utf-8", newline="") as file:
        widths = {len(row) for row in csv.reader(file, dialect="excel-tab")}
    assert 1 == len(widths)
