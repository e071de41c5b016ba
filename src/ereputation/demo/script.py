"""The week-end of 11-14 March 2011, reconstructed: what was posted, when, by whom.

Reported facts: the earthquake on Friday 11 March (06:46 in Paris), about 200 tweets an hour on Sunday against a
handful on a usual Sunday, complaints about fares and unanswered requests for help, an account with 38,000
followers that posted nothing until Monday. Everything else (words, authors, minutes) is invented, and each item
says so in its category.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

PARIS = ZoneInfo("Europe/Paris")
BEGINS = datetime(2011, 2, 25, tzinfo=PARIS)
EARTHQUAKE = datetime(2011, 3, 11, 6, 46, tzinfo=PARIS)
SUNDAY = datetime(2011, 3, 13, 10, tzinfo=PARIS)
BRAND_SPEAKS = datetime(2011, 3, 14, 9, 40, tzinfo=PARIS)
ENDS = datetime(2011, 3, 14, 14, tzinfo=PARIS)

_HOURS = (
    0.25,
    0.15,
    0.1,
    0.1,
    0.1,
    0.2,
    0.5,
    0.9,
    1.2,
    1.4,
    1.5,
    1.5,
    1.4,
    1.5,
    1.5,
    1.4,
    1.4,
    1.5,
    1.6,
    1.6,
    1.5,
    1.3,
    0.9,
    0.5,
)
_WEEKDAY_LEVEL = 4.5
_WEEKEND = 0.6
_STORM = (
    25,
    70,
    130,
    185,
    205,
    200,
    210,
    195,
    205,
    190,
    160,
    120,
    80,
    45,
    28,
    20,
    14,
    10,
    8,
    10,
    14,
    22,
    34,
    40,
    30,
    22,
    16,
    12,
)
"""Extra mentions an hour from Sunday 10:00 on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One published item of the reconstruction."""

    feed: str
    """twitter, press or airfrance: the feed it appears in."""
    at: datetime
    author: str
    text: str
    title: str = ""
    number: int
    answers: int = 0
    """The number of the post it answers; 0 when it answers none."""


_NAMES = "lea max julie karim sophie thomas camille hugo ines paul marie yann nadia pierre emma alex chloe marc lucie sam anna ben kate tom rose nick liz".split()
_TAILS = "75 _tyo 92 paris jp 69 _fr 2011 33 voyage _ldn 13 tokyo 38 travel mum 59 dad 06 xp".split()
_OPEN = (
    "@airfrance", "@airfrance bonjour,", "Hé @airfrance,", "Air France :", "#AirFrance", "Allo @airfrance ?", "Dites @airfrance,",
    "Bravo @airfrance !", "Merci Air France...", "Air France, sérieusement ?", "@airfrance svp", "RT svp : @airfrance", "Incroyable, Air France :",
    "On attend toujours @airfrance :", "SOS @airfrance :",
)  # fmt: skip
_OPEN_EN = (
    "@airfrance",
    "Hello @airfrance?",
    "Dear Air France,",
    "#AirFrance",
    "Come on @airfrance,",
    "Seriously Air France?",
    "Anyone at @airfrance?",
    "Please RT @airfrance:",
)
_WHO = (
    "mon frère", "ma fille", "notre famille", "mes parents", "une amie enceinte", "mon mari", "ma soeur et ses deux enfants", "nos collègues",
    "trois étudiants", "mon fils de 19 ans", "ma cousine", "tout un groupe de Lyon", "des amis de Nantes", "mon équipe", "ma mère",
)  # fmt: skip
_WHERE = (
    "à Tokyo",
    "à Narita",
    "à Osaka",
    "à Sendai",
    "à Yokohama",
    "à Haneda",
    "près de Fukushima",
    "à Nagoya",
    "à Kyoto",
)
_FARE = (
    "{n} euros pour un aller simple Tokyo-Paris, c'est honteux", "les tarifs du retour ont triplé depuis vendredi, quelle honte",
    "{n} € le billet de retour, vous profitez de la catastrophe", "le prix passe de 600 à {n} euros en une nuit, c'est scandaleux",
    "vous nous demandez {n} euros pour rentrer, c'est du vol", "aucun geste sur les prix, {n} euros la place, c'est indécent",
    "on nous réclame {n} euros de supplément pour changer de date, inadmissible", "prix délirants : {n} euros, et personne pour expliquer",
)  # fmt: skip
_HELP = (
    "{who} est bloqué {where} et personne ne répond", "toujours aucune réponse pour {who} {where}, on est très inquiets",
    "{who} attend un vol {where} depuis {d} jours, aucune information", "le numéro d'urgence raccroche au bout de {n2} minutes, {who} est {where}",
    "ligne occupée depuis {d} heures, {who} reste coincé {where}", "{who} dort par terre {where}, que faites-vous ?",
    "vol annulé {where} sans prévenir, {who} ne sait pas comment rentrer", "impossible de joindre qui que ce soit, {who} panique {where}",
)  # fmt: skip
_SILENT = (
    "38 000 abonnés et pas un seul tweet depuis vendredi, lamentable", "votre compte est muet tout le week-end, c'est nul",
    "un seul message suffirait, votre silence est insupportable", "le community manager est en week-end ? c'est pitoyable",
    "même pas un mot pour vos clients, zéro communication", "d'autres compagnies répondent, vous non : inacceptable",
)  # fmt: skip
_END = (
    "", "", "répondez !", "merci de répondre.", "#honte", "vous êtes où ?", "on ne volera plus avec vous.", "j'attends.", "c'est urgent.",
    "#Japon", "#seisme", "dernière fois que je réserve chez vous.", "faites quelque chose.", "il y a quelqu'un ?", "quelle déception.",
)  # fmt: skip
_EN = (
    "my {rel} is stranded in {city} and nobody answers", "{n} euros for a one way ticket home from {city}, shame on you",
    "still no reply after {d} hours, my {rel} needs help in {city}", "fares from {city} tripled since Friday, this is disgusting",
    "38,000 followers and not one tweet since the earthquake, terrible", "flight from {city} cancelled without any notice, awful service",
    "your hotline hangs up on my {rel}, unacceptable", "other airlines answer from {city}, you stay silent, pathetic",
)  # fmt: skip
_DETAIL = (
    "vol AF{f}", "dossier {code}", "depuis {h}h{m}", "avec {k} enfants", "on est {k} familles dans ce cas", "au comptoir depuis {h}h",
    "j'ai appelé {k} fois", "agence de {dest} fermée", "correspondance par {dest}", "on me renvoie vers {dest}", "mail envoyé {day} à {h}h{m}",
    "siège {k}2A", "terminal {k}", "réservé en janvier pour {dest}", "mon vol du {k} mars", "file de {n3} personnes", "retour prévu {day}",
    "il reste {k} places selon le site", "le standard dit {day}", "carte Flying Blue {code}",
)  # fmt: skip
_DETAIL_EN = (
    "flight AF{f}", "booking {code}", "since {h}:{m}", "with {k} kids", "we are {k} families", "called {k} times", "via {dest}", "row {k}2",
    "queue of {n3} people", "due back on March {k}", "gate {k}4", "email sent at {h}:{m}",
)  # fmt: skip
_SCENE = (
    "Embarquement pour {dest}, porte {k}{k2}", "Le vol AF{f} de {dest} est à l'heure", "Qui connaît la franchise bagage pour {dest} en classe {cls}",
    "Nouvelle ligne vers {dest} annoncée pour {month}", "Vu l'A380 sur le tarmac de {dest}", "Je compare deux vols pour {dest}, départ {h}h{m}",
    "On choisit les places pour {dest}, rang {k2}", "Escale de {k} heures à {dest}", "Plateau repas en allant à {dest} : {dish}", "File d'attente courte au comptoir de {dest}",
    "Retour de {dest}, terminal {k}", "Quel avion dessert {dest} le {day}", "Photo du hublot au-dessus de {dest}", "Film vu en route vers {dest} : {film}",
    "Les horaires d'été pour {dest} sont sortis", "Comment changer de date pour {dest}", "Réunion à {dest}, départ {h}h{m}", "Au menu du salon de {dest} : {dish}",
)  # fmt: skip
_SCENE_EN = (
    "Flying to {dest} next {day}, seat {k2}A", "Boarding for {dest} at gate {k}{k2}", "Is check-in open for {dest}, flight AF{f}", "Watching {film} on the way to {dest}",
    "Lounge in {dest} serves {dish}", "Which terminal for {dest} at {h}:{m}", "Connecting in {dest} for {k} hours", "New summer schedule to {dest}",
)  # fmt: skip
_NAMED = ("avec Air France", "@airfrance", "sur Air France", "#AirFrance", "chez Air France", "(Air France)")
_NAMED_EN = ("with Air France", "@airfrance", "on Air France", "#AirFrance")
_GOOD = (
    "équipage charmant",
    "super accueil",
    "très bon vol",
    "merci à l'équipage",
    "ponctuel et agréable",
    "great crew",
    "lovely flight",
)
_BAD = ("un peu de retard", "valise en retard", "siège cassé", "pas terrible", "long delay", "bagage perdu")
_DISH = "poulet croissants saumon quiche taboulé brioche gratin soupe couscous lentilles madeleines yaourt omelette camembert".split()
_FILM = "Inception Amélie Avatar Intouchables Ratatouille Persepolis Up Hugo Potiche Tron Skyline Red Biutiful Rango".split()
_MONTHS = "avril mai juin juillet septembre octobre".split()
_DEST = "Montréal Rome Dakar Lisbonne Nice Berlin Madrid Tunis Alger Londres Oslo Prague Vienne Athènes Bogota Lima Séoul Chicago Boston Miami Beyrouth Abidjan Biarritz Brest Toulouse".split()
_DAYS = "lundi mardi mercredi jeudi vendredi samedi dimanche".split()
_PRESS = (
    (datetime(2011, 3, 11, 9, 5, tzinfo=PARIS), "Séisme au Japon : Air France suspend puis reprend ses vols vers Tokyo", "La compagnie Air France annonce l'adaptation de son programme après le séisme."),
    (datetime(2011, 3, 12, 18, 20, tzinfo=PARIS), "Japon : les Français de Tokyo cherchent à rentrer", "Air France et les autres compagnies affichent complet pour plusieurs jours."),
    (datetime(2011, 3, 13, 14, 30, tzinfo=PARIS), "Air France accusée de profiter de la catastrophe, colère sur Twitter", "Les internautes dénoncent des tarifs honteux et l'absence de réponse d'Air France."),
    (datetime(2011, 3, 13, 19, 45, tzinfo=PARIS), "Le silence d'Air France sur Twitter fait scandale", "Avec 38 000 abonnés, le compte d'Air France n'a rien publié depuis vendredi malgré les plaintes."),
    (datetime(2011, 3, 14, 10, 30, tzinfo=PARIS), "Air France gèle ses tarifs au départ du Japon", "Air France répond enfin aux critiques et présente des excuses aux clients."),
)  # fmt: skip
_OWN = (
    (datetime(2011, 3, 11, 10, 0, tzinfo=PARIS), "Japon : nos équipes suivent la situation, consultez l'état des vols sur notre site."),
    (datetime(2011, 3, 11, 17, 12, tzinfo=PARIS), "Envie de soleil ? Nos offres de printemps sont en ligne ce soir. Bon week-end à tous !"),
    (BRAND_SPEAKS, "Japon : nous faisons tout notre possible. Tarifs gelés, deux vols supplémentaires, nos équipes répondent à chacun de vous."),
    (datetime(2011, 3, 14, 10, 25, tzinfo=PARIS), "Nous répondons à vos messages un par un : envoyez-nous votre dossier en privé."),
    (datetime(2011, 3, 14, 11, 10, tzinfo=PARIS), "Deuxième vol supplémentaire Tokyo-Paris ouvert à la vente au tarif habituel."),
    (datetime(2011, 3, 14, 12, 30, tzinfo=PARIS), "Les clients présents au Japon peuvent modifier leur billet sans frais."),
    (datetime(2011, 3, 14, 13, 40, tzinfo=PARIS), "Toutes les demandes reçues ce week-end sont en cours de traitement, merci de votre patience."),
)  # fmt: skip


def _poisson(random: Random, mean: float) -> int:
    """Knuth's method; means here stay below about 250."""
    limit, count, product = math.exp(-mean), 0, random.random()
    while product > limit:
        count, product = count + 1, product * random.random()
    return count


