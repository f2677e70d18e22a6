"""All of it: figures in, reading records out (DESIGN section 7). Claims, verdicts, sentences, caption.

A record is always made, one for each figure and in their order; a model that fails, or says nothing that holds, is
replaced by the measurements, and the record says so.
"""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from renderer.values.evidence import Evidence, GeneEvidence, SignalEvidence
from renderer.values.track import Track
from vlm.claims.join import rests_on
from vlm.claims.stating import state, state_of, stated_beside, unsaid
from vlm.claims.verify import judge_all
from vlm.prompted.ask import ReadOptions, show
from vlm.prompted.repair import repair
from vlm.prompted.sentences import check_sentences, own_words
from vlm.rules import readings as rules
from vlm.values.captioner import Captioner, Figure, ModelError, RawReading
from vlm.values.claim import Claim, Judged
from vlm.values.record import (
    SCHEMA,
    Record,
    RecordBox,
    RecordClaim,
    RecordFigure,
    RecordModel,
    RecordRegion,
    RecordSentence,
    RecordTrack,
    record_box,
)
from vlm.words import languages
from vlm.words.caption import Prose, compose

log = logging.getLogger(__name__)
_DEFAULT = ReadOptions()


def read_figures(captioner: Captioner, figures: Sequence[Figure], options: ReadOptions = _DEFAULT) -> list[Record]:
    """Read figures in one batch and make their records. Raises ModelError if the model cannot run at all."""
    if not figures:
        return []
    began = time.perf_counter()
    shown = [show(captioner, figure, options) for figure in figures]
    readings = _read(captioner, shown)
    if options.repair and captioner.info.prompted:
        readings = repair(figures, shown, readings, lambda asked: _read(captioner, asked))
    seconds = (time.perf_counter() - began) / len(figures)
    return [
        make_record(figure, raw, captioner, seconds, options) for figure, raw in zip(figures, readings, strict=True)
    ]


def _read(captioner: Captioner, figures: list[Figure]) -> list[RawReading]:
    """The whole batch; if it fails, one by one, so that a bad figure costs only itself."""
    try:
        readings = captioner.read(figures)
        if len(readings) != len(figures):
            raise ValueError(f"{len(readings)} answers to {len(figures)} figures")
        return readings
    except (ModelError, MemoryError):
        raise
    except Exception as error:
        log.exception("%s failed on a batch of %d", captioner.info.name, len(figures))
        if len(figures) == 1:
            reason = f"{captioner.info.name} could not read this figure ({type(error).__name__}: {error})."
            return [RawReading((), error=reason, failed=True)]
        return [_read(captioner, [figure])[0] for figure in figures]


def make_record(
    figure: Figure, raw: RawReading, captioner: Captioner, seconds: float, options: ReadOptions = _DEFAULT
) -> Record:
    """The record of one figure. `figure.png` in it is the file's name; whoever serves it writes the address."""
    info = captioner.info
    model: RecordModel = {
        "name": info.name,
        "revision": info.revision,
        "device": info.device,
        "seconds": round(seconds, 3),
    }
    if info.prompted:
        model |= {"facts": options.facts, "asked": raw.asked}
    evidence = figure.evidence or Evidence(figure.region, {})
    warnings = [*figure.scene.warnings, *raw.warnings]
    judged = judge_all(raw.claims, evidence, figure.scene)
    if _says_nothing(raw, judged, evidence) and info.name != "measured":
        warnings.append(f"{raw.error or 'The model said nothing that holds.'} The measurements speak instead.")
        model["fallback"] = "measured"
        judged += judge_all(_stated(figure, raw.claims), evidence, figure.scene)
    elif not info.measures and not raw.failed:
        judged += unsaid(judge_all(stated_beside(figure), evidence, figure.scene), judged)
        silent = _silent(judged, evidence)
        if silent:
            model["filled"] = silent
            judged += judge_all(state_of(figure, silent), evidence, figure.scene)
    judged += rules.read(judged, figure.scene, evidence)
    prose = compose(judged, figure.scene, figure.genes)
    said = check_sentences(raw.sentences, judged, figure)
    codes = languages.spoken(options.language)
    caption = {code: prose.caption(code) for code in codes}
    if options.words == "model" and info.prompted:
        own = own_words(said, options.language)
        model["words"] = {options.language: "model" if own else "ours"}
        caption |= {options.language: own} if own else {}
    return {
        "schema": SCHEMA,
        "region": _region(figure),
        "figure": _figure(figure),
        "tracks": [_track(track) for track in figure.scene.tracks],
        "evidence": evidence.to_json(),
        "model": model,
        "claims": _claims(judged, prose, codes),
        "sentences": _sentences(prose, codes),
        "said": [one.to_json() for one in said],
        "caption": caption,
        "short": {code: prose.brief(code) for code in codes},
        "text": raw.text,
        "status": "failed" if raw.failed else "done",
        "error": raw.error if raw.failed else None,
        "warnings": warnings,
    }


