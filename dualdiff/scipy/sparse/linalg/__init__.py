"""The namespace of scipy.sparse.linalg for arrays that carry derivatives.

Systems are solved with one factorization, or with the user's iterative solver, for the value and all directions; the matrix
may be SciPy's own or a `dualdiff.scipy.sparse.SparseArray`, and the right-hand side any number.
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