_ELIDED = re.compile(r"\bde (?=[AEIOU])")


def _filled(random: Random, template: str) -> str:
    filled = template.format(
        n=random.choice((1180, 1450, 1790, 2100, 2350, 2600, 2980, 3200, 3640)),
        n2=random.randint(5, 55),
        d=random.randint(2, 9),
        who=random.choice(_WHO),
        where=random.choice(_WHERE),
        rel=random.choice(("brother", "daughter", "mother", "husband", "wife", "best friend", "son", "boss")),
        city=random.choice(("Tokyo", "Narita", "Osaka", "Sendai", "Nagoya", "Kyoto")),
        dest=random.choice(_DEST),
        day=random.choice(_DAYS),
        month=random.choice(_MONTHS),
        dish=random.choice(_DISH),
        film=random.choice(_FILM),
        cls=random.choice("ABCEFHKLMNQSTVY"),
        code="".join(random.choice("ABCDEFGHJKLMNPQRSTUVWXYZ23456789") for _ in range(6)),
        f=random.randint(102, 998),
        h=random.randint(6, 23),
        m=f"{random.randrange(60):02d}",
        k=random.randint(2, 9),
        k2=random.randint(11, 48),
        n3=random.randint(30, 400),
    )
    return _ELIDED.sub("d'", filled)


