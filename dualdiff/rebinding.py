"""Functions with other globals: the same code, in which some names mean something else.

A function finds its globals in a dictionary, so a copy of the function with another dictionary runs the same code on other
modules, and nothing is written into the module it comes from. Functions defined while it runs, lambdas and generators
inherit the dictionary by themselves; closures, classes, instances and containers are rebound when they are looked up.
"""

from __future__ import annotations

import abc
import builtins
import enum
import functools
import sys
from collections.abc import Callable, Iterable
from inspect import CO_OPTIMIZED
from types import BuiltinFunctionType, CellType, CodeType, FunctionType, MemberDescriptorType, MethodType, ModuleType
from typing import Any

import numpy as np

from .arrays.construction import with_room

__all__ = ["Rebinding", "RebornGlobals"]

_LARGEST_CONTAINER = 256
_FOR_IMPORTS = ("__name__", "__package__", "__spec__", "__path__", "__loader__", "__file__")


class RebornGlobals(dict[str, Any]):
    """The globals of a module as rebound code sees them: looked up in the module, rebound on the way.

    What rebound code assigns with ``global`` stays here.
    """

    def __init__(self, original: dict[str, Any], rebinding: Rebinding) -> None:
        # What Python looks up without asking for missing keys.
        super().__init__({name: original[name] for name in _FOR_IMPORTS if name in original})
        self["__builtins__"] = rebinding.builtins(original)
        self.original = original
        self.rebinding = rebinding

    def __missing__(self, name: str) -> Any:
        if name not in self.original:
            raise KeyError(name)
        value = self.original[name]
        try:
            rebound = self.rebinding.of(value)
        except KeyError as error:
            # Python takes a KeyError here for a name that is not defined.
            raise RuntimeError(f"{name!r} cannot be rebound") from error
        if isinstance(value, (FunctionType, BuiltinFunctionType, ModuleType, type)):
            # Code keeps its meaning; data is looked up again each time.
            self[name] = rebound
        return rebound

    def prepare(self, code: CodeType) -> None:
        """Look up in advance what the class bodies within this code need: they do not ask for missing keys either."""
        for inner in code.co_consts:
            if not isinstance(inner, CodeType):
                continue
            if not inner.co_flags & CO_OPTIMIZED:
                for name in inner.co_names:
                    if name in self.original and not super().__contains__(name):
                        self[name] = self.rebinding.of(self.original[name])
            self.prepare(inner)

    def __contains__(self, name: object) -> bool:
        return super().__contains__(name) or name in self.original

    def get(self, name: str, default: Any = None) -> Any:
        """See ``dict.get``."""
        return self[name] if name in self else default  # noqa: SIM401 - this is get


def _in_caller(function: Callable[..., Any]) -> Callable[..., Any]:
    """``eval`` or ``exec``, which look names up in a plain dictionary only: one with all names of the caller."""

    def evaluated(source: Any, *namespaces: Any, **named: Any) -> Any:
        frame = sys._getframe(1)
        scope, *inner = namespaces or (frame.f_globals, frame.f_locals)
        if isinstance(scope, RebornGlobals):
            scope = {name: scope[name] for name in scope.original} | scope
        return function(source, scope, *inner, **named)

    return evaluated


