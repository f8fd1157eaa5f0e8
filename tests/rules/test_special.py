"""The rules of scipy.special agree with mpmath, in every argument, to second order.

The oracles in special_oracles.py are mpmath's functions or their definitions; mpmath.diff differentiates them at 40 digits.
Points are drawn from the domains of the census; edges and tails are in test_special_edges.py.
"""

from __future__ import annotations

import csv
import importlib.util
import json
import os
import subprocess
import sys
import zlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import dualdiff as dd
from dualdiff.rules.registry import TABLES, rule_of

sp: Any = pytest.importorskip("scipy.special")
mp: Any = pytest.importorskip("mpmath").mp

DATA = Path(__file__).parent.parent / "data"


def _module(path: Path) -> Any:
    """Return a file beside this one as a module: tests are no package."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


oracles = _module(Path(__file__).parent / "special_oracles.py")

with (DATA / "scipy_special_census.csv").open(newline="") as _file:
    CENSUS = {row["name"]: row for row in csv.DictReader(_file)}
DOMAINS = json.loads((DATA / "scipy_special_domains.json").read_text())

#: Names that the installed SciPy does not have are skipped: the census is of 1.17.
UFUNCS = [n for n, row in CENSUS.items() if "dispatch=ufunc" in row["note"] and hasattr(sp, n)]
DIFFERENTIABLE = [n for n in UFUNCS if CENSUS[n]["expected"] == "diff"]
#: Python functions around a private ufunc.
WRAPPED = ["lambertw", "zeta"]


def ufunc_of(name: str) -> Any:
    """Return the ufunc itself; with SCIPY_ARRAY_API=1 SciPy wraps it."""
    return getattr(getattr(sp, name), "__wrapped__", getattr(sp, name))


def moving(name: str) -> list[int]:
    """Return the positions of the arguments that a function is differentiable in."""
    return [int(a[1:]) for a in CENSUS[name]["diff_args"].split()]


def points(name: str, count: int) -> Iterator[list[Any]]:
    """Draw points of the census's domain."""
    rng = np.random.default_rng(zlib.crc32(name.encode()))
    for _ in range(count):
        point: list[Any] = []
        for kind, *bounds in DOMAINS[name]:
            if kind == "u":
                point.append(float(rng.uniform(*bounds)))
            elif kind == "i":
                point.append(int(rng.integers(bounds[0], bounds[1] + 1)))
            elif kind == "c":
                point.append(complex(rng.uniform(*bounds), rng.uniform(*bounds)))
            else:
                point.append(float(getattr(sp, f"{bounds[0]}_cv")(*point)))
        yield point


def first(f: Any, args: list[Any], i: int) -> list[Any]:
    """Return the derivatives of all results by argument i."""
    inputs = [dd.Dual(a, 1.0) if k == i else a for k, a in enumerate(args)]
    results = f(*inputs)
    return [r.tangent for r in (results if isinstance(results, tuple) else (results,))]


def second(f: Any, args: list[Any], i: int, j: int) -> list[Any]:
    """Return the second derivatives by arguments i and j, the same by hyper-duals and by nesting."""
    hyper = [dd.HyperDual(a, float(k == i), float(k == j), 0.0) if k in (i, j) else a for k, a in enumerate(args)]
    nested = [
        dd.Dual(dd.Dual(a, float(k == i), level=1), dd.Dual(float(k == j), 0.0, level=1), level=2) if k in (i, j) else a
        for k, a in enumerate(args)
    ]
    found, again = f(*hyper), f(*nested)
    found, again = (r if isinstance(r, tuple) else (r,) for r in (found, again))
    pairs = [(h.eps12, n.tangent.tangent) for h, n in zip(found, again, strict=True)]
    for h, n in pairs:
        assert h == pytest.approx(n, rel=1e-9, abs=1e-11)
    return [h for h, _ in pairs]


def error(found: Any, expected: Any) -> float:
    """Return the relative error."""
    difference = abs(mp.mpmathify(complex(found)) - expected)
    return float(difference / abs(expected) if abs(expected) > 1e-40 else difference)


def exact(args: list[Any]) -> list[Any]:
    """Return the arguments as mpmath numbers; integers stay integers."""
    return [a if isinstance(a, int) else mp.mpmathify(a) for a in args]


def oracle_of(name: str) -> tuple[Any, ...]:
    """Return the oracles of all results."""
    oracle = oracles.ORACLES[name]
    return oracle if isinstance(oracle, tuple) else (oracle,)


