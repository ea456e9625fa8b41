// The editor of questionnaires: problems as one types, questions put elsewhere by hand, focus kept on the pressed button.
const PAUSE = 600;
const PRESSED = "candor-pressed";

const form = document.querySelector("form[data-checked]");
const findings = document.querySelector("[data-findings]");
let timer;
let asked = 0;

async function check() {
  const turn = ++asked;
  const response = await fetch(form.dataset.checked, { method: "POST", body: new URLSearchParams(new FormData(form)) }).catch(() => null);
  // An answer to what was typed before says nothing about what stands there now.
  if (turn === asked && response?.ok) findings.innerHTML = await response.text();
}

form?.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(check, PAUSE);
});

document.querySelector("[data-kind-button]")?.form.elements.kind.addEventListener("change", (event) => {
  event.target.form.requestSubmit(document.querySelector("[data-kind-button]"));
});

// After a step the page comes again: whoever works by keyboard goes on at the same button.
document.querySelector("[data-draft]")?.addEventListener("click", (event) => {
  const button = event.target.closest("button[name=do]");
  if (button) sessionStorage.setItem(PRESSED, button.value);
});
const pressed = sessionStorage.getItem(PRESSED);
sessionStorage.removeItem(PRESSED);
// The browser goes to the address's fragment first.
if (pressed && location.hash) {
  const again = () => document.querySelector(`button[name=do][value="${CSS.escape(pressed)}"]:not([disabled])`)?.focus();
  addEventListener("load", () => setTimeout(again, 50));
}

const place = document.querySelector("form[data-place]");
let dragged = null;
const clear = () => document.querySelectorAll("[data-over]").forEach((element) => delete element.dataset.over);
const target = (event) => event.target.closest("[data-question]") ?? event.target.closest("[data-section]");

if (place) {
  for (const row of document.querySelectorAll("[data-question]")) row.draggable = true;
  document.addEventListener("dragstart", (event) => {
    dragged = event.target.closest?.("[data-question]") ?? null;
    if (dragged) event.dataTransfer.effectAllowed = "move";
  });
  document.addEventListener("dragover", (event) => {
    const over = dragged && target(event);
    clear();
    if (!over || over === dragged) return;
    event.preventDefault();
    over.dataset.over = "";
  });
  document.addEventListener("dragend", () => {
    clear();
    dragged = null;
  });
  document.addEventListener("drop", (event) => {
    const over = dragged && target(event);
    if (!over || over === dragged) return;
    event.preventDefault();
    place.elements.do.value = `place ${dragged.dataset.question}`;
    place.elements.section.value = over.closest("[data-section]").dataset.section;
    place.elements.before.value = over.dataset.question ?? "";
    place.requestSubmit();
  });
}
