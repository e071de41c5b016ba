"""Alerts through any service the Apprise library knows: chats, phones, SMS gateways. It is an extra of its own."""

from __future__ import annotations

import logging
import re
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr

from ereputation import words
from ereputation.errors import DeliveryError
from ereputation.notify.base import Channel, away
from ereputation.speech import N_, _

if TYPE_CHECKING:
    from ereputation.fetch import Fetcher
    from ereputation.model import Severity
    from ereputation.notify.base import Message

MISSING = N_("the apprise package is not installed: pip install 'ereputation[notify]'")
_TYPES: dict[Severity, str] = {"info": "info", "warning": "warning", "critical": "failure"}
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]{0,30})://", re.IGNORECASE)
_STATUS = re.compile(r"\berror=(\d{3})\b")
_LONG = 1_500
"""Characters from which a message is no longer one for a chat."""


class Apprise(Channel):
    """Alerts through any service Apprise knows (Slack, Teams, Telegram...)."""

    kind: Literal["apprise"] = "apprise"
    url: SecretStr = Field(min_length=1, description="The Apprise URL of the service; a secret.")

    @property
    def service(self) -> str:
        """The name of the service: all of the URL that is no secret."""
        text = self.url.get_secret_value()
        found = _SCHEME.match(text)
        if found is None:
            return "unknown"
        if found[1].lower() not in {"http", "https"}:
            return found[1].lower()
        try:
            return urlsplit(text).hostname or "unknown"
        except ValueError:
            return "unknown"

    def derived_name(self) -> str:
        """``apprise slack``."""
        return f"apprise {self.service}"

    def describe(self) -> str:
        """``slack, through Apprise``."""
        return _("{service}, through Apprise").format(service=self.service)

    def trouble(self) -> str:
        """The library is missing, or does not understand the URL."""
        if find_spec("apprise") is None:
            return _(MISSING)
        return "" if self._services() else self._not_understood()

    async def send(self, message: Message, fetcher: Fetcher) -> str:  # noqa: ARG002 - Apprise has its own way out
        """Hand the message to the service."""
        if find_spec("apprise") is None:
            raise DeliveryError(_(MISSING))
        await away(lambda: self._deliver(message))
        return ""

    def _not_understood(self) -> str:
        return _("Apprise does not understand this URL: see https://appriseit.com/services")

    def _services(self) -> list[Any]:
        """What Apprise makes of the URL; nothing when it does not understand it."""
        import apprise

        # What it logs may quote the URL; without a handler of its own, Python would print it on standard error.
        logger = logging.getLogger("apprise")
        if not any(isinstance(handler, logging.NullHandler) for handler in logger.handlers):
            logger.addHandler(logging.NullHandler())
        logger.propagate = False
        target = apprise.Apprise()
        target.add(self.url.get_secret_value())
        if "overflow=" not in self.url.get_secret_value():
            for service in target:
                service.overflow_mode = (
                    apprise.OverflowMode.SPLIT
                )  # else a chat refuses what is too long for it
        return list(target)

    def _deliver(self, message: Message) -> None:
        heard = _Listener()
        logger = logging.getLogger("apprise")
        logger.addHandler(heard)
        try:
            services = self._services()
            taken = [self._post(service, message) for service in services]
        except Exception as error:  # noqa: BLE001 - a hundred plugins, and none may end a scan
            raise DeliveryError(
                _("{service}: failed ({name})").format(service=self.service, name=type(error).__name__)
            ) from None
        finally:
            logger.removeHandler(heard)
        if not services:
            raise DeliveryError(words.labelled(self.service, self._not_understood()))
        if not all(taken):
            status = f" (HTTP {heard.status})" if heard.status else ""
            raise DeliveryError(
                _(
                    "{service}: did not take the message{status}: check the URL and that the service is up"
                ).format(service=self.service, status=status)
            )

    def _post(self, service: Any, message: Message) -> bool:
        room = min(service.body_maxlen, _LONG)
        body = message.text if len(message.text) <= room else message.brief
        return bool(
            service.notify(
                body=body, title=message.subject, notify_type=_TYPES[message.severity], body_format="text"
            )
        )


class _Listener(logging.Handler):
    """Hears the status of a refusal, and nothing else: a log line may quote the URL."""

    status = ""

    def emit(self, record: logging.LogRecord) -> None:
        if found := _STATUS.search(record.getMessage()):
            self.status = found[1]
