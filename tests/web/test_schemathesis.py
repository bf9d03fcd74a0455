"""The API tried by its own description, as each role and without one: for no request is the answer
a fault of the server, and each has a status and a form that are described.
"""

import asyncio
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode
from schemathesis.core.result import Ok
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    allow_header_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from contactcenter_ari.web.application import ROUTES
from contactcenter_ari.web.problem import CONTENT_TYPE
from tests.web.conftest import NAMES, listed_problems, token

if TYPE_CHECKING:
    from tests.web.conftest import Api

EXAMPLES = 6
"""The examples of each operation and kind of data: a few hundred requests a role."""
NO_SUCH = 405
SEED = 20_261_129
CHECKS = [
    allow_header_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
]


class Trial:
    """One role at the API of a running application."""

    def __init__(self, port: int, who: str | None, names: dict[str, str]) -> None:
        self.statuses: Counter[int] = Counter()
        self.operations = 0
        self._url = f"http://127.0.0.1:{port}"
        self._names = names
        self._session = requests.Session()
        self._session.headers["X-Forwarded-For"] = "192.0.2.1"  # a stranger, not this machine
        if who is not None:
            self._session.headers["Authorization"] = f"Bearer {token(who)}"

    def run(self) -> None:
        """Try all operations with data as described and with data that is not."""
        described = requests.get(
            f"{self._url}/api/openapi.json",
            headers={"Authorization": f"Bearer {token('root')}"},
            timeout=60,
        ).json()
        for found in schemathesis.openapi.from_dict(described).get_all_operations():
            assert isinstance(found, Ok), "the description can be read"
            operation = found.ok()
            self.operations += 1
            for mode in GenerationMode:
                self._try(operation, mode)
        self._session.close()

    def _try(self, operation: APIOperation[Any, Any, Any, Any], mode: GenerationMode) -> None:
        @seed(SEED)
        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(mode), real=st.booleans())
        def ask(case: Case[Any], real: bool) -> None:  # noqa: FBT001  # hypothesis gives it so
            if real:
                case.path_parameters.update(
                    {name: self._names[name] for name in case.path_parameters}
                )
            self._ask(case)

        try:
            ask()
        except Unsatisfiable:
            assert mode is GenerationMode.NEGATIVE, "only wrong data may be impossible"

    def _ask(self, case: Case[Any]) -> None:
        response = case.call(base_url=self._url, session=self._session, timeout=60)
        self.statuses[response.status_code] += 1
        assert response.status_code < 500, f"{case.method} {case.path}: {response.text}"
        case.validate_response(response, checks=CHECKS)
        if (
            response.headers.get("content-type") == [CONTENT_TYPE]
            and response.status_code != NO_SUCH
        ):
            problem = (response.status_code, response.json()["code"])
            assert problem in listed_problems(case.method, case.path)


@pytest.mark.parametrize("who", [None, "anna", "floor", "wallboard", "root", "screen"])
async def test_no_answer_is_a_fault_of_ours(api: "Api", who: str | None) -> None:
    """As an agent, a supervisor, an engineer, an administrator, a wall, and without a role."""
    await api.set_state("100", "anna", state="logged_in")
    trial = Trial(api.port, who, {**NAMES, "interaction": await api.call()})
    await asyncio.to_thread(trial.run)
    assert trial.operations == len(ROUTES.routes)
    assert sum(trial.statuses.values()) >= EXAMPLES * len(ROUTES.routes)
    assert api.driver.faults == 0
    refused = trial.statuses[401] if who is None else trial.statuses[403]
    assert refused > 0 or who == "root"
