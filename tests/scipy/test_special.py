"""dualdiff.scipy.special decides every name of scipy.special, keeps its values, and differentiates what has a derivative."""

from __future__ import annotations

import inspect
import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import dualdiff as dd

original: Any = pytest.importorskip("scipy.special")
mpmath: Any = pytest.importorskip("mpmath")

from dualdiff.scipy import special  # noqa: E402 - SciPy may be missing
from dualdiff.scipy.special._decided import DIFFERENTIATED, OTHERS, PASSED_THROUGH, REFUSED, WITH_ARGUMENT  # noqa: E402

sp: Any = special
mp = mpmath.mp
Function = Callable[..., Any]

PUBLIC = [name for name in dir(original) if not name.startswith("_")]
UFUNCS = [name for name in PUBLIC if isinstance(inspect.unwrap(getattr(original, name)), np.ufunc)]
GROUPS: dict[str, list[str]] = {
    "differentiated": list(DIFFERENTIATED),
    "passed through": list(PASSED_THROUGH),
    "with argument": list(WITH_ARGUMENT),
    "refused": list(REFUSED),
    "others": list(OTHERS),
}
#: Names that only some versions of SciPy have: older, newer, or once their submodule is imported.
SOME_VERSIONS = {
    "clpmn",
    "lpmn",
    "lpn",
    "cython_special",
    "add_newdocs",
    "basic",
    "orthogonal",
    "sf_error",
    "specfun",
    "spfun_stats",
}
NEWEST = tuple(int(part) for part in sys.modules["scipy"].__version__.split(".")[:2]) >= (1, 17)
newest = pytest.mark.skipif(not NEWEST, reason="of SciPy 1.17")
#: What these functions take has grown since SciPy 1.13.
GROWN = {"comb", "factorial", "factorial2", "factorialk", "lqn", "lqmn"}


# -------------------------------------------------------------------------------------------- every name


@newest
def test_every_name_of_scipy_is_decided_once() -> None:
    """A name that SciPy gets later fails here until it is put into a group."""
    named = [name for group in GROUPS.values() for name in group]
    assert sorted(named) == sorted(set(named))
    assert set(PUBLIC) - set(UFUNCS) <= set(named)


@newest
def test_every_decided_name_is_scipys() -> None:
    """No group has a name that SciPy does not have."""
    assert {name for group in GROUPS.values() for name in group} - SOME_VERSIONS <= set(PUBLIC)


@pytest.mark.parametrize("name", PUBLIC)
def test_every_name_is_there(name: str) -> None:
    """The namespace has all names, with SciPy's own ufuncs."""
    here = getattr(sp, name)
    if name in UFUNCS:
        assert here is inspect.unwrap(getattr(original, name))
    if name in OTHERS:
        assert here is getattr(original, name)


@newest
@pytest.mark.parametrize("name", [n for n in PUBLIC if n in {*PASSED_THROUGH, *WITH_ARGUMENT, *REFUSED, *DIFFERENTIATED}])
def test_signatures_are_scipys(name: str) -> None:
    """Parameters have SciPy's names, kinds and defaults."""
    theirs = inspect.signature(getattr(original, name))
    if "args" in theirs.parameters:
        # Legendre functions; the first line of their docstring has the signature.
        line = getattr(original, name).__doc__.splitlines()[0]
        theirs = inspect.signature(eval(f"lambda {line[line.index('(') + 1 : -1]}: 0"))
    ours = inspect.signature(getattr(sp, name))
    plain = [[(p.name, p.kind, p.default) for p in s.parameters.values()] for s in (ours, theirs)]
    assert plain[0] == plain[1]


# ------------------------------------------------------------------------------------------------- values

_X = np.array([0.3, 1.2, 4.5])

