"""`locution read` with genes instead of coordinates."""

import json
import subprocess
import sys
from pathlib import Path

LOCUTION = Path(sys.executable).parent / "locution"


def run(*arguments):
    return subprocess.run([LOCUTION, "read", *map(str, arguments)], capture_output=True, text=True)


def test_genes_of_the_annotation_can_be_read_by_name(make_bigwig, peaky, gtf, tmp_path):
    loci = tmp_path / "loci.txt"
    loci.write_text("chr1:1-90000 start\nbeta+2kb\n", encoding="utf-8")
    done = run(
        make_bigwig(peaky, "a.bw"),
        gtf,
        "--region",
        "alpha",
        "--regions",
        loci,
        "--model",
        "measured",
        "--json",
        "--out",
        tmp_path / "out",
    )
    assert 0 == done.returncode, done.stderr
    regions = [json.loads(line)["region"] for line in done.stdout.splitlines()]
    assert [("ALPHA", 15_000, 45_000), ("start", 0, 90_000), ("BETA", 58_000, 82_000)] == [
        (region["label"], region["start"], region["end"]) for region in regions
    ]
    assert (tmp_path / "out" / "alpha" / "figure.png").is_file()


def test_a_wrong_name_and_a_missing_annotation_say_what_to_do(make_bigwig, peaky, gtf, tmp_path):
    bigwig = make_bigwig(peaky, "a.bw")
    done = run(bigwig, gtf, "--region", "alhpa", "--region", "chr1:9-2", "--out", tmp_path / "out")
    assert 2 == done.returncode
    assert "Line 1: 'alhpa' is not found: did you mean ALPHA?" in done.stderr
    assert "Line 2: Region chr1:9-2 is empty" in done.stderr
    done = run(bigwig, "--region", "ALPHA", "--assembly", "dm6", "--out", tmp_path / "out")
    assert 2 == done.returncode
    assert "Add an annotation (GTF, GFF3, BED12 or refGene) to the files; there are no gene models" in done.stderr
