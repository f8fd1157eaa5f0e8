"""Sums of entries of a structured tangent: few entries as more terms, many as rows of a new parent.

A sum over K entries of each of R results is, term by term, ``parent'[r, :] = sum_k coefficient[r, k] parent[index[r, k], :]``.
"""

from __future__ import annotations

import math
from collections.abc import Hashable
from typing import Any

import numpy as np

from .._typing import Array, NDArray, Tangent
from .parents import Dense, Identity, Pair, Parent, Sparse, flat, scattered
from .structured import Structured, Term

__all__ = ["einsum", "summed", "weighted"]

#: Sums of so few entries become terms.
SHORT = 4

#: Entries of a new parent that are cheap to store densely.
CHEAP = 1 << 16


def summed(tangent: Tangent, axes: tuple[int, ...]) -> Tangent:
    """The sum over some axes behind the directions, which are not counted; of a dense tangent too."""
    if not axes:
        return tangent
    if not isinstance(tangent, Structured):
        return np.sum(tangent, axis=tuple(axis + 1 for axis in axes))
    inner = tangent.inner
    kept = [axis for axis in range(len(inner)) if axis not in axes]
    shape = tuple(inner[axis] for axis in kept)
    rows, count = math.prod(shape), math.prod(inner[axis] for axis in axes)
    order = (*kept, *axes)

    def arranged(array: Any) -> Any:
        if np.ndim(array) == 0:
            return array
        return np.reshape(np.transpose(array, order), (rows, count))

    if count <= SHORT:
        terms = []
        for t in tangent.terms:
            index, coefficient = arranged(t.index.array), arranged(t.coefficient)
            for k in range(count):
                one = coefficient if np.ndim(coefficient) == 0 else np.reshape(coefficient[:, k], shape)
                terms.append(Term(one, tangent.space.index(np.reshape(index[:, k], shape)), t.parent))
        return tangent.made(shape, terms)
    pieces = [(arranged(t.coefficient), arranged(t.index.array), t.parent) for t in tangent.terms]
    key = (axes, *(id(t.index) for t in tangent.terms))
    return gathered(tangent, pieces, rows, shape, key)


def gathered(
    tangent: Structured,
    pieces: list[tuple[Array, NDArray, Parent]],
    rows: int,
    shape: tuple[int, ...],
    key: Hashable = None,
) -> Tangent:
    """The tangent whose row r is the sum of all entries in row r of the pieces (coefficients, indices, parent).

    key: what the indices can be looked up by.
    """
    space, n = tangent.space, tangent.space.size
    if not pieces or not rows:
        return Structured(space, shape, ())
    pieces = [_condensed(*piece) for piece in pieces]
    width = sum(index.shape[1] * parent.width() for _, index, parent in pieces)
    parent: Parent
    dense = _full(pieces, rows, n) if space.exact else 4 * width >= n or rows * n <= CHEAP
    if dense and (rows == 1 or rows * n * 8 < 1 << 30):
        total: Array = None
        for coefficient, index, old in pieces:
            block = dense_rows(coefficient, index, old)
            total = block if total is None else total + block
        parent = Dense(total)
    else:
        parent = (
            _unit_rows(pieces, rows, space, key) if key is not None and _all_units(pieces) else sparse_rows(pieces, rows, n)
        )
    return Structured.rows_of(space, parent, shape).settled()


def _condensed(coefficient: Array, index: NDArray, parent: Parent) -> tuple[Array, NDArray, Parent]:
    """The same sums with each row of the parent once, where there are fewer rows than entries: a scalar that was broadcast."""
    if isinstance(parent, Identity) or parent.rows >= index.shape[1]:
        return coefficient, index, parent
    weights = _into_columns(coefficient, index, parent.rows)
    return weights, np.broadcast_to(np.arange(1, parent.rows + 1), (len(index), parent.rows)), parent


