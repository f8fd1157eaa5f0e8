"""The number arrays, the only home of ``__array_ufunc__`` and ``__array_function__``."""

from .chains import pending_kind
from .dispatch import READY
from .dual import Dual
from .hyperdual import HyperDual
from .number import Number, is_number, plain
from .quadratic import Quadratic
from .taylor import Taylor

READY.update((Dual, HyperDual, Quadratic, Taylor, *map(pending_kind, (Dual, HyperDual, Quadratic))))

__all__ = ["Dual", "HyperDual", "Number", "Quadratic", "Taylor", "is_number", "plain"]
