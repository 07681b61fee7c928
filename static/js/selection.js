/* Choosing rows of the table, or cards of the board, with data-selection for the bar below it: one, a page, or
   with Shift all between.
   Without it the boxes and the bar work as a plain form. */
(function () {
  "use strict";
  var table = document.querySelector("[data-selection]");
  var bar = document.querySelector(".bulk-bar");
  if (!table || !bar) {
    return;
  }
  var all = bar.querySelector("input[name=all]");
  var last = null;

  function boxes() {
    return Array.prototype.slice.call(table.querySelectorAll("input[type=checkbox]:not([data-check-page])"));
  }

  function show() {
    var chosen = boxes().filter(function (box) { return box.checked; });
    var everything = Boolean(all && all.checked);
    bar.hidden = chosen.length === 0 && !everything;
    var number = bar.querySelector("[data-selected]");
    number.textContent = everything ? "" : chosen.length + " " + number.dataset.text;
    boxes().forEach(function (box) {
      box.closest("tr, li").classList.toggle("is-selected", box.checked);
    });
    var page = table.querySelector("[data-check-page]");
    page.checked = chosen.length > 0 && chosen.length === boxes().length;
    page.indeterminate = chosen.length > 0 && !page.checked;
  }

  table.addEventListener("click", function (event) {
    var every = boxes();
    if (event.target.matches("[data-check-page]")) {
      every.forEach(function (box) { box.checked = event.target.checked; });
    } else if (every.indexOf(event.target) >= 0) {
      if (event.shiftKey && last && last !== event.target) {
        var ends = [every.indexOf(last), every.indexOf(event.target)].sort(function (a, b) { return a - b; });
        every.slice(ends[0], ends[1] + 1).forEach(function (box) { box.checked = event.target.checked; });
      }
      last = event.target;
    } else {
      return;
    }
    show();
  });

  bar.addEventListener("change", show);
  bar.querySelector("[data-clear-selection]").addEventListener("click", function () {
    boxes().forEach(function (box) { box.checked = false; });
    if (all) {
      all.checked = false;
    }
    show();
  });
  show();
})();
