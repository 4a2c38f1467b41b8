from pathlib import Path
from typing import Any

import polib
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.management.commands.makemessages import Command as Makemessages

LANGUAGES = ("zh_Hans", "en")
# Those of kernel.text; ``now_`` is ``gettext`` where ``_`` is the lazy one.
SHORT_NAMES = ("--keyword=_n:1,2", "--keyword=_p:1c,2", "--keyword=now_")


class Command(BaseCommand):
    help = "Message catalogues: extract (needs gettext's xgettext), check, compile (needs nothing)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("step", choices=("extract", "check", "compile"))

    def handle(self, *_args: Any, step: str, **_options: Any) -> None:
        {"extract": self.extract, "check": self.check_complete, "compile": self.compile}[step]()

    def extract(self) -> None:
        """Read all strings out of the sources; English is its own translation."""
        makemessages = Makemessages()
        makemessages.xgettext_options = [*makemessages.xgettext_options, *SHORT_NAMES]
        call_command(
            makemessages,
            locale=list(LANGUAGES),
            ignore_patterns=[".venv", ".var", "node_modules", "tests", "build"],
            no_location=True,
            no_obsolete=True,
            no_wrap=True,
            verbosity=0,
        )
        for language in LANGUAGES:
            catalogue = polib.pofile(str(catalogue_path(language)), wrapwidth=0)
            settle(catalogue, is_english=language == "en")
            catalogue.save()

    def check_complete(self) -> None:
        """Fail if a string of either language is missing or only guessed."""
        missing = []
        for language in LANGUAGES:
            catalogue = polib.pofile(str(catalogue_path(language)))
            missing += [
                f"{language}: {entry.msgid!r}"
                for entry in catalogue
                if not entry.obsolete and (entry.fuzzy or not entry.translated())
            ]
        if missing:
            raise CommandError("not translated:\n" + "\n".join(missing))
        self.stdout.write("both catalogues are complete")

    def compile(self) -> None:
        """Write the ``.mo`` files that Django reads."""
        for language in LANGUAGES:
            path = catalogue_path(language)
            polib.pofile(str(path)).save_as_mofile(str(path.with_suffix(".mo")))


def settle(catalogue: polib.POFile, *, is_english: bool) -> None:
    """Drop guesses and what changes at every run; fill English with itself."""
    for field in ("POT-Creation-Date", "PO-Revision-Date", "Report-Msgid-Bugs-To"):
        catalogue.metadata.pop(field, None)
    catalogue.metadata_is_fuzzy = False
    catalogue.header = "Guanjia"
    catalogue.metadata["Project-Id-Version"] = "guanjia"
    catalogue.metadata["Last-Translator"] = catalogue.metadata["Language-Team"] = ""
    catalogue.metadata["Language"] = "en" if is_english else "zh_Hans"
    catalogue.metadata["Plural-Forms"] = (
        "nplurals=2; plural=(n != 1);" if is_english else "nplurals=1; plural=0;"
    )
    for entry in catalogue:
        if entry.fuzzy:
            entry.flags.remove("fuzzy")
            entry.msgstr = ""
            entry.msgstr_plural = dict.fromkeys(entry.msgstr_plural, "")
        if not is_english:
            continue
        if entry.msgid_plural:
            entry.msgstr_plural = {0: entry.msgid, 1: entry.msgid_plural}
        else:
            entry.msgstr = entry.msgid


def catalogue_path(language: str) -> Path:
    """Return where the catalogue of a language lies."""
    root = Path(settings.LOCALE_PATHS[0])
    return root / language / "LC_MESSAGES" / "django.po"
