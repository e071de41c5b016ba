"""What a message says: the same facts as on the screen, for mail, for a phone, and for a program."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from ereputation import words
from ereputation.notify import Message
from ereputation.speech import N_, _, n_
from ereputation.telling.html import page
from ereputation.telling.routes import LEVELS
from ereputation.text import neutralise, snippet

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime, tzinfo

    from ereputation.model import Alert, Reason, Severity
    from ereputation.tables import Facts

_SUBJECT = 150
"""Characters; mail programs show about half of them."""
_IN_FULL = 15
"""Alerts a message shows in full; the rest has a line each."""
_LISTED = 100
_SAMPLE = N_("This is a sample, sent by `ereputation check --notify`: every figure in it is invented.")
_MARK = N_("[SAMPLE]")
_BRIEF = 5
_STATES: dict[Reason, str] = {"opened": "", "escalated": N_("worse"), "closed": N_("over")}


def message(
    alerts: Sequence[Alert], *, route: str, now: datetime, zone: tzinfo, lead: str = "", sample: bool = False
) -> Message:
    """One message about alerts, the most severe first; ``lead`` says in a sentence why it comes."""
    from ereputation import tables  # most scans tell nothing

    ranked = sorted(alerts, key=lambda alert: -LEVELS.index(alert.severity))
    told = [(alert, tables.facts(alert, now, zone)) for alert in ranked]
    subject = snippet((f"{_(_MARK)} " if sample else "") + _subject(told), _SUBJECT)
    lead = _(_SAMPLE) if sample else neutralise(lead)
    full, rest = told[:_IN_FULL], [_line(facts) for _rest, facts in told[_IN_FULL:]]
    rest = [*rest[:_LISTED], *([_more(len(rest) - _LISTED)] if len(rest) > _LISTED else [])]
    foot = "" if sample else _foot(ranked[0])
    blocks = ["\n".join(tables.alert_lines(alert, now, zone)) for alert, _rest in full]
    identity = _digest(route, now.isoformat() if sample else "", *(_name(alert) for alert in alerts))
    return Message(
        id=identity,
        subject=subject,
        text="\n\n".join(part for part in (lead, *blocks, "\n".join(rest), foot) if part) + "\n",
        html=page(full, subject=subject, lead=lead, rest=rest, foot=foot),
        brief="\n\n".join(
            [*([lead] if lead else []), *(_brief(a, f) for a, f in told[:_BRIEF])]
            + ([_more(len(told) - _BRIEF)] if len(told) > _BRIEF else [])
        ),
        severity=ranked[0].severity,
        payload=_payload(
            identity, subject, alerts, route=route, now=now, zone=zone, lead=lead, sample=sample
        ),
        threads=tuple(dict.fromkeys(_thread(alert) for alert in ranked)),
        sent=now,
    )


def notice(
    failing: Sequence[tuple[str, str, int]], *, critical: bool, route: str, now: datetime, zone: tzinfo
) -> Message:
    """That alerts do not get through: channel, why, and how many wait for it."""
    lines = [
        n_(
            "{channel}: {why}; {waiting} alert waits", "{channel}: {why}; {waiting} alerts wait", waiting
        ).format(channel=channel, why=why, waiting=words.count(waiting))
        for channel, why, waiting in failing
    ]
    names = ", ".join(channel for channel, _why, _waiting in failing)
    severity: Severity = "critical" if critical else "warning"
    subject = snippet(
        _("[{severity}] Alerts do not get through: {names}").format(
            severity=words.SEVERITIES[severity], names=names
        ),
        _SUBJECT,
    )
    lead = _("Alerts could not be delivered. They are kept and tried again; put right what is wrong.")
    foot = _("`ereputation check --notify` sends a sample through every channel.")
    identity = _digest(route, now.isoformat(), *lines)
    payload = _payload(identity, subject, (), route=route, now=now, zone=zone, lead=lead, sample=False)
    return Message(
        id=identity,
        subject=subject,
        text=neutralise("\n".join((lead, "", *lines, "", foot, ""))),
        html=page((), subject=subject, lead=lead, rest=lines, foot=foot),
        brief=neutralise("\n".join((lead, *lines))),
        severity=severity,
        payload=payload
        | {"failures": [{"channel": c, "error": neutralise(w), "waiting": n} for c, w, n in failing]},
        sent=now,
    )


def _subject(told: Sequence[tuple[Alert, Facts]]) -> str:
    """Severity, brand, kind and numbers of the worst, and how many there are besides."""
    alert, worst = told[0]
    others = f" ({_('+{count} more').format(count=len(told) - 1)})" if len(told) > 1 else ""
    state = f" {_(_STATES[alert.reason])}" if alert.reason != "opened" else ""
    head = words.labelled(f"[{worst.severity}] {worst.brand}", f"{worst.kind}{state}")
    room = _SUBJECT - len(head) - len(others) - len(_(_MARK)) - 3
    said = snippet(worst.headline, room) if room > len("12 mentions") else ""
    return f"{head}, {said}{others}" if said else f"{head}{others}"


def _line(told: Facts) -> str:
    return words.labelled(f"{told.severity} {told.brand}", f"{told.kind} ({told.state}), {told.headline}")


def _more(count: int) -> str:
    return _("and {count} more").format(count=words.count(count))


def _brief(alert: Alert, told: Facts) -> str:
    rows = dict(told.rows)
    labels = (_("Since"), _("As of"), _("Reason"), _("Waiting"), _("Coverage"), _("Handled"))
    wanted = [words.labelled(label, rows[label]) for label in labels if label in rows]
    first = told.examples[0] if told.examples else None
    lines = [
        words.labelled(f"{told.severity} {told.brand}", f"{told.kind} ({told.state})"),
        told.headline,
        *wanted,
        *([words.labelled(_("First"), f"{snippet(first[0], 140)} {first[2]}").rstrip()] if first else []),
        *([words.labelled(_("What to do"), snippet(told.advice, 300))] if told.advice else []),
        *([f"ereputation alerts explain {alert.id}"] if alert.brand and alert.id else []),
    ]
    return "\n".join(lines)


def _foot(alert: Alert) -> str:
    if not alert.brand:
        return _("`ereputation check` looks at every source.")
    return _(
        "`ereputation alerts explain {id}` recomputes the figures from what is stored;"
        " `ereputation alerts ack {id}` says that you take care of it."
    ).format(id=alert.id)


def _payload(
    identity: str,
    subject: str,
    alerts: Sequence[Alert],
    *,
    route: str,
    now: datetime,
    zone: tzinfo,
    lead: str,
    sample: bool,
) -> dict[str, Any]:
    from ereputation import export

    return {
        "schema": "ereputation/notification/1",
        "id": identity,
        "sent": export.when(now, zone),
        "channel": route,
        "sample": sample,
        "subject": subject,
        "lead": lead,
        "alerts": [export.alert_record(alert, zone) for alert in alerts],
    }


def _name(alert: Alert) -> str:
    return f"{alert.id} {alert.brand} {alert.kind} {alert.reason} {alert.started} {alert.at}"


def _thread(alert: Alert) -> str:
    source = alert.examples[0].source if alert.kind == "source_failure" and alert.examples else alert.started
    return _digest(alert.brand, alert.kind, str(source))


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()[:32]
