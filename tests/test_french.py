"""Nothing is said in English to somebody who reads French, and the catalogue is whole."""

import ast
import gettext
import io
import re
from datetime import timedelta
from functools import cache
from string import Formatter

import pytest
from rich.cells import cell_len

from catalogue import MO, PACKAGE, compiled, extracted, spaced, written
from desk import HOUR, NOW, Desk, item
from ereputation import speech, words
from ereputation.screen import keys
from showcase import PARIS, at
from test_tables import VIEWS, compare, console, said


@pytest.fixture(autouse=True)
def _afterwards():
    yield
    speech.use(None)


@pytest.fixture
def french():
    speech.use("fr")


# The catalogue


def texts(message):
    """The texts of a message, and their translations."""
    if message.pluralizable:
        return tuple(message.id), tuple(message.string)
    return (message.id,), (message.string,)


def fields(text):
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def has_fields(text):
    if "CaseAndAccentExact" in text:
        return False
    try:
        return bool(fields(text)) and all(name.isidentifier() for name in fields(text))
    except ValueError:  # a brace of its own
        return False


def test_every_text_is_translated():
    wanted = {(message.id, message.context) for message in extracted() if message.id}
    kept = {(message.id, message.context): message for message in written() if message.id}
    assert wanted - set(kept) == set(), (
        "python tests/catalogue.py takes over what is new and drops what is gone"
    )
    assert [m.id for m in kept.values() if not all(texts(m)[1])] == []
    assert [m.id for m in kept.values() if m.fuzzy] == []


def test_a_translation_says_the_same_values():
    for message in written():
        for text, french in zip(*texts(message), strict=True) if message.id else ():
            if not has_fields(text):
                continue
            given = fields(text)
            assert fields(french) <= given, text
            if not message.pluralizable:
                assert fields(french) == given, text


TIGHT = re.compile(r"(?<![\s\u00a0\u202f:])[;!?»](?=\s|$)|[^\W\d_]: (?!«)")
"""A high sign that touches the word before it."""
LITERAL = re.compile(
    r"``[^`]*``|`[^`]*`|\"[^\"]*\"|«\u00a0[^»]*»|https?://\S+|\{\w+\}[:?]|\{[^}]*\}|"
    r"\b(?:tls|type|source|sentiment|status|notify|brands|import): ",
)
"""What is typed or printed as it stands."""


def test_french_typography_and_line_ends():
    for message in written():
        for text, french in zip(*texts(message), strict=True) if message.id else ():
            assert french == spaced(french), text
            assert text.startswith("\n") == french.startswith("\n"), text
            assert text.endswith("\n") == french.endswith("\n"), text
            assert "« " not in french.replace("«\u00a0", ""), text
            assert not TIGHT.findall(LITERAL.sub("", french)), text


def test_what_gettext_reads_is_the_catalogue():
    french, made = (gettext.GNUTranslations(io.BytesIO(mo)) for mo in (MO.read_bytes(), compiled(written())))
    assert {**french._catalog, "": ""} == {**made._catalog, "": ""}, (
        "but for the head, which names Babel's version"
    )
    assert [french.ngettext("mention", "mentions", n) for n in (0, 1, 2)] == [
        "mention",
        "mention",
        "mentions",
    ]


# The source code

MARKS = {"_", "N_", "n_", "p_", "NP_"}
TYPES = {"TypeVar", "cast", "Literal", "Calendar"}
NOT_FOR_PEOPLE = {
    "demo/script.py": "what is posted in the play",
    "export/mentions.py": "names of columns, fixed by others",
    "export/workbook.py": "names of columns, fixed by others",
    "importing/columns.py": "names of columns in others' exports",
    "starting/wording.py": "a configuration in either language",
    "figures/terms.py": "words of the languages",
    "sources/dates.py": "months in many languages",
    "config/hazards.py": "what PyYAML says",
}
INTERNAL = {"AssertionError", "AttributeError", "TypeError", "RuntimeError", "KeyError"}
SENTENCE = re.compile(r"[a-z]{2,}[,:;]? [a-z]{2,}")
CALLS = {"complain", "echo", "print", "put_lines", "Text", "Finding", "append", "fault", "refuse", "progress"}


