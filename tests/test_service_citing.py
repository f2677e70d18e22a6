"""How a paper speaks of what was made here: a methods sentence with the numbers of a batch, and a citation."""

from importlib.metadata import version

import pytest
import yaml
from click.testing import CliRunner

from service.cli import locution
from service.outputs.citing import AUTHORS, TITLE, Tally, bibtex, citation, methods
from tests.outputs_world import read_batch
from vlm.claims import checks
from vlm.values.record import failed_record


@pytest.fixture(scope="module")
def batch(tmp_path_factory):
    return read_batch(tmp_path_factory.mktemp("batch"))


def test_the_citation_file_says_what_the_command_says(pytestconfig):
    said = yaml.safe_load((pytestconfig.rootpath / "CITATION.cff").read_text(encoding="utf-8"))
    assert (TITLE, version("locution")) == (said["title"], said["version"])
    assert [AUTHORS] == [one["name"] for one in said["authors"]]
    assert "1.2.0" == said["cff-version"]
    assert str(said["date-released"])[:4] in citation()
    assert all(part in bibtex() for part in (TITLE, AUTHORS, version("locution")))


def test_a_methods_sentence_counts_the_claims_of_a_batch(batch):
    records = [one.record for one in batch]
    said = methods(Tally.of(records))
    verdicts = [claim["verdict"] for record in records for claim in record["claims"]]
    assert f"Of {len(verdicts)} claims on 2 loci, {verdicts.count('supported')} were supported" in said["en"]
    assert f"2 个位点的 {len(verdicts)} 条陈述" in said["zh"]
    assert "from the measurements alone" in said["en"]


def test_a_methods_sentence_tells_the_thresholds_that_claims_are_checked_with():
    said = methods()
    for text in said.values():
        assert all(
            part in text for part in (f"{checks.POSITION_SHARE:.1%}", f"{checks.COUNT_SHARE:.0%}", "pyGenomeTracks")
        )


def test_models_are_named_with_their_revisions():
    record = failed_record("a", None, "b") | {"model": {"name": "hub:x/y", "revision": "abc"}}
    assert "captioned by hub:x/y (abc)" in methods(Tally.of([record]))["en"]


def test_the_command_reads_the_folder_of_a_batch_and_refuses_another(batch, tmp_path):
    told = CliRunner().invoke(locution, ["cite", str(batch.out)]).output
    assert "on 2 loci" in told
    assert "doi:10.1093" in told
    refused = CliRunner().invoke(locution, ["cite", str(tmp_path)])
    assert (2, True) == (refused.exit_code, "There is no reading.json" in refused.output)
