"""Every mail about an account, word for word, in English and in German, and whose language decides."""

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives

from shop.accounts.mails import mail_email_changed, mail_password_changed, mail_session_ended
from shop.accounts.models import User
from shop.stores.models import Store
from tests.accounts.visitor import EMAIL, PASSWORD, UNKNOWN, Visitor, codes_in, deliver

pytestmark = pytest.mark.django_db

ENGLISH_CODE = (
    "\n\n    000000\n\nIt is valid for 5 minutes and can be used once.\n\n"
    "If you didn't request this, you can ignore this email.\n\nKind regards\nMy store\n"
)
GERMAN_CODE = (
    "\n\n    000000\n\nEr ist 5 Minuten gültig und kann einmal verwendet werden.\n\n"
    "Falls Sie das nicht angefordert haben, können Sie diese E-Mail\nignorieren.\n\nFreundliche Grüße\nMy store\n"
)


def last_mail() -> tuple[str, str, str]:
    """Language, subject and text of the mail that was sent last; a code in it is 000000."""
    deliver()
    message = mail.outbox[-1]
    assert isinstance(message, EmailMultiAlternatives)
    language = message.extra_headers["Content-Language"]
    assert f'<html lang="{language}">' in str(message.alternatives[0][0])
    text = str(message.body)
    code = next(iter(codes_in(message)), "000000")
    return language, str(message.subject), text.replace(code, "000000")


@pytest.fixture(autouse=True)
def store() -> None:
    """A store in English and German."""
    Store.objects.update(locales=["en", "de"])


@pytest.mark.parametrize(
    ("locale", "expected"),
    [
        ("en", ("en", "Reset your password", f"Hello,\n\nEnter this code to choose a new password:{ENGLISH_CODE}")),
        (
            "de-AT",
            (
                "de",
                "Passwort zurücksetzen",
                f"Guten Tag,\n\nGeben Sie diesen Code ein, um ein neues Passwort zu wählen:{GERMAN_CODE}",
            ),
        ),
        ("fr", ("en", "Reset your password", f"Hello,\n\nEnter this code to choose a new password:{ENGLISH_CODE}")),
    ],
)
def test_a_code_for_a_new_password_is_in_the_language_of_the_account(
    visitor: Visitor, ada: User, locale: str, expected: tuple[str, str, str]
) -> None:
    User.objects.update(locale=locale)

    visitor.post("/auth/forgot-password", email=EMAIL)

    assert last_mail() == expected


@pytest.mark.parametrize(
    ("header", "of_the_store", "locale", "expected"),
    [
        (
            {},
            "en",
            "en",
            (
                "en",
                "Confirm your email address",
                f"Hello,\n\nEnter this code to confirm your email address:{ENGLISH_CODE}",
            ),
        ),
        (
            {},
            "de",
            "de",
            (
                "de",
                "Bestätigen Sie Ihre E-Mail-Adresse",
                f"Guten Tag,\n\nGeben Sie diesen Code ein, um Ihre E-Mail-Adresse zu bestätigen:{GERMAN_CODE}",
            ),
        ),
        (
            {"Accept-Language": "de-CH, en;q=0.5"},
            "en",
            "de",
            (
                "de",
                "Bestätigen Sie Ihre E-Mail-Adresse",
                f"Guten Tag,\n\nGeben Sie diesen Code ein, um Ihre E-Mail-Adresse zu bestätigen:{GERMAN_CODE}",
            ),
        ),
    ],
)
def test_a_registration_begins_in_the_language_that_is_asked_for_or_in_that_of_the_store(
    header: dict[str, str], of_the_store: str, locale: str, expected: tuple[str, str, str]
) -> None:
    Store.objects.update(locale=of_the_store)
    visitor = Visitor(headers=header)

    begun = visitor.post("/auth/register", email=UNKNOWN, password=PASSWORD)
    told = last_mail()
    code = codes_in(mail.outbox[-1])[0]
    visitor.post("/auth/verify-email", email=UNKNOWN, otp=code, registration_token=begun.data["registration_token"])

    assert told == expected
    assert User.objects.get(email=UNKNOWN).locale == locale