@cache
def trees():
    """Every module, parsed, by its path in the package."""
    return {
        path.relative_to(PACKAGE): ast.parse(path.read_text(encoding="utf-8"))
        for path in sorted(PACKAGE.rglob("*.py"))
    }


def called(node):
    function = node.func
    return function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")


def naked(tree):
    """Sentences that reach people (raised, printed, yielded, complained) without a mark for translation."""
    found = []
    _look(tree, found, said=False, raised=False)
    return found


def _look(node, found, *, said, raised):
    if isinstance(node, ast.Call):
        name = called(node)
        if name in MARKS or name in TYPES or name == "amount" or (raised and name in INTERNAL):
            return
        said = said or name in CALLS
    elif isinstance(node, ast.Raise):
        said = raised = True
    elif isinstance(node, ast.JoinedStr):
        parts = [part for part in node.values if isinstance(part, ast.Constant)]
        if said and SENTENCE.search(text := " ".join(part.value for part in parts)):
            found.append((node.lineno, text))
        for part in node.values:
            if part not in parts:
                _look(part, found, said=said, raised=raised)
        return
    elif isinstance(node, ast.Constant):
        if said and isinstance(node.value, str) and SENTENCE.search(node.value):
            found.append((node.lineno, node.value))
        return
    for child in ast.iter_child_nodes(node):
        _look(child, found, said=said, raised=raised)


def known(path, text):
    """What is said to programs, or to programmers."""
    return (
        str(path) in NOT_FOR_PEOPLE
        or (
            path.parts[0] in {"store", "schema"}
            and re.search(r"\b(SELECT|INSERT|UPDATE|DELETE|FROM|WHERE|AND|index)\b", text)
        )
        or re.match(r"\s*<|#|PRAGMA|SET |[a-z]+/[a-z+]+[,;]", text.strip())
        or text in SAID_TO_PROGRAMS
    )


SAID_TO_PROGRAMS = {
    "a period has to begin before it ends",
    "several faults",
    "bad query",
    "an epoch",
    "{kind: google-news, search: ...}",
    "bold underline",
    "  ereputation -c  /ereputation.yaml search 'Tokyo NEAR/8 euros'",
    "expected one of  , not ",
}


def test_no_sentence_reaches_people_without_a_mark():
    found = [
        f"{path}:{line}: {text!r}"
        for path, tree in trees().items()
        for line, text in naked(tree)
        if not known(path, text)
    ]
    assert found == []


def test_the_search_for_unmarked_sentences_finds_them():
    code = "def f():\n    raise UsageError(f'there is {n} too much')\n    complain('it is over')\n    echo(_('fine as it is'))"
    assert [line for line, _ in naked(ast.parse(code))] == [2, 3]


def test_no_function_hides_the_mark():
    """``_`` as a name of one's own would be called as the translation."""
    for path, tree in trees().items():
        for node in ast.walk(tree):
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            names = [(n, type(n.ctx)) for n in ast.walk(node) if isinstance(n, ast.Name) and n.id == "_"]
            assert {ast.Store, ast.Load} - {kind for _, kind in names}, f"{path}:{node.lineno}"


# Which language


@pytest.mark.parametrize(
    ("variables", "configured", "language"),
    [
        ({}, None, "en"),
        ({"LANG": "fr_FR.UTF-8"}, None, "fr"),
        ({"LANG": "fr_FR.UTF-8", "LC_ALL": "C"}, None, "en"),
        ({"LANG": "en_GB.UTF-8", "LC_MESSAGES": "fr_CA"}, None, "fr"),
        ({"LANG": "de_DE.UTF-8"}, None, "en"),
        ({"LANG": "en_GB.UTF-8"}, "fr", "fr"),
        ({"LANG": "fr_FR.UTF-8"}, "en", "en"),
        ({"LANG": "en_GB.UTF-8", "EREPUTATION_LANGUAGE": "fr"}, "en", "fr"),
        ({"EREPUTATION_LANGUAGE": "en"}, "fr", "en"),
    ],
)
def test_the_environment_wins_over_the_configuration_and_that_over_the_locale(
    variables, configured, language
):
    assert speech.wanted(variables, configured) == language


