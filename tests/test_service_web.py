"""The web site and the API on a real database and real files; the queues are worked in the same process."""

import html
import io
import json
import re
import threading

import numpy as np
import pytest

GOOD = "chr1:1-100,000 both genes\nchr1\t10000\t30000\tALPHA promoter"


def as_upload(path):
    return (io.BytesIO(path.read_bytes()), path.name)


def test_files_loci_and_captions_go_through_the_api(site):
    job = site.make_job(GOOD)
    assert (job["state"], job["counts"]["done"]) == ("done", 2)
    listed = site.get(f"/jobs/{job['id']}/readings")
    assert [one["region"]["label"] for one in listed["readings"]] == ["both genes", "ALPHA promoter"]
    first = listed["readings"][0]
    assert first["schema"] == "locution.reading/2"
    assert "of ALPHA (20 kb" in first["caption"]["en"]
    assert "ALPHA" in first["caption"]["zh"]
    assert {"supported"} == {claim["verdict"] for claim in first["claims"] if claim["printed"]}
    picture = site.client.get(first["figure"]["png"])
    assert (picture.status_code, picture.data[:4]) == (200, b"\x89PNG")
    assert "immutable" in picture.headers["Cache-Control"]
    picture.close()


@pytest.mark.parametrize(
    ("name", "content", "status", "said", "line"),
    [
        ("a.bw", b"chr1\t1\t2\t3\n", 415, "the name says bigWig", None),
        ("a.txt", b"hello world\n", 415, "fits no known format", 1),
        ("peaks.bed", b"chr1\t1\t2\n" * 150 + b"chr1\t9\t2\n", 422, "peaks.bed, line 151: the interval is 9-2", 151),
        ("empty.bed", b"", 415, "the file is empty", None),
    ],
)
def test_a_bad_file_is_refused_with_its_name_and_line(site, name, content, status, said, line):
    answer = site.client.post("/api/v1/files", data={"file": (io.BytesIO(content), name)})
    error = answer.get_json()["error"]
    assert (status, name, line) == (answer.status_code, error["file"], error["line"])
    assert said in error["message"]
    assert not list(site.store.incoming.iterdir())


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"loci": "chr1:1-100\nchr1:5-"}, "Line 2: 'chr1:5-' is not a region"),
        ({"loci": "\n".join(f"chr1:{n}-{n + 9}" for n in range(1, 7)) + "\nchr1:9,0-100"}, "Line 7: '9,0'"),
        ({"loci": "chr7:1-100"}, "Line 1: Chromosome 'chr7' is not in these tracks. They have chr1"),
        ({"loci": "chr1:1-100001"}, "ends past the end of chr1, which is 100,000 bp"),
        ({"loci": "chr1:500-100"}, "the start must come before the end"),
        ({"loci": "\n".join(f"chr1:{n}-{n + 9}" for n in range(1, 10_001))}, "10,000 loci were given; one job takes"),
        ({"loci": ""}, "No loci were given"),
        ({"loci": "chr1:1-100\nchr1:1-100"}, "Line 2: chr1:1-100 is already on line 1"),
        ({"model": "gpt"}, "Model 'gpt' is not known"),
        ({"lang": "fr"}, "Language 'fr' is not known. There are en, zh"),
        ({"track_set": "nothing"}, "There is no track set 'nothing'"),
    ],
)
def test_a_bad_job_is_refused_and_nothing_is_queued(site, change, said):
    body = {"track_set": site.make_track_set()["id"], "loci": GOOD, **change}
    answer = site.client.post("/api/v1/jobs", json=body)
    assert 400 <= answer.status_code < 500
    assert said in answer.get_json()["error"]["message"]
    assert site.get("/jobs")["total"] == 0


def test_tracks_need_files_and_labels_of_their_own(site):
    answer = site.client.post("/api/v1/track-sets", json={"tracks": []})
    assert "There are no tracks" in answer.get_json()["error"]["message"]
    file = site.upload(site.bigwig)["id"]
    twice = [{"file": file, "label": "same"}, {"file": file, "label": "same"}]
    answer = site.client.post("/api/v1/track-sets", json={"tracks": twice})
    assert (answer.status_code, "both called 'same'" in answer.get_json()["error"]["message"]) == (422, True)
    for body in (b"not json", b"[]"):
        answer = site.client.post("/api/v1/track-sets", data=body, content_type="application/json")
        assert "must be a JSON object" in answer.get_json()["error"]["message"]


def test_the_same_upload_is_kept_once(site):
    assert site.upload(site.bigwig)["id"] == site.upload(site.bigwig)["id"]


def test_errors_below_api_are_json_and_elsewhere_pages(site):
    for path in ("/api/v1/jobs/none", "/api/v1/nowhere", "/api/v1/readings/x"):
        answer = site.client.get(path)
        assert (answer.status_code, bool(answer.get_json()["error"]["message"])) == (404, True)
    assert site.client.get("/api/v1/jobs/x/cancel").status_code == 405
    assert b"There is no job" in site.client.get("/jobs/none").data
    assert site.client.get("/figures/../../etc/passwd.png").status_code == 404


def test_a_form_without_scripts_does_the_whole_job_and_keeps_what_was_typed(site):
    good = {
        "files": [as_upload(site.bigwig), as_upload(site.gtf)],
        "loci": GOOD,
        "model": "measured",
        "assembly": "hg19",
    }
    answer = site.client.post("/", data=good)
    assert answer.status_code == 303
    page = site.client.get(answer.headers["Location"]).get_data(as_text=True)
    assert "of ALPHA (20 kb" in page
    bad = {"files": [as_upload(site.bigwig)], "loci": "chr1:1-100\nchr1:oops", "model": "measured", "assembly": "mm10"}
    answer = site.client.post("/", data=bad)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "Line 2: " in text
    assert "chr1:oops</textarea>" in text
    assert 'value="mm10"' in text
    assert 'name="file_id"' in text


