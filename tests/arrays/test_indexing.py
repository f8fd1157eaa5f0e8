"""Indexing, assignment, views and aliasing as NumPy has them, in value and in every direction of the tangent.

The reference throughout is plain NumPy: the same operation on the value's array, and on each direction's tangent array.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import dualdiff as dd

DIRECTIONS: list[int | None] = [None, 1, 3]
SHAPE = (4, 3, 5)


def made(shape: tuple[int, ...], k: int | None, seed: int = 0) -> tuple[Any, Any]:
    """Return a random array and tangents for it: one direction (None), or k in front."""
    rng = np.random.default_rng(seed)
    return rng.normal(size=shape), rng.normal(size=shape if k is None else (k, *shape))


def dual(v: Any, t: Any) -> Any:
    """Return a dual with parts of its own."""
    return dd.Dual(v.copy(), t.copy())


def rows(t: Any, k: int | None) -> list[Any]:
    """Return the tangent of each direction."""
    return [t] if k is None else list(t)


def tangent_of(d: Any, k: int | None) -> Any:
    """Return the dense tangent of a dual, zeros if it is a constant."""
    if not isinstance(d, dd.Dual):
        return np.zeros(np.shape(d) if k is None else (k, *np.shape(d)))
    ones = 0.0 * d.value if k is None else np.zeros((k, *np.shape(d.value)))
    # adding an explicit zero tangent turns a symbolic zero into numbers
    return np.asarray((d + dd.Dual(0.0 * d.value, ones)).tangent)


def assert_dual(d: Any, value: Any, tangents: list[Any], k: int | None) -> None:
    """Assert that a dual has exactly this value and these tangents, one a direction."""
    np.testing.assert_array_equal(np.asarray(dd.value_of(d)), value)
    assert np.shape(dd.value_of(d)) == np.shape(value)
    found = tangent_of(d, k)
    expected = tangents[0] if k is None else np.stack(tangents)
    assert found.shape == np.shape(expected)
    np.testing.assert_array_equal(found, expected)


MASK3 = np.random.default_rng(7).random(SHAPE) > 0.5
MASK1, MASK2 = np.array([True, False, True, True]), np.random.default_rng(8).random((4, 3)) > 0.5
ROWS, J = np.array([0, 2, 2, -1]), np.array([[1, 0], [2, -3]])

INDICES: dict[str, Any] = {
    "int": 1,
    "negative int": -1,
    "np.int64": np.int64(2),
    "0-d int array": np.array(2),
    "two ints": (1, 2),
    "three ints": (1, -1, 4),
    "slice": slice(1, 3),
    "empty slice": slice(2, 2),
    "slice past the end": slice(1, 99),
    "step": slice(None, None, 2),
    "negative step": slice(None, None, -1),
    "negative step from the end": slice(-1, 0, -2),
    "all": slice(None),
    "ellipsis": ...,
    "empty tuple": (),
    "newaxis": np.newaxis,
    "newaxes": (None, slice(None), None, ..., None),
    "ellipsis and int": (..., 2),
    "int and ellipsis": (1, ...),
    "int ellipsis int": (1, ..., 2),
    "full with ellipsis": (1, 2, 3, ...),
    "ellipsis in full": (1, ..., 2, 3),
    "slices": (slice(1, 3), slice(None, None, -1), slice(None, None, 2)),
    "int between slices": (slice(1, 3), 1, slice(None, None, 2)),
    "int newaxis slice": (1, None, slice(None, None, -1)),
    "list": [0, 2],
    "list with repeats": [0, 0, 3, 0],
    "negative list": [-1, -4],
    "empty list": [],
    "array": ROWS,
    "2-D array": J,
    "array first, slice": (ROWS, slice(1, None)),
    "slice, array": (slice(None), J),
    "slice, array, slice": (slice(1, 3), J, slice(None, None, 2)),
    "ellipsis, array": (..., ROWS),
    "array, ellipsis": (ROWS, ...),
    "two arrays": (np.array([0, 1]), np.array([2, 0])),
    "two broadcast arrays": (np.array([[0], [1]]), np.array([2, 0, 1])),
    "arrays side by side after a slice": (slice(None), np.array([0, 1]), np.array([4, 2])),
    "arrays separated by a slice": (np.array([0, 1]), slice(None), np.array([4, 2])),
    "arrays separated by an ellipsis": (np.array([0, 1]), ..., np.array([4, 2])),
    "arrays separated by newaxis": (np.array([0, 1]), None, np.array([2, 2])),
    "array and int": (np.array([0, 1]), 2),
    "int and array separated": (1, slice(None), np.array([4, 2])),
    "array and int separated": (np.array([4 - 1, 2]), slice(1, 3), 0),
    "three arrays": (np.array([0, 1]), np.array([2, 0]), np.array([4, 3])),
    "newaxis, array": (None, ROWS),
    "array, newaxis": (ROWS, None),
    "array newaxis slice": (J, None, slice(None, 2)),
    "0-d array, slice": (np.array(1), slice(None)),
    "np.ix_": np.ix_([0, 2], [1, 0, 2], [4]),
    "np.ix_ of two": np.ix_([0, 2], [1, 0]),
    "full mask": MASK3,
    "leading mask": MASK1,
    "two leading axes mask": MASK2,
    "mask and int": (MASK1, 1),
    "mask and slice": (MASK1, slice(None, None, -1)),
    "slice and mask": (slice(None), np.array([True, False, True])),
    "slice, slice, mask": (slice(1, 2), slice(None), np.array([True, False, True, True, False])),
    "mask and array": (MASK1, np.array([0, 2, 1])),
    "array and mask": (np.array([0, 3]), np.array([True, False, True])),
    "mask, slice, array": (MASK1, slice(None), np.array([0, 4, 1])),
    "ellipsis and mask": (..., np.array([True, False, True, True, False])),
    "empty mask": np.zeros(SHAPE, bool),
    "empty leading mask": np.zeros(4, bool),
    "list mask": [True, False, True, False],
    "True": True,
    "False": False,
    "np.True_": np.True_,
    "0-d mask": np.array(True),
    "True and slice": (True, slice(1, 2)),
    "False and ellipsis": (False, ...),
    "nonzero": np.nonzero(MASK2),
    "uint8 array": np.array([0, 3], np.uint8),
    "empty int array": np.empty(0, int),
    "empty 2-D int array": (np.empty((0, 2), int), slice(None), 1),
}
VECTOR_INDICES: dict[str, Any] = {
    "int": 1,
    "negative": -2,
    "slice": slice(1, 4, 2),
    "reverse": slice(None, None, -1),
    "list": [3, 3, 0],
    "mask": np.array([True, False, True, False, True]),
    "newaxis": (slice(None), None),
    "2-D": np.array([[0, 1], [4, 4]]),
    "ellipsis": ...,
    "int and ellipsis": (1, ...),
}


# ---------------------------------------------------------------- reading
@pytest.mark.parametrize("k", DIRECTIONS)
@pytest.mark.parametrize("name", INDICES)
def test_reading(name: str, k: int | None) -> None:
    """d[index] has the value and the tangent of every direction that NumPy's indexing gives."""
    index = INDICES[name]
    v, t = made(SHAPE, k)
    assert_dual(dual(v, t)[index], v[index], [row[index] for row in rows(t, k)], k)


