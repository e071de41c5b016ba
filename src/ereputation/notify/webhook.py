"""Alerts as JSON, posted to an address and signed, for programs of one's own."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping  # noqa: TC003 - pydantic reads the annotations
from typing import TYPE_CHECKING, Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr

from ereputation import words
from ereputation.errors import DeliveryError, FetchError, NotYet
from ereputation.notify.base import Channel
from ereputation.speech import _

if TYPE_CHECKING:
    from ereputation.fetch import Fetcher
    from ereputation.notify.base import Message


def _web_address(value: SecretStr) -> SecretStr:
    text = value.get_secret_value()
    try:
        parts = urlsplit(text)
        sound = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        sound = False
    if not sound or not text.isprintable() or " " in text:
        raise ValueError(_("expected a web address, such as https://hooks.example.org/alerts"))
    return value


class Webhook(Channel):
    """Alerts as JSON, posted to an address.

    With a ``secret``, ``X-Ereputation-Signature: sha256=<hex>`` is the HMAC-SHA256 of the body's bytes; the body holds
    the time it was sent at, so that an old one cannot be passed off as new.
    """

    kind: Literal["webhook"] = "webhook"
    url: Annotated[SecretStr, AfterValidator(_web_address)] = Field(
        description="The address alerts are posted to; a secret."
    )
    secret: SecretStr | None = Field(
        None, min_length=1, description="What the body is signed with; a secret."
    )
    headers: Mapping[str, str] = Field(
        default_factory=dict, repr=False, description="Further request headers (a token); never shown."
    )

    @property
    def host(self) -> str:
        """Where it leads: all of the address that is no secret."""
        return urlsplit(self.url.get_secret_value()).hostname or ""

    def derived_name(self) -> str:
        """``webhook hooks.example.org``."""
        return f"webhook {self.host}"

    def describe(self) -> str:
        """``hooks.example.org, signed``."""
        return (_("{host}, signed") if self.secret else _("{host}, not signed")).format(host=self.host)

    def signed(self, message: Message) -> dict[str, str]:
        """The headers of a message: an id that is the same when it is repeated, its time, and its signature."""
        headers = {
            **self.headers,
            "X-Ereputation-Delivery": message.id,
            "X-Ereputation-Timestamp": str(int(message.sent.timestamp())),
        }
        if self.secret:
            body = json.dumps(message.payload).encode()  # as ``Fetcher.post_json`` writes it
            digest = hmac.new(self.secret.get_secret_value().encode(), body, hashlib.sha256)
            headers["X-Ereputation-Signature"] = f"sha256={digest.hexdigest()}"
        return headers

    async def send(self, message: Message, fetcher: Fetcher) -> str:
        """Post the message; any 2xx means that it was taken."""
        try:
            await fetcher.post_json(
                self.url.get_secret_value(),
                message.payload,
                headers=self.signed(message),
                max_bytes=1_000_000,
            )
        except FetchError as error:
            refused = error.status >= 400
            raise DeliveryError(
                words.labelled(self.host, _sentence(error)), retry_at=error.retry_at, refused=refused
            ) from None
        return ""


def _sentence(error: FetchError) -> str:
    """Why it was not taken. Our own words: the fetcher's name the address, and a webhook's address is a secret."""
    known = {
        401: _("refuses us (401): check the token in `headers:` or in the address"),
        403: _("refuses us (403): check the token in `headers:` or in the address"),
        404: _("nothing is there (404): check the address"),
        410: _("gone for good (410): make a new webhook"),
        413: _("the message is too large for it (413)"),
        429: _("too many messages (429)"),
    }
    if error.status in known:
        return known[error.status]
    if error.status >= 500:
        return _("the server is in trouble ({status})").format(status=error.status)
    if error.status >= 400:
        return _("does not take the message ({status}): check the address").format(status=error.status)
    if error.__cause__ is not None:
        from ereputation.fetch.wording import connection_sentence

        return (
            _("no answer in time")
            if isinstance(error.__cause__, TimeoutError)
            else connection_sentence(error.__cause__)
        )
    if isinstance(error, NotYet):
        return _("cannot be asked now")
    return _("redirects elsewhere: give the address it leads to")
