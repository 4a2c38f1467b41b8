"""The events that the code records, read off its source."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple, TypeVar

N = TypeVar("N", bound=ast.AST)
ROOT = Path(__file__).resolve().parents[3]
PLACES = ("services", "platform/kernel", "platform/console", "tenants/companies", "api")


class Recorder(NamedTuple):
    """A function that passes one of its parameters on as an event, or as a part of one."""

    position: int  # among positional parameters, -1 if it is by keyword only
    parameter: str
    prefix: str


Recorders = dict[tuple[str, str], list[Recorder]]
WRITER = ROOT / "platform" / "kernel" / "audit" / "operations.py"


@cache
def trees() -> dict[Path, ast.Module]:
    return {
        path: ast.parse(path.read_text())
        for place in PLACES
        for path in sorted((ROOT / place).rglob("*.py"))
        if "migrations" not in path.parts
    }


@cache
def events() -> dict[str, str]:
    """Return every event that is recorded, each with a place where it is."""
    known = {("", "record"): [Recorder(-1, "event", "")]}
    while (found := recorders(known)) != known:
        known = found
    return {
        event: f"{path.relative_to(ROOT)}:{call.lineno}"
        for path, tree in trees().items()
        for call, recorder in calls(path, tree, known)
        for event in constants(argument(call, recorder), recorder.prefix, tree)
        # Functions are known by their names: of two that share one, the other's texts are none.
        if event.count(".") == 2
    }


def recorders(known: Recorders) -> Recorders:
    """Return those known and the functions with a parameter that reaches one of them."""
    found = {name: list(entries) for name, entries in known.items()}
    for path, tree in trees().items():
        for function in nodes(tree, ast.FunctionDef):
            if path == WRITER:
                continue
            names = [a.arg for a in (*function.args.posonlyargs, *function.args.args)]
            every = {*names, *(a.arg for a in function.args.kwonlyargs)}
            entries = found.setdefault(place_of(path, function.name), [])
            for call, recorder in calls(path, function, known):
                for name, prefix in parameters(argument(call, recorder), recorder.prefix):
                    position = names.index(name) if name in names else -1
                    entry = Recorder(position, name, prefix)
                    if name in every and entry not in entries:
                        entries.append(entry)
    return {name: entries for name, entries in found.items() if entries}


def place_of(path: Path, name: str) -> tuple[str, str]:
    """Return how a function is known: a private one in its module only."""
    return (str(path) if name.startswith("_") else "", name)


@cache
def nodes(tree: ast.AST, kind: type[N]) -> list[N]:
    """Return the nodes of a kind, looked for once: the events are found round by round."""
    return [node for node in ast.walk(tree) if isinstance(node, kind)]


def calls(path: Path, tree: ast.AST, known: Recorders) -> Iterator[tuple[ast.Call, Recorder]]:
    for node in nodes(tree, ast.Call):
        match node.func:
            case ast.Name(id=name) | ast.Attribute(attr=name):
                for recorder in known.get(place_of(path, name), ()):
                    yield node, recorder


def argument(call: ast.Call, recorder: Recorder) -> ast.expr | None:
    for keyword in call.keywords:
        if keyword.arg == recorder.parameter:
            return keyword.value
    if 0 <= recorder.position < len(call.args):
        return call.args[recorder.position]
    return None


def parameters(value: ast.expr | None, prefix: str) -> Iterator[tuple[str, str]]:
    """Yield the names that an argument is made of, each with what stands before it."""
    match value:
        case ast.Name(id=name):
            yield name, prefix
        case ast.JoinedStr(values=[ast.Constant(value=str(start)), ast.FormattedValue(value=part)]):
            yield from parameters(part, prefix + start)
        case ast.IfExp(body=one, orelse=other):
            yield from parameters(one, prefix)
            yield from parameters(other, prefix)


def constants(value: ast.expr | None, prefix: str, tree: ast.Module) -> Iterator[str]:
    match value:
        case ast.Constant(value=str(text)):
            yield prefix + text
        case ast.IfExp(body=one, orelse=other):
            yield from constants(one, prefix, tree)
            yield from constants(other, prefix, tree)
        case ast.JoinedStr(values=[ast.Constant(value=str(start)), ast.FormattedValue(value=part)]):
            yield from constants(part, prefix + start, tree)
        case ast.Name(id=name):
            yield from assigned(name, prefix, tree)


def assigned(name: str, prefix: str, tree: ast.Module) -> Iterator[str]:
    """Yield the texts that a name is given in a module, or in the one that it is imported from."""
    own = [
        node.value
        for node in nodes(tree, ast.Assign)
        if any(isinstance(target, ast.Name) and target.id == name for target in node.targets)
        and not isinstance(node.value, ast.Name)
    ]
    if own:
        for value in own:
            yield from constants(value, prefix, tree)
    elif any(
        isinstance(node, ast.ImportFrom) and any(alias.name == name for alias in node.names)
        for node in tree.body
    ):
        others = (other for other in trees().values() if other is not tree)
        for other in others:
            for node in other.body:
                match node:
                    case ast.Assign(targets=[ast.Name(id=target)], value=value) if target == name:
                        yield from constants(value, prefix, other)
