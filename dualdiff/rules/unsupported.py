"""Functions refused by name, with the line to write instead."""

from __future__ import annotations

import numpy as np

from .kinds import Table, Unsupported

__all__ = ["UNSUPPORTED"]

_INTEGERS = Unsupported("it works on integers, and a dual holds floats. Use dd.value_of(x) for the value alone.")
_JUMPS = Unsupported("its result is the neighbouring float. Use dd.value_of(x) for the value alone.")
_DATES = Unsupported("it works on dates.")

# fmt: off
UNSUPPORTED: Table = {
    np.bitwise_and:   _INTEGERS,
    np.bitwise_or:    _INTEGERS,
    np.bitwise_xor:   _INTEGERS,
    np.bitwise_count: _INTEGERS,
    np.invert:        _INTEGERS,
    np.left_shift:    _INTEGERS,
    np.right_shift:   _INTEGERS,
    np.gcd:           _INTEGERS,
    np.lcm:           _INTEGERS,
    np.nextafter:     _JUMPS,
    np.isnat:         _DATES,
    np.is_busday:     _DATES,
    np.busday_count:  _DATES,
    np.busday_offset: _DATES,
    np.datetime_as_string: _DATES,
    np.packbits:      _INTEGERS,
    np.unpackbits:    _INTEGERS,
    np.ix_:           Unsupported("its results are indices, and an index has no derivative."),
    np.save:          Unsupported("pickle keeps a dual whole; save dd.value_of(x) for the value alone."),
    np.savetxt:       Unsupported("save dd.value_of(x) for the value alone."),
    np.savez_compressed: Unsupported("pickle keeps a dual whole; save dd.value_of(x) for the value alone."),
    np.savez:         Unsupported("pickle keeps a dual whole; save dd.value_of(x) for the value alone."),
}
# fmt: on
