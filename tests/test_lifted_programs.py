"""The shortest programs by which lift was found to be wrong: each has a derivative known in closed form."""

from __future__ import annotations

import math
import numbers
from collections.abc import Callable
from functools import singledispatch
from typing import Any, NamedTuple

import numpy as np
import pytest

import dualdiff as dd


class _Once:
    """A method, a property and a constructor, to be overridden."""

    def __init__(self, x: Any) -> None:
        self.x = x

    def value(self) -> Any:
        return self.x

    @property
    def square(self) -> Any:
        return self.x**2


class _Twice(_Once):
    def __init__(self, x: Any) -> None:
        super().__init__(x)
        self.x = 2 * self.x

    def value(self) -> Any:
        return 2 * super().value()

    @property
    def square(self) -> Any:
        return 2 * super().square


class _AsOnce(_Twice):
    def value(self) -> Any:
        return super(_Twice, self).value()


class _Pair(NamedTuple):
    first: Any
    second: Any


class _Length:
    def __init__(self, meters: Any) -> None:
        self.meters = meters

    def __mul__(self, factor: Any) -> _Length:
        return _Length(self.meters * factor)

    __rmul__ = __mul__


@singledispatch
def _by_type(x: Any) -> Any:
    return 0.0 * x


@_by_type.register
def _(x: float) -> Any:
    return x**2


_KEYS = [_Once(0.0), _Once(1.0)]
_BY_INSTANCE = {_KEYS[0]: 2.0, _KEYS[1]: 3.0}
_DATA = np.ones(3)


def _table_lookup(x: Any) -> Any:
    i = int(x / 0.5)
    return i * (x - 0.5 * i)


def _filled(a: Any, x: Any) -> Any:
    a[0] = x**2
    return a[0] + a[1]


def _branch(x: Any, taken: bool) -> Any:
    return x**2 if taken else 0.0 * x


#: At 1.5.
PROGRAMS: dict[str, tuple[Callable[[Any], Any], float]] = {
    "super(), a method": (lambda x: _Twice(x).value(), 4.0),
    "super(), a property": (lambda x: _Twice(x).square, 24.0),
    "super() of a named class": (lambda x: _AsOnce(x).value(), 2.0),
    "type(x) is float": (lambda x: _branch(x, type(x) is float), 3.0),
    "type(float(x)) is float": (lambda x: _branch(x, type(float(x)) is float), 3.0),
    "numbers.Real": (lambda x: _branch(x, isinstance(x, numbers.Real)), 3.0),
    "no __len__": (lambda x: _branch(x, not hasattr(x, "__len__")), 3.0),
    "singledispatch": (lambda x: _by_type(x), 3.0),
    "int(x / h)": (_table_lookup, 3.0),
    "item": (lambda x: np.sum(x).item() ** 2, 3.0),
    "complex(x, 1)": (lambda x: (complex(x, 1.0) ** 2).real, 3.0),
    "a number times an object": (lambda x: (x * _Length(x)).meters, 3.0),
    "a named tuple": (lambda x: _Pair(x, x).first * _Pair(x, x).second, 3.0),
    "a dict keyed by instances": (lambda x: sum(_BY_INSTANCE[key] * x for key in _KEYS), 5.0),
    "Polynomial.convert": (lambda x: np.polynomial.Polynomial([0.0, x], domain=[0, 2]).convert().coef[1] * x, 3.0),
    "view without arguments": (lambda x: _filled(np.zeros(3).view(), x), 3.0),
}


#: Arrays that NumPy makes out of lift's sight: a derivative cannot be written into them, and that is said.
OUT_OF_SIGHT: dict[str, Callable[[Any], Any]] = {
    "copy of a module's array": lambda x: _filled(_DATA.copy(), x),
    "a ufunc's array": lambda x: _filled(np.sqrt(_DATA), x),
    "arithmetic's array": lambda x: _filled(np.arange(3) / 2, x),
    "an integer array as float": lambda x: _filled(np.arange(3).astype(float), x),
}


@pytest.mark.parametrize("name", OUT_OF_SIGHT)
def test_arrays_out_of_sight_are_refused(name: str) -> None:
    """The error says where, and what to write."""
    with pytest.raises(dd.DerivativeLostError, match=r"_filled .*lifted already.*np\.array"):
        dd.derivative(dd.lift(OUT_OF_SIGHT[name]))(1.5)


@pytest.mark.parametrize("name", PROGRAMS)
def test_lift_gives_the_derivative(name: str) -> None:
    """Lifted, each gives its derivative, and of a float what it gave before."""
    program, slope = PROGRAMS[name]
    assert dd.lift(program)(1.5) == program(1.5)
    assert math.isclose(dd.derivative(dd.lift(program))(1.5), slope, rel_tol=1e-14)


def test_functions_may_change_between_calls() -> None:
    """A helper that is defined anew, or patched, is the one that a later derivative runs."""
    names: dict[str, Any] = {}
    exec("def helper(x): return x\ndef user(x): return helper(x)", names)
    slope = dd.derivative(dd.lift(names["user"]))
    first = slope(1.0)
    exec("def helper(x): return 5 * x", names)
    assert (first, slope(1.0)) == (1.0, 5.0)


def test_globals_that_a_program_assigns() -> None:
    """They last as long as one derivative: the module's own value counts in the next."""
    names: dict[str, Any] = {"__name__": "program"}
    exec("last = 1.0\ndef f(x):\n    global last\n    y = last * x\n    last = y\n    return y", names)
    slope = dd.derivative(dd.lift(names["f"]))
    assert (slope(2.0), slope(2.0), names["last"]) == (1.0, 1.0, 1.0)
    names["last"] = 7.0
    assert slope(2.0) == 7.0


def test_making_a_lifted_class_is_not_seen_by_its_bases() -> None:
    """Hooks by which classes register themselves are run once, for the original."""
    known: list[type] = []

    class Base:
        def __init_subclass__(cls) -> None:
            known.append(cls)

    class Derived(Base):
        def f(self, x: Any) -> Any:
            return x**2

    assert dd.derivative(dd.lift(lambda x: Derived().f(x)))(1.5) == 3.0
    assert known == [Derived]


@pytest.mark.parametrize("make", ["diag", "diagflat", "triu", "atleast_1d", "ravel"])
def test_lists_of_nested_numbers(make: str) -> None:
    """A list of duals of duals becomes one array of them."""
    import dualdiff.numpy as dnp

    def f(p: Any) -> Any:
        return np.sum(getattr(dnp, make)([p[0], p[1]]) ** 2)

    p = np.array([2.0, 3.0])
    np.testing.assert_allclose(dd.jacobian(dd.grad(f))(p), dd.hessian(f)(p))
