"""The rules of scipy.special in tails, at poles and edges, and for complex arguments."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import dualdiff as dd

sp: Any = pytest.importorskip("scipy.special")
mp: Any = pytest.importorskip("mpmath").mp

_spec = importlib.util.spec_from_file_location("special_points", Path(__file__).parent / "test_special.py")
assert _spec is not None and _spec.loader is not None
special: Any = importlib.util.module_from_spec(_spec)
sys.modules[_spec.name] = special
_spec.loader.exec_module(special)

#: Far points and points beside removable singularities, each with a bound of the errors of all first and second derivatives.
TAILS: list[tuple[str, float, list[tuple[Any, ...]]]] = [
    ("erf", 5e-13, [(10.0,), (26.0,), (-5.3,)]),
    ("erfc", 5e-13, [(10.0,), (26.0,)]),
    ("erfi", 5e-13, [(20.0,), (1e-09,)]),
    ("erfcx", 5e-13, [(3.1,), (2.9,), (10.0,), (50.0,), (1000.0,), (100000000.0,), (-5.0,), (-20.0,)]),
    ("erfinv", 5e-13, [(0.999999,), (1e-20,), (-0.9,)]),
    ("erfcinv", 5e-13, [(1e-10,), (1.9999,), (0.6,), (0.4,)]),
    ("dawsn", 2e-12, [(6.9,), (7.1,), (30.0,), (10000.0,), (-12.0,), (1e-08,)]),
    ("ndtr", 5e-13, [(-38.0,), (38.0,), (-12.3,)]),
    ("log_ndtr", 5e-13, [(-1000.0,), (-40.0,), (-5.0,), (10.0,), (35.0,), (0.3,)]),
    ("ndtri", 5e-13, [(1e-10,), (0.99999,), (0.4,)]),
    ("ndtri_exp", 5e-13, [(-1e-10,), (-0.5,)]),
    ("expit", 5e-13, [(40.0,), (700.0,), (-700.0,), (1e-09,), (-36.0,)]),
    ("log_expit", 5e-13, [(40.0,), (700.0,), (-700.0,), (1e-09,)]),
    ("logit", 5e-13, [(1e-09,), (0.999999999,)]),
    ("exprel", 5e-13, [(1e-12,), (-700.0,), (700.0,), (30.0,), (-30.0,)]),
    ("entr", 5e-13, [(1e100,)]),
    ("rel_entr", 5e-13, [(1.0, 1.0000001)]),
    ("kl_div", 5e-13, [(1.0, 1.0000001), (3.0, 7.0)]),
    ("xlogy", 5e-13, [(0.0, 2.0)]),
    ("xlog1py", 5e-13, [(2.0, -0.9999999999), (0.0, 1.5)]),
    ("powm1", 5e-13, [(1e-05, 1e-10), (10000000000.0, 1e-12)]),
    ("pseudo_huber", 5e-13, [(1.0, 1e-08), (100000000.0, 1.0), (1.0, 100000000.0), (1e-08, 1.0)]),
    ("boxcox", 5e-13, [(2.0, 1e-14), (1e-10, 0.5), (10000000000.0, -3.0)]),
    ("boxcox1p", 5e-13, [(1e-14, 2.0), (2.0, 1e-14)]),
    ("inv_boxcox", 1e-12, [(2.0, 1e-14), (100000.0, 0.5)]),
    ("inv_boxcox1p", 5e-13, [(1e-12, 2.0)]),
    ("gamma", 5e-13, [(170.0,), (1e-10,), (-10.3,), (-169.5,)]),
    ("gammaln", 5e-13, [(10000000000.0,), (1e-10,), (1e300,), (-100.3,)]),
    ("loggamma", 5e-13, [(10000000000.0,), (1e-10,)]),
    ("psi", 5e-13, [(10000000000.0,), (1e-05,), (-10.3,)]),
    ("rgamma", 5e-13, [(170.0,), (-10.3,), (-3.001,), (-9.9999999,), (1e-10,)]),
    ("beta", 1e-12, [(1000000.0, 1.0), (0.001, 1000.0), (300.0, 300.0)]),
    ("betaln", 5e-13, [(10000000000.0, 1.0), (10000000000.0, 0.5), (1000000.0, 1000000.0), (1e-08, 2.0)]),
    ("binom", 2e-12, [(1000.0, 500.5), (50.0, 1e-08)]),
    ("poch", 5e-13, [(1000000.0, 0.5), (100000000.0, 1e-06), (5.0, 20.0)]),
    ("gammainc", 5e-13, [(10000.0, 10000.0), (10000.0, 11000.0), (0.1, 1e-10), (3.0, 300.0), (200.0, 0.5)]),
    ("gammaincc", 5e-13, [(3.0, 300.0)]),
    ("betainc", 5e-13, [(500.0, 500.0, 0.5), (10000.0, 3.0, 0.999), (0.5, 0.5, 1e-10)]),
    ("stdtr", 5e-13, [(100000000.0, 2.0), (3.0, 100000.0), (0.5, -3.0)]),
    ("fdtr", 5e-13, [(1000.0, 1000.0, 1.1), (3.0, 5.0, 1e-10), (3.0, 5.0, 100000000.0)]),
    ("chndtr", 5e-13, [(2.0, 3.0, 1e-10)]),
    ("ellipk", 5e-13, [(1e-12,), (0.9999999999,), (-1000000.0,)]),
    ("ellipe", 5e-13, [(1e-12,), (0.9999999999,), (-1000000.0,)]),
    ("ellipkm1", 5e-13, [(1e-10,)]),
    ("ellipkinc", 5e-13, [(1.57, 0.999999999), (30.0, 0.5), (0.001, 0.9), (1.0, -10000.0), (100.3, 0.999)]),
    ("ellipeinc", 5e-13, [(1.57, 0.999999999), (30.0, 0.5), (0.001, 0.9), (100.3, 0.999)]),
    ("agm", 5e-13, [(1.0, 1.0), (1e-10, 1.0), (1e200, 1e200), (1.0, 1.0000001)]),
    ("elliprd", 1e-12, [(1.0, 1.0, 1.0), (1.0, 2.0, 2.0000001), (1e-10, 1.0, 10000000000.0), (2.0, 2.0, 1.0)]),
    ("elliprj", 5e-13, [(1.0, 1.0, 1.0, 1.0), (1.0, 2.0, 3.0, 3.0000001), (1e-05, 1.0, 100000.0, 2.0)]),
    ("elliprf", 5e-13, [(1.0, 1.0, 1.0), (1e-10, 1.0, 10000000000.0)]),
    ("elliprc", 5e-13, [(1.0, 1.0), (1.0, 1.00001), (2.0, -3.0)]),
    ("elliprg", 5e-13, [(1.0, 1.0, 1.0)]),
    ("jv", 5e-13, [(50.0, 1.0), (0.5, 1000.0), (2.5, 1e-05)]),
    ("iv", 5e-13, [(3.0, 500.0), (3.5, 0.001)]),
    ("kv", 5e-13, [(3.0, 500.0), (50.0, 1.0)]),
    ("ive", 5e-13, [(0.0, 10000.0), (2.5, 1000000.0), (3.0, 30.0), (3.0, 60.0), (1.0, -200.0)]),
    ("kve", 1e-12, [(0.0, 10000.0), (2.5, 1000000.0), (3.0, 30.0), (10.0, 300.0)]),
    ("i0e", 5e-13, [(25.0,), (31.0,), (100000.0,), (-50.0,)]),
    ("k0e", 5e-13, [(25.0,), (31.0,), (100000.0,)]),
    ("i1e", 5e-13, [(25.0,), (33.0,), (100000.0,)]),
    ("k1e", 5e-13, [(25.0,), (33.0,), (100000.0,)]),
    ("hankel1e", 5e-13, [(1.0, 100000.0), (0.5, 25.0), (2.0, 35.0)]),
    ("hankel2e", 5e-13, [(1.0, 100000.0)]),
    ("airye", 2e-11, [(14.0,), (16.0,), (1000.0,)]),
    ("airy", 5e-13, [(10.0,), (-10.0,)]),
    ("ber", 5e-13, [(0.001,), (8.0,)]),
    ("beip", 5e-13, [(0.001,), (0.9,), (1.1,), (8.0,)]),
    ("berp", 5e-13, [(0.001,), (0.9,), (1.1,)]),
    ("besselpoly", 5e-13, [(1e-05, 1.0, 0.0), (0.001, 0.5, 0.5), (3.0, 1.0, 1.0)]),
    ("struve", 2e-12, [(0.0, 0.0001), (1.5, 30.0)]),
    ("modstruve", 5e-13, [(1.5, 20.0), (0.0, 0.0001)]),
    ("sici", 5e-13, [(1e-05,), (0.99,), (1.01,), (1000.0,)]),
    ("shichi", 5e-13, [(1e-05,), (300.0,)]),
    ("spence", 5e-13, [(1.0,), (1.000001,), (10000000000.0,), (1e-10,), (0.5,), (1.5,)]),
    ("exp1", 5e-13, [(500.0,), (1e-10,)]),
    ("expi", 5e-13, [(500.0,), (-5.0,)]),
    ("expn", 5e-13, [(0, 2.0), (1, 3.0), (5, 100.0)]),
    ("it2i0k0", 5e-13, [(0.001,), (0.99,), (1.01,)]),
    ("it2j0y0", 5e-13, [(0.001,)]),
    ("it2struve0", 5e-13, [(0.001,), (0.99,)]),
    (
        "voigt_profile",
        5e-13,
        [(50.0, 1.0, 0.5), (50.0, 1.0, 1e-10), (1000.0, 0.1, 1.0), (0.5, 1e-08, 1.0), (12.0, 1.0, 0.0), (3.0, 1.0, 0.0)],
    ),
    ("owens_t", 5e-13, [(5.0, 2.0), (8.0, 0.1), (20.0, 0.5)]),
    ("fresnel", 5e-13, [(100.0,), (5.3,)]),
    ("modfresnelp", 5e-13, [(30.0,), (1000.0,)]),
    ("modfresnelm", 5e-13, [(30.0,)]),
    ("kolmogorov", 5e-13, [(0.3,), (0.81,), (0.79,), (5.0,), (0.1,)]),
    ("tklmbda", 2e-12, [(-1.2, 0.7), (5.0, -0.5)]),
    ("smirnov", 5e-13, [(20, 0.1), (50, 0.3)]),
    ("wrightomega", 5e-13, [(-50.0,), (100000.0,)]),
    ("lambertw", 5e-13, [(1e-10,), (1e100,), (-0.36,)]),
    ("hyp1f1", 5e-13, [(0.5, 1.5, -50.0), (2.0, 3.0, 100.0)]),
    ("hyp2f1", 5e-13, [(0.5, 1.0, 1.5, -100.0)]),
    ("hyp0f1", 5e-13, [(2.0, 500.0), (0.5, -50.0)]),
    ("wright_bessel", 5e-13, [(1.0, 1.0, 50.0)]),
    ("eval_chebyt", 5e-13, [(50, 0.3), (5, 3.0), (2.5, 0.3), (1, 0.3), (0, 0.3)]),
    ("eval_legendre", 5e-13, [(50, 0.3), (0, 0.3), (1, 0.3), (2, 1.0)]),
    ("eval_jacobi", 5e-13, [(0, 1.0, 2.0, 0.3), (1, 1.0, 2.0, 0.3), (20, 1.0, 2.0, 1.0)]),
    ("eval_laguerre", 5e-13, [(30, 5.0), (1, 2.0), (0, 2.0)]),
    ("eval_hermite", 5e-13, [(0, 0.5), (1, 0.5), (20, 3.0)]),
    ("lpmv", 5e-13, [(0, 3, 0.5), (2, 5, 0.99), (1, 2.5, 0.3), (-1, 3, 0.4), (0, 0, 0.3), (3, 2, 0.4)]),
]

#: Complex points.
COMPLEX: list[tuple[str, float, list[tuple[Any, ...]]]] = [
    ("erf", 5e-13, [((1 + 0.5j),)]),
    ("erfc", 5e-13, [((1 + 0.5j),)]),
    ("erfi", 5e-13, [((0.4 - 1j),)]),
    ("erfcx", 5e-13, [((4 + 2j),), ((1 - 1j),)]),
    ("dawsn", 2e-12, [((1 + 2j),), ((9 + 0.1j),)]),
    ("wofz", 5e-13, [((8 + 1j),), ((1 - 2j),), ((9 + 0j),)]),
    ("ndtr", 5e-13, [((0.5 + 1j),)]),
    ("log_ndtr", 5e-13, [((0.5 + 1j),)]),
    ("expm1", 5e-13, [((0.5 + 1j),)]),
    ("log1p", 5e-13, [((0.5 + 1j),)]),
    ("exp1", 5e-13, [((0.5 + 1j),)]),
    ("expi", 5e-13, [((0.5 + 1j),)]),
    ("sici", 5e-13, [((0.5 + 1j),), ((0.1 + 0.2j),)]),
    ("shichi", 5e-13, [((0.5 + 1j),)]),
    ("spence", 5e-13, [((0.5 + 1j),), ((1.1 + 0.1j),)]),
    ("fresnel", 5e-13, [((0.5 + 1j),)]),
    ("gamma", 5e-13, [((0.5 + 1j),), ((-2.5 + 0.1j),)]),
    ("loggamma", 5e-13, [((0.5 + 1j),)]),
    ("psi", 5e-13, [((0.5 + 1j),), ((-3.2 + 0.7j),)]),
    ("rgamma", 5e-13, [((0.5 + 1j),), ((-2.1 + 0.1j),)]),
    ("jv", 5e-13, [(1.5, (0.5 + 1j))]),
    ("yv", 5e-13, [(1.5, (0.5 + 1j))]),
    ("iv", 5e-13, [(1.5, (0.5 + 1j))]),
    ("kv", 5e-13, [(1.5, (0.5 + 1j))]),
    ("kve", 5e-13, [(1.5, (0.5 + 1j)), (1.5, (40 + 10j))]),
    ("hankel1", 5e-13, [(1.5, (0.5 + 1j))]),
    ("hankel1e", 5e-13, [(1.5, (0.5 + 1j)), (1.5, (40 + 5j))]),
    ("hankel2e", 5e-13, [(1.5, (0.5 + 1j))]),
    ("airy", 5e-13, [((0.5 + 1j),)]),
    ("elliprc", 5e-13, [((0.5 + 1j), (2 + 1j))]),
    ("elliprd", 5e-13, [((0.5 + 1j), (2 + 1j), (1 - 0.5j))]),
    ("elliprf", 5e-13, [((0.5 + 1j), (2 + 1j), (1 - 0.5j))]),
    ("elliprg", 5e-13, [((0.5 + 1j), (2 + 1j), (1 - 0.5j))]),
    ("elliprj", 5e-13, [((0.5 + 1j), (2 + 1j), (1 - 0.5j), (2 + 0.1j))]),
    ("hyp0f1", 5e-13, [(1.5, (0.5 + 1j))]),
    ("hyp1f1", 5e-13, [(0.5, 1.5, (0.5 + 1j))]),
    ("hyp2f1", 5e-13, [(0.5, 1.5, 2.5, (0.5 + 0.4j))]),
    ("wrightomega", 5e-13, [((0.5 + 1j),)]),
    ("lambertw", 5e-13, [((0.5 + 1j),)]),
    ("xlogy", 5e-13, [((1 + 1j), (0.5 + 1j))]),
    ("xlog1py", 5e-13, [((1 + 1j), (0.5 + 1j))]),
    ("eval_chebyt", 5e-13, [(3.0, (0.5 + 1j))]),
    ("eval_legendre", 5e-13, [(3.0, (0.5 + 0.2j))]),
    ("eval_jacobi", 5e-13, [(3.0, 1.0, 2.0, (0.5 + 0.2j))]),
    ("eval_genlaguerre", 5e-13, [(3.0, 1.0, (0.5 + 0.2j))]),
]


def cases(table: list[tuple[str, float, list[tuple[Any, ...]]]]) -> list[Any]:
    """One test a point."""
    return [pytest.param(n, tolerance, args, id=f"{n}{args}") for n, tolerance, points in table for args in points]


@pytest.mark.parametrize(("name", "tolerance", "point"), [*cases(TAILS), *cases(COMPLEX)])
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_tails_and_complex_points(name: str, tolerance: float, point: tuple[Any, ...]) -> None:
    """First and second derivatives keep their digits."""
    args, f = list(point), getattr(sp, name)
    values = f(*args)
    values = values if isinstance(values, tuple) else (values,)
    with mp.workdps(60):
        for i in special.moving(name):
            for j in [None, *(j for j in special.moving(name) if j >= i)]:
                found = special.first(f, args, i) if j is None else special.second(f, args, i, j)
                for k, oracle in enumerate(special.oracle_of(name)):
                    expected = special.oracles.reference(oracle, special.exact(args), i, j, values[k])
                    expected = expected if np.iscomplexobj(found[k]) else mp.re(expected)
                    assert special.error(found[k], expected) < tolerance, (i, j, k, found[k], mp.nstr(expected, 17))


inf = np.inf

#: Function, arguments, position: the first derivative and the second.
EDGES: list[tuple[str, tuple[Any, ...], int, float, float | None]] = [
    ("exprel", (0.0,), 0, 1 / 2, 1 / 3),
    ("entr", (0.0,), 0, inf, -inf),
    ("rel_entr", (0.0, 1.0), 0, -inf, inf),
    ("rel_entr", (0.0, 1.0), 1, 0, 0),
    ("rel_entr", (0.0, 0.0), 1, 0, 0),
    ("kl_div", (0.0, 2.0), 1, 1, 0),
    ("xlogy", (0.0, 2.0), 0, np.log(2), 0),
    ("xlogy", (0.0, 0.0), 0, -inf, None),
    ("xlogy", (0.0, 0.0), 1, 0, 0),
    ("powm1", (0.0, 2.0), 0, 0, 2),
    ("huber", (1.0, 1.0), 1, 1, 0.5),
    ("pseudo_huber", (0.0, 1.0), 0, 1, -2),
    ("pseudo_huber", (1.0, 0.0), 1, 0, 1),
    ("boxcox", (2.0, 0.0), 1, np.log(2) ** 2 / 2, np.log(2) ** 3 / 3),
    ("boxcox", (0.0, 2.0), 1, 0.25, -0.25),
    ("inv_boxcox", (2.0, 0.0), 0, np.exp(2), np.exp(2)),
    ("logit", (0.0,), 0, inf, None),
    ("erfinv", (1.0,), 0, inf, None),
    ("erfcinv", (0.0,), 0, -inf, None),
    ("ndtri", (0.0,), 0, inf, None),
    ("ndtri", (1.0,), 0, inf, None),
    ("expit", (inf,), 0, 0, 0),
    ("spence", (0.0,), 0, -inf, None),
    ("exp1", (0.0,), 0, -inf, None),
    ("expn", (2, 0.0), 1, -inf, None),
    ("expn", (3, 0.0), 1, -1, inf),
    ("rgamma", (0.0,), 0, 1, 2 * np.euler_gamma),
    ("rgamma", (-2.0,), 0, 2, -3.6911373403938685),
    ("binom", (3.0, 5.0), 0, -0.05, -1 / 12),
    ("poch", (-2.0, 3.0), 0, 2, -6),
    ("poch", (-3.0, 2.0), 0, -5, 2),
    ("poch", (0.0, 2.0), 0, 1, 2),
    ("gammainc", (0.5, 0.0), 1, inf, None),
    ("gammainc", (1.0, 0.0), 1, 1, -1),
    ("gammainc", (2.0, 0.0), 1, 0, 1),
    ("betainc", (2.0, 3.0, 0.0), 2, 0, 12),
    ("betainc", (2.0, 1.0, 1.0), 2, 2, 2),
    ("betainc", (0.5, 2.0, 0.0), 2, inf, None),
    ("chdtr", (2.0, 0.0), 1, 0.5, -0.25),
    ("fdtr", (2.0, 3.0, 0.0), 2, 1, -5 / 3),
    ("chndtr", (1.0, 2.0, 0.0), 0, np.exp(-0.5) / 2, -np.exp(-0.5) / 4),
    ("kolmogorov", (0.0,), 0, 0, 0),
    ("tklmbda", (3.0, 0.5), 0, 0, 0),
    ("jv", (0.0, 0.0), 1, 0, -0.5),
    ("jv", (1.0, 0.0), 1, 0.5, 0),
    ("jv", (0.5, 0.0), 1, inf, None),
    ("i0e", (0.0,), 0, 0, None),
    ("beip", (0.0,), 0, 0.5, 0),
    ("struve", (0.0, 0.0), 1, 2 / np.pi, 0),
    ("struve", (1.0, 0.0), 1, 0, 4 / (3 * np.pi)),
    ("ellipk", (0.0,), 0, np.pi / 8, 9 * np.pi / 64),
    ("ellipe", (1.0,), 0, -inf, None),
    ("ellipkinc", (1.0, 0.0), 1, 0.1363378216467898, None),
    ("agm", (0.0, 1.0), 0, inf, None),
    ("agm", (0.0, 1.0), 1, 0, None),
    ("elliprf", (0.0, 1.0, 2.0), 0, -inf, None),
    ("eval_legendre", (2, 1.0), 1, 3, 3),
    ("lpmv", (2, 2, 1.0), 2, -6, -6),
    ("lpmv", (0, 3, 1.0), 2, 6, 15),
    ("it2struve0", (0.0,), 0, -2 / np.pi, 0),
    ("voigt_profile", (1.0, 0.0, 1.0), 0, -1 / (2 * np.pi), 1 / (2 * np.pi)),
]


@pytest.mark.parametrize(("name", "args", "i", "slope", "bend"), EDGES)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_edges(name: str, args: tuple[Any, ...], i: int, slope: float, bend: float | None) -> None:
    """At poles, removable singularities and ends of domains."""
    f = getattr(sp, name)
    assert f(*(dd.Dual(a, 1.0) if k == i else a for k, a in enumerate(args))).tangent == pytest.approx(slope, rel=1e-13)
    assert f(*(dd.Dual(a, 0.0) if k == i else a for k, a in enumerate(args))).tangent == 0
    if bend is not None:
        number = dd.HyperDual(args[i], 1.0, 1.0, 0.0)
        found = f(*(number if k == i else a for k, a in enumerate(args))).eps12
        assert found == pytest.approx(bend, rel=1e-12, abs=1e-15)


@pytest.mark.parametrize(("name", "args"), [("jve", (1.0,)), ("yve", (1.0,)), ("ive", (1.0,)), ("airye", ())])
def test_functions_that_are_not_analytic_are_refused(name: str, args: tuple[float, ...]) -> None:
    """The factor exp(-|imag z|) has no complex derivative; the message says what to write."""
    with pytest.raises(dd.NotDifferentiableError, match=f"{name} has no complex derivative.*Write"):
        getattr(sp, name)(*args, dd.Dual(0.5 + 1j, 1.0))


def test_principal_values_of_rj_are_refused() -> None:
    """RJ of negative p."""
    with pytest.raises(dd.NotDifferentiableError, match="principal value"):
        sp.elliprj(1.0, 2.0, dd.Dual(3.0, 1.0), -1.0)


#: A function, its oracle, and a point at which a series is used that is cut off where values are exact.
SERIES: list[tuple[str, Any, Any, float]] = [
    ("struve 0", lambda x: sp.struve(0, x), lambda x: mp.struveh(0, x), 0.0),
    ("struve 1", lambda x: sp.struve(1, x), lambda x: mp.struveh(1, x), 0.0),
    ("struve -1", lambda x: sp.struve(-1, x), lambda x: mp.struveh(-1, x), 0.0),
    ("modstruve 0", lambda x: sp.modstruve(0, x), lambda x: mp.struvel(0, x), 0.0),
    ("elliprd x", lambda x: sp.elliprd(x, 1.0, 1.0), lambda x: mp.elliprd(x, 1, 1), 1.0),
    ("elliprd z", lambda x: sp.elliprd(1.0, 1.0, x), lambda x: mp.elliprd(1, 1, x), 1.0),
    ("elliprj p", lambda x: sp.elliprj(1.0, 1.0, 1.0, x), lambda x: mp.elliprj(1, 1, 1, x), 1.0),
    ("elliprf", lambda x: sp.elliprf(1.0, 1.0, x), lambda x: mp.elliprf(1, 1, x), 1.0),
    ("elliprg", lambda x: sp.elliprg(1.0, 1.0, x), lambda x: mp.elliprg(1, 1, x), 1.0),
    ("elliprc", lambda x: sp.elliprc(1.0, x), lambda x: mp.elliprc(1, x), 1.0),
]


def _coefficients(oracle: Any, x: float, order: int) -> list[float]:
    """Return Taylor coefficients: the mean over a circle, of a function that is analytic within."""
    count, radius = 64, mp.mpf(1) / 8
    angles = [2 * mp.pi * k / count for k in range(count)]
    values = [oracle(x + radius * mp.expj(angle)) for angle in angles]
    return [
        float(mp.re(mp.fsum(v * mp.expj(-j * a) for v, a in zip(values, angles, strict=True))) / count / radius**j)
        for j in range(order + 1)
    ]


@pytest.mark.parametrize(("f", "oracle", "x"), [case[1:] for case in SERIES], ids=[case[0] for case in SERIES])
def test_high_orders_of_series_that_are_cut_off(f: Any, oracle: Any, x: float) -> None:
    """Order 20 is right where the values need a few terms only."""
    with mp.workdps(60):
        expected = _coefficients(oracle, x, 20)
    found = dd.taylor(f, x, 1.0, 20)
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-30)


REFLECTED = ["chebyt", "chebyu", "chebyc", "chebys", "sh_chebyt", "sh_chebyu", "legendre", "sh_legendre"]


@pytest.mark.parametrize("name", REFLECTED)
@pytest.mark.parametrize("kind", [int, float])
def test_polynomials_of_negative_degree(name: str, kind: type) -> None:
    """SciPy continues them by reflection, so they are polynomials whose derivatives are those of the coefficients."""
    f, x = getattr(sp, f"eval_{name}"), 0.3
    nodes = np.linspace(0.05, 0.95, 12)
    for n in range(-6, 4):
        p = np.polynomial.Polynomial.fit(nodes, f(kind(n), nodes), 8)
        degree = kind(n)
        assert dd.derivative(lambda x, n=degree: f(n, x))(x) == pytest.approx(p.deriv()(x), rel=1e-9, abs=1e-9)
        assert f(degree, dd.HyperDual(x, 1.0, 1.0, 0.0)).eps12 == pytest.approx(p.deriv(2)(x), rel=1e-8, abs=1e-8)
        found = dd.taylor(lambda x, n=degree: f(n, x), x, 1.0, 3)[3]
        assert found == pytest.approx(p.deriv(3)(x) / 6, rel=1e-7, abs=1e-7)
    several = np.array([-5, -2, -1, 0, 3])
    found = dd.derivative(lambda x: f(several, x))(x)
    np.testing.assert_allclose(found, [dd.derivative(lambda x, n=n: f(n, x))(x) for n in several.tolist()], rtol=1e-13)


#: Counts with a fraction, which SciPy leaves out, and the same without.
TRUNCATED: list[tuple[str, tuple[float, ...], tuple[int, ...]]] = [
    ("expn", (0.7,), (0,)),
    ("expn", (2.6,), (2,)),
    ("bdtr", (5.4, 8.5), (5, 8)),
    ("bdtrc", (2.6, 8.5), (2, 8)),
    ("bdtri", (2.6, 8.5), (2, 8)),
    ("nbdtr", (5.4, 8.5), (5, 8)),
    ("nbdtrc", (5.4, 8.5), (5, 8)),
    ("nbdtri", (5.4, 8.5), (5, 8)),
    ("pdtri", (3.7,), (3,)),
    ("kn", (2.7,), (2,)),
    ("smirnov", (5.6,), (5,)),
]


@pytest.mark.parametrize(("name", "counts", "whole"), TRUNCATED)
@pytest.mark.filterwarnings("ignore:floating point number truncated:RuntimeWarning", "ignore:non-integer arg n")
def test_counts_with_a_fraction(name: str, counts: tuple[float, ...], whole: tuple[int, ...]) -> None:
    """The derivative is that of the function of the whole numbers, which the value is of."""
    f = getattr(sp, name)
    found, expected = (dd.taylor(lambda x, n=n: f(*n, x), 0.3, 1.0, 3) for n in (counts, whole))
    np.testing.assert_allclose(found, expected, rtol=1e-12)


@pytest.mark.parametrize(("a", "b"), [(-3.3, 1.3), (-3.3, 1.3000001), (-2.5, 0.5), (2.3, -2.3), (-2.7, -4.3), (0.5, -1.5)])
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_beta_near_its_zeros(a: float, b: float) -> None:
    """Where a + b is 0, -1, -2 and so on, or as near as rounding leaves it."""

    def beta(x: Any, y: Any) -> Any:
        return mp.gamma(x) * mp.gamma(y) * mp.rgamma(x + y)

    with mp.workdps(50):
        A, B = mp.mpf(a), mp.mpf(b)
        slope, bend, mixed = (float(mp.diff(beta, (A, B), order)) for order in ((1, 0), (2, 0), (1, 1)))
    D = dd.derivative
    assert D(lambda x: sp.beta(x, b))(a) == pytest.approx(slope, rel=1e-13)
    assert D(lambda y: sp.beta(b, y))(a) == pytest.approx(slope, rel=1e-13)
    assert D(D(lambda x: sp.beta(x, b)))(a) == pytest.approx(bend, rel=1e-12)
    assert D(lambda y: D(lambda x: sp.beta(x, y))(a))(b) == pytest.approx(mixed, rel=1e-11)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_beta_of_a_whole_number() -> None:
    """B(a, 2) is 1 / a (a + 1), also where gamma(a) is infinite; there the derivative by the other argument is."""
    D = dd.derivative
    assert D(lambda a: sp.beta(a, 2.0))(-2.0) == pytest.approx(0.75, rel=1e-14)
    assert D(D(lambda a: sp.beta(2.0, a)))(-2.0) == pytest.approx(1.75, rel=1e-14)
    assert D(lambda a: sp.betaln(a, 2.0))(-2.0) == pytest.approx(1.5, rel=1e-14)
    assert D(lambda a: sp.beta(a, 2.0))(-2 + 1e-9) == pytest.approx(0.75000000175, rel=1e-12)
    assert not np.isfinite(D(lambda b: sp.beta(-2.0, b))(2.0))
    assert not np.isfinite(D(lambda b: D(lambda a: sp.beta(a, b))(-2.0))(2.0))