def test_reviews_are_kept_beside_the_models_words(site):
    job = site.make_job(GOOD)
    one = site.get(f"/jobs/{job['id']}/readings")["readings"][0]
    said = one["caption"]["en"]
    for body in ({"action": "accept", "reviewer": "Ada"}, {"action": "edit", "reviewer": "Bo", "text": "My words."}):
        site.post(f"/readings/{one['id']}/review", body)
    record = site.get(f"/readings/{one['id']}")
    assert (record["review"]["state"], record["review"]["text"], record["review"]["reviewer"]) == (
        "edited",
        "My words.",
        "Bo",
    )
    assert [step["action"] for step in record["review"]["history"]] == ["accept", "edit"]
    assert said == record["caption"]["en"]
    assert site.get(f"/jobs/{job['id']}/readings?review=edited")["total"] == 1
    site.post(f"/readings/{one['id']}/review", {"action": "undo", "reviewer": "Bo"})
    assert site.get(f"/readings/{one['id']}")["review"]["state"] == "pending"
    for bad in ({"action": "accept"}, {"action": "edit", "reviewer": "Bo"}, {"action": "burn", "reviewer": "Bo"}):
        assert site.client.post(f"/api/v1/readings/{one['id']}/review", json=bad).status_code == 422


def test_another_site_cannot_act_in_a_visitors_name(site):
    job = site.make_job(GOOD)
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        answer = site.client.post(f"/api/v1/jobs/{job['id']}/cancel", headers=headers)
        assert answer.status_code == 403
    assert site.get(f"/jobs/{job['id']}")["state"] == "done"


def test_labels_cannot_inject_markup(site):
    label = "<script>alert(1)</script> 50% $x$ \"'"
    job = site.make_job(GOOD, label=label)
    one = site.get(f"/jobs/{job['id']}/readings")["readings"][0]
    for path in (f"/jobs/{job['id']}", f"/readings/{one['id']}"):
        text = site.client.get(path).get_data(as_text=True)
        assert "<script>alert" not in text
        assert "&lt;script&gt;alert" in text


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_figure_is_told_to_those_who_hear_the_page(site, lang):
    job = site.make_job("chr1:1-100,000 both")
    reading = site.get(f"/jobs/{job['id']}/readings")["readings"][0]
    page = site.client.get(f"/readings/{reading['id']}?lang={lang}").get_data(as_text=True)
    (said,) = re.findall(r'<img src="/figures/[^>]*alt="([^"]*)"', page)
    assert reading["short"][lang] == html.unescape(said)


def test_a_locus_that_fails_says_why_and_its_job_finishes(site):
    made = site.make_track_set()
    site.work = False
    job = site.post("/jobs", {"track_set": made["id"], "loci": GOOD, "model": "hub:no/such-model"})
    site.run_queues()
    job = site.get(f"/jobs/{job['id']}")
    assert (job["state"], job["counts"]["failed"]) == ("done", 2)
    one = site.get(f"/jobs/{job['id']}/readings")["readings"][0]
    assert one["figure"]
    assert "no/such-model" in one["error"]
    assert "no/such-model" in site.client.get(f"/jobs/{job['id']}").get_data(as_text=True)


def test_cancel_keeps_what_is_done_and_retry_does_the_rest(site):
    made = site.make_track_set()
    site.work = False
    job = site.post("/jobs", {"track_set": made["id"], "loci": GOOD, "model": "measured"})
    site.run_queues(most=2)
    site.post(f"/jobs/{job['id']}/cancel", {})
    found = site.get(f"/jobs/{job['id']}")
    assert found["state"] == "cancelled"
    assert found["counts"]["cancelled"] >= 1
    site.post(f"/jobs/{job['id']}/retry", {})
    site.run_queues()
    assert {k: v for k, v in site.get(f"/jobs/{job['id']}")["counts"].items() if v and k != "total"} == {"done": 2}


def test_a_large_upload_streams_to_its_place(site):
    values = np.random.default_rng(0).integers(0, 100, 400_000)
    text = "".join(f"chr1\t{n * 10}\t{n * 10 + 10}\t{v}\n" for n, v in enumerate(values)).encode()
    answer = site.client.post("/api/v1/files", data={"file": (io.BytesIO(text), "big.bedgraph")})
    answer.request.environ["wsgi.input"].close()  # the test client leaves its temporary file open
    assert (201, len(text)) == (answer.status_code, answer.get_json()["size"])
    assert not list(site.store.incoming.iterdir())


def test_pages_name_their_fields_and_load_nothing_from_elsewhere(site):
    job = site.make_job(GOOD)
    one = site.get(f"/jobs/{job['id']}/readings")["readings"][0]
    for path in (
        "/",
        "/jobs",
        f"/jobs/{job['id']}",
        f"/readings/{one['id']}?lang=zh",
        "/help",
        f"/?track_set={job['track_set']}",
    ):
        answer = site.client.get(path)
        text = answer.get_data(as_text=True)
        assert answer.status_code == 200, path
        assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
        assert 'src="http' not in text.replace(f"http://{answer.request.host}", "")


def test_health_says_what_waits(site):
    made = site.make_track_set()
    site.work = False
    site.post("/jobs", {"track_set": made["id"], "loci": GOOD, "model": "measured"})
    assert site.get("/health") == {"ok": True, "waiting": {"prepare": 0, "read": 0, "render": 2}}
    assert threading.active_count() < 20
    assert json.dumps(site.get("/models"))
