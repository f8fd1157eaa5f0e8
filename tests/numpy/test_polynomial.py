"""numpy.polynomial, and the older polynomials, with coefficients and arguments that carry derivatives."""

from __future__ import annotations

import importlib
import itertools
from collections.abc import Callable
from typing import Any

import numpy  # noqa: ICN001 - np is dualdiff.numpy here
import pytest

import dualdiff as dd

np: Any = importlib.import_module("dualdiff.numpy")

FAMILIES = {"Polynomial": ("polynomial", "poly"), "Chebyshev": ("chebyshev", "cheb"), "Legendre": ("legendre", "leg"),
            "Hermite": ("hermite", "herm"), "HermiteE": ("hermite_e", "herme"), "Laguerre": ("laguerre", "lag")}  # fmt: skip
X = numpy.array([0.7, -0.4, 0.9])
POINTS = numpy.array([-0.8, -0.3, 0.1, 0.5, 0.9])


def differences(f: Callable[[Any], Any], x: Any, h: float = 1e-2) -> Any:
    """The Jacobian by central differences, extrapolated thrice."""
    columns = []
    for e in numpy.eye(x.size):
        table = [(numpy.asarray(f(x + s * e)) - numpy.asarray(f(x - s * e))) / (2 * s) for s in h / 2.0 ** numpy.arange(4)]
        for k in range(1, 4):
            table = [fine + (fine - coarse) / (4**k - 1) for coarse, fine in itertools.pairwise(table)]
        columns.append(table[0])
    return numpy.stack(columns, axis=-1)


def check(f: Callable[[Any, Any], Any], x: Any = X) -> None:
    """The value is NumPy's, first and second derivatives are right."""
    value, jacobian = dd.value_and_jacobian(lambda t: f(np, t))(x)
    numpy.testing.assert_allclose(value, f(numpy, x), rtol=1e-13, atol=1e-15)
    expected = differences(lambda t: f(numpy, t), x)
    numpy.testing.assert_allclose(jacobian, expected, rtol=1e-8, atol=1e-8 * numpy.max(numpy.abs(expected), initial=1e-3))
    assert numpy.any(jacobian)
    second = dd.jacobian(dd.jacobian(lambda t: f(np, t)))(x)
    moved = differences(dd.jacobian(lambda t: f(np, t)), x)
    numpy.testing.assert_allclose(second, moved, rtol=1e-7, atol=1e-7 * numpy.max(numpy.abs(moved), initial=1e-3))


def coefficients(p: Any) -> Any:
    """The coefficients of a polynomial object."""
    return p.coef


