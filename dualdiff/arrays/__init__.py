"""The number arrays, the only home of ``__array_ufunc__`` and ``__array_function__``."""

from .dual import Dual
from .hyperdual import HyperDual
from .number import Number, is_number, plain

__all__ = ["Dual", "HyperDual", "Number", "is_number", "plain"]
