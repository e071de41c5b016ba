"""A configuration, a database and a web receiver that can be told to fail: what telling is tested with."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from ereputation import config as configuration
from ereputation import telling
from ereputation.model import Document, Episode, Example, Match, Reading, Sentiment
from ereputation.store import Collected, Store
from loopback import Answer
from showcase import SPIKE

NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)  # a Tuesday, 13:00 in Paris
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


class Switchboard:
    """A configuration, a database and a web receiver that can be told to fail."""

    def __init__(self, folder, web):
        self.folder, self.web, self.database = folder, web, folder / "a.db"
        self.status, self.headers = 200, {}
        for path in ("/hook", "/chief", "/other"):
            web.serve(path, self._take)

    def _take(self, request):
        return Answer(status=self.status if request.path == "/hook" else 200, headers=self.headers)

    def configure(self, *channels):
        lines = "".join(f"  - {{{channel}}}\n" for channel in channels)
        path = self.folder / "c.yaml"
        path.write_text(
            f"timezone: Europe/Paris\ncontact: a@b.fr\ndatabase: a.db\nbrands: [{{name: Air France, owned: ['@af']}}, {{name: KLM}}]\n"
            f"notify:\n{lines}",
            encoding="utf-8",
        )
        path.chmod(0o600)
        self.config = configuration.load(path, environ={})
        with Store.open(self.database) as store:
            telling.meet(self.config, store, now=NOON - 10 * HOUR)
        return self

    def hook(self, keys="", path="/hook"):
        return f'kind: webhook, url: "{self.web.url(path)}"' + (f", {keys}" if keys else "")

    def decide(self, at=NOON, severity="warning", reason="opened", like=SPIKE, **fields):
        began = fields.pop("started", NOON - 3 * HOUR)
        over = at if reason == "closed" else None
        alert = replace(like, started=began, ended=over, at=at, severity=severity, reason=reason, **fields)
        episodes = []
        if alert.brand:
            episodes = [
                Episode(
                    brand=alert.brand, kind=alert.kind, started=began, opened=began, peaked=began, ended=over
                )
            ]
        with Store.open(self.database) as store:
            return store.save_review(episodes, [alert])[0].id

    def tell(self, now=NOON):
        with Store.open(self.database) as store:
            return [(d.channel, d.status, d.alerts) for d in telling.tell(self.config, store, now=now)]

    def deliveries(self, now=NOON):
        with Store.open(self.database) as store:
            return telling.tell(self.config, store, now=now)

    def took(self, path="/hook"):
        """The ids of the alerts in each message that was posted there."""
        bodies = [json.loads(r.body) for r in self.web.requests if r.path == path]
        return [[alert["id"] for alert in body["alerts"]] for body in bodies]

    def bodies(self, path="/hook"):
        return [json.loads(r.body) for r in self.web.requests if r.path == path]

    def speak(self, at):
        """The brand posts something of its own."""
        document = Document(source="s", guid=str(at), title="Nous faisons tout", published=at, first_seen=at)
        match = Match(brand="Air France", spans=(), sentiment=Sentiment(), media="owned")
        with Store.open(self.database) as store:
            store.save(
                [
                    Collected(
                        source="s",
                        kind="feed",
                        at=at,
                        reading=Reading(documents=(document,)),
                        found=((match,),),
                    )
                ],
                now=at,
            )


def failure(source, reason="opened"):
    return {
        "like": replace(SPIKE, kind="source_failure", brand="", examples=(Example(title="timeout", url="", source=source, published=NOON),)),
        "reason": reason,
    }  # fmt: skip


def ladder(board, after="30m", keys=""):
    return board.configure(
        board.hook(f"name: team, escalate: {{after: {after}, to: chief}}{keys}"),
        board.hook("name: chief", path="/chief"),
    )
