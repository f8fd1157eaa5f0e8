"""lift: a function with NumPy, SciPy and math in its globals bound to the namespaces that carry derivatives."""

from __future__ import annotations

import math as python_math
import sys
from collections.abc import Callable, Iterable
from functools import cache, update_wrapper
from types import ModuleType
from typing import Any

import numpy as np

from .arrays.levels import open_levels, scratch
from .arrays.number import holds_numbers
from .rebinding import Rebinding, standard_library

__all__ = ["lift"]


def lift(f: Any = None, *, packages: Iterable[str] | None = None) -> Any:
    """The function, in which names that mean NumPy, SciPy and ``math`` mean `dualdiff.numpy`, `.scipy` and `.math`.

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
    followed = _followed(f, packages)
    if isinstance(f, type):
        return _rebinding(followed, own_state=False).of(f)
    if isinstance(f, ModuleType):
        return _LiftedModule(f, followed)

    def lifted(*args: Any, **kwargs: Any) -> Any:
        if not open_levels() and not any(map(holds_numbers, (*args, *kwargs.values()))):
            # Nothing to differentiate: the function itself.
            return f(*args, **kwargs)
        kept = scratch()
        if kept is None:
            rebinding = _rebinding(followed, own_state=True)
        else:
            # Made anew for each differentiation: what the program writes into its globals or objects ends with it.
            rebinding = kept.get(followed) or kept.setdefault(followed, _rebinding(followed, own_state=True))
        of = rebinding.of
        return of(f)(*map(of, args), **{name: of(value) for name, value in kwargs.items()})

    return update_wrapper(lifted, f) if hasattr(f, "__name__") else lifted


class _LiftedModule(ModuleType):
    """A module whose functions are lifted when they are looked up."""

    def __init__(self, module: ModuleType, followed: tuple[str, ...] | None) -> None:
        super().__init__(module.__name__, module.__doc__)
        self.__dict__.update(_module=module, _packages=followed)

    def __getattr__(self, name: str) -> Any:
        value = getattr(self.__dict__["_module"], name)
        return lift(value, packages=self.__dict__["_packages"]) if callable(value) else value

    def __dir__(self) -> Iterable[str]:
        return dir(self.__dict__["_module"])


def _followed(f: Any, packages: Iterable[str] | None) -> tuple[str, ...] | None:
    """The packages that are followed, with that of the function itself; None for all but a few."""
    if packages is None:
        return None
    home = f.__name__ if isinstance(f, ModuleType) else str(getattr(f, "__module__", None))
    return (packages, home) if isinstance(packages, str) else (*packages, home)


def _rebinding(packages: tuple[str, ...] | None, *, own_state: bool) -> Rebinding:
    from .numpy._mirror import REPLACED

    _mirror_what_is_loaded()
    converters: dict[type, Any] = {np.vectorize: _lifted_vectorize}
    return Rebinding(REPLACED, _follower(packages), _builtin_names(), converters, own_state, _mirror_what_is_loaded)


def _mirror_what_is_loaded() -> None:
    """Names that a program imported from a submodule of NumPy's or SciPy's are known once the submodule here is loaded."""
    from . import numpy as own_numpy
    from . import scipy as own_scipy

    for submodule in own_numpy.SUBMODULES:
        if f"numpy.{submodule}" in sys.modules:
            getattr(own_numpy, submodule)
    for module in ("scipy", *(f"scipy.{name}" for name in own_scipy.NAMESPACES)):
        if sys.modules.get(module) is not None:
            _mirror_scipy(module)


@cache
def _mirror_scipy(module: str) -> None:
    from . import scipy as own_scipy
    from .numpy._mirror import replace

    for original, replacement in own_scipy.counterparts(module):
        replace(original, replacement)


@cache
def _builtin_names() -> dict[str, Any]:
    """The builtins that mean something else in lifted code; `math` is replaced on the way."""
    from . import math as own_math
    from .numpy._mirror import replace
    from .numpy._types import BUILTINS

    replace(python_math, own_math)
    for name, function in vars(python_math).items():
        if not name.startswith("_") and callable(function):
            replace(function, getattr(own_math, name))
    return BUILTINS


def _lifted_vectorize(rebinding: Rebinding, original: Any) -> Any:
    from . import numpy as own_numpy

    vectorize: Any = own_numpy.vectorize
    made = vectorize.__new__(vectorize)
    made.__dict__.update(original.__dict__, pyfunc=rebinding.of(original.pyfunc))
    return made


def _follower(packages: tuple[str, ...] | None) -> Callable[[str], bool]:
    def follows(module: str) -> bool:
        top = module.partition(".")[0]
        if top in ("numpy", "scipy", "dualdiff"):
            return False
        if packages is None:
            return module == "__main__" or not standard_library(module)
        return any(module == package or module.startswith(package + ".") for package in packages)

    return follows
