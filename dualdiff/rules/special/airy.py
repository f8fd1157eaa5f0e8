"""Airy functions."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..._typing import Array
from ..kinds import Several, Table
from ..values import value_of
from .arguments import real_only
from .bessel import decay
from .branches import branch
from .ufuncs import sp

__all__ = ["AIRY"]


def _root(x: Array) -> Array:
    """The square root of x, 0 for x < 0, where the exponential factor of eBi has modulus 1."""
    return branch(np.greater(value_of(x), 0), np.sqrt, lambda x: 0 * x, x)


def _far(near: Any, v: float, power: float, sign: int) -> Any:
    """For large x, where the terms cancel: multiples of x^power kve(v, t), t = 2/3 x^(3/2), and of x^power kve(v, -t)."""

    def slope(y: Array, x: Array, other: Array) -> Array:
        return branch(
            np.greater(value_of(x), 10),
            lambda y, x, other: y * (power / x + sign * np.sqrt(x) * decay(v, sign * x * np.sqrt(x) / 1.5)),
            near,
            *(y, x, other),
        )

    return slope


def _positive_root(x: Array) -> Array:
    """The square root of x, nan for x < 0, where SciPy has no eAi."""
    return branch(np.less(value_of(x), 0), lambda x: np.nan * x, np.sqrt, x)


_eai = _far(lambda y, x, eaip: eaip + _positive_root(x) * y, 1 / 3, 0.5, 1)
_eaip = _far(lambda y, x, eai: x * eai + _positive_root(x) * y, 2 / 3, 1.0, 1)
_ebi = _far(lambda y, x, ebip: ebip - _root(x) * y, 1 / 3, 0.5, -1)
_ebip = _far(lambda y, x, ebi: x * ebi - _root(x) * y, 2 / 3, 1.0, -1)


def _real(partial: Any) -> Any:
    return real_only(
        "airye", "airy(z) times np.exp(2/3 * z * np.sqrt(z)) or np.exp(-np.abs(np.real(2/3 * z * np.sqrt(z))))", partial
    )


# fmt: off
AIRY: Table = {
    sp.airy:  Several(((lambda y, x, ai, aip, bi, bip: aip,), (lambda y, x, ai, aip, bi, bip: x * ai,),
                       (lambda y, x, ai, aip, bi, bip: bip,), (lambda y, x, ai, aip, bi, bip: x * bi,))),
    sp.airye: Several(((_real(lambda y, x, ai, aip, bi, bip: _eai(y, x, aip)),),
                       (_real(lambda y, x, ai, aip, bi, bip: _eaip(y, x, ai)),),
                       (_real(lambda y, x, ai, aip, bi, bip: _ebi(y, x, bip)),),
                       (_real(lambda y, x, ai, aip, bi, bip: _ebip(y, x, bi)),))),
}
# fmt: on
