"""``derivative``: of anything by a scalar."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
import pytest

import dualdiff as dd


class Pair(NamedTuple):
    """A named tuple of two."""

    first: Any
    second: Any


FUNCTIONS: list[tuple[str, Any, Any]] = [
    ("x**3", lambda x: x**3, lambda x: 3 * x**2),
    ("exp", np.exp, np.exp),
    ("tanh", np.tanh, lambda x: 1 / np.cosh(x) ** 2),
    ("x sin x", lambda x: x * np.sin(x), lambda x: np.sin(x) + x * np.cos(x)),
    ("1 / (1 + x^2)", lambda x: 1 / (1 + x**2), lambda x: -2 * x / (1 + x**2) ** 2),
    ("2**x", lambda x: 2.0**x, lambda x: math.log(2) * 2.0**x),
    ("|x|", abs, np.sign),
    ("-x", lambda x: -x, lambda x: -1.0),
    ("arctan2", lambda x: np.arctan2(x, 2.0), lambda x: 2.0 / (x**2 + 4.0)),
]


def close(result: Any, exact: Any, rtol: float = 1e-14) -> None:
    """Assert the same shape and, to rounding error, the same numbers."""
    assert np.shape(result) == np.shape(exact)
    np.testing.assert_allclose(result, exact, rtol=rtol, atol=1e-15)


@pytest.mark.parametrize("name, f, exact", FUNCTIONS, ids=[row[0] for row in FUNCTIONS])
@pytest.mark.parametrize("x", [0.7, -1.3, np.float64(0.7), np.array(0.7)], ids=["float", "negative", "float64", "0-d"])
def test_scalar_function(x: Any, name: str, f: Any, exact: Any) -> None:
    """The derivative of a scalar function is exact for every kind of scalar argument."""
    result = dd.derivative(f)(x)
    assert np.shape(result) == ()
    close(result, np.asarray(exact(x))[()])


@pytest.mark.parametrize("shape", [(), (3,), (2, 3), (1,), (0,), (2, 0, 3)], ids=str)
def test_result_has_the_shape_of_the_output(shape: tuple[int, ...]) -> None:
    """The derivative by a scalar has the shape of the function's value, whatever that is."""
    A = np.random.default_rng(0).normal(size=shape)
    close(dd.derivative(lambda t: A * t**2)(0.7), 1.4 * A)


@pytest.mark.parametrize("loop", ["list", "nested list", "array of duals", "stack", "filled"])
def test_output_assembled_from_scalars(loop: str) -> None:
    """Scalars put together into an array, by any of NumPy's ways, keep their derivatives."""

    def f(t: Any) -> Any:
        if loop == "array of duals":
            return np.array([t, t**2, 3.0])
        if loop == "nested list":
            return np.array([[t, 1.0], [np.sin(t), t * t]])
        if loop == "stack":
            return np.stack([t, t**2, t**3])
        if loop == "filled":
            out = np.zeros_like(t, shape=3)
            for i in range(3):
                out[i] = t**i
            return out
        return [t, t**2]

    t = 0.7
    exact = {
        "array of duals": [1.0, 2 * t, 0.0],
        "nested list": [[1.0, 0.0], [math.cos(t), 2 * t]],
        "stack": [1.0, 2 * t, 3 * t**2],
        "filled": [0.0, 1.0, 2 * t],
        "list": [1.0, 2 * t],
    }[loop]
    result = dd.derivative(f)(t)
    assert isinstance(result, list if loop == "list" else np.ndarray)
    close(result, exact)


def test_second_and_higher_derivatives() -> None:
    """Derivative of derivative of ... is exact to rounding at every order."""
    f: Any = np.sin
    expected = [math.sin(0.3), math.cos(0.3), -math.sin(0.3), -math.cos(0.3), math.sin(0.3), math.cos(0.3)]
    for exact in expected:
        close(f(0.3), exact)
        f = dd.derivative(f)


@pytest.mark.parametrize("argnums", [(0, 1), [0, 1], range(2), np.arange(2), (0, -2), (np.int64(0), 1)])
def test_argnums_may_be_any_sequence(argnums: Any) -> None:
    """Of Python's integers or NumPy's, counted from either end."""
    found = dd.derivative(lambda x, y, z: x * y**2 * z, argnums=argnums)(2.0, 3.0, 5.0)
    assert found == (45.0, 60.0)


