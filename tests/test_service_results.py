"""The pages that `locution read` leaves beside its figures."""

import re
from types import SimpleNamespace

from service.batch.locus import DrawnLocus, Finished, Locus, write_record
from service.commands.compare import Column, write_page
from service.outputs.loci_page import write_index
from vlm.values.record import failed_record

DONE = {
    "region": {"chrom": "chr1", "start": 0, "end": 9, "label": "one"},
    "status": "done",
    "error": None,
    "caption": {"en": "A & B", "zh": "甲"},
    "short": {"en": "A <b>", "zh": "乙"},
    "warnings": [],
    "model": {"name": "measured", "seconds": 0.1},
    "claims": [{"verdict": "supported", "from": "rule"}, {"verdict": "contradicted", "from": "rule"}],
}
FAILED = failed_record("two", None, "No <such> file.")
NOTHING_SALIENT = SimpleNamespace(evidence=SimpleNamespace(tracks={}))


def test_an_index_shows_each_locus_and_says_why_one_failed(tmp_path):
    loci = [Locus(name, tmp_path / folder, None) for name, folder in (("<b>one</b>", "001_one"), ("two", "002_two"))]
    for locus, record in zip(loci, (DONE, FAILED), strict=True):
        write_record(locus.folder, record)
    write_index(Finished(tmp_path, loci, "zh"))
    page = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert '<h2>&lt;b&gt;one&lt;/b&gt;</h2>\n<img src="001_one/figure.png" alt="乙"' in page
    assert '<p lang="zh">甲</p>' in page
    assert 'measured: 1 claims supported, 1 struck. <a href="001_one/reading.json">' in page
    assert '<p class="error">No &lt;such&gt; file.</p>' in page
    assert "002_two/figure.png" not in page


def test_a_comparison_shows_what_each_model_said_of_a_locus_that_could_be_drawn(tmp_path):
    loci = [Locus(name, tmp_path / name, None) for name in ("none", "one")]
    drawn = [DrawnLocus(loci[0], None, "It ends <here>."), DrawnLocus(loci[1], NOTHING_SALIENT, None)]
    other = {**DONE, "model": {"name": "hub:x", "seconds": 1.0, "fallback": "measured"}}
    write_page(tmp_path / "index.html", drawn, [Column("measured", (DONE,)), Column("hub:x", (other,))], "en")
    page = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert '<p class="error">It ends &lt;here&gt;.</p>' in page
    assert ["measured", "hub:x"] == re.findall(r"<h3>(.*)</h3>", page)
    assert 2 == page.count('<p lang="en">A &amp; B</p>')
    assert '1 struck; nothing it said holds, so the measurements speak. <a href="one/reading-2.json">' in page


def test_a_page_loads_nothing_from_elsewhere(tmp_path):
    write_record(tmp_path / "one", DONE)
    write_index(Finished(tmp_path, [Locus("one", tmp_path / "one", None)]))
    page = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert not re.search(r"https?://|<script|<link|url\(|@import", page)
