"""Functions without a derivative that could be written down, or whose values in SciPy are not accurate enough for one."""

from ..kinds import Table, Unsupported
from .ufuncs import sp

__all__ = ["REFUSED"]


def _no_formula(function: str, reason: str, instead: str) -> Unsupported:
    return Unsupported(f"{reason}. {instead} For the value alone write scipy.special.{function} of dd.value_of(...).")


_OWN = "If you have a formula, give it a rule with dd.custom_jvp."
_MATHIEU = "the derivative of a characteristic value by q is an integral of a squared Mathieu function"
_WRONG = "SciPy's values are wrong for many arguments (they violate the Wronskian with the function of the first kind)"

# fmt: off
REFUSED: Table = {
    sp.mathieu_a: _no_formula("mathieu_a", _MATHIEU, _OWN),
    sp.mathieu_b: _no_formula("mathieu_b", _MATHIEU, _OWN),
    sp.pro_cv:    _no_formula("pro_cv", "the derivative of a characteristic value has no closed form", _OWN),
    sp.obl_cv:    _no_formula("obl_cv", "the derivative of a characteristic value has no closed form", _OWN),
    sp.pro_rad2:    _no_formula("pro_rad2", _WRONG, _OWN),
    sp.pro_rad2_cv: _no_formula("pro_rad2_cv", _WRONG, _OWN),
    sp.obl_rad2:    _no_formula("obl_rad2", _WRONG, _OWN),
    sp.obl_rad2_cv: _no_formula("obl_rad2_cv", _WRONG, _OWN),
    # scipy.special.ellip_harm
    sp._ellip_harm: _no_formula("ellip_harm", "the derivative of an ellipsoidal harmonic is not a function of SciPy's", _OWN),
}
# fmt: on
