"""Statistics, polynomials, padding and the like: value NumPy's own, derivatives against differences at two orders."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import dualdiff as dd

Function = Callable[[Any], Any]
RNG = np.random.default_rng(3)
A, V = RNG.normal(size=(2, 4, 5))
HOLES = A.copy()
HOLES[0, 1] = HOLES[2, 3] = np.nan

METHODS = (
    "inverted_cdf", "averaged_inverted_cdf", "closest_observation", "interpolated_inverted_cdf", "hazen", "weibull", "linear",
    "median_unbiased", "normal_unbiased", "lower", "higher", "midpoint", "nearest",
)  # fmt: skip


def _quantiles(method: Any) -> Function:
    return lambda a: np.quantile(a, [0.1, 0.37, 0.5, 0.92], axis=1, method=method)


FUNCTIONS: dict[str, Function] = {
    **{f"quantile {method}": _quantiles(method) for method in METHODS},
    "quantile in q": lambda a: np.quantile(a[0], 0.3 + 0.01 * a[1]),
    "percentile": lambda a: np.percentile(a, 30, axis=0, keepdims=True),
    "nanquantile": lambda a: np.nanquantile(np.where(np.isnan(HOLES), np.nan, a), [0.2, 0.6], axis=1),
    "nanpercentile": lambda a: np.nanpercentile(np.where(np.isnan(HOLES), np.nan, a), 50),
    "nanmedian": lambda a: np.nanmedian(np.where(np.isnan(HOLES), np.nan, a), axis=0),
    "cov": np.cov,
    "cov weights": lambda a: np.cov(a, fweights=[1, 2, 1, 3, 1], aweights=[0.1, 0.2, 0.3, 0.4, 0.5]),
    "cov columns": lambda a: np.cov(a, rowvar=False, bias=True),
    "cov two": lambda a: np.cov(a[0], a[1] ** 2),
    "corrcoef": np.corrcoef,
    "i0": lambda a: np.i0(8 * a),
    "polyval": lambda a: np.polyval(a[0], a[1]),
    "polyadd": lambda a: np.polyadd(a[0], a[1][:3]),
    "polysub": lambda a: np.polysub(a[0][:2], a[1]),
    "polymul": lambda a: np.polymul(a[0], a[1]),
    "polyder": lambda a: np.polyder(a[0], 2),
    "polyint": lambda a: np.polyint(a[0], 2, [1.0, 2.0]),
    "poly": lambda a: np.poly(a[0]),
    "roots": lambda a: np.sort(np.abs(np.roots(a[0]))),
    "polydiv quotient": lambda a: np.polydiv(a[0], a[1][:3])[0],
    "polydiv rest": lambda a: np.polydiv(a[0], a[1][:3])[1],
    "poly1d": lambda a: (np.poly1d(a[0]) * np.poly1d(a[1][:2]))(0.3 * a[2]),
    "poly1d composed": lambda a: np.poly1d(a[0])(np.poly1d([1.0, 2.0])).coeffs,
    "poly1d argument": lambda a: np.polyval(np.poly1d([1.0, 2.0, 3.0]), a),
    "polyfit full": lambda a: np.concatenate(np.polyfit(a[0], a[1], 2, full=True)[:2]),
    "polyfit singular values": lambda a: np.polyfit(a[0], a[1], 2, full=True)[3],
    "polyfit cov": lambda a: np.polyfit(a[0], a[1], 2, cov=True)[1],
    "polyfit cov unscaled": lambda a: np.polyfit(a[0], a[1], 2, w=[1.0, 2.0, 3.0, 1.0, 1.0], cov="unscaled")[1],
    "polyfit cov columns": lambda a: np.polyfit(a[0], a[1:3].T, 2, cov=True)[1],
    "polyval2d": lambda a: np.polynomial.polynomial.polyval2d(a[0], a[1], a[2:].T),
    "polygrid2d": lambda a: np.polynomial.polynomial.polygrid2d(a[0], a[1], a[2:]),
    "histogram weights": lambda a: np.histogram(A[0], 3, weights=a[1])[0],
    "histogram density": lambda a: np.histogram(a[0], 3, weights=a[1] ** 2, density=True)[0],
    "histogram edges": lambda a: np.histogram(a, "sturges")[1],
    "histogram bins": lambda a: np.histogram(A[0], np.sort(a[1]), weights=a[2] ** 2, density=True)[0],
    "histogram range": lambda a: np.histogram(a, 4, range=(-3.0 + 0.01 * a[0, 0], 3.0))[1],
    "histogram2d": lambda a: np.histogram2d(A[0], A[1], (2, 3), weights=a[2] ** 2, density=True)[0],
    "histogramdd": lambda a: np.histogramdd(a.T, 2, density=True)[0],
    "histogram_bin_edges": lambda a: np.histogram_bin_edges(a, 4),
    "quantile weights": lambda a: np.quantile(a, [0.2, 0.7], axis=1, weights=A[0] ** 2, method="inverted_cdf"),
    "intersect1d": lambda a: np.intersect1d(np.concatenate([a[0], a[1]]), a[1]),
    "setdiff1d": lambda a: np.setdiff1d(np.concatenate([a[0], [5.0, 6.0]]), [5.0]),
    "setxor1d": lambda a: np.setxor1d(a[0], np.concatenate([a[1], a[0][:2]])),
    "emath.sqrt": np.emath.sqrt,
    "emath.log": lambda a: np.emath.log(a) + np.emath.log2(a) * np.emath.log10(a) + np.emath.logn(3.0, a),
    "emath.power": lambda a: np.emath.power(a, 2.5) + np.emath.power(a, -2),
    "emath.arccos": lambda a: np.emath.arccos(2 * a) + np.emath.arcsin(3 * a) * np.emath.arctanh(2 * a),
    "vander": lambda a: np.vander(a[0], 4),
    "polyfit": lambda a: np.polyfit(a[0], a[1], 2),
    "polyfit weights": lambda a: np.polyfit(a[0], a[1], 2, w=[1.0, 2.0, 3.0, 1.0, 1.0]),
    "apply_along_axis": lambda a: np.apply_along_axis(lambda row: row[:2] * np.sum(row), 0, a),
    "apply_over_axes": lambda a: np.apply_over_axes(np.sum, a**2, [0, 1]),
    "unique": np.unique,
    **(
        {
            "unique_values": lambda a: np.sort(np.unique_values(a)),
            "unique_all": lambda a: np.unique_all(a).values,
            "unique_counts": lambda a: np.unique_counts(np.concatenate([a, a])).values,
            "unique_inverse": lambda a: np.unique_inverse(a).values[np.unique_inverse(A).inverse_indices],
        }
        if hasattr(np, "unique_all")
        else {}
    ),
    "union1d": lambda a: np.union1d(a[0], a[1]),
    "interp period": lambda a: np.interp(a[0], np.arange(5.0) * 0.3, a[1], period=2.0),
    "interp all": lambda a: np.interp(a[0], np.cumsum(a[1] ** 2), a[2], left=-1.0, right=2.0),
    "gradient": lambda a: np.gradient(a, np.array([0, 1.0, 2.5, 3, 5]), axis=1, edge_order=2),
    "bincount": lambda a: np.bincount([0, 2, 2, 1, 0], weights=a[0] ** 2, minlength=5),
    "pad ramp": lambda a: np.pad(a, ((1, 2), (0, 3)), "linear_ramp", end_values=((1, 2), (3, 4))),
    "pad odd": lambda a: np.pad(a, 2, "reflect", reflect_type="odd"),
    "pad median": lambda a: np.pad(a, 2, "median", stat_length=2),
    "pad constants": lambda a: np.pad(a, ((1, 2), (3, 4)), constant_values=((1, 2), (3, 4))),
    "nanvar": lambda a: np.nanvar(np.where(np.isnan(HOLES), np.nan, a), axis=0, ddof=1),
    "nanmax": lambda a: np.nanmax(np.where(np.isnan(HOLES), np.nan, a), axis=1) ** 2,
}


def difference(f: Function, x: Any, v: Any, h: float) -> Any:
    """Return the central difference of fourth order."""
    return (8 * (f(x + h * v) - f(x - h * v)) - (f(x + 2 * h * v) - f(x - 2 * h * v))) / (12 * h)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_value_and_derivatives(name: str) -> None:
    """The value is bitwise NumPy's; first and second derivatives are the limits of differences, in every representation."""
    f, U = FUNCTIONS[name], np.roll(V, 1)
    value, tangent = dd.jvp(f, (A,), (V,))
    np.testing.assert_array_equal(value, f(A))
    scale = 1 + np.max(np.abs(tangent))
    np.testing.assert_allclose(tangent, difference(f, A, V, 1e-5), rtol=0, atol=1e-8 * scale)
    both = dd.jvp(f, (A,), (np.stack([U, V]),))[1]
    np.testing.assert_allclose(both[1], tangent, rtol=0, atol=1e-13 * scale)
    first: Function = lambda x: dd.jvp(f, (x,), (V,))[1]  # noqa: E731
    second = dd.second_directional_derivative(f, A, V, U)
    scale = 1 + np.max(np.abs(second))
    np.testing.assert_allclose(second, difference(first, A, U, 1e-4), rtol=0, atol=1e-6 * scale)
    np.testing.assert_allclose(second, dd.jvp(first, (A,), (U,))[1], rtol=0, atol=1e-11 * scale)


@pytest.mark.skipif(
    "interpolation" not in inspect.signature(np.quantile).parameters, reason="newer NumPy has removed the keyword"
)
@pytest.mark.filterwarnings("ignore:the `interpolation=` argument:DeprecationWarning")
def test_old_name_of_the_method() -> None:
    """The deprecated keyword for the method of a quantile chooses the derivative as it chooses the value."""
    f: Function = lambda x: np.quantile(x, 0.4, interpolation="lower")  # type: ignore[call-overload]  # noqa: E731
    np.testing.assert_array_equal(dd.grad(f)(np.array([4.0, 1.0, 3.0, 2.0])), [0.0, 0.0, 0.0, 1.0])


def test_what_has_no_rule_says_so() -> None:
    """The q of a method that jumps, a padding function and a clipped mask raise."""
    x = np.arange(4.0)
    for f in (
        lambda x: np.quantile(np.ones(4), 0.1 * x[0], method="lower"),
        lambda x: np.pad(x, 1, lambda *a: None),
        lambda x: np.clip(x, 0.0, 1.0, out=x * 2.0, where=np.array([True, False, True, False])),
    ):
        with pytest.raises(TypeError):
            dd.jacobian(f)(x)
