/* The client list: cells that open as dropdowns, keys. Without it everything works by links and forms. */
(function () {
  "use strict";
  var UNDO_MS = 10000;
  var table = document.getElementById("clients");
  var bar = document.querySelector(".bulk-bar");

  /* --- The filter panel is fetched when it is first opened. --- */
  var filter = document.getElementById("filter");
  filter.addEventListener("toggle", function () {
    var panel = document.getElementById("filter-panel");
    if (filter.open && !panel.querySelector("form")) {
      window.htmx.ajax("GET", filter.querySelector("summary").dataset.filterUrl, { target: panel, swap: "innerHTML" });
    }
  });
  filter.addEventListener("htmx:afterSettle", function () {
    var first = filter.querySelector("input[type=search]");
    if (first) {
      first.focus();
    }
  });

  document.addEventListener("keydown", function (event) {
    if (event.key === "f" && free(event)) {
      event.preventDefault();
      filter.open = true;
    }
  });

  function free(event) {
    return !event.defaultPrevented && !event.ctrlKey && !event.metaKey && !event.altKey &&
      !/^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName) && !document.querySelector("dialog[open]");
  }

  if (!table) {
    return;
  }

  /* --- Cells --- */
  function cellUrl(cell) {
    return "/clients/" + cell.closest("tr").dataset.client + "/tag/" + cell.dataset.cell + "/";
  }

  function close(cell) {
    return window.htmx.ajax("GET", cellUrl(cell) + "?closed=1", { target: cell, swap: "innerHTML" }).then(function () {
      focusCell(cell);
    });
  }

  function focusCell(cell) {
    var link = cell.querySelector(".cell-open");
    if (link) {
      link.focus();
    }
  }

  table.addEventListener("click", function (event) {
    var link = event.target.closest(".cell-open");
    if (link && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      var cell = link.closest("td");
      window.htmx.ajax("GET", cellUrl(cell), { target: cell, swap: "innerHTML" }).then(function () {
        var select = cell.querySelector("select");
        if (!select) {
          return;
        }
        select.focus();
        try {
          select.showPicker();
        } catch (refused) {
          /* Focus is enough where the picker may not open by itself. */
        }
      });
      return;
    }
    var undo = event.target.closest("[data-undo-cell]");
    if (undo) {
      var changed = undo.closest("td");
      window.htmx.ajax("POST", undo.dataset.undoCell, {
        target: changed,
        swap: "innerHTML",
        values: { value: undo.dataset.value, undo: "1" }
      });
    }
  });

  table.addEventListener("keydown", function (event) {
    var select = event.target.closest("[data-cell-select]");
    if (select && event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      close(select.closest("td"));
    }
  });

  table.addEventListener("focusout", function (event) {
    var select = event.target.closest("[data-cell-select]");
    if (select && !select.classList.contains("htmx-request") && event.relatedTarget) {
      var cell = select.closest("td");
      window.setTimeout(function () {
        if (cell.contains(select) && !select.classList.contains("htmx-request")) {
          window.htmx.ajax("GET", cellUrl(cell) + "?closed=1", { target: cell, swap: "innerHTML" });
        }
      }, 150);
    }
  });

  table.addEventListener("htmx:afterSettle", function (event) {
    var cell = event.target.closest("td");
    if (!cell || !cell.querySelector("[data-fades], .cell-error")) {
      return;
    }
    focusCell(cell);
    cell.querySelectorAll("[data-fades]").forEach(function (note) {
      window.setTimeout(function () { note.remove(); }, UNDO_MS);
    });
  });

  /* --- The bar of what is done with the chosen rows --- */
  if (bar) {
    var change = document.getElementById("bulk-change");
    var advisor = bar.querySelector("[data-advisor]");
    var showAdvisor = function () { advisor.hidden = change.value !== "advisor:"; };
    change.addEventListener("change", showAdvisor);
    showAdvisor();
  }

  /* --- Keys --- */
  function rows() {
    return Array.prototype.slice.call(table.tBodies[0].rows);
  }

  function currentRow() {
    var inside = document.activeElement && document.activeElement.closest("#clients tbody tr");
    return inside || table.querySelector("tr.is-current");
  }

  function goTo(row) {
    if (!row) {
      return;
    }
    table.querySelectorAll("tr.is-current").forEach(function (old) { old.classList.remove("is-current"); });
    row.classList.add("is-current");
    row.querySelector(".row-link").focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  }

  document.addEventListener("keydown", function (event) {
    if (!free(event) && !(event.target.name === "client" && event.target.type === "checkbox")) {
      return;
    }
    var row = currentRow();
    if (event.key === "j" || event.key === "k") {
      event.preventDefault();
      var every = rows();
      var step = event.key === "j" ? 1 : -1;
      goTo(row ? every[every.indexOf(row) + step] : every[0]);
    } else if ((event.key === "x" || event.key === "X") && row) {
      var box = row.querySelector("input[name=client]");
      if (box) {
        box.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true, shiftKey: event.shiftKey }));
      }
    } else if (event.key === "[" || event.key === "]") {
      var link = document.querySelector(event.key === "[" ? 'a[rel="prev"]' : 'a[rel="next"]');
      if (link) {
        link.click();
      }
    }
  });
})();
