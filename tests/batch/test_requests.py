"""Messages to requests, and answers to fates."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mailtrap_cli.api.responses import Answer
from mailtrap_cli.batch.model import Composed
from mailtrap_cli.batch.requests import ENOUGH_BYTES, MOST_BYTES, Request, fates_of, requests_of


def bytes_of(request: Request) -> bytes:
    return request.body if isinstance(request.body, bytes) else b"".join(request.body)


def made(sizes: list[int], base: dict[str, Any] | None = None, most: int = 500) -> list[Request]:
    messages = [
        Composed(row, row + 2, "a@b.example", 1, b'"' + b"x" * (size - 2) + b'"') for row, size in enumerate(sizes)
    ]
    return list(requests_of(messages, base or {}, most=most, unsent=lambda row: True))


def test_a_request_is_the_base_and_a_bounded_number_of_messages_in_order() -> None:
    requests = made([5] * 1201, {"subject": "Grüße"})
    assert [len(request.rows) for request in requests] == [500, 500, 201]
    assert [row for request in requests for row in request.rows] == list(range(1201))
    assert json.loads(bytes_of(requests[0])) == {"base": {"subject": "Grüße"}, "requests": ["xxx"] * 500}
    assert json.loads(bytes_of(made([3])[0])) == {"requests": ["x"]}


def test_settled_rows_are_left_out() -> None:
    messages = [Composed(row, row, "", 1, b"1") for row in range(10)]
    requests = list(requests_of(messages, {}, most=3, unsent=lambda row: row % 2 == 0))
    assert [request.rows for request in requests] == [[0, 2, 4], [6, 8]]


def test_a_request_is_full_by_bytes_and_a_larger_message_goes_alone() -> None:
    million = 1_000_000
    requests = made([million] * 7 + [12 * million] + [million])
    assert [len(request.rows) for request in requests] == [3, 3, 1, 1, 1]
    assert max(len(request.rows) * million for request in requests[:3]) <= ENOUGH_BYTES
    assert json.loads(bytes_of(requests[3]))["requests"][0].count("x") == 12 * million - 2


def test_no_request_exceeds_the_apis_size_limit() -> None:
    requests = made([900_000] * 10, {"text": "y" * 48_000_000})
    assert all(len(bytes_of(request)) <= MOST_BYTES for request in requests)
    assert [len(request.rows) for request in requests] == [2] * 5


def answer(body: object) -> Answer:
    return Answer(200, {}, body if isinstance(body, bytes) else json.dumps(body).encode())


SENT = {"success": True, "message_ids": ["1", "2"]}


@pytest.mark.parametrize("place", [0, 1, 2])
def test_each_message_has_its_own_entry_whatever_the_place_of_the_failed_one(place: int) -> None:
    responses: list[object] = [SENT, SENT, SENT]
    responses[place] = {"success": False, "errors": ["'to' address is invalid", "no"]}
    fates, why = fates_of(answer({"success": True, "responses": responses}), 3)
    assert fates.pop(place) == ["'to' address is invalid", "no"]
    assert fates == ["1 2", "1 2"]
    assert why == ""


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"<html>", "The answer (200) is not the API's JSON"),
        (b"", "The answer (200) is not the API's JSON"),
        ([], "The answer (200) is not the API's JSON"),
        ({}, "The answer has no responses"),
        ({"success": True}, "The answer has no responses"),
        ({"success": False}, "The answer has no responses"),
        ({"success": True, "responses": "2"}, "The answer has no responses"),
        ({"success": True, "responses": []}, "The answer is for 0 of 2 messages"),
        ({"success": True, "responses": [SENT]}, "The answer is for 1 of 2 messages"),
        ({"success": True, "responses": [SENT] * 3}, "The answer is for 3 of 2 messages"),
        ({"success": False, "responses": [SENT] * 3, "errors": ["no"]}, "The answer is for 3 of 2 messages"),
    ],
)
def test_an_answer_without_an_entry_per_message_leaves_all_unknown(body: object, why: str) -> None:
    assert fates_of(answer(body), 2) == ([None, None], why)


def test_a_200_that_refuses_the_whole_is_a_refusal_of_each() -> None:
    refused = answer({"success": False, "errors": ["from is not allowed"]})
    assert fates_of(refused, 2) == ([["from is not allowed"]] * 2, "")


@pytest.mark.parametrize(
    ("entry", "fate"),
    [
        ({"success": True}, ""),
        ({"success": True, "message_ids": None}, ""),
        ({"success": True, "message_ids": [1, "b"]}, "1 b"),
        ({"success": False}, ["The API refused it without saying why"]),
        ({"success": False, "errors": "no"}, ["no"]),
        ({"success": False, "error": "no"}, ["no"]),
        ({"success": False, "errors": {"to": ["bad"]}}, ["to bad"]),
        ({"success": False, "errors": ["no", {"to": "bad"}]}, ["no", '{"to": "bad"}']),
        ({"success": "yes"}, None),
        ({}, None),
        (None, None),
        ("sent", None),
    ],
)
def test_an_unclear_entry_leaves_its_row_unknown(entry: object, fate: object) -> None:
    fates, why = fates_of(answer({"success": True, "responses": [entry]}), 1)
    assert fates == [fate]
    assert bool(why) == (fate is None)
