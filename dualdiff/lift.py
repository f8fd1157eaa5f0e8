"""lift: a function with NumPy and math in its globals bound to the namespaces that carry derivatives."""

from __future__ import annotations

import math as python_math
import sys
from collections.abc import Callable, Iterable
from functools import cache, update_wrapper
from types import ModuleType
from typing import Any

from .rebinding import Rebinding, standard_library

__all__ = ["lift"]


def lift(f: Any = None, *, packages: Iterable[str] | None = None) -> Any:
    """The function, in which the names that mean NumPy and ``math`` mean `dualdiff.numpy` and `dualdiff.math`.

    Programs that allocate with ``np.zeros`` and fill, or call ``math.sqrt``, can be differentiated as they stand. Nothing is
    written into the module of the function: the same code runs with other globals.

    Parameters
    ----------
    f : callable or module
        A function, method, class, ``functools.partial``, or a module, all of whose functions are then lifted. The functions,
        methods and classes that it uses are lifted as they are met, also those of other modules, those in closures, defaults,
        lists and dicts, and functions among its arguments.
    packages : iterable of str, optional
        The packages whose code is lifted. By default all but NumPy, SciPy and the standard library.

    Returns
    -------
    callable or module
        What was given, lifted. The original behaves as before.

    Notes
    -----
    What cannot be lifted: compiled extensions, and text given to ``exec`` with globals of its own. Where a derivative meets
    them, an error names the place. Caches (``functools.lru_cache``) are left out, and code compiled by Numba runs in Python.

    Examples
    --------
    >>> import math
    >>> import numpy as np
    >>> import dualdiff as dd
    >>> def lengths(x):
    ...     out = np.zeros(3)
    ...     for i in range(3):
    ...         out[i] = math.sqrt(x[i] ** 2 + 1)
    ...     return out
    >>> dd.jacobian(dd.lift(lengths))(np.array([0.0, 0.75, 1.0])).round(4)
    array([[0.    , 0.    , 0.    ],
           [0.    , 0.6   , 0.    ],
           [0.    , 0.    , 0.7071]])
    """
    if f is None:
        return lambda function: lift(function, packages=packages)
    _mirror_what_is_loaded()
    chosen = None if packages is None else (packages,) if isinstance(packages, str) else tuple(packages)
    home = getattr(f, "__module__", None) or getattr(f, "__name__", "")
    rebinding = _rebinding(chosen if chosen is None else (*chosen, f.__name__ if isinstance(f, ModuleType) else str(home)))
    if isinstance(f, (ModuleType, type)):
        return rebinding.of(f)

    def lifted(*args: Any, **kwargs: Any) -> Any:
        # Looked up at each call: an instance has a state of its own in each differentiation.
        return rebinding.of(f)(*map(rebinding.of, args), **{name: rebinding.of(value) for name, value in kwargs.items()})

    # The plain function's own module stays out of sight: a second lift finds nothing to do.
    return update_wrapper(lifted, f) if hasattr(f, "__name__") else lifted


def _mirror_what_is_loaded() -> None:
    """Names that a program imported from a submodule of NumPy's are known once the submodule here is loaded."""
    from . import numpy as own_numpy

    for submodule in own_numpy.SUBMODULES:
        if f"numpy.{submodule}" in sys.modules:
            getattr(own_numpy, submodule)


@cache
def _rebinding(packages: tuple[str, ...] | None) -> Rebinding:
    """The one rebinding that follows these packages."""
    import numpy as np

    from . import math as own_math
    from . import numpy as own_numpy
    from .numpy._mirror import REPLACED, replace
    from .numpy._types import python_float

    replace(python_math, own_math)
    for name, function in vars(python_math).items():
        if not name.startswith("_") and callable(function):
            replace(function, getattr(own_math, name))
    vectorize: Any = own_numpy.vectorize

    def lifted_vectorize(rebinding: Rebinding, original: Any) -> Any:
        made = vectorize.__new__(vectorize)
        made.__dict__.update(original.__dict__, pyfunc=rebinding.of(original.pyfunc))
        return made

    return Rebinding(REPLACED, _follower(packages), {"float": python_float}, {np.vectorize: lifted_vectorize})


def _follower(packages: tuple[str, ...] | None) -> Callable[[str], bool]:
    def follows(module: str) -> bool:
        top = module.partition(".")[0]
        if top in ("numpy", "scipy", "dualdiff"):
            return False
        if packages is None:
            return module == "__main__" or not standard_library(module)
        return any(module == package or module.startswith(package + ".") for package in packages)

    return follows
