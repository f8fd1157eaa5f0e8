"""The namespace of scipy.special for arrays that carry derivatives.

``from dualdiff.scipy import special`` in the place of ``from scipy import special``: the same names with the same signatures.
Ufuncs are SciPy's own objects, which take duals by themselves. Its Python functions convert their arguments to plain arrays,
so those that have a derivative are written again here; of plain arguments they are SciPy's own, and their values always are.
A function without a derivative refuses a dual, with the reason. One name is added: `parameter_derivatives`.

Examples
--------
>>> import numpy as np
>>> import dualdiff as dd
>>> from dualdiff.scipy import special
>>> dd.hessian(special.logsumexp)(np.array([0.0, 0.0]))
array([[ 0.25, -0.25],
       [-0.25,  0.25]])
"""

from typing import Any

from ...rules.special.arguments import parameter_derivatives
from ._decided import decided
from ._original import original

__all__ = original.__all__ + ["parameter_derivatives"]

for _name in dir(original):
    if not _name.startswith("_"):
        globals()[_name] = decided(_name)


def __getattr__(name: str) -> Any:
    # Submodules that somebody imports later.
    return getattr(original, name)