def test_the_configuration_says_the_language_also_of_its_own_faults(desk):
    desk.configure(language="fr", timezone="Paris/Europe")
    assert "fuseau horaire attendu" in desk.run("scan").err
    desk.configure(language="en", timezone="Paris/Europe")
    assert "expected a time zone" in desk.run("scan").err


def test_one_command_after_another_speaks_its_own_language(desk, monkeypatch):
    monkeypatch.setenv("LANG", "fr_FR.UTF-8")
    assert desk.run("--help").out.startswith("Usage\u00a0: ereputation [OPTIONS] COMMANDE")
    monkeypatch.setenv("LANG", "C.UTF-8")
    assert desk.run("--help").out.startswith("Usage: ereputation [OPTIONS] COMMAND")


def test_a_latin_1_terminal_gets_the_closest_characters(desk, monkeypatch):
    text = "1\u202f203 — «\u00a0grève…\u00a0» cœur ’ 🙂"
    from ereputation.cli import spoken

    assert (
        text.encode("latin-1", spoken.CLOSEST).decode("latin-1")
        == "1\u00a0203 ? «\u00a0grève...\u00a0» coeur ' ?"
    )
    assert text.encode("ascii", spoken.CLOSEST).decode("ascii").startswith("1 203 ? ?")


# Numbers and dates

SPACE = "\u202f"


@pytest.mark.parametrize(
    ("say", "expected"),
    [
        (lambda: words.count(1203), f"1{SPACE}203"),
        (lambda: words.count(13.62), "13,6"),
        (lambda: words.count(0.0512), "0,051"),
        (lambda: words.percent(0.85), "85\u00a0%"),
        (lambda: words.score(-0.62), "-0,62"),
        (lambda: words.amount(0, "mention", "mentions"), "0 mention"),
        (lambda: words.amount(1, "mention", "mentions"), "1 mention"),
        (lambda: words.amount(1203, "mention", "mentions"), f"1{SPACE}203 mentions"),
        (lambda: words.duration(45 * 60), "45 minutes"),
        (lambda: words.duration(4 * 86400), "4 jours"),
        (lambda: words.since(at(13, 15), at(13, 21)), "il y a 6 heures"),
        (lambda: words.since(at(13, 21), at(13, 20, 40)), "dans 20 minutes"),
        (lambda: words.since(at(13, 21), at(13, 21)), "à l'instant"),
        (lambda: words.since(at(13, 21) + timedelta(seconds=20), at(13, 21)), "dans un instant"),
        (lambda: words.clock(at(13, 14), PARIS, at(14, 15)), "dim. 13 mars 15:00"),
        (lambda: words.day(at(13, 14), PARIS), "dimanche 13 mars 2011"),
        (lambda: words.times(28, 1), "28 fois plus"),
        (lambda: words.times(1, 4), "75\u00a0% de moins"),
        (lambda: words.chance(0.01), "environ 1 chance sur 100 (p = 0,01)"),
        (lambda: words.KINDS["brand_silence"], "Silence de la marque"),
        (lambda: words.STATUSES["new"], "nouveau"),
        (lambda: words.because("negated", "delay"), "nié, retard"),
        (lambda: words.risk("mes mots"), "mes mots"),
    ],
)
def test_numbers_dates_and_words_of_the_field(french, say, expected):
    assert say() == expected


def test_what_is_put_together_has_the_spaces_of_french(desk, french, monkeypatch):
    assert words.joined(["un", "", "deux", "trois"]) == f"un{SPACE}; deux{SPACE}; trois"
    assert words.joined([]) == ""
    assert [key.key for key in keys.foot("list")][:1] == ["Entrée"]
    assert [key.key for key in keys.foot("full")][:1] == ["Échap"]
    monkeypatch.setenv("EREPUTATION_LANGUAGE", "fr")
    assert "--every\u00a0: durée attendue" in desk.run("schedule", "cron", "--every", "souvent").err


