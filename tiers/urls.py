"""Addresses of this app."""

from django.urls import URLPattern, URLResolver, include, path

from tiers.views import lists, overrides, policies, runs, studio

app_name = "tiers"
urlpatterns: list[URLPattern | URLResolver] = [
    path("runs/", runs.run_list, name="runs"),
    path("runs/<int:pk>/", runs.run_detail, name="run"),
    path("runs/<int:pk>/apply/", runs.apply, name="apply"),
    path("runs/<int:pk>/undo/", runs.undo, name="undo"),
    path("runs/<int:pk>/reject/", runs.reject, name="reject"),
    path("runs/<int:pk>/restore/", runs.restore, name="restore"),
    path("run/", runs.propose, name="propose"),
    path("overrides/", overrides.override_list, name="overrides"),
    path("fees/", include("tiers.fees.urls")),
    path("graduation/", lists.graduation, name="graduation"),
    path("graduation/export/", lists.graduation_file, name="graduation_file"),
    path("policies/", policies.policy_list, name="policies"),
    path("policies/<int:pk>/", policies.policy_detail, name="policy"),
    path("policies/<int:pk>/compare/", policies.compare_policies, name="compare"),
    path("policies/<int:pk>/copy/", policies.copy, name="copy_policy"),
    path("policies/<int:pk>/edit/", studio.studio, name="studio"),
    path("policies/<int:pk>/simulate/", studio.simulate, name="simulate"),
    path("policies/<int:pk>/publish/", policies.publish, name="publish"),
    path("policies/<int:pk>/withdraw/", policies.withdraw, name="withdraw"),
    path("policies/<int:pk>/discard/", policies.discard, name="discard"),
]
