"""Kinds of claims on how a signal or a row stands among what else there is: over the rest of the window, in its file,
in the classes of another row, over the intervals of another.

Knows evidence over places and of whole rows; nothing of pixels, prompts or sentences.
May import vlm.claims' shared modules and what those may import, but no other room of kinds, and not the registry.
"""

from vlm.claims.standing import class_level, holds_share, low_in_file, no_data_over, overlap_count, stands_above

KINDS = (
    stands_above.KIND,
    holds_share.KIND,
    low_in_file.KIND,
    class_level.KIND,
    overlap_count.KIND,
    no_data_over.KIND,
)
