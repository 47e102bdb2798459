"""Sessions do what a simple model of them says, whatever people do in whatever order."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, Phase
from hypothesis import settings as effort
from hypothesis.stateful import run_state_machine_as_test
from pytest_django import Settings

from tests.accounts.session_model import Sessions


@pytest.mark.django_db
@pytest.mark.parametrize("examples", [10, pytest.param(100, marks=pytest.mark.exhaustive)])
def test_a_token_lives_exactly_when_the_model_says_so(settings: Settings, examples: int) -> None:
    settings.SHOP = replace(settings.SHOP, limits={"otp-hour": "1000000/60"})
    settings.ACCOUNTS = replace(settings.ACCOUNTS, otp_resend_after=timedelta(0))

    run_state_machine_as_test(
        Sessions,
        settings=effort(
            max_examples=examples,
            stateful_step_count=20,
            phases=[Phase.explicit, Phase.reuse, Phase.generate],  # making a failure small takes minutes
            suppress_health_check=list(HealthCheck),
        ),
    )
