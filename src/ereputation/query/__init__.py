"""Boolean queries: the one evaluator behind ``scan``, ``search`` and ``explain``.

::

    words      what counts as a word, and where it stands        lexer -> syntax -> nodes   text to tree
    matching   a tree on a document -> spans                     fields, dates              what lies beside the words
    many       thousands of queries on one document              preselect                  a superset for an index
    translate  from other products' syntax                       boolean                    parse, keyword, combine
"""

from ereputation.query.boolean import Query, combine, keyword, parse
from ereputation.query.many import Matcher
from ereputation.query.preselect import (
    All,
    AnyOf,
    Filters,
    Phrase,
    Pre,
    Term,
    filters,
    index_terms,
    preselection,
)
from ereputation.query.syntax import Caution
from ereputation.query.translate import Dialect, Translation, translate
from ereputation.query.words import warm

__all__ = [
    "All",
    "AnyOf",
    "Caution",
    "Dialect",
    "Filters",
    "Matcher",
    "Phrase",
    "Pre",
    "Query",
    "Term",
    "Translation",
    "combine",
    "filters",
    "index_terms",
    "keyword",
    "parse",
    "preselection",
    "translate",
    "warm",
]
