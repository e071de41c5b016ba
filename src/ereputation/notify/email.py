"""Alerts by e-mail: SMTP (RFC 5321) with TLS, a plain part and an HTML part."""

from __future__ import annotations

import ipaddress
import smtplib
import ssl
from contextlib import suppress
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr
from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias

from pydantic import AfterValidator, Field, SecretStr, model_validator

from ereputation import words
from ereputation.errors import DeliveryError
from ereputation.fetch.wording import connection_sentence
from ereputation.notify.base import Address, Channel, away, is_address
from ereputation.speech import _
from ereputation.text import snippet

if TYPE_CHECKING:
    from ereputation.fetch import Fetcher
    from ereputation.notify.base import Message

Tls: TypeAlias = Literal["starttls", "tls", "none"]
_PORTS: dict[Tls, int] = {"none": 25, "starttls": 587, "tls": 465}
_PATIENCE = 20.0  # seconds for each step of the conversation
_LONGEST_REPLY = 200


def _host(value: str) -> str:
    host = value.strip()
    if not host or "/" in host or "@" in host or not host.isprintable() or " " in host:
        raise ValueError(_("expected the name of a mail server, such as smtp.example.org"))
    return host


def _distinct(addresses: tuple[str, ...]) -> tuple[str, ...]:
    seen: set[str] = set()
    for address in addresses:
        if address.casefold() in seen:
            raise ValueError(_('"{address}" is there twice: keep one').format(address=address))
        seen.add(address.casefold())
    return addresses


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.rstrip(".").lower() == "localhost"


