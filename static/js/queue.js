/* Keys of the queue: j and k move, Enter opens, d a b s act on the open task, t, m and n log and make. Delegated listeners only. */
(function () {
  "use strict";

  function links() {
    return Array.from(document.querySelectorAll("[data-queue] .queue-link"));
  }

  function current() {
    return document.querySelector('[data-queue] .queue-link[aria-current="true"]');
  }

  function select(link) {
    var before = current();
    if (before) {
      before.removeAttribute("aria-current");
    }
    link.setAttribute("aria-current", "true");
    link.focus();
  }

  function move(by) {
    var all = links();
    if (!all.length) {
      return;
    }
    var at = all.indexOf(current());
    var next = all[Math.min(all.length - 1, Math.max(0, at + by))];
    if (next !== current() || !document.activeElement.closest("[data-queue]")) {
      select(next);
      next.click();
    }
  }

  document.addEventListener("click", function (event) {
    var link = event.target.closest("[data-queue] .queue-link");
    if (link) {
      select(link);
    }
  });

  document.addEventListener("keydown", function (event) {
    var target = event.target;
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    if (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)) {
      return;
    }
    if (document.querySelector("dialog[open]")) {
      return;
    }
    if (event.key === "j" || event.key === "k") {
      event.preventDefault();
      move(event.key === "j" ? 1 : -1);
      return;
    }
    if (/^[dabstnm]$/.test(event.key)) {
      var action = document.querySelector('[data-key="' + event.key + '"]');
      if (action) {
        event.preventDefault();
        action.click();
      }
    }
  });

  /* A form that opens in the panel takes the focus; its first wrong field where there is one. */
  document.addEventListener("htmx:afterSettle", function (event) {
    if (event.detail.target && event.detail.target.id === "task-panel") {
      var field = document.querySelector("#task-panel .is-invalid") || document.querySelector(
        "#task-panel form input:not([type=hidden]), #task-panel form select, #task-panel form textarea"
      );
      if (field) {
        field.focus();
      } else if (event.detail.target.getBoundingClientRect().top > window.innerHeight) {
        event.detail.target.scrollIntoView(); /* on a narrow screen the panel lies below the list */
      }
    }
  });
})();
