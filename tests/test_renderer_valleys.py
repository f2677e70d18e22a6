import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.signal import find_peaks, peak_widths

from renderer.arrays.valleys import find_valleys

values = st.integers(-4, 4).map(float) | st.floats(-10, 10).map(lambda value: round(value, 3))


@given(st.lists(values, max_size=60), st.sampled_from([0.0, 0.5, 2.0, 7.0]), st.integers(1, 9))
def test_valleys_are_the_peaks_that_scipy_finds_upside_down(curve, depth, apart):
    curve = np.array(curve, dtype=float)
    bottoms, facts = find_peaks(-curve, prominence=depth, distance=apart)
    _, _, left, right = peak_widths(-curve, bottoms, rel_height=0.5)
    found = find_valleys(curve, depth, apart)
    assert bottoms.tolist() == [one.at for one in found]
    assert facts["prominences"].tolist() == [one.depth for one in found]
    assert left.tolist() == [one.left for one in found]
    assert right.tolist() == [one.right for one in found]


def test_a_curve_without_a_valley_has_none():
    for curve in ([], [1.0], [2.0, 1.0], [1.0, 2.0, 3.0], [5.0] * 9):
        assert [] == find_valleys(np.array(curve), 0.0)
