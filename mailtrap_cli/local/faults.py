"""Injected faults: make the local server slow, rate limited or broken. Pure, except for the dice."""

from __future__ import annotations

import math
import random
import re
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from ..errors import InputError

MOST_TOKENS = 1000  # tokens to remember before idle ones are removed

_SHARE = re.compile(r"([0-9]+(?:\.[0-9]+)?)%")
_FAILURE = re.compile(r"([45][0-9][0-9]):(.*)")


@dataclass(frozen=True)
class Faults:
    """Which faults occur, and how often. Times in seconds, shares from 0 to 1.

    `fail` maps a status to the share of requests that get it, with nothing accepted. `reset` is the share of
    connections dropped after the request was accepted; `partial` the share of messages in a batch that are refused.
    `rate_limit` is (requests, seconds) per token.
    """

    latency: float = 0.0
    jitter: float = 0.0
    rate_limit: tuple[int, float] | None = None
    fail: Mapping[int, float] = field(default_factory=dict)
    reset: float = 0.0
    partial: float = 0.0

    def as_json(self) -> dict[str, Any]:
        """Return the settings as `/healthz` shows them and `changed` takes them."""
        return {
            "latency": self.latency,
            "jitter": self.jitter,
            "rate_limit": list(self.rate_limit) if self.rate_limit else None,
            "fail": {str(status): share for status, share in self.fail.items()},
            "reset": self.reset,
            "partial": self.partial,
        }


def changed(faults: Faults, changes: object) -> Faults:
    """Return `faults` with the fields of a JSON object replaced; raise InputError for an invalid setting."""
    if not isinstance(changes, dict):
        raise InputError("The faults must be a JSON object")
    known = {entry.name for entry in fields(Faults)}
    values: dict[str, Any] = {}
    for name, value in changes.items():
        if name not in known:
            raise InputError(f"No such fault: {name!r}", hint=f"Available: {', '.join(sorted(known))}.")
        values[name] = _check_value(name, value)
    return replace(faults, **values)


def parse_share(text: str, where: str) -> float:
    """Parse a share from 0% to 100%: `5%` is 0.05. Raises InputError."""
    found = _SHARE.fullmatch(text.strip())
    if not found or float(found[1]) > 100:
        raise InputError(f"{where}: {text!r} is not a share from 0% to 100%", hint=f"Example: {where} 5%")
    return float(found[1]) / 100


def parse_failure(text: str, where: str) -> tuple[int, float]:
    """Parse a status with a share: `500:5%` is (500, 0.05). Raises InputError."""
    found = _FAILURE.fullmatch(text.strip())
    if not found:
        raise InputError(
            f"{where}: {text!r} is not STATUS:SHARE with a status from 400 to 599", hint=f"Example: {where} 500:5%"
        )
    return int(found[1]), parse_share(found[2], where)


class Dice:
    """Decide which faults hit the next request. A `seed` makes a run repeatable."""

    def __init__(self, faults: Faults, seed: int | None = None) -> None:
        self.faults = faults
        self._random = random.Random(seed)
        self._answered: dict[str, deque[float]] = {}

    def change(self, changes: object) -> None:
        """Change the faults as `changed` does. An integer `seed` restarts the sequence and makes it repeatable.

        Raises InputError, with nothing changed.
        """
        seed = None
        if isinstance(changes, dict) and "seed" in changes:
            changes = dict(changes)
            seed = changes.pop("seed")
            if isinstance(seed, bool) or not isinstance(seed, int):
                raise InputError(f"seed: {seed!r} is not a whole number")
        faults = changed(self.faults, changes)
        if faults.rate_limit != self.faults.rate_limit:
            self._answered.clear()  # a new limit starts counting from zero
        if seed is not None:
            self._random.seed(seed)
        self.faults = faults

    def failure(self) -> int | None:
        """Return the status to fail this request with, or None."""
        roll = self._random.random()
        for status, share in self.faults.fail.items():
            if roll < share:
                return status
            roll -= share
        return None

    def resets(self) -> bool:
        """Return whether to withhold this answer and drop the connection."""
        return self._random.random() < self.faults.reset

    def refuses(self) -> bool:
        """Return whether to refuse this message of a batch."""
        return self._random.random() < self.faults.partial

    def delay(self) -> float:
        """Return the seconds to wait before this answer."""
        return self.faults.latency + self.faults.jitter * self._random.random()

    def over_limit(self, token: str) -> float | None:
        """Return the seconds until this token may send again, or None if it is within its limit (a sliding window)."""
        if self.faults.rate_limit is None:
            return None
        count, seconds = self.faults.rate_limit
        now = time.monotonic()
        times = self._answered.get(token)
        if times is None:
            if len(self._answered) >= MOST_TOKENS:  # forget idle tokens
                self._answered = {known: seen for known, seen in self._answered.items() if now - seen[-1] < seconds}
            times = self._answered[token] = deque()
        while times and now - times[0] >= seconds:
            times.popleft()
        if len(times) >= count:
            return times[0] + seconds - now
        times.append(now)
        return None


def _check_value(name: str, value: object) -> object:
    match name:
        case "rate_limit" if value is None:
            return None
        case "rate_limit":
            match value:
                case [int() as count, int() | float() as seconds] if (
                    not isinstance(count, bool) and count > 0 and 0 < seconds < math.inf
                ):
                    return count, float(seconds)
        case "fail" if isinstance(value, dict):
            if all(re.fullmatch("[45][0-9][0-9]", str(status)) for status in value):
                shares = {int(status): _parse_number(f"fail {status}", share, 1) for status, share in value.items()}
                if sum(shares.values()) > 1:
                    raise InputError("fail: the shares add up to more than 100%")
                return shares
        case "reset" | "partial":
            return _parse_number(name, value, 1)
        case "latency" | "jitter":
            return _parse_number(name, value, 3600)
    raise InputError(f"{name}: {value!r} is not a valid setting")


def _parse_number(name: str, value: object, largest: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= largest:
        raise InputError(f"{name}: {value!r} is not a number from 0 to {largest:g}")
    return float(value)
