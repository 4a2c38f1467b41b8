"""``python -m tests.bench [NAME] [arguments]``: figures, not tests; README.md holds some.

Each one makes its own database beside the test databases and drops it at the end.
"""

import argparse
import os
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")

import django

django.setup()

from tests.bench import (  # noqa: E402 - Django must be set up before
    audit_chain,
    bill_run,
    comparison,
    ledger_import,
    printing,
    provisioning,
    reads,
    request_overhead,
)

BENCHES = {
    "audit": audit_chain,
    "bill-run": bill_run,
    "comparison": comparison,
    "import": ledger_import,
    "printing": printing,
    "provisioning": provisioning,
    "reads": reads,
    "request": request_overhead,
}


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    commands = parser.add_subparsers(dest="bench", required=True)
    for name, module in BENCHES.items():
        module.add_arguments(commands.add_parser(name, help=module.__doc__))
    options = parser.parse_args(arguments or ["bill-run"])
    BENCHES[options.bench].run(options)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
