"""What to do about an alert when the configuration does not say: who answers, how soon, in what tone, and what never to do.

The rules that crisis guides agree on: be seen early, say what is known, one voice, no deletion, no argument.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ereputation import words
from ereputation.speech import N_, _

if TYPE_CHECKING:
    from ereputation.model import Kind

_RULES: dict[Kind, str] = {
    "volume_spike": N_(
        "One named person reads the first posts and the most repeated ones, says publicly within 30 minutes that they were seen, "
        "and answers within {promise}. Facts you are sure of, in the first person; say what you do not know yet. "
        "Never delete, argue, paste one answer under every post, or let scheduled promotion run on."
    ),
    "negative_spike": N_(
        "The community manager answers the oldest complaint first, in public and by name, within {promise}; what is personal "
        "goes on in private. Acknowledge, apologise where you are wrong, say what happens next. Never discuss the tone of who "
        "complains, delete, or promise what you do not hold; hold back scheduled promotion."
    ),
    "brand_silence": N_(
        "Whoever is on duty posts one holding message now: what you know, what you do, when you speak again; then answers the "
        "oldest question first, each within {promise}. Calm and human, no advertising. Never wait until everything is known, "
        "blame those who ask, or delete."
    ),
    "source_failure": N_("Run `ereputation check` to see why; until then, what is said there is not seen."),
}


def advice(kind: Kind, *, promise: float) -> str:
    """The built-in rules for a kind of alert; ``promise``: the response time of the configuration, in seconds."""
    return _(_RULES[kind]).format(promise=words.duration(promise))
