"""The user's own regular expressions."""

from __future__ import annotations

import signal
import threading

import pytest

from mailtrap_cli.errors import InputError
from mailtrap_cli.sandbox.patterns import compile_pattern, search_pattern


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("(a", "missing ), unterminated subpattern at position 1"),
        ("ab[", "unterminated character set at position 3"),
        ("a{99999999999}", "too large"),
        ("*", "nothing to repeat at position 1"),
    ],
)
def test_a_bad_one_is_refused_with_the_position(pattern: str, words: str) -> None:
    with pytest.raises(InputError) as caught:
        compile_pattern(pattern, "--matches")
    assert caught.value.message.startswith("--matches: ")
    assert words in caught.value.message


def test_an_ambiguous_pattern_causes_no_python_warning() -> None:
    assert compile_pattern("[[a]", "--matches").search("[")


def test_an_endless_search_is_stopped_and_the_signal_restored() -> None:
    before = signal.getsignal(signal.SIGALRM)
    with pytest.raises(InputError, match=r"took longer than 0\.2 s"):
        search_pattern(compile_pattern("(a+)+$", "--matches"), "a" * 80 + "!", "--matches", 0.2)
    assert signal.getsignal(signal.SIGALRM) is before
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_off_the_main_thread_it_searches_without_a_limit() -> None:
    found: list[object] = []
    thread = threading.Thread(
        target=lambda: found.append(search_pattern(compile_pattern("b", "--matches"), "abc", "--matches"))
    )
    thread.start()
    thread.join()
    assert found[0] is not None
