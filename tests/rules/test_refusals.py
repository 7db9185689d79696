"""Which refusals are for want of a right, and so stand on the audit trail; a sealed thing is an envelope."""

from __future__ import annotations

import hashlib
import secrets

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bot.delivery.refusals import for_want_of_right
from bot.kit.seal import BrokenSeal, Seal

SECRET = "a secret that is long enough for a test"


@pytest.mark.parametrize(
    ("key", "is_one"),
    [
        ("hazards.t_not_yours", True),
        ("duties.only_leaders", True),
        ("onboarding.not_allowed", True),
        ("library.t_not_your_bank", True),
        ("library.not_a_trainer", True),
        ("delivery.not_yours_to_second", True),
        ("duties.changed_meanwhile", False),
        ("hazards.t_own_fix", False),
        ("onboarding.not_your_own_admin", False),
        ("incidents.only_in_private", False),
        ("delivery.stale", False),
    ],
)
def test_a_refusal_because_of_who_asks_is_told_from_one_because_of_when(key: str, is_one: bool) -> None:
    """By the name of its text."""
    assert for_want_of_right(key) is is_one


def test_each_envelope_has_a_key_of_its_own_that_only_the_secret_opens() -> None:
    """The same words look different each time and have one length; another secret, or a changed byte, opens nothing."""
    seal = Seal(SECRET)
    one, other = seal.close("918273645"), seal.close("7")
    assert len(one) == len(other) == 125
    assert seal.close("7") != other
    assert (seal.open(one), seal.open(other)) == ("918273645", "7")
    for broken in (one[:-1] + bytes([one[-1] ^ 1]), one[:40], one[:5] + other[5:65] + one[65:], b""):
        with pytest.raises(BrokenSeal):
            seal.open(broken)
    with pytest.raises(BrokenSeal):
        Seal("another secret that is long enough, too").open(one)


def test_what_an_older_program_sealed_still_opens() -> None:
    """It was locked with the installation's key itself."""
    box, nonce = AESGCM(hashlib.sha256(b"davy box" + SECRET.encode()).digest()), secrets.token_bytes(12)
    assert Seal(SECRET).open(nonce + box.encrypt(nonce, b"918273645".ljust(32), None)) == "918273645"
