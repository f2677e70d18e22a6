"""Gene models that another package carries: here a package of a few lines, made by the test on the import path."""

import gzip
import importlib

import numpy as np
import pytest

from renderer.annotation.assemblies import assemblies, assembly_of, check_assembly, contradiction, ucsc_name
from renderer.annotation.known_genes import (
    ASSEMBLIES,
    INSTALL,
    how_to_get,
    known_bands,
    known_genes,
)
from renderer.annotation.names import NameIndex
from renderer.prepare.upload import prepare
from renderer.values.errors import TrackError
from renderer.values.region import UNKNOWN_LENGTH
from renderer.window.bands import read_bands
from workers.known_annotation import KnownNames, bands_for, genes_said, genes_track, names_for, prepare_once

GENES = "#bin\tname\tchrom\n585\tNM_4\tchr9\t+\t100\t900\t100\t900\t1\t100,\t900,\t0\tJAK2\tcmpl\tcmpl\t0,\n"
BANDS = "chr9\t0\t600\tp1\tgneg\nchr9\t600\t1000\tq1\tgpos50\nchr1\t0\t5000\tp1\tgneg\n"


@pytest.fixture
def package(tmp_path, monkeypatch):
    """An importable 'figeno' that would fail if it were imported."""
    data = tmp_path / "site" / "figeno" / "data"
    data.mkdir(parents=True)
    (data.parent / "__init__.py").write_text("raise RuntimeError('imported')\n", encoding="utf-8")
    (data / "hg19_genes.txt.gz").write_bytes(gzip.compress(GENES.encode()))
    (data / "hg19_cytobands.tsv").write_text(BANDS, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path / "site")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    importlib.invalidate_caches()
    return data


def test_genes_and_bands_are_found_without_importing_the_package(package, tmp_path):
    genes, bands = known_genes("GRCh37.p13"), known_bands("hg19")
    assert package / "hg19_genes.txt.gz" == genes
    assert ["JAK2"] == [p.name for p in NameIndex.open(prepare(genes, genes.name, tmp_path / "g").path).find("jak2")]
    assert ["p1", "q1"] == [band.name for band in read_bands(prepare(bands, bands.name, tmp_path / "b").path, "9")]


@pytest.mark.parametrize("assembly", ["hg38", "dm6", None, "../../hg19", ""])
def test_what_is_not_there_is_none(package, assembly):
    assert known_genes(assembly) is None


CHR9 = {"chr9": 141_213_431}
"""Of hg19."""


@pytest.mark.parametrize("name", assemblies())
def test_an_assembly_is_known_by_the_lengths_of_its_chromosomes(name):
    lengths = assemblies()[name]
    first = next(iter(lengths))
    assert name == assembly_of(lengths) == assembly_of({**lengths, "chrM": 5, "chrUn_random": 7})
    assert name == assembly_of({chrom.removeprefix("chr"): length for chrom, length in lengths.items()})
    assert assembly_of({**lengths, first: lengths[first] + 1}) is None
    assert contradiction(name, lengths) is None


def test_lengths_that_are_not_known_tell_nothing():
    assert assembly_of({"chr9": UNKNOWN_LENGTH}) is None
    assert assembly_of({}) is None
    assert check_assembly("hg38", {"chr9": UNKNOWN_LENGTH}) is None
    assert check_assembly("my own", CHR9) is None
    assert assembly_of({"chrY": 26_350_515}) is None  # as long in two assemblies of the chimpanzee


def test_an_assembly_that_contradicts_the_files_is_refused_with_both_lengths():
    with pytest.raises(
        TrackError, match=r"chr9 is 141,213,431 bp long in these files and 138,394,717 bp in GRCh38\.p13"
    ):
        check_assembly("GRCh38.p13", CHR9)
    with pytest.raises(TrackError, match="They are of hg19: name that assembly"):
        check_assembly("hg38", {"9": 141_213_431, "MT": 16_569})
    with pytest.raises(TrackError, match="They are of another assembly"):
        check_assembly("hg38", {"chr9": 138_394_718})
    said = check_assembly("hg38", {"chr9": 6_000_000})  # cut from a genome: it may be right
    assert "chr9 is 6,000,000 bp long in these files and 138,394,717 bp in hg38." == said


@pytest.mark.parametrize(
    ("assembly", "said"),
    [(None, "name the assembly (hg19, hg38, mm10)"), ("dm6", "no gene models at hand for dm6"), ("GRCh38", INSTALL)],
)
def test_the_advice_fits_what_is_missing(assembly, said):
    assert said in how_to_get(assembly)
    assert "Add an annotation" in how_to_get(assembly)


def test_names_of_an_assembly():
    assert ASSEMBLIES == tuple(map(ucsc_name, ("GRCh37", "grch38.p14", "GRCm38")))
    assert ("hs1", "rn6") == (ucsc_name("T2T-CHM13v2.0"), ucsc_name("Rnor_6.0"))
    assert ("dm6", "mine") == (ucsc_name("dm6"), ucsc_name("mine"))


