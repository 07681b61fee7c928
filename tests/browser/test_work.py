"""The day's work in a real browser: sign in, bring clients in, tag them, work through tasks, leave."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from clients.firm import firm_today
from clients.models import Client, Persona
from servicing.models import ConfidenceAnswer, ServiceTask, TaskStatus
from servicing.models.tasks import OPEN_STATUSES
from servicing.requests.services import SOURCE as REQUEST
from tests.browser.firm import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

HEADER = "external_id,name,persona,growth_potential\n"
GOOD = HEADER + "NEW-1,Abel & Finch,physician,4\nNEW-2,Brandt household,general,2\n"
WRONG = HEADER + "NEW-1,Abel & Finch,physician,4\nNEW-2,Brandt household,astronaut,2\n"


def notice(page: Any) -> Any:
    """The newest short notice at the corner of the page."""
    return page.locator(".toast-note").last


# --- Sign-in and sign-out --------------------------------------------------------------------------------


def test_a_person_signs_in_after_a_wrong_password_and_out_again(looks, firm):
    person = firm.people["advisor"]
    with looks.as_(None) as page:
        page.goto("/")
        expect(page).to_have_title(re.compile("Sign in"))
        page.get_by_label("Username or e-mail").fill(person.username)
        page.get_by_label("Password", exact=True).fill("not it")
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert")).to_contain_text("password")
        expect(page.get_by_label("Username or e-mail")).to_have_value(person.username)

        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("Today")

        page.locator(".person summary").click()
        page.get_by_role("button", name="Sign out").click()
        expect(page).to_have_title(re.compile("Sign in"))
        page.goto("/clients/")
        expect(page).to_have_title(re.compile("Sign in"))


# --- Import ----------------------------------------------------------------------------------------------


def upload(page: Any, text: str) -> None:
    page.goto("/clients/import/")
    page.locator("input[type=file]").set_input_files(
        {"name": "clients.csv", "mimeType": "text/csv", "buffer": text.encode()}
    )
    page.get_by_role("button", name="Show the preview").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Preview")


def test_a_file_is_previewed_with_its_error_corrected_imported_and_taken_back(looks, firm):
    with looks.as_("operations") as page:
        upload(page, WRONG)
        error = page.locator("section", has=page.get_by_role("heading", name="Errors")).locator("tbody tr")
        expect(error).to_have_count(1)
        assert error.locator("td").all_inner_texts()[:3] == ["3", "persona", "astronaut"]
        expect(error).to_contain_text("physician")
        assert not Client.objects.filter(external_id__startswith="NEW-").exists()

        upload(page, GOOD)
        page.get_by_role("button", name="Import", exact=True).click()
        expect(notice(page)).to_contain_text("2 records imported")
        assert Client.objects.get(external_id="NEW-2").name == "Brandt household"

        page.get_by_role("button", name="Undo this import").click()
        expect(notice(page)).to_contain_text("The import was undone")
        assert not Client.objects.filter(external_id__startswith="NEW-").exists()


# --- Tagging ---------------------------------------------------------------------------------------------


def test_a_client_is_tagged_in_its_row_by_keyboard_and_untagged_again(looks, firm):
    client = Client.objects.filter(status="active").order_by("name", "id")[1]
    before = client.persona
    other = Persona.objects.exclude(pk=client.persona_id).order_by("position")[0]
    with looks.as_("operations") as page:
        page.goto("/clients/")
        page.keyboard.press("j")
        page.keyboard.press("j")
        expect(page.locator("tbody .row-link").nth(1)).to_be_focused()
        cell = page.locator("#clients tbody tr").nth(1).locator("[data-cell=persona]")
        cell.locator(".cell-open").focus()
        page.keyboard.press("Enter")
        select = cell.locator("select")
        expect(select).to_be_focused()
        select.select_option(label=other.label)
        expect(cell.locator(".saved")).to_have_text("Saved")
        expect(cell.locator(".cell-open")).to_have_text(other.label)
        expect(cell.locator(".cell-open")).to_be_focused()
        client.refresh_from_db()
        assert client.persona == other

        page.keyboard.press("Tab")
        expect(cell.get_by_role("button", name="Undo")).to_be_focused()
        page.keyboard.press("Enter")
        expect(cell.locator(".cell-open")).to_have_text(before.label if before else "–")
        client.refresh_from_db()
        assert client.persona == before


def test_escape_closes_a_cell_and_changes_nothing(looks, firm):
    with looks.as_("operations") as page:
        page.goto("/clients/")
        cell = page.locator("#clients tbody tr").first.locator("[data-cell=persona]")
        before = cell.inner_text()
        cell.locator(".cell-open").focus()
        page.keyboard.press("Enter")
        expect(cell.locator("select")).to_be_focused()
        page.keyboard.press("Escape")
        if cell.locator("select").count():  # the first one closed the browser's own list
            page.keyboard.press("Escape")
        expect(cell.locator(".cell-open")).to_be_focused()
        assert cell.inner_text() == before


def test_selected_clients_are_tagged_at_once_and_given_back_their_tags(looks, firm):
    shown = list(Client.objects.filter(status="active").order_by("name", "id")[:6])
    before = {client.pk: client.income_structure_id for client in shown}
    with looks.as_("operations") as page:
        page.goto("/clients/")
        boxes = page.locator("#clients input[name=client]")
        boxes.nth(1).check()
        boxes.nth(4).click(modifiers=["Shift"])
        expect(page.locator("[data-selected]")).to_have_text("4 selected")
        label = "Dual income"
        page.get_by_label("What to change").select_option(label=label)
        page.get_by_role("button", name="Apply").click()
        changed = [client for client in shown[1:5] if income(client) != label]
        expect(notice(page)).to_contain_text(re.compile(rf"\b{len(changed)} clients?\b"))
        for client in shown:
            client.refresh_from_db()
        assert {income(client) for client in shown[1:5]} == {label}

        notice(page).get_by_role("button", name="Undo").click()
        expect(notice(page)).to_contain_text(re.compile(rf"\b{len(changed)} clients?\b"))
        expect(notice(page).get_by_role("button")).to_have_count(0)
        now = Client.objects.in_bulk(before)
        assert {pk: client.income_structure_id for pk, client in now.items()} == before


def income(client: Client) -> str:
    return client.income_structure.label if client.income_structure else ""


# --- The queue -------------------------------------------------------------------------------------------


def queue_of(person: Any) -> Any:
    return ServiceTask.objects.filter(assigned_to=person, status__in=OPEN_STATUSES, automated=False)


def selected(page: Any) -> ServiceTask:
    """The task that the panel shows, once the panel and the marked row agree."""
    row = page.locator(".queue-row", has=page.locator('[aria-current="true"]'))
    number = row.get_attribute("data-task")
    expect(page.locator(f'#task-panel [data-panel="{number}"]')).to_be_visible()
    return ServiceTask.objects.get(pk=number)


def placed_by_its_date(task: ServiceTask) -> bool:
    """Whether no appointment and no request places it, and no absence has it go back when it is moved."""
    return not task.scheduled_at and not task.stands_in_for_id and task.source != REQUEST


def promised(task: ServiceTask) -> bool:
    """Whether a standard promises the task, so that another follows it; without an appointment, one's own."""
    return task.item_id is not None and placed_by_its_date(task)


