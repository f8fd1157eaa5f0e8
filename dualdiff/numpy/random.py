"""numpy.random for arrays that carry derivatives: samples that a derivative can be written into."""

import sys

import numpy.random as _original

from ._mirror import mirror, replace, roomy

for _name in _original.__all__:
    _sampler = getattr(_original, _name)
    if not isinstance(_sampler, type) and _name not in ("default_rng", "shuffle", "seed", "get_state", "set_state"):
        replace(_sampler, roomy(_sampler))
        globals()[_name] = roomy(_sampler)
mirror(_original, globals())
replace(_original, sys.modules[__name__])
