/* Copies a script's words with the same click that notes its use. Without it the words follow on a page. */
(function () {
  "use strict";

  function select(source) {
    var range = document.createRange();
    range.selectNodeContents(source);
    var selection = window.getSelection();
    selection.removeAllRanges();
    selection.addRange(range);
    return selection;
  }

  document.addEventListener("click", function (event) {
    var button = event.target.closest("[data-copies-from]");
    var source = button && document.getElementById(button.dataset.copiesFrom);
    if (!source) {
      return;
    }
    if (navigator.clipboard && window.isSecureContext) {
      navigator.clipboard.writeText(source.innerText.trim()).catch(function () { select(source); });
    } else {
      select(source);
      document.execCommand("copy");
    }
  });
})();
