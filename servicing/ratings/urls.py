"""Addresses of ratings."""

from django.urls import path, re_path

from servicing.ratings import views

urlpatterns = [
    path("tasks/<int:pk>/rating/", views.rate, name="rate"),
    path("tasks/<int:pk>/rating/link/", views.link, name="rating_link"),
    re_path(r"^rating/(?P<token>[\w-]{43})/$", views.answer, name="rating_answer"),
    path("operations/ratings/", views.ratings, name="ratings"),
    path("operations/ratings/list/", views.ratings_list, name="ratings_list"),
    path("operations/ratings/file/", views.ratings_file, name="ratings_file"),
]
