"""SciPy's ufuncs themselves: with SCIPY_ARRAY_API=1 the public names are Python functions around them."""

from typing import Any

from scipy.special import _ufuncs

__all__ = ["sp"]

sp: Any = _ufuncs
