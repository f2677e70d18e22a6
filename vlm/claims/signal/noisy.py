"""noisy: the track is raised everywhere and nothing stands out."""

from vlm.claims.signal import state

NAME = "noisy"

KIND = state.kind_of(NAME, "ups and downs of one size all along, none of them clear")
