// Table questions: adds and removes rows. Names are numbered anew so that a plain post reads the rows in order.
const rowsOf = (table) => [...table.querySelectorAll("[data-row]")];

function number(table) {
  const rows = rowsOf(table);
  rows.forEach((row, index) => {
    row.querySelector(".rows__n").textContent = index + 1;
    for (const field of row.querySelectorAll("[data-column]")) {
      const parts = field.name.split(":");
      field.name = [...parts.slice(0, -2), index + 1, parts.at(-1)].join(":");
    }
  });
  const add = table.closest("[data-answer]").querySelector("[data-row-add]");
  if (add) add.disabled = rows.length >= Number(table.dataset.max);
}

function blank(table) {
  const row = table.querySelector("template").content.firstElementChild.cloneNode(true);
  table.querySelector("tbody").append(row);
  return row;
}

/** Makes the table hold these rows (column to cell), one blank row where there are none. */
export function setRows(table, rows) {
  for (const row of rowsOf(table)) row.remove();
  for (const cells of rows.length ? rows : [{}]) {
    for (const field of blank(table).querySelectorAll("[data-column]")) field.value = cells[field.dataset.column] ?? "";
  }
  number(table);
}

document.addEventListener("click", (event) => {
  const add = event.target.closest("[data-row-add]");
  if (add) {
    const table = add.closest("[data-answer]").querySelector("[data-rows]");
    const row = blank(table);
    number(table);
    row.querySelector("[data-column]").focus();
    return;
  }
  const remove = event.target.closest("[data-row-remove]");
  if (!remove) return;
  const table = remove.closest("[data-rows]");
  const row = remove.closest("[data-row]");
  (row.nextElementSibling ?? row.previousElementSibling)?.querySelector("[data-column]")?.focus();
  row.remove();
  number(table);
  table.dispatchEvent(new Event("change", { bubbles: true }));
});
