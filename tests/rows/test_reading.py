"""Inputs as they come: dialects, encodings, JSON in its shapes, lines, and what is refused with a sentence."""

from __future__ import annotations

import csv
import io
import json
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailtrap_cli.batch.columns import has_recipient
from mailtrap_cli.errors import InputError
from mailtrap_cli.rows.reader import read_table
from mailtrap_cli.rows.source import CHUNK, Source, open_source
from mailtrap_cli.rows.table import MISSING, Table


def table(data: bytes | str, name: str = "people.csv") -> Table:
    raw = data.encode() if isinstance(data, str) else data
    return read_table(Source(name, io.BytesIO(raw)), lambda header: has_recipient(header, {}))


def rows(data: bytes | str, name: str = "people.csv") -> list[tuple[int, list[Any]]]:
    return list(table(data, name).rows())


def refusal(data: bytes | str, name: str = "people.csv") -> str:
    with pytest.raises(InputError) as caught:
        rows(data, name)
    return caught.value.message


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found_on_the_header_line(delimiter: str) -> None:
    text = f"email{delimiter}note\nada@example.com{delimiter}" + '"a,b;c|d\te"\n'
    assert table(text).header == ["email", "note"]
    assert rows(text) == [(2, ["ada@example.com", "a,b;c|d\te"])]


def test_a_delimiter_inside_a_quoted_column_name_does_not_count() -> None:
    assert table('"name, first, last";email\nAda;ada@example.com\n').header == ["name, first, last", "email"]


def test_the_delimiter_that_gives_a_recipient_wins_over_the_one_that_gives_more_columns() -> None:
    assert table("email;a,b,c,d\nada@example.com;1\n").header == ["email", "a,b,c,d"]


def test_one_column_needs_no_delimiter() -> None:
    assert rows("email\nada@example.com\nbob@example.com\n") == [(2, ["ada@example.com"]), (3, ["bob@example.com"])]


def test_excels_separator_line_is_obeyed() -> None:
    assert rows("sep=;\nemail;name\nada@example.com;Ada\n") == [(3, ["ada@example.com", "Ada"])]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"], ids=lambda name: str(name)
)
def test_every_unicode_encoding_is_read(encoding: str) -> None:
    text = "email,name\nada@example.com,Müller 山田\n"
    assert rows(text.encode(encoding)) == [(2, ["ada@example.com", "Müller 山田"])]


def test_a_big_endian_file_with_its_mark_is_read() -> None:
    assert rows("\ufeffemail\nada@example.com\n".encode("utf-16-be")) == [(2, ["ada@example.com"])]


def test_lines_are_physical_and_blank_ones_count_but_are_not_rows() -> None:
    text = 'email,name\n\na@example.com,"two\nlines"\n,,\n\nb@example.com,B\n'
    assert rows(text) == [(3, ["a@example.com", "two\nlines"]), (7, ["b@example.com", "B"])]


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_every_line_ending_is_recognized(ending: str) -> None:
    text = ending.join(["email,name", "a@example.com,A", "b@example.com,B", ""])
    assert rows(text) == [(2, ["a@example.com", "A"]), (3, ["b@example.com", "B"])]


def test_line_endings_across_chunks_are_not_counted_twice() -> None:
    filler = "x" * (CHUNK - len("email,name\r\na@example.com,") - 1)
    text = f"email,name\r\na@example.com,{filler}\r\nb@example.com,B\r\n"
    assert text.encode()[CHUNK - 1 : CHUNK + 1] == b"\r\n"
    assert [line for line, _ in rows(text)] == [2, 3]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "people.csv is empty"),
        (b"\xef\xbb\xbf \n\n", "people.csv is empty"),
        (b"email,name\na@b.example,M\xfcller\n", "people.csv:2: not UTF-8 text (byte 0xfc)"),
        (b"email\n" + b"a@b.example\n" * 40_000 + b"\xff\n", "people.csv:40002: not UTF-8 text (byte 0xff)"),
        ("email\nada".encode("utf-16-le") + b"\x00\xd8", "people.csv:2: not UTF-16 text"),
        (b"email\na@b.example\nb\x00@b.example\n", "people.csv:3: contains a NUL character"),
        (b'email,name\na@b.example,A\nb@b.example,"B\nc@b.example,C\n', "people.csv:3: a quote that opens"),
        (b'email,name\na@b.example,"A" B\n', "people.csv:2: text follows a closing quote"),
        (b"email,,name\na@b.example,x,A\n", "people.csv:2: column 2 has a value, but no name"),
        (b"email,name,name\na@b.example,A,B\n", "people.csv:1: columns 2 and 3 are both named 'name'"),
    ],
)
def test_a_file_that_is_not_a_table_is_refused_with_its_line(data: bytes, words: str) -> None:
    assert refusal(data).startswith(words)


