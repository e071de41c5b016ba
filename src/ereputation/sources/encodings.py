"""Bytes to text when everybody may be lying about the encoding.

Order: byte order mark; the pattern of UTF-16, UTF-32 and EBCDIC; strict UTF-8 (nothing else decodes so by accident); what HTTP says; what
the document says; UTF-8 with a few damaged bytes; Windows-1252, which has a character for every byte.
"""

from __future__ import annotations

import codecs
import re

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # begins like UTF-16's: first
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.IGNORECASE)
_PROLOG = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']\s*([\w.:-]{1,40})", re.IGNORECASE)
_KNOWN = re.compile(
    r"utf-8|ascii|iso8859-\d+|cp\d+|koi8-[rtu]|kz1048|mac-[a-z]+|shift_jis\w*|euc_\w+|gb\w+|hz|big5\w*|johab|tis-620|iso2022_\w+"
)
_WIDER = {  # what a label means in browsers (WHATWG Encoding Standard): the superset that is really used
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
}
_EBCDIC = "<?xm".encode("cp037")
_UTF_32 = {f"{char}".encode(codec): codec for char in "<{" for codec in ("utf-32-le", "utf-32-be")}
_MANGLED = ("Ã", "Â", "â€", "Å")
_DEFAULTS = frozenset({"cp1252", "utf-8"})  # what servers say of any file without having looked
_STRAY = {0xDC00 + byte: bytes([byte]).decode("cp1252", "replace") for byte in range(0x80, 0x100)}
_STRAY |= {code: chr(code - 0xDC00) for code, char in _STRAY.items() if char == "\ufffd"}
_BACK = {ord(char): chr(code) for code, char in _STRAY.items()}


def _codec(label: str) -> str:
    """Python's codec for a label; empty for unknown ones and those that are no plain charset."""
    try:
        name = codecs.lookup(label.strip().replace("x-sjis", "shift_jis")).name
    except (LookupError, ValueError):
        return ""
    name = _WIDER.get(name, name)
    return name if _KNOWN.fullmatch(name) else ""


def _declared(payload: bytes, content_type: str) -> list[str]:
    """Codecs named by HTTP and by the XML prolog, the more credible first."""
    by_http = [_codec(found[1]) for found in _CHARSET.finditer(content_type[:500])]
    by_document = [_codec(found[1].decode("ascii", "ignore")) for found in _PROLOG.finditer(payload[:1000])]
    names = [name for name in (*by_http, *by_document) if name]
    return sorted(dict.fromkeys(names), key=_DEFAULTS.__contains__)


def _without_mark(payload: bytes) -> str:
    """UTF-16 or UTF-32 told by where its zeros stand, EBCDIC by its ``<?xml``; empty when it is none of them."""
    if payload.startswith(_EBCDIC):
        named = _PROLOG.search(
            payload[:300].decode("cp037").encode("utf-8")
        )  # every EBCDIC writes a prolog alike
        return (_codec(named[1].decode("ascii", "ignore")) if named else "") or "cp500"
    if (wide := _UTF_32.get(payload[:4])) is not None:
        return wide
    head = payload[:400].lstrip()
    if len(head) < 4:
        return ""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    half = len(head) // 2
    if odd > half * 0.6 and even < half * 0.1:
        return "utf-16-le"
    return "utf-16-be" if even > half * 0.6 and odd < half * 0.1 else ""


def _utf8(payload: bytes) -> str | None:
    """The text when it is UTF-8, where the last character may be cut; None otherwise."""
    try:
        return codecs.utf_8_decode(payload, "strict", False)[0]  # noqa: FBT003 - the C function takes no names
    except UnicodeDecodeError:
        return None


def _mostly_utf8(payload: bytes) -> str | None:
    """UTF-8 with a few stray Windows-1252 bytes, each kept as the character it is there; None when it is not that."""
    text = payload.decode("utf-8", "surrogateescape")
    stray = sum("\udc80" <= char <= "\udcff" for char in text)
    wide = sum(char > "\x7f" for char in text) - stray
    return text.translate(_STRAY) if wide > 4 * stray else None


def _strict(payload: bytes, codec: str) -> str | None:
    try:
        return payload.decode(codec)
    except (UnicodeDecodeError, ValueError):
        return None


def windows_1252(payload: bytes) -> str:
    """As browsers do: the five bytes without a character become control characters; never fails."""
    return payload.decode("ascii", "surrogateescape").translate(_STRAY)


def decode(payload: bytes, content_type: str = "") -> tuple[str, str]:
    """The text of a document and the name of the encoding that won. Never fails; byte order marks are gone."""
    for mark, codec in _BOMS:
        if payload.startswith(mark):
            while payload.startswith(mark):
                payload = payload[len(mark) :]
            if codec != "utf-8":
                return payload.decode(codec, "replace").lstrip("\ufeff"), codec
            break
    if wide := _without_mark(payload):
        return payload.decode(wide, "replace").lstrip("\ufeff"), wide
    declared = _declared(payload, content_type)
    if payload.isascii():
        stateful = next((name for name in declared if name.startswith(("iso2022", "hz"))), "ascii")
        return payload.decode(stateful, "replace"), stateful
    if (text := _utf8(payload)) is not None:
        return text, "utf-8"
    for codec in declared:
        if codec not in _DEFAULTS and (text := _strict(payload, codec)) is not None:
            return text, codec
    if (text := _mostly_utf8(payload)) is not None:
        return text, "utf-8"
    return windows_1252(payload), "cp1252"


def unmangled(text: str) -> str:
    """UTF-8 that was once read as Windows-1252 (``lâ€™étÃ©``) put right, if that loses nothing; else ``text``."""
    if text.isascii() or not any([mark in text for mark in _MANGLED]):  # noqa: C419 - a list is faster than a generator
        return text
    try:
        return text.translate(_BACK).encode("utf-8", "surrogateescape").decode("utf-8")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return text
