"""The browser that the other browser tests drive is a real one, against the live server."""

import pytest


@pytest.mark.browser
def test_it_reads_a_page_of_the_live_server(page):
    answer = page.goto("/healthz")
    assert answer.status == 200
    assert "ok" in page.content()


@pytest.mark.browser
def test_the_database_answers_beside_the_browser(page, django_user_model):
    django_user_model.objects.create_user("seen")
    assert django_user_model.objects.filter(username="seen").exists()
