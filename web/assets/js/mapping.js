// The mapping screen: tells how much was changed and not read yet, takes changes along to another sheet or page of rows,
// and comes back to the place where one was. Without it the form does the same, one step at a time.
const box = document.querySelector("[data-mapping]");
const form = box?.querySelector("[data-mapping-form]");

const PLACE = "mapping-place";

function standing(select) {
  return (select.querySelector("option[selected]") ?? select.options[0]).value;
}

function changed() {
  return [...form.elements].filter((field) => {
    if (field.tagName === "SELECT") return field.value !== standing(field);
    return field.type === "text" && field.value !== field.defaultValue;
  });
}

function tell() {
  const count = changed().length;
  const words = count === 1 ? box.dataset.unreadOne : box.dataset.unreadMany.replace("{count}", String(count));
  const place = form.querySelector("[data-unread]");
  if (place) place.textContent = count ? words : "";
  box.toggleAttribute("data-changed", count > 0);
}

function recolour(select) {
  const head = select.closest("th");
  if (!head) return;
  // The first choice is what was found, the last one is nothing; between them stand the meanings in the order of colours.
  const last = select.options.length - 1;
  head.dataset.found ??= head.className;
  const at = select.selectedIndex;
  head.className = select.value === standing(select) ? head.dataset.found : at === 0 || at === last ? "" : `hue-${((at - 1) % 9) + 1}`;
}

function keepPlace() {
  const wrap = form.querySelector(".mapping__wrap");
  const place = {
    at: location.pathname,
    y: scrollY,
    top: wrap?.scrollTop ?? 0,
    left: wrap?.scrollLeft ?? 0,
    focus: document.activeElement?.id ?? "",
  };
  sessionStorage.setItem(PLACE, JSON.stringify(place));
}

function takePlace() {
  const kept = sessionStorage.getItem(PLACE);
  sessionStorage.removeItem(PLACE);
  if (!kept || document.querySelector("[data-focus]")) return;
  const place = JSON.parse(kept);
  if (place.at !== location.pathname) return;
  if (place.focus) document.getElementById(place.focus)?.focus({ preventScroll: true });
  const wrap = form.querySelector(".mapping__wrap");
  wrap?.scrollTo(place.left, place.top);
  scrollTo(0, place.y);
}

function also(name, value) {
  const field = document.createElement("input");
  field.type = "hidden";
  field.name = name;
  field.value = value;
  form.append(field);
}

if (form) {
  form.addEventListener("change", (event) => {
    if (event.target.tagName === "SELECT") recolour(event.target);
    tell();
  });
  form.addEventListener("input", tell);
  form.addEventListener("submit", keepPlace);
  box.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-go]");
    if (!link || event.metaKey || event.ctrlKey || !changed().length) return;
    event.preventDefault();
    const wish = new URL(link.href).searchParams;
    also("to_sheet", wish.get("sheet") ?? "");
    also("to_from", wish.get("from") ?? "");
    form.requestSubmit();
  });
  takePlace();
  tell();
}
