"""Whatever encoding a file was saved in, its text is read; what is no text is told in one line."""

from pathlib import Path

import pytest

from agent.errors import SourceError
from agent.sources.files import read_text

GERMAN = "Gärten in Köln: Über die Größe der Beete – und was „Mulch“ ändert.\n"
RUSSIAN = "Мы сравниваем два способа полива и показываем, что ночной полив сберегает воду.\n"
JAPANESE = "本論文では庭の灌漑に関する新しい手法を提案する。実験により有効性を示した。\n"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (GERMAN, "utf-8"),
        (GERMAN, "utf-8-sig"),
        (GERMAN, "utf-16"),
        (GERMAN, "utf-16-le"),
        (GERMAN, "cp1252"),
        (GERMAN.replace("–", "-").replace("„", '"').replace("“", '"'), "latin-1"),
        (RUSSIAN, "cp1251"),
        (JAPANESE, "shift_jis"),
        ("Beet 1 in Köln\n" + "An ordinary line of plain English about gardens.\n" * 200, "latin-1"),
    ],
)
def test_the_encoding_is_told_from_the_bytes(tmp_path: Path, text: str, encoding: str) -> None:
    (tmp_path / "a.txt").write_bytes(text.encode(encoding))
    assert read_text(tmp_path / "a.txt") == text


def test_one_stray_byte_does_not_spoil_the_rest(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(GERMAN.encode() * 5 + "José\n".encode("latin-1"))
    assert read_text(tmp_path / "a.txt") == GERMAN * 5 + "José\n"


def test_control_characters_go_and_lines_stay(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"one\x00\x07 bed\r\ntwo\x1b[0m beds\rthree\x0cbeds\n" + b"a plain line\n" * 20)
    assert read_text(tmp_path / "a.txt") == "one bed\ntwo[0m beds\nthree beds\n" + "a plain line\n" * 20


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf \n\t\n", "is empty"),
        (b"%PDF-1.7\n...", "is a PDF"),
        (b"PK\x03\x04rest", "Office document"),
        (b"\x89PNG\r\n\x1a\n", "is a picture"),
        (bytes(range(32)) * 40, "binary file"),
    ],
)
def test_what_is_no_text_is_told(tmp_path: Path, data: bytes, said: str) -> None:
    (tmp_path / "a.txt").write_bytes(data)
    with pytest.raises(SourceError) as caught:
        read_text(tmp_path / "a.txt")
    assert "a.txt" in str(caught.value) and said in str(caught.value) and "\n" not in str(caught.value)


def test_a_folder_and_a_missing_file_are_told(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="is a folder"):
        read_text(tmp_path)
    with pytest.raises(SourceError, match="is not there"):
        read_text(tmp_path / "gone.txt")
