"""Jobs on the same loci: read again by another model, and what each said of each locus side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from vlm.values.claim import VERDICTS
from vlm.values.record import Record, count_verdicts
from workers.errors import JobError
from workers.requests.jobs import (
    MOST_PER_PAGE,
    PER_PAGE,
    Ring,
    check_model,
    clean_name,
    get_row,
    job_json,
    quiet,
    show_reading,
)
from workers.requests.options import JobOptions
from workers.store.database import Job, Reading, Store

MOST_COLUMNS = 4
"""Jobs side by side: more captions are not read beside each other."""

HOW = ("facts", "words", "repair")
"""What may differ between a job and one that reads its loci again."""


def read_again(
    store: Store, identity: str, model: str, asked: dict[str, Any], ring: Ring = quiet, name: str = ""
) -> Job:
    """A second job on the loci of job `identity`, read by `model`, told and asked as `asked` says (facts, words,
    repair). Figures that are drawn are not drawn again. Raises NotFound, JobError."""
    with store.writing() as session:
        job: Job = get_row(session, Job, identity, "job")
        check_model(store, model, job.lang)
        options = JobOptions.from_json(job.options)
        said = {key: value for key, value in asked.items() if key in HOW}
        kept = {key: value for key, value in options.to_json().items() if key not in HOW}
        kept |= {key: value for key, value in JobOptions.read(said).to_json().items() if key in HOW}
        made = Job(
            track_set_id=job.track_set_id,
            name=clean_name(name) or job.name,
            model=model,
            lang=job.lang,
            options=kept or None,
            limits=job.limits,
            again_of=job.again_of or job.id,
        )
        session.add(made)
        session.flush()
        rows = session.scalars(select(Reading).where(Reading.job_id == job.id).order_by(Reading.position)).all()
        again = [_copy(made.id, row) for row in rows]
        session.add_all(again)
        drawn = sum(row.state == "rendered" for row in again)
    for queue, waiting in (("read", drawn), ("render", len(again) - drawn)):
        if waiting:
            ring(queue, waiting)
    return made


def _copy(job_id: str, row: Reading) -> Reading:
    """The same locus for another job, with its figure if it is drawn."""
    drawn = row.figure is not None and row.evidence is not None
    figure = {"figure": row.figure, "layout": row.layout, "evidence": row.evidence, "notes": row.notes} if drawn else {}
    return Reading(
        job_id=job_id,
        position=row.position,
        chrom=row.chrom,
        start=row.start,
        end=row.end,
        label=row.label,
        state="rendered" if drawn else "queued",
        **figure,
    )


def related_jobs(store: Store, identity: str) -> list[dict[str, Any]]:
    """The other jobs on the same loci, oldest first, as (id, name, model, options). Raises NotFound."""
    with store.reading() as session:
        job: Job = get_row(session, Job, identity, "job")
        root = job.again_of or job.id
        same = select(Job).where(or_(Job.id == root, Job.again_of == root), Job.id != job.id).order_by(Job.created)
        return [_brief(one) for one in session.scalars(same)]


def _brief(job: Job) -> dict[str, Any]:
    return {"id": job.id, "name": job.name, "model": job.model, "options": JobOptions.from_json(job.options).in_words()}


def compare_jobs(
    store: Store, identity: str, others: Sequence[str] = (), page: int = 1, per_page: int = PER_PAGE
) -> dict[str, Any]:
    """What several jobs said of the same loci: totals of each, and a page of loci with the reading of each job (None
    where it has none). Without `others`, the newest related jobs. Raises NotFound, JobError for jobs on other loci."""
    per_page = max(1, min(per_page, MOST_PER_PAGE))
    ids = [identity, *(one for one in dict.fromkeys(others) if one != identity)]
    related = {one["id"] for one in related_jobs(store, identity)}
    if len(ids) == 1:
        ids += [one["id"] for one in related_jobs(store, identity)][-(MOST_COLUMNS - 1) :]
    if len(ids) > MOST_COLUMNS:
        raise JobError(f"{len(ids)} jobs were named; at most {MOST_COLUMNS} stand side by side.")
    jobs = [job_json(store, one) for one in ids]
    stranger = next((job for job in jobs[1:] if job["id"] not in related), None)
    if stranger is not None:
        raise JobError(f"Job '{stranger['id']}' is not on the loci of this one. Use 'read again' to make one that is.")
    with store.reading() as session:
        totals = [_totals(session, one) for one in ids]
        places = select(Reading.position).where(Reading.job_id == identity).order_by(Reading.position)
        count = session.scalar(select(func.count()).select_from(places.subquery())) or 0
        shown = session.scalars(places.offset((page - 1) * per_page).limit(per_page)).all()
        loci = [_locus(session, ids, position) for position in shown]
    columns = [{**job, "totals": total} for job, total in zip(jobs, totals, strict=True)]
    return {"jobs": columns, "loci": loci, "total": count, "page": page, "per_page": per_page}


def _locus(session: Session, ids: Sequence[str], position: int) -> dict[str, Any]:
    rows = session.scalars(select(Reading).where(Reading.job_id.in_(ids), Reading.position == position))
    by_job = {
        row.job_id: {**show_reading(row), "counts": count_verdicts(cast("Record | None", row.record))} for row in rows
    }
    found = [by_job.get(one) for one in ids]
    first = next(one for one in found if one is not None)
    figure = next((one["figure"] for one in found if one and one["figure"]), None)
    return {"position": position, "region": first["region"], "figure": figure, "readings": found}


def _totals(session: Session, job_id: str) -> dict[str, int]:
    records = session.scalars(select(Reading.record).where(Reading.job_id == job_id, Reading.state == "done"))
    counts = [count_verdicts(cast("Record | None", record)) for record in records]
    return {name: sum(one[name] for one in counts) for name in VERDICTS} | {"loci": len(counts)}
