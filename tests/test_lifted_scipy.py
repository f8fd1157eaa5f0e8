"""Unmodified programs that use SciPy: lift binds its names to the namespaces that carry derivatives."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import numpy as np
import pytest

import dualdiff as dd

pytest.importorskip("scipy.special")

import scipy
import scipy.optimize as opt
import scipy.special as sc
from scipy import optimize, special
from scipy.optimize import brentq, minimize
from scipy.special import gammaln, logsumexp, softmax, spherical_jn

import dualdiff.scipy as ours


class _Model:
    normalize = staticmethod(logsumexp)

    def __init__(self) -> None:
        self.function = sc.logsumexp

    def __call__(self, x: Any) -> Any:
        return self.normalize(x) + self.function(2 * x)


_MODEL = _Model()
_TABLE = {"sum": logsumexp}


def _within_a_function(x: Any) -> Any:
    import scipy.special as inner
    from scipy.special import log_softmax

    out = np.zeros(2)
    out[:] = log_softmax(x)
    return out[0] + inner.spherical_jn(2, x).sum()


def _with_a_default(x: Any, function: Any = logsumexp) -> Any:
    return function(x)


def _with_errstate(x: Any) -> Any:
    with scipy.special.errstate(all="warn"):
        return scipy.special.expit(x).sum()


def _cube_root(t: Any, a: Any) -> Any:
    return t**3 - a


def _bracketed(x: Any) -> Any:
    return scipy.optimize.root_scalar(lambda t: t**3 - x[0] * x[1], bracket=(0, 5)).root


def _least(x: Any) -> Any:
    def loss(u: Any) -> Any:
        return np.sum((u - x) ** 2)

    def slope(u: Any) -> Any:
        return 2 * (u - x)

    return minimize(loss, np.zeros(2), jac=slope).x.sum()


#: Each program is a function of two numbers as somebody would write it who knows nothing of dualdiff.
PROGRAMS: dict[str, Any] = {
    "a module under another name": lambda x: sc.logsumexp(x),
    "a module from scipy": lambda x: special.logsumexp(x) + gammaln(x).sum(),
    "scipy itself": lambda x: scipy.special.logsumexp(x),
    "a function by name": lambda x: softmax(x)[0] + spherical_jn(1, x).sum(),
    "imports within": _within_a_function,
    "a ufunc": lambda x: scipy.special.jv(1, x).sum(),
    "a method and an attribute": lambda x: _MODEL(x),
    "an entry of a table": lambda x: _TABLE["sum"](x),
    "a default": _with_a_default,
    "settings": _with_errstate,
    "brentq by name": lambda x: brentq(lambda t: t**3 - x[0] * x[1], 0, 5),
    "brentq with arguments": lambda x: optimize.brentq(_cube_root, 0, 5, args=(x[0] * x[1],)),
    "newton": lambda x: opt.newton(_cube_root, 1.5, args=(x[0] * x[1],)),
    "root_scalar": _bracketed,
    "minimize": _least,
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_lift_gives_the_derivative(name: str) -> None:
    """The same as differences of the program."""
    program, x = PROGRAMS[name], np.array([1.2, 2.3])
    gradient = dd.grad(dd.lift(program))(x)
    differences = [(program(x + 1e-5 * e) - program(x - 1e-5 * e)) / 2e-5 for e in np.eye(2)]
    np.testing.assert_allclose(gradient, differences, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize(
    "body",
    [
        "from scipy.special import logsumexp; return logsumexp(x)",
        "import scipy; return scipy.special.logsumexp(x)",
        "import scipy.special; return scipy.special.logsumexp(x)",
        "import scipy.special as s; return s.logsumexp(x)",
    ],
)
def test_a_module_that_is_first_imported_while_the_program_runs(body: str) -> None:
    """It is bound as well; dualdiff itself imports nothing of SciPy."""
    code = f"""
import sys, numpy as np, dualdiff as dd, dualdiff.scipy
dd.grad(dd.lift(lambda x: np.sum(x * x)))(np.ones(2))
assert "scipy" not in sys.modules
def f(x):
    {body}
assert dd.grad(dd.lift(f))(np.zeros(2)).tolist() == [0.5, 0.5]
"""
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_namespace_stands_for_scipy() -> None:
    """What it does not have is SciPy's own."""
    assert ours.__version__ == scipy.__version__ and ours.constants is scipy.constants
    assert ours.special.logsumexp is not sc.logsumexp and ours.special.jv is sc.jv
    assert ours.optimize.brentq is ours.optimize.brentq


@pytest.mark.parametrize("module", ours.NAMESPACES)
def test_every_namespace_has_all_names(module: str) -> None:
    """A name of SciPy's is there, and what differs is found by lift."""
    pairs = ours.counterparts(f"scipy.{module}")
    assert len(pairs) > 1 and all(a is not b for a, b in pairs)