class Rebinding:
    """One way of rebinding.

    Parameters
    ----------
    replaced : dict
        What is replaced, by identity: ``id(object) -> (object, replacement)``.
    follows : callable
        Whether code of the module of this name is rebound too.
    names : dict
        Builtins with another meaning in rebound code.
    converters : dict
        How instances of a type are rebound.
    own_state : bool
        Whether objects and containers have copies of their own in rebound code.
    imported : callable
        What is done when rebound code has imported a module: there may be more to replace.
    """

    def __init__(
        self,
        replaced: dict[int, tuple[Any, Any]],
        follows: Callable[[str], bool],
        names: dict[str, Any] | None = None,
        converters: dict[type, Callable[[Rebinding, Any], Any]] | None = None,
        own_state: bool = False,
        imported: Callable[[], None] = lambda: None,
    ) -> None:
        self.replaced = replaced
        self.follows = follows
        self.names = names or {}
        self.converters = converters or {}
        self.own_state = own_state
        self.imported = imported
        self._globals: dict[int, RebornGlobals] = {}
        # By identity; the original is kept, so that its identity stays its own.
        self._made: dict[int, tuple[Any, Any]] = {}

    def of(self, value: Any) -> Any:
        """What a value is in rebound code: itself, unless it is or holds code to rebind."""
        kind = type(value)
        if kind in _DATA:
            return value
        if kind in _CONTAINERS:
            return self._container(value)
        for known in (self.replaced, self._made):
            found = known.get(id(value))
            if found is not None and found[0] is value:
                return found[1]
        if kind in self.converters:
            return self.converters[kind](self, value)
        make = self._maker(value)
        return value if make is None else make(value)

    def _maker(self, value: Any) -> Callable[[Any], Any] | None:
        if isinstance(value, FunctionType):
            return self._function
        if isinstance(value, ModuleType):
            return self._module if self.follows(value.__name__) else None
        if isinstance(value, MethodType):
            return self._method
        if isinstance(value, functools.partial):
            return self._partial
        if isinstance(value, (staticmethod, classmethod, property, functools.cached_property)):
            return self._descriptor
        if isinstance(value, type):
            return self.class_of if self.follows(value.__module__) and _is_plain_class(value) else None
        if isinstance(value, BuiltinFunctionType):
            return None
        inner = getattr(value, "py_func", None) if callable(value) else None
        if isinstance(inner, FunctionType):
            # A compiled function of numba's holds its Python code.
            return lambda compiled: self.of(compiled.py_func)
        if isinstance(getattr(value, "__wrapped__", None), FunctionType) and callable(value) and _is_builtin_wrapper(value):
            # A cache cannot look up numbers that carry derivatives.
            return lambda cached: self.of(cached.__wrapped__)
        if self.follows(getattr(type(value), "__module__", None) or "") and _is_plain_class(type(value)):
            return self.instance_of
        return None

    def _keep(self, original: Any, made: Any) -> Any:
        self._made[id(original)] = (original, made)
        # What is rebound already stays as it is.
        self._made[id(made)] = (made, made)
        return made

    # ------------------------------------------------------------------------------------------- functions

    def builtins(self, original: dict[str, Any]) -> dict[str, Any]:
        """The builtins of rebound code, whose imports give rebound modules."""
        found = original.get("__builtins__", builtins)
        names = dict(vars(found) if isinstance(found, ModuleType) else found)
        plain_import = names.get("__import__", __import__)

        def rebound_import(name: str, *args: Any, **kwargs: Any) -> Any:
            module = plain_import(name, *args, **kwargs)
            self.imported()
            return self.of(module)

        evaluated = {name: _in_caller(function) for name, function in (("eval", eval), ("exec", exec))}
        return names | self.names | evaluated | {"__import__": rebound_import}

    def globals_of(self, function: FunctionType) -> dict[str, Any]:
        """The dictionary in which the rebound function finds its globals."""
        original = function.__globals__
        name = str(original.get("__name__"))
        module = sys.modules.get(name)
        if isinstance(original, RebornGlobals):
            return original
        if not self.follows(name) and (module is None or vars(module) is original):
            return original
        if id(original) not in self._globals:
            self._globals[id(original)] = RebornGlobals(original, self)
        scope = self._globals[id(original)]
        scope.prepare(function.__code__)
        return scope

    def _function(self, function: FunctionType) -> Any:
        scope = self.globals_of(function)
        closure = function.__closure__ or ()
        # A cell of data is shared with the original, which may assign it later.
        cells = tuple(CellType() if _holds_code(cell) else cell for cell in closure)
        fresh = [(new, old) for new, old in zip(cells, closure, strict=True) if new is not old]
        if scope is function.__globals__ and not fresh:
            return function
        made = FunctionType(function.__code__, scope, function.__name__, None, cells or None)
        # Closures may be circular: the function is known before its cells are filled.
        self._keep(function, made)
        for new, old in fresh:
            new.cell_contents = self.of(old.cell_contents)
        if scope is function.__globals__ and all(new.cell_contents is old.cell_contents for new, old in fresh):
            return self._keep(function, function)
        made.__defaults__ = None if function.__defaults__ is None else tuple(map(self.of, function.__defaults__))
        made.__kwdefaults__ = {k: self.of(v) for k, v in (function.__kwdefaults__ or {}).items()} or None
        made.__dict__.update({name: self.of(value) for name, value in vars(function).items()})
        for name in ("__qualname__", "__module__", "__doc__"):
            setattr(made, name, getattr(function, name))
        made.__annotations__ = function.__annotations__
        return made

    def _method(self, method: MethodType) -> Any:
        owner, function = method.__self__, method.__func__
        rebound_owner = self.of(owner)
        rebound = self.of(function)
        if rebound_owner is owner and rebound is function:
            return method
        inherited = getattr(rebound_owner, method.__name__, None) if rebound_owner is not owner else None
        return inherited if inherited is not None else MethodType(rebound, rebound_owner)

    def _partial(self, partial: functools.partial[Any]) -> Any:
        function = self.of(partial.func)
        args = tuple(map(self.of, partial.args))
        keywords = {name: self.of(value) for name, value in partial.keywords.items()}
        return type(partial)(function, *args, **keywords)

    def _descriptor(self, descriptor: Any) -> Any:
        if isinstance(descriptor, property):
            get, put, delete = (self.of(f) for f in (descriptor.fget, descriptor.fset, descriptor.fdel))
            return property(get, put, delete, descriptor.__doc__)
        if isinstance(descriptor, functools.cached_property):
            return functools.cached_property(self.of(descriptor.func))
        return type(descriptor)(self.of(descriptor.__func__))

    def _container(self, container: Any) -> Any:
        """A copy whose entries are rebound, the same one wherever it is met; the original keeps what it had."""
        known = self._made.get(id(container))
        if known is not None and known[0] is container:
            return known[1]
        if len(container) > _LARGEST_CONTAINER or not (self.own_state or _may_hold_code(container)):
            return container
        if type(container) is tuple:
            rebound = tuple(map(self.of, container))
            return container if all(new is old for new, old in zip(rebound, container, strict=True)) else rebound
        made: Any = type(container)() if type(container) is not dict else {}
        self._keep(container, made)
        if type(container) is dict:
            made.update({self.of(key): self.of(entry) for key, entry in container.items()})
        elif type(container) is set:
            made.update(map(self.of, container))
        else:
            made.extend(map(self.of, container))
        return made

    # ------------------------------------------------------------------------------------ classes, modules

    def class_of(self, cls: type) -> Any:
        """A subclass whose methods are rebound, with the rebound bases in front of the original, so that super() finds them."""
        bases = tuple(base for base in map(self.of, cls.__bases__) if base not in cls.__bases__)
        names: dict[str, Any] = {"__module__": cls.__module__, "__qualname__": cls.__qualname__, "__doc__": cls.__doc__}
        try:
            made = _subclass(cls, bases, names | {"_rebound_from": cls})
        except (TypeError, AttributeError):
            return self._keep(cls, cls)
        self._keep(cls, made)
        rebound_ancestors = [a for base in bases for a in base.__mro__ if "_rebound_from" in vars(a)]
        in_front = {name for ancestor in rebound_ancestors for name in vars(ancestor)}
        for name, value in list(vars(cls).items()):
            if name in _NOT_REBOUND:
                continue
            rebound = self.of(value)
            if rebound is not value or name in in_front:
                setattr(made, name, rebound)
                if isinstance(rebound, functools.cached_property):
                    rebound.__set_name__(made, name)
        update: Any = abc.update_abstractmethods
        update(made)
        return made

    def instance_of(self, instance: Any) -> Any:
        """The instance seen through its rebound class, with a state of its own; the original keeps what it had.

        Arrays that only this state holds have room for derivatives in it.
        """
        rebound_class = self.of(type(instance))
        if rebound_class is type(instance):
            return instance
        try:
            view = object.__new__(rebound_class)
        except TypeError:
            return instance
        state = getattr(instance, "__dict__", {})
        if self.own_state:
            # An instance may refer to itself: it is known before its state is copied.
            self._keep(instance, view)
            for name in state:
                view.__dict__[name] = self.of(_own(state, name))
        elif state:
            view.__dict__ = state
        for slot in _slots(type(instance)):
            try:
                value = slot.__get__(instance)
            except AttributeError:
                continue
            slot.__set__(view, self.of(value))
        return view

    def _module(self, module: ModuleType) -> Any:
        return self._keep(module, _RebornModule(module, self))