@pytest.mark.parametrize("argnums, exact", [(0, 24.0), (1, 48.0), (2, 8.0), (-1, 8.0)])
def test_argnums_int(argnums: int, exact: float) -> None:
    """Argnums picks the argument; the others are constants."""
    close(dd.derivative(lambda x, y, z: x * y**2 * z, argnums=argnums)(2.0, 2.0, 6.0), exact)


@pytest.mark.parametrize("argnums", [(0,), (0, 1), (1, 0), (2, 0, 1)], ids=str)
def test_argnums_tuple(argnums: tuple[int, ...]) -> None:
    """A tuple of argnums gives a tuple of derivatives, in that order."""
    x, y, z = 2.0, 3.0, 5.0
    partials = (y**2 * z, 2 * x * y * z, x * y**2)
    result = dd.derivative(lambda x, y, z: x * y**2 * z, argnums=argnums)(x, y, z)
    assert isinstance(result, tuple)
    assert len(result) == len(argnums)
    for got, i in zip(result, argnums, strict=True):
        close(got, partials[i])


def test_extra_arguments_pass_through() -> None:
    """Further positional and keyword arguments reach the function untouched."""
    seen: list[Any] = []

    def f(x: Any, a: Any, *rest: Any, power: int, **more: Any) -> Any:
        seen.append((a, rest, power, more))
        return a * x**power

    close(dd.derivative(f)(2.0, 5.0, "rest", power=3, label="more"), 60.0)
    assert seen == [(5.0, ("rest",), 3, {"label": "more"})]


def test_auxiliary_output() -> None:
    """has_aux returns the second output beside the derivative, as plain values."""
    result, aux = dd.derivative(lambda x: (x**2, {"cube": x**3, "name": "aux"}), has_aux=True)(3.0)
    close(result, 6.0)
    assert not isinstance(aux["cube"], dd.Dual)
    assert float(aux["cube"]) == 27.0
    assert aux["name"] == "aux"


@pytest.mark.parametrize(
    "f, exact",
    [
        (lambda x: (x, x**2), (1.0, 4.0)),
        (lambda x: [x, x**2], [1.0, 4.0]),
        (lambda x: Pair(x, x**2), Pair(1.0, 4.0)),
        (lambda x: {"a": x, "b": (x**2, 1.0)}, {"a": 1.0, "b": (4.0, 0.0)}),
    ],
    ids=["tuple", "list", "named tuple", "dict"],
)
def test_output_containers(f: Any, exact: Any) -> None:
    """Tuples, lists, named tuples and dicts of results give the same containers of derivatives."""
    result = dd.derivative(f)(2.0)
    assert type(result) is type(exact)
    assert result == exact


@pytest.mark.parametrize("constant", [3.0, 3, True, np.float64(3.0), np.ones(2), np.arange(3), 1j, np.ones((2, 0))])
def test_function_independent_of_its_argument(constant: Any) -> None:
    """A function that does not depend on its argument has derivative zero, in the shape of its value."""
    result = dd.derivative(lambda x: constant)(0.5)
    assert np.shape(result) == np.shape(constant)
    assert np.asarray(result).dtype.kind in "fc"
    assert np.all(np.asarray(result) == 0)


@pytest.mark.parametrize("x", [3, True, np.int8(3), np.uint16(3), np.array(3), np.bool_(True)], ids=repr)
def test_integers_become_float64(x: Any) -> None:
    """Integer and boolean arguments are promoted to float64, without wrapping round or truncating."""
    result = dd.derivative(lambda x: x**5 / 2)(x)
    assert np.asarray(result).dtype == np.float64
    close(result, 2.5 * float(x) ** 4)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.longdouble, np.complex64, np.complex128])
