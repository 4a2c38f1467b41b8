import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel import sealing
from kernel.sealing import NotOpened

ABOUT = b"round:7"


@given(st.binary(max_size=20_000))
def test_what_was_sealed_opens_with_the_key_it_was_sealed_to(content: bytes) -> None:
    key = sealing.new_key_pair()

    sealed = sealing.seal(content, to=key.public, about=ABOUT)

    assert sealing.unseal(sealed, key=key, about=ABOUT) == content


def test_the_same_content_is_sealed_differently_each_time() -> None:
    key = sealing.new_key_pair()

    assert sealing.seal(b"28.90", to=key.public, about=ABOUT) != sealing.seal(
        b"28.90", to=key.public, about=ABOUT
    )


def test_another_key_opens_nothing() -> None:
    sealed = sealing.seal(b"28.90", to=sealing.new_key_pair().public, about=ABOUT)

    with pytest.raises(NotOpened):
        sealing.unseal(sealed, key=sealing.new_key_pair(), about=ABOUT)


def test_moved_to_another_round_it_does_not_open() -> None:
    key = sealing.new_key_pair()
    sealed = sealing.seal(b"28.90", to=key.public, about=ABOUT)

    with pytest.raises(NotOpened):
        sealing.unseal(sealed, key=key, about=b"round:8")


@given(st.data())
def test_one_altered_bit_is_noticed_wherever_it_lies(data: st.DataObject) -> None:
    key = sealing.new_key_pair()
    sealed = bytearray(sealing.seal(b"28.90", to=key.public, about=ABOUT))
    place = data.draw(st.integers(0, len(sealed) * 8 - 1))
    # The highest bit of an X25519 key is not read (RFC 7748, 5): it is bound by the derivation.
    sealed[place // 8] ^= 1 << place % 8

    with pytest.raises(NotOpened):
        sealing.unseal(bytes(sealed), key=key, about=ABOUT)


@pytest.mark.parametrize("sealed", [b"", b"\x01", b"\x02" * 80, b"\x01" + b"\0" * 80])
def test_what_was_never_sealed_is_refused(sealed: bytes) -> None:
    with pytest.raises(NotOpened):
        sealing.unseal(sealed, key=sealing.new_key_pair(), about=ABOUT)


def test_a_locked_key_opens_with_its_secret_alone() -> None:
    key = sealing.new_key_pair()

    locked = sealing.lock(key.private, secret="开标口令 2026")

    assert sealing.unlock(locked, secret="开标口令 2026") == key.private
    assert key.private not in locked
    with pytest.raises(NotOpened):
        sealing.unlock(locked, secret="开标口令 2027")


@pytest.mark.parametrize("place", [0, 1, 2, 20, 40])
def test_an_altered_lock_does_not_open(place: int) -> None:
    locked = bytearray(sealing.lock(b"k" * 32, secret="a"))
    locked[place] ^= 1

    with pytest.raises(NotOpened):
        sealing.unlock(bytes(locked), secret="a")


def test_a_wrapped_key_opens_with_its_token_alone() -> None:
    key = sealing.new_key_pair()

    wrapped = sealing.wrap(key.private, token="t1")

    assert sealing.unwrap(wrapped, token="t1") == key.private
    with pytest.raises(NotOpened):
        sealing.unwrap(wrapped, token="t2")
    with pytest.raises(NotOpened):
        sealing.unwrap(b"", token="t1")


@given(st.binary(min_size=32, max_size=32))
def test_two_shares_make_the_key_and_neither_is_it(private: bytes) -> None:
    first, second = sealing.cut(private)

    assert sealing.join(first, second) == private
    assert private not in {first, second}


def test_the_public_half_follows_from_the_private() -> None:
    key = sealing.new_key_pair()

    assert sealing.public_of(key.private) == key.public


@pytest.mark.parametrize(
    ("length", "padded"),
    [
        (0, 4096),
        (1, 4096),
        (4088, 4096),
        (4089, 8192),
        (40_000, 40_960),
        (100_000, 106_496),
        (1_000_000, 1_048_576),
    ],
)
def test_sizes_are_rounded_up_in_steps(length: int, padded: int) -> None:
    assert sealing.padded_size(length) == padded


@given(st.integers(0, 50_000_000))
def test_padding_holds_the_content_and_wastes_little(length: int) -> None:
    padded = sealing.padded_size(length)

    assert length + 8 <= padded < length + 8 + max(4096, (length + 8) / 8)


@given(st.binary(max_size=300), st.binary(max_size=300))
def test_contents_of_one_step_are_sealed_in_one_size(one: bytes, other: bytes) -> None:
    to = sealing.new_key_pair().public

    assert len(sealing.seal(one, to=to, about=ABOUT)) == len(
        sealing.seal(other, to=to, about=ABOUT)
    )


def test_a_receipt_tells_contents_apart() -> None:
    assert sealing.receipt_hash(b"a") != sealing.receipt_hash(b"b")
    assert len(sealing.receipt_hash(b"a")) == 64
