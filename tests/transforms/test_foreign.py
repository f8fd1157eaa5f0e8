"""An error that SciPy raises because of a dual says what to write instead; any other stays as it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import dualdiff as dd

linalg = pytest.importorskip("scipy.linalg")
special = pytest.importorskip("scipy.special")
optimize = pytest.importorskip("scipy.optimize")
sparse = pytest.importorskip("scipy.sparse")
sparse_linalg = pytest.importorskip("scipy.sparse.linalg")
csgraph = pytest.importorskip("scipy.sparse.csgraph")
fft = pytest.importorskip("scipy.fft")
integrate = pytest.importorskip("scipy.integrate")
interpolate = pytest.importorskip("scipy.interpolate")
ndimage = pytest.importorskip("scipy.ndimage")
signal = pytest.importorskip("scipy.signal")
distance = pytest.importorskip("scipy.spatial.distance")
stats = pytest.importorskip("scipy.stats")
X = np.array([1.0, 2.0, 3.0])


def test_a_namespace_that_has_it_is_named() -> None:
    """scipy.special and scipy.optimize have namespaces of ours."""
    with pytest.raises(dd.NoRuleError, match=r"dualdiff\.scipy\.special"):
        dd.grad(special.logsumexp)(X)
    with pytest.raises(dd.DualDiffError, match=r"dualdiff\.scipy\.optimize"):
        dd.jacobian(lambda x: optimize.root(lambda y, a: y**3 - a, np.ones(3), args=(x,)).x)(X)


def test_the_innermost_namespace_is_named() -> None:
    """scipy.linalg, scipy.sparse and scipy.sparse.linalg have namespaces of ours too."""
    with pytest.raises(dd.NoRuleError, match=r"dualdiff\.scipy\.linalg"):
        dd.jacobian(lambda x: linalg.solve(np.eye(3), x))(X)
    with pytest.raises(dd.NoRuleError, match=r"dualdiff\.scipy\.sparse has"):
        dd.jacobian(lambda x: sparse.diags_array(x) @ x)(X)
    with pytest.raises(dd.NoRuleError, match=r"dualdiff\.scipy\.sparse\.linalg has"):
        dd.jacobian(lambda x: sparse_linalg.spsolve(sparse.eye_array(3, format="csc"), x))(X)


FOREIGN: dict[str, Callable[[Any], Any]] = {
    "fft": lambda x: fft.fft(x),
    "integrate, an array": lambda x: integrate.simpson(x) + integrate.cumulative_trapezoid(x),
    "integrate, an integrand": lambda x: integrate.quad(lambda t: t * x[0], 0, 1)[0],
    "integrate, an equation": lambda x: integrate.solve_ivp(lambda t, y: -x[0] * y, (0, 1), [1.0]).y,
    "interpolate": lambda x: interpolate.CubicSpline(X, x)(1.5),
    "interpolate, a point": lambda x: interpolate.PchipInterpolator(X, X)(x),
    "ndimage": lambda x: ndimage.gaussian_filter1d(x, 1.0),
    "signal": lambda x: signal.lfilter([1.0, 0.5], [1.0, 0.2], x),
    "signal, a convolution": lambda x: signal.fftconvolve(x, X),
    "spatial": lambda x: distance.cdist(x[:, None], x[:, None]),
    "stats": lambda x: stats.norm.logpdf(x),
    "stats, a test": lambda x: stats.ttest_1samp(x, 0.0).statistic,
    "csgraph": lambda x: csgraph.shortest_path(np.ones((3, 3)) * x),
}


@pytest.mark.parametrize("case", FOREIGN)
def test_nothing_is_dropped_elsewhere(case: str) -> None:
    """The rest of SciPy either raises an error of ours, or its result carries the derivative that differences have."""
    function = FOREIGN[case]
    try:
        found = dd.jacobian(function)(X)
    except dd.DualDiffError:
        return
    moved = [(np.asarray(function(X + e)) - np.asarray(function(X - e))) / 2e-5 for e in 1e-5 * np.eye(3)]
    np.testing.assert_allclose(found, np.stack(moved, axis=-1), rtol=1e-5, atol=1e-8)


def test_errors_about_plain_arrays_stay() -> None:
    """A matrix of the program's own that is not square is the program's business."""

    def f(x: Any) -> Any:
        return x * np.sum(linalg.inv(np.ones((2, 3))))

    with pytest.raises(ValueError, match="square") as error:
        dd.grad(f)(X)
    assert not isinstance(error.value, dd.DualDiffError)


def test_errors_of_functions_that_scipy_calls_stay() -> None:
    """An error in a callback is the callback's."""

    def callback(y: Any) -> Any:
        raise ValueError("mine")

    with pytest.raises(ValueError, match="mine") as error:
        dd.jacobian(lambda x: x * optimize.root(callback, np.ones(3)).x)(X)
    assert not isinstance(error.value, dd.DualDiffError)


def test_objects_of_compiled_code_name_our_namespace() -> None:
    """A factorisation of SciPy's has no frames of Python's that could be asked."""
    sparse, linalg = pytest.importorskip("scipy.sparse"), pytest.importorskip("scipy.sparse.linalg")
    factors = linalg.splu(sparse.csc_array(np.diag([1.0, 2.0])))
    with pytest.raises(dd.NoRuleError, match=r"dualdiff\.scipy\.sparse\.linalg\.splu"):
        dd.grad(lambda b: np.sum(factors.solve(b)))(np.ones(2))
