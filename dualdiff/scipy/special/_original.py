"""SciPy's own functions and ufuncs."""

from typing import Any

import scipy.special

from ...rules.special.ufuncs import sp as ufuncs

__all__ = ["original", "ufuncs"]

original: Any = scipy.special
