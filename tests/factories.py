"""Small records for tests. Words, roles and groups are the shipped ones."""

from __future__ import annotations

from typing import Any

import factory
from django.contrib.auth.models import Group

from clients.models import Client, TeamMember, User
from clients.models import ServiceRole as Role


class UserFactory(factory.django.DjangoModelFactory):
    """A person with the roles named in `groups`."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    username = factory.Sequence(lambda n: f"person{n}")
    email = factory.LazyAttribute(lambda person: f"{person.username}@firm.example")
    first_name = factory.Sequence(lambda n: f"Person{n}")
    last_name = "Example"

    @factory.post_generation
    def groups(self, create: bool, names: Any, **kwargs: Any) -> None:
        if create and names:
            self.groups.set(Group.objects.filter(name__in=names))


class ClientFactory(factory.django.DjangoModelFactory):
    """A client; `lead` puts a person on its service team as lead advisor."""

    class Meta:
        model = Client
        skip_postgeneration_save = True

    external_id = factory.Sequence(lambda n: f"C-{n:05d}")
    name = factory.Sequence(lambda n: f"Household {n:05d}")

    @factory.post_generation
    def lead(self, create: bool, person: Any, **kwargs: Any) -> None:
        if create and person:
            role = Role.objects.get(code="lead_advisor")
            TeamMember.objects.create(client=self, role=role, user=person)
