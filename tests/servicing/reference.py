"""What planning promises, said once more in plain Python, a client at a time, for comparison with the engine.

Written from the definition, without a look at the statements: dates, bases, closings and creations as a
person with a paper calendar would keep them.
"""

from __future__ import annotations

import calendar
import datetime as dt
import math
from collections import defaultdict
from dataclasses import dataclass, field, replace

import holidays

US = holidays.country_holidays("US", years=range(2023, 2036))
CLOSED: set[dt.date] = set()  # the firm's own closing days
DAY = dt.timedelta(days=1)


def add_months(day: dt.date, months: int) -> dt.date:
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def works(day: dt.date) -> bool:
    return day.weekday() < 5 and day not in US and day not in CLOSED


def working_day(day: dt.date, step: int) -> dt.date:
    while not works(day):
        day += step * DAY
    return day


def place(client: int) -> float:
    x = client * 0.6180339887
    return x - math.floor(x)


def spread(rank: int, number: int, client: int, days: int) -> int:
    return math.floor((rank + place(client)) / number * days)


@dataclass
class Item:
    id: int
    tier: str
    kind: str
    months: int
    basis: str = "rolling"
    offset: int | None = None
    before: int = 14
    after: int = 14
    lead: int = 30
    allowed: tuple[int, ...] = ()
    role: str = "lead_advisor"


@dataclass
class Touch:
    client: int
    kind: str
    day: dt.date
    reached: bool = True


@dataclass
class Absence:
    person: str
    first: dt.date
    last: dt.date
    stand_in: str | None = None

    def holds(self, day: dt.date) -> bool:
        return self.first <= day <= self.last


@dataclass
class Task:
    client: int
    kind: str
    item: Item
    due: dt.date
    base: dt.date | None
    start: dt.date = dt.date.min
    end: dt.date = dt.date.min
    status: str = "planned"
    completed: dt.date | None = None
    touch: Touch | None = None
    reason: str = ""
    closed: dt.date = dt.date.min
    person: str | None = None
    stands_in_for: str | None = None
    handed_over: bool = False
    moved_by_person: bool = False
    appointment: dt.date | None = None

    @property
    def is_open(self) -> bool:
        return self.status in ("planned", "scheduled")

    def set_due(self, due: dt.date) -> None:
        self.due = due
        self.start, self.end = due - self.item.before * DAY, due + self.item.after * DAY


@dataclass
class Clock:
    item: Item
    started: dt.date
    anchor: dt.date
    base: dt.date | None
    due: dt.date


