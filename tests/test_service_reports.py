"""Reports that travel alone: one page that asks for nothing, a PDF and slides with real text in both languages."""

import shutil

import pypdf
import pytest
from pptx import Presentation

from renderer.figure.lettering import font_families
from service.batch.locus import Finished, Locus
from service.outputs.paper import NO_FONT, write_pdf
from tests.outputs_world import read_batch

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
LETTERS = len(font_families("中")) > 1
"""Whether this machine can write Chinese."""


@pytest.fixture(scope="module")
def batch(tmp_path_factory):
    return read_batch(tmp_path_factory.mktemp("batch"), "--report", "html", "--report", "pdf", "--report", "pptx")


def bare(text):
    """Without spaces, where lines end; and without the zeros that pypdf, alone of readers, puts between the letters of
    a font of PostScript outlines."""
    return "".join(text.replace("\0", "").split())


def captions(batch, lang):
    return [one.record["caption"][lang] for one in batch if one.record["status"] == "done"]


def test_a_pdf_has_its_captions_as_text(batch):
    paper = pypdf.PdfReader(batch.out / "report.pdf")
    text = bare("".join(page.extract_text() for page in paper.pages))
    for said in captions(batch, "en") + (captions(batch, "zh") if LETTERS else []):
        assert bare(said) in text
    assert bare("three Chromosome 'chr9' is in none of the tracks") in text
    assert ["one", "two & more", "three", "Methods and how to cite"] == [mark.title for mark in paper.outline]
    assert "3 loci" in paper.metadata.title


def test_a_pdf_says_that_a_language_is_left_out_where_no_font_has_it(batch, tmp_path, monkeypatch):
    monkeypatch.setattr("service.outputs.paper._chinese_face", lambda: None)
    shutil.copytree(batch.out, tmp_path / "out")
    loci = [Locus(one.name, tmp_path / "out" / one.folder.name, None) for one in batch.loci]
    paper = pypdf.PdfReader(write_pdf(Finished(tmp_path / "out", loci)))
    text = bare("".join(page.extract_text() for page in paper.pages))
    assert (True, False) == (bare(NO_FONT) in text, "启动子" in text)


def test_slides_have_captions_as_text_and_pictures_say_what_they_show(batch):
    slides = list(Presentation(str(batch.out / "report.pptx")).slides)
    titles = [slide.shapes.title.text for slide in slides]
    assert ["one   chr1:1-100,000", "two & more   chr1:50,001-100,000", "three", "Methods and how to cite"] == titles
    for slide, one in list(zip(slides, batch, strict=False))[:2]:
        (picture,) = (shape for shape in slide.shapes if shape.shape_type == 13)
        short = one.record["short"]["en"]
        assert short == picture._element.nvPicPr.cNvPr.get("descr")
        assert short in [shape.text_frame.text for shape in slide.shapes if shape.has_text_frame]
        notes = slide.notes_slide.notes_text_frame.text
        assert all(one.record["caption"][lang] in notes for lang in ("en", "zh"))
        assert "Locution" in notes
    assert "chr9" in slides[2].shapes[1].text_frame.text


def test_what_is_on_a_slide_lies_within_it(batch):
    show = Presentation(str(batch.out / "report.pptx"))
    for shape in (shape for slide in show.slides for shape in slide.shapes):
        assert 0 <= shape.left <= shape.left + shape.width <= show.slide_width
        assert 0 <= shape.top <= shape.top + shape.height <= show.slide_height


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here: apt-get install chromium")
def test_a_report_opens_from_disk_and_asks_for_nothing(batch, tmp_path):
    playwright = pytest.importorskip("playwright.sync_api")
    alone = shutil.copy(batch.out / "report.html", tmp_path)
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page()
        asked, problems = [], []
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: problems.append(message.text))
        page.goto(f"file://{alone}")
        widths = page.eval_on_selector_all("img", "all => all.map(one => one.complete ? one.naturalWidth : 0)")
        page.set_viewport_size({"width": 400, "height": 900})
        wide = page.evaluate("document.documentElement.scrollWidth")
        text = page.inner_text("main")
        browser.close()
    assert ([f"file://{alone}"], []) == ([url for url in asked if not url.startswith("data:")], problems)
    assert (2, True) == (len(widths), min(widths) > 500)
    assert wide <= 400
    assert all(said in text for said in (*captions(batch, "en"), *captions(batch, "zh")))
