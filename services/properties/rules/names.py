"""Names as they sort and as they are typed: pinyin and its initials."""

import re

from pypinyin import lazy_pinyin
from pypinyin.constants import PHRASES_DICT

from kernel.tabular.text import tidy

# Characters that are read in another way when they are a surname: alone (单 dān, 曾 céng, 仇 chóu)
# or before certain others (任 in 任意, 华 in 华山). Compound surnames the dictionary knows.
_SURNAMES = {
    "单": "shan",
    "曾": "zeng",
    "仇": "qiu",
    "解": "xie",
    "查": "zha",
    "区": "ou",
    "朴": "piao",
    "盖": "ge",
    "乐": "yue",
    "员": "yun",
    "覃": "qin",
    "洗": "xian",
    "缪": "miao",
    "翟": "zhai",
    "召": "shao",
    "黑": "he",
    "秘": "bi",
    "折": "she",
    "种": "chong",
    "重": "chong",
    "祭": "zhai",
    "繁": "po",
    "隗": "wei",
    "都": "du",
    "牟": "mu",
    "能": "nai",
    "藏": "zang",
    "佴": "nai",
    "郇": "xun",
    "适": "kuo",
    "任": "ren",
    "华": "hua",
    "宁": "ning",
    "盛": "sheng",
    "纪": "ji",
    "那": "na",
    "宿": "su",
    "相": "xiang",
    "燕": "yan",
    "应": "ying",
    "车": "che",
    "过": "guo",
    "朝": "chao",
    "干": "gan",
}
_PERSON = re.compile(r"[\u4e00-\u9fff]{2,4}")
_HAN = re.compile(r"[\u4e00-\u9fff]{1,4}")
_READINGS: dict[str, str] = {}  # of single characters, filled as they are met
_APART = re.compile(r"[^0-9a-z\u3400-\U0003ffff]+")


def name_key(name: str) -> str:
    """Return what puts names in the order of pinyin, syllable by syllable: ``chen zhi yuan``."""
    return " ".join(_syllables(name))


def initials(name: str) -> str:
    """Return the first letters of a name's syllables, ``czy``: what is typed at the counter.

    Characters without a reading are left out.
    """
    return initials_of_key(name_key(name))


def initials_of_key(key: str) -> str:
    """Return what :func:`initials` does, of a name whose key is worked out already."""
    return "".join(syllable[0] for syllable in key.split() if syllable.isascii())


def _syllables(name: str) -> list[str]:
    text = tidy(name)
    # Longer names are companies', and 解放 begins with no surname.
    surname = _SURNAMES.get(text[:1]) if _PERSON.fullmatch(text) else None
    read = [surname, *_read(text[1:])] if surname else _read(text)
    return [part for part in _APART.split(" ".join(read).lower()) if part]


def _read(text: str) -> list[str]:
    """Return the readings of ``text``, as ``lazy_pinyin`` gives them and eight times as fast.

    The dictionary's phrases decide how a character is read; most given names contain none.
    """
    if not _HAN.fullmatch(text) or _has_phrase(text):
        return lazy_pinyin(text)
    readings = []
    for character in text:
        if character not in _READINGS:
            _READINGS[character] = lazy_pinyin(character)[0]
        readings.append(_READINGS[character])
    return readings


def _has_phrase(text: str) -> bool:
    length = len(text)
    return any(
        text[start:end] in PHRASES_DICT
        for start in range(length - 1)
        for end in range(start + 2, length + 1)
    )
