/* In the bar for many tasks: the fields of the chosen step alone. Without it all are there. */
(function () {
  "use strict";
  var choice = document.querySelector("[data-bulk-action]");
  if (!choice) {
    return;
  }
  function show() {
    document.querySelectorAll(".bulk-bar [data-for]").forEach(function (part) {
      part.hidden = part.dataset.for.split(" ").indexOf(choice.value) < 0;
    });
  }
  choice.addEventListener("change", show);
  show();
})();
