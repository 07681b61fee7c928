"""Addresses of the script library, under /personas/scripts/."""

from django.urls import path, re_path

from personas.scripts import client_views, file_views, views

urlpatterns = [
    path("", views.script_list, name="scripts"),
    path("new/", views.new_script, name="new_script"),
    path("compliance/", views.queue, name="script_queue"),
    path("compliance/shipped/", views.approve_shipped, name="approve_shipped"),
    path("print/", file_views.sheet, name="script_sheet"),
    re_path(r"^export\.(?P<kind>csv|xlsx)$", file_views.export, name="export_scripts"),
    path("import/", file_views.load, name="import_scripts"),
    path("for/<int:pk>/", client_views.for_client, name="scripts_for"),
    path("for/<int:pk>/<int:version>/use/", client_views.use, name="use_script"),
    path("of/<slug:code>/", views.script, name="script"),
    path("of/<slug:code>/edit/", views.edit_script, name="edit_script"),
    re_path(
        r"^of/(?P<code>[-a-zA-Z0-9_]{1,80})/(?P<decision>approve|return|approve-again)/$",
        views.decide,
        name="decide_script",
    ),
    re_path(
        r"^of/(?P<code>[-a-zA-Z0-9_]{1,80})/(?P<step>submit|take-back|discard|retire|use-again)/$",
        views.step,
        name="script_step",
    ),
]
