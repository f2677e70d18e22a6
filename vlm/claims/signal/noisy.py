"""noisy: the track is raised everywhere and nothing stands out."""

from functools import partial

from vlm.claims.kind import Kind, Token
from vlm.claims.signal import state

NAME = "noisy"

KIND = Kind(
    NAME,
    ("signal",),
    state.check,
    points="state",
    brief=True,
    says=frozenset({"no peak", "not", "low"}),
    stated=partial(state.stated, NAME),
    facts=partial(state.facts, NAME),
    tokens=(Token("noisy"),),
)
