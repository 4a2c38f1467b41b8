import base64

import pytest

from kernel.crypto import FieldCipher, NotReadable, cipher
from tenants.companies.models import Company


def test_values_open_again_and_never_look_the_same(tenant: Company) -> None:
    ours = cipher()

    first, second = ours.encrypt("99999919690901972X"), ours.encrypt("99999919690901972X")

    assert first != second
    assert ours.decrypt(first) == ours.decrypt(second) == "99999919690901972X"
    assert (ours.encrypt(""), ours.decrypt(""), ours.blind_index("")) == ("", "", "")


def test_another_company_opens_and_recognises_nothing() -> None:
    ours, theirs = FieldCipher("t_aaaaaaaaaa"), FieldCipher("t_bbbbbbbbbb")

    assert ours.blind_index("13812346027") != theirs.blind_index("13812346027")
    with pytest.raises(NotReadable):
        theirs.decrypt(ours.encrypt("13812346027"))


@pytest.mark.parametrize("position", [0, 1, 13, 20, -1])
def test_an_altered_value_does_not_open(position: int) -> None:
    ours = FieldCipher("t_aaaaaaaaaa")
    raw = bytearray(base64.urlsafe_b64decode(ours.encrypt("13812346027")))
    raw[position] ^= 1

    with pytest.raises(NotReadable):
        ours.decrypt(base64.urlsafe_b64encode(bytes(raw)).decode())


def test_files_are_sealed_as_values_are() -> None:
    ours, theirs = FieldCipher("t_aaaaaaaaaa"), FieldCipher("t_bbbbbbbbbb")
    content = b"PK\x03\x04\x00" + b"a workbook"  # fewer bytes may be in what is sealed by chance
    sealed = ours.seal(content)

    assert content not in sealed
    assert ours.open(sealed) == content
    with pytest.raises(NotReadable):
        theirs.open(sealed)
    with pytest.raises(NotReadable):
        ours.open(sealed[:-1])
    with pytest.raises(NotReadable):
        ours.open(b"")


@pytest.mark.parametrize("token", ["x", "not base64 at all", "AAAA", "é"])
def test_what_is_no_ciphertext_does_not_open(token: str) -> None:
    with pytest.raises(NotReadable):
        FieldCipher("t_aaaaaaaaaa").decrypt(token)