@pytest.mark.parametrize("k", DIRECTIONS)
@pytest.mark.parametrize("name", VECTOR_INDICES)
def test_reading_a_vector(name: str, k: int | None) -> None:
    """The same for vectors, where a directions axis is most easily mistaken for the array's own."""
    index = VECTOR_INDICES[name]
    n = 5
    v, t = made((n,), k)
    assert_dual(dual(v, t)[index], v[index], [row[index] for row in rows(t, k)], k)


@pytest.mark.parametrize("k", [None, 5])
def test_reading_when_directions_and_entries_are_equally_many(k: int | None) -> None:
    """With k = n directions no index reaches the directions axis."""
    v, t = made((5,), k)
    for index in (0, -1, slice(0, 2), [1, 2], v > 0, (None, 0), (0, None), ...):
        assert_dual(dual(v, t)[index], v[index], [row[index] for row in rows(t, k)], k)


@pytest.mark.parametrize("k", DIRECTIONS)
@pytest.mark.parametrize("index", [(), ..., None, (None, ...), True, False, np.array(True), (..., None)], ids=repr)
def test_reading_a_zero_dimensional_array(index: Any, k: int | None) -> None:
    """0-d arrays take the indices that NumPy's take."""
    v, t = made((), k)
    v, t = np.array(v), np.array(t)
    assert_dual(dd.Dual(v, t)[index], v[index], [np.asarray(row)[index] for row in rows(t, k)], k)


@pytest.mark.parametrize("kind", ["float", "float64", "0-d", "entry", "nested"])
@pytest.mark.parametrize("index", [(), ..., None, (None, ...), True, (..., None)], ids=repr)
def test_reading_a_scalar(index: Any, kind: str) -> None:
    """Scalars take the indices that NumPy's scalars take."""

    def f(x: Any) -> Any:
        return x[index] ** 2

    x = {"float": 3.0, "float64": np.float64(3.0)}.get(kind, np.array(3.0))
    if kind == "entry":
        result = dd.jacobian(lambda v: f(v[0]))(np.array([3.0, 1.0]))[..., 0]
    elif kind == "nested":
        result = 3.0 * dd.derivative(dd.derivative(f))(3.0)
    else:
        result = dd.derivative(f)(x)
    expected = f(np.array(3.0)) * 2.0 / 3.0
    assert np.shape(result) == np.shape(expected)
    np.testing.assert_array_equal(result, expected)


@pytest.mark.parametrize(
    "index",
    [4, -5, (0, 3), (0, 0, 0, 0), [4], [-5], (slice(None), [3]), 1.0, "a", (1, "a"), [1.5], np.zeros(3, bool)],
    ids=repr,
)
def test_bad_index(index: Any) -> None:
    """A bad index raises what NumPy raises, for reading and for writing."""
    v, t = made(SHAPE, None)
    with pytest.raises(IndexError) as reference:
        v[index]
    with pytest.raises(IndexError) as caught:
        dual(v, t)[index]
    assert type(caught.value) is type(reference.value)
    d = dual(v, t)
    with pytest.raises(IndexError):
        d[index] = 1.0
    assert_dual(d, v, [t], None)


# ---------------------------------------------------------------- writing
def sources(target: Any, k: int | None) -> dict[str, tuple[Any, Any, list[Any]]]:
    """Return things to assign to a target: what to write, its value and its tangents."""
    shape = np.shape(target)
    zeros = [0.0] * len(rows(np.zeros(1 if k is None else (k, 1)), k))
    out: dict[str, tuple[Any, Any, list[Any]]] = {"number": (2.5, 2.5, zeros), "integer": (3, 3, zeros)}
    v, t = made(shape, k, seed=5)
    out["array"] = (v, v, zeros)
    out["dual"] = (dual(np.asarray(v), np.asarray(t)), v, rows(t, k))
    v, t = made((), k, seed=6)
    out["scalar dual"] = (dd.Dual(np.array(v), np.array(t)), v, rows(t, k))
    if shape:
        v, t = made(shape[-1:], k, seed=7)
        out["row"] = (v, v, zeros)
        out["dual row"] = (dual(v, t), v, rows(t, k))
    if len(shape) > 1:
        v, t = made((shape[0],) + (1,) * (len(shape) - 1), k, seed=8)
        out["dual column"] = (dual(v, t), v, rows(t, k))
    if shape:
        v, t = made((1, *shape), k, seed=9)
        out["dual with a leading 1"] = (dual(v, t), v, rows(t, k))
    v, t = made(shape, k, seed=10)
    v, t = np.asarray(v), np.asarray(t)
    out["constant dual"] = (np.floor(dual(v, t)), np.floor(v), zeros)
    return out


SOURCES = list(sources(np.zeros((2, 2)), None))


@pytest.mark.parametrize("k", DIRECTIONS)
@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("name", INDICES)
def test_writing(name: str, source: str, k: int | None) -> None:
    """d[index] = x writes the value and overwrites the tangent, for numbers, arrays, duals and anything broadcast."""
    index = INDICES[name]
    v, t = made(SHAPE, k)
    table = sources(v[index], k)
    if source not in table:
        source = "dual"
    x, value, tangents = table[source]
    d = dual(v, t)
    expected = v.copy()
    try:
        expected[index] = value
    except (ValueError, TypeError):
        with pytest.raises((ValueError, TypeError)):
            d[index] = x
        assert_dual(d, v, rows(t, k), k)
        return
    d[index] = x
    expected_tangents = [row.copy() for row in rows(t, k)]
    for row, new in zip(expected_tangents, tangents, strict=True):
        row[index] = new
    assert_dual(d, expected, expected_tangents, k)


@pytest.mark.parametrize("k", DIRECTIONS)
@pytest.mark.parametrize("name", VECTOR_INDICES)
@pytest.mark.parametrize("source", ["number", "array", "dual", "scalar dual", "constant dual"])
def test_writing_a_vector(source: str, name: str, k: int | None) -> None:
    """The same for vectors."""
    index = VECTOR_INDICES[name]
    v, t = made((5,), k)
    x, value, tangents = sources(v[index], k)[source]
    d = dual(v, t)
    d[index] = x
    expected, rows_expected = v.copy(), [row.copy() for row in rows(t, k)]
    expected[index] = value
    for row, new in zip(rows_expected, tangents, strict=True):
        row[index] = new
    assert_dual(d, expected, rows_expected, k)


AUGMENTED: dict[str, tuple[Any, Any, Any]] = {
    "+=": (lambda a, b: a + b, lambda a, da, b, db: da + db, lambda d, i, b: _iadd(d, i, b)),
    "-=": (lambda a, b: a - b, lambda a, da, b, db: da - db, lambda d, i, b: _isub(d, i, b)),
    "*=": (lambda a, b: a * b, lambda a, da, b, db: da * b + a * db, lambda d, i, b: _imul(d, i, b)),
}


def _iadd(d: Any, i: Any, b: Any) -> None:
    d[i] += b


def _isub(d: Any, i: Any, b: Any) -> None:
    d[i] -= b


def _imul(d: Any, i: Any, b: Any) -> None:
    d[i] *= b


