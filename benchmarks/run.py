"""All benchmarks, small enough for a coffee: python benchmarks/run.py [--reader PYTHON]. Each script takes more on its own.

Compare ratios, not seconds: a busy machine slows everything down alike.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

SCRIPTS = (
    ("scanning.py", ["--feeds", "200", "--repeats", "1"]),
    ("queries.py", ["2000"]),
    ("store.py", ["5000"]),
    ("history.py", ["20000"]),
    ("export.py", ["5000"]),
    ("report.py", ["5000"]),
    ("detection.py", []),
    ("sentiment.py", []),
)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--reader", default="", help="a Python that has the package reader")
    options.add_argument("--only", nargs="+", default=[], help="of these scripts alone, such as scanning")
    given = options.parse_args()
    here = Path(__file__).parent
    for name, arguments in SCRIPTS:
        if given.only and Path(name).stem not in given.only:
            continue
        more = ["--reader", given.reader] if given.reader and name == "scanning.py" else []
        print(f"\n## {name} {' '.join(arguments)}\n", flush=True)
        code = subprocess.run([sys.executable, str(here / name), *arguments, *more], check=False).returncode
        if code:
            print(f"(it ended with {code})", flush=True)


if __name__ == "__main__":
    main()