def _angry(random: Random) -> str:
    """A complaint or a call for help: how it opens, what is wrong, a detail nobody else has, how it ends."""
    english = random.random() < 0.22
    core = random.choice(_EN) if english else random.choice(random.choice((_FARE, _HELP, _HELP, _SILENT)))
    detail = random.choice(_DETAIL_EN if english else _DETAIL)
    end = random.choice(
        ("", "#fail", "answer us!", "please help", "#Japan", "never again") if english else _END
    )
    parts = [
        random.choice(_OPEN_EN if english else _OPEN),
        core,
        f"({detail})" if random.random() < 0.5 else detail,
        end,
    ]
    if random.random() < 0.3:
        parts[1], parts[2] = parts[2], parts[1]
    return _filled(random, " ".join(part for part in parts if part))


def _usual(random: Random) -> str:
    """An ordinary post: mostly neutral, one in eight pleased, one in eight not."""
    english = random.random() < 0.25
    scene, name = (
        random.choice(_SCENE_EN if english else _SCENE),
        random.choice(_NAMED_EN if english else _NAMED),
    )
    mood, roll = "", random.random()
    if roll < 0.25:
        mood = random.choice(_GOOD if roll < 0.125 else _BAD)
    parts = [scene, name, mood] if random.random() < 0.6 else [name, scene, mood]
    return _filled(random, " ".join(part for part in parts if part))