@pytest.mark.parametrize("k", DIRECTIONS)
@pytest.mark.parametrize("operator", AUGMENTED)
@pytest.mark.parametrize("source", ["number", "dual", "scalar dual"])
@pytest.mark.parametrize("name", INDICES)
def test_augmented_assignment(name: str, source: str, operator: str, k: int | None) -> None:
    """d[index] += x does what NumPy's does, repeated indices included, and follows the product rule."""
    index = INDICES[name]
    value_rule, tangent_rule, write = AUGMENTED[operator]
    v, t = made(SHAPE, k)
    x, value, tangents = sources(v[index], k)[source]
    d = dual(v, t)
    write(d, index, x)
    expected = v.copy()
    expected[index] = value_rule(v[index], value)
    np.testing.assert_array_equal(np.asarray(dd.value_of(d)), expected)
    expected_tangents = []
    for row, dx in zip(rows(t, k), tangents, strict=True):
        new = row.copy()
        new[index] = tangent_rule(v[index], row[index], value, dx)
        expected_tangents.append(new)
    np.testing.assert_allclose(
        tangent_of(d, k), expected_tangents[0] if k is None else np.stack(expected_tangents), rtol=1e-14, atol=1e-15
    )


def test_writing_the_wrong_shape() -> None:
    """A source that does not broadcast raises ValueError and leaves value and tangent as they were."""
    for k in DIRECTIONS:
        v, t = made((4, 3), k)
        d = dual(v, t)
        for index, source in [
            (0, np.ones(2)),
            (slice(None), np.ones(4)),
            ([0, 1], dual(*made((3, 3), k))),
            (v > 0, dual(*made((int((v > 0).sum()) + 1,), k))),
            ((0, 0), np.ones(3)),
        ]:
            with pytest.raises((ValueError, TypeError)):
                d[index] = source
            assert_dual(d, v, rows(t, k), k)


@pytest.mark.parametrize("k", DIRECTIONS)
def test_overlapping_assignment(k: int | None) -> None:
    """Assignments between overlapping views of one array behave as NumPy's (as if the source was copied)."""
    for target, source in [
        (slice(1, None), slice(None, -1)),
        (slice(None, -1), slice(1, None)),
        (slice(None), slice(None, None, -1)),
    ]:
        v, t = made((6,), k)
        d = dual(v, t)
        d[target] = d[source]
        expected, tangents = v.copy(), [row.copy() for row in rows(t, k)]
        expected[target] = expected[source]
        for row in tangents:
            row[target] = row[source]
        assert_dual(d, expected, tangents, k)
        d = dual(v, t)
        d[target] += d[source]
        expected, tangents = v.copy(), [row.copy() for row in rows(t, k)]
        expected[target] += v[source]
        for row, original in zip(tangents, rows(t, k), strict=True):
            row[target] += original[source]
        assert_dual(d, expected, tangents, k)


@pytest.mark.parametrize("k", DIRECTIONS)
def test_swapping_entries(k: int | None) -> None:
    """Swaps and rotations of entries and rows by tuple assignment, as in a sort written by hand."""
    v, t = made((4,), k)
    d = dual(v, t)
    d[0], d[1] = d[1], d[0]
    assert_dual(d, v[[1, 0, 2, 3]], [row[[1, 0, 2, 3]] for row in rows(t, k)], k)
    d = dual(v, t)
    d[[0, 1]] = d[[1, 0]]
    assert_dual(d, v[[1, 0, 2, 3]], [row[[1, 0, 2, 3]] for row in rows(t, k)], k)
    v, t = made((4, 2), k)
    d = dual(v, t)
    d[[0, 2]] = d[[2, 0]]
    assert_dual(d, v[[2, 1, 0, 3]], [row[[2, 1, 0, 3]] for row in rows(t, k)], k)


@pytest.mark.parametrize("k", DIRECTIONS)
def test_bubble_sort_by_hand(k: int | None) -> None:
    """A sort written entry by entry moves the tangents with the values."""
    v, t = made((7,), k)
    d = dual(v, t)
    for i in range(7):
        for j in range(6 - i):
            if d[j] > d[j + 1]:
                d[j], d[j + 1] = d[j + 1], d[j]
    order = np.argsort(v)
    assert_dual(d, v[order], [row[order] for row in rows(t, k)], k)


@pytest.mark.parametrize("k", DIRECTIONS)
def test_random_shuffle(k: int | None) -> None:
    """A shuffle in place either raises and changes nothing, or permutes values and tangents alike."""
    for shape in [(8,), (8, 2)]:
        v, t = made(shape, k)
        d = dual(v, t)
        try:
            np.random.default_rng(0).shuffle(d)
        except (TypeError, ValueError, UserWarning):
            assert_dual(d, v, rows(t, k), k)
            continue
        key = v.reshape(8, -1)[:, 0]
        found = np.asarray(dd.value_of(d)).reshape(8, -1)[:, 0]
        assert sorted(found) == sorted(key)
        order = [int(np.flatnonzero(key == entry)[0]) for entry in found]
        assert_dual(d, v[order], [row[order] for row in rows(t, k)], k)


# ---------------------------------------------------------------- hypothesis: any index at all
def test_any_index_expression() -> None:
    """Reading, writing and += agree with NumPy for index expressions drawn at random."""
    hypothesis = pytest.importorskip("hypothesis")
    st = pytest.importorskip("hypothesis.strategies")
    extra = pytest.importorskip("hypothesis.extra.numpy")
    shapes = extra.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4)

    def check(data: Any, shape: tuple[int, ...], k: int | None) -> None:
        basic = extra.basic_indices(shape, allow_newaxis=True, allow_ellipsis=True)
        kinds = [basic]
        if shape and all(shape):
            kinds.append(extra.integer_array_indices(shape))
            kinds.append(st.tuples(*(st.one_of(*_axis(st, extra, n)) for n in shape)))
        kinds.append(extra.arrays(bool, shape))
        index = data.draw(st.one_of(*kinds))
        v, t = made(shape, k)
        v, t = np.asarray(v), np.asarray(t)
        try:
            expected = v[index]
        except IndexError:
            with pytest.raises(IndexError):
                dual(v, t)[index]
            return
        d = dual(v, t)
        assert_dual(d[index], expected, [np.asarray(row)[index] for row in rows(t, k)], k)
        source = data.draw(st.sampled_from(SOURCES))
        table = sources(expected, k)
        x, value, tangents = table.get(source, table["dual"])
        written, new_rows = v.copy(), [np.array(row) for row in rows(t, k)]
        try:
            written[index] = value
        except (ValueError, TypeError):
            with pytest.raises((ValueError, TypeError)):
                d[index] = x
            return
        d[index] = x
        for row, new in zip(new_rows, tangents, strict=True):
            row[index] = new
        assert_dual(d, written, new_rows, k)
        d = dual(v, t)
        d[index] += table["scalar dual"][0]
        written, new_rows = v.copy(), [np.array(row) for row in rows(t, k)]
        written[index] += table["scalar dual"][1]
        for row, new in zip(new_rows, table["scalar dual"][2], strict=True):
            row[index] += new
        assert_dual(d, written, new_rows, k)

    drawn = hypothesis.given(st.data(), shapes, st.sampled_from(DIRECTIONS))(check)
    hypothesis.settings(max_examples=400, deadline=None, database=None, derandomize=True)(drawn)()


