"""The catalogue of messages: what the sources say must be in it."""

import re

import polib
import pytest
from django.utils.functional import Promise
from django.utils.translation import override

from config.management.commands.messages import catalogue_path
from kernel.policies.catalogue import GROUPS


@pytest.fixture(scope="module")
def in_chinese() -> dict[tuple[str | None, str], str]:
    catalogue = polib.pofile(str(catalogue_path("zh_Hans")))
    return {(entry.msgctxt, entry.msgid): entry.msgstr for entry in catalogue}


def english(text: str | Promise) -> str:
    with override("en"):
        return str(text)


def test_words_with_a_context_are_extracted(
    in_chinese: dict[tuple[str | None, str], str],
) -> None:
    """``_p`` of ``kernel.text`` is no keyword that makemessages knows by itself."""
    wanted = [("settings", english(group.name)) for group in GROUPS]
    wanted += [("setting", english(setting.name)) for group in GROUPS for setting in group.settings]

    assert [key for key in wanted if not in_chinese.get(key)] == []


# A half-width mark beside a Chinese character or closing mark. A pattern of a header is code.
HALF_WIDTH = re.compile(r"[\u4e00-\u9fff”》）、。][,;:?!](?!//)|[,;:?!][\u4e00-\u9fff“《（]")


def test_chinese_sentences_have_chinese_punctuation() -> None:
    catalogue = polib.pofile(str(catalogue_path("zh_Hans")))
    texts = [text for entry in catalogue for text in (entry.msgstr, *entry.msgstr_plural.values())]

    assert [text for text in texts if HALF_WIDTH.search(text) and "v1=" not in text] == []
