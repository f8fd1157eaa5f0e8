"""The namespace of scipy.linalg for arrays that carry derivatives.

``from dualdiff.scipy import linalg`` in the place of ``from scipy import linalg``: the same names with the same signatures.
Of plain arguments the functions are SciPy's own, and their values always are. A function without a derivative refuses a
dual, with the reason and what to write instead.

Examples
--------
The logarithm of a Gaussian density, by the length scale of its covariance:

>>> import numpy as np
>>> import dualdiff as dd
>>> from dualdiff.scipy import linalg
>>> x = np.array([0.0, 1.0, 2.0])
>>> def log_density(length):
...     K = np.exp(-((x[:, None] - x) ** 2) / length) + 0.1 * np.eye(3)
...     L, lower = linalg.cho_factor(K, lower=True)
...     return -0.5 * x @ linalg.cho_solve((L, lower), x) - np.sum(np.log(np.diagonal(L)))
>>> dd.derivative(log_density)(1.0)
0.47785542459
"""

from typing import Any

from ._decided import decided
from ._original import original

__all__ = original.__all__

for _name in dir(original):
    if not _name.startswith("_"):
        globals()[_name] = decided(_name)


def __getattr__(name: str) -> Any:
    # Submodules that somebody imports later.
    return getattr(original, name)
