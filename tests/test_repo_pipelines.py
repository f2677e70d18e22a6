"""The Snakemake rule and the Nextflow process of the documents do on the example what they say; each is run by its
tool where that is installed."""

import csv
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from service.run.example import FOLDER

DOCS = Path(__file__).parents[1] / "docs"
BIN = Path(sys.executable).parent
SNAKEMAKE = shutil.which("snakemake", path=os.pathsep.join([str(BIN.parent / "snakemake" / "bin"), os.environ["PATH"]]))
SECONDS = 600
"""Ends what hangs."""

PLACES = "chr1:100,001-160,000\nchr1:9,000,001-9,100,000\nchr1:290,001-340,000\n"
"""The second is past the end of the chromosome."""


@pytest.fixture
def folder(tmp_path):
    """A folder with the example and three loci, one of them bad."""
    shutil.copytree(FOLDER, tmp_path / "example")
    (tmp_path / "example" / "loci.txt").write_text(PLACES, encoding="utf-8")
    return tmp_path


def run(folder, *command):
    """Run with this environment's command line on the path."""
    environment = {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(
        list(map(str, command)), cwd=folder, env=environment, capture_output=True, text=True, timeout=SECONDS
    )
    logs = "".join(path.read_text("utf-8") for path in folder.glob("*.log"))
    return done.returncode, f"{done.stdout}{done.stderr}{logs}"


def states(path):
    with path.open(encoding="utf-8", newline="") as file:
        return [row["state"] for row in csv.DictReader(file, delimiter="\t")]


@pytest.fixture
def snakemake(folder):
    if SNAKEMAKE is None:
        pytest.skip("Snakemake is not installed: make snakemake")
    for name in ("Snakefile", "config.yaml"):
        shutil.copy(DOCS / "snakemake" / name, folder)

    def ask(*more):
        options = ["--config", "options=--model measured", *more]
        return run(folder, SNAKEMAKE, "--cores", "2", "--configfile", "config.yaml", *options)

    return ask


def test_the_snakemake_rule_reads_the_example_and_resumes(snakemake, folder):
    status, said = snakemake()
    assert 0 == status, said
    out = folder / "readings"
    assert (out / "index.html").is_file()
    assert ["done", "failed", "done"] == states(out / "captions.tsv")
    assert "Nothing to be done" in snakemake()[1]
    kept = {path: path.stat().st_mtime_ns for path in out.glob("*/figure.png")}
    with (folder / "example" / "loci.txt").open("a", encoding="utf-8") as loci:
        loci.write("chr1:540,001-600,000\n")
    status, said = snakemake()
    assert 0 == status, said
    assert ["done", "failed", "done", "done"] == states(out / "captions.tsv")
    assert kept == {path: path.stat().st_mtime_ns for path in kept}


def test_the_snakemake_rule_fails_with_a_sentence_for_input_that_cannot_be_used(snakemake):
    status, said = snakemake("options=--model gpt")
    assert 1 == status
    assert "Error in rule locution" in said
    assert "Model 'gpt' is not known" in said


def script_of(process, values):
    """The command of a process, its variables filled in as Nextflow does."""
    script = re.search(r'script:\s+"""(.*?)"""', process, re.DOTALL)[1]
    script = re.sub(r"(?<!\\)\$\{([\w.]+)\}", lambda found: values[found[1]], script)
    return script.replace("\\$", "$").replace("\\\\", "\\")


def test_the_script_of_the_nextflow_process_reads_the_example(folder):
    """By bash: this needs no Nextflow."""
    values = {
        "tracks": "example/H3K4me3.bw example/genes.gtf",
        "loci": "example/loci.txt",
        "assembly": "simulated",
        "options": "--model measured",
        "task.cpus": "1",
        "loci.baseName": "loci",
    }
    text = (DOCS / "nextflow" / "main.nf").read_text("utf-8")
    status, said = run(folder, "bash", "-ue", "-c", script_of(text, values))
    assert 0 == status, said
    assert ["done", "failed", "done"] == states(folder / "loci" / "captions.tsv")
    outputs = re.findall(r'path "\$\{loci\.baseName\}/?([\w.]*)", emit', text)
    assert ["", "captions.tsv", "claims.tsv"] == outputs
    assert all((folder / "loci" / name).exists() for name in outputs)


def test_the_nextflow_process_reads_the_example(folder):
    if shutil.which("nextflow") is None:
        pytest.skip("Nextflow is not on this machine: no package registry has it whole")
    asked = ["--tracks", "example/*.{bw,gtf}", "--loci", "example/loci.txt", "--assembly", "simulated"]
    options = ["--options", "--model measured", "--loci_a_task", "2", "-process.cpus", "1"]
    status, said = run(folder, "nextflow", "run", DOCS / "nextflow" / "main.nf", *asked, *options)
    assert 0 == status, said
    assert ["done", "done", "failed"] == sorted(states(folder / "readings" / "captions.tsv"))