def test_a_language_that_the_store_does_not_have_is_not_begun_with() -> None:
    Store.objects.update(locales=["en"])

    Visitor(headers={"Accept-Language": "de"}).post("/auth/register", email=UNKNOWN, password=PASSWORD)

    assert last_mail()[:2] == ("en", "Confirm your email address")


@pytest.mark.parametrize(
    ("locale", "expected"),
    [
        (
            "en",
            (
                "en",
                "You already have an account",
                "Hello,\n\nSomebody, probably you, tried to register with this email address. You\n"
                "already have an account with it: log in, or reset your password if\nyou've forgotten it.\n\n"
                "If you didn't request this, you can ignore this email.\n\nKind regards\nMy store\n",
            ),
        ),
        (
            "de",
            (
                "de",
                "Sie haben bereits ein Konto",
                "Guten Tag,\n\nJemand, wahrscheinlich Sie selbst, wollte sich mit dieser E-Mail-Adresse\n"
                "registrieren. Sie haben damit bereits ein Konto: Melden Sie sich an oder\n"
                "setzen Sie Ihr Passwort zurück, falls Sie es vergessen haben.\n\n"
                "Falls Sie das nicht angefordert haben, können Sie diese E-Mail\nignorieren.\n\n"
                "Freundliche Grüße\nMy store\n",
            ),
        ),
    ],
)
def test_who_has_an_account_is_told_so_in_the_language_of_the_account(
    visitor: Visitor, ada: User, locale: str, expected: tuple[str, str, str]
) -> None:
    User.objects.update(locale=locale)

    visitor.post("/auth/register", email=EMAIL, password=PASSWORD)

    assert last_mail() == expected


@pytest.mark.parametrize(
    ("locale", "expected"),
    [
        (
            "en",
            (
                "en",
                "Confirm your new email address",
                f"Hello,\n\nEnter this code to confirm your email address:{ENGLISH_CODE}",
            ),
        ),
        (
            "de",
            (
                "de",
                "Bestätigen Sie Ihre neue E-Mail-Adresse",
                f"Guten Tag,\n\nGeben Sie diesen Code ein, um Ihre E-Mail-Adresse zu bestätigen:{GERMAN_CODE}",
            ),
        ),
    ],
)
def test_a_new_address_is_confirmed_in_the_language_of_the_account(
    me: Visitor, locale: str, expected: tuple[str, str, str]
) -> None:
    User.objects.update(locale=locale)

    me.post("/me/change-email", new_email="new@example.com", current_password=PASSWORD)

    assert last_mail() == expected


@pytest.mark.parametrize(
    ("locale", "expected"),
    [
        (
            "en",
            (
                "en",
                "This email address is already in use",
                "Hello,\n\nSomebody, probably you, wanted to use this email address for another\n"
                "account. It already belongs to an account, so nothing was changed.\n\n"
                "If you didn't request this, you can ignore this email.\n\nKind regards\nMy store\n",
            ),
        ),
        (
            "de",
            (
                "de",
                "Diese E-Mail-Adresse wird bereits verwendet",
                "Guten Tag,\n\nJemand, wahrscheinlich Sie selbst, wollte diese E-Mail-Adresse für ein\n"
                "anderes Konto verwenden. Sie gehört bereits zu einem Konto, deshalb\nwurde nichts geändert.\n\n"
                "Falls Sie das nicht angefordert haben, können Sie diese E-Mail\nignorieren.\n\n"
                "Freundliche Grüße\nMy store\n",
            ),
        ),
    ],
)
def test_an_address_that_has_an_account_is_told_so_in_the_language_of_who_asked(
    me: Visitor, locale: str, expected: tuple[str, str, str]
) -> None:
    User.objects.create_user("bob@example.com", PASSWORD)
    User.objects.update(locale=locale)

    me.post("/me/change-email", new_email="bob@example.com", current_password=PASSWORD)

    assert last_mail() == expected