#: Calls by name with the moving argument left out; its points.
CALLS: dict[str, list[tuple[Function, Any]]] = {
    "logsumexp": [
        (lambda f, x: f(x), _X),
        (lambda f, x: f(x.reshape(1, 3), axis=1, keepdims=True), _X),
        (lambda f, x: f(x, b=np.array([1.0, -0.5, 2.0])), _X),
        (lambda f, x: f(_X, b=x), np.array([1.0, -0.5, 2.0])),
        (lambda f, x: f(x, b=np.array([1.0, 0.5, -2.0]), return_sign=True)[0], _X),
    ],
    "softmax": [(lambda f, x: f(x), _X), (lambda f, x: f(x.reshape(3, 1), axis=1), _X)],
    "log_softmax": [(lambda f, x: f(x), _X), (lambda f, x: f(x.reshape(3, 1), axis=0), _X)],
    **{
        f"spherical_{kind}n": [
            (lambda f, x: f(2, x), _X),
            (lambda f, x: f(np.array([[0], [1]]), x), _X),
            (lambda f, x: f(1, x, derivative=True), _X),
        ]
        for kind in "jyik"
    },
    "polygamma": [(lambda f, x: f(2, x), _X), (lambda f, x: f(np.array([[0], [1]]), x), _X)],
    "multigammaln": [(lambda f, x: f(x, 3), _X + 2)],
    "comb": [
        (lambda f, x: f(x, 2), _X),
        (lambda f, x: f(6.5, x), _X),
        (lambda f, x: f(x, 2, repetition=True), _X),
    ],
    "perm": [(lambda f, x: f(x, 2), _X), (lambda f, x: f(6.5, x), _X)],
    "factorial": [(lambda f, x: f(x), _X), (lambda f, x: f(-x, extend="complex"), _X)],
    "factorial2": [(lambda f, x: f(x, extend="complex"), _X)],
    "factorialk": [(lambda f, x: f(x, 3, extend="complex"), _X)],
    "diric": [(lambda f, x: f(x, 4), _X), (lambda f, x: f(x, np.array([[2], [3]])), _X)],
    "legendre_p": [(lambda f, x: f(3, x, diff_n=2), _X / 5), (lambda f, x: f(np.array([[1], [4]]), x), _X / 5)],
    "legendre_p_all": [(lambda f, x: f(3, x, diff_n=1), _X / 5)],
    "assoc_legendre_p": [
        (lambda f, x: f(3, 1, x, diff_n=2), _X / 5),
        (lambda f, x: f(4, np.array([[-2], [2]]), x, norm=True), _X / 5),
        (lambda f, x: f(4, 3, x, branch_cut=3), _X + 1),
    ],
    "assoc_legendre_p_all": [(lambda f, x: f(3, 2, x, diff_n=1), _X / 5)],
    "sph_legendre_p": [(lambda f, x: f(3, 1, x, diff_n=1), _X / 2)],
    "sph_legendre_p_all": [(lambda f, x: f(3, 2, x), _X / 2)],
    "sph_harm_y": [
        (lambda f, x: f(3, 1, x, 0.4, diff_n=2)[2].real, _X / 2),
        (lambda f, x: f(3, -2, 0.4, x).imag, _X),
    ],
    "sph_harm_y_all": [(lambda f, x: f(3, 2, x, 2 * x, diff_n=1)[1].real, _X / 2)],
    "lqn": [(lambda f, x: f(3, x)[0], _X / 5), (lambda f, x: f(3, x)[1], _X / 5)],
    "lqmn": [(lambda f, x: f(2, 3, x)[0], _X / 5), (lambda f, x: f(2, 3, x)[1], _X / 5)],
    **{
        name: [(lambda f, x, v=v: f(v, x[1])[0], _X), (lambda f, x, v=v: f(v, x[1])[1], _X)]
        for name, v in (
            ("pbdv_seq", 2.3), ("pbvv_seq", 2.3), ("pbdn_seq", 3), ("lmbda", 2.3), ("riccati_jn", 3), ("riccati_yn", 3),
        )
    },
    "assoc_laguerre": [(lambda f, x: f(x, 3, 1.5), _X)],
    **{name: [(lambda f, x: f(1.5, x, 2), _X)] for name in ("jvp", "yvp", "ivp", "kvp")},
    **{name: [(lambda f, x: f(1.5, x, 2).imag, _X)] for name in ("h1vp", "h2vp")},
    "lambertw": [(lambda f, x: f(x).real, _X)],
    "sinc": [(lambda f, x: f(x), _X)],
    "softplus": [(lambda f, x: f(x), _X)],
    "zeta": [(lambda f, x: f(2.5, x), _X)],
}  # fmt: skip
KNOWN = {name for name in CALLS if hasattr(original, name) and (NEWEST or name not in GROWN)}
CASES = [(name, i) for name in sorted(KNOWN) for i in range(len(CALLS[name]))]
each_call = pytest.mark.parametrize("name, i", CASES)


def _case(name: str, i: int) -> tuple[Function, Function, Any]:
    call, x = CALLS[name][i]
    return (lambda x: call(getattr(sp, name), x)), (lambda x: call(getattr(original, name), x)), x


def test_every_differentiated_function_is_called_here() -> None:
    """The calls above leave out none."""
    assert set(CALLS) == {*DIFFERENTIATED, *PASSED_THROUGH}