def _axis(st: Any, extra: Any, n: int) -> list[Any]:
    """Return strategies for what may stand at one axis of length n."""
    return [
        st.integers(-n, n - 1),
        st.slices(n),
        st.lists(st.integers(-n, n - 1), min_size=2, max_size=2),
        st.just(np.arange(n) % 2 == 0) if (n + 1) // 2 == 2 else st.just(slice(None, None, -1)),
    ]


# ---------------------------------------------------------------- views
VIEWS: dict[str, Callable[[Any], Any]] = {
    "slice": lambda a: a[1:3],
    "negative step": lambda a: a[::-1],
    "row": lambda a: a[1],
    "column": lambda a: a[:, 1],
    "ellipsis": lambda a: a[...],
    "newaxis": lambda a: a[None],
    "int and slice": lambda a: a[1, ::2],
    "view of view": lambda a: a[1:][::2][:, 1:],
    "reshape": lambda a: a.reshape(a.size),
    "reshape -1": lambda a: np.reshape(a, (3, -1)),
    "reshape of transpose (copies)": lambda a: a.T.reshape(a.size),
    "ravel": lambda a: a.ravel(),
    "np.ravel": np.ravel,
    "ravel of transpose (copies)": lambda a: a.T.ravel(),
    "ravel F (copies)": lambda a: a.ravel(order="F"),
    "flatten (copies)": lambda a: a.flatten(),
    "T": lambda a: a.T,
    "mT": lambda a: a.mT,
    "transpose": np.transpose,
    "transpose method": lambda a: a.transpose(1, 0),
    "transpose then slice": lambda a: a.T[1:, ::2],
    "permute_dims": lambda a: np.permute_dims(a, (1, 0)),
    "matrix_transpose": lambda a: np.matrix_transpose(a),
    "swapaxes": lambda a: a.swapaxes(0, 1),
    "moveaxis": lambda a: np.moveaxis(a, 0, 1),
    "rollaxis": lambda a: np.rollaxis(a, 1),
    "flip": np.flip,
    "flip one axis": lambda a: np.flip(a, axis=1),
    "fliplr": np.fliplr,
    "flipud": np.flipud,
    "rot90": np.rot90,
    "expand_dims": lambda a: np.expand_dims(a, 1),
    "squeeze": lambda a: np.squeeze(a[:, None]),
    "squeeze method": lambda a: a[None].squeeze(),
    "atleast_3d": np.atleast_3d,
    "atleast_1d": np.atleast_1d,
    "split": lambda a: np.split(a, 2)[1],
    "array_split": lambda a: np.array_split(a, 3)[0],
    "hsplit": lambda a: np.hsplit(a, 3)[2],
    "vsplit": lambda a: np.vsplit(a, 2)[0],
    "unstack": lambda a: np.unstack(a)[2],
    "iteration": lambda a: list(a)[2],
    "unpacking": lambda a: _second(*a),
    "real": np.real,
    "real attribute": lambda a: a.real,
    "astype without copy": lambda a: a.astype(float, copy=False),
    "astype (copies)": lambda a: a.astype(float),
    "copy (copies)": lambda a: a.copy(),
    "np.copy (copies)": np.copy,
    "list index (copies)": lambda a: a[[0, 2]],
    "mask (copies)": lambda a: a[MASK2[:, :3]],
    "array index (copies)": lambda a: a[np.array([0, 1]), np.array([1, 2])],
    "ix_ (copies)": lambda a: a[np.ix_([0, 1], [1, 2])],
    "mixed index (copies)": lambda a: a[1:, [0, 1]],
    "take (copies)": lambda a: np.take(a, [0, 1], axis=0),
    "plus zero (copies)": lambda a: a + 0.0,
    "times one (copies)": lambda a: a * 1,
    "divided by one (copies)": lambda a: a / 1,
    "to the power one (copies)": lambda a: a**1,
    "unary plus (copies)": lambda a: +a,
    "positive (copies)": np.positive,
    "double negative (copies)": lambda a: np.negative(-a),
    "conj": lambda a: a.conj(),
    "np.conjugate (copies)": np.conjugate,
    "roll (copies)": lambda a: np.roll(a, 0),
    "repeat (copies)": lambda a: np.repeat(a, 1, axis=0),
    "tile (copies)": lambda a: np.tile(a, (1, 1)),
    "concatenate (copies)": lambda a: np.concatenate([a]),
    "stack (copies)": lambda a: np.stack([a])[0],
    "where (copies)": lambda a: np.where(True, a, a),
    "sort (copies)": lambda a: np.sort(a, axis=0),
    "clip (copies)": lambda a: np.clip(a, -100, 100),
    "minimum (copies)": lambda a: np.minimum(a, 100.0),
    "sum over a new axis (copies)": lambda a: np.sum(a[None], axis=0),
    "cumsum over a new axis (copies)": lambda a: np.cumsum(a[None], axis=0)[0],
    "triu (copies)": lambda a: np.triu(a, -10),
    "squeeze of nothing": np.squeeze,
    "reshape to itself": lambda a: a.reshape(a.shape),
    "meshgrid (copies)": lambda a: np.meshgrid(a[:, 0], a[0])[0],
    "meshgrid without copy": lambda a: np.meshgrid(a[:, 0], a[0], sparse=True, copy=False)[0],
    "diff of nothing": lambda a: np.diff(a, n=0),
    "round (copies)": lambda a: np.multiply(a, 1.0),
    "fft shift (copies)": lambda a: np.fft.fftshift(a),
    "sliding window of columns": lambda a: np.ravel(a)[2:7],
}
if not hasattr(np, "unstack"):
    del VIEWS["unstack"]


def _second(a: Any, b: Any, *rest: Any) -> Any:
    return b


@pytest.mark.parametrize("k", DIRECTIONS)
@pytest.mark.parametrize("write", ["plain", "dual", "whole", "augmented"])
@pytest.mark.parametrize("name", VIEWS)
def test_writing_through_a_view(name: str, write: str, k: int | None) -> None:
    """A write into a view appears in the base exactly where NumPy's does, and a write into a copy nowhere."""
    take = VIEWS[name]
    v, t = made((4, 3), k)
    base, base_rows = v.copy(), [row.copy() for row in rows(t, k)]
    d = dual(v, t)
    view, plain_view = take(d), take(base)
    plain_rows = [take(row) for row in base_rows]
    if name == "sort (copies)":
        order = np.argsort(base, axis=0)
        plain_rows = [np.take_along_axis(row, order, 0) for row in base_rows]
    first = (0,) * plain_view.ndim
    x, dx = made((), k, seed=3)
    dx_rows = rows(np.asarray(dx), k)
    number = dd.Dual(np.array(x), np.array(dx))
    if write == "plain":
        view[first] = plain_view[first] = 7.0
        for row in plain_rows:
            row[first] = 0.0
    elif write == "dual":
        view[first] = number
        plain_view[first] = x
        for row, new in zip(plain_rows, dx_rows, strict=True):
            row[first] = new
    elif write == "whole":
        view[...] = number
        plain_view[...] = x
        for row, new in zip(plain_rows, dx_rows, strict=True):
            row[...] = new
    else:
        view += number
        plain_view += x
        for i, new in enumerate(dx_rows):
            plain_rows[i] += new
    assert_dual(d, base, base_rows, k)
    assert_dual(view, plain_view, plain_rows, k)


