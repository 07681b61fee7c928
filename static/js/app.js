/* What every page shares: short notices with undo, keys, busy line, menus that close. Delegated listeners only. */
(function () {
  "use strict";
  var UNDO_MS = 10000;
  var NOTICE_MS = 5000;

  function csrfToken() {
    return JSON.parse(document.body.getAttribute("hx-headers") || "{}")["X-CSRFToken"];
  }

  /* A notice at the corner. detail: {text, undo: {url, label}, late: true for something that went wrong} */
  function notice(detail) {
    var place = document.getElementById("toasts");
    if (!place || !detail || !detail.text) {
      return;
    }
    var note = document.createElement("div");
    note.className = "toast-note" + (detail.late ? " toast-late" : "");
    var text = document.createElement("span");
    text.textContent = detail.text;
    note.append(text);
    if (detail.undo) {
      var undo = document.createElement("button");
      undo.type = "button";
      undo.textContent = detail.undo.label;
      undo.addEventListener("click", function () {
        note.remove();
        window.htmx.ajax("POST", detail.undo.url, { swap: "none" });
      });
      note.append(undo);
    }
    place.append(note);
    var left = detail.undo ? UNDO_MS : NOTICE_MS;
    var timer = window.setTimeout(function () { note.remove(); }, left);
    note.addEventListener("mouseenter", function () { window.clearTimeout(timer); });
    note.addEventListener("mouseleave", function () {
      timer = window.setTimeout(function () { note.remove(); }, left);
    });
  }

  document.addEventListener("toast", function (event) { notice(event.detail); });

  function showStored() {
    document.querySelectorAll("[data-toast]").forEach(function (stored) {
      var undo = stored.dataset.undoUrl
        ? { url: stored.dataset.undoUrl, label: stored.dataset.undoLabel }
        : null;
      notice({ text: stored.textContent.trim(), undo: undo, late: stored.dataset.toast === "late" });
      stored.remove();
    });
  }
  document.addEventListener("DOMContentLoaded", showStored);
  document.addEventListener("htmx:afterSettle", showStored);

  /* A refusal or a lost connection is said in words. */
  document.addEventListener("htmx:responseError", function (event) {
    var answer = event.detail.xhr;
    var plain = (answer.getResponseHeader("Content-Type") || "").indexOf("text/plain") === 0;
    notice({ text: plain ? answer.responseText : document.body.dataset.failed, late: true });
  });
  document.addEventListener("htmx:sendError", function () {
    notice({ text: document.body.dataset.offline, late: true });
  });

  var running = 0;
  document.addEventListener("htmx:beforeRequest", function () {
    running += 1;
    document.documentElement.classList.add("is-busy");
  });
  document.addEventListener("htmx:afterRequest", function () {
    running = Math.max(0, running - 1);
    document.documentElement.classList.toggle("is-busy", running > 0);
  });

  /* Keys: / search, ? help, g then a letter goes to a page, Escape closes. */
  function typing(target) {
    return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
  }
  var going = 0;
  document.addEventListener("keydown", function (event) {
    if (event.key === "Escape") {
      document.querySelectorAll("details.person[open], details.dropdown-details[open]").forEach(function (menu) {
        menu.open = false;
        menu.querySelector("summary").focus();
      });
      if (window.location.hash === "#navigation") {
        window.location.hash = "#page";
      }
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) {
      return;
    }
    if (document.querySelector("dialog[open]")) {
      return;
    }
    if (Date.now() - going < 1200) {
      var link = document.querySelector('[data-go="' + CSS.escape(event.key) + '"]');
      going = 0;
      if (link) {
        event.preventDefault();
        event.stopImmediatePropagation();
        link.click();
      }
    } else if (event.key === "/") {
      var search = document.getElementById("search");
      if (search) {
        event.preventDefault();
        if (!search.offsetParent) {
          window.location.hash = "#navigation";
        }
        search.focus();
        search.select();
      }
    } else if (event.key === "?") {
      var keys = document.getElementById("keys");
      if (keys) {
        event.preventDefault();
        keys.showModal();
      }
    } else if (event.key === "g") {
      going = Date.now();
    }
  }, true);

  document.addEventListener("click", function (event) {
    document.querySelectorAll("details.person[open], details.dropdown-details[open]").forEach(function (menu) {
      if (!menu.contains(event.target)) {
        menu.open = false;
      }
    });
    var opener = event.target.closest("[data-opens]");
    if (opener) {
      event.preventDefault();
      document.getElementById(opener.dataset.opens).showModal();
    }
    if (event.target.closest("[data-prints]")) {
      window.print();
    }
    if (event.target.closest("[data-copies]")) {
      navigator.clipboard.writeText(event.target.closest("[data-copies]").dataset.copies);
    }
  });

  /* A form or select marked so sends itself when its value changes. */
  document.addEventListener("change", function (event) {
    if (event.target.matches("[data-submits]")) {
      event.target.form.requestSubmit();
    }
  });

  /* A table that fits its place needs no scroll bar; without one its headings stay at the top of the window. */
  var widths = new ResizeObserver(function (entries) {
    entries.forEach(function (entry) {
      var place = entry.target.closest(".table-scroll");
      place.classList.toggle("fits", place.querySelector("table").offsetWidth <= place.clientWidth);
    });
  });
  function watchTables(root) {
    root.querySelectorAll(".table-scroll > table").forEach(function (table) {
      widths.observe(table);
      widths.observe(table.parentElement);
    });
  }
  document.addEventListener("DOMContentLoaded", function () { watchTables(document); });
  document.addEventListener("htmx:load", function (event) { watchTables(event.target); });

  /* The errors' summary is read first. */
  document.addEventListener("DOMContentLoaded", function () {
    var summary = document.querySelector(".error-summary");
    if (summary) {
      summary.focus();
    }
  });

  window.crm = { notice: notice, csrfToken: csrfToken };
})();