def select_one(page: Any, which: Callable[[ServiceTask], bool]) -> ServiceTask:
    """The selected task, or the next of the queue that is so."""
    task = selected(page)
    while not which(task):
        page.keyboard.press("j")
        before, task = task, selected(page)
        assert task != before, f"no task of the queue is {which.__name__}"
    return task


def test_a_task_is_worked_by_keyboard_and_says_what_comes_next(looks, firm):
    person = firm.people["advisor"]
    with looks.as_("advisor") as page:
        page.goto("/")
        first = selected(page)
        page.keyboard.press("j")
        assert selected(page).pk != first.pk
        page.keyboard.press("k")
        assert selected(page).pk == first.pk
        page.keyboard.press("j")
        task = select_one(page, promised)

        page.keyboard.press("d")
        minutes = page.get_by_label("Minutes it took")
        expect(minutes).to_be_visible()
        minutes.fill("47")
        page.keyboard.press("Enter")
        expect(page.locator("#task-panel [role=status]")).to_contain_text("Next")
        expect(page.locator(f"#task-row-{task.pk} .queue-when")).to_contain_text("Done")
        task.refresh_from_db()
        assert (task.status, task.touch.minutes) == (TaskStatus.DONE, 47)
        assert task.touch.by == person

        page.keyboard.press("j")
        assert selected(page).pk != task.pk
        page.reload()
        expect(page.locator(f"#task-row-{task.pk}")).to_have_count(0)


