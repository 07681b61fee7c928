"""Addresses of equity pay, under /personas/tools/equity/."""

from django.urls import path, re_path

from personas.tools.equity import company_views, views

urlpatterns = [
    path("companies/", company_views.company_list, name="equity_companies"),
    path("companies/new/", company_views.new_company, name="equity_company_new"),
    path("companies/<int:number>/", company_views.company, name="equity_company"),
    re_path(
        r"^companies/(?P<number>\d+)/(?P<what>window|results)/(?P<day>\d+)/remove/$",
        company_views.remove_day,
        name="equity_day_remove",
    ),
    path("<int:pk>/", views.page, name="equity"),
    path("<int:pk>/flow/", views.flow_page, name="equity_flow"),
    path("<int:pk>/what-if/", views.what_if, name="equity_what_if"),
    path("<int:pk>/basis/", views.basis, name="equity_basis"),
    path("<int:pk>/companies/<int:company>/", views.plan, name="equity_plan"),
    path("<int:pk>/grants/new/", views.new_grant, name="equity_grant_new"),
    path("<int:pk>/grants/<int:number>/", views.grant, name="equity_grant"),
    path("<int:pk>/grants/<int:number>/remove/", views.remove, name="equity_grant_remove"),
    path("<int:pk>/grants/<int:number>/record/", views.record, name="equity_record"),
    path("<int:pk>/grants/<int:number>/record/<int:move>/remove/", views.take_back, name="equity_take_back"),
]
