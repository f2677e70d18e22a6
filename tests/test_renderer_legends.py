"""What is printed of a row is told in the layout: names of colours, the remark under the label, a message."""

import json

from renderer.figure.page import Page
from renderer.figure.rows.kinds import interval_row
from renderer.figure.rows.legends import one_legend
from renderer.figure.style import UCSC
from renderer.values.layout import NOTHING_HERE, Layout
from renderer.values.region import Region
from renderer.window.intervals import Interval

WINDOW = Region("chr1", 0, 100_000)
RED, GREEN = "#ff0000", "#00aa00"


def states(colors):
    """A tiling of the window in tiles of these names and colours."""
    step = WINDOW.span // len(colors)
    return [Interval(n * step, (n + 1) * step, name, color=color) for n, (name, color) in enumerate(colors)]


def layout(*rows):
    """The layout of a page with rows of intervals."""
    drawn = [interval_row(n, "row", items, WINDOW, "#33475b", UCSC) for n, items in enumerate(rows, 1)]
    return Page(one_legend(drawn), WINDOW, "", UCSC).layout


def test_the_layout_tells_the_printed_names_of_each_row_of_states():
    one = states([("1_Tss_A", RED), ("2_Quies", GREEN)] * 3)
    other = states([("Inactive", RED)] * 5)
    told = layout(one, other, [Interval(10, 20, "peak_1")], [])
    assert [((RED, "Tss A"), (GREEN, "Quies")), ((RED, "Inactive"),), (), ()] == [box.legend for box in told.tracks]
    assert [None, None, None, NOTHING_HERE] == [box.message for box in told.tracks]
    assert told == Layout.from_json(json.loads(json.dumps(told.to_json())))


def test_colours_whose_names_find_no_room_have_none():
    names = [(f"{n}_{'State' * 8}{n}", f"#{n:02x}00{n:02x}") for n in range(10, 30)]
    (box,) = layout(states(names)).tracks
    assert 0 < len(box.legend) < len(names)
    assert set(box.legend) <= {(color, name.split("_")[1]) for name, color in names}


def test_layouts_kept_before_words_were_told_are_read():
    kept = layout([Interval(10, 20)]).to_json()
    for box in kept["tracks"]:
        del box["legend"], box["detail"], box["message"]
    assert () == Layout.from_json(kept).tracks[0].legend
