"""Addresses of book transfers and of merging and splitting records, below /service/book/."""

from django.urls import path

from servicing.views import book, records

urlpatterns = [
    path("", book.books, name="books"),
    path("new/", book.new_book, name="new_book"),
    path("picked/", book.picked_book, name="picked_book"),
    path("<int:pk>/", book.book_page, name="book"),
    path("<int:pk>/change/", book.change_book, name="change_book"),
    path("<int:pk>/do/", book.do_book, name="do_book"),
    path("<int:pk>/undo/", book.undo_book, name="undo_book"),
    path("leave/<int:pk>/", book.leave, name="leave"),
    path("merge/", records.choose_records, name="choose_records"),
    path("merge/<int:kept>/<int:gone>/", records.merge_records, name="merge"),
    path("part/<int:pk>/", records.part_records, name="part"),
    path("split/<int:pk>/", records.split_record, name="split"),
]
