"""Turns a file's bytes into clean text, whatever encoding it was saved in, or says why it cannot."""

import codecs
import re
from pathlib import Path

from charset_normalizer import from_bytes

from agent.errors import SourceError

_MAGIC = {
    b"%PDF-": "a PDF; export the records or the abstracts as text, BibTeX, RIS or CSV",
    b"PK\x03\x04": "a zip archive or an Office document; save a workbook as CSV, a text document as plain text",
    b"\xd0\xcf\x11\xe0": "an old Office document; save a workbook as CSV, a text document as plain text",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"\x1f\x8b": "a compressed file; unpack it first",
    b"SQLite format 3": "a database; export the records as BibTeX, RIS or CSV",
    b"{\\rtf": "a rich-text document; save it as plain text",
}
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f\x80-\x84\x86-\x9f\ufeff\ufffe\uffff]")
_CONTROL_BYTES = bytes({*range(0x09), *range(0x0E, 0x1B), *range(0x1C, 0x20), 0x7F})
_MAX_CONTROL_SHARE = 0.05
"""A text may hold a few stray control characters; a file with more of them is not text."""


def read_text(path: Path) -> str:
    r"""The text of a file: no byte-order mark, no control characters, `\n` at the end of each line.

    Raises SourceError for what is not there, not a file, empty, or not text.
    """
    data = _read_bytes(path)
    for magic, what in _MAGIC.items():
        if data.startswith(magic):
            raise SourceError(f"{path} is {what}")
    text = re.sub(r"\r\n?", "\n", decode(data, path))
    text = re.sub("[\v\f\x85\u2028\u2029]", " ", text)
    text = _CONTROL.sub("", text)
    if not text.strip():
        raise SourceError(f"{path} is empty: export it again, or take it out of the sources")
    return text


def _read_bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise SourceError(f"{path} is not there: check the name, or take it out of the sources") from None
    except IsADirectoryError:
        raise SourceError(f"{path} is a folder: name the files in it") from None
    except OSError as error:
        raise SourceError(f"{path} cannot be read ({error.strerror}): check its permissions") from error


def decode(data: bytes, path: Path) -> str:
    """The characters of these bytes; the path is for the message alone."""
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return data.decode(encoding, "replace").removesuffix("\ufffd")
    unmarked = _utf16_without_mark(data[:4096])
    if unmarked:
        return data.decode(unmarked, "replace")
    n_control = len(data) - len(data.translate(None, _CONTROL_BYTES))
    if n_control > _MAX_CONTROL_SHARE * len(data):
        raise SourceError(f"{path} is not text but a binary file: export the records as text, BibTeX, RIS or CSV")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return _decode_damaged_utf8(data) or _decode_legacy(data, path)


def _utf16_without_mark(head: bytes) -> str | None:
    """Western text in UTF-16 has a zero in every other byte."""
    pairs = len(head) // 2
    if pairs < 4:
        return None
    odd, even = head[1::2].count(0) / pairs, head[::2].count(0) / pairs
    if odd > 0.6 and even < 0.1:
        return "utf-16-le"
    return "utf-16-be" if even > 0.6 and odd < 0.1 else None


def _decode_damaged_utf8(data: bytes) -> str | None:
    """UTF-8 with a few bytes of another encoding pasted in; None where most of it is not UTF-8."""
    text = data.decode("utf-8", "surrogateescape")
    strays = len(re.findall("[\udc80-\udcff]", text))
    beyond_ascii = sum(1 for char in text if char > "\x7f") - strays
    if beyond_ascii <= strays:
        return None
    return re.sub("[\udc80-\udcff]+", _as_windows, text)


def _as_windows(match: re.Match[str]) -> str:
    return match.group().encode("utf-8", "surrogateescape").decode("cp1252", "replace")


def _decode_legacy(data: bytes, path: Path) -> str:
    """One of the 8-bit or East Asian encodings: Western European unless another one reads clearly better."""
    matches = from_bytes(data.replace(b"\x00", b""))
    best = matches.best()
    if best is None:
        raise SourceError(f"{path} is text in an encoding that cannot be told: save it as UTF-8")
    close = [
        match.encoding
        for match in matches
        if match.chaos <= best.chaos + 0.02 and match.coherence + 0.1 >= best.coherence
    ]
    if "cp1252" in close or "latin_1" in close:
        return data.decode("cp1252", "replace")
    # What Windows wrote is read by the encodings of old Macintoshes just as smoothly, and wrongly.
    windows = next((encoding for encoding in close if encoding.startswith("cp125")), None)
    return data.decode(windows, "replace") if windows and best.encoding.startswith("mac_") else str(best)
