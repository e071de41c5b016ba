"""What the user wants: ``ereputation.yaml`` -> ``Config``, or every fault of the file at once.

``find`` says which file counts, ``load`` reads it. The way of the text: ``nodes`` (YAML -> data with places),
``substitution`` (secrets), ``models`` and ``values`` (what may be written), ``checks`` (what must agree),
``validation`` and ``hazards`` (what to say), ``schema`` (for editors).
"""

from __future__ import annotations

from ereputation.config.models import Alerts, Brand, Config, Sentiment
from ereputation.config.reading import find, load, spoken
from ereputation.config.schema import json_schema

__all__ = ["Alerts", "Brand", "Config", "Sentiment", "find", "json_schema", "load", "spoken"]
