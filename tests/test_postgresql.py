"""A store that several people and machines share: what is the same as with a file, and what only a server can do wrong."""

import json
import subprocess
import sys
import threading
import unicodedata
from contextlib import closing
from datetime import timedelta
from urllib.parse import quote

import pytest

from desk import HOUR, NOW, Desk, item
from ereputation.database import Server
from ereputation.errors import LockedError, StoreError
from ereputation.model import Document, HostState, Reading
from ereputation.query import filters, parse, preselection
from ereputation.schema import MIGRATIONS
from ereputation.store import Collected, Store, exists, scan_lock
from ereputation.text import fold
from loopback import Answer
from shared import SERVER, needs_server, shared

psycopg = pytest.importorskip("psycopg")
pytestmark = needs_server

PASSWORD = "correct horse/battery@staple"


@pytest.fixture
def place(tmp_path):
    """An empty schema."""
    return shared(tmp_path / "a.db")


@pytest.fixture
def admin():
    with psycopg.connect(SERVER, autocommit=True) as server:
        yield server


def address(**changes):
    """The server's address with other parts."""
    parts = psycopg.conninfo.conninfo_to_dict(SERVER) | {"password": PASSWORD} | changes
    user, host, port, name = (parts[key] for key in ("user", "host", "port", "dbname"))
    return Server(f"postgresql://{user}:{quote(parts['password'], safe='')}@{host}:{port}/{name}")


def sentence(place, **how):
    with pytest.raises(StoreError) as caught:
        Store.open(place, **how)
    assert "battery" not in str(caught.value)
    return str(caught.value)


def document(n, **more):
    return Document(
        **{
            "source": "s",
            "guid": f"g{n}",
            "title": f"Air France {n}",
            "text": "une grève",
            "published": NOW - timedelta(minutes=n),
            "first_seen": NOW,
        }
        | more
    )


def save(store, *documents, at=NOW):
    return store.save(
        [Collected(source="s", kind="feed", at=at, reading=Reading(documents=documents))], now=at
    )


def found(store, text):
    query = parse(text)
    return [d.guid for d, _ in store.search(preselection(query), filters(query)) if query.find(d) is not None]


# The same as with a file


def life(folder, **where):
    """Some days of a monitor: histories, copies, edits, a storm, triage, a new brand, an import, pruning and forgetting."""
    desk = Desk(folder)
    calm = [
        item(
            f"Air France, jour {d}",
            f"Note {d} sur Air France.",
            at=NOW - d * 24 * HOUR,
            author=f"@ana{d % 3}",
        )
        for d in range(1, 20)
    ]
    storm = [
        item(f"Scandale {k} chez Air France", f"Honte, grève, panique {k}.", at=NOW + timedelta(minutes=k))
        for k in range(12)
    ]
    dispatch = (
        "Les pilotes d'Air France en grève illimitée dès lundi",
        "Le syndicat appelle à cesser le travail. " * 9,
    )
    agencies = [item(*dispatch, guid=f"copy{n}", at=NOW - n * HOUR) for n in range(5)]
    said = []
    for step, entries in enumerate(
        [calm, [*calm[:5], *agencies], [*agencies, *storm], [item("Air France, jour 1", "Corrigé."), *storm]]
    ):
        brands = ["Air France", "KLM"] if step == 3 else ["Air France"]
        feeds = [desk.feed("a", *entries), desk.feed("b", *entries[::2], item("KLM et Été", f"{step}"))]
        desk.configure(*feeds, brands=brands, **where)
        scanned = desk.scan(NOW + step * HOUR, "--force")
        said.append((scanned["code"], scanned["mentions"], [a["kind"] for a in scanned["alerts"]]))
    (folder / "old.csv").write_text(
        "title,text,url,published,author\nAir France hier,Bien,https://x.example/1,2026-01-01,@Ana1\n"
    )
    for command in (
        ("import", "old.csv", "--now", NOW.isoformat()),
        ("mark", "3-5", "--status", "handled", "--note", "vu"),
        ("mark", "4", "--sentiment", "negative"),
        ("forget", "@ANA1", "--yes"),
        ("prune", "--older-than", "15d", "--now", NOW.isoformat()),
    ):
        ran = desk.run(*command)
        said.append((command, ran.code, ran.out))
    shown = [
        desk.run(*command, "--now", (NOW + 5 * HOUR).isoformat()).out
        for command in (
            ("search", "grève OR jour*", "--format", "ndjson"),
            ("search", '"grève illimitée" -KLM', "--format", "ndjson"),
            ("search", "author:ana2 OR source:b", "--format", "ndjson"),
            ("search", 'sentiment:negative status:new brand:"air france"', "--format", "ndjson"),
            ("export", "--format", "csv"),
            ("export", "stories", "--format", "ndjson"),
            ("export", "buckets", "--format", "ndjson"),
            ("alerts", "--format", "json"),
            ("sources", "--format", "json"),
            ("clock", "--format", "json"),
            ("stats", "--format", "json"),
        )
    ]
    with Store.open(desk.folder / "a.sqlite" if where else desk.folder / "ereputation.db") as store:
        assert store.faults() == []
        kept = [
            *((d.id, d.guid, d.title, d.label, d.score) for d in store.documents()),
            *((m.id, m.story, m.copies, m.status, m.note, m.match) for m in store.mentions()),
            *(sorted(store.counted_hours(brand).items()) for brand in ("Air France", "KLM")),
            *(sorted(store.recounted_hours(brand).items()) for brand in ("Air France", "KLM")),
            sorted(store.totals().items()),
        ]
    return said, kept, shown


