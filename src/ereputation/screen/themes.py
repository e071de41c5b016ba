"""The look of the screen: two calm themes, and its style sheet."""

from __future__ import annotations

from textual.theme import Theme

from ereputation.screen.rows import DARK, LIGHT, Inks

NIGHT = Theme(
    name="night",
    dark=True,
    primary="#62b8ec",
    secondary="#7f93a8",
    accent="#f2c763",
    warning="#e69f00",
    error="#f0824a",
    success="#2fb58a",
    foreground="#d9dde3",
    background="#15181d",
    surface="#1c2027",
    panel="#262c35",
    variables={"border": "#3a424e", "block-cursor-text-style": "bold"},
)
DAY = Theme(
    name="day",
    dark=False,
    primary="#00659e",
    secondary="#5d6b78",
    accent="#7d4f00",
    warning="#8a5200",
    error="#b34700",
    success="#00684d",
    foreground="#22262b",
    background="#fbfaf6",
    surface="#f3f1ea",
    panel="#e8e4d9",
    variables={"border": "#c9c3b3", "block-cursor-text-style": "bold"},
)


def inks(theme: str) -> Inks:
    """The colours of words under a theme."""
    return LIGHT if theme == DAY.name else DARK


SHEET = """
Screen { background: $background; layout: vertical; }

#query { border: round $border; background: $background; padding: 0 1; height: 3;
         border-title-color: $secondary; border-subtitle-color: $secondary; }
#query:focus { border: round $primary; background: $background; }
.-short #query { border: none; height: 1; padding: 0 1; background: $surface; }

#word { height: 1; padding: 0 1; color: $secondary; }
#word.wrong { color: $warning; }
#tally { height: 1; padding: 0 1; color: $secondary; }
#chips { height: 1; padding: 0 1; }
#body { height: 1fr; }
#keys { height: 1; padding: 0 1; background: $surface; color: $secondary; }

Results { width: 6fr; height: 1fr; background: $background; scrollbar-size-vertical: 1;
          scrollbar-color: $panel; scrollbar-background: $background; scrollbar-color-hover: $secondary;
          scrollbar-color-active: $primary; scrollbar-background-hover: $background;
          scrollbar-background-active: $background; overflow-x: hidden; overflow-y: scroll; }
Results > .results--chosen { background: $surface; }
Results:focus > .results--chosen { background: $panel; }
Results > .results--bar { color: $border; }
Results:focus > .results--bar { color: $primary; }
Results > .results--empty { color: $secondary; }

Details { width: 5fr; height: 1fr; padding: 0 2 0 1; background: $background; border-left: solid $panel;
          scrollbar-size-vertical: 1; scrollbar-color: $panel; scrollbar-background: $background;
          scrollbar-background-hover: $background; scrollbar-background-active: $background; }
Details:focus { border-left: solid $primary; }
.-narrow Details { display: none; width: 1fr; border-left: none; padding: 0 1; }
.-narrow.reading Details { display: block; border-left: none; }
.-narrow.reading Results { display: none; }

ModalScreen { align: center middle; background: $background 60%; }
.box { width: 76; max-width: 96%; height: auto; max-height: 92%; padding: 0 2; background: $surface;
       border: round $border; border-title-color: $foreground; border-title-style: bold;
       border-subtitle-color: $secondary; }
.box Input { border: none; background: $panel; padding: 0 1; height: 1; margin: 1 0; }
.box .label { height: auto; margin-top: 1; color: $secondary; }
.box OptionList { border: none; background: $surface; height: auto; max-height: 100%;
       padding: 0; margin: 1 0; scrollbar-size-vertical: 1; }
.box .scroll { height: auto; max-height: 100%; scrollbar-size-vertical: 1; }
.row { height: 1; margin: 0 0 1 0; }
#wrong { height: auto; color: $warning; }
.box .row Input { margin: 0 1 0 0; width: 1fr; }
.row Label { width: auto; margin-right: 1; color: $secondary; }

Toast { background: $panel; color: $foreground; max-width: 70; padding: 0 2; margin: 0 0 1 0; }
ToastRack { align: right bottom; margin: 0 1 1 0; }
"""