@cache
def errors(name: str) -> tuple[float, float, str]:
    """Return the largest relative errors of first and second derivatives, and where."""
    f, worst, where = getattr(sp, name), [0.0, 0.0], ["", ""]
    with mp.workdps(40):
        for args in points(name, 2):
            values = f(*args)
            values = values if isinstance(values, tuple) else (values,)
            cases = [(i, None) for i in moving(name)] + [(i, j) for i in moving(name) for j in moving(name) if i <= j]
            for i, j in cases:
                found = first(f, args, i) if j is None else second(f, args, i, j)
                for k, oracle in enumerate(oracle_of(name)):
                    expected = oracles.reference(oracle, exact(args), i, j, values[k])
                    e, order = error(found[k], expected), int(j is not None)
                    if not e <= worst[order]:
                        worst[order], where[order] = e, f"{args} result {k} by {(i, j)}: {found[k]} for {mp.nstr(expected, 17)}"
    return worst[0], worst[1], " | ".join(where)


#: Looser than 1e-13 for first and 1e-12 for second derivatives, with the reason.
TOLERANCES: dict[str, tuple[float, float]] = {
    # SciPy's airye is good to 4e-14, and the exponential factor's derivative cancels.
    "airye": (3e-12, 3e-11),
    # The derivatives are formed from SciPy's own value, whose lambda family is inverted by bisection to 1e-13.
    "tklmbda": (1e-12, 1e-12),
}


@pytest.mark.parametrize("name", [n for n in [*DIFFERENTIABLE, *WRAPPED] if n in oracles.ORACLES])
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_derivatives_agree_with_mpmath(name: str) -> None:
    """First and second derivatives, pure and mixed, in each differentiable argument."""
    one, two, where = errors(name)
    tolerance = TOLERANCES.get(name, (1e-13, 1e-12))
    assert one <= tolerance[0] and two <= tolerance[1], where


@pytest.mark.parametrize("name", DIFFERENTIABLE)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_series_have_the_same_derivatives(name: str) -> None:
    """The coefficients of a Taylor series are those of nested numbers."""
    args, i, f = next(points(name, 1)), moving(name)[-1], getattr(sp, name)
    series = dd.Taylor(np.array([args[i], 1.0, 0.0]))
    results = f(*[series if k == i else a for k, a in enumerate(args)])
    results = results if isinstance(results, tuple) else (results,)
    for r, slope, bend in zip(results, first(f, args, i), second(f, args, i, i), strict=True):
        assert r.coefficients[1] == pytest.approx(slope, rel=1e-9)
        assert 2 * r.coefficients[2] == pytest.approx(bend, rel=1e-7, abs=1e-10)


def test_every_function_is_compared() -> None:
    """Each differentiable ufunc has an oracle, here or in the tests of solutions of differential equations."""
    same = {"digamma": "psi", "jn": "jv"}
    assert {n for n in DIFFERENTIABLE if same.get(n, n) not in oracles.ORACLES} == {*SPHEROIDAL, *MATHIEU}


# -------------------------------------------------------------------------- solutions of differential equations

SPHEROIDAL = [f"{kind}_{part}{cv}" for kind in ("pro", "obl") for part in ("ang1", "rad1") for cv in ("", "_cv")]
MATHIEU = ["mathieu_cem", "mathieu_sem", "mathieu_modcem1", "mathieu_modsem1", "mathieu_modcem2", "mathieu_modsem2"]


def ratios(name: str, args: list[Any], solution: Any, x: Any, scale: Any) -> list[float]:
    """Return errors of f'/f, f''/f and (f')'/f' against a multiple of f, so that the normalisation does not matter."""
    last = len(args) - 1
    values = getattr(sp, name)(*args)
    f = [solution(x), mp.diff(solution, x) * scale, mp.diff(solution, x, 2) * scale**2]
    tangents, bend = first(getattr(sp, name), args, last), second(getattr(sp, name), args, last, last)
    found = [tangents[0] / values[0], bend[0] / values[0], tangents[1] / values[1]]
    return [error(a, b) for a, b in zip(found, [f[1] / f[0], f[2] / f[0], f[2] / f[1]], strict=True)]


@pytest.mark.parametrize("name", SPHEROIDAL)
def test_spheroidal_functions(name: str) -> None:
    """The radial function of the first kind is a multiple of the angular one, continued; SciPy's values are good to 1e-11."""
    with mp.workdps(30):
        for args in points(name, 3):
            oblate, radial = name.startswith("obl"), "rad" in name
            solution = oracles.spheroidal(args[0], args[1], mp.mpf(args[2]) ** 2 * (-1 if oblate else 1))
            scale = 1j if oblate and radial else 1
            assert max(ratios(name, args, solution, args[-1] * scale, scale)) < 2e-11


@pytest.mark.parametrize("name", MATHIEU[:4])
def test_mathieu_functions(name: str) -> None:
    """Against their Fourier series; x is in degrees for the angular ones."""
    with mp.workdps(30):
        for args in points(name, 3):
            _, angular, modified = oracles.mathieu(args[0], mp.mpf(args[1]), even="ce" in name)
            degrees = "mod" not in name
            scale = mp.pi / 180 if degrees else 1
            assert max(ratios(name, args, angular if degrees else modified, mp.mpf(args[2]) * scale, scale)) < 1e-13


