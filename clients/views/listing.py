"""The client list."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from clients.models import Client


@login_required
def client_list(request: HttpRequest) -> HttpResponse:
    clients = Client.objects.visible_to(request.user).values("id", "name")[:50]
    return render(request, "clients/list.html", {"rows": clients})
