"""How many documents a second are matched against 10, 1,000 and 10,000 brand queries.

Run: python benchmarks/queries.py [DOCUMENTS]. Everything is generated from a seed: French and English posts and short
articles. In every row a third of them name one of that row's brands, so that the rows differ by the number of queries
and not by what is found.
"""

from __future__ import annotations

import random
import resource
import sys
import time
from datetime import UTC, datetime

from ereputation.model import Document
from ereputation.query import Matcher, combine, keyword, parse

NOW = datetime(2011, 3, 13, tzinfo=UTC)
FRENCH = """le la les un une des de du à au aux et ou mais donc or ni car que qui dans sur sous avec sans pour par chez
est était sont être avoir a ont fait faire dit dire peut doit veut grève retard avion train client clients service
société entreprise bénéfice résultat année trimestre marché prix hausse baisse qualité problème réponse attente
téléphone réseau panne hier demain aujourd'hui l'équipe d'abord c'est qu'il n'a j'ai jamais toujours très trop peu
France Paris Lyon Europe journal journaux ministre élève cœur été œuvre français française direction syndicat""".split()  # noqa: SIM905 - words read best as text
ENGLISH = """the a an of in on at to for with without from by and or but so is was are be have has had did do does can
must will would strike delay flight train customer customers service company profit result year quarter market price
rise fall quality problem answer waiting phone network outage yesterday tomorrow today team it's don't never always very
too few London Europe news minister student heart summer work direction union manager refund luggage ticket""".split()  # noqa: SIM905 - words read best as text
SYLLABLES = "ba be bo da do fa fi ga go ka ki la lo ma mi na no pa po ra ri sa so ta ti va vo xa za air tel net".split()  # noqa: SIM905 - words read best as text


def brands(count: int, chance: random.Random) -> list[str]:
    """Made-up names, half of them of two words."""
    names: dict[str, None] = {}
    while len(names) < count:
        words = ["".join(chance.choices(SYLLABLES, k=chance.randint(3, 4))).capitalize() for _ in range(2)]
        names[" ".join(words[: chance.randint(1, 2)])] = None
    return list(names)


def documents(count: int, names: list[str], chance: random.Random) -> list[Document]:
    made = []
    for number in range(count):
        vocabulary = chance.choice((FRENCH, FRENCH, ENGLISH))
        words = chance.choices(vocabulary, k=chance.choice((15, 30, 60, 200, 400)))
        if chance.random() < 1 / 3:
            name = chance.choice(names)
            shown = chance.choice((name, f"d’{name}", f"#{name.replace(' ', '')}", name.lower()))
            words[chance.randrange(len(words))] = shown
        made.append(
            Document(
                source="s", guid=str(number), title=" ".join(words[:8]), text=" ".join(words[8:]) + ".",
                published=NOW, first_seen=NOW,
            )
        )  # fmt: skip
    return made


def matcher(names: list[str]) -> Matcher[str]:
    """A brand as a user would write it: keywords, a query with NEAR, an exclusion."""
    exclude = parse('"offre d\'emploi" OR title:jeu-concours')
    return Matcher(
        {
            name: combine(
                [keyword(name), keyword("@" + name.replace(" ", ""))],
                parse(f'{{{name.upper()}}} NEAR/5 (service OR client* OR panne) OR title:"{name} groupe"'),
                exclude,
            )
            for name in names
        }
    )


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    chance = random.Random(11)
    names = brands(10_000, chance)
    print(f"{count} documents\n")
    print("queries   build s   documents/s   MB/s   matches   peak MB   cost against 10")
    first = 0.0
    for size in (10, 1_000, 10_000):
        posts = documents(count, names[:size], random.Random(12))
        characters = sum(len(post.content) for post in posts)
        start = time.perf_counter()
        many = matcher(names[:size])
        built = time.perf_counter() - start
        start = time.perf_counter()
        matches = sum(len(many.find(post)) for post in posts)
        spent = time.perf_counter() - start
        first = first or spent
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(
            f"{size:>7} {built:>9.2f} {count / spent:>13.0f} {characters / spent / 1e6:>6.1f} {matches:>9}"
            f" {peak:>9.0f} {spent / first:>17.2f}"
        )


if __name__ == "__main__":
    main()