@each_call
def test_values_are_scipys_bit_for_bit(name: str, i: int) -> None:
    """Plain arguments go to SciPy, and a dual has the value that it computes."""
    ours, theirs, x = _case(name, i)
    expected = theirs(x)
    plain = ours(x)
    assert np.array_equal(plain, expected) and type(plain) is type(expected)
    for number in (dd.Dual(x, np.ones(3)), dd.HyperDual(x, np.ones(3), np.ones(3), np.zeros(3))):
        value = dd.value_of(ours(number))
        assert np.array_equal(value, expected) and np.asarray(value).dtype == np.asarray(expected).dtype


@each_call
def test_jacobian_and_hessian_are_those_of_differences(name: str, i: int) -> None:
    """A central difference of values, and of Jacobians, agrees to its own accuracy."""
    ours, theirs, x = _case(name, i)
    found = dd.jacobian(ours)(x)
    second = dd.hessian(ours)(x)
    h = 1e-6
    steps = h * np.eye(3)
    expected = np.stack([(theirs(x + s) - theirs(x - s)) / (2 * h) for s in steps], axis=-1)
    assert found == pytest.approx(expected, rel=1e-6, abs=1e-6 * np.max(np.abs(expected)) + 1e-8)
    bends = np.stack([(dd.jacobian(ours)(x + s) - dd.jacobian(ours)(x - s)) / (2 * h) for s in steps], axis=-1)
    assert second == pytest.approx(bends, rel=1e-6, abs=1e-6 * np.max(np.abs(bends)) + 1e-8)


@each_call
@pytest.mark.filterwarnings("ignore::dualdiff.PerformanceWarning")
def test_all_ways_agree(name: str, i: int) -> None:
    """k directions, nesting, Taylor series and structured tangents give the same derivatives."""
    ours, _, x = _case(name, i)
    jacobian, hessian = dd.jacobian(ours)(x), dd.hessian(ours)(x)
    size = np.max(np.abs(hessian)) + np.max(np.abs(jacobian))
    directions = np.array([[1.0, 0.0, 0.0], [0.5, -1.0, 2.0]])
    _, along = dd.jvp(ours, x, directions)
    assert along == pytest.approx(np.moveaxis(jacobian @ directions.T, -1, 0), rel=1e-10, abs=1e-13 * size)
    assert dd.jacobian(dd.jacobian(ours))(x) == pytest.approx(hessian, rel=1e-10, abs=1e-12 * size)
    series = dd.taylor(ours, x, directions[1], 2)
    assert 2 * series[2] == pytest.approx(hessian @ directions[1] @ directions[1], rel=1e-9, abs=1e-11 * size)
    sparse = dd.jacobian(ours, sparse=True)(x).toarray()
    assert sparse.reshape(jacobian.shape) == pytest.approx(jacobian, rel=1e-12, abs=1e-14 * size)
    summed = dd.hessian(lambda x: np.sum(ours(x)), sparse=True)(x).toarray()
    assert summed == pytest.approx(dd.hessian(lambda x: np.sum(ours(x)))(x), rel=1e-10, abs=1e-12 * size)


# ------------------------------------------------------------------------------------------------- mpmath


def _half(bessel: Any, n: int) -> Function:
    return lambda z: mpmath.sqrt(mpmath.pi / 2 / z) * bessel(n + mpmath.mpf(1) / 2, z)


def _legendre(n: int, m: int, z: Any) -> Any:
    k = abs(m)
    y = (1 - z * z) ** (mpmath.mpf(k) / 2) * (
        mpmath.diff(lambda t: mpmath.legendre(n, t), z, k) if k else mpmath.legendre(n, z)
    )
    return (-1) ** k * y if m >= 0 else y * mpmath.factorial(n - k) / mpmath.factorial(n + k)


def _harmonic(n: int, m: int, theta: Any) -> Any:
    norm = mpmath.mpf(2 * n + 1) / 4 / mpmath.pi * mpmath.factorial(n - m) / mpmath.factorial(n + m)
    return mpmath.sqrt(norm) * _legendre(n, m, mpmath.cos(theta))


_A = [0.3, -1.0, 2.0, 40.0]


def _sum(x: Any, i: int) -> Any:
    return mpmath.log(sum(mpmath.exp(x if j == i else mpmath.mpf(a)) for j, a in enumerate(_A)))


def _at(f: Function, i: int, **named: Any) -> Function:
    return lambda x: f(np.where(np.arange(4) == i, x, _A), **named)


