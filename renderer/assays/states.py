"""What chromatin states are called, and what they stand for: the families of the segmentations that people use.

Knows names: Roadmap's (TssA, ReprPCWk; Kundaje et al. 2015), the Broad's of nine cell types (12_Repressed; Ernst et al.
2011), and the five colours of Drosophila (Filion et al. 2010).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Literal

Family = Literal["active", "bivalent", "polycomb", "heterochromatin", "quiescent"]

_WORDS: tuple[tuple[Family, str], ...] = (
    ("bivalent", r"tssbiv|bivflnk|enhbiv|poised.*"),
    ("polycomb", r"reprpc(wk)?|repressed|polycomb.*|blue"),
    ("heterochromatin", r"het|heterochromatin|green"),
    ("quiescent", r"quies|quiescent.*|heterochrom.?lo|black"),
    ("active", r"tss(a|flnk|flnku|flnkd|aflnk)?|tx(wk|flnk|n)?|enh(a|g|wk)?\d?|yellow|red"),
    ("active", r"(active|weak)_promoter|(strong|weak)_enhancer|txn_(transition|elongation)|weak_txn"),
)
"""Names of states in small letters, without the number that stands before them."""


_NUMBER = re.compile(r"^[A-Z]?\d+_")


def printed_name(name: str) -> str:
    """The name of a state as a figure has it: '4_Strong_Enhancer' is 'Strong Enhancer'."""
    return _NUMBER.sub("", name).replace("_", " ")


def is_called(name: str, said: str) -> bool:
    """Whether what is said is this state: by its name, or as a legend prints it, also beside others of its colour
    ('Weak Enhancer, Strong Enhancer')."""
    return said.casefold() == name.casefold() or printed_name(name).casefold() in said.casefold().split(", ")


def family_of(name: str) -> Family | None:
    """The family of a state; None for one that belongs to none of them (an insulator, a repeat), or is not known."""
    bare = re.sub(r"^[eE]?\d+[_ ]", "", name).casefold().replace("/", " ")
    return next((family for family, words in _WORDS if re.fullmatch(words, bare)), None)


def in_families(shares: Mapping[str, float]) -> dict[Family, float]:
    """Shares of states as shares of their families."""
    found: dict[Family, float] = {}
    for name, share in shares.items():
        family = family_of(name)
        if family is not None:
            found[family] = min(1.0, found.get(family, 0.0) + share)
    return found


def are_known(names: Iterable[str]) -> bool:
    """Whether most of these names are states of a family, of two families at least."""
    families = [family_of(name) for name in names]
    return 2 * sum(one is not None for one in families) > len(families) and len({*families} - {None}) > 1
