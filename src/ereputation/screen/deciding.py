"""The chosen hit: read in full, decided about, undone."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from textual import on, work

from ereputation import words
from ereputation.screen import finding, rows
from ereputation.screen.deeds import Deed, Done, Writer
from ereputation.screen.dialogs import Ask
from ereputation.screen.finding import Full
from ereputation.screen.questions import Questions
from ereputation.screen.results import Results
from ereputation.speech import _, n_

if TYPE_CHECKING:
    from ereputation.model import Label, Mention, Triage
    from ereputation.screen.latest import Latest

_PAUSE = 0.06
"""Seconds one stays at a hit before it is read in full."""


class Deciding(Questions):
    """The half of the screen that decides."""

    _reader: Latest[finding.Look]
    _writer: Writer

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self._shown = 0
        self._full_turn = 0
        self._hand = 0
        self._undo: list[Done] = []
        self._pending: dict[int, Mention] = {}

    @on(Results.Chosen)
    def _show_full(self) -> None:
        """What is known of the chosen hit at once, and the rest when it has been read."""
        hit = self._results.hit
        if hit is None:
            self._shown = 0
            self._put(None)
            return
        if self._shown != hit[0].id:
            self._shown, self._hand = hit[0].id, 0
        if self._beside:
            self._put(Full(hit=hit, mention=self._mention()))
            self._later("full", _PAUSE, self._read_full)

    def _read_full(self) -> None:
        if (hit := self._results.hit) is not None:
            mention = self._mention()
            hand = next((n for n, m in enumerate(hit[1]) if mention and m.id == mention.id), 0)
            self._full_turn = self._reader.ask(finding.Look(hit=hit, hand=hand))

    def _take_full(self, full: Full) -> None:
        hit = self._results.hit
        if full.turn == self._full_turn and hit and hit[0].id == full.hit[0].id:
            self._put(full)

    def _put(self, full: Full | None) -> None:
        self._details.show(full, self.config, self._inks, now=self.clock(), zone=self._zone)

    def on_resize(self) -> None:
        """A hit may now stand beside the list."""
        self.call_after_refresh(self._show_full)

    def _mention(self) -> Mention | None:
        hit = self._results.hit
        return rows.in_hand(hit[1], self.asked.brands, self._hand) if hit else None

    def _decide(self, **what: Any) -> None:
        """Show what is decided at once, and have it written."""
        mention = self._mention()
        if mention is None:
            if self._results.hit:
                self._say(_("No brand was found in this document: there is nothing to decide about it."))
            return
        deed = Deed(mention=mention.id, at=self.clock(), **what)
        self._pending.setdefault(mention.id, mention)
        self._results.update_mentions({mention.id: _foreseen(mention, deed)})
        self._writer.give(deed)

    def action_status(self, status: Triage) -> None:
        """Note where the mention stands."""
        self._decide(status=status)

    def action_story(self, status: Triage) -> None:
        """Note where every copy of the story stands."""
        self._decide(status=status, story=True)

    def action_tone(self, label: Label) -> None:
        """Correct the tone; once more takes the correction back."""
        mention = self._mention()
        again = mention is not None and mention.corrected and mention.match.sentiment.label == label
        self._decide(label="" if again else label)

    @work
    async def action_note(self) -> None:
        """Write a note."""
        mention = self._mention()
        if mention is None:
            self._decide()
            return
        title = words.shown(mention.document.title or mention.document.text, 60)
        note = await self.push_screen_wait(
            Ask(title, _("A note; empty removes it:"), words.shown(mention.note, 2000))
        )
        if note is not None and note.strip() != mention.note:
            self._decide(note=note.strip())

    def action_undo(self) -> None:
        """Take the last decision back."""
        if self._undo:
            self._writer.give(self._undo.pop())
        else:
            self._say(_("Nothing to undo."))

    def action_hand(self) -> None:
        """On to the mention of the next brand."""
        hit = self._results.hit
        if hit and len(hit[1]) > 1:
            self._hand += 1
            self._show_full()
            if not self._beside and (mention := self._mention()):
                self._say(words.shown(mention.match.brand, 60))

    def _take_done(self, done: Done) -> None:
        before = self._pending.pop(done.deed.mention, None)
        if done.error:
            if before:
                self._results.update_mentions({before.id: before})
            self._say(done.error, wrong=True)
            return
        if not done.undone:
            self._undo.append(done)
        self._results.update_mentions({mention.id: mention for mention in done.after})
        self._say(_told(done))


def _foreseen(mention: Mention, deed: Deed) -> Mention:
    """The mention as it will be once the deed is written."""
    shown = replace(
        mention,
        status=mention.status if deed.status is None else deed.status,
        note=mention.note if deed.note is None else deed.note,
    )
    if not deed.label:
        return shown
    tone = replace(mention.match.sentiment, label=deed.label)
    return replace(shown, match=replace(mention.match, sentiment=tone), corrected=True)


def _told(done: Done) -> str:
    """What was done, in a few words."""
    deed, more = done.deed, len(done.after) - 1
    if done.undone:
        return _("Undone.")
    if deed.status is not None:
        said = _("Marked: {status}").format(status=words.STATUSES[deed.status])
    elif deed.note is not None:
        said = _("Note kept.") if deed.note else _("Note removed.")
    elif deed.label:
        said = _("Tone corrected: {tone}").format(tone=words.LABELS[deed.label])
    else:
        said = _("Correction taken back.")
    if more > 0:
        said += " " + n_("({count} copy too)", "({count} copies too)", more).format(count=words.count(more))
    return said
