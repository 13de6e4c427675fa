"""Requests that arrive together are committed together, yet each succeeds or fails alone."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable

from mailtrap_cli.errors import MailtrapError
from mailtrap_cli.local.group_commit import GroupCommit
from mailtrap_cli.local.store import Store


def names_on_disk(store: Store) -> list[str]:
    """Return what another process sees."""
    with sqlite3.connect(store.path) as db:
        return [name for (name,) in db.execute("SELECT name FROM projects ORDER BY id")][1:]


def run_together(store: Store, *works: Callable[[], object]) -> list[object]:
    async def run() -> list[object]:
        commits = GroupCommit(store.database)
        return await asyncio.gather(*map(commits.run, works), return_exceptions=True)

    return asyncio.run(run())


def test_failed_work_rolls_back_alone_and_nothing_shows_before_the_commit(store: Store) -> None:
    def fail() -> None:
        with store.database.writing():
            store.create_project("undone")
            raise ValueError("no")

    seen: list[list[str]] = []

    def look() -> None:
        seen.append(names_on_disk(store))

    results = run_together(store, lambda: store.create_project("one"), fail, lambda: store.create_project("two"), look)
    assert [type(result).__name__ for result in results] == ["int", "ValueError", "int", "NoneType"]
    assert (seen, names_on_disk(store)) == ([[]], ["one", "two"])
    store.create_project("three")
    assert names_on_disk(store) == ["one", "two", "three"]


def test_other_writes_are_durable_when_they_return(store: Store) -> None:
    async def run() -> list[str]:
        commits = GroupCommit(store.database)
        together = asyncio.ensure_future(commits.run(lambda: store.create_project("shared")))
        await asyncio.sleep(0)
        store.create_project("own")
        found = names_on_disk(store)
        await together
        return found

    assert asyncio.run(run()) == ["shared", "own"]


def test_a_commit_that_fails_fails_all_of_it(store: Store) -> None:
    with store.database.writing() as db:
        db.execute("CREATE TABLE checked (parent INTEGER REFERENCES projects (id) DEFERRABLE INITIALLY DEFERRED)")
    store.database.run_script(["PRAGMA foreign_keys = ON"])

    def break_commit() -> None:
        with store.database.writing() as db:
            db.execute("INSERT INTO checked VALUES (99)")

    results = run_together(store, lambda: store.create_project("lost"), break_commit)
    assert all(isinstance(result, MailtrapError) for result in results)
    assert names_on_disk(store) == []
    run_together(store, lambda: store.create_project("kept"))
    assert names_on_disk(store) == ["kept"]


def test_work_without_writes_opens_no_transaction(store: Store) -> None:
    other = sqlite3.connect(store.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert run_together(store, lambda: 7) == [7]
    other.close()


def test_joined_work_gets_the_items_of_all_requests_of_its_key_at_once(store: Store) -> None:
    calls: list[list[str]] = []

    def create(names: list[str]) -> list[int]:
        calls.append(names)
        return [store.create_project(name) for name in names]

    async def run() -> list[list[int]]:
        commits = GroupCommit(store.database)
        found = await asyncio.gather(
            commits.run_joined("a", create, ["one", "two"]),
            commits.run_joined("b", create, ["three"]),
            commits.run_joined("a", create, ["four"]),
        )
        return list(found)

    assert asyncio.run(run()) == [[2, 3], [5], [4]]
    assert calls == [["one", "two", "four"], ["three"]]
    assert names_on_disk(store) == ["one", "two", "four", "three"]


def test_joined_work_that_fails_is_repeated_for_each_request(store: Store) -> None:
    def create(names: list[str]) -> list[int]:
        with store.database.writing():
            made = [store.create_project(name) for name in names]
            if "bad" in names:
                raise ValueError("bad")
        return made

    async def run() -> list[object]:
        commits = GroupCommit(store.database)
        asked = [commits.run_joined("a", create, [name]) for name in ("one", "bad", "two")]
        return await asyncio.gather(*asked, return_exceptions=True)

    assert [type(result).__name__ for result in asyncio.run(run())] == ["list", "ValueError", "list"]
    assert names_on_disk(store) == ["one", "two"]


def test_the_work_of_a_request_that_is_cancelled_is_done(store: Store) -> None:
    async def run() -> list[int]:
        commits = GroupCommit(store.database)
        create = lambda names: [store.create_project(name) for name in names]  # noqa: E731
        gone = asyncio.ensure_future(commits.run_joined("a", create, ["gone"]))
        stays = asyncio.ensure_future(commits.run_joined("a", create, ["stays"]))
        await asyncio.sleep(0)
        gone.cancel()
        return await stays

    assert asyncio.run(run()) == [3]
    assert names_on_disk(store) == ["gone", "stays"]
