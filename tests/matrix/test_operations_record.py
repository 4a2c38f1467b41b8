"""Every operation that writes leaves an entry in the audit record, itself or by what it calls."""

import ast
from functools import cache

from tests.matrix.test_operations_ask import ROOT, TOPS, functions, module_name, operations

RECORD = "kernel.audit.operations.record"
WRITING = frozenset(
    {"create", "bulk_create", "save", "update", "bulk_update", "delete", "get_or_create"}
)

# What leaves no entry, each with its reason.
SILENT = {
    "console.downloads.operations.throw_away": "one's own sheet; that it was taken is recorded",
    "console.operations.choose_columns": "one's own columns",
    "kernel.access.passwords.request_link": "queues a mail; the mail is recorded when it is sent",
    "kernel.access.telling.warn": "notices; the change itself is recorded",
    "kernel.approvals.operations.submitting.open_case": "every act is a signature that stays",
    "kernel.approvals.telling.tell": "notices; the act itself is a signature",
    "kernel.documents.batches.operations.stop": "pauses one's own batch; each paper is recorded",
    "kernel.documents.batches.operations.throw_away": "one's own; that it was taken is recorded",
    "kernel.documents.manuals.telling.tell_of_pages": "notices; the release is recorded",
    "kernel.identity.operations.departures.settle": "its step stays; the thing's own act records",
    "kernel.duties.telling.tell_deciders": "what is told is recorded by what it tells of",
    "kernel.duties.telling.tell_decision": "what is told is recorded by what it tells of",
    "kernel.records.operations.figures.note_figure_shown": "who keeps the figure records it",
    "kernel.imports.operations.rehearse": "tries a sheet out; its upload is recorded",
    "kernel.imports.operations.rehearse_now": "tries a sheet out; its upload is recorded",
    "kernel.imports.rehearsal.rehearse": "tries a sheet out; its upload is recorded",
    "kernel.jobs.operations.start": "queues work; the operation that asks for it records",
    "kernel.notifications.operations.notify": "tells what an operation has recorded",
    "kernel.security.operations.note": "is a log that stays itself",
    "kernel.security.operations.note_refusal": "is a log that stays itself",
    "services.billing.ledger.operations.start_check": "looks at the books, changes nothing",
    "services.billing.runs.operations.common.start_job": "its callers record",
    "services.billing.standards.operations.assignments.confirm_drafts": "its callers record",
    "services.procurement.rounds.operations.drafted.keep_draft_files": "a draft; sending records",
    "services.procurement.rounds.operations.quoting.note_seen": "that he looked; the row says when",
    "services.procurement.rounds.telling.tell_openers": "notices; the act itself is recorded",
    "services.procurement.rounds.telling.tell_staff": "notices; the act itself is recorded",
    "services.procurement.payments.operations.accounts.book": "its callers record",
    "services.procurement.payments.operations.accounts.unbook": "its callers record",
    "services.procurement.receiving.operations.moving.set_aside": "its callers record",
    "services.procurement.stock.operations.moving.take_in": "its callers record; the move stays",
    "services.procurement.stock.operations.moving.take_out": "its callers record; the move stays",
    "services.procurement.stock.operations.posting.post": "its callers record",
    "services.properties.operations.units.enter_state": "its callers record",
}


@cache
def writers() -> frozenset[str]:
    """Return the functions that write to a table themselves."""
    found = set()
    for top in TOPS:
        for path in sorted((ROOT / top).rglob("*.py")):
            if "migrations" in path.parts:
                continue
            for node in ast.parse(path.read_text()).body:
                if isinstance(node, ast.FunctionDef) and writes(node):
                    found.add(f"{module_name(path)}.{node.name}")
    return frozenset(found)


def writes(function: ast.FunctionDef) -> bool:
    """Tell whether a table is written: by a manager, a queryset or a record's ``save``."""
    for node in ast.walk(function):
        match node:
            case ast.Call(func=ast.Attribute(value=target, attr=attribute)):
                is_save = attribute == "save" and isinstance(target, (ast.Name, ast.Attribute))
                if is_save or (attribute in WRITING and ".objects" in ast.unparse(target)):
                    return True
    return False


def reaches(name: str, goal: frozenset[str], seen: frozenset[str] = frozenset()) -> bool:
    if name in goal:
        return True
    function = functions().get(name)
    if function is None or name in seen:
        return False
    return any(reaches(call, goal, seen | {name}) for call in function.calls)


def writing_operations() -> list[str]:
    return [name for name in operations() if reaches(name, writers())]


def test_the_writing_operations_are_found() -> None:
    assert len(writing_operations()) >= 220
    assert SILENT.keys() <= set(writing_operations())


def test_an_operation_that_writes_leaves_an_entry() -> None:
    recorders = {name for name in writing_operations() if reaches(name, frozenset({RECORD}))}
    assert [name for name in writing_operations() if name not in recorders | SILENT.keys()] == []


def test_the_check_sees_an_operation_that_leaves_none() -> None:
    (planted,) = ast.parse("def change(*, actor, now):\n    thing.save()\n    other()").body
    assert isinstance(planted, ast.FunctionDef)
    assert writes(planted)