@pytest.mark.parametrize("name", MATHIEU[4:])
def test_mathieu_functions_of_the_second_kind(name: str) -> None:
    """They satisfy Mathieu's equation, and their Wronskian with those of the first kind is 2 / pi."""
    with mp.workdps(30):
        for args in points(name, 3):
            m, q, x = args
            value, slope = getattr(sp, name)(*args)
            tangents = first(getattr(sp, name), args, 2)
            characteristic, _, _ = oracles.mathieu(m, mp.mpf(q), even="ce" in name)
            one, one_slope = getattr(sp, name.replace("2", "1"))(*args)
            assert one * slope - one_slope * value == pytest.approx(2 / np.pi, rel=1e-9)
            assert tangents[0] == slope
            assert error(tangents[1], (characteristic - 2 * q * mp.cosh(2 * x)) * value) < 1e-13


# ------------------------------------------------------------------------------------------- completeness

#: Private ufuncs that public functions call, and that partial derivatives are written with.
PRIVATE = {"_lambertw", "_riemann_zeta", "_zeta", "_ellip_harm", "_igam_fac", "_smirnovp", "_beta_pdf"}


def special_table() -> dict[Any, Any]:
    """Return the table, made when the first function of it is met."""
    assert rule_of(ufunc_of("erf")) is not None
    return TABLES["scipy.special._ufuncs"]


def test_every_ufunc_has_a_rule_and_nothing_else_has() -> None:
    """The table holds the ufuncs of scipy.special, and the private ones that are known to be needed."""
    public = {ufunc_of(n) for n in dir(sp) if isinstance(getattr(getattr(sp, n), "__wrapped__", getattr(sp, n)), np.ufunc)}
    table = special_table()
    assert public <= table.keys()
    assert {f.__name__ for f in table.keys() - public} <= PRIVATE


def test_the_census_counts_the_same() -> None:
    """Every row of the census is a ufunc of the table."""
    assert {ufunc_of(n) for n in UFUNCS} <= special_table().keys()


@pytest.mark.parametrize("code", ["import dualdiff", "import dualdiff, dualdiff.rules.special as s"])
def test_scipy_is_not_imported(code: str) -> None:
    """Importing dualdiff imports nothing of SciPy."""
    subprocess.run([sys.executable, "-c", f"{code}; import sys; assert 'scipy' not in sys.modules"], check=True)


def test_wrapped_names_of_the_array_api() -> None:
    """With SCIPY_ARRAY_API=1 the ufuncs inside SciPy's wrappers have the same rules."""
    code = (
        "import scipy.special as sp, dualdiff as dd; x = dd.Dual(0.5, 1.0); "
        "assert abs(sp.psi.__wrapped__(x).tangent - 4.934802200544679) < 1e-12; "
        "assert abs(sp.erf.__wrapped__(x).tangent - 0.8787825789354448) < 1e-15; "
        "assert abs(sp.gammaln.__wrapped__(dd.HyperDual(0.5, 1.0, 1.0, 0.0)).eps12 - 4.934802200544679) < 1e-12"
    )
    subprocess.run([sys.executable, "-c", code], check=True, env=os.environ | {"SCIPY_ARRAY_API": "1"})


# ------------------------------------------------------------------------------------------------ refusals


def refusable() -> list[tuple[str, int]]:
    """Return the arguments that are not differentiable, of functions that are differentiable in others."""
    return [(n, i) for n in DIFFERENTIABLE for i in range(len(DOMAINS[n])) if i not in moving(n)]


@pytest.mark.parametrize(("name", "i"), refusable())
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # bdtr of a float count
def test_arguments_without_a_formula_are_refused(name: str, i: int) -> None:
    """A moving argument raises, naming function and argument; a constant one, be it a dual, does not."""
    args = next(points(name, 1))
    if isinstance(args[i], int) and not any(t[i] not in "lq" for t in ufunc_of(name).types):
        pytest.skip("a dual is no integer, and SciPy takes integers only")
    f = getattr(sp, name)
    for number in (dd.Dual(float(args[i]), 1.0), dd.HyperDual(float(args[i]), 1.0, 1.0, 0.0)):
        with pytest.raises(
            dd.NotDifferentiableError, match=rf"{ufunc_of(name).__name__ if name in ('jn', 'digamma') else name} "
        ):
            f(*[number if k == i else a for k, a in enumerate(args)])
    x = moving(name)[-1]
    expected = first(f, args, x)
    for constant, moved in ((dd.Dual(float(args[i])), dd.Dual(args[x], 1.0)), (dd.HyperDual(float(args[i])), None)):
        inputs = [constant if k == i else a for k, a in enumerate(args)]
        inputs[x] = dd.HyperDual(args[x], 1.0, 1.0, 0.0) if moved is None else moved
        results = f(*inputs)
        for r, e in zip(results if isinstance(results, tuple) else (results,), expected, strict=True):
            assert (r.eps1 if moved is None else r.tangent) == pytest.approx(e, rel=1e-9)


