"""numpy.polynomial for arrays that carry derivatives: NumPy's own code in this namespace."""

import sys
from types import ModuleType

import numpy.polynomial as _original

from .._mirror import replace
from .._python_code import NUMPYS

for _name, _value in list(vars(_original).items()):
    if isinstance(_value, ModuleType) and _value.__name__.startswith("numpy.polynomial."):
        sys.modules[f"{__name__}.{_name}"] = globals()[_name] = NUMPYS.of(_value)
        replace(_value, globals()[_name])
for _name, _value in list(vars(_original).items()):
    if not _name.startswith("__"):
        globals()[_name] = NUMPYS.class_of(_value) if isinstance(_value, type) else NUMPYS.of(_value)
__all__ = _original.__all__
replace(_original, sys.modules[__name__])


def __dir__() -> list[str]:
    return dir(_original)