def test_known_genes_are_prepared_once_and_only_when_asked(package):
    done = []

    def counted(path, name, folder):
        done.append(name)
        return prepare(path, name, folder)

    names, _ = names_for([], CHR9, None, counted)
    assert isinstance(names, KnownNames)
    assert [] == done
    assert [(100, 900)] == [(place.start, place.end) for place in names.find("JAK2")]
    again = names_for([], {}, "hg19", counted)[0]
    assert ["JAK2"] == again.suggest("JAK")
    assert ["hg19_genes.txt.gz"] == done
    (track,) = genes_track(again, 3, "hg19")
    assert (3, "RefSeq genes (hg19)", "genes") == (track.number, track.label, track.kind)
    (said,) = genes_said(again, "hg19")
    assert "No gene annotation was given: RefSeq genes of hg19 are drawn, as figeno" in said
    assert prepare_once(known_genes("hg19"), counted) == again.prepared
    bands = bands_for(CHR9, None, counted)
    assert ["p1", "q1"] == [band.name for band in read_bands(bands, "chr9")]


def test_where_the_lengths_speak_against_the_assembly_no_genes_are_known(package):
    cut = {"chr9": 6_000_000}
    none, advice = names_for([], cut, "hg19", prepare)
    assert none is None
    assert "chr9 is 6,000,000 bp long in these files and 141,213,431 bp in hg19." in advice
    assert ([], []) == (genes_track(none, 2, "hg19"), genes_said(none, "hg19"))
    assert bands_for(cut, "hg19", prepare) is None


def test_two_signals_and_a_name_are_enough(package, tmp_path, make_bigwig):
    from renderer.sandbox.files import InProcess
    from workers.pipeline import find_loci, make_scenes, open_tracks

    files = InProcess()
    paths = [make_bigwig(np.ones(10), name, chrom="chr9", length=141_213_431) for name in ("a.bw", "b.bw")]
    said: list[str] = []
    opened = open_tracks(files, paths, tmp_path / "work", tell=said.append)
    (scene,) = make_scenes(files, opened, find_loci(opened, "JAK2"))
    assert ("hg19", ["a", "b", "RefSeq genes (hg19)"]) == (scene.assembly, [track.label for track in scene.tracks])
    assert scene.bands is not None
    assert any("RefSeq genes of hg19 are drawn" in one for one in scene.warnings)
    (plain,) = make_scenes(files, opened, find_loci(opened, "chr9:1-5,000"))
    assert scene.tracks == plain.tracks
    assert ["hg19_genes.txt.gz"] == [text.removeprefix("Preparing the gene models of ").split(",")[0] for text in said]


def test_a_given_annotation_comes_before_known_genes(package, tmp_path, gtf):
    from renderer.tracklists.scene import prepare_tracks

    tracks, sizes = prepare_tracks([gtf], tmp_path / "work")
    names, _ = names_for(tracks, sizes, None, prepare)
    assert [] == genes_track(names, 2, None) == genes_said(names, None)
    assert (1, 0) == (len(names.find("alpha")), len(names.find("jak2")))
    none, advice = names_for([], sizes, "dm6", prepare)
    assert none is None
    assert "dm6" in advice


def test_a_web_job_without_an_annotation_draws_known_genes_and_says_so(package, site, make_bigwig):
    signal = make_bigwig(np.ones(10), "a.bw", chrom="chr9", length=141_213_431)
    made = site.post("/track-sets", {"tracks": [{"file": site.upload(signal)["id"]}]})
    assert ("hg19", "a") == (made["assembly"], made["name"])
    assert ["a", "RefSeq genes (hg19)", "Bands (hg19)"] == [track["label"] for track in made["tracks"]]
    assert made["tracks"][0].get("known") is None
    # with its version where the package itself is installed, and not only its data
    assert {"figeno"} == {track["known"].partition(" ")[0] for track in made["tracks"][1:]}
    job = site.post("/jobs", {"track_set": made["id"], "loci": "JAK2\nchr9:1-5,000", "model": "measured"})
    readings = site.get(f"/jobs/{job['id']}/readings")["readings"]
    assert ["done", "done"] == [reading["status"] for reading in readings]
    for reading in readings:
        assert [1, 2] == [track["track"] for track in reading["figure"]["tracks"]]
        assert any("RefSeq genes of hg19 are drawn, as figeno" in said for said in reading["warnings"])
        assert ["JAK2"] == [gene["name"] for gene in reading["evidence"]["2"]["genes"]]
    path = site.store.figures.path(readings[0]["figure"]["sha256"])
    assert path.read_bytes().startswith(b"\x89PNG")


def test_the_form_takes_gene_names_of_known_genes_and_prepares_them_once(package, site, make_bigwig):
    signal = site.upload(make_bigwig(np.ones(10), "a.bw", chrom="chr9", length=141_213_431))
    typed = {"file_id": signal["id"], "label": "a", "loci": "JAK2", "model": "measured"}
    assert 303 == site.client.post("/", data=typed).status_code
    bad = site.client.post("/", data=typed | {"loci": "JAK3"}).get_data(as_text=True)
    assert "&#39;JAK3&#39; is not found: did you mean JAK2?" in bad
    assert 2 == len(list(site.store.prepared.glob("known/*")))


def test_a_given_annotation_leaves_only_the_bands_to_be_known(package, site, make_bigwig, gtf):
    signal = site.upload(make_bigwig(np.ones(10), "a.bw", chrom="chr9", length=141_213_431))
    made = site.post("/track-sets", {"tracks": [{"file": file["id"]} for file in (signal, site.upload(gtf))]})
    assert ["a", "genes", "Bands (hg19)"] == [track["label"] for track in made["tracks"]]
