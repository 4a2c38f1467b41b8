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

ROOT = Path(__file__).resolve().parents[2]
SOURCE_ROOTS = {"services": ROOT, "kernel": ROOT / "platform", "console": ROOT / "platform"}
ASKING = frozenset({"require", "require_in_sight", "require_everywhere", "scoped"})

# Operations with an actor that need no permission, each with its reason.
REASONS = {
    **dict.fromkeys(
        (
            "kernel.approvals.operations.moving.add_signer",
            "kernel.approvals.operations.moving.hand_over",
            "kernel.approvals.operations.signing.approve",
            "kernel.approvals.operations.signing.approve_many",
            "kernel.approvals.operations.signing.reject",
            "kernel.approvals.operations.signing.return_to",
        ),
        "who signs is decided by the step that waits for him, not by an action",
    ),
    **dict.fromkeys(
        (
            "kernel.approvals.operations.consent.complete_consent",
            "kernel.approvals.operations.moving.urge",
            "kernel.approvals.operations.submitting.resubmit",
            "kernel.approvals.operations.submitting.withdraw",
        ),
        "one's own paper; another's is refused",
    ),
    **dict.fromkeys(
        (
            "kernel.approvals.operations.consent.consent_verbally",
            "kernel.approvals.operations.submitting.submit",
            "kernel.approvals.operations.submitting.withdraw_for",
        ),
        "for a service's operation on the record, which has asked",
    ),
    **dict.fromkeys(
        (
            "kernel.approvals.operations.advancing.advance",
            "kernel.approvals.operations.advancing.settle",
            "kernel.approvals.operations.advancing.write",
            "kernel.approvals.operations.checks.has_signed",
            "kernel.approvals.operations.checks.lock_step",
            "kernel.approvals.operations.checks.take_seat",
            "kernel.approvals.operations.submitting.lock_own",
            "kernel.approvals.operations.submitting.open_case",
            "kernel.approvals.operations.submitting.start",
        ),
        "the engine's own, called by the acts above",
    ),
    "kernel.approvals.operations.delegations.end_delegation": "one's own, or an administrator",
    "services.billing.standards.operations.approval.put_in_force": "by the chain's last signature",
    "services.billing.standards.operations.approval.sign": "the step asks",
    "services.billing.standards.operations.assignments.confirm_drafts": "with its version",
    "services.billing.standards.operations.confirmed.record_version": "only writes the record",
    "console.operations.save_view": "one's own view; sharing it asks",
    "console.operations.change_view": "one's own view; another's asks",
    "console.operations.delete_view": "one's own view; another's asks",
    "console.operations.choose_columns": "one's own columns",
    "console.downloads.operations.note_fetched": "only writes into the record; the read has asked",
    "console.downloads.operations.throw_away": "one's own sheet",
    "console.operations.note_export": "only writes into the record; the list has asked",
    "kernel.access.passwords.request_link": "anonymous by its nature; tells nothing",
    "kernel.access.tokens.create_token": "one's own token; another's asks",
    "kernel.access.tokens.revoke_token": "one's own token; another's asks",
    "kernel.duties.operations.require_apart": "a check for an operation that has asked",
    "kernel.duties.operations.require_post_apart": "a check for an operation that has asked",
    "kernel.duties.operations.require_posts_apart": "a check for an operation that has asked",
    "kernel.duties.operations.require_step_apart": "a check for an operation that has asked",
    "kernel.security.operations.note": "only writes into the log",
    "kernel.security.operations.note_refusal": "only writes into the log",
    "kernel.audit.operations.record": "writes for an operation that has asked",
    "kernel.notifications.operations.mark_read": "one's own notices",
    "kernel.notifications.operations.notify": "tells for an operation that has asked",
    "kernel.notifications.operations.set_choices": "one's own choices",
    "kernel.deadlines.operations.pause": "moves a clock for an operation that has asked",
    "kernel.deadlines.operations.resume": "moves a clock for an operation that has asked",
    "kernel.deadlines.operations.stop": "ends a clock for an operation that has asked",
    "kernel.deadlines.operations.cancel": "ends a clock for an operation that has asked",
    "kernel.jobs.operations.start": "queues work for an operation that has asked",
}
# Called by operations that have asked, never by console or API: the layers' test below proves it.
INTERNAL = {
    "services.billing.runs.operations.common.record",
    "services.billing.runs.operations.common.require_person",
    "services.billing.runs.operations.common.start_job",
    "services.properties.operations.units.enter_state",
    "services.billing.cashier.operations.common.require_person",
    "services.billing.standards.operations.approval.submit",
    "services.billing.standards.operations.approval.take_back",
    "services.properties.operations.parties.party_of",
    "services.properties.operations.parties.register",
}


