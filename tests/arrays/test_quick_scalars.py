"""Functions of scalars without dispatch: the bits, types and errors of the general chain rule."""

import itertools
import math as python_math
from typing import Any

import numpy as np
import pytest

import dualdiff as dd
import dualdiff.math
from dualdiff.arrays.shortcuts import Shortcuts
from dualdiff.rules.kinds import Elementwise
from dualdiff.rules.registry import UFUNCS

UFUNC_RULES: dict[Any, Any] = dict(UFUNCS)
TWO = [u for u, rule in UFUNC_RULES.items() if u.nin == 2 and u.nout == 1 and type(rule) is Elementwise]
VALUES = [0.0, -0.0, 1.0, -1.0, 0.5, -2.5, 3.0, 1e-310, 1e200, np.inf, -np.inf, np.nan]
TANGENTS: list[Any] = [1.0, 0.0, -0.3, np.array([1.0, 0.0, -2.0])]


def outcome(call: Any) -> Any:
    """The parts and their types, or the error."""
    with np.errstate(all="ignore"):
        try:
            result = call()
        except Exception as error:  # noqa: BLE001 - the same whichever it is
            return type(error), str(error)
    if not isinstance(result, dd.Dual):
        return repr(result), type(result)
    return repr(result.value), type(result.value), repr(result.tangent), type(result.tangent)


def operands(x: float, y: float, s: Any) -> list[tuple[Any, Any]]:
    """A dual beside a dual, beside numbers, and beside a dual of another kind of tangent."""
    a, b = dd.Dual(x, s), dd.Dual(y, s * 0.5)
    return [(a, b), (a, y), (x, b), (a, 2), (3, b), (a, dd.Dual(y)), (dd.Dual(x), b), (a, a), (a, dd.Dual(y, 1.0, level=4))]


@pytest.mark.parametrize("ufunc", TWO, ids=lambda u: u.__name__)
def test_functions_of_two_scalars(ufunc: np.ufunc, monkeypatch: pytest.MonkeyPatch) -> None:
    """NumPy's, at special and ordinary values, along one direction and along several."""
    calls = [
        (lambda a=a, b=b: ufunc(a, b)) for x, y, s in itertools.product(VALUES, VALUES, TANGENTS) for a, b in operands(x, y, s)
    ]
    found = [outcome(call) for call in calls]
    monkeypatch.setattr(Shortcuts, "_of_floats", lambda *_: None)
    assert found == [outcome(call) for call in calls]


@pytest.mark.parametrize("exponent", [0, 1, 2, 3, -1, -2, 0.0, 0.5, 1.0, 1.5, 2.0, 2.5, -0.5, -1.0, np.inf, np.nan])
def test_powers(exponent: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """By constant exponents, of constant bases, and the absolute value."""
    calls: list[Any] = []
    for x, s in itertools.product(VALUES, TANGENTS):
        a, b = dd.Dual(x, s), dd.Dual(exponent, s)
        calls += [lambda a=a: a**exponent, lambda a=a: exponent**a, lambda a=a: abs(a), lambda a=a, b=b: a**b]
    found = [outcome(call) for call in calls]
    monkeypatch.setattr(Shortcuts, "_of_floats", lambda *_: None)
    monkeypatch.setattr(Shortcuts, "unary", lambda *_: None)
    assert found == [outcome(call) for call in calls]


@pytest.mark.parametrize("name", [n for n in dir(python_math) if hasattr(np, n) and n in dualdiff.math._UFUNC_OF])
def test_functions_of_pythons_math(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """With Python's errors; nested and second-order numbers too."""
    function = getattr(dualdiff.math, name)
    calls: list[Any] = []
    for x, s in itertools.product(VALUES, TANGENTS):
        calls += [lambda x=x, s=s: function(dd.Dual(x, s)), lambda x=x: dd.second_directional_derivative(function, x, 1.0, 1.0)]
    found = [outcome(call) for call in calls]
    monkeypatch.setattr(Shortcuts, "unary", lambda *_: None)
    assert found == [outcome(call) for call in calls]
