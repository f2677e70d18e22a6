"""How servers of models are asked: what the settings say of it, and the numbers that hold where they say nothing."""

from __future__ import annotations

from dataclasses import dataclass, field

FIRST_WAIT = 0.5
"""Seconds between the first two tries, doubled with each further one."""


@dataclass(frozen=True, kw_only=True)
class Limits:
    """`seconds`: for one answer. `patience`: how long a server that is away or busy is waited for, in seconds.
    `unmet`: how long one is that never answered yet: most often its address is wrong, or it was not started.
    `at_once`: requests in flight. `first_wait`: seconds before the second try."""

    seconds: float = 120.0
    patience: float = 180.0
    unmet: float = 5.0
    at_once: int = 32
    first_wait: float = FIRST_WAIT


@dataclass(frozen=True)
class Servers:
    """The key that servers are given, the limits on requests, and the hard limit on reading one batch, in seconds."""

    key: str = field(default="", repr=False)
    limits: Limits = Limits()
    batch_seconds: float = 1800.0
