/* Keys of the queue: j and k move, Enter opens, and each letter does what the link marked with it does. A number
   ticks a point of the checklist, u takes back what the notice says, Escape leaves a form. Delegated listeners only. */
(function () {
  "use strict";
  var narrow = window.matchMedia("(max-width: 1100px)");

  function links() {
    return Array.from(document.querySelectorAll("[data-queue] .queue-link"));
  }

  function current() {
    return document.querySelector('[data-queue] .queue-link[aria-current="true"]');
  }

  /* After a row went to another group, j and k go on from where it was: `moved` is the row, `next` what
     followed it there. */
  var moved = null, next = null;

  function select(link) {
    moved = null;
    var before = current();
    if (before) {
      before.removeAttribute("aria-current");
    }
    link.setAttribute("aria-current", "true");
    link.focus({ preventScroll: true });
    link.scrollIntoView({ block: "nearest" });
  }

  /* On a narrow screen the first j marks the row that is current, and Enter opens it as a page. */
  function move(by) {
    var all = links();
    if (!all.length) {
      return;
    }
    var at = all.indexOf(current());
    if (moved && moved.contains(current()) && all.indexOf(next) >= 0) {
      at = all.indexOf(next) - (by > 0 ? 1 : 0);
    }
    var chosen = all[Math.min(all.length - 1, Math.max(0, at + by))];
    if (chosen !== current() || !document.activeElement.closest("[data-queue]")) {
      select(chosen);
      if (!narrow.matches) {
        chosen.click();
      }
    }
  }

  /* A row that was sent again goes to its group, at its place there. */
  function place(row) {
    var list = document.querySelector('[data-queue] [data-group="' + row.dataset.place + '"] .queue-rows');
    var link = row.querySelector(".queue-link"), all = links();
    if (!list) {
      return;
    }
    var before = Array.from(list.children).filter(function (other) {
      return other !== row && other.dataset.order > row.dataset.order;
    })[0] || null;
    if (row.parentNode === list && row.nextElementSibling === before) {
      return;
    }
    if (row.contains(current())) {
      moved = row;
      next = all[all.indexOf(link) + 1];
    }
    list.insertBefore(row, before);
    document.querySelectorAll("[data-queue] [data-group]").forEach(function (group) {
      var rows = group.querySelectorAll(".queue-row").length;
      group.hidden = !rows;
      group.querySelector("[data-group-count]").textContent = rows;
    });
  }

  document.addEventListener("htmx:oobAfterSwap", function (event) {
    if (event.target.matches && event.target.matches("[data-queue] .queue-row[data-place]")) {
      place(event.target);
    }
  });

  /* Where the panel is not beside the list, links that would fill it are followed as links. */
  document.addEventListener("click", function (event) {
    var link = event.target.closest("a[hx-get]");
    if (!link) {
      return;
    }
    if (narrow.matches && document.querySelector("[data-queue]")) {
      event.stopPropagation();
    } else if (link.matches("[data-queue] .queue-link")) {
      select(link);
    }
  }, true);

  function press(selector) {
    var found = document.querySelector(selector);
    if (found) {
      found.click();
    }
    return found;
  }

  document.addEventListener("keydown", function (event) {
    var target = event.target;
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    if (document.querySelector("dialog[open]")) {
      return;
    }
    if (event.key === "Escape") {
      press("#task-panel [data-cancel]");
      return;
    }
    if (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)) {
      return;
    }
    if (event.key === "j" || event.key === "k") {
      event.preventDefault();
      move(event.key === "j" ? 1 : -1);
    } else if (event.key === "u") {
      press(".toast-note:last-child button");
    } else if (/^[1-9]$/.test(event.key)) {
      press('[data-tick="' + event.key + '"]');
    } else if (/^[a-z]$/.test(event.key) && press('[data-key="' + event.key + '"]')) {
      event.preventDefault();
    }
  });

  /* Next actions: one empty row at a time. */
  function rows() {
    return Array.from(document.querySelectorAll("[data-next-action]"));
  }

  function isFilled(row) {
    return Boolean(row.querySelector(".is-invalid, .invalid-feedback")) ||
      Array.from(row.querySelectorAll("input")).some(function (field) { return field.value; });
  }

  function showRows(number) {
    rows().forEach(function (row, place) { row.hidden = place >= number && !isFilled(row); });
    var more = document.querySelector("[data-more-actions]");
    if (more) {
      more.hidden = !rows().some(function (row) { return row.hidden; });
    }
  }

  document.addEventListener("click", function (event) {
    if (event.target.closest("[data-more-actions]")) {
      var next = rows().filter(function (row) { return row.hidden; })[0];
      next.hidden = false;
      showRows(rows().indexOf(next) + 1);
      next.querySelector("input").focus();
    }
  });

  document.addEventListener("DOMContentLoaded", function () { showRows(1); });

  /* A form that opens in the panel takes the focus; its first wrong field where there is one. */
  document.addEventListener("htmx:afterSettle", function (event) {
    if (!event.detail.target || event.detail.target.id !== "task-panel") {
      return;
    }
    showRows(1);
    event.detail.target.closest(".queue-side, #task-panel").scrollTop = 0;
    var field = document.querySelector("#task-panel .is-invalid") ||
      document.querySelector("#task-panel [autofocus]") || document.querySelector(
      "#task-panel form input:not([type=hidden]), #task-panel form select, #task-panel form textarea"
    );
    if (field) {
      field.focus();
    }
  });
})();
