"""The notebook of the documents runs as it stands, and shows what it says it shows."""

import os
import sys
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

NOTEBOOK = Path(__file__).parents[1] / "docs" / "notebook" / "locution.ipynb"
CELL_SECONDS = 600
"""Ends what hangs."""


@pytest.fixture(scope="module")
def cells(tmp_path_factory):
    """The cells after a run in a folder of its own, with the command line of this environment."""
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    nbformat.validate(notebook)
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    client = NotebookClient(
        notebook, timeout=CELL_SECONDS, resources={"metadata": {"path": str(tmp_path_factory.mktemp("notebook"))}}
    )
    client.execute(env=environment)
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def shown(cell, kind):
    return "".join(out["data"][kind] for out in cell.outputs if kind in out.get("data", {}))


def printed(cell):
    return "".join(out["text"] for out in cell.outputs if out.output_type == "stream" and out.name == "stdout")


def test_it_is_kept_without_results():
    cells = [cell for cell in nbformat.read(NOTEBOOK, as_version=4).cells if cell.cell_type == "code"]
    assert [[]] * len(cells) == [cell.outputs for cell in cells]


def test_a_reading_shows_its_figure_and_its_caption(cells):
    html = shown(cells[1], "text/html")
    assert '<img src="data:image/png;base64,iVBOR' in html
    assert "ALVEN1 (plus strand)" in html
    assert "claims supported" in html
    assert "正链" in shown(cells[2], "text/plain")


def test_claims_and_values_are_tables(cells):
    assert "supported" in shown(cells[3], "text/html")
    assert ["chrom", "start", "end", "track", "label", "value"] == shown(cells[4], "text/plain").split()[:6]
    assert "H3K27ac" in shown(cells[5], "text/plain")


def test_every_locus_of_the_file_is_told(cells):
    told = printed(cells[6])
    assert 8 == told.count("chr1:") - told.count("| chr1:")
    assert "LUMARA" in told
