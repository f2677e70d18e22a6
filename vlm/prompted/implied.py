"""Words that state something by themselves, and the kinds of claims that must stand for them.

'No peak at JAK2' names nothing wrong and holds no number; only the 'no' makes it false. So words of absence, of rank,
of comparison, of breadth and of function need a claim that says the same. What a sentence says in still other words is
not understood: that is why a caption is in our own words unless a job asks for the model's.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from vlm.values.claim import Claim


@dataclass(frozen=True)
class Need:
    """Words, and the kinds of claims one of which must be made where they are said ('=0': a count of none). Without
    kinds nothing that a model claims can stand for them."""

    words: re.Pattern[str]
    kinds: frozenset[str]


def _need(words: str, *kinds: str) -> Need:
    return Need(re.compile(words, re.IGNORECASE), frozenset(kinds))


NEEDS = (
    _need(
        r"\bno (?:(?!other|further)\w+ )?(?:peaks?|signals?|enrichment)\b|[无没]有?(?:明显的?)?(?:峰|信号)",
        "no_data",
        "flat",
        "noisy",
        "only_in",
        "peak_count=0",
        "interval_count=0",
    ),
    _need(
        r"\b(?:no|not|without|lack(?:s|ing)?|absent|absence|none|never|neither|nor|cannot|isn't|aren't|depleted|devoid|"
        r"outside|except)\b|无|没有|缺乏|缺失|未见|并非|不(?!同)|以外|外信号",
        "no_data",
        "flat",
        "noisy",
        "only_in",
        "intergenic_peak",
        "gene_count",
        "interval_count",
        "peak_count",
    ),
    _need(r"\b(?:flat|low|weak|background|baseline)\b|平坦|较低|很低|微弱", "flat", "no_data", "noisy", "only_in"),
    _need(
        r"\b(?:strongest|tallest|highest|largest|most prominent|dominant|clearest)\b|最强|最高|最大|最明显",
        "strongest_peak",
        "higher_in",
        "domain_boundary",
        "link",
        "broad_domain",
    ),
    _need(
        r"\b(?:single|only|sole|exclusive(?:ly)?|unique)\b|单个|唯一|仅|只",
        "peak_count",
        "only_in",
        "interval_count",
        "gene_count",
        "strongest_peak",
    ),
    _need(
        r"\b(?:higher|stronger|greater|lower|weaker|less|more)\b.*\b(?:than|compared)\b|[高强低弱]于|更[强弱高低]",
        "higher_in",
        "peak_count",
        "interval_count",
    ),
    _need(
        r"\b(?:broad|wide|domain|plateau)s?\b|宽域|宽峰|广泛", "broad_domain", "covers_gene", "domain_boundary", "flat"
    ),
    _need(
        r"\b(?:active|inactive|activat\w+|transcribed|transcription(?! start)|express\w*|silen\w+|repress\w*|"
        r"enhancers?|insulat\w+|heterochromatin|polycomb|bivalent|poised|paused|"
        r"bound|binds?|binding|open chromatin|regulat\w+|"
        r"suggest\w*|indicat\w+|implie[sd]|consistent|because|caus\w+|delet\w+|mutat\w+)\b"
        r"|活跃|激活|表达|沉默|抑制|增强子|绝缘子|异染色质|结合|调控|提示|表明|说明|因为|导致|转录(?!起始)",
    ),
)
"""Biological readings are made by `vlm.rules.readings` from supported claims, each with its source; a model's are
opinions."""


def unsaid(text: str, claims: Sequence[Claim]) -> str | None:
    """A word of the text that none of these claims stands for, as a reason; None if all are stood for.

    `text` is without the names of tracks and genes, which may hold any word.
    """
    kinds = {claim.kind for claim in claims} | {f"{claim.kind}=0" for claim in claims if claim.value == 0}
    for need in NEEDS:
        found = need.words.search(text)
        if found and not need.kinds & kinds:
            what = "is an interpretation" if not need.kinds else "is said by none of its claims"
            return f"'{found[0]}' {what}"
    return None