# ------------------------------------------------------------------------------------------------ JSON


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ('[{"email": "a@b.example"}, {"email": "c@d.example"}]', [1, 1]),
        ('[\n {"email": "a@b.example"},\n {"email":\n "c@d.example"}\n]\n', [2, 3]),
        ('{"email": "a@b.example"}\n\n{"email": "c@d.example"}\n', [1, 3]),
    ],
)
def test_json_and_jsonl_are_rows_with_their_lines(text: str, lines: list[int]) -> None:
    assert rows(text, "people.json") == [(lines[0], ["a@b.example"]), (lines[1], ["c@d.example"])]
    assert rows("\ufeff" + text, "-") == rows(text, "people.json")


def test_the_json_header_is_all_keys_and_absent_ones_are_missing() -> None:
    found = table('{"email": "a@b.example", "n": 1}\n{"email": "c@d.example", "tags": ["x"], "n": null}', "p.jsonl")
    assert found.header == ["email", "n", "tags"]
    assert [cells for _, cells in found.rows()] == [["a@b.example", 1, MISSING], ["c@d.example", None, ["x"]]]


@pytest.mark.parametrize("order", ["base first", "requests first"])
def test_the_apis_own_batch_is_messages_with_a_base(order: str) -> None:
    base, requests = '"base": {"subject": "Hi"}', '"requests": [{"to": [{"email": "a@b.example"}]}]'
    first, second = (base, requests) if order == "base first" else (requests, base)
    found = table(f"{{{first}, {second}}}", "batch.json")
    assert found.messages
    assert found.base == {"subject": "Hi"}
    assert [cells for _, cells in found.rows()] == [[[{"email": "a@b.example"}]]]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[", "people.json:1: not JSON"),
        ('[{"email": "a"}', "people.json:1: not JSON: expected , or ], found the end"),
        ('[{"email": "a"}\n{"email": "b"}]', "people.json:2: not JSON: expected , or ], found {"),
        ('[{"email": "a"}]\nx', "people.json:2: not JSON: extra text after the end"),
        ('[{"email": "a"},\n 3]', "people.json:2: a row must be an object"),
        ('{"email": "a"}\n{"email" "b"}\n' + '{"email": "c"}\n' * 50, "people.json:2: not JSON: Expecting ':'"),
        ('{"email": "a"}\n{"email": "b\n', "people.json:2: not JSON: Invalid control character"),
        ('{"email": "a"}\n{"email": "b', "people.json:2: not JSON: Unterminated string"),
        ('{"email": NaN}', "people.json:1: a number that JSON does not allow"),
        ('{"base": {}, "request": []}', "people.json:1: a batch has no field 'request'"),
        ('{"requests": {}}', "people.json:1: requests must be a list"),
        ("[]", "people.json has no rows"),
        ("email\na@b.example", "people.json:1: not JSON: it does not start with [ or {"),
        ('[{"a":' + "[" * 100_000, "people.json:1: the JSON is nested too deeply"),
    ],
)
def test_broken_json_is_refused_with_its_line(text: str, words: str) -> None:
    with pytest.raises(InputError) as caught:
        rows(text, "people.json")
    assert caught.value.message.startswith(words)


def test_a_long_array_on_one_line_is_read_piece_by_piece() -> None:
    data = json.dumps([{"email": f"a{number}@b.example", "text": "x" * 100} for number in range(50_000)]).encode()
    tracemalloc.start()
    try:
        assert sum(1 for _ in table(data, "people.json").rows()) == 50_000
        assert tracemalloc.get_traced_memory()[1] < 6 * CHUNK * 4  # far from the 7 MB that the text alone has
    finally:
        tracemalloc.stop()


