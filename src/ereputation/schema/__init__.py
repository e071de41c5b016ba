"""The raw door to databases: ``tables`` says what is kept, ``sqlite`` and ``postgresql`` open one and bring it up to date.

SQLite's ``user_version`` and PostgreSQL's table ``ereputation`` hold how many of the migrations were made.
"""

from __future__ import annotations

from ereputation.schema.tables import BUSY_SECONDS, MIGRATIONS, POSITION_BITS

__all__ = ["BUSY_SECONDS", "MIGRATIONS", "POSITION_BITS"]