@dataclass
class Function:
    name: str  # with its module
    takes_actor: bool
    calls: set[str] = field(default_factory=set)  # names with modules, as far as they are ours
    asks: bool = False


def module_name(path: Path) -> str:
    root = SOURCE_ROOTS[path.relative_to(ROOT).parts[0].replace("platform", "kernel")]
    parts = path.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def functions() -> dict[str, Function]:
    found: dict[str, Function] = {}
    imported: dict[str, dict[str, str]] = {}
    for top in ("services", "platform/kernel", "platform/console"):
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
    function = functions().get(name)
    if function is None or name in seen:
        return False
    return function.asks or any(asks(call, seen | {name}) for call in function.calls)


def operations() -> list[str]:
    return sorted(
        function.name
        for function in functions().values()
        if function.takes_actor
        and not function.name.rpartition(".")[2].startswith("_")
        and any(part in function.name for part in (".operations", ".passwords.", ".tokens."))
    )


def test_the_operations_are_found() -> None:
    assert len(operations()) >= 80
    assert REASONS.keys() <= set(operations())
    assert READERS.keys() <= set(readers())
    assert set(operations()) >= INTERNAL


@pytest.mark.parametrize("name", operations())
def test_an_operation_asks_whether_the_actor_may(name: str) -> None:
    assert asks(name) or name in REASONS or name in INTERNAL


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
    return asks(caller.name) or caller.name in INTERNAL or not caller.takes_actor


def test_the_check_sees_an_operation_that_does_not_ask() -> None:
    tree = ast.parse("def change(*, actor, now):\n    thing.save()\n    helper(actor)")
    assert isinstance(tree.body[0], ast.FunctionDef)

    planted = read(tree.body[0], "services.planted.operations", {})

    assert planted.takes_actor
    assert not planted.asks
    assert not any(asks(call) for call in planted.calls)


# Reads for an actor that call none of the functions that ask, each with its reason.
READERS = {
    **dict.fromkeys(
        (
            "kernel.approvals.queries.inbox.cases_in",
            "kernel.approvals.queries.inbox.own_places",
            "kernel.approvals.queries.running.cases",
            "kernel.approvals.queries.running.delegations",
            "kernel.approvals.queries.running.get_case",
            "kernel.approvals.queries.running.waiting_count",
            "kernel.approvals.queries.running.waiting_for",
        ),
        "what concerns the actor himself, and what approval.view or approval.configure shows",
    ),
    "console.downloads.queries.downloads": "one's own",
    "console.downloads.queries.exports": "one's own",
    "console.downloads.queries.get_export": "one's own",
    "kernel.duties.queries.conflicts": "empty without the action",
    "kernel.notifications.queries.choices": "one's own",
    "kernel.notifications.queries.count_unread": "one's own",
    "kernel.notifications.queries.get_own": "one's own",
    "kernel.notifications.queries.own": "one's own",
    "kernel.notifications.queries.quiet_hours": "one's own",
    "console.downloads.queries.person": "tells whose they are",
    "console.queries.columns_of": "one's own",
    "console.queries.saved_views": "one's own, and those shared with all",
    "kernel.jobs.queries.get_job": "one's own, and those of projects in sight",
    "services.billing.standards.queries.units.fees_of_units": "empty without the action",
    "services.properties.queries.files.history_of_household": "of a file that was asked for",
    "services.properties.queries.search.search_households": "each finder narrows by the action",
}


def readers() -> list[str]:
    return sorted(
        function.name
        for function in functions().values()
        if function.takes_actor
        and not function.name.rpartition(".")[2].startswith("_")
        and ".queries" in function.name
    )


@pytest.mark.parametrize("name", readers())
def test_a_read_for_an_actor_asks_what_he_may_see(name: str) -> None:
    assert asks(name) or name in READERS
