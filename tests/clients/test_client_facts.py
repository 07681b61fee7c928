"""What is known of a client beside its tags: ratings by the rubric, investable assets, expected years."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from django.urls import reverse

from clients.models import Client, RatingMeaning
from tests.clients.files import counts, done, run, write
from tests.factories import ClientFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def household(client):
    client.force_login(
        UserFactory(groups=["operations"]), backend="django.contrib.auth.backends.ModelBackend"
    )
    return ClientFactory(growth_potential=2, alignment=None)


def typed(client, household, **changes):
    form = client.get(reverse("clients:edit", args=[household.pk])).context["form"]
    values = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in values.items() if value is not None} | changes


def test_a_rating_is_chosen_beside_what_it_means(client, household):
    page = client.get(reverse("clients:edit", args=[household.pk])).content.decode()
    row = RatingMeaning.objects.get(rated="alignment", rating=4)
    assert f"4 · {row.meaning}" in page
    assert "What 1 to 5 mean" in page
    assert row.example in page
    assert client.post(
        reverse("clients:edit", args=[household.pk]),
        typed(client, household, growth_potential="", alignment="4"),
    ).url == reverse("clients:detail", args=[household.pk])
    household.refresh_from_db()
    assert (household.growth_potential, household.alignment) == (None, 4)


@pytest.mark.parametrize("rating", ["0", "6", "much", "4.5"])
def test_another_rating_is_refused_in_words(client, household, rating):
    page = client.post(
        reverse("clients:edit", args=[household.pk]), typed(client, household, alignment=rating)
    ).content.decode()
    assert "Choose a rating from 1 to 5" in page
    household.refresh_from_db()
    assert household.alignment is None


def test_a_firm_without_a_rubric_still_rates(client, household):
    RatingMeaning.objects.all().delete()
    page = client.get(reverse("clients:edit", args=[household.pk])).content.decode()
    assert "What 1 to 5 mean" not in page
    client.post(reverse("clients:edit", args=[household.pk]), typed(client, household, alignment="5"))
    household.refresh_from_db()
    assert household.alignment == 5


def test_investable_assets_and_expected_years_are_kept(client, household):
    url = reverse("clients:edit", args=[household.pk])
    client.post(url, typed(client, household, investable_assets="1250000.50", expected_years="12"))
    household.refresh_from_db()
    assert (household.investable_assets, household.expected_years) == (Decimal("1250000.50"), 12)
    page = client.post(url, typed(client, household, expected_years="61")).content.decode()
    assert "Ensure this value is less than or equal to 60." in page


# --- Import ------------------------------------------------------------------------------------------------


def test_a_file_brings_them_in_under_their_names_or_a_synonym(tmp_path: Path) -> None:
    done("clients", write(tmp_path, "external_id,name,investable_assets,expected_years\nA,A,1250000.50,12\n"))
    stored = Client.objects.get(external_id="A")
    assert (stored.investable_assets, stored.expected_years) == (Decimal("1250000.50"), 12)
    path = write(tmp_path, "external_id,name,Total investable assets,Years expected\nA,A,-,7\n")
    assert counts(done("clients", path)) == (0, 1, 0, 0)
    stored.refresh_from_db()
    assert (stored.investable_assets, stored.expected_years) == (None, 7)
    assert counts(done("clients", path)) == (0, 0, 1, 0)


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("expected_years", "61", "0 to 60"),
        ("expected_years", "-3", "0 to 60"),
        ("expected_years", "7.5", "0 to 60"),
        ("expected_years", "many", "0 to 60"),
        ("investable_assets", "-1", "1234.50"),
        ("investable_assets", "1,5", "1234.50"),
    ],
)
def test_a_file_with_nonsense_is_refused_with_what_is_allowed(tmp_path, column, value, words) -> None:
    path = write(tmp_path, f'external_id,name,{column}\nA,A,"{value}"\n')
    code, result = run("clients", path)
    assert (code, result["errors"][0]["column"]) == (1, column)
    assert words in result["errors"][0]["message"]
    assert not Client.objects.exists()
