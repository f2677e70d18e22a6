"""Whether what stands out in a window stands out of its file too: three reads make no transcript, nor a promoter.

Numbers in file units, as in the evidence. Where the file's usual level is not known, only counts tell.
"""

from __future__ import annotations

from renderer.values.evidence import Domain, Peak, SignalEvidence

STANDS_OUT = 3.0
"""Signal along a gene tells of transcription from this many times the usual: our own. The usual is the mean over the
file; of a file cut to a locus, the mean over what no gene of the window touches."""

RAISED = 2.0
"""The mean of a broad domain over that of the file, and over the rest of the window: our own."""

NIL = 0.05
"""What stays below this share of the highest base of a file cut to a locus is next to nil: our own."""

LEAST = 10.0
"""Where the file's usual level is not known, the highest column that tells of transcription: ten reads, our own."""


def is_low_peak(signal: SignalEvidence, peak: Peak) -> bool:
    """Whether a peak is lower than the highest hundredth of the file's bins, which in any file hold its peaks. A file
    cut to a locus may hold little but peaks; there it is lower than NIL of the highest base."""
    usual = signal.background
    if usual is None:
        return False
    return abs(peak.value) < (NIL * usual.maximum if usual.covers_little else usual.high)


def is_low_domain(signal: SignalEvidence, domain: Domain) -> bool:
    """Whether a domain is not well above what is usual in the file and in the window. In a file cut to a locus that is
    its median, which domains over less than half of it do not lift."""
    if domain.mean < RAISED * domain.outside:
        return True
    level, usual = domain.mean * max(abs(signal.vmin), abs(signal.vmax)), signal.background
    return usual is not None and level < RAISED * (usual.median if usual.covers_little else usual.mean)


def is_low_body(signal: SignalEvidence, body: float | None, outside: float) -> bool:
    """Whether the mean over the body of a gene is not well above what is usual in the window, or low for the file."""
    usual = signal.background
    return body is not None and (body < RAISED * outside or (usual is not None and body < usual.mean))


def is_above_usual(signal: SignalEvidence | None, body: float, outside: float) -> bool:
    """Whether the mean over the body of a gene is above the background: that outside the genes of the window, or, as
    transcripts that nobody annotated may lie there, the mean over a whole file."""
    usual = signal.background if signal else None
    return body > outside or (usual is not None and not usual.covers_little and body > abs(usual.mean))


def tells_of_transcription(signal: SignalEvidence, level: float, outside: float) -> bool:
    """Whether a mean along a gene (of its exons, or of its body) stands out of the usual, and is not low for the file:
    at least the mean over the file, all introns and empty stretches included."""
    usual = signal.background
    if usual is None:
        most = max([abs(signal.maximum or 0.0), *(abs(peak.value) for peak in signal.peaks)])
        return most >= LEAST and level >= STANDS_OUT * outside
    if usual.covers_little:
        return level >= max(STANDS_OUT * outside, usual.mean)
    return level >= max(outside, STANDS_OUT * usual.mean)
