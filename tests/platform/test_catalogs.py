"""The shop's own messages exist completely in every language of LANGUAGES."""

import io
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.utils.translation import override
from pytest_django import Settings

from shop.kernel.errors import catalogue
from shop.platform import catalogs
from shop.platform.translation import _negotiated, translate
from tests.accounts.visitor import Visitor

TRANSLATED = [language for language, _ in settings.LANGUAGES if language != "en"]


@pytest.mark.parametrize("language", TRANSLATED)
def test_no_message_lacks_its_translation_and_none_is_stale(language: str) -> None:
    """`make messages` writes what is missing into django.po, for you to translate, and compiles django.mo."""
    assert list(catalogs.faults(language)) == []


def test_every_catalog_is_of_a_language_that_is_served() -> None:
    assert catalogs.languages() == sorted(TRANSLATED)


def test_every_error_of_the_catalog_is_told_in_german() -> None:
    with override("de"):
        same = [kind.code for kind in catalogue() if translate(kind.message) == kind.message]

    assert same == []


@pytest.fixture
def german(tmp_path: Path, settings: Settings) -> Iterator[Path]:
    """The German catalog in a folder of its own."""
    shutil.copytree(settings.LOCALE_PATHS[0], tmp_path / "locale")
    settings.LOCALE_PATHS = [tmp_path / "locale"]
    yield catalogs.po_file("de")
    _negotiated.cache_clear()


@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        ('msgstr "Nicht gefunden."', 'msgstr ""', "Without a translation: 'Not found.'."),
        ('msgid "Not found."', 'msgid "Nothing found."', "Stale: 'Nothing found.' is no longer in the code."),
        ('msgid "Not found."', 'msgid "Nothing found."', "Missing: 'Not found.'."),
        ('msgid "Not found."', '#, fuzzy\nmsgid "Not found."', "Fuzzy: 'Not found.'."),
        (
            'msgstr "Muss mindestens %(min)s sein."',
            'msgstr "Muss mindestens %(minimum)s sein."',
            "Other placeholders than the original: 'Muss mindestens %(minimum)s sein.'.",
        ),
        ('msgstr "Nicht gefunden."', 'msgstr "Nicht da."', "django.mo is not what django.po says."),
    ],
)
def test_a_catalog_that_is_not_complete_is_found(german: Path, before: str, after: str, fault: str) -> None:
    german.write_text(german.read_text().replace(before, after))

    with pytest.raises(CommandError) as failure:
        call_command("messages", "--check")

    assert f"de: {fault}" in str(failure.value).splitlines()


def test_the_command_keeps_translations_and_writes_the_same_again(german: Path) -> None:
    before = german.read_bytes(), german.with_suffix(".mo").read_bytes()

    call_command("messages")

    assert (german.read_bytes(), german.with_suffix(".mo").read_bytes()) == before


def test_another_language_begins_with_every_message_untranslated(german: Path) -> None:
    call_command("messages", "--add", "fr")

    faults = list(catalogs.faults("fr"))

    assert len(faults) == len(list(catalogs.extracted())) - 1
    assert "Without a translation: 'Not found.'." in faults


@pytest.mark.django_db
def test_a_language_is_added_as_the_guide_says(german: Path, settings: Settings) -> None:
    call_command("messages", "--add", "fr")
    french = catalogs.po_file("fr")
    french.write_text(
        french.read_text().replace('msgid "Not found."\nmsgstr ""', 'msgid "Not found."\nmsgstr "Introuvable."')
    )
    call_command("messages")
    settings.LANGUAGES = [*settings.LANGUAGES, ("fr", "Français")]
    _negotiated.cache_clear()

    answer = Visitor(headers={"Accept-Language": "fr-BE"}).get("/products/none")

    assert (answer.headers["Content-Language"], answer.body["message"]) == ("fr", "Introuvable.")


def test_templates_are_read_too() -> None:
    page = b"""
      {% load i18n %}<p>it's {% translate "One" %}</p>
    {% blocktranslate count n=n trimmed %}
      {{ n }} line
    {% plural %}
      {{ n }} lines
    {% endblocktranslate %}"""

    found = list(catalogs.from_template(io.BytesIO(page), catalogs.KEYWORDS, (), {}))

    assert [message for _, _, message, _ in found] == ["One", ("%(n)s line", "%(n)s lines", None)]
