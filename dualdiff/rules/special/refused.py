"""Functions without a derivative that could be written down, or whose values in SciPy are not accurate enough for one."""

from ..kinds import Table, Unsupported
from .ufuncs import sp

__all__ = ["REFUSED"]


def _inverse(function: str, of: str) -> Unsupported:
    return Unsupported(
        f"it inverts scipy.special.{of} in a shape parameter, by which the derivative of {of} has no closed form. For the "
        f"value alone write scipy.special.{function} of dd.value_of(...) of each argument; for a derivative, give it a rule "
        "of your own with dd.custom_jvp."
    )


def _no_formula(function: str, reason: str, instead: str) -> Unsupported:
    return Unsupported(f"{reason}. {instead} For the value alone write scipy.special.{function} of dd.value_of(...).")


_OWN = "If you have a formula, give it a rule with dd.custom_jvp."
_MATHIEU = "the derivative of a characteristic value by q is an integral of a squared Mathieu function"
_WRONG = "SciPy's values are wrong for many arguments (they violate the Wronskian with the function of the first kind)"

# fmt: off
REFUSED: Table = {
    sp.bdtrik:    _inverse("bdtrik", "bdtr"),
    sp.bdtrin:    _inverse("bdtrin", "bdtr"),
    sp.btdtria:   _inverse("btdtria", "betainc"),
    sp.btdtrib:   _inverse("btdtrib", "betainc"),
    sp.chdtriv:   _inverse("chdtriv", "chdtr"),
    sp.chndtridf: _inverse("chndtridf", "chndtr"),
    sp.fdtridfd:  _inverse("fdtridfd", "fdtr"),
    sp.gdtrib:    _inverse("gdtrib", "gdtr"),
    sp.nbdtrik:   _inverse("nbdtrik", "nbdtr"),
    sp.nbdtrin:   _inverse("nbdtrin", "nbdtr"),
    sp.ncfdtridfd: _inverse("ncfdtridfd", "ncfdtr"),
    sp.ncfdtridfn: _inverse("ncfdtridfn", "ncfdtr"),
    sp.nctdtridf: _inverse("nctdtridf", "nctdtr"),
    sp.pdtrik:    _inverse("pdtrik", "pdtr"),
    sp.stdtridf:  _inverse("stdtridf", "stdtr"),
    sp.mathieu_a: _no_formula("mathieu_a", _MATHIEU, _OWN),
    sp.mathieu_b: _no_formula("mathieu_b", _MATHIEU, _OWN),
    sp.pro_cv:    _no_formula("pro_cv", "the derivative of a characteristic value has no closed form", _OWN),
    sp.obl_cv:    _no_formula("obl_cv", "the derivative of a characteristic value has no closed form", _OWN),
    sp.zetac:     _no_formula("zetac", "the derivative of the zeta function has no closed form", _OWN),
    sp.pro_rad2:    _no_formula("pro_rad2", _WRONG, _OWN),
    sp.pro_rad2_cv: _no_formula("pro_rad2_cv", _WRONG, _OWN),
    sp.obl_rad2:    _no_formula("obl_rad2", _WRONG, _OWN),
    sp.obl_rad2_cv: _no_formula("obl_rad2_cv", _WRONG, _OWN),
    # scipy.special.ellip_harm
    sp._ellip_harm: _no_formula("ellip_harm", "the derivative of an ellipsoidal harmonic is not a function of SciPy's", _OWN),
}
# fmt: on
