"""Workers read files in the sandbox: a file that crashes its reader ends with a reason, and the worker goes on."""

from __future__ import annotations

import struct
from typing import Any

from renderer.sandbox.files import Allowance, InProcess, Sandbox
from workers.sandboxes import reader_of_files
from workers.settings import Settings


def break_chromosomes(whole: bytes) -> bytes:
    """A bigWig whose list of chromosomes says it is longer than the file: pyBigWig reads on and dies."""
    mutated = bytearray(whole)
    (tree,) = struct.unpack_from("<Q", mutated, 8)
    struct.pack_into("<H", mutated, tree + 34, 65_535)
    return bytes(mutated)


def test_an_upload_that_crashes_its_reader_fails_with_a_reason_and_the_next_is_ready(site: Any, make_bigwig, peaky):
    deadly = make_bigwig(peaky, "deadly.bw")
    deadly.write_bytes(break_chromosomes(deadly.read_bytes()))
    with deadly.open("rb") as file:
        answer = site.client.post("/api/v1/files", data={"file": (file, "deadly.bw")})
    assert 422 == answer.status_code
    assert "deadly.bw: it crashed its reader (SIGSEGV). The file is damaged" in answer.get_json()["error"]["message"]
    assert "ready" == site.get(f"/files/{site.upload(site.gtf)['id']}")["state"]


def test_a_prepared_file_that_crashes_a_figure_is_named_by_its_label(site: Any):
    site.work = False
    job = site.make_job("chr1:1-100,000", label="CTCF in liver")["id"]
    for prepared in site.store.prepared.rglob("signal.bw"):
        whole = prepared.read_bytes()
        prepared.unlink()
        prepared.write_bytes(break_chromosomes(whole))
    site.run_queues()
    (reading,) = site.get(f"/jobs/{job}/readings")["readings"]
    assert reading["error"].startswith("CTCF in liver: it crashed its reader (SIGSEGV).")


def test_one_sandbox_serves_a_process_and_the_settings_can_do_without(tmp_path):
    here = Settings(data=tmp_path, prepare_seconds=7, render_seconds=8, sandbox_mb=9, max_upload_mb=10)
    guarded = reader_of_files(here)
    assert isinstance(guarded, Sandbox)
    assert Allowance(7, 8, 9, 20) == guarded.limits
    assert guarded is reader_of_files(Settings(**{**vars(here), "data": tmp_path / "other"}))
    assert isinstance(reader_of_files(Settings(data=tmp_path, sandbox=0)), InProcess)