def test_an_attempt_leaves_the_task_open(looks, firm):
    with looks.as_("advisor") as page:
        page.goto("/")
        task = selected(page)
        page.keyboard.press("a")
        page.locator(".task-form").get_by_label("How").select_option(label="Voicemail")
        page.get_by_role("button", name=re.compile("attempt", re.I)).click()
        expect(page.locator(f"#task-row-{task.pk}")).to_contain_text("1 attempt")
        task.refresh_from_db()
        assert (task.is_open, task.attempts) == (True, 1)


def test_a_task_put_off_needs_a_reason_and_says_until_when(looks, firm):
    with looks.as_("advisor", refused=422) as page:
        page.goto("/")
        task = selected(page)
        page.keyboard.press("s")
        until = page.get_by_label("Until")
        day = until.input_value()
        until.focus()
        page.keyboard.press("Enter")
        expect(page.locator("#task-panel .is-invalid")).to_be_focused()
        assert until.input_value() == day
        page.get_by_label("Reason").fill("Away until next week")
        page.keyboard.press("Enter")
        expect(page.locator("#task-panel")).to_contain_text("Away until next week")
        task.refresh_from_db()
        assert task.snoozed_until.isoformat() == day
        assert queue_of(firm.people["advisor"]).filter(pk=task.pk).exists()


def test_points_are_ticked_and_a_meeting_leaves_next_actions_by_keyboard(looks, firm):
    person = firm.people["advisor"]
    task = queue_of(person).filter(channel="in_person").exclude(item__checklist="").order_by("pk")[0]
    with looks.as_("advisor", refused=422) as page:
        page.goto(f"/?task={task.pk}")
        expect(page.locator(f'#task-panel [data-panel="{task.pk}"]')).to_be_visible()
        page.keyboard.press("1")
        tick = page.locator('[data-tick="1"]')
        expect(tick).to_have_attribute("aria-checked", "true")
        assert task.prepared.get().by == person

        page.keyboard.press("d")
        expect(page.get_by_label("Minutes it took")).to_be_focused()
        rows = page.locator("[data-next-action]")
        expect(rows.nth(0)).to_be_visible()
        expect(rows.nth(1)).to_be_hidden()
        rows.nth(0).get_by_label("What").fill("Send the beneficiary form")
        page.get_by_role("button", name="Save as done").click()
        wrong = rows.nth(0).get_by_label("By when")
        expect(wrong).to_have_class(re.compile("is-invalid"))
        expect(wrong).to_be_focused()
        expect(rows.nth(0).get_by_label("What")).to_have_value("Send the beneficiary form")
        wrong.fill((firm_today() + dt.timedelta(days=3)).isoformat())
        page.get_by_role("button", name="Add a next action").click()
        expect(rows.nth(1).get_by_label("What")).to_be_focused()
        page.get_by_role("button", name="Save as done").click()
        expect(page.locator("#task-panel [role=status]")).to_contain_text("1 next action made")
        made = ServiceTask.objects.get(follows=task, source="next_action")
        assert (made.title, made.assigned_to) == ("Send the beneficiary form", person)

        page.locator("body").press("u")
        expect(notice(page)).to_contain_text("Undone")
        expect(page.locator("#task-panel [data-key=d]")).to_be_visible()
        made.refresh_from_db()
        assert (made.status, task.prepared.count()) == (TaskStatus.CANCELLED, 1)


