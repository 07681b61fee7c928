"""Addresses of the owner's tools, under /personas/tools/owner/."""

from django.urls import path

from personas.tools.owner import step_views, views

urlpatterns = [
    path("<int:pk>/balance/", views.balance_page, name="owner_balance"),
    path("<int:pk>/balance/new/", views.edit_holding, name="new_holding"),
    path("<int:pk>/balance/<int:holding>/", views.edit_holding, name="edit_holding"),
    path("<int:pk>/balance/<int:holding>/remove/", views.remove_holding, name="remove_holding"),
    path("<int:pk>/options/", views.options_page, name="owner_options"),
    path("<int:pk>/options/new/", views.edit_option, name="new_option"),
    path("<int:pk>/options/<int:option>/", views.edit_option, name="edit_option"),
    path("<int:pk>/options/<int:option>/remove/", views.remove_option, name="remove_option"),
    path("<int:pk>/wins/new/", views.edit_win, name="new_win"),
    path("<int:pk>/wins/<int:win>/", views.edit_win, name="edit_win"),
    path("<int:pk>/wins/<int:win>/remove/", views.remove_win, name="remove_win"),
    path("<int:pk>/steps/", step_views.page, name="owner_steps"),
    path("<int:pk>/steps/new/", step_views.edit_step, name="new_step"),
    path("<int:pk>/steps/begin/", step_views.add_starters, name="add_starters"),
    path("<int:pk>/steps/<int:step>/", step_views.edit_step, name="edit_step"),
    path("<int:pk>/steps/<int:step>/agree/", step_views.agree_step, name="agree_step"),
    path("<int:pk>/steps/<int:step>/end/", step_views.close_step, name="close_step"),
    path("<int:pk>/steps/<int:step>/<slug:doing>/", step_views.do_step, name="do_step"),
]
