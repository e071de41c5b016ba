"""The login of a run: one session for each person, in memory only, refreshed when it runs out."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

from ereputation.errors import ContentError, FetchError, NotYet, SourceError
from ereputation.sources.api import items, load, text
from ereputation.speech import _

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import SecretStr

    from ereputation.fetch import Fetcher

PASSWORDS = "https://bsky.app/settings/app-passwords"


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """What a login gives; it is never stored or shown."""

    host: str
    """The PDS that the account lives on."""
    access: str = field(repr=False)
    refresh: str = field(repr=False)


@dataclass(slots=True, kw_only=True)
class Login:
    """One person on one server, logged in once for a run, whoever asks; a refused login is not tried again."""

    server: str
    identifier: str
    password: SecretStr
    _current: Session | None = None
    _refused: SourceError | None = None
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def session(self, fetcher: Fetcher, *, instead_of: Session | None = None) -> Session:
        """The session of this run; another one than ``instead_of``, which has run out."""
        async with self._lock:
            if self._refused:
                raise self._refused
            if self._current is None or self._current is instead_of:
                try:
                    self._current = await self._refreshed(fetcher) or await self._created(fetcher)
                except SourceError as error:
                    self._refused = error
                    raise
            return self._current

    async def _refreshed(self, fetcher: Fetcher) -> Session | None:
        """A new session for the old one; None when there is none, or when it cannot be refreshed any more."""
        if self._current is None:
            return None
        url = f"{self.server}/xrpc/com.atproto.server.refreshSession"
        headers = {"Authorization": f"Bearer {self._current.refresh}"}
        try:
            answer = await fetcher.post_form(url, {}, headers=headers)
        except NotYet:
            raise
        except FetchError:
            return None
        return self._opened(answer.body)

    async def _created(self, fetcher: Fetcher) -> Session:
        url = f"{self.server}/xrpc/com.atproto.server.createSession"
        wanted = {
            "identifier": self.identifier.strip().removeprefix("@"),
            "password": self.password.get_secret_value(),
        }
        try:
            answer = await fetcher.post_json(url, wanted)
        except NotYet:
            raise
        except FetchError as error:
            if error.status not in {400, 401}:
                raise
            raise FetchError(
                _(
                    "{server}: the login of {identifier} is refused: check `identifier:` and `app_password:` (a new one: {passwords})"
                ).format(server=self.server, identifier=self.identifier, passwords=PASSWORDS),
                status=error.status,
            ) from error
        return self._opened(answer.body)

    def _opened(self, body: bytes) -> Session:
        try:
            data = load(body)
        except ContentError:  # it may quote what was sent
            data = None
        access, refresh = text(data, "accessJwt"), text(data, "refreshJwt")
        if not access:
            raise ContentError(
                _("{server}: a login without a token: it will be tried again").format(server=self.server)
            )
        homes = [text(one, "serviceEndpoint") for one in items(data, "didDoc", "service") if _is_pds(one)]
        return Session(host=_trusted(homes, self.server), access=access, refresh=refresh)


def _is_pds(service: Mapping[str, Any]) -> bool:
    return text(service, "id").endswith("#atproto_pds")


def _trusted(homes: list[str], server: str) -> str:
    """The PDS that the login names; the server of the login itself when that is no place to send a token to."""
    for home in homes:
        try:
            parts = urlsplit(home)
            same = parts.hostname == urlsplit(server).hostname
        except ValueError:
            continue
        if parts.hostname and (parts.scheme == "https" or (same and parts.scheme == "http")):
            return home.rstrip("/")
    return server


_LOGINS: WeakKeyDictionary[Fetcher, dict[tuple[str, str, str], Login]] = WeakKeyDictionary()
"""Of each run (a fetcher lives as long as one): nothing of a login outlives it, nothing of it is stored."""


def login_of(fetcher: Fetcher, server: str, identifier: str, password: SecretStr) -> Login:
    """The one login of this run for this person."""
    made = Login(server=server, identifier=identifier, password=password)
    return _LOGINS.setdefault(fetcher, {}).setdefault((server, identifier, password.get_secret_value()), made)


def error_name(error: FetchError) -> str:
    """The name the server gives to an error; empty when it gives none."""
    try:
        return text(load(error.body), "error") if error.body else ""
    except ContentError:
        return ""
