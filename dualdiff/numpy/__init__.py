"""The namespace of NumPy for arrays that carry derivatives.

``import dualdiff.numpy as np`` in the place of ``import numpy as np``: the same names with the same signatures. Outside a
differentiation its functions return plain arrays. While one runs, ``np.zeros`` and its kin return arrays that a derivative
can be written into, ``np.array([...])`` of numbers makes one array of them, and ``isinstance(x, np.ndarray)`` holds for them.

Examples
--------
>>> import dualdiff as dd
>>> import dualdiff.numpy as np
>>> def squares(x):
...     out = np.zeros(len(x))
...     for i in range(len(x)):
...         out[i] = x[i] ** 2
...     return out
>>> dd.jacobian(squares)(np.array([1.0, 2.0]))
array([[2., 0.],
       [0., 4.]])
"""

import importlib
import sys
from typing import Any

import numpy as _numpy  # noqa: ICN001 - np is the reader's name for this module

from . import _python_code as _python_code  # what they replace is what the mirror shows
from . import _types as _types
from ._mirror import mirror, replace

__all__ = _numpy.__all__

#: Submodules with a namespace of their own here.
SUBMODULES = ("fft", "linalg", "ma", "polynomial", "random", "testing")

replace(_numpy, sys.modules[__name__])
mirror(
    _numpy, globals(), lazy=(*SUBMODULES, "char", "core", "ctypeslib", "dtypes", "f2py", "matlib", "rec", "strings", "typing")
)


def __getattr__(name: str) -> Any:
    if name in SUBMODULES:
        return importlib.import_module(f"{__name__}.{name}")
    return getattr(_numpy, name)
