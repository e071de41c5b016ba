import subprocess
import sys
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ereputation.model import Document
from ereputation.stories import signature, similar

NOW = datetime(2026, 3, 1, tzinfo=UTC)
DISPATCH = (
    "Air France a annulé mercredi une cinquantaine de vols au départ de Paris en raison d'une grève des contrôleurs "
    "aériens, a annoncé la compagnie dans un communiqué publié en fin de matinée, ajoutant que les passagers "
    "concernés seraient prévenus par message et remboursés."
)
HEADLINE = "Grève : Air France annule 50 vols mercredi"


def document(title="", text="", kind="article"):
    return Document(source="s", guid="g", title=title, text=text, type=kind, published=NOW, first_seen=NOW)


def post(text):
    return document(text=text, kind="post")


@pytest.mark.parametrize(
    ("one", "two"),
    [
        (
            document(f"{HEADLINE} - Le Monde", DISPATCH),
            document(f"VIDEO. {HEADLINE} | Le Figaro", "Autre texte"),
        ),
        (document("[Vidéo] " + HEADLINE), document("AFP - " + HEADLINE.upper())),
        (document("Pagaille à Roissy", DISPATCH), document("Des vols annulés", DISPATCH[:210] + "…")),
        (
            document("Pagaille à Roissy", DISPATCH),
            document("Des vols annulés", DISPATCH.replace("mercredi", "jeudi")),
        ),
        (post(f"RT @lemondefr: {HEADLINE} https://t.co/abc"), document(HEADLINE, DISPATCH)),
        (post(f"{HEADLINE} via @lemondefr #airfrance #grève"), document(HEADLINE, DISPATCH)),
        (post(f"« {HEADLINE} » https://lemonde.fr/x"), document(HEADLINE)),
    ],
)
def test_copies_join_and_can_be_looked_up(one, two):
    a, b = signature(one), signature(two)
    assert similar(a, b)
    assert similar(b, a)
    assert a.title_key == b.title_key != "" or set(a.bands) & set(b.bands)


@pytest.mark.parametrize(
    ("one", "two"),
    [
        (
            post("@airfrance vol annulé, aucune info depuis 3h"),
            post("@airfrance vol retardé, aucune info depuis 5h"),
        ),
        (
            post("Vol AF1234 annulé sans explication, 5h d'attente à Roissy"),
            post("Vol AF5678 annulé sans explication, 3h d'attente à Orly"),
        ),
        (post("merci airfrance"), post("merci airfrance")),
        (post("https://t.co/abc"), post("https://t.co/abc")),
        (document(), document()),
        (
            document("Le journal de 20 heures", DISPATCH),
            document("Air France", "Une cabine rénovée pour cet été"),
        ),
        (
            document("Very bad experience with Air France", "they lost my suitcase twice", "review"),
            document("Very bad experience with Air France", "rude crew and cold food again", "review"),
        ),
        (
            document("/u/ann on Air France lost my bag again", "did you call them and ask why"),
            document("/u/bob on Air France lost my bag again", "same for me last year in Nice"),
        ),
        (
            document("Air France recrute 100 pilotes", DISPATCH),
            document("Air France ferme 100 postes", "La direction"),
        ),
    ],
)
def test_different_things_stay_apart(one, two):
    assert not similar(signature(one), signature(two))


@given(st.text(), st.text(), st.sampled_from(["article", "post", "comment"]))
def test_any_text_has_a_signature_that_fits_a_database(title, text, kind):
    found = signature(document(title, text, kind))
    assert found == signature(document(title, text, kind))
    assert all(-(2**63) <= band < 2**63 for band in found.bands)
    assert len(found.bands) in {0, 8}
    assert len(found.sketch) <= 192
    assert not found.sketch or similar(found, found)


@pytest.mark.parametrize("junk", ["#a ", "rt @a", "\n", "https://", " - ", "- a", "\U0001f600", "é\u0301"])
def test_long_junk_has_a_bounded_signature(junk):
    found = signature(document(junk * 100_000, junk * 100_000))
    assert len(found.sketch) <= 192


def test_signatures_are_the_same_in_another_process():
    code = (
        "from datetime import UTC, datetime; from ereputation.model import Document; "
        "from ereputation.stories import signature; n = datetime(2026, 3, 1, tzinfo=UTC); "
        f"d = Document(source='s', guid='g', text={DISPATCH!r}, published=n, first_seen=n); print(signature(d).bands)"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == str(signature(document(text=DISPATCH)).bands)
