"""A period as one value: what was said of each brand, how it answered, and what nobody saw.

``stats`` are the figures alone, from counts; ``gather`` adds stories, alerts, the response clock and coverage. Views
(``tables``, ``page``, ``export``) show what stands here and compute nothing.
"""

from ereputation.reporting.measuring import Measuring

__all__ = ["Measuring"]
