"""negative_over: a signal that lies on both sides of 0 is below it over a stretch (`renderer.measure.signed`).

`mean` is that of the stretch, in file units; `extreme` and `value` its column farthest from 0.
"""

from __future__ import annotations

from vlm.claims.signed.stretches import kind_of

KIND = kind_of("negative_over", lambda found: found.negative, "positive_over")