def _storm(hour: datetime) -> float:
    """Extra mentions an hour because of the crisis."""
    after = int((hour - SUNDAY) / timedelta(hours=1))
    if 0 <= after < len(_STORM):
        return float(_STORM[after])
    return 0.8 if EARTHQUAKE <= hour < SUNDAY else 0.0


def _public(random: Random) -> Iterator[tuple[datetime, str]]:
    hour = BEGINS
    while hour < ENDS:
        level = _WEEKDAY_LEVEL * _HOURS[hour.hour] * (_WEEKEND if hour.weekday() > 4 else 1.0)
        for _ in range(_poisson(random, level)):
            yield hour + timedelta(seconds=random.randrange(3600)), _usual(random)
        for _ in range(_poisson(random, _storm(hour))):
            angry = random.random() < (0.78 if hour >= SUNDAY else 0.2)
            text = _angry(random) if angry else _usual(random)
            # Until Sunday people talk of the airline; then they talk to it.
            text = text if hour >= SUNDAY else text.replace("@airfrance", "Air France")
            yield hour + timedelta(seconds=random.randrange(3600)), text
        hour += timedelta(hours=1)


def _owned(random: Random) -> Iterator[tuple[datetime, str]]:
    day = BEGINS
    while day < EARTHQUAKE - timedelta(days=1):
        if day.weekday() < 5:
            yield (
                day + timedelta(hours=10, minutes=random.randrange(20)),
                f"Offre du jour : {random.choice(_DEST)}, réservez sur notre site.",
            )
            yield (
                day + timedelta(hours=15, minutes=random.randrange(50)),
                f"Bonjour, votre vol pour {random.choice(_DEST)} est confirmé, bon voyage !",
            )
        day += timedelta(days=1)
    yield from _OWN


def _replies(random: Random, posts: Sequence[Post]) -> Iterator[tuple[Post, Post]]:
    """On ordinary week-days the brand answers the unhappy within an hour or so: a post, and the answer to it."""
    for post in posts:
        at = post.at.astimezone(PARIS)
        unhappy = any(bad in post.text for bad in _BAD)
        if (
            post.feed != "twitter"
            or not unhappy
            or at >= EARTHQUAKE
            or at.weekday() > 4
            or not 9 <= at.hour < 17
        ):
            continue
        answer = at + timedelta(minutes=min(random.lognormvariate(math.log(35), 0.7), 240))
        if random.random() < 0.8 and answer.hour < 18:
            text = f"{post.author} Bonjour, désolés. Envoyez-nous votre dossier en message privé, nous regardons."
            yield post, Post(feed="airfrance", at=answer, author="@airfrance", text=text, number=0)


def timeline(seed: int = 2011) -> list[Post]:
    """Every post of the reconstruction, oldest first; the same for the same seed."""
    random = Random(seed)  # noqa: S311 - a script of a play, not a secret
    posts = [
        Post(
            feed="twitter",
            at=at,
            author=f"@{random.choice(_NAMES)}{random.choice(_TAILS)}{random.randrange(90)}",
            text=text,
            number=0,
        )
        for at, text in _public(random)
    ]
    posts += [
        Post(feed="airfrance", at=at, author="@airfrance", text=text, number=0) for at, text in _owned(random)
    ]
    posts += [
        Post(feed="press", at=at, author="Rédaction", title=title, text=text, number=0)
        for at, title, text in _PRESS
    ]
    # A second generator, so that the rest of the play does not depend on who was answered.
    replies = list(_replies(Random(seed), posts))  # noqa: S311 - as above
    posts += [reply for _, reply in replies]
    posts.sort(key=lambda post: post.at)
    numbers = {id(post): number for number, post in enumerate(posts, 1)}
    answered = {id(reply): numbers[id(post)] for post, reply in replies}
    return [replace(p, number=numbers[id(p)], answers=answered.get(id(p), 0)) for p in posts]
