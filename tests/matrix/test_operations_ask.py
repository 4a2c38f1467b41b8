"""Every operation asks whether the actor may, itself or by what it calls. Read off the source.

Views ask early and by the address; operations are the one place that console, API, tasks and
commands share. One that forgets is open to whoever finds a way to it.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pytest

from tests.matrix.reasons import EFFECTS, INTERNAL, READERS, REASONS, SEATS

ROOT = Path(__file__).resolve().parents[2]
TOPS = ("services", "tenants", "platform/kernel", "platform/console")
ASKING = frozenset(
    {"require", "require_in_sight", "require_in_project", "require_everywhere", "scoped"}
)
NARROWING = frozenset({"may", "may_everywhere", "projects", "sees"})


@dataclass
class Function:
    name: str  # with its module
    takes_actor: bool
    calls: set[str] = field(default_factory=set)  # names with modules, as far as they are ours
    asks: bool = False
    narrows: bool = False


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    parts = parts[1:] if parts[0] == "platform" else parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def functions() -> dict[str, Function]:
    found: dict[str, Function] = {}
    imported: dict[str, dict[str, str]] = {}
    for top in TOPS:
        for path in sorted((ROOT / top).rglob("*.py")):
            if "migrations" in path.parts:
                continue
            module, tree = module_name(path), ast.parse(path.read_text())
            imported[module] = dict(imports_of(tree))
            for node in tree.body:
                if isinstance(node, ast.FunctionDef):
                    function = read(node, module, imported[module])
                    found[function.name] = function
    for function in found.values():
        function.calls = {through(name, found, imported) for name in function.calls}
    return found


def imports_of(tree: ast.Module) -> Iterator[tuple[str, str]]:
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                yield alias.asname or alias.name, f"{node.module}.{alias.name}"


def read(node: ast.FunctionDef, module: str, names: dict[str, str]) -> Function:
    arguments = {argument.arg for argument in (*node.args.args, *node.args.kwonlyargs)}
    function = Function(f"{module}.{node.name}", "actor" in arguments)
    for inner in ast.walk(node):
        if not isinstance(inner, ast.Call):
            continue
        match inner.func:
            case ast.Name(id=name):
                function.calls.add(names.get(name, f"{module}.{name}"))
                function.asks |= name in ASKING
            case ast.Attribute(value=ast.Name(id=name), attr=attribute):
                function.calls.add(f"{names.get(name, name)}.{attribute}")
                function.narrows |= name == "actor" and attribute in NARROWING
                # Asked of the actor and answered with a refusal, as in ``lock_batch``.
                function.asks |= (name == "access" and attribute in ASKING) or (
                    name == "actor" and attribute == "may" and "raise" in ast.unparse(node)
                )
    return function


def through(name: str, found: dict[str, Function], imported: dict[str, dict[str, str]]) -> str:
    """Return where a function is written that a package hands on under its own name."""
    while name not in found:
        module, _, attribute = name.rpartition(".")
        further = imported.get(module, {}).get(attribute)
        if further is None:
            return name
        name = further
    return name


def asks(name: str, seen: frozenset[str] = frozenset()) -> bool:
    if name in SEATS:
        return True
    function = functions().get(name)
    if function is None or name in seen:
        return False
    return function.asks or any(asks(call, seen | {name}) for call in function.calls)


def is_read(name: str) -> bool:
    return ".queries" in name or name.startswith("kernel.access.organisation.")


def of_actor() -> list[str]:
    return sorted(
        function.name
        for function in functions().values()
        if function.takes_actor and not function.name.rpartition(".")[2].startswith("_")
    )


def operations() -> list[str]:
    """Return every public function that takes an actor; of the console's only operations.

    Wherever it stands: what is in no module of operations today is called as one tomorrow.
    """
    return [
        name
        for name in of_actor()
        if not is_read(name) and (not name.startswith("console.") or ".operations" in name)
    ]


def test_the_operations_are_found() -> None:
    assert len(operations()) >= 240
    assert len(readers()) >= 190
    assert REASONS.keys() <= set(operations())
    assert READERS.keys() <= set(readers())
    assert set(operations()) >= INTERNAL


def test_an_operation_asks_whether_the_actor_may() -> None:
    excused = {*REASONS, *INTERNAL, *EFFECTS}
    assert [name for name in operations() if not (asks(name) or name in excused)] == []


@pytest.mark.parametrize("name", sorted(INTERNAL))
def test_what_does_not_ask_is_called_by_what_does(name: str) -> None:
    assert [caller for caller in callers_of(name) if not is_right(caller)] == []


def callers_of(name: str) -> list[Function]:
    """Return who calls a function; of private ones, who calls those."""
    found: list[Function] = []
    for function in functions().values():
        if name in function.calls and function.name != name:
            is_private = function.name.rpartition(".")[2].startswith("_")
            found += callers_of(function.name) if is_private else [function]
    assert found, f"nobody calls {name}"
    return found


def is_right(caller: Function) -> bool:
    """Tell whether a caller asks, or is the work of a job that an operation has started."""
    known = {*INTERNAL, *REASONS, *EFFECTS}
    return asks(caller.name) or caller.name in known or not caller.takes_actor


def test_the_check_sees_an_operation_that_does_not_ask() -> None:
    tree = ast.parse("def change(*, actor, now):\n    thing.save()\n    helper(actor)")
    assert isinstance(tree.body[0], ast.FunctionDef)

    planted = read(tree.body[0], "services.planted.operations", {})

    assert planted.takes_actor
    assert not planted.asks
    assert not any(asks(call) for call in planted.calls)


def readers() -> list[str]:
    return [name for name in of_actor() if is_read(name)]


def narrows(name: str, seen: frozenset[str] = frozenset()) -> bool:
    """Tell whether a read leaves out what lies outside the actor's projects."""
    if name in READERS:
        return True
    function = functions().get(name)
    if function is None or name in seen:
        return False
    return function.narrows or any(narrows(call, seen | {name}) for call in function.calls)


def test_a_read_for_an_actor_asks_what_he_may_see() -> None:
    assert [name for name in readers() if not (asks(name) or narrows(name))] == []


def test_no_reason_is_kept_for_what_asks_by_now() -> None:
    """A list of exceptions that only grows says nothing in the end."""
    assert [name for name in READERS if asks(name)] == []
    assert set(SEATS) <= functions().keys()
    assert set(EFFECTS) <= functions().keys()
