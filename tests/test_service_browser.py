"""The pages in a real Chromium against a real server: what a bench scientist does."""

import shutil
import threading
from contextlib import contextmanager

import pytest
from werkzeug.serving import make_server

playwright = pytest.importorskip("playwright.sync_api")

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
MOST_MS = 120_000
"""The longest a page may take to show something, on a machine that is busy with other things."""

playwright.expect.set_options(timeout=MOST_MS)
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here: apt-get install chromium"),
]


@contextmanager
def served(site):
    server = make_server("127.0.0.1", 0, site.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="module")
def browser():
    """One browser for all tests; each has a context of its own, so nothing is remembered from one to the next."""
    with playwright.sync_playwright() as driver:
        launched = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS, timeout=MOST_MS)
        yield launched
        launched.close()


@pytest.fixture
def page(site, browser):
    """A page of its own on the running site; a script error or a blocked load fails the test."""
    with served(site) as url:
        context = browser.new_context(base_url=url)
        context.set_default_timeout(MOST_MS)
        made = context.new_page()
        problems = []
        made.on("pageerror", lambda error: problems.append(str(error)))
        made.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
        yield made
        context.close()
    assert [] == [text for text in problems if "status of 4" not in text]


def test_upload_read_review_by_hand_and_by_keys(page, site):
    page.goto("/")
    page.set_input_files("#files", [str(site.bigwig), str(site.gtf)])
    first = page.locator("input[name=label]").nth(0)
    playwright.expect(first).to_have_value("K562 H3K4me3")  # filled in when the upload has been recognised
    playwright.expect(page.locator("input[name=label]").nth(1)).to_have_value("genes")
    page.fill("input[name=label] >> nth=0", "My mark")
    page.fill("#assembly", "hg19")
    page.fill("#loci", "chr1:1-100,000 both\nchr1:15,000-50,000")
    assert "2 loci." == page.text_content("#count")
    page.click("#submit")
    page.wait_for_selector(".card[data-status=done] >> nth=1")
    caption = page.locator(".card .caption").first
    playwright.expect(caption).to_contain_text("My mark")
    page.click("text=中文")
    playwright.expect(caption).to_contain_text("启动子")
    page.click(".card h3 a >> nth=0")
    page.wait_for_selector("#caption[lang=zh]")
    _point_at_a_sentence(page)
    _review(page)


def _point_at_a_sentence(page):
    page.click("text=English")
    page.wait_for_selector("#caption[lang=en]")
    page.wait_for_load_state()  # what follows the pointer hears it from then on
    page.hover(".sentence >> nth=1")
    page.wait_for_selector("tr.on")
    shade, figure = page.locator(".shade").first.bounding_box(), page.locator("#figure").bounding_box()
    assert figure["x"] <= shade["x"]
    assert shade["x"] + shade["width"] <= figure["x"] + figure["width"] + 1


def _review(page):
    page.fill("#reviewer", "Ada")
    page.click("text=Accept")
    page.wait_for_selector(".badge.accepted")
    page.keyboard.press("e")
    page.fill("#text", "A human wrote this.")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(".badge.edited")
    playwright.expect(page.locator(".caption.edited")).to_have_text("A human wrote this.")
    page.keyboard.press("u")
    page.wait_for_selector("#review .badge.pending")
    page.keyboard.press("j")
    playwright.expect(page.locator("h1")).to_contain_text("15,000")
    playwright.expect(page.locator("#reviewer")).to_have_value("Ada")


def test_a_key_that_comes_before_the_scripts_of_the_page_is_not_lost(page, site):
    job = site.make_job("chr1:1-100,000")
    one = site.get(f"/jobs/{job['id']}/readings")["readings"][0]
    held = []
    page.route("**/reading.js", lambda route: held.append(route))
    page.goto(f"/readings/{one['id']}", wait_until="commit")
    page.wait_for_selector(".badge.pending")
    while not held:
        page.wait_for_timeout(20)
    page.keyboard.press("e")
    assert not page.locator("#text").is_visible()
    held[0].continue_()
    playwright.expect(page.locator("#text")).to_be_focused()
    assert "e" not in page.input_value("#text")[:1]


