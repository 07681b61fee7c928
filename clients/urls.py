"""Addresses of this app."""

from django.urls import URLPattern, path

from clients.permission import views as permission_views
from clients.register import views as register_views
from clients.views import imports, jobs, listing, notices, own_settings, people, record, welcome

app_name = "clients"
urlpatterns: list[URLPattern] = [
    path("clients/", listing.client_list, name="list"),
    path("clients/filters/", listing.filter_panel, name="filters"),
    path("clients/saved/", listing.save_filter, name="save_filter"),
    path("clients/saved/<int:pk>/delete/", listing.delete_filter, name="delete_filter"),
    path("clients/bulk/", listing.bulk_change, name="bulk"),
    path("clients/bulk/export/", listing.bulk_export, name="bulk_export"),
    path("clients/bulk/<int:pk>/undo/", listing.bulk_undo, name="bulk_undo"),
    path("clients/import/", imports.import_list, name="imports"),
    path("clients/import/<int:pk>/", imports.import_page, name="import"),
    path("clients/import/<int:pk>/columns/", imports.import_columns, name="import_columns"),
    path("clients/import/<int:pk>/apply/", imports.import_apply, name="import_apply"),
    path("clients/import/<int:pk>/discard/", imports.import_discard, name="import_discard"),
    path("clients/import/<int:pk>/undo/", imports.import_undo, name="import_undo"),
    path("clients/import/<int:pk>/errors/", imports.import_errors, name="import_errors"),
    path("clients/export/", imports.export, name="export"),
    path("clients/register/", register_views.register, name="register"),
    path("clients/register/check/", register_views.register_check, name="register_check"),
    path("clients/register/review/", register_views.review_field, name="review_field"),
    path("clients/register/<slug:code>/", register_views.edit_entry, name="edit_entry"),
    path("clients/register/<slug:code>/end/", register_views.end_entry, name="end_entry"),
    path("clients/options/", listing.client_options, name="client_options"),
    path("clients/new/", record.new_client, name="new"),
    path("clients/<int:pk>/", record.client_page, name="detail"),
    path("clients/<int:pk>/tag/<slug:field>/", listing.tag_cell, name="tag_cell"),
    path("clients/<int:pk>/edit/", record.edit_client, name="edit"),
    path("clients/<int:pk>/permission/", permission_views.permission_page, name="permission"),
    path("clients/<int:pk>/contact/", permission_views.opt_outs, name="opt_outs"),
    path("clients/<int:pk>/contact/<int:opt_out>/lift/", permission_views.lift_opt_out, name="lift_opt_out"),
    path("clients/<int:pk>/statement/", register_views.statement, name="statement"),
    path("clients/<int:pk>/team/", record.edit_team, name="team"),
    path("clients/<int:pk>/people/new/", record.edit_member, name="new_member"),
    path("clients/<int:pk>/people/<int:member>/", record.edit_member, name="edit_member"),
    path("clients/<int:pk>/people/<int:member>/remove/", record.remove_member, name="remove_member"),
    path("clients/<int:pk>/<slug:tab>/", record.client_page, name="tab"),
    path("people/", people.people_list, name="people"),
    path("people/options/", listing.people_options, name="people_options"),
    path("people/invite/", people.invite, name="invite"),
    path("people/<int:pk>/", people.edit_person, name="edit_person"),
    path("people/<int:pk>/resend/", people.resend, name="resend"),
    path("people/<int:pk>/active/", people.set_active, name="set_active"),
    path("invitation/<str:uid>/<str:token>/", people.invitation, name="invitation"),
    path("jobs/", jobs.job_list, name="jobs"),
    path("jobs/<int:pk>/", jobs.job_page, name="job"),
    path("welcome/", welcome.welcome, name="welcome"),
    path("notices/", notices.notice_list, name="notices"),
    path("notices/seen/", notices.see_notices, name="see_notices"),
    path("notices/<int:pk>/", notices.open_notice, name="open_notice"),
    path("account/settings/", own_settings.own_settings, name="own_settings"),
]
