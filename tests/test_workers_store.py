"""The database and the artifacts: one schema, many writers, nothing half-written."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from hypothesis import given
from hypothesis import strategies as st

from workers.requests import compare, jobs, uploads
from workers.settings import Settings, SettingsError
from workers.store.artifacts import Artifacts
from workers.store.database import Base, File, Store, upgrade

WRITERS = 4
WRITES = 40

COUNT = """\
import sys
from pathlib import Path
from workers.settings import Settings
from workers.store.database import File, Store, upgrade

settings = Settings(data=Path(sys.argv[1]))
upgrade(settings)
store = Store(settings)
for _ in range(int(sys.argv[2])):
    with store.writing() as session:
        file = session.get(File, "counted")
        if file is None:
            session.add(File(id="counted", sha256="0" * 64, name="n", size=0, format="bed", kind="intervals"))
        else:
            file.size += 1
"""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    settings = Settings(data=tmp_path / "data")
    upgrade(settings)
    made = Store(settings)
    yield made
    made.close()


def test_the_migrations_make_the_tables_that_the_models_describe(store: Store) -> None:
    with store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        assert [] == compare_metadata(context, Base.metadata)


def test_upgrading_twice_changes_nothing(store: Store) -> None:
    with store.writing() as session:
        session.add(File(id="kept", sha256="0" * 64, name="n", size=1, format="bed", kind="intervals"))
    upgrade(store.settings)
    with store.reading() as session:
        assert session.get(File, "kept") is not None


def test_writers_that_all_start_on_a_new_folder_lose_nothing(tmp_path: Path) -> None:
    command = [sys.executable, "-c", COUNT, str(tmp_path / "data"), str(WRITES)]
    writers = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(WRITERS)]
    errors = [writer.communicate()[1] for writer in writers]
    assert [""] * WRITERS == errors
    store = Store(Settings(data=tmp_path / "data"))
    with store.reading() as session:
        file = session.get(File, "counted")
        assert file is not None
        assert file.size == WRITERS * WRITES - 1
    store.close()


def test_a_transaction_that_fails_leaves_nothing(store: Store) -> None:
    def fail() -> None:
        with store.writing() as session:
            session.add(File(id="half", sha256="0" * 64, name="n", size=1, format="bed", kind="intervals"))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    with store.reading() as session:
        assert session.get(File, "half") is None


def test_a_database_that_cannot_be_used_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "locution.sqlite").write_text("this is a text file, and a long one at that\n" * 100)
    with pytest.raises(SettingsError, match=r"The database cannot be used .*not a database.*LOCUTION_DATABASE_URL"):
        upgrade(Settings(data=tmp_path / "data"))


@given(st.binary(max_size=200))
def test_an_artifact_is_found_under_the_hash_of_its_bytes(tmp_path: Path, content: bytes) -> None:
    artifacts = Artifacts(tmp_path / "artifacts")
    sha = artifacts.put(content)
    assert sha == artifacts.put(content)
    assert content == artifacts.path(sha).read_bytes()
    assert 1 == len(list(artifacts.path(sha).parent.glob(f"{sha}*")))


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "a" * 63, "A" * 64, "a" * 64 + "\n"])
def test_what_is_no_hash_names_no_artifact(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="SHA-256"):
        Artifacts(tmp_path).path(name)


OLD_ROWS = """
INSERT INTO files VALUES ('f', '{sha}', 'a.bw', 1, 'ready', 1.0, 'bigwig', 'signal', NULL, NULL, 0, 1.0, 0, NULL, NULL);
INSERT INTO track_sets VALUES ('s', 'set', 'hg19', '{{"chr1": 1000}}', 1.0);
INSERT INTO tracks VALUES ('s', 1, 'f', 'a', NULL, NULL, NULL, NULL, NULL);
INSERT INTO jobs VALUES ('j', 's', 'old', 'measured', 'en', 1.0, NULL);
INSERT INTO readings (id, job_id, position, chrom, start, "end", state, render_attempts, read_attempts, review_state,
 created, times_finished, lease_until) VALUES ('r', 'j', 0, 'chr1', 0, 100, 'done', 1, 1, 'pending', 1.0, 1, 0);
"""


def test_a_database_of_the_first_schema_keeps_its_rows(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path / "data")
    upgrade(settings, "0001")
    with sqlite3.connect(settings.data / "locution.sqlite") as database:
        database.executescript(OLD_ROWS.format(sha="0" * 64))
    database.close()
    upgrade(settings)
    store = Store(settings)
    found = jobs.job_json(store, "j")
    assert ("together", "ucsc", None, 0) == (
        found["options"]["scale"],
        found["options"]["theme"],
        found["again_of"],
        found["screenshots"],
    )
    assert ["a"] == [track["label"] for track in uploads.track_set_json(store, "s")["tracks"]]
    assert 1 == compare.compare_jobs(store, "j")["total"]
    store.close()