def _slope(f: Function) -> Function:
    return lambda z: mpmath.diff(f, z)


_V = mpmath.mpf(0.3)

#: Name, function, oracle, points.
ORACLES: list[tuple[str, Function, Function, list[float]]] = [
    *((f"{name} {n}", lambda z, name=name, n=n: getattr(sp, name)(n, z), _half(bessel, n), [1e-3, 0.7, 3.1, 30.0])
      for n in (0, 1, 4)
      for name, bessel in (("spherical_jn", mpmath.besselj), ("spherical_yn", mpmath.bessely),
                           ("spherical_in", mpmath.besseli), ("spherical_kn", mpmath.besselk))),
    *((f"{name}' 2", lambda z, name=name: getattr(sp, name)(2, z, derivative=True), _slope(_half(bessel, 2)), [0.7, 3.1])
      for name, bessel in (("spherical_jn", mpmath.besselj), ("spherical_yn", mpmath.bessely),
                           ("spherical_in", mpmath.besseli), ("spherical_kn", mpmath.besselk))),
    *((f"polygamma {n}", lambda x, n=n: sp.polygamma(n, x), lambda x, n=n: mpmath.polygamma(n, x), [0.2, 3.3, -0.7])
      for n in (0, 1, 3)),
    ("multigammaln", lambda x: sp.multigammaln(x, 3),
     lambda x: sum(mpmath.loggamma(x - mpmath.mpf(j) / 2) for j in range(3)) + 1.5 * mpmath.log(mpmath.pi), [1.3, 7.7]),
    ("comb by N", lambda x: sp.comb(x, 3), lambda x: mpmath.binomial(x, 3), [4.2, 60.5, 1e6]),
    ("comb by k", lambda x: sp.comb(20.5, x), lambda x: mpmath.binomial(mpmath.mpf(20.5), x), [1.2, 15.3]),
    ("comb repetition", lambda x: sp.comb(x, 3, repetition=True), lambda x: mpmath.binomial(x + 2, 3), [0.5, 60.5]),
    ("perm by N", lambda x: sp.perm(x, 3), lambda x: x * (x - 1) * (x - 2), [4.2, 60.5, 1e6]),
    ("perm by k", lambda x: sp.perm(20.5, x), lambda x: mpmath.gamma(21.5) / mpmath.gamma(21.5 - x), [1.2, 15.3]),
    ("factorial", sp.factorial, lambda x: mpmath.gamma(x + 1), [0.2, 15.3]),
    ("factorial complex", lambda x: sp.factorial(x, extend="complex"), lambda x: mpmath.gamma(x + 1), [-1.7, 3.3]),
    ("factorial2", lambda x: sp.factorial2(x, extend="complex"),
     lambda x: mpmath.mpf(2) ** ((x - 1) / 2) * mpmath.gamma(x / 2 + 1) / mpmath.gamma(1.5), [-1.2, 8.4]),
    ("factorialk", lambda x: sp.factorialk(x, 3, extend="complex"),
     lambda x: mpmath.mpf(3) ** ((x - 1) / 3) * mpmath.gamma(x / 3 + 1) / mpmath.gamma(mpmath.mpf(4) / 3), [-1.2, 8.4]),
    *((f"diric {n}", lambda x, n=n: sp.diric(x, n), lambda x, n=n: mpmath.sin(n * x / 2) / mpmath.sin(x / 2) / n,
       [1e-3, 0.8, -5.1]) for n in (2, 7, 40)),
    *((f"assoc_legendre_p {n} {m}", lambda z, n=n, m=m: sp.assoc_legendre_p(n, m, z),
       lambda z, n=n, m=m: _legendre(n, m, z), [-0.6, 0.37]) for n, m in ((3, 0), (3, 1), (4, -2), (6, 5))),
    ("assoc_legendre_p 3 1 of type 3", lambda z: sp.assoc_legendre_p(3, 1, z, branch_cut=3),
     lambda z: mpmath.sqrt(z - 1) * mpmath.sqrt(z + 1) * (15 * z * z - 3) / 2, [1.1, 3.2]),
    ("legendre_p''", lambda z: sp.legendre_p(7, z, diff_n=2)[2:],
     lambda z: mpmath.diff(lambda t: mpmath.legendre(7, t), z, 2), [-0.6, 0.37]),
    *((f"sph_legendre_p {n} {m}", lambda t, n=n, m=m: sp.sph_legendre_p(n, m, t), lambda t, n=n, m=m: _harmonic(n, m, t),
       [0.3, 2.2]) for n, m in ((3, 0), (3, 1), (4, -2))),
    ("sph_harm_y by theta", lambda t: sp.sph_harm_y(3, 1, t, 0.4),
     lambda t: _harmonic(3, 1, t) * mpmath.exp(1j * mpmath.mpf(0.4)), [0.3, 2.2]),
    ("sph_harm_y by phi", lambda t: sp.sph_harm_y(4, -2, 0.4, t),
     lambda t: _harmonic(4, -2, mpmath.mpf(0.4)) * mpmath.exp(-2j * t), [0.3, 5.2]),
    *((f"lqn {k}", lambda z, k=k: sp.lqn(3, z)[0][k:], lambda z, k=k: mpmath.legenq(k, 0, z), [-0.6, 0.37]) for k in (0, 3)),
    ("lqn' 2", lambda z: sp.lqn(3, z)[1][2:], _slope(lambda z: mpmath.legenq(2, 0, z)), [0.37]),
    ("lqmn 2 3", lambda z: sp.lqmn(2, 3, z)[0][2, 3:], lambda z: mpmath.legenq(3, 2, z), [-0.6, 0.37]),
    *((f"pbdv_seq {k}", lambda x, k=k: sp.pbdv_seq(3.3, x)[0][k:], lambda x, k=k: mpmath.pcfd(k + mpmath.mpf(3.3) - 3, x),
       [-1.6, 2.4]) for k in (0, 3)),
    ("pbvv_seq 2", lambda x: sp.pbvv_seq(3.3, x)[0][2:], lambda x: mpmath.pcfv(1 - mpmath.mpf(3.3) - 0.5, x), [-1.6, 2.4]),
    ("lmbda 1", lambda x: sp.lmbda(3.3, x)[0][1:], lambda x: mpmath.hyp0f1(mpmath.mpf(3.3) - 1, -x * x / 4), [-1.6, 8.4]),
    ("lmbda' 1", lambda x: sp.lmbda(3.3, x)[1][1:],
     _slope(lambda x: mpmath.hyp0f1(mpmath.mpf(3.3) - 1, -x * x / 4)), [1.6, 8.4]),
    ("riccati_jn 2", lambda x: sp.riccati_jn(3, x)[0][2:], lambda x: x * _half(mpmath.besselj, 2)(x), [0.6, 8.4]),
    ("riccati_jn' 2", lambda x: sp.riccati_jn(3, x)[1][2:], _slope(lambda x: x * _half(mpmath.besselj, 2)(x)), [0.6, 8.4]),
    ("riccati_yn 2", lambda x: sp.riccati_yn(3, x)[0][2:], lambda x: x * _half(mpmath.bessely, 2)(x), [0.6, 8.4]),
    *((f"logsumexp {i}", _at(sp.logsumexp, i), lambda x, i=i: _sum(x, i), [_A[i], 3.0]) for i in range(4)),
    *((f"softmax {i}", lambda x, i=i: _at(sp.softmax, i)(x)[2:],
       lambda x, i=i: mpmath.exp((x if i == 2 else mpmath.mpf(2)) - _sum(x, i)), [_A[i], 3.0]) for i in range(4)),
    *((f"log_softmax {i}", lambda x, i=i: _at(sp.log_softmax, i)(x)[2:],
       lambda x, i=i: (x if i == 2 else mpmath.mpf(2)) - _sum(x, i), [_A[i], 3.0]) for i in range(4)),
    ("logsumexp by b", lambda b: sp.logsumexp([1.0, 2.0], b=[b, -0.25]),
     lambda b: mpmath.log(b * mpmath.e - mpmath.exp(2) / 4), [0.9, 2.5]),
]  # fmt: skip