class _RebornModule(ModuleType):
    """A module whose names are rebound when they are looked up."""

    def __init__(self, original: ModuleType, rebinding: Rebinding) -> None:
        super().__init__(original.__name__, original.__doc__)
        self.__dict__["_original"] = original
        self.__dict__["_rebinding"] = rebinding

    def __getattr__(self, name: str) -> Any:
        value = getattr(self.__dict__["_original"], name)
        return self.__dict__["_rebinding"].of(value)

    def __dir__(self) -> Iterable[str]:
        return dir(self.__dict__["_original"])


_MAY_BE_A_BASE = 1 << 10
_CONTAINERS = (dict, list, tuple, set)
#: Types that hold no code.
_DATA: frozenset[type] = frozenset({int, float, complex, bool, str, bytes, type(None), type(Ellipsis), slice, range})
_NOT_REBOUND = {"__dict__", "__weakref__", "__module__", "__qualname__", "__doc__", "__slots__", "__init_subclass__",
                "__class_getitem__", "__annotations__", "__orig_bases__", "__parameters__", "__abstractmethods__",
                "_abc_impl", "__static_attributes__", "__firstlineno__"}  # fmt: skip


def _may_hold_code(value: Any) -> bool:
    """Whether a value may be, or hold, something to rebind."""
    kind = type(value)
    if kind in _DATA:
        return False
    if kind in _CONTAINERS:
        return len(value) <= _LARGEST_CONTAINER and any(
            map(_may_hold_code, value.values() if isinstance(value, dict) else value)
        )
    return callable(value) or isinstance(value, ModuleType) or hasattr(value, "__dict__")


