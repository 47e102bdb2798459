"""What a session should be, in a few lines, and a machine that does to it and to the real thing what people do."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count

import time_machine
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, precondition, rule

from shop.accounts.credentials import authenticate
from shop.accounts.errors import InvalidRefreshToken
from shop.accounts.models import RefreshToken, Session, User
from shop.accounts.operations import login, one_time_passwords, password, sessions
from shop.accounts.operations.sessions import Device, Tokens
from shop.kernel.ids import digest
from shop.platform.clock import now
from shop.platform.models import Job
from tests.accounts.visitor import PASSWORD, account

ACCESS, IDLE, WHOLE, GRACE = timedelta(minutes=15), timedelta(days=30), timedelta(days=90), timedelta(seconds=10)
START = datetime.fromisoformat("2026-11-22T08:43:19+00:00")
MOMENTS = [timedelta(seconds=each) for each in (1, 5, 9, 10, 11)]
WHILES = [timedelta(seconds=each) for each in (60, 899, 900, 86_400, 29 * 86_400, 30 * 86_400)]

_numbers = count()


@dataclass
class Link:
    """One pair of tokens of a chain."""

    pair: Tokens
    made: datetime
    used: datetime | None = None

    @property
    def is_known(self) -> bool:
        return self.used is not None or now() < self.made + IDLE


@dataclass(eq=False)
class Model:
    """One session: its chain, of which the last link is unused, and whether something ended it."""

    began: datetime
    chain: list[Link] = field(default_factory=list)
    ended: bool = False

    @property
    def lives(self) -> bool:
        return not self.ended and now() < self.began + WHOLE

    @property
    def opens(self) -> bool:
        """Whether the newest access token is accepted."""
        return self.lives and now() < self.chain[-1].made + ACCESS

    def is_race(self, at: int) -> bool:
        used = self.chain[at].used
        return at == len(self.chain) - 2 and used is not None and now() - used <= GRACE


class Sessions(RuleBasedStateMachine):
    """Logs in, refreshes with any token of a chain, ends sessions in every way, and lets time pass."""

    devices = Bundle("devices")

    def __init__(self) -> None:
        super().__init__()
        self.travel = time_machine.travel(START, tick=False)
        self.clock = self.travel.start()
        self.user = account(f"person{next(_numbers)}@example.com")
        self.password, self.mails = PASSWORD, 0
        self.all: list[Model] = []

    def teardown(self) -> None:
        User.objects.all().delete()
        Job.objects.all().delete()
        self.travel.stop()

    @initialize(target=devices)
    def begin(self) -> Model:
        return self.log_in_once()

    @precondition(lambda self: len(self.all) < 4)
    @rule(target=devices)
    def log_in(self) -> Model:
        return self.log_in_once()

    def log_in_once(self) -> Model:
        pair = login.log_in(self.user.email, self.password, device=Device())
        self.all.append(Model(began=now(), chain=[Link(pair, made=now())]))
        return self.all[-1]

    @rule(device=devices)
    def refresh_the_newest(self, device: Model) -> None:
        self.refresh(device, len(device.chain) - 1)

    @rule(device=devices, back=st.integers(1, 3))
    def refresh_an_older_one(self, device: Model, back: int) -> None:
        self.refresh(device, max(len(device.chain) - 1 - back, 0))

    def refresh(self, device: Model, at: int) -> None:
        link, newest = device.chain[at], device.chain[-1]
        if not device.lives or not link.is_known:
            assert _refreshed(link) is None
        elif link is newest:
            link.used = now()
            fresh = _refreshed(link)
            assert fresh is not None
            device.chain.append(Link(fresh, made=now()))
        elif device.is_race(at):
            assert _tokens(_refreshed(link)) == _tokens(newest.pair)
        else:
            assert _refreshed(link) is None
            device.ended = True
            self.mails += 1

    @rule(device=devices, moment=st.sampled_from(MOMENTS), links=st.integers(1, 2))
    def race(self, device: Model, moment: timedelta, links: int) -> None:
        newest = len(device.chain) - 1
        for _ in range(links):
            self.refresh(device, len(device.chain) - 1)
        self.clock.shift(moment)
        self.refresh(device, newest)

    @rule(device=devices)
    def stay_for_four_months(self, device: Model) -> None:
        for _ in range(4):
            self.clock.shift(timedelta(days=29))
            self.refresh(device, len(device.chain) - 1)

    @rule(device=devices, moment=st.sampled_from([IDLE - timedelta(seconds=1), IDLE]))
    def stay_away(self, device: Model, moment: timedelta) -> None:
        self.refresh(device, len(device.chain) - 1)
        self.clock.shift(moment)
        self.refresh(device, len(device.chain) - 1)

    @rule(moment=st.sampled_from(WHILES))
    def wait_a_while(self, moment: timedelta) -> None:
        self.clock.shift(moment)

    @rule(device=devices, back=st.integers(0, 2))
    def log_out_with_any_token_of_the_chain(self, device: Model, back: int) -> None:
        sessions.end_by_token(device.chain[max(len(device.chain) - 1 - back, 0)].pair.refresh_token)
        device.ended = True

    @rule(device=devices)
    def revoke(self, device: Model) -> None:
        row = Session.objects.get(refresh_tokens__digest=_digest(device))
        if device.lives:
            sessions.revoke(self.user.pk, row.pk)
            device.ended = True

    @rule()
    def log_out_everywhere(self) -> None:
        sessions.end_all(self.user.pk, because=Session.Ending.LOGOUT)
        self.end_all(but=None)

    @rule(device=devices)
    def change_password(self, device: Model) -> None:
        current, self.password = self.password, f"another password {next(_numbers)}"
        kept = Session.objects.get(refresh_tokens__digest=_digest(device)).pk
        password.change(self.user.pk, session_id=kept, current=current, new=self.password)
        self.end_all(but=device)

    @rule()
    def reset_password(self) -> None:
        self.password = f"another password {next(_numbers)}"
        asked = one_time_passwords.ask(subject=self.user.email_key, purpose=password.PURPOSE)
        password.reset(
            self.user.email, code=one_time_passwords.issue_code(asked) or "", ip="192.0.2.1", new_password=self.password
        )
        self.end_all(but=None)

    def end_all(self, *, but: Model | None) -> None:
        for each in self.all:
            each.ended = each.ended or each is not but

    @rule(device=devices)
    def switch_off_and_on(self, device: Model) -> None:
        User.objects.filter(pk=self.user.pk).update(is_active=False)
        assert authenticate(device.chain[-1].pair.access_token) is None
        assert _refreshed(device.chain[-1]) is None
        User.objects.filter(pk=self.user.pk).update(is_active=True)

    @invariant()
    def access_tokens_open_exactly_when_the_model_says_so(self) -> None:
        for device in self.all:
            actors = [authenticate(each.pair.access_token) for each in device.chain[-3:]]
            assert [each is not None for each in actors] == [False] * (len(actors) - 1) + [device.opens]

    @invariant()
    def each_chain_has_one_unused_link_and_each_theft_one_mail(self) -> None:
        assert RefreshToken.objects.count() == sum(len(each.chain) for each in self.all)
        assert RefreshToken.objects.filter(used_at=None).count() == len(self.all)
        assert Job.objects.filter(name="accounts.mail_session_ended").count() == self.mails


def _refreshed(link: Link) -> Tokens | None:
    try:
        return sessions.refresh(link.pair.refresh_token)
    except InvalidRefreshToken:
        return None


def _tokens(pair: Tokens | None) -> tuple[str, str] | None:
    return (pair.access_token, pair.refresh_token) if pair else None


def _digest(device: Model) -> str:
    return digest(device.chain[-1].pair.refresh_token)
