"""The number arrays, the only home of ``__array_ufunc__`` and ``__array_function__``."""

from .dispatch import READY
from .dual import Dual
from .hyperdual import HyperDual
from .number import Number, is_number, plain

READY.update((Dual, HyperDual))

__all__ = ["Dual", "HyperDual", "Number", "is_number", "plain"]
