"""``python -m ereputation`` and the console script."""

from __future__ import annotations

import gc
import os
import sys


def run() -> None:
    """Run the command line and leave with its exit code."""
    gc.set_threshold(150_000, 20, 100)  # what a start makes stays: to look through it takes a tenth of it
    # Nobody extends our models: to look for who might reads the metadata of every package there is.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    from ereputation.cli import main

    code = main(sys.argv[1:])
    gc.freeze()  # it goes with the process: nobody has to look for circles in it
    sys.exit(code)


if __name__ == "__main__":
    run()
