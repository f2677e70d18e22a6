"""Words that state something by themselves, by what they state. Each kind of claim knows what it can stand for.

'No peak at JAK2' names nothing wrong and holds no number; only the 'no' makes it false. So words of absence, of rank,
of comparison, of breadth and of function need a claim that says the same. What a sentence says in still other words is
not understood: that is why a caption is in our own words unless a job asks for the model's.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from vlm.claims.kind import Topic
from vlm.claims.registry import can_say
from vlm.values.claim import Claim


@dataclass(frozen=True)
class Implied:
    """Words on one topic: a claim must be made where they are said that stands for it. Without a topic nothing that a
    model claims can."""

    words: re.Pattern[str]
    topic: Topic | None


def _need(topic: Topic | None, words: str) -> Implied:
    return Implied(re.compile(words, re.IGNORECASE), topic)


NEEDS = (
    _need(
        "no peak",
        r"\bno (?:(?!other|further)\w+ )?(?:peaks?|signals?|enrichment)\b|[无没]有?(?:明显的?)?(?:峰|信号)",
    ),
    _need(
        "not",
        r"\b(?:no|not|without|lack(?:s|ing)?|absent|absence|none|never|neither|nor|cannot|isn't|aren't|depleted|devoid|"
        r"outside|except)\b|无|没有|缺乏|缺失|未见|并非|不(?!同)|以外|外信号",
    ),
    _need("low", r"\b(?:flat|low|weak|background|baseline)\b|平坦|较低|很低|微弱"),
    _need(
        "strongest",
        r"\b(?:strongest|tallest|highest|largest|most prominent|dominant|clearest)\b|最强|最高(?!值)|最大|最明显",
    ),
    _need(
        "only",
        r"\b(?:single|only|sole|exclusive(?:ly)?|unique)\b|单个|唯一|仅|只",
    ),
    _need(
        "than",
        r"\b(?:higher|stronger|greater|lower|weaker|less|more)\b.*\b(?:than|compared)\b|[高强低弱]于|更[强弱高低]",
    ),
    _need(
        "broad",
        r"\b(?:broad|wide|domain|plateau)s?\b|宽域|宽峰|广泛",
    ),
    _need(
        None,
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
    for need in NEEDS:
        found = need.words.search(text)
        if not found:
            continue
        if need.topic is None:
            return f"'{found[0]}' is an interpretation"
        if not any(can_say(claim, need.topic) for claim in claims):
            return f"'{found[0]}' is said by none of its claims"
    return None
