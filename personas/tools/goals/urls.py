"""Addresses of goal rankings, under /personas/tools/goals/."""

from django.urls import path, re_path

from personas.tools.goals import views

urlpatterns = [
    path("<int:pk>/", views.page, name="goals"),
    path("<int:pk>/new/", views.begin, name="begin_goals"),
    path("<int:pk>/link/<int:partner>/", views.link, name="goal_link"),
    path("<int:pk>/<int:number>/together/", views.together, name="goals_together"),
    path("<int:pk>/<int:number>/end/", views.end, name="end_goals"),
    re_path(r"^answer/(?P<token>[\w-]{43})/$", views.answer, name="goal_answer"),
]
