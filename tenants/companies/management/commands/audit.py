"""``guanjia audit verify [company]``."""

from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kernel.audit.verification import Anchor
from kernel.errors import NotFound
from kernel.tenancy import public
from tenants.companies import queries, records
from tenants.companies.models import Company


def anchor(text: str) -> Anchor:
    """Read ``seq:hash`` as a line of the log has them."""
    seq, _colon, mark = text.partition(":")
    try:
        read = Anchor(int(seq), bytes.fromhex(mark), "the anchor given")
    except ValueError as error:
        raise ArgumentTypeError("write number:hash") from error
    if read.seq < 1 or len(read.hash) != 32:
        raise ArgumentTypeError("write number:hash, the hash as 64 hexadecimal digits")
    return read


class Command(BaseCommand):
    help = "Verify that the record of companies is whole: nothing changed, removed or put in."

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        verify = verbs.add_parser(
            "verify", help="name the first entry that is not as it was written; exit 1 if any is"
        )
        verify.add_argument("slug", nargs="?", help="short name of a company; without, all of them")
        verify.add_argument(
            "--anchor",
            type=anchor,
            action="append",
            default=[],
            metavar="NUMBER:HASH",
            help="what the log says the chain came to once, to be compared; with one company",
        )

    def handle(self, *_args: Any, slug: str | None, **options: Any) -> None:
        if options["anchor"] and slug is None:
            raise CommandError("an anchor is of one company: name it")
        companies = [self._company(slug)] if slug else self._all()
        broken = sum(not self._verify(company, options["anchor"]) for company in companies)
        if broken:
            raise CommandError(f"{broken} of {len(companies)} records are not whole")

    def _verify(self, company: Company, anchors: list[Anchor]) -> bool:
        report = records.verify_record(company=company, anchors=anchors)
        mark = "ok" if report.is_whole else "BROKEN"
        self.stdout.write(f"{mark:8}{company.slug}  {report.seq}:{report.hash.hex()}")
        for fault in report.faults:
            self.stdout.write(f"{'':8}{fault}")
        return report.is_whole

    def _company(self, slug: str) -> Company:
        try:
            return queries.get_company(slug=slug)
        except NotFound as error:
            raise CommandError(f"there is no company {slug}") from error

    def _all(self) -> list[Company]:
        schemas = queries.schemas_set_up()
        with public():
            return [company for company in queries.companies() if company.schema_name in schemas]
