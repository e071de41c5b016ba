"""A period as one value: what was said of each brand, how it answered, and what nobody saw.

``Measuring`` gives the figures alone, from counts; ``gather`` adds stories, alerts, the response clock and coverage. Views
(``tables``, ``page``, ``export``) show what stands here and compute nothing.
"""

from ereputation.reporting.curves import curves
from ereputation.reporting.gathering import gather
from ereputation.reporting.measuring import Measuring
from ereputation.reporting.values import BrandReport, Report, SourceSeen, Story, Told

__all__ = ["BrandReport", "Measuring", "Report", "SourceSeen", "Story", "Told", "curves", "gather"]
