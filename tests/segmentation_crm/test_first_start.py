"""The first sign-ins: printed once, only into an empty database, never open to others as a demo."""

import io
import json

import pytest
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command

from clients.models import User

pytestmark = pytest.mark.django_db


def first_start(**options) -> dict:
    out = io.StringIO()
    call_command("first_start", json=True, stdout=out, stderr=io.StringIO(), **options)
    return json.loads(out.getvalue())


def test_it_creates_one_administrator_who_can_sign_in(client):
    (sign_in,) = first_start(demo=False)["sign_ins"]
    assert client.login(username=sign_in["username"], password=sign_in["password"])
    person = User.objects.get()
    assert person.groups.get().name == "administrator"
    assert not person.is_demo


def test_it_changes_nothing_where_people_exist():
    first_start(demo=False)
    assert first_start(demo=True)["sign_ins"] == []
    assert User.objects.count() == 1


def test_it_gives_new_passwords_when_asked(client):
    (old,) = first_start(demo=False)["sign_ins"]
    (new,) = first_start(new_passwords=True)["sign_ins"]
    assert not client.login(username=old["username"], password=old["password"])
    assert client.login(username=new["username"], password=new["password"])


def test_it_finishes_a_first_start_that_was_killed_before_the_sign_ins(client):
    person = User.objects.create_user("amara", is_demo=True)
    person.groups.add(Group.objects.get(name="advisor"))
    (sign_in,) = first_start(demo=True)["sign_ins"]
    assert sign_in["username"] == "amara"
    assert client.login(username="amara", password=sign_in["password"])


def test_it_opens_one_demo_person_of_each_role_in_the_demo_firm():
    opened = first_start(demo=True, clients=20)["sign_ins"]
    people = User.objects.filter(username__in=[each["username"] for each in opened])
    assert sorted(people.values_list("groups__name", flat=True)) == [
        "administrator",
        "advisor",
        "compliance",
        "operations",
    ]
    assert all(person.is_demo for person in people)
    assert first_start(demo=True)["sign_ins"] == []


@pytest.mark.parametrize("existing", [False, True])
def test_it_refuses_other_machines_while_demo_sign_ins_stand(existing):
    if existing:
        User.objects.create_user("demo", password="x-y-z", is_demo=True)
    with pytest.raises(CommandError, match="this machine alone"):
        first_start(demo=True, reachable_from_outside=True)
    assert User.objects.count() == int(existing)


def test_it_lets_other_machines_in_where_no_demo_person_can_sign_in():
    User.objects.create_user("nobody can sign in as this", is_demo=True)
    User.objects.create_user("someone", password="x-y-z")
    assert first_start(demo=False, reachable_from_outside=True)["sign_ins"] == []