@dataclass
class Firm:
    items: list[Item]
    fulfils: dict[str, set[str]]  # service kind -> touch kinds
    kind_order: list[str]
    clients: list[int] = field(default_factory=list)
    status: dict[int, str] = field(default_factory=dict)
    tiers: dict[int, list[tuple[dt.date, str]]] = field(default_factory=lambda: defaultdict(list))
    waivers: list[tuple[int, str, dt.date, dt.date]] = field(default_factory=list)
    # client, service kind, months, first day, last day
    cadences: list[tuple[int, str, int, dt.date, dt.date]] = field(default_factory=list)
    lines: dict[tuple[int, int], Item] = field(default_factory=dict)
    team: dict[int, dict[str, str]] = field(default_factory=dict)
    absences: list[Absence] = field(default_factory=list)
    touches: dict[int, list[Touch]] = field(default_factory=lambda: defaultdict(list))  # by client
    tasks: dict[int, list[Task]] = field(default_factory=lambda: defaultdict(list))
    clocks: dict[tuple[int, str], Clock] = field(default_factory=dict)

    # --- what holds at a date

    def served(self, client: int, day: dt.date) -> tuple[dt.date, str] | None:
        begun = [entry for entry in self.tiers[client] if entry[0] <= day]
        return begun[-1] if begun else None

    def promises(self, client: int, day: dt.date) -> dict[str, Item]:
        served = self.served(client, day)
        if self.status[client] != "active" or served is None:
            return {}
        return {item.kind: self.own(client, item, day) for item in self.items if item.tier == served[1]}

    def own(self, client: int, item: Item, day: dt.date) -> Item:
        """The item at the interval that this client has it: its own, or that of an exception in force."""
        for c, kind, months, a, b in self.cadences:
            if c == client and kind == item.kind and a <= day <= b and months != item.months:
                return self.lines.setdefault((item.id, months), replace(item, months=months))
        return item

    def waived(self, client: int, kind: str, day: dt.date) -> bool:
        return any(c == client and k == kind and a <= day <= b for c, k, a, b in self.waivers)

    def open_task(self, client: int, kind: str) -> Task | None:
        found = [t for t in self.tasks[client] if t.kind == kind and t.is_open]
        assert len(found) <= 1
        return found[0] if found else None

    def person(self, client: int, role: str) -> str | None:
        team = self.team.get(client, {})
        return team.get(role) or team.get("lead_advisor")

    def fulfilling(self, client: int, kind: str, day: dt.date) -> list[Touch]:
        closing = [t.touch for t in self.tasks[client] if t.kind == kind and t.touch]
        found = [
            t
            for t in self.touches[client]
            if t.reached
            and t.day <= day
            and t.kind in self.fulfils[kind]
            and not any(t is other for other in closing)
        ]
        return sorted(found, key=lambda t: t.day)

    def base(self, client: int, kind: str, day: dt.date) -> dt.date | None:
        days = [t.day for t in self.fulfilling(client, kind, day)]
        for t in self.tasks[client]:
            if t.kind == kind:
                if t.status == "done":
                    days.append(t.due if t.start <= t.completed <= t.end else t.completed)
                elif t.status in ("declined", "no_response", "missed", "waived"):
                    days.append(t.due)
        return max(days, default=None)

    def covered(self, client: int, kind: str, window_end: dt.date) -> bool:
        return any(
            t.kind != kind
            and t.is_open
            and self.fulfils[t.kind]
            and self.fulfils[t.kind] <= self.fulfils[kind]
            and t.due <= window_end
            for t in self.tasks[client]
        )

    # --- one run

    def plan(self, day: dt.date) -> None:
        for client in self.clients:
            self.reopen(client, day)
            self.fulfil_and_close(client, day)
        self.wind(day)
        self.clocks_out_of_absences(day)
        for client in self.clients:
            self.move(client, day)
            self.absent(client, day)
        self.wind(day, expired_only=True)  # what moved may have covered a date that passed
        self.clocks_out_of_absences(day)
        self.create(day)

    def clocks_out_of_absences(self, day: dt.date) -> None:
        for client in self.clients:
            for kind, item in self.promises(client, day).items():
                clock = self.clocks[client, kind]
                if clock.due >= day:
                    before, after = item.before * DAY, item.after * DAY
                    window = (clock.due - before, clock.due + after)
                    clock.due = self.out_of_absence(client, item, clock.due, window, day)

    # --- absences

    def absence(self, person: str | None, on: dt.date, day: dt.date) -> Absence | None:
        """The person's absence on a day, unless it is over by `day`."""
        for absence in self.absences:
            if absence.person == person and absence.holds(on) and absence.last >= day:
                return absence
        return None

    def stand_in(self, person: str | None, on: dt.date, day: dt.date) -> str | None:
        """Who stands in on a day; nobody where the stand-in is absent too."""
        absence = self.absence(person, on, day)
        if absence is None or absence.stand_in is None:
            return None
        own = [a for a in self.absences if a.person == absence.stand_in and a.holds(on)]
        return None if own else absence.stand_in

    def out_of_absence(self, client, item, due, window, day) -> dt.date:
        """Where a date goes on which the person is absent and nobody stands in."""
        person = self.person(client, item.role)
        absence = self.absence(person, due, day)
        if absence is None or self.stand_in(person, due, day):
            return due

        def there(on: dt.date, step: int) -> dt.date:
            while not works(on) or self.absence(person, on, day):
                on += step * DAY
            return on

        def fits(on: dt.date, first: dt.date, last: dt.date) -> bool:
            return first <= on <= last and (not item.allowed or on.month in item.allowed)

        length = (absence.last - absence.first).days + 1
        back, before = there(due, 1), there(due, -1)
        room = max(1, min(length, (window[1] - back).days + 1))
        soon = there(back + math.floor(place(client) * room) * DAY, 1)
        late = there(back + math.floor(place(client) * min(length, 90)) * DAY, 1)
        for on, first, last in (
            (soon, dt.date.min, window[1]),
            (back, dt.date.min, window[1]),
            (before, max(window[0], day), dt.date.max),
            (late, dt.date.min, dt.date.max),
            (back, dt.date.min, dt.date.max),
            (before, day, dt.date.max),
        ):
            if fits(on, first, last):
                return on
        return due

    def absent(self, client: int, day: dt.date) -> None:
        """Open tasks out of absences, and to stand-ins or back."""
        for task in self.tasks[client]:
            if not task.is_open or task.handed_over:
                continue
            promised = self.promises(client, day).get(task.kind)
            movable = task.status == "planned" and not task.moved_by_person and task.end >= day
            if movable and promised and promised.id == task.item.id:
                due = self.out_of_absence(client, promised, task.due, (task.start, task.end), day)
                shift = due - task.due
                task.due, task.start, task.end = due, task.start + shift, task.end + shift
            self.hand(task, day)

    def hand(self, task: Task, day: dt.date) -> None:
        """To whom an open task falls."""
        person = self.person(task.client, task.item.role)
        stays = (
            task.status == "scheduled"
            and task.stands_in_for == person
            and any(on and self.absence(person, on, day) for on in (task.due, task.appointment))
        )
        if stays:
            return
        stand_in = self.stand_in(person, task.due, day) if task.status == "planned" else None
        task.person = stand_in or person
        task.stands_in_for = person if stand_in else None

    def reopen(self, client: int, day: dt.date) -> None:
        """A tier change taken back on the day it was made, or undone: what it cancelled goes on."""
        for kind, item in self.promises(client, day).items():
            if self.waived(client, kind, day) or self.open_task(client, kind):
                continue
            of_kind = [t for t in self.tasks[client] if t.kind == kind]
            while of_kind and of_kind[-1].status == "cancelled":
                task = of_kind.pop()
                if (
                    task.reason == "tier"
                    and task.item.id == item.id
                    and task.closed >= self.served(client, day)[0]
                ):
                    task.status, task.reason = "planned", ""
                    break

    def fulfil_and_close(self, client: int, day: dt.date) -> None:
        promises = self.promises(client, day)
        claimed = []
        for kind in self.kind_order:
            task = self.open_task(client, kind)
            if task is None:
                continue
            clock = self.clocks[client, kind]
            touches = [
                t
                for t in self.fulfilling(client, kind, day)
                if (t.day > task.base if task.base else t.day >= clock.started)
            ]
            if touches:
                claimed.append((task, touches[0]))
        for task, touch in claimed:
            task.status, task.touch, task.completed = "done", touch, touch.day
        for kind in self.kind_order:
            task = self.open_task(client, kind)
            if task is None:
                continue
            item = promises.get(kind)
            if item is None:
                served = self.served(client, day)
                task.status, task.closed = "cancelled", day
                task.reason = (
                    "status"
                    if self.status[client] != "active"
                    else "standard"
                    if served and served[1] == task.item.tier
                    else "tier"
                )
            elif self.waived(client, kind, day):
                task.status, task.reason = "waived", "waiver"
            elif (
                (item.id == task.item.id or task.status == "scheduled")
                and task.due + item.after * DAY < day
                and add_months(task.due, item.months) - item.lead * DAY <= day
            ):
                task.status = "missed"

    def wind(self, day: dt.date, *, expired_only: bool = False) -> None:
        first: dict[tuple, list] = defaultdict(list)
        dated: list[tuple[int, Item, dt.date | None, dt.date]] = []
        for client in sorted(self.clients):
            for kind, item in self.promises(client, day).items():
                clock, base = self.clocks.get((client, kind)), self.base(client, kind, day)
                if clock and clock.item is item and clock.base == base:
                    expired = clock.due < day and not self.waived(client, kind, day)
                    if (
                        expired
                        and not self.open_task(client, kind)
                        and not self.covered(client, kind, clock.due + item.after * DAY)
                    ):
                        dated.append((client, item, base, clock.due))
                elif expired_only:
                    continue
                elif base is None:
                    start = self.served(client, day)[0]
                    first[self.person(client, item.role), item.id, item.months, start].append((client, item))
                elif item.basis == "calendar" and clock:
                    middle = base + (add_months(base, item.months) - base).days // 2 * DAY
                    slot = next(
                        s
                        for j in range(-1000 // item.months, 1000)
                        if (s := add_months(clock.anchor, j * item.months)) > middle
                    )
                    dated.append((client, item, base, slot))
                else:
                    dated.append((client, item, base, add_months(base, item.months)))
        for (*_, start), rows in first.items():
            for rank, (client, item) in enumerate(rows):
                days = (add_months(start, item.offset or item.months) - start).days
                dated.append((client, item, None, start + DAY + spread(rank, len(rows), client, days) * DAY))
        for client, item, base, due in self.allow(self.not_past(dated, day), day):
            clock = self.clocks.get((client, item.kind))
            start = clock.started if clock else self.served(client, day)[0]
            anchor = clock.anchor if clock else due
            self.clocks[client, item.kind] = Clock(item, start, anchor, base, due)

    def not_past(self, dated, day):
        late = defaultdict(list)
        for row in dated:
            client, item, _, due = row
            if due < day:
                days = min((add_months(day, item.months) - day).days, 90)
                late[self.person(client, item.role), item.kind, days].append(row)
            else:
                yield row
        for (_, _, days), rows in late.items():
            rows.sort(key=lambda row: (row[3], row[0]))
            for rank, (client, item, base, _) in enumerate(rows):
                yield client, item, base, day + DAY + spread(rank, len(rows), client, days) * DAY

    def allow(self, dated, day):
        outside = defaultdict(list)
        for row in dated:
            client, item, base, due = row
            forward, backward = working_day(due, 1), working_day(due, -1)
            if not item.allowed or (due.month in item.allowed and forward.month in item.allowed):
                yield client, item, base, forward
            elif due.month in item.allowed and backward.month in item.allowed and backward >= day:
                yield client, item, base, backward
            else:
                month = self.nearest_month(due, item.allowed, day)
                outside[self.person(client, item.role), item.id, item.months, month].append(row)
        for (*_, (start, end)), rows in outside.items():
            rows.sort(key=lambda row: (row[3], row[0]))
            for rank, (client, item, base, _) in enumerate(rows):
                due = start + spread(rank, len(rows), client, (end - start).days + 1) * DAY
                forward = working_day(due, 1)
                yield client, item, base, forward if forward.month in item.allowed else working_day(due, -1)

    def nearest_month(self, due: dt.date, allowed: tuple[int, ...], day: dt.date):
        best = None
        for j in range(60):
            start = add_months(day.replace(day=1), j)
            end = add_months(start, 1) - DAY
            usable = max(start, day + DAY)
            if start.month not in allowed or not any(
                works(usable + i * DAY) for i in range((end - usable).days + 1)
            ):
                continue
            distance = max((start - due).days, (due - end).days)
            if best is None or distance < best[0]:
                best = (distance, (usable, end))
        return best[1]

    def move(self, client: int, day: dt.date) -> None:
        for kind, item in self.promises(client, day).items():
            task = self.open_task(client, kind)
            if task and task.item.id != item.id and not self.waived(client, kind, day):
                task.item = item
                due = task.due
                if task.status != "scheduled":
                    due, task.base = self.clocks[client, kind].due, self.clocks[client, kind].base
                task.set_due(due)

    def create(self, day: dt.date) -> None:
        # kinds that cover others come first: those with the fewest touch kinds
        for kind in sorted(self.kind_order, key=lambda k: len(self.fulfils[k])):
            for client in self.clients:
                item = self.promises(client, day).get(kind)
                if item is None or self.waived(client, kind, day) or self.open_task(client, kind):
                    continue
                clock = self.clocks[client, kind]
                if clock.due - item.lead * DAY <= day and not self.covered(
                    client, kind, clock.due + item.after * DAY
                ):
                    task = Task(client, kind, item, clock.due, clock.base)
                    task.set_due(clock.due)
                    self.hand(task, day)
                    self.tasks[client].append(task)