# ------------------------------------------------------------------------------------------------ the source


def test_the_same_bytes_are_read_each_time_and_hashed_once(tmp_path: Path) -> None:
    from hashlib import sha256

    path = tmp_path / "people.csv"
    path.write_bytes(b"email\n" + b"a@b.example\n" * 60_000)
    with open_source(str(path), None) as source:
        assert next(source.read_chunks()) == path.read_bytes()[:CHUNK]
        assert b"".join(source.read_chunks()) == path.read_bytes()
        assert source.digest == sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize("change", ["in the middle", "longer", "shorter"])
def test_a_file_that_changes_in_place_is_never_read_as_another(tmp_path: Path, change: str) -> None:
    path = tmp_path / "people.csv"
    data = b"email\n" + b"a@b.example\n" * 60_000
    path.write_bytes(data)
    seen: list[bytes] = []
    with open_source(str(path), None) as source:
        assert source.digest
        with path.open("r+b") as stream:
            match change:
                case "in the middle":
                    stream.seek(CHUNK + 100)
                    stream.write(b"X")
                case "longer":
                    stream.seek(0, io.SEEK_END)
                    stream.write(b"b@b.example\n")
                case _:
                    stream.truncate(len(data) - 12)
        with pytest.raises(InputError, match="has changed since it was checked"):
            seen.extend(source.read_chunks())
    assert data.startswith(b"".join(seen))


def test_a_replaced_file_is_read_in_its_old_version(tmp_path: Path) -> None:
    path, other = tmp_path / "people.csv", tmp_path / "other.csv"
    path.write_bytes(b"email\na@b.example\n")
    other.write_bytes(b"email\nb@b.example\n")
    with open_source(str(path), None) as source:
        other.replace(path)
        assert b"".join(source.read_chunks()) == b"email\na@b.example\n"


def test_input_that_can_be_read_only_once_is_kept() -> None:
    with open_source("-", io.BytesIO(b"email\na@b.example\n")) as source:
        assert b"".join(source.read_chunks()) == b"".join(source.read_chunks()) == b"email\na@b.example\n"


@pytest.mark.parametrize("name", ["nowhere.csv", ".", "a\0b"])
def test_a_file_that_cannot_be_read_is_named(name: str) -> None:
    with pytest.raises(InputError, match=r"is a folder|file not found|not a usable file name|permission"):
        open_source(name, None)


# ------------------------------------------------------------------------------------------------ any file

CELL = st.text(st.characters(exclude_characters="\0\r", exclude_categories=["Cs"]), max_size=20)


@given(
    cells=st.lists(st.tuples(CELL, CELL), max_size=8),
    delimiter=st.sampled_from(",;\t|"),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-16-le", "utf-32"]),
    ending=st.sampled_from(["\n", "\r\n"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
)
def test_any_table_comes_back_cell_by_cell_with_the_line_of_each_row(
    cells: list[tuple[str, str]], delimiter: str, encoding: str, ending: str, quoting: Any
) -> None:
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, lineterminator=ending, quoting=quoting)
    writer.writerow(["email", "one", "two"])
    expected = []
    for number, (one, two) in enumerate(cells):
        expected.append((out.getvalue().count("\n") + 1, [f"a{number}@b.example", one, two]))
        writer.writerow(expected[-1][1])
    assert rows(out.getvalue().encode(encoding)) == expected


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | CELL,
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=4,
)


@given(
    entries=st.lists(st.dictionaries(st.sampled_from("abc"), JSON, min_size=1), min_size=1, max_size=6),
    indent=st.sampled_from([None, 0, 2]),
    kind=st.sampled_from(["array", "lines", "batch"]),
)
def test_any_json_comes_back_object_by_object(entries: list[dict[str, Any]], indent: int | None, kind: str) -> None:
    match kind:
        case "array":
            text = json.dumps(entries, indent=indent)
        case "lines":
            text = "\n".join(json.dumps(entry) for entry in entries)
        case _:
            text = json.dumps({"base": {}, "requests": entries}, indent=indent)
    found = table(text, "people.json")
    back = [
        {key: cell for key, cell in zip(found.header, cells, strict=True) if cell is not MISSING}
        for _, cells in found.rows()
    ]
    assert back == entries
