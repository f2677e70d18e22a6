"""Words of users on their way into a prompt: a label is quoted data, never an instruction and never a token."""

from __future__ import annotations

import re

MOST_LABEL = 80
"""Characters of a label in the prompt; more is a paste gone wrong."""

CUT = "[...]"
"""Stands where a label gave orders."""

_MARKUP = re.compile(r"<[^<>\s]*>")
"""Special tokens of most models look like <image> or <|im_start|>; `hub` strips the others of its model by name."""

_ORDERS = re.compile(
    r"(?:please\s+)?\b(?:ignore|disregard|forget|override|do not follow)\b.{0,30}?"
    r"\b(?:above|previous|prior|earlier|before|instructions?|rules?|prompts?|everything|all)\b.*"
    r"|\b(?:system|assistant|user|developer)\s*(?:prompt|message)?\s*[:：].*"
    r"|\b(?:new|following|your)\s+instructions?\b.*"
    r"|\b(?:you must|you should|you are now|from now on|instead,? (?:say|write|answer|output)|say (?:that|only)"
    r"|respond with|answer only)\b.*"
    r"|(?:请)?(?:忽略|无视|忘记|不要理会).{0,12}?(?:以上|上面|之前|上述|前面|指令|指示|规则|提示).*"
    r"|(?:你必须|你现在是|从现在起|系统提示|新的指令).*",
    re.IGNORECASE,
)
"""What is said to a model and not of a track; what follows is cut with it. No list of this kind is complete: the label
also stands in quotes, the prompt says what quotes mean, and whatever a model is talked into is checked as ever."""

_LOOKALIKES = str.maketrans({"<": "‹", ">": "›", "|": "¦", '"': "'", "“": "'", "”": "'", "`": "'", "\\": "/"})


def clean(text: str) -> str:
    """A label without orders, line breaks, quotes and anything a processor could take for a special token.

    Removing one token can join two halves into another, so it is repeated; stray brackets become look-alikes.
    """
    text = re.sub(r"\s+", " ", "".join(c if c.isprintable() else " " for c in text))
    while (shorter := _MARKUP.sub("", text)) != text:
        text = shorter
    return _ORDERS.sub(CUT, text).translate(_LOOKALIKES).strip()[:MOST_LABEL]
