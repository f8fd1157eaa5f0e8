"""Rules of the user's own for ufuncs, by their partial derivatives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .._typing import is_ndarray
from ..arrays import is_number
from ..arrays.dispatch import name_of
from ..arrays.number import absorb, top
from ..errors import NotDifferentiableError
from ..rules.kinds import Composite, Elementwise, Unsupported
from ..rules.registry import UFUNCS, rule_of

__all__ = ["define_rule"]

#: The ufuncs whose rule is the user's.
_OWN: set[np.ufunc] = set()


def define_rule(ufunc: np.ufunc, *partials: Callable[..., Any] | None) -> None:
    """Give a ufunc its partial derivatives.

    Parameters
    ----------
    ufunc : numpy.ufunc
        A ufunc of any package: one made by ``numba.vectorize`` or ``np.frompyfunc``, or written in C.
    *partials : callable or None
        One for each argument: the partial derivative as a function of the arguments, written with NumPy functions (or with
        functions that have a rule), so that it can be differentiated again. For a ufunc of several results it returns a
        tuple. None for an argument without a known derivative: a dual there raises.

    Raises
    ------
    TypeError
        If the first argument is not a ufunc, or there are not as many partials as arguments.
    ValueError
        If dualdiff already has a rule for the ufunc, or it has core dimensions: use `custom_jvp` for those.

    Examples
    --------
    >>> import math
    >>> import numpy as np
    >>> import dualdiff as dd
    >>> gamma = np.frompyfunc(math.gamma, 1, 1)
    >>> dd.define_rule(gamma, lambda x: gamma(x) * -0.5772156649015329)  # right at 1, for the example
    >>> dd.derivative(gamma)(1.0)
    -0.5772156649015329
    """
    if not isinstance(ufunc, np.ufunc):
        raise TypeError(f"define_rule is for ufuncs; {ufunc!r} is a {type(ufunc).__name__}: use dd.custom_jvp.")
    if ufunc.signature is not None:
        raise ValueError(f"{ufunc.__name__} has core dimensions {ufunc.signature}: use dd.custom_jvp.")
    if len(partials) != ufunc.nin:
        raise TypeError(f"{ufunc.__name__} has {ufunc.nin} argument(s), but define_rule was given {len(partials)} partials.")
    known = rule_of(ufunc)
    if known is not None and ufunc not in _OWN and not isinstance(known, Unsupported):
        raise ValueError(f"dualdiff has a rule for {name_of(ufunc)} already.")
    outputs = [_Output(ufunc, i, partials) for i in range(ufunc.nout)]
    if ufunc.nout > 1:
        UFUNCS[ufunc] = Composite(lambda *x: tuple(output(*x) for output in outputs), own_value=True)
    elif any("O" in loop for loop in ufunc.types):
        UFUNCS[ufunc] = Composite(outputs[0], own_value=True)
    else:
        UFUNCS[ufunc] = outputs[0].rule
    _OWN.add(ufunc)


def _rule(ufunc: np.ufunc, partials: tuple[Callable[..., Any] | None, ...], output: int) -> Elementwise:
    """Partial derivatives as the tables have them, of the result and the arguments."""

    def of_result(i: int, partial: Callable[..., Any] | None) -> Callable[..., Any]:
        def slope(y: Any, *x: Any) -> Any:
            if partial is None:
                raise NotDifferentiableError(f"{name_of(ufunc)} has no known derivative with respect to argument {i + 1}.")
            slopes = partial(*x)
            return _in_floats(slopes[output] if ufunc.nout > 1 else slopes)

        return slope

    return Elementwise(tuple(of_result(i, partial) for i, partial in enumerate(partials)))


def _in_floats(array: Any) -> Any:
    """What np.frompyfunc gave as objects, in floats."""
    return absorb(array) if is_ndarray(array) and array.dtype.hasobject else array


class _Output:
    """One of the results of a ufunc, a function by itself."""

    def __init__(self, ufunc: np.ufunc, number: int, partials: tuple[Callable[..., Any] | None, ...]) -> None:
        self.ufunc, self.number = ufunc, number
        self.rule = _rule(ufunc, partials, number)

    def __call__(self, *inputs: Any, **kwargs: Any) -> Any:
        """The result on arrays or numbers of any level."""
        number = top(x for x in inputs if is_number(x))
        if number is None:
            results = self.ufunc(*inputs, **kwargs)
            return _in_floats(results[self.number] if self.ufunc.nout > 1 else results)
        return number.elementwise(self.rule, self, inputs, kwargs)
