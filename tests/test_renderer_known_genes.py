"""Gene models that another package carries: here a package of a few lines, made by the test on the import path."""

import gzip
import importlib

import pytest

from renderer.annotation.known_genes import (
    ASSEMBLIES,
    INSTALL,
    assembly_of,
    how_to_get,
    known_bands,
    known_genes,
    ucsc_name,
)
from renderer.annotation.names import NameIndex
from renderer.prepare.upload import prepare
from renderer.values.region import UNKNOWN_LENGTH
from renderer.window.bands import read_bands
from workers.known_annotation import KnownNames, bands_for, genes_track, names_for, prepare_once

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


def test_an_assembly_is_known_by_the_lengths_of_its_chromosomes(package):
    assert "hg19" == assembly_of({"9": 1000}) == assembly_of({"chr9": 1000, "chr1": 5000, "other": 7})
    assert assembly_of({"chr9": 1000, "chr1": 5001}) is None
    assert assembly_of({"chr9": UNKNOWN_LENGTH}) is None
    assert assembly_of({}) is None


@pytest.mark.parametrize(
    ("assembly", "said"),
    [(None, "name the assembly (hg19, hg38, mm10)"), ("dm6", "no gene models at hand for dm6"), ("GRCh38", INSTALL)],
)
def test_the_advice_fits_what_is_missing(assembly, said):
    assert said in how_to_get(assembly)
    assert "Add an annotation" in how_to_get(assembly)


def test_names_of_an_assembly():
    assert ASSEMBLIES == tuple(map(ucsc_name, ("GRCh37", "grch38.p14", "GRCm38")))
    assert "dm6" == ucsc_name("dm6")


def test_known_genes_are_prepared_once_and_only_when_asked(package):
    done = []

    def counted(path, name, folder):
        done.append(name)
        return prepare(path, name, folder)

    names, _ = names_for([], {"chr9": 1000}, None, counted)
    assert isinstance(names, KnownNames)
    assert ([], []) == (done, genes_track(names, 3, "hg19"))
    assert [(100, 900)] == [(place.start, place.end) for place in names.find("JAK2")]
    again = names_for([], {}, "hg19", counted)[0]
    assert ["JAK2"] == again.suggest("JAK")
    assert ["hg19_genes.txt.gz"] == done
    (track,) = genes_track(again, 3, "hg19")
    assert (3, "RefSeq genes (hg19)", "genes") == (track.number, track.label, track.kind)
    assert prepare_once(known_genes("hg19"), counted) == again.prepared
    bands = bands_for({"chr9": 1000}, None, counted)
    assert ["p1", "q1"] == [band.name for band in read_bands(bands, "chr9")]
    assert bands_for({"chr9": 999}, None, counted) is None


def test_a_given_annotation_comes_before_known_genes(package, tmp_path, gtf):
    from renderer.tracklists.scene import prepare_tracks

    tracks, sizes = prepare_tracks([gtf], tmp_path / "work")
    names, _ = names_for(tracks, sizes, "hg19", prepare)
    assert (1, 0) == (len(names.find("alpha")), len(names.find("jak2")))
    none, advice = names_for([], sizes, "dm6", prepare)
    assert none is None
    assert "dm6" in advice
