"""The namespace of scipy.sparse for arrays that carry derivatives.

Products of constant sparse matrices and duals need nothing of this: ``A @ x`` works with SciPy's own A. The constructors here
take duals as entries. Of plain entries they make SciPy's own arrays, of duals a `SparseArray`, which has ``@``, ``+``, ``-``,
``*``, ``.T``, ``.toarray()``, ``.sum()``, ``.diagonal()`` and slices; two axes, in the formats csr, csc and coo.

Examples
--------
The heat flow through a rod, by the conductivities of its pieces:

>>> import numpy as np
>>> import dualdiff as dd
>>> from dualdiff.scipy import sparse
>>> from dualdiff.scipy.sparse import linalg
>>> def flow(k):
...     K = sparse.diags([-k[1:-1], k[:-1] + k[1:], -k[1:-1]], [-1, 0, 1], format="csc")
...     T = linalg.spsolve(K, np.array([k[0] * 1.0, 0.0]))
...     return k[-1] * T[-1]
>>> dd.grad(flow)(np.array([1.0, 1.0, 1.0]))
array([0.11111111, 0.11111111, 0.11111111])
"""

from typing import Any

from ._array import SparseArray, sp, sparse_numbers
from ._decided import decided

__all__ = ["SparseArray", "sparse_numbers"]
__all__ += sp.__all__

for _name in dir(sp):
    if not _name.startswith("_") and _name != "linalg":
        globals()[_name] = decided(_name)


def __getattr__(name: str) -> Any:
    if name == "linalg":
        import importlib

        return importlib.import_module(f"{__name__}.linalg")
    return getattr(sp, name)