@pytest.mark.parametrize("k", DIRECTIONS)
@pytest.mark.parametrize("name", [name for name in VIEWS if "copies" not in name])
def test_writing_into_the_base_shows_in_the_view(name: str, k: int | None) -> None:
    """A write into the base appears in its views, in value and in tangent."""
    take = VIEWS[name]
    v, t = made((4, 3), k)
    base, base_rows = v.copy(), [row.copy() for row in rows(t, k)]
    d = dual(v, t)
    view, plain_view, plain_rows = take(d), take(base), [take(row) for row in base_rows]
    x, dx = made((3,), k, seed=3)
    d[1] = dual(x, dx)
    d[2] *= 2.0
    d[:, 0] = 5.0
    base[1] = x
    base[2] *= 2.0
    base[:, 0] = 5.0
    for row, new in zip(base_rows, rows(dx, k), strict=True):
        row[1] = new
        row[2] *= 2.0
        row[:, 0] = 0.0
    assert_dual(view, plain_view, plain_rows, k)


@pytest.mark.parametrize("name", [name for name in VIEWS if "copies" not in name])
def test_views_of_a_constant_array(name: str) -> None:
    """A dual written through a view of np.zeros_like(x) arrives in the base, which was a constant until then."""
    take = VIEWS[name]

    def f(x: Any) -> Any:
        base = np.zeros_like(x, shape=(4, 3))
        view = take(base)
        view[(0,) * view.ndim] = x**2
        return base * 1.0

    base = np.zeros((4, 3))
    view = take(base)
    view[(0,) * view.ndim] = 1.0
    value, tangent = dd.jvp(f, 3.0, 1.0)
    np.testing.assert_array_equal(value, 9.0 * base)
    np.testing.assert_array_equal(tangent, 6.0 * base)
    value, tangent = dd.jvp(f, 3.0, np.array([1.0, 2.0]))
    np.testing.assert_array_equal(tangent, [6.0 * base, 12.0 * base])


def test_views_of_a_constant_array_made_before_and_after_the_first_write() -> None:
    """Views taken before the first dual is written, after it, and views of views all see the same tangent."""

    def f(x: Any) -> Any:
        base = np.zeros_like(x, shape=(2, 3))
        early = base[1]
        early_view = early[1:]
        base[0, 0] = x
        late = base.T
        early_view[0] = x**2
        late[2, 1] = x**3
        base[1, 0] = early[1] * early[2]
        return [base * 1.0, early * 1.0, early_view * 1.0, late * 1.0]

    value, tangent = dd.jvp(f, 2.0, 1.0)
    np.testing.assert_array_equal(value[0], [[2.0, 0.0, 0.0], [32.0, 4.0, 8.0]])
    exact = np.array([[1.0, 0.0, 0.0], [80.0, 4.0, 12.0]])
    for found, expected in zip(tangent, [exact, exact[1], exact[1, 1:], exact.T], strict=True):
        np.testing.assert_array_equal(found, expected)


READ_ONLY: dict[str, Callable[[Any], Any]] = {
    "diagonal": np.diagonal,
    "diagonal method": lambda a: a.diagonal(),
    "diag of a matrix": np.diag,
    "broadcast_to": lambda a: np.broadcast_to(a, (2, 4, 3)),
}


@pytest.mark.parametrize("k", DIRECTIONS)
@pytest.mark.parametrize("name", READ_ONLY)
def test_read_only_views(name: str, k: int | None) -> None:
    """Where NumPy's result is read-only a write raises and changes nothing."""
    v, t = made((4, 3), k)
    assert not READ_ONLY[name](v).flags.writeable
    d = dual(v, t)
    view = READ_ONLY[name](d)
    with pytest.raises(ValueError, match="read-only"):
        view[0] = 1.0
    with pytest.raises(ValueError, match="read-only"):
        view += 1.0
    with pytest.raises(ValueError, match="read-only"):
        view[0] = np.sum(d)
    assert_dual(d, v, rows(t, k), k)


@pytest.mark.parametrize("k", DIRECTIONS)
def test_flat(k: int | None) -> None:
    """d.flat reads and writes entry by entry in C order."""
    v, t = made((4, 3), k)
    d = dual(v, t)
    for i, entry in enumerate(d.flat):
        assert_dual(entry, v.flat[i], [row.flat[i] for row in rows(t, k)], k)
    assert len(d.flat) == 12
    for index in (3, -1, slice(2, 9, 3), [0, 5, 5]):
        assert_dual(d.flat[index], v.flat[index], [row.flat[index] for row in rows(t, k)], k)
    x, dx = made((), k, seed=3)
    base, base_rows = v.copy(), [row.copy() for row in rows(t, k)]
    d.flat[4] = dd.Dual(np.array(x), np.array(dx))
    d.flat[[7, 8]] = 1.0
    base.flat[4] = x
    base.flat[[7, 8]] = 1.0
    for row, new in zip(base_rows, rows(np.asarray(dx), k), strict=True):
        row.flat[4] = new
        row.flat[[7, 8]] = 0.0
    assert_dual(d, base, base_rows, k)


@pytest.mark.parametrize("k", DIRECTIONS)
def test_full_integer_index_copies(k: int | None) -> None:
    """d[i] with a full integer index is a copy: writing into either does not change the other."""
    v, t = made((4, 3), k)
    d = dual(v, t)
    entry = d[1, 2]
    kept = v[1, 2], [row[1, 2].copy() for row in rows(t, k)]
    d[1, 2] = 100.0
    assert_dual(entry, *kept, k)
    d = dual(v, t)
    entry = d[1, 2]
    entry += 5.0
    entry *= 2.0
    assert_dual(d, v, rows(t, k), k)
    d = dual(v[:, 0], t[..., 0])
    entries = list(d)
    d[:] = 0.0
    for i, entry in enumerate(entries):
        assert_dual(entry, v[i, 0], [row[i, 0] for row in rows(t, k)], k)


def test_full_index_with_an_ellipsis_is_a_view() -> None:
    """d[i, ...] is a 0-d view, as in NumPy."""
    v, t = made((4,), None)
    d = dual(v, t)
    view = d[1, ...]
    view[...] = 9.0
    assert float(dd.value_of(d[1])) == 9.0
    assert tangent_of(d, None)[1] == 0.0


ROUND_TRIPS: dict[str, Callable[[Any], Any]] = {name: take for name, take in VIEWS.items() if "copies" in name}


@pytest.mark.parametrize("name", ROUND_TRIPS)
def test_a_copy_inside_a_transform_does_not_alias(name: str) -> None:
    """Writing into a copy of the argument leaves the argument's value and derivative as they were."""
    x, t = made((4, 3), 2)

    def f(x: Any) -> Any:
        y = ROUND_TRIPS[name](x)
        y[0] = 1.0
        y *= 3.0
        return x * 1.0

    value, tangent = dd.jvp(f, x, t)
    np.testing.assert_array_equal(value, x)
    np.testing.assert_array_equal(tangent, t)


@pytest.mark.parametrize("name", ROUND_TRIPS)
def test_writing_into_the_argument_leaves_a_copy_alone(name: str) -> None:
    """Writing into the argument after copying it leaves the copy's value and derivative as they were."""
    x, t = made((4, 3), 2)
    take = ROUND_TRIPS[name]
    before_value, before_tangent = dd.jvp(lambda x: take(x) * 1.0, x, t)

    def f(x: Any) -> Any:
        y = take(x)
        x[0] = 1.0
        x *= 3.0
        x.sort(axis=0)
        return y

    value, tangent = dd.jvp(f, x, t)
    np.testing.assert_array_equal(value, before_value)
    np.testing.assert_array_equal(tangent, before_tangent)


