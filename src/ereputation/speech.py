"""The language people are spoken to: English in the source, French from a gettext catalogue.

``_("...")`` marks a sentence for translation and says it in the language of the moment, so it is called where a text is
shown, never at import; a table of texts that is made at import marks them with ``N_("...")`` and says them with ``_``
later. Values go in afterwards: ``_("{count} read").format(count=3)``. ``locale/README`` says how the catalogue is made.
"""

from __future__ import annotations

import gettext
import os
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

Language: TypeAlias = Literal["en", "fr"]
LANGUAGES: tuple[Language, ...] = ("en", "fr")

_DOMAIN = "ereputation"
_FOLDER = Path(__file__).parent / "locale"


def _named(text: str) -> Language:
    return "fr" if text.lower().startswith("fr") else "en"


def of_locale(environ: Mapping[str, str]) -> Language:
    """French where the locale is, else English."""
    return _named(environ.get("LC_ALL") or environ.get("LC_MESSAGES") or environ.get("LANG") or "")


def wanted(environ: Mapping[str, str], configured: Language | None = None) -> Language:
    """``$EREPUTATION_LANGUAGE``, else the configuration's, else that of the locale."""
    if named := environ.get("EREPUTATION_LANGUAGE"):
        return _named(named)
    return configured or of_locale(environ)


class _Speaker:
    """The language in use, with its catalogue; until somebody chooses, that of the locale."""

    def __init__(self) -> None:
        self._language: Language | None = None
        self._catalogue: gettext.NullTranslations | None = None

    def use(self, language: Language | None) -> None:
        self._language, self._catalogue = language, None

    @property
    def language(self) -> Language:
        if self._language is None:
            self._language = of_locale(os.environ)
        return self._language

    @property
    def catalogue(self) -> gettext.NullTranslations:
        if self._catalogue is None:
            self._catalogue = (
                gettext.NullTranslations()
                if self.language == "en"
                else gettext.translation(_DOMAIN, _FOLDER, [self.language], fallback=True)
            )
        return self._catalogue


_speaker = _Speaker()


def use(language: str | None) -> None:
    """Speak this language from now on; None: that of the locale."""
    if language is not None and language not in LANGUAGES:
        raise ValueError(f"expected one of {', '.join(LANGUAGES)}, not {language!r}")
    _speaker.use(language)


def language() -> Language:
    """The language in use."""
    return _speaker.language


def _(text: str) -> str:
    """The text in the language in use."""
    return _speaker.catalogue.gettext(text)


def N_(text: str) -> str:  # noqa: N802 - as gettext's users have called it for decades
    """The text as it is: marks for translation what a later ``_`` says."""
    return text


def NP_(context: str, text: str) -> tuple[str, str]:  # noqa: N802
    """As ``N_``, for what a later ``p_(*...)`` says."""
    return context, text


def reason(error: OSError) -> str:
    """Why the system refused, in lower case: for the middle of a sentence."""
    said = _(error.strerror) if error.strerror else str(error)
    return said[:1].lower() + said[1:]


_SYSTEM = (
    N_("File exists"),
    N_("Is a directory"),
    N_("No such file or directory"),
    N_("No space left on device"),
    N_("Not a directory"),
    N_("Permission denied"),
    N_("Read-only file system"),
    N_("Too many open files"),
)
"""What the system says most; the rest stays in English."""


def n_(one: str, many: str, count: float) -> str:
    """The form of the text that goes with a number; in French 0 and 1.5 are singular."""
    number = (
        count
        if isinstance(count, int)
        else int(abs(count))
        if _speaker.language == "fr"
        else 1
        if count == 1
        else 2
    )
    return _speaker.catalogue.ngettext(one, many, number)


def p_(context: str, text: str) -> str:
    """As ``_``, for a word that needs its context to be translated ("new" alert, "new" source)."""
    return _speaker.catalogue.pgettext(context, text)
