"""Which addresses may be called, and that what is looked at is what is called."""

from __future__ import annotations

import socket

import pytest

from bot import outward


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.1.2.3", "192.168.0.9", "172.16.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1"),
        *("::1", "fe80::1", "fd00::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "2002:7f00:1::", "64:ff9b::a00:1", "ff02::1"),
    ],
)  # fmt: skip
def test_an_address_inside_is_known_however_it_is_written(address: str) -> None:
    """Private, of this machine, of a cloud's own data, and the same behind a prefix of IPv6."""
    assert not outward.is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "203.0.114.9", "2606:4700::1111", "64:ff9b::808:808"])
def test_an_address_of_the_internet_may_be_called(address: str) -> None:
    """The rule does not simply refuse everything."""
    assert outward.is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        *("ftp://example.org/", "file:///etc/passwd", "example.org/hook", "http:///hook", "https://user:word@example.org/"),
        *("https://example.org/#there", "https://example.org:0/", "https://example.org:99999/", "https://example.org/a b"),
        *("https://example.org/\r\nHost: other", "https://[::1/"),
    ],
)  # fmt: skip
def test_what_is_no_address_for_a_call_is_refused(url: str) -> None:
    """Another scheme, a password in it, a line of its own."""
    with pytest.raises(outward.NotAllowed):
        outward.looked_at(url)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "2130706433", "0x7f.1", "127.1"])
def test_a_call_to_this_machine_is_refused_before_anything_is_sent(host: str) -> None:
    """Also where the address is written as one number, which the system would take."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        listening.settimeout(0.2)
        port = listening.getsockname()[1]
        with pytest.raises(OSError, match=r"lies inside|not known|No address|service not known|resolution"):
            outward.post_guarded(f"http://{host}:{port}/", b"{}", {})
        with pytest.raises(TimeoutError):
            listening.accept()