def test_a_meeting_with_one_decision_is_held_by_keyboard_from_the_queue_to_its_next_action(looks, firm):
    person = firm.people["advisor"]
    meetings = queue_of(person).filter(channel__in=("in_person", "video"), item__isnull=False)
    task = meetings.filter(decisions=None, next_actions=None).order_by("pk")[0]
    with looks.as_("advisor") as page:
        page.goto(f"/?task={task.pk}")
        expect(page.locator(f'#task-panel [data-panel="{task.pk}"]')).to_be_visible()
        page.keyboard.press("o")
        expect(page.locator("[name=choice]").first).to_be_focused()
        page.keyboard.press("Space")
        page.keyboard.press("Enter")
        expect(page.locator("[name=result]").first).to_be_focused()
        decision = page.locator(".the-decision").inner_text()
        assert task.decisions.get().text == decision

        page.keyboard.press("Space")
        page.keyboard.press("Tab")
        page.keyboard.type("Yes, from next month on")
        page.keyboard.press("Tab")
        while not page.evaluate("document.activeElement.name === 'confidence'"):
            page.keyboard.press("Tab")
        page.keyboard.press("Space")
        page.keyboard.press("ArrowRight")
        first = page.locator("[data-next-action]").first
        first.get_by_label("What").fill("Set up the payment")
        first.get_by_label("By when").fill((firm_today() + dt.timedelta(days=3)).isoformat())
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("Today")
        expect(notice(page)).to_contain_text("held and recorded")
        task.refresh_from_db()
        assert task.status == TaskStatus.DONE
        assert task.decisions.get().answer == "Yes, from next month on"
        assert ConfidenceAnswer.objects.get(task=task).value == 1
        made = ServiceTask.objects.get(follows=task, source="next_action")
        assert made.title == "Set up the payment"


def test_a_due_date_moves_and_escape_leaves_the_form(looks, firm):
    with looks.as_("advisor") as page:
        page.goto("/")
        task = select_one(page, placed_by_its_date)
        page.keyboard.press("r")
        expect(page.get_by_label("New due date")).to_be_focused()
        page.keyboard.press("Escape")
        expect(page.locator("#task-panel [data-key=r]")).to_be_visible()
        page.keyboard.press("r")
        field = page.get_by_label("New due date")
        assert field.input_value()
        to = firm_today() + dt.timedelta(days=200)
        field.fill(to.isoformat())
        rows = page.locator(".queue-row").evaluate_all("rows => rows.map(row => row.dataset.task)")
        following = rows[rows.index(str(task.pk)) + 1]
        page.get_by_role("button", name="Move it").click()
        expect(page.locator("#task-panel [role=status]")).to_contain_text("now")
        before = task.due_on
        task.refresh_from_db()
        assert (task.due_on, task.rescheduled_from) == (to, before)
        # the row is in its new group, the last by its date; the keys go on where it was
        later = page.locator('[data-group="coming"]')
        expect(later.locator(".queue-row").last).to_have_id(f"task-row-{task.pk}")
        expect(later.locator("[data-group-count]")).to_have_text(str(later.locator(".queue-row").count()))
        page.keyboard.press("j")
        assert selected(page).pk == int(following)
        page.reload()
        expect(later.locator(".queue-row").last).to_have_id(f"task-row-{task.pk}")


