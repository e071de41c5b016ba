"""One message through each kind of channel, over real sockets."""

import asyncio
import hashlib
import hmac
import json
import ssl
import subprocess
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from ereputation.errors import DeliveryError
from ereputation.fetch import Fetcher
from ereputation.notify import Apprise, Email, Message, Webhook
from loopback import Answer, Loopback
from postoffice import PostOffice

pytestmark = [
    pytest.mark.filterwarnings(
        "ignore:Requiring AUTH while not requiring TLS"
    ),  # a test's password may be overheard
    pytest.mark.filterwarnings("ignore:'imghdr' is deprecated"),  # apprise shims it where it is gone
]
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SECRET = "s3cr3t-Tok3n-0123456789"
MESSAGE = Message(
    id="0123456789abcdef",
    subject="[CRITICAL] Société Générale: Volume spike",
    text="203 mentions, 13.6 expected\n.\nœuvre €\n",
    html="<p>203 mentions &lt;3</p>",
    brief="short",
    severity="critical",
    payload={"schema": "ereputation/notification/1", "id": "0123456789abcdef", "text": "é\ud800"},
    threads=("feed",),
    sent=NOW,
)


def send(channel, message=MESSAGE):
    async def go():
        async with Fetcher(now=NOW) as fetcher:
            return await channel.send(message, fetcher)

    return asyncio.run(go())


def email(office, **keys):
    return Email.model_validate(
        {"to": ["a@example.fr", "b@example.fr"], "host": "127.0.0.1", "port": office.port, **keys}
    )


# --- e-mail ----------------------------------------------------------------------------------------------------


def test_a_mail_arrives_whole():
    with PostOffice() as office:
        assert send(email(office, **{"from": "veille@example.fr"})) == ""
    (mail,) = office.mails
    assert office.envelopes == [("veille@example.fr", ("a@example.fr", "b@example.fr"))]
    assert mail["Subject"] == MESSAGE.subject
    assert mail["Message-ID"] == "<0123456789abcdef@example.fr>"
    assert mail["References"] == "<feed@example.fr>"
    assert (mail["Auto-Submitted"], mail["Importance"]) == ("auto-generated", "high")
    assert mail["Date"].datetime == NOW
    assert office.text() == MESSAGE.text
    assert office.html().strip() == MESSAGE.html


def test_a_login_is_used():
    with PostOffice(logins={"me": SECRET}) as office:
        send(email(office, user="me", password=SECRET))
    assert len(office.mails) == 1


@pytest.mark.parametrize(
    ("options", "keys", "said"),
    [
        (
            {"logins": {"me": "x"}},
            {"user": "me", "password": SECRET},
            "refuses the user name or the password (535)",
        ),
        ({"logins": {"me": "x"}}, {"user": "me", "password": "pässword"}, "can only hold ASCII"),
        ({}, {"user": "me", "password": SECRET}, "takes no login"),
        ({}, {"tls": "starttls"}, "does not offer STARTTLS"),
        ({}, {"tls": "tls"}, "no secure connection: check the port, and that tls: tls is what it speaks"),
        ({"says": "554 5.7.1 spam \x1b[31m"}, {}, "refuses the message: 5.7.1 spam"),
        ({"says": "451 later"}, {}, "refuses the message: later (451)"),
        (
            {"refuses": {"a@example.fr": "550 who?", "b@example.fr": "550 nobody"}},
            {},
            "refuses every address: a@example.fr: who? (550); b@example.fr: nobody (550)",
        ),
    ],
)
def test_a_refusal_says_why_and_never_the_password(options, keys, said):
    with PostOffice(**options) as office, pytest.raises(DeliveryError) as refusal:
        send(email(office, **keys))
    assert said in str(refusal.value)
    assert SECRET not in f"{refusal.value!r}{refusal.value.__cause__!r}"
    assert "\x1b" not in str(refusal.value)
    assert not office.mails