def _says_nothing(raw: RawReading, judged: Sequence[Judged], evidence: Evidence) -> bool:
    """Whether there are signals to speak of and the model said nothing of them that holds."""
    holds = any(one.verdict == "supported" and one.claim.source in ("model", "measured") for one in judged)
    measured = any(isinstance(found, SignalEvidence) for found in evidence.tracks.values())
    return measured and not holds and not raw.failed


def _silent(judged: Sequence[Judged], evidence: Evidence) -> list[int]:
    """The rows of which nothing that was said of what is drawn holds: the measurements speak for them."""
    heard = {
        one.claim.tracks[0]
        for one in judged
        if one.verdict == "supported" and one.claim.source == "model" and one.claim.tracks
    }
    rows = (number for number, found in evidence.tracks.items() if not isinstance(found, GeneEvidence))
    return [number for number in rows if number not in heard]


def _stated(figure: Figure, said: Sequence[Claim]) -> list[Claim]:
    """The claims of `measured`, without those on genes that are there already."""
    known = {(claim.kind, claim.tracks, str(claim.value)) for claim in said if claim.source == "annotation"}
    claims = state(figure)
    return [claim for claim in claims if (claim.kind, claim.tracks, str(claim.value)) not in known]


def _figure(figure: Figure) -> RecordFigure:
    boxes = [_box(figure, box.track) for box in figure.layout.tracks]
    return {
        "png": figure.png.name,
        "sha256": _sha256(figure.png),
        "width": figure.layout.width,
        "height": figure.layout.height,
        "tracks": boxes,
    }


def _sha256(path: Path) -> str | None:
    """The picture's hash; None if it has been taken away since."""
    if not path.is_file():
        return None
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sentences(prose: Prose, codes: Sequence[str]) -> list[RecordSentence]:
    told = zip(*(prose.told(code) for code in codes), strict=True)
    return [
        {"text": dict(zip(codes, texts, strict=True)), "claims": list(one.claims)}
        for one, texts in zip(prose.sentences, told, strict=True)
    ]


def _region(figure: Figure) -> RecordRegion:
    region = figure.region
    return {
        "assembly": figure.scene.assembly,
        "chrom": region.chrom,
        "start": region.start,
        "end": region.end,
        "label": region.label,
    }


def _track(track: Track) -> RecordTrack:
    """A row as a person named it: no paths."""
    return {
        "track": track.number,
        "label": track.label,
        "kind": track.kind,
        "assay": track.assay,
        "sample": track.sample,
        "group": track.group,
        "strand": track.strand,
    }


def _box(figure: Figure, number: int) -> RecordBox:
    return record_box(asdict(figure.layout.box(number)))


def _claims(judged: Sequence[Judged], prose: Prose, codes: Sequence[str]) -> list[RecordClaim]:
    printed = {number for sentence in prose.sentences for number in sentence.claims}
    claims = [one.claim for one in judged]
    return [
        {
            "id": number,
            "kind": one.claim.kind,
            "tracks": list(one.claim.tracks),
            "where": {"start": one.claim.start, "end": one.claim.end},
            "value": one.claim.value,
            "text": {code: prose.claim(number, code) for code in codes},
            "from": one.claim.source,
            "rests_on": list(one.rests_on) or rests_on(one.claim, claims),
            "confidence": None if one.claim.confidence is None else round(one.claim.confidence, 3),
            "printed": number in printed,
            "verdict": one.verdict,
            "measured": one.measured,
            "tolerance": one.tolerance,
        }
        for number, one in enumerate(judged, 1)
    ]