@pytest.mark.parametrize(("name", "f", "oracle", "points"), ORACLES, ids=[row[0] for row in ORACLES])
def test_derivatives_are_mpmaths(name: str, f: Function, oracle: Function, points: list[float]) -> None:
    """Value, first and second derivative agree with 30 digits to 1e-12 of each, also where one term dominates."""
    if name.split(maxsplit=1)[0].rstrip("'") not in KNOWN:
        pytest.skip("this version of SciPy does not have it")
    with mpmath.workdps(30):
        for x in points:
            y = f(dd.HyperDual(x, 1.0, 1.0, 0.0))
            exact = [oracle(mpmath.mpf(x)), mpmath.diff(oracle, mpmath.mpf(x)), mpmath.diff(oracle, mpmath.mpf(x), 2)]
            for part, expected in zip((y.value, y.eps1, y.eps12), exact, strict=True):
                found = mpmath.mpmathify(complex(np.ravel(part)[0]))
                assert abs(found - expected) <= 1e-12 * abs(expected) + mpmath.mpf(10) ** -25


# -------------------------------------------------------------------------------------------------- edges

INF = np.inf


@pytest.mark.parametrize(
    ("a", "gradient"),
    [
        ([0.0, -INF], [1, 0]),
        ([-INF, -INF], [0.5, 0.5]),
        ([INF, 1.0], [1, 0]),
        ([INF, INF, 2.0], [0.5, 0.5, 0]),
        ([INF, -INF], [1, 0]),
        ([1.0, 1.0, 1.0, 1.0], [0.25] * 4),
        ([1e308, 1e308], [0.5, 0.5]),
        ([-8e307, 8e307], [0, 1]),
        ([3.0], [1]),
        ([np.nan, 1.0], [np.nan, np.nan]),
        pytest.param([], [], marks=newest),
    ],
)
def test_gradient_of_logsumexp_at_special_points(a: list[float], gradient: list[float]) -> None:
    """Infinite terms share as ties do, nothing overflows, and nothing is a quotient of zeros."""
    assert np.array_equal(dd.grad(sp.logsumexp)(np.array(a)), np.array(gradient, float), equal_nan=True)