def test_tangent_arrays_are_not_shared_between_results() -> None:
    """Functions whose tangent is their argument's tangent do not let one write change both."""

    def f(x: Any) -> Any:
        a, b, c = x + 1.0, x - 2.0, 5.0 + x
        a[0] = 0.0
        b *= 2.0
        c[1] = a[1]
        return a, b, c, x * 1.0

    x, t = made((3,), None)
    tangents = dd.jvp(f, x, t)[1]
    np.testing.assert_array_equal(tangents[0], [0.0, t[1], t[2]])
    np.testing.assert_array_equal(tangents[1], 2 * t)
    np.testing.assert_array_equal(tangents[2], t)
    np.testing.assert_array_equal(tangents[3], t)


# ---------------------------------------------------------------- filling arrays
FILLS: dict[str, Callable[[Any], Any]] = {
    "zeros_like": np.zeros_like,
    "empty_like": np.empty_like,
    "ones_like": np.ones_like,
    "full_like": lambda x: np.full_like(x, 2.0),
    "zeros_like shape": lambda x: np.zeros_like(x, shape=x.shape),
    "zeros_like float": lambda x: np.zeros_like(x, dtype=float),
    "copy": np.copy,
    "x * 0": lambda x: x * 0,
    "object array": lambda x: np.empty(len(x), dtype=object),
}


@pytest.mark.parametrize("k", DIRECTIONS)
@pytest.mark.parametrize("name", FILLS)
def test_loops_that_fill_an_array(name: str, k: int | None) -> None:
    """A recurrence written entry by entry into a new array has the right derivative."""

    def f(x: Any) -> Any:
        out = FILLS[name](x)
        out[0] = 0.0
        for i in range(1, len(x)):
            out[i] = x[i] * x[i - 1] + 0.5 * out[i - 1]
        return out * 1.0

    x, t = made((5,), k)
    value, tangent = dd.jvp(f, x, t)
    expected, expected_rows = np.zeros(5), [np.zeros(5) for _ in rows(t, k)]
    for i in range(1, 5):
        expected[i] = x[i] * x[i - 1] + 0.5 * expected[i - 1]
        for row, dx in zip(expected_rows, rows(t, k), strict=True):
            row[i] = dx[i] * x[i - 1] + x[i] * dx[i - 1] + 0.5 * row[i - 1]
    np.testing.assert_allclose(np.asarray(value, float), expected, rtol=1e-15)
    np.testing.assert_allclose(tangent, expected_rows[0] if k is None else np.stack(expected_rows), rtol=1e-14)


def test_filling_by_rows_columns_and_blocks() -> None:
    """A matrix filled by rows, columns, diagonals and blocks has the right Jacobian."""

    def f(x: Any) -> Any:
        out = np.zeros_like(x, shape=(4, 4))
        out[0, :2] = x
        out[1:3, 1:3] = np.outer(x, x)
        out[:, 3] = x[0] ** 2
        i = np.arange(4)
        out[i, i] += x[1]
        out[3][0] = x[0] * x[1]
        return out

    a, b = 2.0, 3.0
    J = dd.jacobian(f)(np.array([a, b]))
    by_a, by_b = np.zeros((4, 4)), np.zeros((4, 4))
    by_a[0, 0] = 1.0
    by_b[0, 1] = 1.0
    by_a[1:3, 1:3] = [[2 * a, b], [b, 0]]
    by_b[1:3, 1:3] = [[0, a], [a, 2 * b]]
    by_a[:, 3] = 2 * a
    by_b += np.eye(4)
    by_a[3, 0], by_b[3, 0] = b, a
    np.testing.assert_allclose(J[..., 0], by_a, rtol=1e-15)
    np.testing.assert_allclose(J[..., 1], by_b, rtol=1e-15)


# ---------------------------------------------------------------- in-place methods and functions
IN_PLACE: dict[str, tuple[Callable[[Any], Any], Callable[[Any, Any], Any]]] = {
    "sort": (lambda a: a.sort(), lambda a, _: a.sort()),
    "sort axis 0": (lambda a: a.sort(axis=0), lambda a, _: a.sort(axis=0)),
    "fill": (lambda a: a.fill(2.0), lambda a, _: a.fill(2.0)),
    "put": (lambda a: a.put([0, 5], [1.0, 2.0]), lambda a, _: a.put([0, 5], [1.0, 2.0])),
    "partition": (lambda a: a.partition(1, axis=0), lambda a, _: a.partition(1, axis=0)),
    "itruediv": (lambda a: a.__itruediv__(2.0), lambda a, _: a.__itruediv__(2.0)),
}


@pytest.mark.parametrize("k", DIRECTIONS)
@pytest.mark.parametrize("name", IN_PLACE)
def test_in_place_methods(name: str, k: int | None) -> None:
    """In-place methods change value and tangent together, as positions or as the rule says."""
    act = IN_PLACE[name][0]
    v, t = made((4, 3), k)
    d = dual(v, t)
    act(d)
    expected = v.copy()
    act(expected)
    np.testing.assert_array_equal(np.asarray(dd.value_of(d)), expected)
    # the positions that ended up in each place; constants have none
    found = tangent_of(d, k)
    if name in {"sort", "sort axis 0", "partition"}:
        axis = -1 if name == "sort" else 0
        for n, row in enumerate(rows(t, k)):
            got = found if k is None else found[n]
            for value, tangent in zip(expected.ravel(), got.ravel(), strict=True):
                assert tangent == row[v == value][0]
        assert axis in {-1, 0}
    elif name == "itruediv":
        np.testing.assert_array_equal(found, t / 2.0)
    else:
        kept = (expected == v).astype(float)
        np.testing.assert_array_equal(found, t * kept)


@pytest.mark.parametrize("k", DIRECTIONS)
@pytest.mark.parametrize("name", ["put", "place", "putmask", "copyto", "copyto where", "put_along_axis", "fill_diagonal"])
def test_in_place_functions(name: str, k: int | None) -> None:
    """np.put, place, putmask, copyto, put_along_axis and fill_diagonal write duals into duals."""
    v, t = made((3, 3), k)
    x, dx = made((3,), k, seed=4)

    def act(target: Any, source: Any) -> None:
        mask = np.eye(3, dtype=bool)
        if name == "put":
            np.put(target, [0, 4, -1], source)
        elif name == "place":
            np.place(target, mask, source)
        elif name == "putmask":
            np.putmask(target, mask, source)
        elif name == "copyto":
            np.copyto(target, source)
        elif name == "copyto where":
            np.copyto(target, source, where=mask)
        elif name == "put_along_axis":
            np.put_along_axis(target, np.array([[0, 2, 1]]), source[None], 0)
        else:
            np.fill_diagonal(target, source)

    d = dual(v, t)
    try:
        act(d, dual(x, dx))
    except dd.NoRuleError:
        assert_dual(d, v, rows(t, k), k)
        pytest.fail(f"np.{name} has no rule")
    expected, expected_rows = v.copy(), [row.copy() for row in rows(t, k)]
    act(expected, x)
    for row, new in zip(expected_rows, rows(dx, k), strict=True):
        act(row, new)
    assert_dual(d, expected, expected_rows, k)
    d = dual(v, t)
    act(d, x)
    for row, original in zip(expected_rows, rows(t, k), strict=True):
        row[...] = original
        act(row, np.zeros(3))
    assert_dual(d, expected, expected_rows, k)


