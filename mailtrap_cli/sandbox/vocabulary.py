"""Lists of words in many languages, and how they are looked up."""

from __future__ import annotations


def fold_words(text: str) -> tuple[str, ...]:
    """The words of `text` for a comparison that ignores case; `_` is a space."""
    return tuple(word.replace("_", " ").casefold() for word in text.split())


def contains_any(words: tuple[str, ...], text: str) -> bool:
    """Whether any of the folded words is in the text."""
    folded = text.casefold()
    return any(word in folded for word in words)