def test_weights_of_zero() -> None:
    """What has no weight does not count, whatever it is; but its weight has a derivative."""
    weights = np.array([0.0, 1.0])
    for a in (INF, np.nan, 1.0, 50000.0):
        assert dd.grad(lambda x: sp.logsumexp(x, b=weights))(np.array([a, 1.0])).tolist() == [0, 1]
    assert dd.grad(lambda b: sp.logsumexp(np.array([1.0, 2.0]), b=b))(weights) == pytest.approx([np.exp(-1), 1])


@newest
def test_negative_sums() -> None:
    """The logarithm of a negative sum is nan with its derivative; with the sign it is a number."""
    a, b = np.array([1.0, 2.0]), np.array([1.0, -1.0])
    assert np.isnan(dd.grad(lambda a: sp.logsumexp(a, b=b))(a)).all()
    value, sign = sp.logsumexp(dd.Dual(a, np.array([1.0, 0.0])), b=b, return_sign=True)
    assert dd.value_of(sign) == -1 and dd.Dual(sign).tangent == 0
    assert value.tangent == pytest.approx(1 / (1 - np.e), rel=1e-14)


@pytest.mark.parametrize("axis", [None, 0, -1, (0, 2), (1,), (-1, 0)])
@pytest.mark.parametrize("keepdims", [False, True])
def test_axes(axis: Any, keepdims: bool) -> None:
    """Every axis argument gives SciPy's shape and the shares of the terms."""
    x = np.random.default_rng(0).normal(size=(2, 3, 4))
    jacobian = dd.jacobian(lambda x: sp.logsumexp(x, axis=axis, keepdims=keepdims))(x)
    assert jacobian.shape == original.logsumexp(x, axis=axis, keepdims=keepdims).shape + x.shape
    shares = np.exp(x - original.logsumexp(x, axis=axis, keepdims=True))
    assert jacobian.reshape(-1, x.size).sum(axis=0) == pytest.approx(shares.ravel(), rel=1e-14)


def test_complex_arguments() -> None:
    """Holomorphic functions have the derivative of their power series at complex points."""
    a = np.array([1 + 2j, 3 - 1j])
    share = np.exp(a) / np.exp(a).sum()
    assert dd.jvp(sp.logsumexp, a, np.array([1.0, 0.0]))[1] == pytest.approx(share[0], rel=1e-14)
    _, (size, phase) = dd.jvp(lambda a: sp.logsumexp(a, return_sign=True), a, np.array([1.0, 0.0]))
    _, sign = original.logsumexp(a, return_sign=True)
    assert size == pytest.approx(share[0].real) and phase == pytest.approx(1j * sign * share[0].imag)
    z = 1.3 + 0.4j
    for f in (sp.spherical_jn, sp.spherical_yn, sp.spherical_in, sp.spherical_kn):
        assert dd.derivative(lambda z, f=f: f(2, z), holomorphic=True)(z) == pytest.approx(f(2, z, derivative=True), rel=1e-13)