def test_the_same_life_on_a_file_and_on_a_server_leaves_the_same(tmp_path):
    (tmp_path / "file").mkdir()
    (tmp_path / "server").mkdir()
    on_file = life(tmp_path / "file", database="a.sqlite")
    on_server = life(tmp_path / "server")
    for one, other in zip(on_file, on_server, strict=True):
        assert len(one) == len(other)
        for here, there in zip(one, other, strict=True):
            assert str(here).replace("/file/", "/server/") == str(there)
    assert any("volume_spike" in str(part) or "negative" in str(part) for part in on_file[0])
    assert [n for n, shown in enumerate(on_file[2]) if len(shown) < 50] == []


def test_text_is_folded_there_as_it_is_here(place):
    characters = [
        chr(code)
        for code in range(1, 0x1_0000)
        if unicodedata.category(chr(code)) not in {"Cs", "Cn", "Co"} and unicodedata.ucd_3_2_0.category(chr(code)) != "Cn"
    ]  # fmt: skip
    words = [*characters, "L’Œuvre d’Été", "`x´ … ™", "İstanbul", "ΑΣ", "ẞ", "a\u200db\u00adc"]
    with Store.open(place) as store:
        rows = store.db.rows(
            "SELECT value, fold(value) AS folded FROM json_each(:words)", {"words": json.dumps(words)}
        )
    assert [row["value"] for row in rows if row["folded"] != fold(row["value"])] == []
    assert len(rows) == len(words)


def test_what_a_server_has_no_room_for_is_stored_and_found_all_the_same(place):
    huge = " ".join(f"mot{n}" for n in range(200_000))
    with Store.open(place) as store:
        save(
            store,
            document(0, text=huge),
            document(1, text=f"{'x' * 10_000} {'é' * 5000}y"),
            document(2, title="nul\0 ici \ud800 là", text="\0", author_name="\udfff"),
            document(3, title="日本語 東京", text="Ünïcödé"),
        )
        assert found(store, "mot199999") == ["g0"]
        assert found(store, "mot19999*") == ["g0"]
        assert found(store, "x" * 10_000) == ["g1"]
        assert found(store, "xxx*") == ["g1"]
        assert found(store, "ici") == ["g2"]
        assert found(store, "unicode") == ["g3"]
        assert found(store, "rien") == []
        assert found(store, "author:@\0") == []
        assert [d.title for d in store.documents()][2] == "nul\ufffd ici ? là"


# Several at once


def test_a_writer_that_waited_in_vain_says_so_and_readers_never_wait(place):
    with Store.open(place) as one, Store.open(place, patience=0.1) as two:
        with one.db.write():
            assert two.hosts() == {}
            with pytest.raises(StoreError, match="in use by another program"):
                two.save_hosts([HostState(domain="x")])
        two.save_hosts([HostState(domain="x")])
        assert set(one.hosts()) == {"x"}