def _held_alone() -> int:
    """How many references an array has that only a state's dictionary holds, as `_own` counts them."""
    state: dict[str, Any] = {"array": np.zeros(1)}
    return _references(state, "array")


def _references(state: dict[str, Any], name: str) -> int:
    return sys.getrefcount(state[name])


def _own(state: dict[str, Any], name: str) -> Any:
    """An attribute; of an array that nobody else holds, and no view shares, a copy with room for derivatives."""
    value = state[name]
    if type(value) is not np.ndarray or value.base is not None or value.dtype.kind not in "fc":
        return value
    del value
    return with_room(state[name].copy("K")) if _references(state, name) <= _HELD_ALONE else state[name]


_HELD_ALONE = _held_alone()


def _holds_code(cell: CellType) -> bool:
    try:
        return _may_hold_code(cell.cell_contents)
    except ValueError:
        return False


def _is_plain_class(cls: type) -> bool:
    """Whether a subclass means the same: not of an enumeration, an exception, an array, or a class that has none."""
    arrays = any(base.__module__ == "numpy" for base in cls.__mro__)
    return not arrays and not issubclass(cls, (enum.Enum, BaseException, ModuleType)) and bool(cls.__flags__ & _MAY_BE_A_BASE)


def _is_builtin_wrapper(value: Any) -> bool:
    return type(value).__module__ in ("functools", "_functools")


def _slots(cls: type) -> list[MemberDescriptorType]:
    """The slots themselves: their names may mean something else in a subclass."""
    return [value for base in cls.__mro__ for value in vars(base).values() if type(value) is MemberDescriptorType]


class _Quiet:
    """Keeps what a user's class does when it is subclassed from happening."""

    def __init_subclass__(cls) -> None:
        pass


class _QuietSlots:
    """The same for classes whose instances have no dictionary."""

    __slots__ = ()

    def __init_subclass__(cls) -> None:
        pass


def _subclass(cls: type, bases: tuple[type, ...], names: dict[str, Any]) -> Any:
    """A subclass made without the hooks of its bases and its metaclass."""
    metaclass = _alike(type(cls))
    create = abc.ABCMeta.__new__ if issubclass(metaclass, abc.ABCMeta) else type.__new__
    quiet: type = _Quiet
    if cls.__dictoffset__ == 0:
        quiet, names = _QuietSlots, names | {"__slots__": ()}
    if "__init_subclass__" not in {name for base in cls.__mro__[:-1] for name in vars(base)}:
        return create(metaclass, cls.__name__, (*bases, cls), names)
    made = create(metaclass, cls.__name__, (quiet, *bases, cls), names)
    made.__bases__ = (*bases, cls)
    return made


@functools.cache
def _alike(metaclass: Any) -> Any:
    """A metaclass by which instances of the original are instances of the rebound class."""

    class Alike(metaclass):  # type: ignore[misc]
        def __instancecheck__(self, instance: Any) -> bool:
            original = self.__dict__.get("_rebound_from")
            # Not isinstance: an abstract class would ask its subclasses, of which this is one.
            return super().__instancecheck__(instance) or original in type(instance).__mro__

        def __subclasscheck__(self, other: type) -> bool:
            original = self.__dict__.get("_rebound_from")
            return super().__subclasscheck__(other) or original in other.__mro__

    Alike.__name__ = metaclass.__name__
    return Alike


def standard_library(module: str) -> bool:
    """Whether a module belongs to Python itself."""
    return module.partition(".")[0] in sys.stdlib_module_names
