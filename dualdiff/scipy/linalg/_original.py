"""SciPy's own functions, and the border to them."""

from typing import Any

import scipy.linalg

from ..border import Border

__all__ = ["differentiated", "original", "passed_through", "refused"]

original: Any = scipy.linalg
_BORDER = Border(original, "scipy.linalg")
differentiated, passed_through, refused = _BORDER.differentiated, _BORDER.passed_through, _BORDER.refused