def test_writers_at_once_give_every_document_a_number_of_its_own(place):
    Store.open(place).close()

    def work(name):
        with Store.open(place) as store:
            for batch in range(6):
                documents = tuple(
                    document(n, guid=f"{name}{batch}{n}", url="", title=f"{name}{batch}{n}", source=name)
                    for n in range(20)
                )
                store.save(
                    [Collected(source=name, kind="feed", at=NOW, reading=Reading(documents=documents))],
                    now=NOW,
                )

    threads = [threading.Thread(target=work, args=(name,)) for name in "abc"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    with Store.open(place) as store:
        assert [d.id for d in store.documents()] == list(range(1, 361))


def test_many_processes_may_open_a_new_database_at_once(place):
    code = "import sys; from ereputation.store import Store; Store.open(sys.argv[1]).close()"
    running = [subprocess.Popen([sys.executable, "-c", code, place.url]) for _ in range(3)]
    assert [process.wait(60) for process in running] == [0] * 3


def test_the_lock_of_a_scan_is_told_and_dies_with_its_process(place):
    code = "import sys, time\nfrom ereputation.store import scan_lock\nwith scan_lock(sys.argv[1]):\n    print(1, flush=True)\n    time.sleep(60)"
    with subprocess.Popen(
        [sys.executable, "-c", code, place.url], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout.readline() == "1\n"
        with (
            pytest.raises(LockedError, match=rf"another scan \(pid {process.pid}, since 20.*Z\) holds"),
            scan_lock(place),
        ):
            pass
        process.kill()
        process.wait(20)
        with scan_lock(place, wait=20):
            pass
    with scan_lock(place):
        pass


def test_two_stores_in_one_database_do_not_wait_for_each_other(place, tmp_path):
    with scan_lock(place), scan_lock(shared(tmp_path / "other.db")):
        pass


# What goes wrong


def own_session(store, admin):
    """End the session of this store, as a server does that restarts."""
    admin.execute("SELECT pg_terminate_backend(%s)", [store.db._raw.info.backend_pid])


def test_a_server_that_hangs_up_is_one_sentence_and_nothing_is_half_stored(place, admin):
    with Store.open(place) as store:
        save(store, document(0))
        with pytest.raises(StoreError, match="hung up") as caught, store.db.write():
            store.db.run("INSERT INTO hosts (domain, failures, last_status) VALUES ('half', 0, 0)")
            own_session(store, admin)
            store.hosts()
        assert str(place) in str(caught.value)
        with pytest.raises(StoreError, match="hung up"):
            store.hosts()
    with Store.open(place) as store:
        assert store.hosts() == {}
        assert len(list(store.documents())) == 1


def test_a_scan_whose_server_vanishes_says_so_and_the_next_one_repairs_it(desk, web, admin):
    started, release = threading.Event(), threading.Event()

    def feed(_request):
        started.set()
        release.wait(20)
        return Answer(
            body=b"<rss version='2.0'><channel><title>x</title><item><title>Air France</title></item></channel></rss>"
        )

    desk.configure(web.serve("/feed", feed))
    process = desk.start("scan")
    assert started.wait(30)
    ended = admin.execute(
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
        " WHERE application_name LIKE ANY (ARRAY[%(store)s, %(lock)s])",
        {"store": f"ereputation {process.pid} %", "lock": f"ereputation scan {process.pid} %"},
    ).fetchone()
    assert ended == (2,)
    release.set()
    out, err = process.communicate(timeout=60)
    assert process.returncode == 1, out + err
    assert "the next scan" in err
    assert "Traceback" not in err
    assert desk.scan(NOW, "--force")["mentions"]["new"] == 1


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"port": "1"}, "does not answer"),
        ({"dbname": "nowhere"}, "refuses"),
        ({"user": "nobody_at_all"}, "refuses"),
    ],
)
def test_a_server_that_cannot_be_had_is_one_sentence_without_the_password(changes, says):
    assert says in sentence(address(**changes))
    with pytest.raises(StoreError, match=says):
        exists(address(**changes))


@pytest.mark.parametrize(
    "url",
    [f"postgresql://u:{PASSWORD}@h:port/n", f"postgresql://u:{PASSWORD}", "postgresql://h/n?colour=battery"],
)
def test_an_address_that_cannot_be_read_is_not_repeated(url):
    assert "postgresql://user@host:5432/name" in sentence(Server(url))


def test_reading_creates_nothing_and_refuses_to_write(place, admin):
    assert not exists(place)
    assert '"ereputation scan" creates' in sentence(place, read_only=True)
    assert not exists(place)
    Store.open(place).close()
    assert exists(place)
    with Store.open(place, read_only=True) as store, pytest.raises(StoreError, match="read-only"):
        store.save_hosts([HostState(domain="x")])


