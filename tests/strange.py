"""Texts that no author wrote, for properties that must hold of every text."""

from hypothesis import strategies as st

WORDS = st.lists(st.text(st.characters(codec="utf-8"), min_size=1, max_size=8), min_size=1, max_size=30)
TEXTS = st.one_of(st.text(max_size=200), WORDS.map(" ".join), st.text(r"\${}^~'`-. abuc%1,", max_size=80))
MEGABYTES = [
    piece * (1_000_000 // len(piece)) + " and these words close it all"
    for piece in ("word and another 5.2 words. ", "é日本語 ", "日", r"\alpha{x}$y$ ", "e\u0301", "-a", "'", "ba ")
]
