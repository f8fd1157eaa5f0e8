"""Constant exponents of every type give one rule, in the precision of the result."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import dualdiff as dd

EXPONENTS: list[Any] = [3, 3.0, np.float32(3), np.float64(3), np.int8(3), np.longdouble(3), True, np.float16(1.5), -2, 0.5]


@pytest.mark.parametrize("exponent", EXPONENTS, ids=lambda e: f"{type(e).__name__} {e}")
@pytest.mark.parametrize("before", [3, np.float32(3), np.float16(1.5)], ids=lambda e: type(e).__name__)
def test_exponent_of_any_type(exponent: Any, before: Any) -> None:
    """A rule made for an exponent of low precision is not used for an equal one of high precision."""
    dd.derivative(lambda x: x**before)(1.1)
    n = float(exponent)
    for x in (1.1, np.array(1.1)):
        np.testing.assert_allclose(dd.derivative(lambda x: x**exponent)(x), n * 1.1 ** (n - 1), rtol=1e-15)
        np.testing.assert_allclose(dd.hessian(lambda x: x**exponent)(x), n * (n - 1) * 1.1 ** (n - 2), rtol=1e-14)


def test_wide_exponent_of_a_float32_array() -> None:
    """float32 to a float64 power is float64 in NumPy, and so is its derivative, to the last digits."""
    x = np.array([1.1, 2.2], np.float32)
    value, tangent = dd.jvp(lambda x: x ** np.float64(3.3), (x,), (np.ones(2, np.float32),))
    assert value.dtype == tangent.dtype == np.float64
    np.testing.assert_allclose(tangent, 3.3 * x.astype(float) ** 2.3, rtol=1e-15)
