"""SciPy's own functions."""

from typing import Any

import scipy.sparse.linalg

__all__ = ["original"]

original: Any = scipy.sparse.linalg