@pytest.mark.skipif(not hasattr(original, "assoc_legendre_p"), reason="since SciPy 1.15")
@pytest.mark.parametrize("branch_cut", [2, 3])
@pytest.mark.parametrize("z", [0.3 + 0.2j, -0.3 - 0.2j, 2.0 + 0.5j, -2 + 0.3j])
def test_complex_legendre_functions(branch_cut: int, z: complex) -> None:
    """On both sides of either cut the derivatives are those that SciPy computes."""
    named: dict[str, Any] = {"branch_cut": branch_cut}
    for norm in (False, True):
        expected = original.assoc_legendre_p_all(4, 3, z, norm=norm, diff_n=2, **named)
        value, along = dd.jvp(lambda z, n=norm: sp.assoc_legendre_p_all(4, 3, z, norm=n, diff_n=1, **named), z, 1.0)
        assert np.array_equal(value, original.assoc_legendre_p_all(4, 3, z, norm=norm, diff_n=1, **named))
        assert along == pytest.approx(expected[1:], rel=1e-12, abs=1e-12)


@pytest.mark.skipif(not hasattr(original, "assoc_legendre_p"), reason="since SciPy 1.15")
def test_high_degrees_and_poles() -> None:
    """High orders do not overflow, and at the poles of the sphere derivatives are finite."""
    found = dd.derivative(lambda t: sp.sph_legendre_p_all(150, 150, t)[0])(0.3)
    assert found == pytest.approx(original.sph_legendre_p_all(150, 150, 0.3, diff_n=1)[1], rel=1e-9, abs=1e-11)
    pole = dd.jacobian(lambda x: sp.sph_harm_y_all(3, 3, x[0], x[1]).real)(np.zeros(2))
    assert pole == pytest.approx(original.sph_harm_y_all(3, 3, 0.0, 0.0, diff_n=1)[1].real, abs=1e-14)


def test_spherical_bessel_functions_at_zero() -> None:
    """The formulas are regular there: j_n is x^n / (2 n + 1)!! and so is i_n."""
    for f in (sp.spherical_jn, sp.spherical_in):
        assert dd.derivative(lambda z, f=f: f(np.arange(3), z))(0.0) == pytest.approx([0, 1 / 3, 0])
    assert dd.hessian(lambda z: sp.spherical_jn(2, z))(0.0) == pytest.approx(2 / 15)
    assert dd.hessian(lambda z: sp.spherical_jn(0, z))(0.0) == pytest.approx(-1 / 3)


@pytest.mark.parametrize("shape", [(), (1,)])
def test_float32(shape: tuple[int, ...]) -> None:
    """The result has the precision that SciPy gives."""
    x = np.full(shape, 0.5, np.float32)[()]
    calls: list[Function] = [
        lambda f: lambda x: f.softmax(x),
        lambda f: lambda x: f.logsumexp(x),
        lambda f: lambda x: f.spherical_jn(1, x),
        lambda f: lambda x: f.polygamma(1, x),
        lambda f: lambda x: f.comb(x, 2),
        lambda f: lambda x: f.multigammaln(x + 3, 2),
        lambda f: lambda x: f.factorial(x),
        lambda f: lambda x: f.diric(x, 3),
    ]
    for call in calls:
        found, expected = call(sp)(dd.Dual(x, np.ones_like(x))), call(original)(x)
        assert found.dtype == np.asarray(expected).dtype and np.asarray(found.tangent).dtype == found.dtype


def test_diric_at_multiples_of_two_pi() -> None:
    """The removable singularities are none: the derivative is 0, the second one -(n^2 - 1) / 12 with the sign of the value."""
    for n in (2, 3, 5):
        for m in (0, 1):
            sign = (-1) ** (m * (n - 1))
            first, second = (f(lambda x, n=n: sp.diric(x, n))(2 * np.pi * m) for f in (dd.derivative, dd.hessian))
            assert abs(first) < 1e-14 and second == pytest.approx(-sign * (n * n - 1) / 12, rel=1e-12)


def test_where_counts_are_cut_off() -> None:
    """Outside of 0 <= k <= N the number is 0, and so is its slope."""
    counts = dd.derivative(lambda n: sp.comb(n, np.array([0, 1, 2, 7])))(5.0)
    assert counts == pytest.approx([0, 1, 4.5, 0])
    assert dd.derivative(lambda n: sp.perm(n, np.array([0, 1, 2, 7])))(5.0) == pytest.approx([0, 1, 9, 0])
    assert dd.derivative(sp.factorial)(-1.5) == 0


