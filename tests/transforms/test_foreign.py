"""An error that SciPy raises because of a dual says what to write instead; any other stays as it is."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import dualdiff as dd

linalg = pytest.importorskip("scipy.linalg")
special = pytest.importorskip("scipy.special")
optimize = pytest.importorskip("scipy.optimize")
sparse = pytest.importorskip("scipy.sparse")
X = np.array([1.0, 2.0, 3.0])


def test_a_namespace_that_has_it_is_named() -> None:
    """scipy.special and scipy.optimize have namespaces of ours."""
    with pytest.raises(dd.NoRuleError, match=r"dualdiff\.scipy\.special"):
        dd.grad(special.logsumexp)(X)
    with pytest.raises(dd.DualDiffError, match=r"dualdiff\.scipy\.optimize"):
        dd.jacobian(lambda x: optimize.root(lambda y, a: y**3 - a, np.ones(3), args=(x,)).x)(X)


def test_otherwise_a_rule_is_asked_for() -> None:
    """A sparse matrix times a dual."""
    matrix = sparse.csr_array(np.eye(3))
    with pytest.raises(dd.DualDiffError):
        dd.jacobian(lambda x: matrix @ x)(X)


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