def test_a_severe_alert_is_said_in_french(french):
    screen = console(100)
    VIEWS["alerts"](screen, plain=True)
    text = said(screen)
    assert "Pic de mentions" in text
    assert "  Depuis\u00a0: dim. 13 mars" in text
    assert "Que faire\u00a0:" in text


# Every screen, in the words of a catalogue that puts brackets around everything


class Brackets(gettext.NullTranslations):
    """Says that a text was translated, and nothing else."""

    def gettext(self, text):
        lead, tail = (text[:1], text[1:]) if text.startswith("#") else ("", text)
        return f"{lead}⟦{tail}⟧"

    def ngettext(self, one, many, n):
        return self.gettext(one if n < 2 else many)

    def pgettext(self, _context, text):
        return self.gettext(text)


NAMES = """
Air France KLM Press press Orange ereputation python json ndjson csv xlsx html plain table auto always never config
UTC Europe Paris min excel brandwatch talkwalker meltwater feed file yaml lun mar mer jeu ven sam dim janv févr mars avr
mai juin juil août sept oct nov déc lundi mardi mercredi jeudi vendredi samedi dimanche février janvier
handled ignored seen new negative neutral positive info warning critical cron systemd alert name url ids file str int list
path range query text pages urls scheduler what scan search alerts sources check show mark stats report export import
backtest explain schedule prune forget demo clock watch init health reset discover add opml ack snooze resolve reopen handle
mentions stories buckets stdout the and database mailto Acme date
"""


@pytest.fixture(scope="module")
def newsroom(tmp_path_factory):
    """A feed with a complaint and two brands, scanned once."""
    desk = Desk(tmp_path_factory.mktemp("newsroom"))
    url = desk.feed(
        "press",
        item(
            "Air France : grève lundi", "Les pilotes d'Air France sont en grève. Un scandale.", guid="strike"
        ),
        item("KLM ajoute des vols", "Merci à KLM, un service excellent.", guid="klm", at=NOW - 2 * HOUR),
    )
    desk.configure({"name": "Press", "url": url}, brands=["Air France", "KLM"])
    desk.scan()
    return desk


def naked_words(text, data):
    while (shorter := re.sub(r"⟦[^⟦⟧]*⟧", " ", text)) != text:
        text = shorter
    text = re.sub(r"⟦[^\n]*\.\.\.$", " ", text, flags=re.MULTILINE)  # the list of commands cuts them
    text = re.sub(
        r"\S*(?:://|/|\.example|@|\.yaml|\.xml|\.db|\.py)\S*|--?[a-z][\w-]*|\S*_\S*|`[^`]*`", " ", text
    )
    known = {word.casefold() for word in re.findall(r"[^\W\d_]+", data)}
    return [word for word in re.findall(r"[^\W\d_]{3,}", text) if word.casefold() not in known]


def help_of(*names):
    return [(*name.split(), "--help") for name in names]