def test_a_bad_file_and_a_bad_line_are_said_beside_their_fields(page, tmp_path, site):
    bad = tmp_path / "peaks.bed"
    bad.write_text("chr1\t1\t2\n" * 150 + "chr1\t9\t2\n", encoding="utf-8")
    page.goto("/")
    page.set_input_files("#files", [str(bad), str(site.bigwig)])
    page.wait_for_selector("tr.bad")
    assert "peaks.bed, line 151" in page.text_content("tr.bad")
    page.wait_for_selector("input[name=label]")
    page.fill("#loci", "chr1:1-100\nchr1:oops-9")
    page.click("#submit:enabled")
    page.wait_for_selector(".error")
    assert "Line 2: 'chr1:oops-9'" in page.text_content(".error")
    assert "chr1:oops-9" in page.input_value("#loci")
    assert 1 == page.locator("input[name=label]").count()


@pytest.mark.parametrize("width", [400, 1280])
def test_nothing_is_cut_at_the_side(page, site, width):
    job = site.make_job("chr1:1-100,000\nchr1:15,000-50,000 a rather long name of a locus that has to wrap somewhere")
    one = site.get(f"/jobs/{job['id']}/readings")["readings"][1]
    page.set_viewport_size({"width": width, "height": 900})
    again = site.post(f"/jobs/{job['id']}/again", {"model": "measured"})
    compare = f"/jobs/{again['id']}/compare"
    copy = f"/?copy={job['track_set']}"
    for path in (copy, "/jobs", f"/jobs/{job['id']}", f"/readings/{one['id']}", compare, "/screenshots", "/help"):
        page.goto(path)
        for summary in page.locator("details > summary").all():
            if summary.is_visible():
                summary.click()
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path


def test_looks_a_second_opinion_and_downloads(page, site, tmp_path):
    page.goto("/")
    page.set_input_files("#files", [str(site.bigwig), str(site.gtf)])
    playwright.expect(page.locator("input[name=label]").nth(1)).to_have_value("genes")
    page.click(".look > summary >> nth=0")
    page.fill("input[name=vmax] >> nth=0", "90")
    page.click(".more > summary")
    page.select_option("#theme", "washu")
    page.select_option("#model", "measured")
    assert "No model: states the measurements" == page.text_content("#model-hint .what")
    page.fill("#loci", "alpha\nbeta")
    page.click("#submit")
    page.wait_for_selector(".card[data-status=done] >> nth=1")
    page.click(".tool > summary >> nth=1")
    for at in (0, 1):
        page.check(f".pickone input >> nth={at}")
    with page.expect_download() as panels:
        page.click("#panels button >> text=SVG")
    assert "BETA" in panels.value.path().read_text(encoding="utf-8")
    page.click(".tool > summary >> nth=0")
    page.click("text=Read again and compare")
    page.wait_for_selector("h1 >> text=Side by side")
    page.wait_for_function("document.querySelectorAll('.versus .columns p[lang]').length === 4")
    page.click("text=Claims of measured >> nth=0")
    page.click(".menu > summary")
    with page.expect_download() as figure:
        page.click("text=PDF")
    assert b"%PDF" == figure.value.path().read_bytes()[:4]


def test_every_field_of_every_form_has_a_name_that_is_read_aloud(page, site):
    job = site.make_job("alpha")
    for path in (f"/?copy={job['track_set']}", f"/jobs/{job['id']}", "/screenshots"):
        page.goto(path)
        nameless = page.evaluate(
            """[...document.querySelectorAll("input:not([type=hidden]), select, textarea")].filter(
                one => !one.labels.length && !one.getAttribute("aria-label")).map(one => one.outerHTML)"""
        )
        assert [] == nameless
