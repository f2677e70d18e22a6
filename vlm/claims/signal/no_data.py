"""no_data: the file has no value in the window."""

from vlm.claims.signal import state

NAME = "no_data"

KIND = state.kind_of(NAME, "the file holds nothing for this row in the window")
