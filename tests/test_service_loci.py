"""Loci by gene name in the web service: the form and the API."""


def test_a_job_takes_genes_of_its_annotation(site):
    job = site.make_job("alpha, beta+1kb\nchr1\nchr1:50,000 a SNP\n")
    assert (4, "done") == (job["counts"]["done"], job["state"])
    readings = site.get(f"/jobs/{job['id']}/readings")["readings"]
    assert [("ALPHA", 15_000, 45_000), ("BETA", 59_000, 81_000), (None, 0, 100_000), ("a SNP", 44_999, 55_000)] == [
        (one["region"]["label"], one["region"]["start"], one["region"]["end"]) for one in readings
    ]


def test_a_wrong_name_is_refused_with_a_suggestion(site):
    made = site.make_track_set()
    body = {"track_set": made["id"], "loci": "ALPHA\nBEAT\nchr1:5-", "model": "measured"}
    answer = site.client.post("/api/v1/jobs", json=body)
    assert 400 <= answer.status_code < 500
    assert "Line 2: 'BEAT' is not found: did you mean BETA?" in answer.get_data(as_text=True)
    assert "Line 3: 'chr1:5-' is not a region" in answer.get_data(as_text=True)


def test_without_an_annotation_the_answer_says_what_to_add(site):
    track = {"file": site.upload(site.bigwig)["id"], "label": "signal"}
    made = site.post("/track-sets", {"assembly": "hg19", "tracks": [track]})
    answer = site.client.post("/api/v1/jobs", json={"track_set": made["id"], "loci": "ALPHA", "model": "measured"})
    assert "Add an annotation" in answer.get_data(as_text=True)


def test_the_form_names_a_bad_locus_even_before_there_are_tracks(site):
    answer = site.client.post("/", data={"loci": "JAK2\nall chromosomes\nchr1:5-", "model": "measured"})
    page = answer.get_data(as_text=True)
    assert "There are no tracks" in page
    assert "Line 3: &#39;chr1:5-&#39; is not a region" in page
    assert "Line 1" not in page


def test_bands_become_the_ideogram_and_take_no_number(site, tmp_path):
    bands = tmp_path / "cytoBand.txt"
    bands.write_text("chr1\t0\t40000\tp1\tgneg\nchr1\t40000\t100000\tq1\tgpos50\n", encoding="utf-8")
    files = [site.upload(path)["id"] for path in (bands, site.bigwig, site.gtf)]
    made = site.post("/track-sets", {"assembly": "hg19", "tracks": [{"file": file} for file in files]})
    assert [(1, "signal"), (2, "genes"), (3, "bands")] == [(track["track"], track["kind"]) for track in made["tracks"]]
    job = site.post("/jobs", {"track_set": made["id"], "loci": "alpha", "model": "measured"})
    (reading,) = site.get(f"/jobs/{job['id']}/readings")["readings"]
    assert [1, 2] == [track["track"] for track in reading["figure"]["tracks"]]
    assert [] == reading["warnings"]
