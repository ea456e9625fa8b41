// Keys in tables marked data-keys: j and k move, Enter opens, x picks, ? lists the keys, / goes to the search field.
const typing = (element) => element.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");

const rows = () => [...document.querySelectorAll("table[data-keys] > tbody > tr")].filter((row) => row.offsetParent);
const current = () => document.querySelector("table[data-keys] tr[data-at]");

function move(step) {
  const all = rows();
  if (!all.length) return;
  const at = all.indexOf(current());
  const next = all[Math.min(all.length - 1, Math.max(0, at < 0 ? 0 : at + step))];
  current()?.removeAttribute("data-at");
  next.dataset.at = "";
  next.querySelector("a")?.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
}

function searchField() {
  return document.querySelector("form[data-live-search] input[type=search]") ?? document.querySelector("[data-slash]");
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (document.querySelector("dialog[open]")) return;
  if (typing(event.target)) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  const inRows = event.target.closest("table[data-keys] > tbody");
  if (event.key === "j" || (event.key === "ArrowDown" && inRows)) move(1);
  // Up from the first row leads back to where one came from.
  else if (event.key === "ArrowUp" && inRows && rows().indexOf(current()) === 0 && searchField()) searchField().focus();
  else if (event.key === "k" || (event.key === "ArrowUp" && inRows)) move(-1);
  else if (event.key === "/") {
    const field = searchField();
    field?.focus();
    field?.select();
  } else if (event.key === "?") document.getElementById("keys-help")?.showModal();
  else if (event.key === "x" && current()) current().querySelector(".table__pick input[type=checkbox]")?.click();
  // A focused link or button opens by itself; only a row without focus needs help.
  else if (event.key === "Enter" && current() && event.target === document.body) current().querySelector("a")?.click();
  else return;
  event.preventDefault();
});

document.addEventListener("focusin", (event) => {
  const row = event.target.closest("table[data-keys] > tbody > tr");
  if (!row || row === current()) return;
  current()?.removeAttribute("data-at");
  row.dataset.at = "";
});

// The box in the header picks every row of the page.
document.addEventListener("change", (event) => {
  if (!event.target.matches("thead .table__pick input")) return;
  for (const box of event.target.closest("table").querySelectorAll("tbody .table__pick input")) {
    if (box.checked !== event.target.checked) box.click();
  }
});
