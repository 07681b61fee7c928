"""Which addresses may be called: https ones of the open internet, so that nobody has this server call its own
neighbours. Checked when an address is saved, and again for the very machine that a message goes to."""

from __future__ import annotations

import ipaddress
import socket
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

# Networks in which an address of another kind is wrapped, as the open internet's as they look.
_WRAPPING = tuple(map(ipaddress.ip_network, ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")))
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class AddressRefused(Exception):
    """The address may not be called; the text says why."""


def parsed(url: str) -> SplitResult:
    """The parts of an address that may be called as it is written. Raises AddressRefused."""
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError:
        raise AddressRefused(_("This is no address.")) from None
    if not host:
        raise AddressRefused(_("This is no address."))
    if parts.scheme != "https" and not (parts.scheme == "http" and _is_own_machine(host)):
        raise AddressRefused(_("Use an address that begins with https://."))
    if parts.username or parts.password:
        raise AddressRefused(_("Leave the name and password out; the messages are signed."))
    if parts.fragment:
        raise AddressRefused(_("Leave out what comes after #."))
    return parts


def machines_of(parts: SplitResult) -> list[str]:
    """The numeric addresses of the host, all of which may be called. Raises AddressRefused, also where one of
    several may not."""
    host = str(parts.hostname)
    try:
        found = socket.getaddrinfo(host, port_of(parts), type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise AddressRefused(_("Nobody knows the host %(host)s.") % {"host": host}) from None
    numeric = list(dict.fromkeys(str(each[4][0]) for each in found))
    for each in numeric:
        if not may_be_called(ipaddress.ip_address(each.partition("%")[0])):
            raise AddressRefused(
                _("%(host)s is a machine of a private network, which is not called.") % {"host": host}
            )
    return numeric


def port_of(parts: SplitResult) -> int:
    return parts.port or (443 if parts.scheme == "https" else 80)


def may_be_called(address: Address) -> bool:
    """Whether it is of the open internet; on a developer's machine, that machine too."""
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    if settings.DEBUG and address.is_loopback:
        return True
    if any(address in network for network in _WRAPPING if network.version == address.version):
        return False
    return address.is_global and not address.is_multicast


def _is_own_machine(host: str) -> bool:
    return settings.DEBUG and host in ("localhost", "127.0.0.1", "::1")
