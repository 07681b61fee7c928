"""The lists of Django admin: as many queries for many rows as for few."""

import pytest
from django.contrib import admin
from django.core.management import call_command
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clients.models.people import Group
from tests.factories import UserFactory


@pytest.mark.django_db
def test_each_list_costs_the_same_for_few_rows_and_many(monkeypatch):
    call_command("seed_demo", clients=60, seed=3)
    browser = Browser()
    browser.force_login(
        UserFactory(groups=[Group.ADMINISTRATOR]), backend="django.contrib.auth.backends.ModelBackend"
    )
    compared = []
    for model, shown in admin.site._registry.items():
        url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        counts = []
        for rows in (2, 60):
            monkeypatch.setattr(shown, "list_per_page", rows)
            browser.get(url)  # what a process reads once
            with CaptureQueriesContext(connection) as queries:
                response = browser.get(url)
            assert response.status_code in (200, 302), url
            counts.append(len(queries))
        assert counts[0] == counts[1], f"{url}: {counts}"
        assert counts[1] <= 15, f"{url}: {counts}"
        if model._default_manager.count() > 2 and response.status_code == 200:
            compared.append(model._meta.model_name)
    assert {"client", "serviceitem", "servicetask", "teammember", "user", "periodictask"} <= set(compared)
