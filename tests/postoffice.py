"""A mail server on loopback, for tests: takes messages, refuses what it is told to refuse.

with PostOffice() as office:
    ... send through 127.0.0.1:office.port ...
    assert [mail["Subject"] for mail in office.mails] == [...]
"""

from __future__ import annotations

import socket
from email import message_from_bytes
from email.policy import default
from typing import TYPE_CHECKING, Any, Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

if TYPE_CHECKING:
    from collections.abc import Callable
    from email.message import EmailMessage


class PostOffice:
    """Starts on enter, stops on exit; each on a port of its own. ``before``: called as soon as a message has come."""

    def __init__(
        self,
        *,
        logins: dict[str, str] | None = None,
        refuses: dict[str, str] | None = None,
        says: str = "250 taken",
        before: Callable[[], None] | None = None,
        **options: Any,
    ) -> None:
        self.mails: list[EmailMessage] = []
        self.envelopes: list[tuple[str, tuple[str, ...]]] = []
        self.says = says
        self._refuses = refuses or {}
        self._before = before
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        if logins is not None:
            options |= {"authenticator": _checker(logins), "auth_required": True, "auth_require_tls": False}
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port, **options)

    def __enter__(self) -> Self:
        self._controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._controller.stop()

    async def handle_RCPT(self, _server, _session, envelope, address, _options):  # noqa: N802 - aiosmtpd's name
        if address in self._refuses:
            return self._refuses[address]
        envelope.rcpt_tos.append(address)
        return "250 ok"

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802 - aiosmtpd's name
        if self._before:
            self._before()
        if self.says.startswith("250"):
            self.mails.append(message_from_bytes(envelope.content, policy=default))
            self.envelopes.append((envelope.mail_from, tuple(envelope.rcpt_tos)))
        return self.says

    @property
    def subjects(self) -> list[str]:
        return [str(mail["Subject"]) for mail in self.mails]

    def text(self, number: int = -1) -> str:
        return self.mails[number].get_body(("plain",)).get_content().replace("\r\n", "\n")

    def html(self, number: int = -1) -> str:
        return self.mails[number].get_body(("html",)).get_content().replace("\r\n", "\n")


def _checker(logins: dict[str, str]):
    def check(server, session, envelope, mechanism, data):
        name, password = data.login.decode(), data.password.decode()
        return AuthResult(success=logins.get(name) == password, handled=False)

    return check
