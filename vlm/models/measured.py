"""The captioner without a model: it states the measurements. The baseline every model is compared with, and the
fall-back where a model says nothing that holds. It looks at no pixels, and its name says so.
"""

from __future__ import annotations

from vlm.claims.stating import state
from vlm.values.captioner import Figure, ModelInfo, RawReading

REVISION = "2"


class Measured:
    """The captioner called 'measured'."""

    @property
    def info(self) -> ModelInfo:
        """Name and revision; no device, there is no model."""
        return ModelInfo("measured", REVISION, "none", measures=True, small=True)

    def read(self, figures: list[Figure]) -> list[RawReading]:
        """State what was measured in each figure."""
        return [self._read(figure) for figure in figures]

    def _read(self, figure: Figure) -> RawReading:
        if figure.evidence is None:
            return RawReading((), error="There are no measurements for this figure.")
        return RawReading(tuple(state(figure)))
