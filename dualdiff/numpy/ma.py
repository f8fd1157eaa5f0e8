"""numpy.ma for arrays that carry derivatives."""

import sys

import numpy.ma as _original

from ._mirror import mirror, replace

mirror(_original, globals())
replace(_original, sys.modules[__name__])
