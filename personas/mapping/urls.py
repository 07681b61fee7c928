"""Addresses of the message map, under /personas/map/."""

from django.urls import path

from personas.mapping import views

urlpatterns = [
    path("", views.message_map, name="map"),
    path("new/", views.new_row, name="new_map_row"),
    path("<int:pk>/", views.edit_row, name="map_row"),
    path("<int:pk>/retire/", views.retire_row, name="retire_map_row"),
    path("print/", views.print_map, name="print_map"),
    path("export/<slug:kind>/", views.export_map, name="export_map"),
    path("import/", views.upload_map, name="import_map"),
    path("import/<int:pk>/", views.preview_import, name="map_import"),
]