def test_who_may_only_read_reads(place, admin, tmp_path):
    with Store.open(place) as store:
        save(store, document(0))
    schema = place.url.rpartition("%3D")[2]
    role = f"reader_{schema}"
    admin.execute(f"CREATE ROLE {role} LOGIN")
    admin.execute(f"GRANT USAGE ON SCHEMA {schema} TO {role}")
    admin.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO {role}")
    reader = Server(place.url.replace("//ereputation@", f"//{role}@"))
    with Store.open(reader, read_only=True) as store:
        assert found(store, "greve") == ["g0"]
    with Store.open(reader) as store, pytest.raises(StoreError, match="GRANT"):
        store.save_hosts([HostState(domain="x")])


def test_a_newer_an_older_and_a_foreign_schema_are_left_alone(place, admin):
    Store.open(place).close()
    schema = place.url.rpartition("%3D")[2]
    admin.execute(f"UPDATE {schema}.ereputation SET format = {len(MIGRATIONS) + 1}")
    assert sentence(place).endswith("upgrade")
    admin.execute(f"UPDATE {schema}.ereputation SET format = {len(MIGRATIONS) - 1}")
    assert '"ereputation scan" once' in sentence(place, read_only=True)
    admin.execute(f"DROP TABLE {schema}.ereputation")
    assert "belongs to another program" in sentence(place)


def test_an_older_schema_is_brought_up_to_date(place, admin):
    from ereputation.schema import postgresql

    with closing(postgresql.session(place)) as raw:
        raw.execute(postgresql._VERSION)
        raw.execute(postgresql.translated(MIGRATIONS[0]) + postgresql._own(raw, 0))
        raw.execute("UPDATE ereputation SET format = 1")
    with Store.open(place) as store:
        assert save(store, document(0))[0].new == 1
        assert store.channel_states() == {}


def test_another_encoding_is_refused(admin):
    admin.execute("CREATE DATABASE latin TEMPLATE template0 ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C'")
    assert "its encoding is LATIN1" in sentence(address(dbname="latin"))
    admin.execute("DROP DATABASE latin")


# What people see


def test_the_doctor_names_server_and_size_and_no_password(desk):
    path = desk.configure(desk.feed("press", item("Air France")))
    url = shared(desk.folder / "ereputation.db").url
    secret = url.replace("//ereputation@", f"//ereputation:{quote(PASSWORD, safe='')}@")
    path.write_text(path.read_text().replace(url, "${STORE}"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("STORE", secret)
        before = desk.run("check", "--offline")
        assert "none yet; the first scan creates it" in before.out
        assert desk.scan()["mentions"]["new"] == 1
        after = desk.run("check", "--offline", "-v")
        assert "PostgreSQL" in after.out
        assert "sound, " in after.out
        cron = desk.run("schedule", "cron", "--database", secret)
        assert (cron.code, cron.out) == (2, "")
        assert "--database" in desk.run("schedule", "cron", "--database", url).out
        flagged = desk.run(
            "search", "Air", "--database", secret, "--format", "ndjson", "--now", NOW.isoformat()
        )
        assert len(flagged.lines) == 1
        patch.setenv("EREPUTATION_DATABASE", secret.replace("/postgres?", "/nowhere?"))
        refused = desk.run("search", "Air")
        assert refused.code == 1
    for ran in (before, after, cron, flagged, refused):
        assert "battery" not in ran.out + ran.err
        assert "Traceback" not in ran.err


# From a file to a server


def test_a_store_moves_from_its_file_with_everything_in_it(tmp_path, place, capsys):
    from ereputation.store import moving

    life(tmp_path, database="a.sqlite")
    assert moving.main([str(tmp_path / "a.sqlite"), place.url]) == 0
    assert "documents: " in capsys.readouterr().out

    def kept(database):
        with Store.open(database) as store:
            query = parse("grève OR jour*")
            return [
                [repr(d) for d in store.documents()],
                [repr(m) for m in store.mentions()],
                [d.id for d, _ in store.search(preselection(query), filters(query))],
                sorted(store.counted_hours("Air France").items()),
                store.source_states(),
                [repr(alert) for alert in store.alerts()],
                store.db.value("SELECT value FROM meta WHERE name = 'memory'"),
            ]

    assert kept(place) == kept(tmp_path / "a.sqlite")
    with Store.open(place) as store:
        assert save(store, document(99))[0].new == 1
    assert moving.main([str(tmp_path / "a.sqlite"), place.url]) == 1
    assert "already" in capsys.readouterr().err
    assert moving.main([str(tmp_path / "none"), place.url]) == 1
    assert moving.main([str(tmp_path / "none")]) == 2
