"""Draws ``search.svg``: the interactive search over the week-end of March 2011. Run it when the screen looks different."""

import asyncio
import re
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from ereputation import demo
from ereputation.config import Config
from ereputation.screen import Asked
from ereputation.screen.app import Search

NOW = datetime(2011, 3, 14, 13, tzinfo=UTC)
KEYS = ("down", "down", "down", "tab", "h", "down", "p", "down")
PICTURE = Path(__file__).parent / "search.svg"


async def draw(config: Config) -> str:
    """The screen as SVG, a little later."""
    app = Search(config, config.database_path, Asked(text="Tokyo NEAR/8 euros"), clock=lambda: NOW)
    async with app.run_test(size=(120, 32)) as pilot:
        await pilot.pause(2)
        await pilot.press(*KEYS)
        await pilot.pause(1)
        svg = app.export_screenshot(title="ereputation search")
    # No font from elsewhere, and names that are the same at each drawing.
    svg = re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)
    return re.sub(r"terminal-\d+", "terminal", svg)


with tempfile.TemporaryDirectory() as folder:
    config = demo.stage(Path(folder))
    for _scene in demo.play(Path(folder), config):
        pass
    PICTURE.write_text(asyncio.run(draw(config)) + "\n", encoding="utf-8")
