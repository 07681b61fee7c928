"""Addresses of this app."""

from django.urls import include, path, re_path

from servicing.dashboards.views import tier_dashboard
from servicing.views import (
    client,
    exceptions,
    jobs,
    new,
    operations,
    promise,
    requests,
    task,
    tasks,
    time,
    today,
)

app_name = "servicing"
urlpatterns = [
    path("tiers/", tier_dashboard, name="tiers"),
    path("", today.today, name="today"),
    path("tasks/", tasks.task_list, name="tasks"),
    path("tasks/new/", new.new_task, name="new_task"),
    path("tasks/bulk/", tasks.bulk, name="bulk"),
    path("tasks/bulk/<int:pk>/undo/", tasks.bulk_undo, name="bulk_undo"),
    path("touches/new/", new.new_touch, name="new_touch"),
    path("tasks/<int:pk>/", task.task_page, name="task"),
    path("tasks/<int:pk>/undo/", task.undo, name="undo"),
    path("tasks/<int:pk>/prepare/", task.prepare, name="prepare"),
    re_path(r"^tasks/(?P<pk>\d{1,18})/(?P<step>[a-z]{4,12})/$", task.work, name="work"),
    path("clients/<int:pk>/service/log/", client.log, name="log_touch"),
    path("clients/<int:pk>/service/touches/<int:touch>/remove/", client.remove, name="remove_touch"),
    path("clients/<int:pk>/service/waive/", client.waive, name="waive"),
    path("clients/<int:pk>/service/waivers/<int:waiver>/end/", client.end_waiver, name="end_waiver"),
    path("clients/<int:pk>/service/interval/", exceptions.own_interval, name="own_interval"),
    path(
        "clients/<int:pk>/service/intervals/<int:cadence>/standard/",
        exceptions.to_standard,
        name="back_to_standard",
    ),
    path("clients/<int:pk>/service/promise/", promise.client_promise, name="client_promise"),
    path("service/promise/", promise.promises, name="promises"),
    path("service/promise/<slug:tier>/", promise.tier_promise, name="promise"),
    path("service/time/", time.week, name="time"),
    path("service/time/new/", time.new_time, name="new_time"),
    path("service/time/undo/", time.undo_time, name="undo_time"),
    path("service/time/<int:pk>/", time.edit_time, name="edit_time"),
    path("service/time/<int:pk>/remove/", time.remove_time, name="remove_time"),
    path("clients/<int:pk>/service/time/", time.log_time, name="log_time"),
    path("service/exceptions/", exceptions.exception_list, name="exceptions"),
    path("service/book/", include("servicing.book.urls")),
    path("service/requests/", requests.request_list, name="requests"),
    path("service/requests/new/", requests.new_request, name="new_request"),
    path("service/requests/times/", requests.answer_times, name="answer_times"),
    path("service/requests/<int:pk>/", requests.request_page, name="request"),
    path("operations/", operations.operations, name="operations"),
    path("", include("servicing.capacity.urls")),
    path("operations/jobs/", jobs.job_runs, name="job_runs"),
    path("operations/jobs/<int:pk>/", jobs.job_run_history, name="job_run_history"),
    path("operations/jobs/<int:pk>/run/", jobs.run_job, name="run_job"),
    path("", include("servicing.delivery.urls")),
]