# ---------------------------------------------------------------- views of results, whatever their layout in memory
RESULTS: dict[str, Callable[[Any], Any]] = {
    "argument": lambda x: x,
    "rows": lambda x: x[np.array([1, 0, 2])],
    "columns": lambda x: x[:, np.array([1, 0])],
    "block": lambda x: x[np.ix_([0, 1], [1, 2])],
    "mask": lambda x: x[np.array([True, True, False, True])],
    "take": lambda x: np.take(x, [1, 0], axis=0),
    "concatenate": lambda x: np.concatenate([x, x]),
    "concatenate columns": lambda x: np.concatenate([x, 2.0 * x], axis=1),
    "stack": lambda x: np.stack([x, x], axis=1),
    "tile": lambda x: np.tile(x, 2),
    "repeat": lambda x: np.repeat(x, 2, axis=1),
    "roll": lambda x: np.roll(x, 1),
    "where": lambda x: np.where(np.arange(3) > 0, x, 1.0),
    "product": lambda x: x @ np.array([[1.0, 2.0, 0.0], [0.0, 1.0, 3.0], [1.0, 0.0, 1.0]]),
    "product from the left": lambda x: np.arange(8.0).reshape(2, 4) @ x,
    "solve": lambda x: np.linalg.solve(np.eye(4) + 0.5, x),
    "inner einsum": lambda x: np.einsum("ij->ji", x) * 1.0,
    "sum": lambda x: np.sum(np.stack([x, x]), axis=0),
    "cumsum": lambda x: np.cumsum(x, axis=0),
    "transposed copy": lambda x: x.T.copy(),
    "transposed arithmetic": lambda x: x.T + 1.0,
    "Fortran copy": lambda x: x.copy(order="F"),
    "flipped arithmetic": lambda x: np.flip(x) * 2.0,
    "outer": lambda x: np.outer(x[0], [1.0, 2.0]),
    "diag": lambda x: np.diag(x[0]),
    "filled": lambda x: _filled(np.zeros_like(x), x),
    "meshgrid": lambda x: np.meshgrid(x[0], x[1])[1],
    "sliced": lambda x: x[::2, ::-1],
    "broadcast arithmetic": lambda x: x[:, :1] + x[0],
    "float32": lambda x: x.astype(np.complex64) if x.dtype.kind == "c" else x.astype(np.float32),
    "pieces": lambda x: np.split(x * 1.0, 2)[1],
    "fft": lambda x: np.fft.fftshift(x),
}
VIEWS_OF_RESULTS: dict[str, Callable[[Any], Any]] = {
    "reshape": lambda a: a.reshape(-1),
    "ravel": lambda a: a.ravel(),
    "np.ravel": np.ravel,
    "transpose, reshape": lambda a: a.T.reshape(-1),
    "reshape F": lambda a: a.reshape(-1, order="F"),
    "ravel F": lambda a: a.ravel("F"),
    "ravel K": lambda a: a.ravel("K"),
    "split axis": lambda a: a.reshape(*a.shape[:1], -1, 1),
    "row": lambda a: a[0],
    "chain": lambda a: a.reshape(a.size, 1).T[0, ::2],
    "swapaxes": lambda a: np.swapaxes(a, 0, -1)[0],
}


def _filled(out: Any, x: Any) -> Any:
    out[:] = x
    return out


@pytest.mark.parametrize("k", DIRECTIONS)
@pytest.mark.parametrize("write", ["base", "view"])
@pytest.mark.parametrize("view", VIEWS_OF_RESULTS)
@pytest.mark.parametrize("result", RESULTS)
def test_views_of_results(result: str, view: str, write: str, k: int | None) -> None:
    """A view of any function's result shares value and tangents with it exactly where NumPy's shares memory."""
    x, t = made((4, 3), k)

    def f(x: Any) -> Any:
        a = RESULTS[result](x * 1.0)
        b = VIEWS_OF_RESULTS[view](a)
        if write == "base":
            a *= 0.5
        else:
            b *= 0.5
        return a * 1.0, b * 1.0

    value, tangent = dd.jvp(f, x, t)
    expected, single = f(x), "float32" in result
    step = 1e-6 if single else 1e-30
    for part in range(2):
        np.testing.assert_allclose(value[part], expected[part], rtol=1e-6 if single else 1e-15, atol=1e-6 if single else 0)
        exact = [np.imag(f(x + 1j * step * row)[part]) / step for row in rows(t, k)]
        tolerance = 1e-5 if single else 1e-14
        np.testing.assert_allclose(tangent[part], exact[0] if k is None else np.stack(exact), rtol=tolerance, atol=tolerance)