class Email(Channel):
    """Alerts by e-mail."""

    kind: Literal["email"] = "email"
    to: Annotated[tuple[Address, ...], AfterValidator(_distinct)] = Field(
        min_length=1, description="Addresses alerts are sent to."
    )
    host: Annotated[str, AfterValidator(_host)] = Field(
        "localhost", description="The mail server that takes them; by default, this machine."
    )
    port: int | None = Field(
        None, ge=1, le=65_535, description="By default 587 (starttls), 465 (tls) or 25 (none)."
    )
    user: str = Field("", description="The name to log in with; no login when absent.")
    password: SecretStr | None = Field(None, description="The password to log in with; a secret.")
    tls: Tls | None = Field(
        None,
        description="starttls, tls (from the first byte) or none; by default, none on this machine only.",
    )
    sender: Address | None = Field(
        None, alias="from", description="The sender's address; by default the user's, else the first of `to`."
    )

    @model_validator(mode="after")
    def _no_password_in_the_clear(self) -> Email:
        if self.user and self.password is None:
            raise ValueError(_("user needs a password: add `password: ${NAME}` or `password_file: ...`"))
        if self.password is not None and not self.user:
            raise ValueError(_("password needs a user: add `user: ...`"))
        if self.user and self.security == "none" and not _is_here(self.host):
            raise ValueError(_("tls: none would send the password in the clear: use starttls or tls"))
        return self

    @property
    def security(self) -> Tls:
        """How the connection is protected."""
        return self.tls or ("none" if _is_here(self.host) else "starttls")

    @property
    def server(self) -> tuple[str, int]:
        """Where it connects to."""
        return self.host, self.port or _PORTS[self.security]

    def derived_name(self) -> str:
        """``email``: the people behind it may change without anything being told twice, or lost."""
        return "email"

    def describe(self) -> str:
        """``a@b.fr and 2 more, through smtp.example.org:587 (starttls)``."""
        host, port = self.server
        said = (
            _("{address} and {count} more, through {server} ({security})")
            if len(self.to) > 1
            else _("{address}, through {server} ({security})")
        )
        return said.format(
            address=self.to[0], count=len(self.to) - 1, server=f"{host}:{port}", security=self.security
        )

    def compose(self, message: Message) -> EmailMessage:
        """The message as it goes over the line (RFC 5322), its headers free of anything that is not text."""
        sender = self.sender or (self.user if is_address(self.user) else self.to[0])
        domain = sender.rpartition("@")[2]
        mail = EmailMessage(policy=SMTP)
        mail["Subject"] = message.subject
        mail["From"] = formataddr(("ereputation", sender)) if sender.isascii() else sender
        mail["To"] = ", ".join(self.to)
        mail["Date"] = format_datetime(message.sent)
        mail["Message-ID"] = f"<{message.id}@{domain}>"
        if message.threads:
            mail["References"] = " ".join(f"<{thread}@{domain}>" for thread in message.threads[:10])
        mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office replies
        mail["X-Auto-Response-Suppress"] = "All"
        if message.severity == "critical":
            mail["Importance"] = "high"
            mail["X-Priority"] = "1"
        mail.set_content(message.text, cte="quoted-printable")
        mail.add_alternative(message.html, subtype="html", cte="quoted-printable")
        return mail

    async def send(self, message: Message, fetcher: Fetcher) -> str:  # noqa: ARG002 - SMTP is not HTTP
        """Hand the message to the mail server; addresses it refused are named when it took others."""
        return await away(lambda: self._deliver(message))

    async def reach(self) -> str:
        """Connect, protect and log in, and say goodbye again."""

        def knock() -> str:
            try:
                self._talk(None)
            except (smtplib.SMTPException, OSError, ValueError) as error:
                return self._sentence(error)
            return ""

        return await away(knock)

    def _deliver(self, message: Message) -> str:
        try:
            refused = self._talk(self.compose(message))
        except (smtplib.SMTPException, OSError, ValueError) as error:
            final = isinstance(error, smtplib.SMTPResponseException | smtplib.SMTPRecipientsRefused)
            where = f"{self.server[0]}:{self.server[1]}"
            raise DeliveryError(words.labelled(where, self._sentence(error)), refused=final) from None
        if refused:
            return _("refused for {addresses}; the others have it").format(
                addresses=", ".join(sorted(refused))
            )
        return ""

    def _talk(self, mail: EmailMessage | None) -> list[str]:
        """One conversation, with or without a message; the addresses that were refused while others were accepted."""
        host, port = self.server
        if self.security == "tls":
            context = ssl.create_default_context()
            server: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=_PATIENCE, context=context)
        else:
            server = smtplib.SMTP(host, port, timeout=_PATIENCE)
        try:
            if self.security == "starttls":
                server.starttls(context=ssl.create_default_context())
            if self.user and self.password:
                server.login(self.user, self.password.get_secret_value())
            refused = list(server.send_message(mail)) if mail else []
            with suppress(
                smtplib.SMTPException, OSError
            ):  # it has the message: how it says goodbye is no matter
                server.quit()
            return refused
        finally:
            server.close()

    def _sentence(self, error: Exception) -> str:
        """Why the mail server did not take it, and what to do; never with the password."""
        if isinstance(error, smtplib.SMTPAuthenticationError):
            return _("refuses the user name or the password ({code}): check both").format(
                code=error.smtp_code
            )
        if isinstance(error, smtplib.SMTPRecipientsRefused):
            reasons = words.joined(
                words.labelled(to, _reply(*said)) for to, said in list(error.recipients.items())[:3]
            )
            return _("refuses every address: {reasons}").format(reasons=reasons)
        if isinstance(error, smtplib.SMTPResponseException):
            return _("refuses the message: {said}").format(said=_reply(error.smtp_code, error.smtp_error))
        if isinstance(error, smtplib.SMTPNotSupportedError):
            return self._not_supported(str(error))
        if isinstance(error, TimeoutError) or "timed out" in str(error):  # smtplib wraps some of them
            return _("no answer within {seconds} s: check the address and the port").format(
                seconds=f"{_PATIENCE:g}"
            )
        if isinstance(error, smtplib.SMTPServerDisconnected):
            return _("hung up: check the port, and that tls: {security} is what it speaks").format(
                security=self.security
            )
        if isinstance(error, UnicodeError):
            return _("the user name and the password can only hold ASCII characters")
        if isinstance(error, ssl.SSLError) and not isinstance(error, ssl.SSLCertVerificationError):
            return _(
                "no secure connection: check the port, and that tls: {security} is what it speaks"
            ).format(security=self.security)
        if isinstance(error, ConnectionRefusedError) and "host" not in self.model_fields_set:
            return _(
                "no mail server on this machine: add `host: smtp.example.org`, with `user:` and `password:`"
            )
        if isinstance(error, OSError):
            return connection_sentence(error).replace(_("; the site has to renew it"), "")
        return _("the message cannot be written for this server")

    def _not_supported(self, said: str) -> str:
        if "STARTTLS" in said:
            return _("does not offer STARTTLS: set tls: tls, or tls: none if the way there is safe")
        if "AUTH" in said:
            return _("takes no login: remove user and password, or use the port for sending")
        return _("takes no address with letters beyond ASCII")


def _reply(code: int, said: bytes | str) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return f"{snippet(text, _LONGEST_REPLY)} ({code})"
