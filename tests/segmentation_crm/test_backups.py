"""A restore gives back every table's every row, or changes nothing."""

from urllib.parse import urlsplit

import psycopg
import pytest
from django.db import connection

from segmentation_crm.embedded import backups
from segmentation_crm.embedded.errors import CannotStart
from tests.live_worker import test_database_url as database_url


def row_counts() -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        names = [name for (name,) in cursor.fetchall()]
        counts = {}
        for name in names:
            cursor.execute(f'SELECT count(*) FROM public."{name}"')
            counts[name] = cursor.fetchone()[0]
    return counts


@pytest.mark.django_db(transaction=True)
def test_it_gives_back_every_row_of_every_table(tmp_path, django_user_model):
    django_user_model.objects.create_user("kept")
    before = row_counts()
    assert sum(before.values()) > 50
    file = backups.backup(database_url(), tmp_path / "all.dump")
    assert file.stat().st_mode & 0o077 == 0
    django_user_model.objects.create_user("came later")
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE came_later (id int REFERENCES clients_user)")
    connection.close()
    backups.restore(database_url(), file)
    assert row_counts() == before


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("part", [0.5, 0.99])
def test_it_changes_nothing_when_the_file_breaks_off(tmp_path, django_user_model, part):
    file = backups.backup(database_url(), tmp_path / "all.dump")
    whole = file.read_bytes()
    file.write_bytes(whole[: int(len(whole) * part)])
    django_user_model.objects.create_user("came later")
    before = row_counts()
    connection.close()
    with pytest.raises(CannotStart, match="nothing has changed"):
        backups.restore(database_url(), file)
    assert row_counts() == before


@pytest.mark.parametrize("content", [None, b"", b"not a dump"])
def test_it_says_what_is_wrong_with_the_file(tmp_path, content):
    file = tmp_path / "some.dump"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(CannotStart, match="backup"):
        backups.restore("postgresql://nowhere", file)


@pytest.mark.django_db(transaction=True)
def test_it_leaves_the_firm_alone_when_the_file_is_of_another_database(tmp_path, django_user_model):
    url = database_url()
    name = f"{connection.settings_dict['NAME']}_other"
    other = urlsplit(url)._replace(path=f"/{name}").geturl()
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}"')
        try:
            with psycopg.connect(other, autocommit=True) as stranger:
                stranger.execute("CREATE TABLE invoices (id int)")
            file = backups.backup(other, tmp_path / "other.dump")
        finally:
            server.execute(f'DROP DATABASE "{name}"')
    django_user_model.objects.create_user("kept")
    before = row_counts()
    connection.close()
    with pytest.raises(CannotStart, match="another database"):
        backups.restore(url, file)
    assert row_counts() == before


def test_it_names_the_file_that_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(CannotStart, match="name another FILE"):
        backups.backup("postgresql://nowhere", tmp_path / "file" / "a.dump")