# ---------------------------------------------------------------- random programs
class Program:
    """A random program of views, copies, writes and arithmetic in place, the same at every run."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.length = int(np.random.default_rng(seed).integers(3, 25))

    def __call__(self, x: Any) -> list[Any]:
        """Run the program on an array and return all arrays that it has at its end."""
        self.rng = np.random.default_rng(self.seed)
        self.arrays = [x, np.zeros_like(x), np.zeros_like(x, shape=(4, 3)), x * 1.0]
        steps = [getattr(self, name) for name in sorted(dir(self)) if name.startswith("_step_")]
        for _ in range(self.length):
            step = steps[self.rng.integers(len(steps))]
            a, b = self.pick(), self.pick()
            made = step(a, b)
            if made is not None and np.size(made) <= 200:
                self.arrays.append(made)
            if len(self.arrays) > 10:
                self.arrays.pop(int(self.rng.integers(1, len(self.arrays))))
        return [a * 1.0 for a in self.arrays]

    def pick(self) -> Any:
        """Return one of the arrays."""
        return self.arrays[self.rng.integers(len(self.arrays))]

    def index(self, a: Any) -> tuple[Any, ...]:
        """Return a random index into an array."""
        choices = []
        for n in a.shape:
            kinds: list[Any] = [
                slice(None, None, -1),
                slice(int(self.rng.integers(0, n + 1)), None),
                slice(None, None, 2),
            ]
            if n:
                kinds += [int(self.rng.integers(n)), self.rng.integers(0, n, size=2)]
            choices.append(kinds[self.rng.integers(len(kinds))])
        return tuple(choices[: self.rng.integers(0, len(choices) + 1)])

    def _step_index(self, a: Any, b: Any) -> Any:
        return a[self.index(a)]

    def _step_transpose(self, a: Any, b: Any) -> Any:
        return a.T

    def _step_reshape(self, a: Any, b: Any) -> Any:
        return a.reshape(-1)

    def _step_ravel(self, a: Any, b: Any) -> Any:
        return np.ravel(a)

    def _step_swapaxes(self, a: Any, b: Any) -> Any:
        return np.swapaxes(a, 0, -1) if a.ndim else None

    def _step_newaxis(self, a: Any, b: Any) -> Any:
        return a[..., None] if 0 < a.ndim < 5 else None

    def _step_concatenate(self, a: Any, b: Any) -> Any:
        return np.concatenate([a, a]) if a.ndim else None

    def _step_function(self, a: Any, b: Any) -> Any:
        return np.sin(a)

    def _step_copy(self, a: Any, b: Any) -> Any:
        return a + 0.0

    def _step_write_number(self, a: Any, b: Any) -> None:
        value = float(self.rng.normal())
        if a.ndim:
            a[self.index(a)] = value

    def _step_write_sum(self, a: Any, b: Any) -> None:
        if a.ndim:
            a[self.index(a)] = np.sin(np.sum(b))

    def _step_write_entry(self, a: Any, b: Any) -> None:
        if a.ndim and np.size(b):
            a[self.index(a)] = np.ravel(b)[0]

    def _step_write_array(self, a: Any, b: Any) -> None:
        if a.ndim and a.shape == b.shape:
            a[...] = b

    def _step_add_at_index(self, a: Any, b: Any) -> None:
        if a.ndim:
            a[self.index(a)] += np.sum(b) * 0.1

    def _step_multiply_at_index(self, a: Any, b: Any) -> None:
        if a.ndim:
            a[self.index(a)] *= np.cos(np.sum(b) * 0.1)

    def _step_scale(self, a: Any, b: Any) -> None:
        if a.ndim:
            a *= 0.9

    def _step_add(self, a: Any, b: Any) -> None:
        if a.ndim and a.shape == b.shape:
            a += b * 0.3

    def _step_out(self, a: Any, b: Any) -> None:
        if a.ndim and a.shape == b.shape:
            np.multiply(a, np.cos(b), out=a)

    def _step_swap(self, a: Any, b: Any) -> None:
        if a.ndim == 1 and len(a) > 1:
            a[0], a[1] = a[1], a[0]


def _part(number: Any, name: str) -> Any:
    """Return a part of a hyper-dual as a dense array; of a constant, zeros."""
    part = getattr(number, name, None)
    dense = part if isinstance(part, (np.ndarray, np.generic, float)) else 0.0
    return np.broadcast_to(dense, np.shape(number))


@pytest.mark.parametrize("block", range(10))
def test_random_programs(block: int) -> None:
    """Random programs of views and writes agree with the complex step in every kind of number."""
    checked = 0
    for seed in range(1000 * block, 1000 * block + 40):
        program = Program(seed)
        x, (u, v) = (
            np.random.default_rng(seed + 1).normal(size=(3, 4)),
            np.random.default_rng(seed + 2).normal(size=(2, 3, 4)),
        )
        with np.errstate(all="ignore"):
            expected = program(x.copy())
            along_u, along_v = ([np.imag(a) * 1e30 for a in program(x + 1e-30j * d)] for d in (u, v))
        if not all(np.all(np.isfinite(a)) and np.all(np.abs(a) < 1e6) for a in [*expected, *along_u, *along_v]):
            continue
        checked += 1
        one = dd.jvp(program, x, u)
        two = dd.jvp(program, x, np.stack([u, v]))
        inner = dd.jvp(lambda y, p=program, u=u: dd.jvp(p, y, u)[0], x, v)
        mixed = dd.jvp(lambda y, p=program, u=u: dd.jvp(p, y, u)[1], x, v)
        swapped = dd.jvp(lambda y, p=program, v=v: dd.jvp(p, y, v)[1], x, u)
        hyper = program(dd.HyperDual(x.copy(), u.copy(), v.copy(), np.zeros_like(x)))
        for i, exact in enumerate(expected):
            message = f"program {seed}, array {i}"
            for value in (one[0][i], two[0][i], inner[0][i], dd.value_of(hyper[i])):
                np.testing.assert_allclose(value, exact, rtol=1e-13, atol=1e-13, err_msg=message)
            for tangent, reference in [
                (one[1][i], along_u[i]),
                (two[1][i][0], along_u[i]),
                (two[1][i][1], along_v[i]),
                (inner[1][i], along_v[i]),
                (mixed[0][i], along_u[i]),
                (_part(hyper[i], "eps1"), along_u[i]),
                (_part(hyper[i], "eps2"), along_v[i]),
                (_part(hyper[i], "eps12"), mixed[1][i]),
                (swapped[1][i], mixed[1][i]),
            ]:
                np.testing.assert_allclose(tangent, reference, rtol=1e-9, atol=1e-9, err_msg=message)
    assert checked > 20


class TwoLevels(Program):
    """A random program on two arrays, which may be of different levels."""

    def run(self, x: Any, y: Any) -> list[Any]:
        """Run the program and return all arrays that it has at its end."""
        self.rng = np.random.default_rng(self.seed)
        self.arrays = [x, y, np.zeros_like(x), np.zeros_like(y), x * 1.0, y * 1.0, np.zeros_like(y, shape=(4, 3))]
        steps = [getattr(self, name) for name in sorted(dir(self)) if name.startswith("_step_")]
        for _ in range(self.length):
            step = steps[self.rng.integers(len(steps))]
            a, b = self.pick(), self.pick()
            made = step(a, b)
            if made is not None and np.size(made) <= 200:
                self.arrays.append(made)
            if len(self.arrays) > 12:
                self.arrays.pop(int(self.rng.integers(2, len(self.arrays))))
        return [a * 1.0 for a in self.arrays]

    def _step_write_product(self, a: Any, b: Any) -> None:
        if a.ndim and a.shape == b.shape:
            a[...] = a * b

    def _step_product(self, a: Any, b: Any) -> Any:
        return a * b if a.shape == b.shape else None


@pytest.mark.parametrize("block", range(10))
def test_random_programs_at_two_levels(block: int) -> None:
    """Programs that write numbers of two levels into one another's arrays are right, or raise a DualDiffError."""
    checked = 0
    for seed in range(1000 * block, 1000 * block + 60):
        program = TwoLevels(seed)
        x, y, u, v = np.random.default_rng(seed + 5).normal(size=(4, 3, 4))

        def inner(x: Any, program: Any = program, y: Any = y, v: Any = v) -> list[Any]:
            return [np.imag(a) * 1e30 for a in program.run(x.astype(complex), y + 1e-30j * v)]

        with np.errstate(all="ignore"):
            value, by_y = program.run(x.copy(), y.copy()), inner(x)
            by_x = [np.imag(a) * 1e30 for a in program.run(x + 1e-30j * u, y.astype(complex))]
            mixed = [(p - m) / 2e-5 for p, m in zip(inner(x + 1e-5 * u), inner(x - 1e-5 * u), strict=True)]
        if not all(np.all(np.abs(a) < 1e3) for a in [*value, *by_y, *by_x, *mixed]):
            continue
        try:
            found = dd.jvp(lambda x, p=program, y=y, v=v: dd.jvp(lambda y: p.run(x, y), y, v), x, u)
        except dd.DualDiffError:
            continue
        checked += 1
        (values, by_inner), (by_outer, by_both) = found
        for i in range(len(value)):
            message = f"program {seed}, array {i}"
            np.testing.assert_allclose(values[i], value[i], rtol=1e-12, atol=1e-12, err_msg=message)
            np.testing.assert_allclose(by_inner[i], by_y[i], rtol=1e-9, atol=1e-9, err_msg=message)
            np.testing.assert_allclose(by_outer[i], by_x[i], rtol=1e-9, atol=1e-9, err_msg=message)
            np.testing.assert_allclose(by_both[i], mixed[i], rtol=1e-4, atol=1e-3, err_msg=message)
    assert checked > 5
