"""Histograms: sums of weights over bins. Bins are chosen by value; edges and densities move with the data and the range."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._typing import Array
from ..errors import NotDifferentiableError
from .kinds import Composite, Table
from .values import value_of

__all__ = ["HISTOGRAMS"]


def _edges(a: Array, bins: Any, range: Any, weights: Any) -> Array:
    """The edges of the bins: those given, or equal steps between the ends of the range or of the data."""
    if hasattr(bins, "parts") and not np.ndim(bins):
        raise NotDifferentiableError("a number of bins has no derivative: write bins=int(dd.value_of(bins)).")
    if not isinstance(bins, str) and np.ndim(bins) == 1:
        return bins if hasattr(bins, "parts") else np.asarray(bins)
    limits = None if range is None else tuple(value_of(end) for end in range)
    values = np.histogram_bin_edges(value_of(a), bins, limits, value_of(weights))
    if range is None and not np.size(a):
        return values
    low, high = (np.min(a), np.max(a)) if range is None else range
    if value_of(low) == value_of(high):
        low, high = low - 0.5, high + 0.5
    return np.linspace(low, high, len(values))


def _bins_of(a: Array, edges: Array) -> Array:
    """The number of each entry's bin, one behind the last for an entry outside; the last bin includes its right edge."""
    knots, values = value_of(edges), value_of(a)
    places = np.where(values == knots[-1], len(knots) - 2, np.searchsorted(knots, values, "right") - 1)
    return np.where((places < 0) | ~(values <= knots[-1]), len(knots) - 1, places)


def _histogram_bin_edges(a: Array, bins: Any = 10, range: Any = None, weights: Any = None) -> Array:
    weights = None if weights is None else np.ravel(weights)
    return _edges(np.ravel(a), bins, range, weights)


def _histogram(a: Array, bins: Any = 10, range: Any = None, density: Any = None, weights: Any = None) -> Any:
    a, weights = np.ravel(a), None if weights is None else np.ravel(weights)
    edges = _edges(a, bins, range, weights)
    counts = _sums([a], [edges], weights)
    if density:
        counts = counts / np.diff(edges) / np.sum(counts)
    return counts, edges


def _sums(columns: list[Array], edges: list[Array], weights: Any) -> Array:
    """The weights of the entries in each bin, of one axis for each column."""
    places = [_bins_of(np.ravel(column), e) for column, e in zip(columns, edges, strict=True)]
    shape = tuple(len(e) - 1 for e in edges)
    inside = np.all([p < n for p, n in zip(places, shape, strict=True)], axis=0)
    where = tuple(p[inside] for p in places)
    weights = np.ones(len(inside)) if weights is None else np.ravel(weights)
    sums = np.zeros_like(weights, shape=shape)
    np.add.at(sums, where, weights[inside])
    return sums


def _histogramdd(sample: Any, bins: Any = 10, range: Any = None, density: Any = None, weights: Any = None) -> Any:
    if isinstance(sample, (tuple, list)):
        columns = [np.ravel(column) for column in sample]
    else:
        sample = np.atleast_2d(sample) if np.ndim(sample) != 1 else np.reshape(sample, (-1, 1))
        columns = [sample[:, i] for i in np.arange(sample.shape[1])]
    count = len(columns)
    kinds = list(bins) if isinstance(bins, (tuple, list)) or np.ndim(bins) else [bins] * count
    ranges = [None] * count if range is None else list(range)
    edges = [_edges(c, b, r, weights) for c, b, r in zip(columns, kinds, ranges, strict=True)]
    sums = _sums(columns, edges, weights)
    if density:
        sums = sums / np.sum(sums)
        for axis, e in enumerate(edges):
            sums = sums / np.reshape(np.diff(e), [-1 if i == axis else 1 for i in np.arange(count)])
    return sums, tuple(edges) if isinstance(bins, tuple) else edges


def _histogram2d(x: Array, y: Array, bins: Any = 10, range: Any = None, density: Any = None, weights: Any = None) -> Any:
    if isinstance(bins, (tuple, list)) or np.ndim(bins):
        bins = [bins[0], bins[0]] if len(bins) == 1 else bins if len(bins) == 2 else [bins, bins]
    sums, edges = _histogramdd([x, y], bins, range, density, weights)
    return sums, edges[0], edges[1]


HISTOGRAMS: Table = {
    np.histogram: Composite(_histogram),
    np.histogram2d: Composite(_histogram2d),
    np.histogramdd: Composite(_histogramdd),
    np.histogram_bin_edges: Composite(_histogram_bin_edges),
}
