"""Addresses of the annual review, under /review/."""

from django.urls import path, re_path

from servicing.review import step_views, views

urlpatterns = [
    path("", views.review_list, name="reviews"),
    path("begin/", views.begin, name="begin_review"),
    path("signers/", views.signers, name="review_signers"),
    path("actions/<int:pk>/", step_views.action, name="review_action"),
    path("<int:pk>/", views.review, name="review"),
    path("<int:pk>/change/", views.change, name="change_review"),
    path("<int:pk>/abandon/", views.abandon, name="abandon_review"),
    path("<int:pk>/record/", views.record, name="review_record"),
    path("<int:pk>/record/file/", views.record_file, name="review_file"),
    re_path(r"^(?P<pk>\d{1,18})/(?P<code>[a-z_]{4,10})/$", step_views.step, name="review_step"),
    re_path(r"^(?P<pk>\d{1,18})/(?P<code>[a-z_]{4,10})/give/$", step_views.give, name="give_review_step"),
]