@pytest.mark.parametrize("name", [n for n in UFUNCS if CENSUS[n]["expected"] == "raise"])
def test_functions_without_a_rule_are_refused(name: str) -> None:
    """They raise, and say why; some of them have a derivative on request (test_parameter_derivatives.py)."""
    f = ufunc_of(name)
    with pytest.raises((dd.NoRuleError, dd.NotDifferentiableError), match=f"{name} has no derivative.*dd"):
        f(*[dd.Dual(0.5, 1.0)] * f.nin)


def test_ellipsoidal_harmonics_are_refused() -> None:
    """A Python function around a private ufunc."""
    with pytest.raises(dd.NoRuleError, match="ellip_harm"):
        sp.ellip_harm(5.0, 8.0, 1, 1, dd.Dual(2.5, 1.0))


# -------------------------------------------------------------------------------------------- shapes and dtypes


def scalar_case(name: str) -> list[Any]:
    """Return one point as arrays of a single precision that float64 holds exactly."""
    return [a if isinstance(a, (int, complex)) else float(np.float32(a)) for a in next(points(name, 1))]


@pytest.mark.parametrize("name", [n for n in DIFFERENTIABLE if n != "wofz"])
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_arrays_are_scalars_entry_by_entry(name: str) -> None:
    """Arrays, 0-d, empty, broadcast and non-contiguous ones, give what their entries give."""
    f, x = getattr(sp, name), moving(name)[-1]
    cases = list(points(name, 3))
    columns = [np.array(c) for c in zip(*cases, strict=True)]
    expected = np.array([first(f, case, x) for case in cases]).T

    def tangents(number: Any, others: list[Any]) -> Any:
        results = f(*[number if k == x else a for k, a in enumerate(others)])
        return [r.tangent for r in (results if isinstance(results, tuple) else (results,))]

    np.testing.assert_allclose(tangents(dd.Dual(columns[x], np.ones(3)), columns), expected, rtol=1e-9)
    spread = np.repeat(columns[x], 2)[::2]
    np.testing.assert_allclose(tangents(dd.Dual(spread, np.ones(3)), columns), expected, rtol=1e-9)
    k_directions = np.array([np.ones(3), 2 * np.ones(3)])
    for found, e in zip(tangents(dd.Dual(columns[x], k_directions), columns), expected, strict=True):
        np.testing.assert_allclose(found, [e, 2 * e], rtol=1e-9)
    (column, *_), empty = cases, np.zeros(0)
    assert all(t.shape == (0,) for t in tangents(dd.Dual(empty, empty), column))
    for found, e in zip(tangents(dd.Dual(np.array(column[x]), np.array(1.0)), column), expected, strict=True):
        assert found == pytest.approx(e[0], rel=1e-9)
    # A row of the moving argument against a column of itself in the others.
    if len(columns) > 1:
        table = tangents(dd.Dual(columns[x], np.ones(3)), [c if k == x else c[:, None] for k, c in enumerate(columns)])
        for found, e in zip(table, expected, strict=True):
            assert found.shape == (3, 3)
            np.testing.assert_allclose(np.diagonal(found), e, rtol=1e-9)


#: SciPy 1.17 does not return from its own spheroidal functions in single precision.
SINGLE = [n for n in DIFFERENTIABLE if n not in SPHEROIDAL and any("f" in t for t in ufunc_of(n).types)]


@pytest.mark.parametrize("name", SINGLE)
@pytest.mark.filterwarnings("ignore::RuntimeWarning", "ignore::DeprecationWarning")
def test_single_precision_stays(name: str) -> None:
    """float32 arguments give a float32 (or complex64) derivative, that of float64 rounded."""
    f, x, args = getattr(sp, name), moving(name)[-1], scalar_case(name)
    single = [np.array([a], np.float32) if isinstance(a, float) else a for a in args]
    results = f(*[dd.Dual(a, np.ones(1, np.float32)) if k == x else a for k, a in enumerate(single)])
    for r, e in zip(results if isinstance(results, tuple) else (results,), first(f, args, x), strict=True):
        plain = f(*single)
        if np.all(np.isnan(plain)):
            pytest.skip("SciPy itself has no value in single precision")
        assert r.tangent.dtype == r.dtype == (plain[0] if isinstance(plain, tuple) else plain).dtype
        if r.dtype in (np.float32, np.complex64):
            np.testing.assert_allclose(r.tangent[0], e, rtol=2e-3)
