document.querySelectorAll("[data-sort]").forEach(function (button) {
  button.addEventListener("click", function () {
    var list = document.getElementById("findings"), key = button.dataset.sort;
    Array.from(list.children).sort(function (a, b) {
      return key === "severity" ? a.dataset.severity - b.dataset.severity : a.dataset[key].localeCompare(b.dataset[key]);
    }).forEach(function (one) { list.appendChild(one); });
  });
});
document.querySelectorAll("[data-open]").forEach(function (button) {
  button.addEventListener("click", function () {
    document.querySelectorAll("details").forEach(function (one) { one.open = true; });
  });
});
var folded = [];
window.addEventListener("beforeprint", function () {
  folded = Array.from(document.querySelectorAll("details:not([open])"));
  folded.forEach(function (one) { one.open = true; });
});
window.addEventListener("afterprint", function () { folded.forEach(function (one) { one.open = false; }); });
