/* The policy studio: sliders beside their numbers, shares at once, what is wrong told to the field. Delegated
   listeners; without it every number can be typed and stored by the button. */
(function () {
  "use strict";

  function number(text) {
    var value = parseFloat(text);
    return isFinite(value) && value > 0 ? value : 0;
  }

  /* --- Sliders and numbers --- */
  function fieldOf(slider) {
    return document.getElementById(slider.dataset.slider);
  }

  function follow(slider) {
    var value = number(fieldOf(slider).value);
    slider.max = Math.max(100, Math.ceil(value));
    slider.value = value;
  }

  function showShares() {
    var rows = document.querySelectorAll("[data-weight]");
    var total = 0;
    rows.forEach(function (row) { total += number(row.querySelector("input[type=number]").value); });
    /* Whole percents that together are 100: the largest remainders are rounded up. */
    var parts = Array.prototype.map.call(rows, function (row) {
      var exact = total ? 100 * number(row.querySelector("input[type=number]").value) / total : 0;
      return { place: row.querySelector("[data-share]"), share: Math.floor(exact), rest: exact - Math.floor(exact) };
    });
    var left = total ? 100 - parts.reduce(function (sum, part) { return sum + part.share; }, 0) : 0;
    parts.slice().sort(function (a, b) { return b.rest - a.rest; }).slice(0, left).forEach(function (part) {
      part.share += 1;
    });
    parts.forEach(function (part) { part.place.textContent = part.share + " %"; });
    var place = document.getElementById("weight-total");
    if (place) {
      place.textContent = String(Math.round(100 * total) / 100);
    }
  }

  document.addEventListener("input", function (event) {
    if (event.target.matches("[data-slider]")) {
      fieldOf(event.target).value = event.target.value;
      showShares();
    } else if (event.target.closest("[data-weight]")) {
      follow(event.target.closest("[data-weight]").querySelector("[data-slider]"));
      showShares();
    } else if (event.target.matches("[data-quiet]")) {
      event.stopPropagation(); /* choosing what to add changes nothing yet */
    }
  }, true);

  /* A button that the focus merely reached is not pressed: what was typed is stored, and nothing else done. */
  document.addEventListener("htmx:configRequest", function (event) {
    var cause = event.detail.triggeringEvent;
    if (event.target.id === "studio-form" && !(cause && cause.type === "submit")) {
      delete event.detail.parameters.do;
    }
  });

  /* --- What is wrong is told to the field --- */
  function markFields() {
    document.querySelectorAll("#studio .field-note").forEach(function (note) {
      var field = document.querySelector('[name="' + note.id.slice("note-".length) + '"]');
      if (field && field.type !== "hidden") {
        if (note.querySelector(".is-error")) {
          field.setAttribute("aria-invalid", "true");
        } else {
          field.removeAttribute("aria-invalid");
        }
      }
    });
  }

  function prepare() {
    document.querySelectorAll("[data-saves]").forEach(function (button) {
      button.classList.add("visually-hidden");
      button.tabIndex = -1;
    });
    document.querySelectorAll("[data-slider]").forEach(function (slider) {
      slider.hidden = false;
      follow(slider);
    });
    showShares();
    markFields();
  }

  document.addEventListener("DOMContentLoaded", prepare);
  document.addEventListener("htmx:afterSettle", function (event) {
    if (event.target.id === "studio") {
      prepare();
    } else if (event.target.id === "movers") {
      document.getElementById("movers-title").focus({ preventScroll: true });
    }
    markFields();
  });
  document.addEventListener("htmx:afterRequest", markFields);
})();
