"""Takes ``report.png``: the report of the week-end of March 2011 in Chromium. Run it when the page looks different."""

import subprocess
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from ereputation import demo, page, reporting
from ereputation.figures import Period
from ereputation.store import Store

NOW = datetime(2011, 3, 14, 13, tzinfo=UTC)
PICTURE = Path(__file__).parent / "report.png"


def main() -> None:
    """Replay the week-end, write its page, look at it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        config = demo.stage(folder)
        for _scene in demo.play(folder, config):
            pass
        period = Period.lately(NOW, timedelta(days=7))
        with Store.open(config.database_path, read_only=True) as store:
            report = reporting.gather(
                config, store, config.brands, period, now=NOW, title="Air France (a reconstruction)"
            )
        file = folder / "report.html"
        file.write_text(page.page(report, zone=config.timezone), encoding="utf-8")
        flags = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--hide-scrollbars",
            "--window-size=1040,1500",
        ]
        flags += [f"--user-data-dir={folder / 'profile'}", f"--screenshot={PICTURE}"]
        subprocess.run(["chromium", *flags, file.as_uri()], check=True, capture_output=True)


if __name__ == "__main__":
    main()
