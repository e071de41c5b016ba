"""The commented text of a first configuration, in French and in English."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ereputation.starting.entries import scalar
from ereputation.text import fold, one_line

if TYPE_CHECKING:
    from ereputation.speech import Language
    from ereputation.starting.entries import Entry

_EN = {
    "head": """\
# The configuration of ereputation: which names to watch, what to read, when to ring.
# Written by `ereputation init`; yours from here on. A line that starts with # is a comment, indent with spaces, and put
# quotes around a text that starts with @ # * & ! { or %. `ereputation check` tells every fault of this file.
""",
    "timezone": "of business hours, reports, and the day and week that count as usual",
    "language": "of screens and reports: fr or en",
    "database": "one SQLite file; a relative path starts from the folder of this file",
    "contact": "told to the servers you read: some of them refuse without",
    "no_contact": "# contact: you@example.org",
    "staffed": "when somebody watches; adapt it (24/7 works too)",
    "response_time": "how soon the brand promises to answer",
    "retention": "how long documents are kept",
    "brand": "finds its hashtags and handles too, whatever the case and the accents",
    "keywords": "other names of it; any of them finds the brand",
    "exclude": "for a name with other meanings: what is not meant",
    "excluded": '"job offer" OR "promo code"',
    "owned": "where the brand itself speaks: without it nobody sees its silence",
    "competitors": "what is said of them is not held against the brand",
    "domains": ".com .fr",
    "sources": "what to read: a bare URL is a feed. `ereputation sources add URL` adds more",
    "none": "none yet: `ereputation sources add https://www.example.org` finds the feeds of a site",
    "presets": "More places to look, without a key: take the # away",
    "alerts": "# The budget of false alarms for each brand; every threshold follows from it.",
    "notify": "# Where alerts go besides the screen; a secret comes from the environment: ${SMTP_PASSWORD}",
    "playbook": "# What to do, decided on a calm day and shown in the alert.",
    "advice": "Post a holding message now, then call the duty manager.",
}
_FR = {
    "head": """\
# La configuration d'ereputation : quels noms suivre, que lire, quand sonner.
# Écrite par `ereputation init`, désormais la vôtre. Une ligne qui commence par # est un commentaire ; décalez avec des
# espaces ; mettez entre guillemets un texte qui commence par @ # * & ! { ou %. `ereputation check` dit chaque faute.
""",
    "timezone": "des heures ouvrées, des rapports, du jour et de la semaine habituels",
    "language": "des écrans et des rapports : fr ou en",
    "database": "un seul fichier SQLite ; un chemin relatif part du dossier de ce fichier",
    "contact": "donné aux serveurs que vous lisez : certains refusent sans",
    "no_contact": "# contact: vous@example.org",
    "staffed": 'quand quelqu\'un veille ("lun-ven 9h-18h" et 24/7 conviennent aussi) ; à adapter',
    "response_time": "en combien de temps la marque promet de répondre",
    "retention": "combien de temps les documents sont gardés",
    "brand": "trouve aussi ses hashtags et ses comptes, avec ou sans accents ni majuscules",
    "keywords": "ses autres noms ; chacun d'eux trouve la marque",
    "exclude": "pour un nom qui a d'autres sens : ce qui n'est pas visé",
    "excluded": '"offre d\'emploi" OU "code promo"',
    "owned": "où la marque parle elle-même : sans cela, son silence ne se voit pas",
    "competitors": "ce qu'on dit d'eux n'est pas retenu contre la marque",
    "domains": ".fr .com",
    "sources": "ce qu'on lit : une adresse seule est un flux. `ereputation sources add URL` en ajoute",
    "none": "encore aucune : `ereputation sources add https://www.example.org` trouve les flux d'un site",
    "presets": "D'autres lieux, sans clé : ôtez le #",
    "alerts": "# Le budget de fausses alertes de chaque marque ; tous les seuils en découlent.",
    "notify": "# Où vont les alertes, hors l'écran ; un secret vient de l'environnement : ${SMTP_PASSWORD}",
    "playbook": "# Que faire : décidé un jour calme, montré dans l'alerte.",
    "advice": "Publier un message d'attente, puis appeler le responsable d'astreinte.",
}
_WORDS = {"en": _EN, "fr": _FR}
_WIDTH = 34
"""Where comments begin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Beginning:
    """What a first configuration says."""

    brands: tuple[str, ...]
    entries: tuple[Entry, ...]
    presets: bool
    """Search Google News for each brand."""
    timezone: str
    language: Language
    contact: str


def text(beginning: Beginning) -> str:
    """The commented YAML."""
    said = _WORDS[beginning.language]
    lines = [
        said["head"],
        _line(f"timezone: {beginning.timezone}", said["timezone"]),
        _line(f"language: {beginning.language}", said["language"]),
        _line("database: ereputation.db", said["database"]),
        _line(
            f"contact: {scalar(beginning.contact)}" if beginning.contact else said["no_contact"],
            said["contact"],
        ),
        _line("staffed: Mon-Fri 09:00-18:00", said["staffed"]),
        _line("response_time: 2h", said["response_time"]),
        _line("retention: 365d", said["retention"]),
        "\nbrands:",
        *(line for name in beginning.brands for line in _brand(name, said)),
        "\n" + _line("sources:", said["sources"]),
        *_sources(beginning, said),
        f"\n{said['alerts']}\nalerts: {{false_alarms: 1/month, min_mentions: 5}}",
        f"\n{said['notify']}",
        "# notify:",
        '#   - {kind: email, to: [you@example.org], host: smtp.example.org, user: you, password: "${SMTP_PASSWORD}"}',
        f"\n{said['playbook']}",
        "# playbook:",
        f'#   - {{when: {{kind: brand_silence}}, do: "{said["advice"]}"}}',
    ]
    return "\n".join(lines) + "\n"


def _line(start: str, comment: str) -> str:
    return f"{start:<{_WIDTH - 1}} # {comment}"


def squeezed(name: str) -> str:
    """A name as handles and domains write it: ``airfrance``; empty when nothing is left of it."""
    return re.sub(r"[^a-z0-9]", "", fold(name))


def _brand(name: str, said: dict[str, str]) -> list[str]:
    handle = squeezed(name) or "example"
    owned = ", ".join([*(f"{handle}{ending}" for ending in said["domains"].split()), f'"@{handle}"'])
    return [
        _line(f"  - name: {scalar(one_line(name))}", said["brand"]),
        _line(f'    # keywords: [{scalar(one_line(name))}, "@{handle}"]', said["keywords"]),
        _line("    # exclude: >-", said["exclude"]),
        f"    #   {said['excluded']}",
        _line(f"    # owned: [{owned}]", said["owned"]),
        _line("    # competitors: []", said["competitors"]),
    ]


def _sources(beginning: Beginning, said: dict[str, str]) -> list[str]:
    lines = [f"  - {entry.line()}" for entry in beginning.entries]
    names = [scalar(one_line(name)) for name in beginning.brands]
    if beginning.presets:
        lines += [f"  - {{kind: google-news, search: {name}, lang: {beginning.language}}}" for name in names]
    if not lines:
        lines.append(f"  # {said['none']}")
    lines.append(f"  # {said['presets']}")
    for name, plain in zip(names, beginning.brands, strict=True):
        lines.append(f"  # - {{kind: bing-news, search: {name}, lang: {beginning.language}}}")
        lines.append(f"  # - {{kind: reddit, search: {name}}}")
        if tag := squeezed(plain):
            lines.append(f"  # - {{kind: mastodon, server: mastodon.social, hashtag: {scalar(tag)}}}")
    return lines
