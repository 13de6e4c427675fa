"""Report problems in the rows of an import before the first request."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from ..errors import Interrupted
from ..units import format_count

if TYPE_CHECKING:
    from ..audience.checked_rows import CheckedRows
    from .context import World


@contextmanager
def explain_bad_rows(world: World) -> Iterator[None]:
    """Print a line for each bad row in the style of compilers; in JSON they stay in the error's details."""
    from ..audience.checked_rows import BadRows

    try:
        yield
    except BadRows as error:
        if not world.out.for_programs:
            for problem in error.details:
                world.trace(problem)
            error.details = []
        raise
    except KeyboardInterrupt:
        raise Interrupted("Interrupted while checking the rows: nothing was imported") from None


def tell_about_rows(world: World, checked: CheckedRows[Any]) -> None:
    """Report which rows are left out, and how many repeat an address."""
    for problem in checked.problems:
        world.notice(problem)
    if checked.invalid:
        more = checked.invalid - len(checked.problems)
        world.notice(
            f"{format_count(checked.invalid, 'row')} left out" + (f", {more:,} more than shown." if more else ".")
        )
    if checked.repeated:
        places = ", ".join(f"{checked.name}:{line}" for line in checked.repeats)
        more_places = ", …" if checked.repeated > len(checked.repeats) else ""
        world.notice(
            f"{format_count(checked.repeated, 'row')} with the address of an earlier row ({places}{more_places})."
        )
