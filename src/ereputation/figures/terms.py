"""The words of a text, and those that rise from one set of texts to another."""

from __future__ import annotations

import math
import re
from collections import Counter
from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING

from ereputation.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_WORD = re.compile(r"[#@]?\w[\w'’-]*")
_CUT = re.compile(f"({_WORD.pattern})")
_ELISION = re.compile(r"^(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu)['’](?=\w)", re.IGNORECASE)
_PRIOR = 50.0  # words the background weighs: how much a rare word must insist
_SIGNIFICANT = 1.96
_MAX_CHARS = 20_000
_STOP = frozenset(
    _WORD.findall(
        "a ai alors apres as au aucun aussi autre aux avait avant avec avoir c ca car ce cela celle ces cet cette chez comme d "
        "dans de des deux du elle en encore entre est et ete etre eu faire fait faut il ils j je l la le les leur leurs lui m "
        "ma mais me meme mes moi mon n ne ni non nos notre nous on ont ou par pas peut plus pour pourquoi qu quand que quel "
        "quelle qui quoi s sa sans se ses si son sont sous sur t ta te tes toi ton tous tout toute tres tu un une va vers vos "
        "votre vous y about after all also am an and any are at be been but by can could did do does for from get got had has "
        "have he her here him his how i if in into is it its just like me more my no not now of off only or our out over re "
        "rt she so some than that the their them then there these they this those to too up us via was we were what when "
        "where which who why will with would you your http https www com"
    )
)


def terms(text: str, *, drop: frozenset[str] = frozenset()) -> dict[str, str]:
    """The words and word pairs of a text: folded form -> as written; no stop words, numbers or ``drop`` (folded)."""
    found: dict[str, str] = {}
    written, keys, pairs = _read(text, _Forms(drop))
    for at, key in enumerate(keys):
        if key:
            found.setdefault(key, _term(written[at])[1])
        if at in pairs:
            found.setdefault(pairs[at], f"{_term(written[at - 1])[1]} {_term(written[at])[1]}")
    return found


@lru_cache(maxsize=20_000)
def _term(written: str) -> tuple[str, str]:
    """The folded form of a word and its spelling without elision; the form is empty for what is no term."""
    word = _ELISION.sub("", written).strip("-'’")
    key = fold(word)
    return ("" if len(key) < 3 or key in _STOP or key.isdecimal() else key), word


def rising_terms(
    now: Sequence[str], before: Sequence[str], *, drop: Iterable[str] = (), limit: int = 8
) -> tuple[str, ...]:
    """Words and pairs that mark the texts of ``now`` against those of ``before``, the clearest first.

    Log-odds ratio with an informative Dirichlet prior (Monroe, Colaresi and Quinn 2008, "Fightin' Words"), the prior
    being both together; z above 1.96 and in at least two texts. A term counts once a text; give one text a story,
    or a dispatch in 46 outlets is all there is to see. ``drop``: the brand's own words.
    """
    gone = frozenset(fold(part) for word in drop for part in [word, *word.split()])
    forms = _Forms(gone)
    inside = Counter(chain.from_iterable(_found(text, forms) for text in now))
    repeated = {term for term, count in inside.items() if count > 1}
    outside: Counter[str] = Counter()
    n_in, n_out = inside.total(), 0
    for text in before:
        found = _found(text, forms)
        n_out += len(found)
        outside.update(found & repeated)
    n_all = n_in + n_out
    scored = []
    for term in repeated:
        count = inside[term]
        prior = _PRIOR * (count + outside[term]) / n_all
        a, b = count + prior, outside[term] + prior
        odds_in = math.log(a / max(n_in + _PRIOR - a, 1e-9))
        odds_out = math.log(b / max(n_out + _PRIOR - b, 1e-9))
        z = (odds_in - odds_out) / math.sqrt(1 / a + 1 / b)
        if z >= _SIGNIFICANT:
            scored.append((z, term))
    scored.sort(key=lambda pair: (-pair[0], -len(pair[1]), pair[1]))
    rising = _without_parts([term for _, term in scored], inside)[:limit]
    spelling: dict[str, str] = {}
    for text in now:
        if len(spelling) == len(rising):
            break
        if met := _found(text, forms).intersection(rising).difference(spelling):
            written = terms(text, drop=gone)
            spelling |= {term: written[term] for term in met}
    return tuple(map(spelling.__getitem__, rising))


class _Forms(dict[str, str]):
    """Words as written -> folded; empty for what is no term."""

    def __init__(self, drop: frozenset[str]) -> None:
        super().__init__()
        self._drop = drop

    def __missing__(self, written: str) -> str:
        key, _ = _term(written)
        self[written] = key = "" if key in self._drop or key.lstrip("#@") in self._drop else key
        return key


def _read(text: str, forms: _Forms) -> tuple[list[str], list[str], dict[int, str]]:
    """The words as written, the key of each, and the keys of pairs by the place of their second word."""
    cut = _CUT.split(text[:_MAX_CHARS])  # what separates, a word, what separates, a word...
    keys = list(map(forms.__getitem__, cut[1::2]))
    beside = zip(keys, keys[1:], cut[2::2], strict=False)
    pairs = {
        at: f"{one} {two}"
        for at, (one, two, between) in enumerate(beside, start=1)
        if one and two and (between == " " or between.isspace())
    }
    return cut[1::2], keys, pairs


def _found(text: str, forms: _Forms) -> set[str]:
    """The keys of ``terms``, without what it takes to write them."""
    _written, keys, pairs = _read(text, forms)
    found = {*keys, *pairs.values()}
    found.discard("")
    return found


def _without_parts(ranked: list[str], counts: Counter[str]) -> list[str]:
    """Of a pair and its words only the pair, when the word hardly comes without it; otherwise only the word."""
    pairs = [term for term in ranked if " " in term]
    covered = {word for pair in pairs for word in pair.split() if counts[pair] >= 0.8 * counts[word]}
    kept: list[str] = []
    used: set[str] = set()
    for term in ranked:
        words = term.split()
        if (len(words) == 1 and term in covered) or (len(words) == 2 and used.intersection(words)):
            continue
        kept.append(term)
        used.update(words)
    return kept
