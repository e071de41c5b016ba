"""Thousands of realistic feeds on loopback, the same for every client: RSS and Atom, ETag, gzip, latency.

Run: python benchmarks/farm.py --feeds 1000 [--entries 30] [--latency 100] [--port 0]. It prints its port, then serves
``http://127.0.0.H:PORT/f/N``, one address of 127.0.0.0/8 for every few feeds. ``GET /tick`` publishes two more entries
in every feed; ``GET /validators?on=0`` answers in full from then on, as servers do that know no 304.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import hashlib
import html
import random
import signal
import sys
from dataclasses import dataclass, field
from email.utils import formatdate

NEW = 2
"""Entries a tick brings to every feed."""
HOSTS = 250
START = 1_760_000_000
FRENCH = """le la les un une des de du et à en pour dans sur avec par plus que qui est sont ont pas au aux ce cette ses
après selon entre contre sans groupe entreprise marché clients service produit qualité prix hausse baisse ventes résultats
trimestre année millions emploi salariés direction président ministre gouvernement réforme énergie climat transition
véhicule usine production fermeture ouverture magasin livraison retard commande remboursement arnaque scandale fraude
enquête justice procès amende données fuite cyberattaque sécurité panne réseau application investissement rachat fusion
actionnaires bourse titre analyste croissance inflation consommateurs plainte avis satisfaction excellent décevant médiocre
catastrophique honteux rapide efficace lent fiable dangereux rappel défectueux santé hôpital étude chercheurs université
région ville mairie logement transport train avion aéroport grève syndicat manifestation accord négociation européen
annonce lance dévoile confirme dément suspend relance accuse défend critique salue dénonce promet renonce""".split()  # noqa: SIM905 - words read best as text
ENGLISH = """the a an of in to for on with by from at as is are was were be has had not more than that this its their after
over against without group company market customers service product quality price rise fall sales results quarter year
million jobs workers management chief minister government reform energy power climate transition vehicle plant production
closure opening store delivery delay order refund scam scandal fraud probe court ruling fine data leak cyberattack outage
network app funding takeover merger shareholders stock analyst forecast growth inflation complaint review great terrible
awful amazing disappointing broken fast reliable slow unsafe recall defective health hospital study researchers university
region city council housing transport rail flight airport strike union protest deal talks announces launches unveils
confirms denies suspends accuses defends slams praises warns pledges drops considers boosts says""".split()  # noqa: SIM905 - words read best as text
BRANDS = """Air France|Orange|SFR|Carrefour|Auchan|Danone|Nestlé|L'Oréal|Renault|Peugeot|Michelin|Airbus|EDF|Engie|Sanofi
|Decathlon|Darty|Fnac|SNCF|RATP|Ryanair|Lidl|Ikea|Tesla|Apple|Samsung|Netflix|Uber|Vinted|Shein""".replace(
    "\n", ""
).split("|")
"""One entry in seven names one of these."""


def is_atom(number: int) -> bool:
    """Of four feeds three are RSS; JSON Feed is left out, because half of the other programs do not read it."""
    return number % 4 == 3


@dataclass(frozen=True, kw_only=True)
class Entry:
    key: str
    link: str
    title: str
    html: str
    at: int
    author: str


class Texts:
    """Openings and bodies, drawn once; an entry picks and personalises them."""

    def __init__(self) -> None:
        chance = random.Random(1)
        self.pools = [[self._text(chance, words) for _ in range(2_000)] for words in (FRENCH, ENGLISH)]

    def _text(self, chance: random.Random, words: list[str]) -> tuple[str, str]:
        def some(count: int) -> list[str]:
            return [words[int(len(words) * chance.random() ** 2.2)] for _ in range(count)]

        title = " ".join(some(chance.randint(6, 13)))
        length = chance.choices((70, 180, 750), (0.6, 0.28, 0.12))[0]
        drawn = some(chance.randint(length // 2, length * 3 // 2))
        sentences = [" ".join(drawn[n : n + 14]).capitalize() + "." for n in range(0, len(drawn), 14)]
        kind = chance.random()
        if kind < 0.45:
            return title, " ".join(sentences)
        if kind < 0.88:
            return title, (
                f"<p>{' '.join(sentences)}</p><p><a href='https://example.org/?utm_source=rss&amp;id="
                f"{chance.randint(1, 10**6)}'>Lire la suite</a> <img src='/i/{chance.randint(1, 9999)}.jpg' alt=''/></p>"
            )
        return title, "".join(
            f"<p>{one} <strong>{some(1)[0]}</strong> <em>{some(1)[0]}</em></p>" for one in sentences
        )

    def entry(self, feed: int, number: int) -> Entry:
        """Entry ``number`` of a feed, always the same."""
        chance = random.Random(feed << 20 | number)
        title, body = self.pools[feed % 10 >= 6][chance.randrange(2_000)]
        if chance.random() < 1 / 7:
            title = f"{chance.choice(BRANDS)} : {title}"
        return Entry(
            key=f"tag:site{feed}.example,2025:{number}",
            link=f"https://www.site{feed}.example/news/{number}-{'-'.join(title.lower().split()[:4])}.html",
            title=f"{title.capitalize()} ({chance.randint(1, 99999)})",
            html=body,
            at=START + number * 1_800 - feed % 1_800,
            author=chance.choice(("Camille Martin", "James Smith", "AFP", "Rédaction")),
        )


def _iso(seconds: int) -> str:
    from datetime import UTC, datetime

    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def render(feed: int, entries: list[Entry]) -> tuple[str, str]:
    """The document and its type."""
    lang = "en" if feed % 10 >= 6 else "fr"
    site = f"https://www.site{feed}.example/"
    esc = html.escape
    if is_atom(feed):
        body = "\n".join(
            f'<entry><title>{esc(e.title)}</title><id>{e.key}</id><link href="{esc(e.link)}"/>'
            f"<published>{_iso(e.at)}</published><updated>{_iso(e.at)}</updated>"
            f'<author><name>{e.author}</name></author><summary type="html">{esc(e.html)}</summary></entry>'
            for e in entries
        )
        return (
            f'<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{lang}">'
            f'<title>Site {feed}</title><id>{site}</id><link href="{site}"/><updated>{_iso(entries[0].at)}</updated>\n'
            f"{body}\n</feed>\n"
        ), "application/atom+xml"
    body = "\n".join(
        f'<item><title>{esc(e.title)}</title><link>{esc(e.link)}</link><guid isPermaLink="false">{e.key}</guid>'
        f"<pubDate>{formatdate(e.at, usegmt=True)}</pubDate><dc:creator>{e.author}</dc:creator>"
        f"<category>{e.title.split()[0]}</category><description>{esc(e.html)}</description>"
        f'<media:content url="{site}img/{e.at}.jpg" medium="image"/></item>'
        for e in entries
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        f'xmlns:media="http://search.yahoo.com/mrss/">\n<channel><title>Site {feed}</title><link>{site}</link>'
        f"<description>Site {feed}</description><language>{lang}</language>"
        f"<lastBuildDate>{formatdate(entries[0].at, usegmt=True)}</lastBuildDate>\n{body}\n</channel></rss>\n"
    ), "application/rss+xml"


@dataclass(slots=True)
class Farm:
    feeds: int
    entries: int
    latency: float
    """Seconds before each answer."""
    tick: int = 0
    validators: bool = True
    requests: int = 0
    _texts: Texts = field(default_factory=Texts)
    _kept: dict[tuple[int, int], tuple[bytes, str, str]] = field(default_factory=dict)

    def document(self, feed: int) -> tuple[bytes, str, str]:
        """Compressed, its type, its ETag."""
        if found := self._kept.get((feed, self.tick)):
            return found
        newest = 1_000 + NEW * self.tick
        text, kind = render(
            feed, [self._texts.entry(feed, n) for n in range(newest, newest - self.entries, -1)]
        )
        body = text.encode()
        found = gzip.compress(body, 5, mtime=0), kind, f'"{hashlib.blake2b(body, digest_size=8).hexdigest()}"'
        self._kept[feed, self.tick] = found
        return found

    def answer(self, path: str, headers: dict[str, str]) -> bytes:
        what, _, rest = path.lstrip("/").partition("/")
        if what.startswith("tick"):
            self.tick += 1
            for feed in range(self.feeds):
                self.document(feed)
            return _http(200, b"ok", "text/plain")
        if what.startswith("validators"):
            self.validators = path.endswith("1")
            return _http(200, b"ok", "text/plain")
        if what != "f" or not rest.isdigit() or int(rest) >= self.feeds:
            return _http(404, b"", "text/plain")
        self.requests += 1
        body, kind, etag = self.document(int(rest))
        stated = f"ETag: {etag}\r\n" if self.validators else ""
        if self.validators and headers.get("if-none-match", "") == etag:
            return _http(304, b"", kind, stated)
        if "gzip" in headers.get("accept-encoding", ""):
            return _http(200, body, kind, stated + "Content-Encoding: gzip\r\n")
        return _http(200, gzip.decompress(body), kind, stated)


def _http(status: int, body: bytes, kind: str, more: str = "") -> bytes:
    length = (
        "" if status == 304 else f"Content-Type: {kind}; charset=utf-8\r\nContent-Length: {len(body)}\r\n"
    )
    return f"HTTP/1.1 {status} -\r\n{length}{more}\r\n".encode() + body


class _Connection(asyncio.Protocol):
    def __init__(self, farm: Farm) -> None:
        self._farm = farm
        self._waiting = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._waiting += data
        while (end := self._waiting.find(b"\r\n\r\n")) >= 0:
            request, *lines = self._waiting[:end].decode("latin-1").split("\r\n")
            self._waiting = self._waiting[end + 4 :]
            headers = {k.lower(): v.strip() for k, _, v in (line.partition(":") for line in lines)}
            answer = self._farm.answer(request.split(" ")[1], headers)
            asyncio.get_running_loop().call_later(self._farm.latency, self._send, answer, headers)

    def _send(self, answer: bytes, headers: dict[str, str]) -> None:
        if not self._transport.is_closing():
            self._transport.write(answer)
            if headers.get("connection", "").lower() == "close":
                self._transport.close()


async def serve(farm: Farm, port: int) -> None:
    loop = asyncio.get_running_loop()
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    first = await loop.create_server(lambda: _Connection(farm), "127.0.0.1", port, backlog=1024)
    port = first.sockets[0].getsockname()[1]
    others = [f"127.0.0.{n}" for n in range(2, HOSTS + 1)]
    second = await loop.create_server(lambda: _Connection(farm), others, port, backlog=1024)
    for feed in range(farm.feeds):
        farm.document(feed)
    print(port, flush=True)
    await stopped.wait()
    first.close()
    second.close()


def url(port: int, feed: int) -> str:
    """Where a feed is: neighbours live on different hosts."""
    return f"http://127.0.0.{feed % HOSTS + 1}:{port}/f/{feed}"


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--feeds", type=int, default=1_000)
    options.add_argument("--entries", type=int, default=30)
    options.add_argument("--latency", type=float, default=0, help="milliseconds before each answer")
    options.add_argument("--port", type=int, default=0)
    given = options.parse_args()
    asyncio.run(serve(Farm(given.feeds, given.entries, given.latency / 1_000), given.port))


if __name__ == "__main__":
    sys.exit(main())
