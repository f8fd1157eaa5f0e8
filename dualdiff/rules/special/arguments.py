"""Arguments in which a function has no derivative that could be written down, and arguments that are integers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..._typing import Array, Partial
from ...errors import NotDifferentiableError
from ..values import is_complex, value_of

__all__ = ["Parameter", "Refused", "degree", "order", "parameter", "parameter_derivatives", "real_only", "refused", "truncated"]


@dataclass(frozen=True, slots=True)
class Refused:
    """The partial derivative with respect to an argument in which none is known."""

    function: str
    argument: str

    def __call__(self, *values: Array) -> Array:
        """There is none."""
        raise NotDifferentiableError(
            f"scipy.special.{self.function} has no derivative with respect to {self.argument}: no formula for it is known "
            f"here. If only its value matters, write dd.value_of({self.argument}) there; otherwise give the function a rule of "
            "your own with dd.custom_jvp."
        )


@dataclass(frozen=True, slots=True)
class Parameter:
    """A partial derivative that has no closed form, and is computed for those who ask for it."""

    function: str
    argument: str
    partial: Partial

    def __call__(self, *values: Array) -> Array:
        """The partial derivative, where parameter derivatives are asked for."""
        if not _asked_for.get():
            raise NotDifferentiableError(
                f"scipy.special.{self.function} has no derivative with respect to {self.argument} in closed form. To have it "
                "computed write `with dualdiff.scipy.special.parameter_derivatives():` around the call. If only its value "
                f"matters, write dd.value_of({self.argument}) there."
            )
        try:
            return self.partial(*values)
        except NotDifferentiableError as error:
            raise NotDifferentiableError(f"scipy.special.{self.function} by {self.argument}: {error}") from None


refused, parameter = Refused, Parameter

_asked_for: ContextVar[bool] = ContextVar("parameter_derivatives", default=False)


@contextmanager
def parameter_derivatives() -> Iterator[None]:
    """Where derivatives of SciPy's special functions with respect to their parameters are computed, not refused.

    The order of a Bessel function, the shape of a gamma or beta distribution function, degrees of freedom and the parameters
    of a hypergeometric function have derivatives that no function of SciPy's gives. Within this context they are those of a
    polynomial that interpolates the function in the parameter, at about a hundred times the price of the function.

    Returns
    -------
    context manager
        For ``with``, or as a decorator. It holds for the thread, or the task, that enters it, and for what is computed
        meanwhile: put it around the call of ``dd.grad(f)``, or inside ``f``.

    Raises
    ------
    NotDifferentiableError
        Where the derivative is not certain to ten digits, of itself or of its largest value close by: at the end of the
        parameter's domain, next to a pole, or where SciPy's own values are less accurate.

    Notes
    -----
    Every argument that a table of the documentation marks so is differentiable; derivatives of higher order are found in the
    same way, with a loss of one or two digits for each order. float32 arguments are computed with in float64. Counts and
    degrees that are integers have no derivative. Source: L. N. Trefethen, Approximation Theory and Approximation Practice,
    2013, chapters 7, 8 and 21.

    Examples
    --------
    >>> import dualdiff as dd
    >>> from dualdiff.scipy import special
    >>> with special.parameter_derivatives():
    ...     slope = dd.derivative(special.gammainc)(2.0, 1.5)
    >>> print(f"{slope:.10f}")
    -0.3134886378
    """
    token = _asked_for.set(True)
    try:
        yield
    finally:
        _asked_for.reset(token)


def real_only(function: str, instead: str, partial: Partial) -> Partial:
    """A partial derivative for real arguments, of a function that is not analytic."""

    def checked(*values: Array) -> Array:
        if any(is_complex(x) for x in values[1:]):
            raise NotDifferentiableError(
                f"scipy.special.{function} has no complex derivative at complex arguments: it is not analytic. Write {instead}."
            )
        return partial(*values)

    return checked


def order(v: Array) -> Array:
    """An order or parameter, which is real; beside a complex argument it comes in the precision of the result."""
    return np.real(v) if is_complex(v) else v


def degree(n: Any) -> Any:
    """A degree as integers, where it is one: SciPy's recurrences are for integers only."""
    n = np.asarray(order(value_of(n)))
    whole = n.dtype.kind == "f" and bool(np.all((n == np.rint(n)) & (np.abs(n) < 2.0**31)))
    return n.astype(np.intp)[()] if whole else n[()]


def truncated(n: Any) -> Any:
    """A count as SciPy's compiled code takes it: a float without its fraction, with a warning."""
    return np.trunc(value_of(n))