COMMANDS = [
    ("scan", "--force"),
    ("scan", "--offline"),
    ("search",),
    ("search", "grève"),
    ("search", "rien-de-tel"),
    ("explain", "Un scandale : grève chez Air France, toujours aucune réponse"),
    ("explain", "--query", "a OR (b NEAR/3 c)", "--tree"),
    ("clock", "--weekend"),
    ("alerts",),
    ("sources",),
    ("sources", "health"),
    ("sources", "reset", "Press"),
    ("show", "1"),
    ("mark", "1", "--status", "handled", "--by", "Press", "--note", "press"),
    ("mark", "1", "--undo"),
    ("stats",),
    ("check", "--offline"),
    ("backtest",),
    ("prune", "--older-than", "1d", "--dry-run"),
    ("forget", "@press", "--dry-run"),
    ("scan", "--format", "nope"),
    ("scan", "--source", "Prss"),
    ("search", "(grève"),
    ("search", "titre:"),
    ("search", "--brand", "Air Frnce"),
    ("show", "a99"),
    ("mark", "99999", "--status", "seen"),
    ("export", "--format", "plain"),
    ("nope",),
    ("report", "--out", "-", "--format", "md"),
    ("init", "Acme", "--output", "new.yaml"),
    ("schedule", "cron"),
    ("import", "nothing.csv"),
    ("alerts", "ack", "a1"),
    ("export", "stories", "--output", "x.csv"),
    ("scan", "--now", "demain"),
    ("export", "--since", "demain"),
    ("-c", "nope.yaml", "scan"),
    *help_of(
        "",
        "scan",
        "search",
        "alerts",
        "alerts explain",
        "sources add",
        "mark",
        "export",
        "report",
        "schedule",
    ),
]


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_no_word_of_a_screen_is_left_untranslated(newsroom, monkeypatch, arguments):
    monkeypatch.setenv("LANG", "fr_FR.UTF-8")
    monkeypatch.setattr(gettext, "translation", lambda *_args, **_more: Brackets())
    now = () if "--help" in arguments or "--now" in arguments else ("--now", NOW.isoformat())
    now = (
        now
        if arguments[0] in {"scan", "search", "clock", "alerts", "sources", "show", "stats", "check"}
        else ()
    )
    if arguments[:2] in {("sources", "reset"), ("sources", "health")} or "nope.yaml" in arguments:
        now = ()
    ran = newsroom.run(*arguments, *now)
    assert "Traceback" not in ran.err
    printed = "\n".join(line for line in (ran.out + "\n" + ran.err).splitlines() if "Python 3" not in line)
    data = (
        NAMES
        + " ".join(arguments)
        + (newsroom.folder / "press.xml").read_text(encoding="utf-8")
        + str(newsroom.folder)
    )
    assert naked_words(printed, data) == []


# The screens, as they stand in their files


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize("view", VIEWS)
def test_a_french_screen_looks_as_it_did(french, view, width):
    screen = console(width)
    VIEWS[view](screen, plain=False)
    text = said(screen)
    compare(f"fr-{view}-{width}", text)
    wide = [line for line in text.splitlines() if cell_len(line) > width and "https://" not in line]
    assert wide == []


def test_a_query_is_explained_in_french(monkeypatch, tmp_path):
    monkeypatch.setenv("EREPUTATION_LANGUAGE", "fr")
    ran = Desk(tmp_path).run("explain", "--tree", "--query", "vol OU train SAUF site:a.fr depuis:2j")
    assert (ran.code, "champ inconnu depuis:" in ran.err) == (2, True)
    ran = Desk(tmp_path).run(
        "explain", "--tree", "--query", "vol SAUF (train OU site:a.fr) since:2j", "--now", NOW.isoformat()
    )
    assert "  sauf\n    l'un de ceux-ci\n" in ran.out
    assert " not" not in ran.out


def test_options_are_explained_without_the_types_of_python(monkeypatch, tmp_path):
    monkeypatch.setenv("EREPUTATION_LANGUAGE", "fr")
    shown = Desk(tmp_path).run("search", "--help").out
    assert "--brand <texte>" in shown
    assert "--limit <nombre>" in shown
    assert "--sentiment <negative|neutral|positive>" in shown
    assert not re.search(r"<(str|path|int|list)", shown)


def test_words_agree_with_their_number(monkeypatch, tmp_path):
    monkeypatch.setenv("EREPUTATION_LANGUAGE", "fr")
    desk = Desk(tmp_path)
    desk.configure(
        desk.feed(
            "a",
            item("@airfrance pourquoi mon vol est-il annulé ? Toujours aucune réponse, scandaleux", guid="1"),
        )
    )
    desk.scan()
    later = (NOW + 3 * HOUR).isoformat()
    assert "1 inconnue depuis" in desk.run("clock", "--now", later).out
    assert "1 sans lecture récente" in desk.run("sources", "--now", (NOW + 999 * HOUR).isoformat()).out
    assert "langue : inconnue" in desk.run("explain", "bof").out.replace("\u00a0", " ")