@pytest.mark.parametrize("name", WITH_ARGUMENT)
def test_polynomials_take_a_dual_as_their_argument(name: str) -> None:
    """The objects that legendre(n) and its kin return are differentiated like eval_legendre(n, x)."""
    parameters = {"gegenbauer": (1.5,), "genlaguerre": (0.5,), "jacobi": (0.5, 1.5), "sh_jacobi": (2.5, 1.5)}.get(name, ())
    x = np.array([0.3, 0.6])
    p = getattr(sp, name)(3, *parameters)
    slope = np.polyder(np.poly1d(p.coeffs))
    assert dd.jacobian(p)(x) == pytest.approx(np.diag(slope(x)), rel=1e-10, abs=1e-12)
    assert dd.hessian(lambda x: np.sum(p(x)))(x) == pytest.approx(np.diag(np.polyder(slope)(x)), rel=1e-10, abs=1e-10)
    with pytest.raises(dd.NotDifferentiableError, match=name):
        getattr(sp, name)(dd.Dual(3.0, 1.0), *parameters)


# ------------------------------------------------------------------------------------------------- errors


@pytest.mark.parametrize("name", [n for n in REFUSED if hasattr(original, n)])
def test_what_has_no_derivative_refuses_a_dual(name: str) -> None:
    """The message names the function and what to write, and a constant dual is the number that it holds."""
    function = getattr(sp, name)
    count = len([p for p in inspect.signature(function).parameters.values() if p.default is p.empty])
    with pytest.raises(dd.NotDifferentiableError, match=rf"scipy\.special\.{name} of a dual"):
        function(*[dd.Dual(2.0, 1.0)] * count)


def test_a_constant_dual_is_its_value() -> None:
    """A dual that has no derivative is a plain number to an integer argument."""
    assert dd.derivative(lambda x: x * sp.spherical_jn(np.floor(x), 1.0))(2.5) == original.spherical_jn(2, 1.0)
    assert dd.jacobian(lambda x: x * sp.bernoulli(np.floor(x)))(4.5).tolist() == original.bernoulli(4).tolist()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda x: sp.spherical_jn(x, 1.0), "with respect to n"),
        (lambda x: sp.polygamma(x, 1.0), "with respect to n"),
        (lambda x: sp.jvp(x, 1.0), "with respect to v"),
        (lambda x: sp.zeta(x), "with respect to x"),
        (lambda x: sp.comb(x, 2, exact=True), r"special\.comb\(N, k\)"),
        (lambda x: sp.perm(x, 2, exact=True), r"special\.perm\(N, k\)"),
        (lambda x: sp.factorial(x, exact=True), r"special\.factorial\(n\)"),
        (lambda x: sp.factorial2(x), 'extend="complex"'),
        (lambda x: sp.factorialk(x, 3), 'extend="complex"'),
        (lambda x: sp.pbdv_seq(-1.5, x), r"special\.pbdv\(v, x\)"),
    ],
)
def test_refusals_say_what_to_write(call: Function, message: str) -> None:
    """Of an argument without a derivative, the message names it, or the line instead."""
    with pytest.raises(dd.NotDifferentiableError, match=message):
        call(dd.Dual(3.0, 1.0))


def test_lists_of_duals() -> None:
    """A list that holds duals is the array that it means."""
    assert dd.grad(lambda x: sp.logsumexp([x[0], 1.0, x[1]]))(np.array([1.0, 1.0])) == pytest.approx([1 / 3, 1 / 3])


@pytest.mark.parametrize("environment", [{}, {"SCIPY_ARRAY_API": "1"}])
def test_scipy_is_imported_on_first_use(environment: dict[str, str]) -> None:
    """Importing dualdiff does not import SciPy; with the array API the ufuncs are the ufuncs."""
    program = (
        "import sys, dualdiff as dd; assert 'scipy' not in sys.modules; import numpy as np;"
        "from dualdiff.scipy import special as sp; assert isinstance(sp.gamma, np.ufunc);"
        "assert dd.grad(sp.logsumexp)(np.zeros(2)).tolist() == [0.5, 0.5];"
        "assert np.isfinite(dd.derivative(lambda x: sp.spherical_jn(1, x) + sp.polygamma(1, x) + sp.zeta(2, x))(1.0))"
    )
    subprocess.run([sys.executable, "-c", program], check=True, env=os.environ | environment)


def test_negative_degrees_of_legendre_p_are_refused() -> None:
    """SciPy's values there are no Legendre functions."""
    with pytest.raises(dd.NotDifferentiableError, match="eval_legendre"):
        dd.derivative(lambda x: special.legendre_p(np.array([1, -2]), x))(np.array(0.3))