def test_one_refused_address_does_not_keep_the_mail_from_the_others():
    with PostOffice(refuses={"a@example.fr": "550 who?"}) as office:
        assert send(email(office)) == "refused for a@example.fr; the others have it"
    assert office.envelopes[0][1] == ("b@example.fr",)


def test_nobody_answers():
    with PostOffice() as office:
        channel = email(office)
    with pytest.raises(DeliveryError, match=rf"127\.0\.0\.1:{office.port}: connection refused"):
        send(channel)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A key and a certificate for 127.0.0.1, made now, trusted by nobody."""
    folder = tmp_path_factory.mktemp("tls")
    key, cert = folder / "key.pem", folder / "cert.pem"
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
    ]
    names = ["-subj", "/CN=test", "-addext", "subjectAltName=IP:127.0.0.1", "-days", "2"]
    try:
        subprocess.run([*command, *names, "-keyout", key, "-out", cert], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("openssl is needed to make a certificate")
    return key, cert


def server_side(certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate[1], certificate[0])
    return context


@pytest.mark.parametrize("tls", ["starttls", "tls"])
def test_a_certificate_is_checked(certificate, tls, monkeypatch):
    context = server_side(certificate)
    options = (
        {"tls_context": context, "require_starttls": True} if tls == "starttls" else {"ssl_context": context}
    )
    with PostOffice(**options) as office:
        with pytest.raises(DeliveryError, match="its certificate is not valid"):
            send(email(office, tls=tls, user="", to=["a@example.fr"]))
        assert not office.mails
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate[1]))
        send(email(office, tls=tls))
    assert len(office.mails) == 1


@pytest.mark.parametrize(
    "hostile",
    [
        "a\r\nBcc: victim@example.org",
        "a\nBcc: victim@example.org\n\nbody",
        "\x00\x1b]0;x\x07",
        "\ud800",
        "é" * 5000,
    ],
)
def test_no_subject_can_add_a_header(hostile):
    with PostOffice() as office:
        try:
            send(email(office), replace(MESSAGE, subject=hostile))
        except DeliveryError:
            assert not office.mails
            return
    assert office.mails[0]["Bcc"] is None
    assert len(office.envelopes[0][1]) == 2


@pytest.mark.parametrize(
    ("keys", "server"),
    [
        ({}, ("localhost", 25)),
        ({"host": "smtp.example.fr"}, ("smtp.example.fr", 587)),
        ({"host": "smtp.example.fr", "tls": "tls"}, ("smtp.example.fr", 465)),
        ({"host": "smtp.example.fr", "tls": "none"}, ("smtp.example.fr", 25)),
        ({"host": "::1", "port": 2525}, ("::1", 2525)),
    ],
)
def test_ports_follow_from_the_protection(keys, server):
    channel = Email.model_validate({"to": ["a@example.fr"], **keys})
    assert channel.server == server


@pytest.mark.parametrize(
    "address",
    [
        "a",
        "a@b",
        "a@b.fr\n",
        "a b@c.fr",
        "a@b.fr,c@d.fr",
        "A <a@b.fr>",
        "a\x00@b.fr",
        '"a"@b.fr',
        "a@b.fr;",
        "x" * 250 + "@b.fr",
    ],
)
def test_what_is_no_address_is_refused(address):
    with pytest.raises(ValueError, match="expected an e-mail address"):
        Email.model_validate({"to": [address]})


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"user": "me"}, "user needs a password"),
        ({"password": "x"}, "password needs a user"),
        ({"user": "me", "password": "x", "host": "smtp.example.fr", "tls": "none"}, "in the clear"),
        ({"to": ["a@b.fr", "A@b.fr"]}, "there twice"),
        ({"host": "https://smtp.example.fr"}, "the name of a mail server"),
    ],
)
def test_settings_that_cannot_work_are_refused(keys, said):
    with pytest.raises(ValueError, match=said):
        Email.model_validate({"to": ["a@example.fr"], **keys})


# --- webhook ---------------------------------------------------------------------------------------------------


def test_a_webhook_gets_signed_json():
    with Loopback() as web:
        url = web.serve(f"/hook/{SECRET}", status=204)
        send(Webhook(url=url, secret="key", headers={"Authorization": "Bearer x"}))
    (request,) = web.requests
    expected = hmac.new(b"key", request.body, hashlib.sha256).hexdigest()
    assert request.headers["x-ereputation-signature"] == f"sha256={expected}"
    assert request.headers["x-ereputation-timestamp"] == str(int(NOW.timestamp()))
    assert request.headers["x-ereputation-delivery"] == MESSAGE.id
    assert request.headers["authorization"] == "Bearer x"
    assert (request.method, request.headers["content-type"]) == ("POST", "application/json")
    assert json.loads(request.body)["schema"] == "ereputation/notification/1"


def test_without_a_secret_nothing_is_signed():
    with Loopback() as web:
        send(Webhook(url=web.serve("/hook")))
    assert "x-ereputation-signature" not in web.requests[0].headers


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Answer(status=401), "refuses us (401)"),
        (Answer(status=404), "nothing is there (404)"),
        (Answer(status=418), "does not take the message (418)"),
        (Answer(status=500), "the server is in trouble (500)"),
        (Answer(status=429, headers={"Retry-After": "120"}), "too many messages (429)"),
        (Answer(status=302, headers={"Location": f"/elsewhere/{SECRET}"}), "redirects elsewhere"),
        (Answer(raw=b"nonsense\r\n\r\n"), "no connection"),
        (Answer(raw=b""), "no connection"),
    ],
)
def test_a_webhook_that_does_not_take_it_says_why_and_never_its_address(answer, said):
    with Loopback() as web, pytest.raises(DeliveryError) as refusal:
        send(Webhook(url=web.serve(f"/{SECRET}", answer) + f"?token={SECRET}", secret=SECRET))
    assert said in str(refusal.value)
    assert SECRET not in str(refusal.value)
    assert refusal.value.__cause__ is None
    assert (refusal.value.retry_at is not None) == (answer.status == 429)


@pytest.mark.parametrize(
    "url", ["", "ftp://a.example", "https://", "javascript:alert(1)", "https://a b", "https://[", "x\n"]
)
def test_what_is_no_web_address_is_refused(url):
    with pytest.raises(ValueError, match="expected a web address"):
        Webhook(url=url)


# --- apprise ---------------------------------------------------------------------------------------------------


def test_apprise_posts_what_fits():
    with Loopback() as web:
        web.serve(f"/{SECRET}")
        channel = Apprise(url=f"json://127.0.0.1:{web.port}/{SECRET}")
        assert (channel.id, channel.trouble()) == ("apprise json", "")
        send(channel)
        send(channel, replace(MESSAGE, text="x" * 20_000))
    told = [json.loads(request.body) for request in web.requests]
    assert [one["title"] for one in told] == [MESSAGE.subject] * 2
    assert told[0]["message"].startswith("203 mentions")
    assert (told[1]["message"], told[1]["type"]) == ("short", "failure")


def test_apprise_tells_the_status_of_a_refusal_and_nothing_else(capsys):
    with Loopback() as web, pytest.raises(DeliveryError) as refusal:
        web.serve(f"/{SECRET}", status=403)
        send(Apprise(url=f"json://me:{SECRET}@127.0.0.1:{web.port}/{SECRET}"))
    assert "json: did not take the message (HTTP 403)" in str(refusal.value)
    assert SECRET not in str(refusal.value) + "".join(capsys.readouterr())


@pytest.mark.parametrize(("url", "name"), [("nonsense", "unknown"), (f"nosuch://{SECRET}", "nosuch")])
def test_an_url_apprise_does_not_know_is_named_without_its_secret(url, name, capsys):
    channel = Apprise(url=url)
    assert "does not understand this URL" in channel.trouble()
    with pytest.raises(DeliveryError, match=f"^{name}: Apprise does not understand"):
        send(channel)
    assert SECRET not in repr(channel) + channel.describe() + channel.id + "".join(capsys.readouterr())