@pytest.mark.parametrize("kind", ["scalar", "0-d"])
def test_precision_is_kept(kind: str, dtype: Any) -> None:
    """The result has the argument's precision: Python numbers in the function do not raise it."""
    x = dtype(0.75) if kind == "scalar" else np.array(0.75, dtype)
    complex_input = np.issubdtype(dtype, np.complexfloating)
    for f in (lambda x: 3 * x**2 + 0.5, np.sin, lambda x: np.sqrt(x) / 2, lambda x: 2.0**x, lambda x: x**2.5):
        result = dd.derivative(f, holomorphic=bool(complex_input))(x)
        assert np.asarray(result).dtype == dtype
        exact = (complex(f(0.75 + 1e-7)) - complex(f(0.75 - 1e-7))) / 2e-7
        np.testing.assert_allclose(complex(result), exact, rtol=max(1e-6, 8 * float(np.finfo(dtype).eps)))


def test_real_to_complex() -> None:
    """The derivative of a complex-valued function of a real argument is complex, with no flag needed."""
    close(dd.derivative(lambda t: np.exp(1j * t))(0.3), 1j * np.exp(0.3j))
    close(dd.derivative(lambda t: np.array([1.0, 1j]) * t**2)(0.5), [1.0, 1j])


HOLOMORPHIC: list[tuple[str, Any, Any]] = [
    ("z^3", lambda z: z**3, lambda z: 3 * z**2),
    ("exp", np.exp, np.exp),
    ("1/z", lambda z: 1 / z, lambda z: -1 / z**2),
    ("sqrt", np.sqrt, lambda z: 0.5 / np.sqrt(z)),
    ("log", np.log, lambda z: 1 / z),
    ("tan", np.tan, lambda z: 1 / np.cos(z) ** 2),
]


@pytest.mark.parametrize("name, f, exact", HOLOMORPHIC, ids=[row[0] for row in HOLOMORPHIC])
def test_holomorphic(name: str, f: Any, exact: Any) -> None:
    """With holomorphic=True the complex derivative is exact, for Python and NumPy numbers."""
    for z in (0.6 + 0.8j, np.complex128(-0.6 + 0.8j), np.array(0.6 - 0.8j)):
        np.testing.assert_allclose(dd.derivative(f, holomorphic=True)(z), exact(z), rtol=1e-14)


@pytest.mark.parametrize("verb", ["derivative", "grad", "jacobian"])
def test_complex_to_complex_needs_the_flag(verb: str) -> None:
    """A complex function of a complex argument raises without holomorphic=True, and the message names it."""
    with pytest.raises(dd.DualDiffError, match="holomorphic"):
        getattr(dd, verb)(lambda z: z**2)(1.0 + 2.0j)


def test_argument_must_be_a_scalar() -> None:
    """A vector argument raises and points at jacobian."""
    with pytest.raises((TypeError, ValueError), match="jacobian"):
        dd.derivative(lambda x: x**2)(np.ones(3))


def test_control_flow_follows_the_value() -> None:
    """Branches, loops and early exits run on the value, and the derivative is that of the branch taken."""

    def f(x: Any) -> Any:
        total = x
        n = 0
        while total < 100:
            total = total * x + n
            n += 1
        return total if x > 2 else -total

    exact = [1.0]
    value, n = 3.0, 0
    while value < 100:
        exact.append(exact[-1] * 3.0 + value)
        value = value * 3.0 + n
        n += 1
    close(dd.derivative(f)(3.0), exact[-1])


def test_the_function_is_called_once() -> None:
    """One derivative takes one evaluation of the function."""
    calls: list[int] = []

    def f(x: Any) -> Any:
        calls.append(1)
        return x**2

    dd.derivative(f)(1.0)
    assert len(calls) == 1


def test_argument_is_never_modified() -> None:
    """A zero-dimensional array argument keeps its value even when the function writes into it."""

    def f(x: Any) -> Any:
        x *= 3.0
        x += 1.0
        return x * x

    x = np.array(2.0)
    close(np.asarray(dd.derivative(f)(x)), np.array(2 * 7.0 * 3.0))
    assert x == 2.0


@pytest.mark.parametrize("x", [math.nan, math.inf, -math.inf])
def test_special_values_pass_through(x: float) -> None:
    """Nan gives nan, and infinities behave as the rule's arithmetic says."""
    close(dd.derivative(lambda x: 2 * x + 1)(x), 2.0)
    result = dd.derivative(lambda x: x**2)(x)
    assert math.isnan(result) if math.isnan(x) else result == 2 * x
