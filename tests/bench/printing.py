"""Papers a worker prints: a letter, and an approval sheet of two pages, one after another."""

import argparse
from collections.abc import Callable
from functools import partial

from kernel.documents import printing
from kernel.documents.printing.kinds import kind_named
from tests.bench import world
from tests.bench.measure import timed

GOAL_MS = 100  # of clock time for one document: a thousand notices in under two minutes


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--documents", type=int, default=200)


def run(options: argparse.Namespace) -> None:
    with world.fresh_company():
        facts = [{"name": f"事项{number}", "value": "物业服务费"} for number in range(60)]
        papers: dict[str, Callable[[int], bytes]] = {
            "letter": lambda number: printing.render(
                kind="letter",
                context={**kind_named("letter").sample(), "number": f"QH-{number}"},
                language="zh-hans",
            ),
            "approval sheet": lambda number: printing.render(
                kind="approval-case",
                context={"number": f"SP{number}", "facts": facts},
                language="zh-hans",
            ),
        }
        for name, render in papers.items():
            first, _pdf = timed(partial(render, 0))
            rest, sizes = timed(partial(sizes_of, render, options.documents))
            each = rest.clock * 1000 / options.documents
            print(
                f"{name:>15}: {each:6.1f} ms each (goal {GOAL_MS}),"
                f" first {first.clock * 1000:.0f} ms, "
                f"{sum(sizes) / len(sizes) / 1024:.0f} KiB"
            )
            if each > GOAL_MS:
                print(f"{name:>15}: over the goal")


def sizes_of(render: Callable[[int], bytes], documents: int) -> list[int]:
    """Print so many documents, one after another; return their sizes."""
    return [len(render(number)) for number in range(1, documents + 1)]
