"""A feed that is a file of this machine: a mirror, an export, a test."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from ereputation import speech
from ereputation.errors import FetchError
from ereputation.fetch.answer import Response, Validators
from ereputation.speech import _


def read_file(url: str, validators: Validators, limit: int) -> Response:
    """The file at a ``file:`` URL, as a server would answer; unchanged size and time are a 304. Raises FetchError."""
    path = Path(url2pathname(urlsplit(url).path))
    try:
        if not path.is_file():
            raise FetchError(_("{url}: there is no such file: check the address").format(url=url))
        facts = path.stat()
        stored = Validators(etag=f"{facts.st_mtime_ns:x}-{facts.st_size:x}")
        if facts.st_size > limit:
            raise FetchError(
                _("{url}: larger than {limit:.3g} MB: refused").format(url=url, limit=limit / 1000000.0)
            )
        if validators.etag == stored.etag:
            return Response(status=304, url=url, headers={}, body=b"", not_modified=True, validators=stored)
        return Response(status=200, url=url, headers={}, body=path.read_bytes(), validators=stored)
    except OSError as error:
        raise FetchError(
            _("{url}: cannot be read ({reason})").format(url=url, reason=speech.reason(error))
        ) from error