@pytest.mark.parametrize(
    ("locale", "contact", "expected"),
    [
        (
            "en",
            "",
            (
                "en",
                "Your password was changed",
                "Hello,\n\nThe password of your account has just been changed. Other devices have\nbeen logged out.\n\n"
                "If this wasn't you, reset your password immediately and contact us.\n\nKind regards\nMy store\n",
            ),
        ),
        (
            "de",
            "",
            (
                "de",
                "Ihr Passwort wurde geändert",
                "Guten Tag,\n\nDas Passwort Ihres Kontos wurde soeben geändert. Andere Geräte wurden\nabgemeldet.\n\n"
                "Falls Sie das nicht waren, setzen Sie Ihr Passwort sofort zurück und\nkontaktieren Sie uns.\n\n"
                "Freundliche Grüße\nMy store\n",
            ),
        ),
        (
            "de",
            "hallo@kiln.example",
            (
                "de",
                "Ihr Passwort wurde geändert",
                "Guten Tag,\n\nDas Passwort Ihres Kontos wurde soeben geändert. Andere Geräte wurden\nabgemeldet.\n\n"
                "Falls Sie das nicht waren, setzen Sie Ihr Passwort sofort zurück und\n"
                "kontaktieren Sie uns unter hallo@kiln.example.\n\nFreundliche Grüße\nMy store\n",
            ),
        ),
    ],
)
def test_a_changed_password_is_told_in_the_language_of_the_account(
    ada: User, locale: str, contact: str, expected: tuple[str, str, str]
) -> None:
    Store.objects.update(email=contact)
    User.objects.update(locale=locale)

    mail_password_changed.call(user=str(ada.pk))

    assert last_mail() == expected


@pytest.mark.parametrize(
    ("locale", "contact", "expected"),
    [
        (
            "en",
            "hello@kiln.example",
            (
                "en",
                "Your email address was changed",
                "Hello,\n\nYour account now uses another email address; this one is no longer used.\n\n"
                "If this wasn't you, contact us at hello@kiln.example immediately.\n\nKind regards\nMy store\n",
            ),
        ),
        (
            "de",
            "",
            (
                "de",
                "Ihre E-Mail-Adresse wurde geändert",
                "Guten Tag,\n\nIhr Konto verwendet jetzt eine andere E-Mail-Adresse; diese wird nicht\n"
                "mehr verwendet.\n\nFalls Sie das nicht waren, kontaktieren Sie uns sofort.\n\n"
                "Freundliche Grüße\nMy store\n",
            ),
        ),
    ],
)
def test_a_former_address_is_told_in_the_language_of_the_account(
    locale: str, contact: str, expected: tuple[str, str, str]
) -> None:
    Store.objects.update(email=contact)

    mail_email_changed.call(to="old@example.com", locale=locale)

    assert last_mail() == expected


def test_a_job_of_before_that_names_no_locale_is_told_in_the_language_of_the_store() -> None:
    Store.objects.update(locale="de")

    mail_email_changed.call(to="old@example.com")

    assert last_mail()[:2] == ("de", "Ihre E-Mail-Adresse wurde geändert")


@pytest.mark.parametrize(
    ("locale", "expected"),
    [
        (
            "en",
            (
                "en",
                "A device was logged out",
                "Hello,\n\nWe noticed that an expired login of one of your devices was used again,\n"
                "and logged that device out to protect your account.\n\n"
                "If you don't recognize this, change your password.\n\nKind regards\nMy store\n",
            ),
        ),
        (
            "de",
            (
                "de",
                "Ein Gerät wurde abgemeldet",
                "Guten Tag,\n\nEine abgelaufene Anmeldung eines Ihrer Geräte wurde erneut verwendet.\n"
                "Zum Schutz Ihres Kontos haben wir dieses Gerät abgemeldet.\n\n"
                "Falls Sie das nicht zuordnen können, ändern Sie Ihr Passwort.\n\nFreundliche Grüße\nMy store\n",
            ),
        ),
    ],
)
def test_an_ended_session_is_told_in_the_language_of_the_account(
    ada: User, locale: str, expected: tuple[str, str, str]
) -> None:
    User.objects.update(locale=locale)

    mail_session_ended.call(user=str(ada.pk))

    assert last_mail() == expected


def test_the_language_of_the_account_goes_with_the_notice_to_its_former_address(me: Visitor) -> None:
    User.objects.update(locale="de")
    me.post("/me/change-email", new_email="new@example.com", current_password=PASSWORD)
    last_mail()

    me.post("/me/change-email/confirm", otp=codes_in(mail.outbox[-1])[0])

    assert last_mail()[:2] == ("de", "Ihre E-Mail-Adresse wurde geändert")