def _full(pieces: list[tuple[Array, NDArray, Parent]], rows: int, columns: int) -> bool:
    """Whether each sum depends on all columns."""
    if any(parent.dense for _, _, parent in pieces):
        return True
    if sum(index.shape[1] for _, index, _ in pieces) < columns or rows * columns > 1 << 26:
        return False
    reached = np.zeros((rows, columns + 1), bool)
    for _, index, parent in pieces:
        if not isinstance(parent, Identity):
            return False
        np.put_along_axis(reached, index, True, axis=1)
    return bool(reached[:, 1:].all())


def dense_rows(coefficient: Array, index: NDArray, parent: Parent) -> Array:
    """The sums over the second axis of coefficient times row of the parent, as a matrix."""
    rows, count = index.shape
    if isinstance(parent, Identity):
        return _into_columns(coefficient, index, parent.columns)
    if isinstance(parent, Pair):
        weights = np.broadcast_to(coefficient, index.shape)
        return np.stack([parent.summed(w, i) for w, i in zip(weights, index, strict=True)])
    if isinstance(parent, Dense):
        if rows == 1 or (index.strides[0] == 0 and rows):
            # One set of rows for all sums: a product of matrices.
            chosen = parent.chosen(index[0])
            weights = np.broadcast_to(coefficient, index.shape)
            return np.reshape(weights[0] @ chosen, (1, -1)) if rows == 1 else weights @ chosen
        block = max(1, (1 << 24) // max(1, count * parent.columns))
        parts = []
        for start in range(0, rows, block):
            part = index[start : start + block]
            weights = np.broadcast_to(coefficient, index.shape)[start : start + block]
            chosen = np.reshape(parent.chosen(part.reshape(-1)), (*part.shape, parent.columns))
            parts.append(np.matmul(weights[:, None, :], chosen)[:, 0, :])
        return parts[0] if len(parts) == 1 else np.concatenate(parts)
    counts, columns, data = parent.expanded(flat(coefficient, index), index.reshape(-1))
    owner = np.repeat(np.repeat(np.arange(rows), count), counts)
    return np.reshape(scattered(data, owner * parent.columns + columns, rows * parent.columns), (rows, parent.columns))


def _into_columns(coefficient: Array, index: NDArray, columns: int) -> Array:
    """Each coefficient added into the column that its index names."""
    rows, count = index.shape
    if rows == 1 or index.strides[0] == 0:
        row = index[0]
        weights = np.broadcast_to(coefficient, index.shape)
        step = row[1] - row[0] if count > 1 else 1
        in_order = step == 1 and row[0] > 0 and row[-1] - row[0] == count - 1
        if in_order and np.array_equal(row, np.arange(row[0], row[0] + count)):
            if count == columns:
                return weights
            first, last = int(row[0]) - 1, columns - int(row[-1])
            return np.concatenate([np.zeros((rows, first)), weights, np.zeros((rows, last))], axis=1)
        if type(weights) is np.ndarray and rows > 1 and row.all() and np.unique(row).size == count:
            block = np.zeros((rows, columns), weights.dtype)
            block[:, row - 1] = weights
            return block
    weights, places = flat(coefficient, index), index.reshape(-1)
    if rows == 1:
        return np.reshape(scattered(weights, places, columns + 1)[1:], (1, columns))
    places = np.repeat(np.arange(rows) * (columns + 1), count) + places
    return np.reshape(scattered(weights, places, rows * (columns + 1)), (rows, columns + 1))[:, 1:]


def _all_units(pieces: list[tuple[Array, NDArray, Parent]]) -> bool:
    return all(isinstance(parent, Identity) for _, _, parent in pieces)


def _unit_rows(pieces: list[tuple[Array, NDArray, Parent]], rows: int, space: Any, key: Hashable) -> Sparse:
    """Sparse rows of sums of unit vectors; their columns are looked up."""
    found = space.rows.get(key)
    if found is None:
        columns = np.concatenate([index for _, index, _ in pieces], axis=1).reshape(-1)
        there = None if columns.all() else np.flatnonzero(columns)
        counts = (
            np.full(rows, columns.size // rows)
            if there is None
            else np.bincount(there // (columns.size // rows), minlength=rows)
        )
        kept = columns - 1 if there is None else columns[there] - 1
        found = space.rows[key] = kept, np.concatenate([[0], np.cumsum(counts)]), there
        space.lasting[id(kept)] = kept
    columns, indptr, there = found
    data = np.concatenate([np.broadcast_to(coefficient, index.shape) for coefficient, index, _ in pieces], axis=1)
    data = np.reshape(data, (-1,))
    return Sparse(data if there is None else data[there], columns, indptr, space.size)


def sparse_rows(pieces: list[tuple[Array, NDArray, Parent]], rows: int, columns: int) -> Parent:
    """The same as sparse rows, a column perhaps more than once in each, unless these take more than all entries would."""
    parts = []
    for coefficient, index, parent in pieces:
        counts, where, data = parent.expanded(flat(coefficient, index), index.reshape(-1))
        parts.append((counts.reshape(index.shape).sum(axis=1), where, data))
    if sum(where.size for _, where, _ in parts) > rows * columns:
        return _each_once(parts, rows, columns)
    if len(parts) == 1:
        counts, where, data = parts[0]
        return Sparse(data, where, np.concatenate([[0], np.cumsum(counts)]), columns)
    owner = np.concatenate([np.repeat(np.arange(rows), counts) for counts, _, _ in parts])
    order = np.argsort(owner, kind="stable")
    total = sum(counts for counts, _, _ in parts)
    where = np.concatenate([w for _, w, _ in parts])[order]
    data = np.concatenate([d for _, _, d in parts])[order]
    return Sparse(data, where, np.concatenate([[0], np.cumsum(total)]), columns)


def _each_once(parts: list[tuple[NDArray, NDArray, Array]], rows: int, columns: int) -> Parent:
    """Parts (counts, columns, data) of sparse rows added up, so that a sum of sums does not store ever more entries."""
    reached = np.zeros(rows * columns, bool)
    total: Array = None
    for counts, where, data in parts:
        places = np.repeat(np.arange(rows) * columns, counts) + where
        reached[places] = True
        block = scattered(data, places, rows * columns)
        total = block if total is None else total + block
    if reached.all():
        return Dense(np.reshape(total, (rows, columns)))
    there = np.flatnonzero(reached)
    return Sparse(total[there], there % columns, np.searchsorted(there, np.arange(rows + 1) * columns), columns)


def weighted(tangent: Structured, weights: Array) -> Tangent:
    """``A @ t`` for a tangent of a vector: one row of weights for each result, shape (..., K)."""
    shape, count = np.shape(weights)[:-1], tangent.inner[0]
    rows = math.prod(shape)
    matrix = np.reshape(weights, (rows, count))
    pieces = []
    for t in tangent.terms:
        one = np.ndim(t.coefficient) == 0 and not hasattr(t.coefficient, "parts") and t.coefficient == 1
        # A constant of the user's is copied: it may change later.
        pieces.append(
            (matrix.copy() if one else matrix * t.coefficient, np.broadcast_to(t.index.array, (rows, count)), t.parent)
        )
    if count <= SHORT:
        terms = [
            Term(np.reshape(c[:, k], shape), tangent.space.index(np.reshape(i[:, k], shape)), p)
            for c, i, p in pieces
            for k in range(count)
        ]
        return tangent.made(shape, terms)
    return gathered(tangent, pieces, rows, shape)


def einsum(subscripts: str, place: int, tangent: Structured, values: list[Array]) -> Tangent:
    """``np.einsum`` with one operand replaced by its tangent; explicit subscripts, without an ellipsis."""
    left, out = subscripts.split("->")
    labels = left.split(",")
    own = labels[place]
    others = [(name, v) for i, (name, v) in enumerate(zip(labels, values, strict=True)) if i != place]
    if len(set(own)) < len(own):
        # A diagonal: a move.
        kept = "".join(dict.fromkeys(own))
        moved = tangent.over_directions(lambda a: np.einsum(f"{own}->{kept}", a))
        return einsum(",".join([kept, *(name for name, _ in others)]) + "->" + out, 0, moved, [moved, *(v for _, v in others)])
    rest = "".join(dict.fromkeys("".join(name for name, _ in others)))
    weights: Array = None
    if others:
        used = "".join(c for c in rest if c in own or c in out)
        names, arrays = [name for name, _ in others], [v for _, v in others]
        weights = arrays[0] if names == [used] else np.einsum(f"{','.join(names)}->{used}", *arrays)
        rest = used
    vector = len(own) == 1 and own in rest and own not in out and set(out) == set(rest) - {own}
    if vector and np.shape(weights)[rest.index(own)] == tangent.inner[0]:
        return weighted(tangent, np.transpose(weights, [rest.index(c) for c in out + own]))
    dense = [t for t in tangent.terms if isinstance(t.parent, Dense)]
    if dense and len(dense) == len(tangent.terms) and set(rest) & (set(own) - set(out)):
        return _by_matrices(own, rest, out, tangent, weights)
    union = out + "".join(c for c in own if c not in out)
    lengths = dict(zip(own, tangent.inner, strict=True))
    if others:
        # An axis of length 1 repeats.
        lengths |= {c: max(k, lengths.get(c, 1)) if k else 0 for c, k in zip(rest, np.shape(weights), strict=True)}
    spread = tangent.over_directions(_arranging(own, union, dict(zip(own, tangent.inner, strict=True)), lengths))
    if others:
        order = sorted(rest, key=union.index)
        factor = np.transpose(weights, [rest.index(c) for c in order])
        sizes = dict(zip(rest, np.shape(weights), strict=True))
        spread = spread * np.reshape(factor, [sizes.get(c, 1) for c in union])
    return summed(spread, tuple(range(len(out), len(union))))


def _arranging(own: str, union: str, sizes: dict[str, int], lengths: dict[str, int]) -> Any:
    """The function that brings axes into the order of the union, and repeats entries along those that are missing."""
    order = [own.index(c) for c in sorted(own, key=union.index)]
    shape = [sizes.get(c, 1) for c in union]
    full = tuple(lengths[c] for c in union)
    return lambda a: np.broadcast_to(np.reshape(np.transpose(a, order), shape), full)


def _by_matrices(own: str, rest: str, out: str, tangent: Structured, weights: Array) -> Tangent:
    """The rows of dense parents multiplied as they are."""
    front = next(c for c in "ZYXWVUTSRQPONM" if c not in own + rest + out)
    full = np.reshape(tangent.matrix(), (*tangent.inner, tangent.space.size))
    rows = np.einsum(f"{own}{front},{rest}->{out}{front}", full, weights, optimize=True)
    shape = np.shape(rows)[:-1]
    return Structured.rows_of(tangent.space, Dense(np.reshape(rows, (math.prod(shape), -1))), shape).settled()


def einsum_of_pairs(subscripts: str, first: Tangent, second: Tangent) -> Tangent:
    """``np.einsum`` of two tangents, for all pairs of their directions."""
    from .pairs import paired

    left, out = subscripts.split("->")
    labels = left.split(",")
    space = next(t.space for t in (first, second) if isinstance(t, Structured))
    tangents = [t if isinstance(t, Structured) else Structured.from_dense(space, t) for t in (first, second)]
    union = out + "".join(dict.fromkeys(c for c in left if c.isalpha() and c not in out))
    sizes = [dict(zip(own, t.inner, strict=True)) for own, t in zip(labels, tangents, strict=True)]
    if any(len(set(own)) < len(own) for own in labels):
        return paired_densely(subscripts, tangents)
    lengths = {c: max(size.get(c, 1) for size in sizes) for c in union}
    spread = [
        t.over_directions(_arranging(own, union, size, lengths)) for own, t, size in zip(labels, tangents, sizes, strict=True)
    ]
    product = paired(spread[0], spread[1], len(union))
    return summed(product, tuple(range(len(out), len(union))))


def paired_densely(subscripts: str, tangents: list[Any]) -> Tangent:
    """The same with dense tangents."""
    left, out = subscripts.split("->")
    (a, b), (x, y) = left.split(","), (t.dense() for t in tangents)
    return np.reshape(np.einsum(f"Y{a},Z{b}->YZ{out}", x, y), (-1, *np.shape(np.einsum(subscripts, x[0], y[0]))))
