"""What is the same in every local sandbox: the account."""

from __future__ import annotations

from ..api.responses import Answer
from .calls import Call, Routes
from .replies import answer

ACCOUNT = {"id": 1, "name": "Local", "access_levels": [1000]}


def _list_accounts(call: Call) -> Answer:
    return answer(200, [ACCOUNT])


ROUTES: Routes = {
    "/api/accounts": {"GET": _list_accounts},
}
