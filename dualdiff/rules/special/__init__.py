"""The ufuncs of scipy.special. Nothing here is imported before somebody else has imported SciPy."""

from ..kinds import Table

__all__ = ["special"]


def special() -> Table:
    """All tables of scipy.special as one."""
    from .airy import AIRY
    from .bessel import BESSEL
    from .distributions import DISTRIBUTIONS
    from .elementary import ELEMENTARY
    from .elliptic import ELLIPTIC
    from .error import ERROR
    from .gamma import GAMMA
    from .hypergeometric import HYPERGEOMETRIC
    from .integrals import INTEGRALS
    from .inverses import INVERSES
    from .orthogonal import ORTHOGONAL
    from .refused import REFUSED
    from .wave import WAVE

    tables = (
        ELEMENTARY,
        ERROR,
        INTEGRALS,
        GAMMA,
        BESSEL,
        AIRY,
        ELLIPTIC,
        HYPERGEOMETRIC,
        ORTHOGONAL,
        WAVE,
        DISTRIBUTIONS,
        INVERSES,
        REFUSED,
    )
    return {function: rule for table in tables for function, rule in table.items()}
