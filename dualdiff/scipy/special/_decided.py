"""What becomes of each name of scipy.special that is no ufunc. A name in no group is refused when a dual meets it.

=========================  =========================================================================================
``DIFFERENTIATED``         by a formula of this folder
``PASSED_THROUGH``         SciPy's own code, which is written with ufuncs, in the arguments named
``WITH_ARGUMENT``          makes a polynomial of plain parameters, which takes a dual as its argument
``REFUSED``                for duals there is no derivative; the reason
``OTHERS``                 takes no arrays
=========================  =========================================================================================

Ufuncs are SciPy's own objects: their rules are in ``dualdiff.rules.special``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from . import _counting, _gamma, _legendre, _log_sum, _sequences, _spherical
from ._border import passed_through, refused
from ._original import original

__all__ = ["DIFFERENTIATED", "OTHERS", "PASSED_THROUGH", "REFUSED", "WITH_ARGUMENT", "decided"]

_MODULES = (_counting, _gamma, _legendre, _log_sum, _sequences, _spherical)

DIFFERENTIATED: dict[str, Callable[..., Any]] = {
    name: getattr(module, name) for module in _MODULES for name in module.__all__ if name != "bessel"
}

PASSED_THROUGH: dict[str, tuple[str, ...]] = {
    "assoc_laguerre": ("x", "k"),
    "h1vp": ("z",),
    "h2vp": ("z",),
    "ivp": ("z",),
    "jvp": ("z",),
    "kvp": ("z",),
    "lambertw": ("z",),
    "sinc": ("x",),
    "softplus": ("x",),
    "yvp": ("z",),
    "zeta": ("x", "q"),
}

_PARAMETERS = "a polynomial's coefficients are floats, so only its argument can be a dual, {}(...)(x)."

WITH_ARGUMENT = [
    "chebyc",
    "chebys",
    "chebyt",
    "chebyu",
    "gegenbauer",
    "genlaguerre",
    "hermite",
    "hermitenorm",
    "jacobi",
    "laguerre",
    "legendre",
    "sh_chebyt",
    "sh_chebyu",
    "sh_jacobi",
    "sh_legendre",
]

_COUNT = "it is a table for an integer, which has no derivative."
_NODES = "nodes and weights are floats, and no formula for their derivatives by a parameter is known here."
_INTEGERS = "it is a function of integers."
_LAME = "the derivatives of ellipsoidal harmonics are not functions of SciPy's."
_COEFFICIENTS = "no formula for the derivative of an expansion's coefficients is known here."
_CHARACTERISTIC = "the derivative of a characteristic value has no closed form."

REFUSED: dict[str, str] = {
    **dict.fromkeys(
        [
            "ai_zeros",
            "bei_zeros",
            "beip_zeros",
            "ber_zeros",
            "berp_zeros",
            "bi_zeros",
            "erf_zeros",
            "fresnel_zeros",
            "fresnelc_zeros",
            "fresnels_zeros",
            "jn_zeros",
            "jnjnp_zeros",
            "jnp_zeros",
            "jnyn_zeros",
            "kei_zeros",
            "keip_zeros",
            "kelvin_zeros",
            "ker_zeros",
            "kerp_zeros",
            "y0_zeros",
            "y1_zeros",
            "y1p_zeros",
            "yn_zeros",
            "ynp_zeros",
            "bernoulli",
            "euler",
        ],
        _COUNT,
    ),
    **dict.fromkeys(
        [
            "c_roots",
            "cg_roots",
            "h_roots",
            "he_roots",
            "j_roots",
            "js_roots",
            "l_roots",
            "la_roots",
            "p_roots",
            "ps_roots",
            "roots_chebyc",
            "roots_chebys",
            "roots_chebyt",
            "roots_chebyu",
            "roots_gegenbauer",
            "roots_genlaguerre",
            "roots_hermite",
            "roots_hermitenorm",
            "roots_jacobi",
            "roots_laguerre",
            "roots_legendre",
            "roots_sh_chebyt",
            "roots_sh_chebyu",
            "roots_sh_jacobi",
            "roots_sh_legendre",
            "s_roots",
            "t_roots",
            "ts_roots",
            "u_roots",
            "us_roots",
        ],
        _NODES,
    ),
    "stirling2": _INTEGERS,
    "ellip_harm": _LAME,
    "ellip_harm_2": _LAME,
    "ellip_normal": _LAME,
    "mathieu_even_coef": _COEFFICIENTS,
    "mathieu_odd_coef": _COEFFICIENTS,
    "obl_cv_seq": _CHARACTERISTIC,
    "pro_cv_seq": _CHARACTERISTIC,
    # Until SciPy 1.16; legendre_p_all and assoc_legendre_p_all are there since 1.15.
    "clpmn": "write assoc_legendre_p_all(n, m, z, branch_cut=3).",
    "lpmn": "write assoc_legendre_p_all(n, m, z).",
    "lpn": "write legendre_p_all(n, z).",
}

#: Settings, errors, and submodules.
OTHERS = [
    "SpecialFunctionError",
    "SpecialFunctionWarning",
    "errstate",
    "geterr",
    "seterr",
    "test",
    "add_newdocs",
    "basic",
    "cython_special",
    "orthogonal",
    "sf_error",
    "specfun",
    "spfun_stats",
]


def decided(name: str) -> Any:
    """What a name of scipy.special is here."""
    value = getattr(original, name)
    # With SCIPY_ARRAY_API=1 the public names are Python functions around the ufuncs.
    inner = getattr(value, "__wrapped__", value)
    if isinstance(inner, np.ufunc):
        return inner
    if name in DIFFERENTIATED:
        return DIFFERENTIATED[name]
    if name in PASSED_THROUGH:
        return passed_through(name, *PASSED_THROUGH[name])
    if name in OTHERS or not callable(value) or isinstance(value, type):
        return value
    if name in WITH_ARGUMENT:
        return refused(name, _PARAMETERS.format(f"special.{name}"))
    return refused(name, REFUSED.get(name, "no formula for its derivative is known here."))