#: A class P of polynomials, the namespace m, and x of three entries.
OF_CLASSES: dict[str, Callable[[Any, Any, Any], Any]] = {
    "P(x)(0.3)": lambda P, m, x: P(x)(0.3),
    "P(x)(points)": lambda P, m, x: P(x)(POINTS),
    "P([1, 2, 3])(x)": lambda P, m, x: P([1.0, 2.0, 3.0])(x),
    "P(x)(x)": lambda P, m, x: P(x)(x),
    "P(list)": lambda P, m, x: P([x[0], 1.0, x[1]])(0.3),
    "P(x, domain)(t)": lambda P, m, x: P(x, domain=[0.0, 2.0])(POINTS),
    "P(x, window)(x)": lambda P, m, x: P(x, domain=[0.0, 2.0], window=[-1, 3])(x),
    "sum": lambda P, m, x: coefficients(P(x) + P([1.0, 2.0])),
    "difference": lambda P, m, x: coefficients(P([1.0, 2.0]) - P(x)),
    "product": lambda P, m, x: coefficients(P(x) * P([1.0, 2.0])),
    "square": lambda P, m, x: coefficients(P(x) ** 2),
    "scaled": lambda P, m, x: coefficients(P([1.0, 2.0]) * x[0]),
    "scaled on the left": lambda P, m, x: coefficients(x[0] * P([1.0, 2.0])),
    "shifted": lambda P, m, x: coefficients(P([1.0, 2.0]) + x[0]),
    "divided": lambda P, m, x: coefficients(P(x) / x[1]),
    "negative": lambda P, m, x: coefficients(-P(x)),
    "quotient": lambda P, m, x: coefficients(P([*x, 1.0, 2.0]) // P(x)),
    "rest": lambda P, m, x: coefficients(P([*x, 1.0, 2.0]) % P(x)),
    "divmod": lambda P, m, x: coefficients(divmod(P([*x, 1.0, 2.0]), P([1.0, 2.0, 1.5]))[1]),
    "deriv": lambda P, m, x: coefficients(P(x).deriv()),
    "deriv(2)": lambda P, m, x: coefficients(P([*x, x[0]]).deriv(2)),
    "integ": lambda P, m, x: coefficients(P(x).integ()),
    "integ(k)": lambda P, m, x: coefficients(P(x).integ(k=x[1])),
    "integ(lbnd)": lambda P, m, x: coefficients(P(x).integ(lbnd=x[1])),
    "roots": lambda P, m, x: m.sort(m.real(P([-1.0, *x[:1] + 0.3, 2.0]).roots())),
    "fromroots": lambda P, m, x: coefficients(P.fromroots(x)),
    "truncate": lambda P, m, x: coefficients(P(x).truncate(2)),
    "cutdeg": lambda P, m, x: coefficients(P(x).cutdeg(1)),
    "trim": lambda P, m, x: coefficients(P([*x, 0.0]).trim()),
    "copy": lambda P, m, x: coefficients(P(x).copy()),
    "basis": lambda P, m, x: P.basis(3)(x),
    "identity": lambda P, m, x: P.identity()(x),
    "linspace": lambda P, m, x: P(x).linspace(4)[1],
    "convert": lambda P, m, x: coefficients(P(x).convert(kind=m.polynomial.Chebyshev)),
    "convert domain": lambda P, m, x: coefficients(P(x).convert(domain=[0.0, 3.0])),
    "cast": lambda P, m, x: coefficients(m.polynomial.Polynomial.cast(P(x))),
    "compose": lambda P, m, x: coefficients(m.polynomial.Polynomial(x)(P([1.0, 2.0]))),
    "fit y": lambda P, m, x: coefficients(P.fit(POINTS, x[0] * POINTS**2 + m.sin(x[1] * POINTS), 2)),
    "fit y domain": lambda P, m, x: coefficients(P.fit(POINTS, x[0] * POINTS**2 + m.exp(x[1] * POINTS), 2, domain=[-1, 1])),
    "fit x": lambda P, m, x: coefficients(P.fit(POINTS + x[0] * POINTS**2, POINTS**3, 2, domain=[-1, 1])),
    "fit w": lambda P, m, x: coefficients(P.fit(POINTS, POINTS**3, 1, w=1 + x[0] * POINTS**2, domain=[-1, 1])),
    "fit list": lambda P, m, x: coefficients(P.fit([0.0, 1.0, 2.0], [x[0], 1.0, x[1]], 1)),
    "iterate": lambda P, m, x: sum(t * t for t in P(x)),
    "mapparms": lambda P, m, x: P(x, domain=[0.0, 2.0]).mapparms()[1] * x[0],
}


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("name", OF_CLASSES)
def test_classes(name: str, family: str) -> None:
    """Objects of polynomials: arithmetic, calculus, conversion, roots and fits."""
    f = OF_CLASSES[name]
    check(lambda m, x: f(getattr(m.polynomial, family), m, x))


#: A module M of functions with a prefix p.
OF_MODULES: dict[str, Callable[[Any, str, Any], Any]] = {
    "val(t, c)": lambda M, p, x: getattr(M, p + "val")(POINTS, x),
    "val(x, c)": lambda M, p, x: getattr(M, p + "val")(x, numpy.array([1.0, 2.0, 3.0])),
    "val(x, list)": lambda M, p, x: getattr(M, p + "val")(x, [1, 2, 3]),
    "val(x, x)": lambda M, p, x: getattr(M, p + "val")(x, x),
    "val(scalar, list)": lambda M, p, x: getattr(M, p + "val")(x[0], [1.0, x[1]]),
    "val2d": lambda M, p, x: getattr(M, p + "val2d")(x, x**2, numpy.arange(6.0).reshape(2, 3)),
    "grid2d": lambda M, p, x: getattr(M, p + "grid2d")(x, [1.0, 2.0], numpy.arange(6.0).reshape(2, 3)),
    "val3d": lambda M, p, x: getattr(M, p + "val3d")(x, x, x, numpy.arange(8.0).reshape(2, 2, 2)),
    "vander": lambda M, p, x: getattr(M, p + "vander")(x, 3),
    "vander2d": lambda M, p, x: getattr(M, p + "vander2d")(x, x, [1, 2]),
    "der": lambda M, p, x: getattr(M, p + "der")(x),
    "int": lambda M, p, x: getattr(M, p + "int")(x, 2, [1, 2]),
    "add": lambda M, p, x: getattr(M, p + "add")(x, [1.0, 2.0]),
    "sub": lambda M, p, x: getattr(M, p + "sub")([1.0, 2.0], x),
    "mul": lambda M, p, x: getattr(M, p + "mul")(x, [1.0, x[1]]),
    "mulx": lambda M, p, x: getattr(M, p + "mulx")(x),
    "div": lambda M, p, x: getattr(M, p + "div")([1.0, 2.0, 3.0, 4.0], x)[0],
    "pow": lambda M, p, x: getattr(M, p + "pow")(x, 2),
    "roots": lambda M, p, x: getattr(M, p + "roots")(
        numpy.array([-1.0, 0.3, 2.0]) * x[0] + x[1] * numpy.array([0.0, 1.0, 0.0])
    ),
    "companion": lambda M, p, x: getattr(M, p + "companion")(x),
    "fromroots": lambda M, p, x: getattr(M, p + "fromroots")(x),
    "fit": lambda M, p, x: getattr(M, p + "fit")(POINTS, POINTS**2 * x[0] + x[1] ** 2 * POINTS**3, 2),
    "fit columns": lambda M, p, x: getattr(M, p + "fit")([0.0, 1.0, 2.0], [[x[0], 1.0], [2.0, x[1]], [1.0, 1.0]], 1),
    "line": lambda M, p, x: getattr(M, p + "line")(x[0], x[1]),
    "weight": lambda M, p, x: x * getattr(M, p + "weight")(x**2 / 2) if p != "poly" else x * x,
    "to polynomials": lambda M, p, x: getattr(M, p + "2poly")(x) if p != "poly" else x * x,
    "from polynomials": lambda M, p, x: getattr(M, "poly2" + p)(x) if p != "poly" else x * x,
    "trim": lambda M, p, x: getattr(M, p + "trim")([x[0], x[1], 0.0]),
}


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("name", OF_MODULES)
def test_functions(name: str, family: str) -> None:
    """The functions of each module on coefficients and arguments."""
    module, prefix = FAMILIES[family]
    f = OF_MODULES[name]
    check(lambda m, x: f(getattr(m.polynomial, module), prefix, x))


OLD: dict[str, Callable[[Any, Any], Any]] = {
    "poly1d(t)": lambda m, x: m.poly1d(x)(POINTS),
    "poly1d([1, 2])(x)": lambda m, x: m.poly1d([1.0, 2.0])(x),
    "poly1d product": lambda m, x: (m.poly1d(x) * m.poly1d([1.0, 2.0])).coeffs,
    "poly1d deriv": lambda m, x: m.poly1d(x).deriv().coeffs,
    "poly1d integ": lambda m, x: m.poly1d(x).integ().coeffs,
    "polyval": lambda m, x: m.polyval(x, POINTS),
    "polyval(list)": lambda m, x: m.polyval([x[0], 1, x[1]], 0.3),
    "polyfit": lambda m, x: m.polyfit(POINTS, m.exp(x[0] * POINTS), 2),
    "polyfit w": lambda m, x: m.polyfit(POINTS, POINTS**3, 1, w=1 + x[0] * POINTS**2),
    "poly": lambda m, x: m.poly(x),
    "polymul": lambda m, x: m.polymul(x, [1, 2]),
    "polydiv": lambda m, x: m.polydiv([1.0, 2.0, 3.0], x[:2])[1],
    "polyder": lambda m, x: m.polyder(x),
    "polyint": lambda m, x: m.polyint(x, 2),
    "polyint k": lambda m, x: m.polyint([1.0, 2.0], k=x[0]),
    "polyadd": lambda m, x: m.polyadd(x, [1, 2]),
    "polysub": lambda m, x: m.polysub([1, 2], x),
    "roots": lambda m, x: m.sort(m.roots([1.0, x[0], -2.0 + x[1]])),
}  # fmt: skip


@pytest.mark.parametrize("name", OLD)
def test_the_older_functions(name: str) -> None:
    """poly1d and its functions."""
    check(OLD[name])


def test_outside_the_classes_are_numpys() -> None:
    """Plain coefficients give what NumPy's classes give, and objects of both namespaces mix."""
    for family in FAMILIES:
        own, original = getattr(np.polynomial, family)([1.0, 2.0, 3.0]), getattr(numpy.polynomial, family)([1.0, 2.0, 3.0])
        numpy.testing.assert_array_equal((own * own).coef, (original * original).coef)
        assert type((own * own).coef) is numpy.ndarray
        assert str(own) == str(original)
        assert repr(own) == repr(original)
        assert isinstance(original, getattr(np.polynomial, family))
        numpy.testing.assert_array_equal((own + original).coef, 2 * original.coef)