def test_on_a_phone_a_task_is_a_page_of_its_own_and_leads_back(looks, firm):
    with looks.as_("advisor", width=360) as page:
        page.goto("/")
        expect(page.locator("#task-panel")).to_be_hidden()
        row = page.locator(".queue-row").nth(1)
        number = row.get_attribute("data-task")
        row.locator("a").click()
        page.wait_for_url(f"**/tasks/{number}/")
        expect(page.locator("#task-panel")).to_be_visible()
        page.get_by_role("link", name="Book").click()
        expect(page.get_by_label("Date and time")).to_be_visible()
        page.get_by_role("link", name="Cancel").click()
        page.get_by_role("link", name="Back to today").click()
        page.wait_for_url("**/")
        expect(page.locator(f"#task-row-{number}")).to_be_visible()


# --- Around ----------------------------------------------------------------------------------------------


def test_every_tab_of_a_client_opens(looks, firm):
    client = Client.objects.filter(summary__tier__code="A").order_by("pk")[0]
    with looks.as_("operations") as page:
        page.goto("/clients/")
        page.keyboard.press("/")
        page.keyboard.type(client.name)
        page.keyboard.press("Enter")
        found = page.get_by_role("table", name="Clients with this in their name or number")
        found.get_by_role("link", name=client.name, exact=True).click()
        expect(page.get_by_role("heading", level=1)).to_have_text(client.name)
        tabs = page.locator(".tabs a")
        names = tabs.all_inner_texts()
        assert {"Overview", "Tier", "Service", "History"} <= set(names)
        for name in names:
            tabs.get_by_text(name, exact=True).click()
            expect(page.locator('.tabs [aria-current="page"]')).to_have_text(name)
            expect(page.get_by_role("heading", level=1)).to_have_text(client.name)


def test_the_tier_dashboard_leads_to_the_clients_behind_a_figure(looks, firm):
    with looks.as_("operations") as page:
        page.goto("/")
        page.keyboard.press("g")
        page.keyboard.press("i")
        expect(page.get_by_role("heading", level=1)).to_have_text("Tiers")
        page.locator("main a[href*='/clients/?']").first.click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Clients")


def test_headings_stay_in_sight_on_a_small_screen_and_columns_are_chosen(looks, firm):
    with looks.as_("operations") as page:
        page.set_viewport_size({"width": 1280, "height": 720})
        for address in ("/clients/", "/tasks/?status=any"):
            page.goto(address)
            page.mouse.wheel(0, 600)
            page.wait_for_function("window.scrollY > 300")
            expect(page.locator("main thead th").nth(1)).to_be_in_viewport()
        page.goto("/clients/?tier=A")
        page.get_by_text("Columns", exact=True).click()
        page.get_by_label("Complexity", exact=True).uncheck()
        page.get_by_role("button", name="Show", exact=True).click()
        expect(page.get_by_role("columnheader", name="Complexity", exact=True)).to_have_count(0)
        expect(page.get_by_role("columnheader", name="Persona", exact=True)).to_be_visible()
        assert page.url.endswith("/clients/?tier=A")


def test_pages_work_without_their_scripts(browser, firm):
    """A tag, a task and a filter are plain links and forms underneath."""
    task = queue_of(firm.people["advisor"]).order_by("-due_on", "-pk")[0]
    context = browser.new_context(base_url=firm.url, java_script_enabled=False)
    context.add_cookies([firm.cookies["advisor"]])
    page = context.new_page()
    page.goto(f"/tasks/{task.pk}/")
    page.get_by_role("link", name="Done").click()
    page.get_by_label("Minutes it took").fill("20")
    page.locator("main form button[type=submit]").first.click()
    task.refresh_from_db()
    assert task.status == TaskStatus.DONE
    page.goto("/clients/")
    page.locator("#filter summary").click()
    page.get_by_role("link", name="All filters").click()
    page.locator("input[name=tier][value=A]").check()
    page.get_by_role("button", name="Show clients").click()
    assert "tier=A" in page.url
    context.close()
