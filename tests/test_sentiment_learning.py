"""What corrections teach: words weigh less for one brand, within bounds, the same every time."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from desk import HOUR, NOW, Desk, item
from ereputation.model import Sentiment, Word
from ereputation.sentiment import Engine, Judged, Learnt, learn

LABELS = st.sampled_from(["negative", "neutral", "positive"])
WORDS = st.builds(
    Word,
    text=st.sampled_from(["crise", "nul", "bravo", "lent", "génial", "pas"]),
    start=st.just(0),
    end=st.just(0),
    weight=st.sampled_from([-3.0, -1.0, 0.0, 1.0, 3.0]),
    rule=st.sampled_from(["", "negated", "contrast", "config", "intensified, capitals"]),
)
JUDGED = st.builds(
    Judged,
    LABELS,
    st.builds(Sentiment, label=LABELS, score=st.floats(-1, 1), words=st.lists(WORDS, max_size=5).map(tuple)),
)


def said(label, *words, score=-0.5):
    """What we said, and why."""
    return Sentiment(
        label=label, score=score, words=tuple(Word(text=t, start=0, end=1, weight=w) for t, w in words)
    )


def test_a_word_alone_to_blame_is_silent_after_three_corrections():
    once = Judged("neutral", said("negative", ("Crise", -2.0)))
    assert [learn([once] * n).words["crise"].factor for n in (1, 2, 3, 9)] == [0.67, 0.33, 0.0, 0.0]
    assert learn([once] * 2).words["crise"].rule == "learnt from 2 corrections"


def test_words_share_the_blame_and_agreement_gives_weight_back():
    both = Judged("neutral", said("negative", ("crise", -2.0), ("nul", -2.0)))
    assert learn([both]).words["nul"].factor == 0.83
    right = Judged("negative", said("negative", ("nul", -2.0)))
    assert set(learn([both, right]).words) == {"crise"}


def test_what_a_rule_made_of_a_word_teaches_nothing_of_it():
    turned = Sentiment(
        label="negative",
        score=-0.4,
        words=(Word(text="bon", start=0, end=3, weight=-1.5, rule="negated"),),
    )
    assert not learn([Judged("positive", turned)] * 5)


@given(st.lists(JUDGED, max_size=30))
def test_nothing_is_ever_turned_over_or_made_heavier(judged):
    learnt = learn(judged)
    assert all(0 <= share.factor < 1 for share in learnt.words.values())
    assert learnt == learn(list(judged))
    assert learnt.bounds[0] < 0 < learnt.bounds[1]


def test_bounds_are_fitted_only_to_many_labels_of_what_came():
    ours = {-0.2: "negative", 0.0: "neutral", 0.5: "positive", -0.7: "negative"}
    people = {**ours, -0.2: "neutral"}  # this brand's readers find mild blame neutral
    many = [Judged(people[s], said(ours[s], score=s)) for s in (-0.2, 0.0, 0.5, -0.7)] * 60
    assert learn(many[:196]).bounds == Learnt().bounds
    assert learn(many).bounds[0] <= -0.2
    mistakes = [one for one in many if one.label != one.sentiment.label] * 5
    assert learn(mistakes).bounds == Learnt().bounds


def test_the_engine_says_what_it_learnt_and_for_one_brand_only():
    engine, text = Engine(), "Orange traverse une crise"
    learnt = learn([Judged("neutral", engine.targeted(text, [(0, 6)]))] * 3)
    judged = engine.targeted(text, [(0, 6)], learnt=learnt)
    assert (engine.targeted(text, [(0, 6)]).label, judged.label) == ("negative", "neutral")
    assert "learnt from 3 corrections" in {word.rule for word in judged.words}


def test_corrections_teach_the_next_scan_and_explain_until_they_are_forgotten(tmp_path):
    desk = Desk(tmp_path)
    titles = [f"Air France face à la crise, acte {n} : {t}" for n, t in enumerate(("Nice", "Brest", "Pau"))]
    desk.configure(
        {
            "name": "Press",
            "url": desk.feed(
                "press",
                *[
                    item(f"{t} {t[::-1]}", guid=t, url=f"https://x.example/{n}", at=NOW - n * HOUR)
                    for n, t in enumerate(titles)
                ],
            ),
        }
    )
    desk.scan()
    found = desk.run("export", "--format", "ndjson", "--now", NOW.isoformat()).lines
    assert {one["sentiment"] for one in found} == {"negative"}
    ids = [one["mention_id"] for one in found]
    out = [desk.run("mark", number, "--sentiment", "neutral").out for number in ids][-1]
    assert "Learnt for Air France: 'crise' weighs" in out

    def told():
        answer = desk.run("explain", "Air France et la crise", "--format", "json").json
        return answer["matches"][0]["sentiment"]

    assert (told()["label"], told()["words"][0]["rule"]) == ("neutral", "learnt from 3 corrections")
    later = item("Kérosène : Air France et la crise", guid="l", url="https://y.example/l", at=NOW + HOUR)
    desk.configure({"name": "Press", "url": desk.feed("press", later)})
    desk.scan(NOW + 2 * HOUR)
    fresh = desk.run("export", "--format", "ndjson", "--now", (NOW + 2 * HOUR).isoformat()).lines
    assert next(one for one in fresh if "Kérosène" in one["title"])["sentiment"] == "neutral"
    record = desk.run("mark", ids[0], "--sentiment", "neutral", "--format", "json").json
    assert record["learnt"] == [{"brand": "Air France", "word": "crise", "factor": 0.0, "corrections": 3}]
    for number in ids:
        desk.run("mark", number, "--forget")
    assert told()["label"] == "negative"
