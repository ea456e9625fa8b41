// Reviewing by keys: j and k go from answer to answer, u to the next that is open, a accepts, v accepts with every file
// verified, b asks back, r refuses that a question does not apply, n writes for colleagues, Ctrl+Enter saves. A finding is saved in place; where that fails, the plain form is sent.
const list = document.querySelector("[data-review-list]");
const answers = () => [...list.querySelectorAll("[data-review]")];
const typing = (element) => element.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");
let at = null;

function go(article) {
  if (!article) return;
  at?.removeAttribute("data-at");
  at = article;
  at.dataset.at = "";
  at.focus({ preventScroll: true });
  at.scrollIntoView({ block: "start" });
}

function move(step) {
  const all = answers();
  const here = all.indexOf(at);
  go(all[here < 0 ? 0 : Math.min(all.length - 1, Math.max(0, here + step))]);
}

function nextOpen() {
  const all = answers();
  const here = all.indexOf(at);
  const open = (article) => !article.dataset.verdict && article.querySelector("[data-review-form]");
  go([...all.slice(here + 1), ...all.slice(0, here + 1)].find(open) ?? document.getElementById("return"));
}

function choose(verdict) {
  const radio = at?.querySelector(`input[name=verdict][value=${verdict}]`);
  if (radio) radio.checked = true;
  return Boolean(radio);
}

// That every file shows it, for all files alike. Where there is no file, there is nothing to verify.
function verified(form) {
  const level = form.querySelector("select[name=level]");
  if (!level?.querySelector("option[value=verified]") || !choose("accepted")) return false;
  level.value = "verified";
  return true;
}

// What is asked back is written down, so the fields for it open with the choice.
function write(form, name) {
  form.querySelector("[data-review-write]").open = true;
  form.querySelector(`textarea[name=${name}]`).focus();
}

function figures(article) {
  for (const figure of document.querySelectorAll("[data-figure]")) {
    const value = article.dataset[figure.dataset.figure];
    if (value !== undefined) figure.textContent = value;
  }
}

async function save(form) {
  const article = form.closest("[data-review]");
  const button = form.querySelector("button");
  button.disabled = true;
  let response;
  try {
    response = await fetch(form.action, {
      method: "POST",
      body: new URLSearchParams(new FormData(form)),
      headers: { "X-Fragment": "answer", "Accept": "text/html" },
    });
  } catch {
    response = null;
  }
  if (!response || ![200, 409, 422].includes(response.status) || !response.headers.get("content-type")?.startsWith("text/html")) {
    button.disabled = false;
    let told = form.querySelector("[data-review-told]");
    if (!told) {
      told = document.createElement("p");
      told.className = "field__error";
      told.setAttribute("role", "alert");
      told.dataset.reviewTold = "";
      form.prepend(told);
    }
    told.textContent = list.dataset.failed;
    return;
  }
  const holder = document.createElement("template");
  holder.innerHTML = await response.text();
  const fresh = holder.content.querySelector("[data-review]");
  article.replaceWith(fresh);
  figures(fresh);
  at = fresh;
  if (response.ok) nextOpen();
  else go(fresh);
}

if (list) {
  list.addEventListener("submit", (event) => {
    const form = event.target.closest("[data-review-form]");
    if (!form) return;
    event.preventDefault();
    save(form);
  });
  list.addEventListener("change", (event) => {
    const form = event.target.closest("[data-review-form]");
    if (form && event.target.matches("input[value=asked_back], input[value=na_refused]")) {
      form.querySelector("[data-review-write]").open = true;
    }
  });
  list.addEventListener("focusin", (event) => {
    const article = event.target.closest("[data-review]");
    if (!article || article === at) return;
    at?.removeAttribute("data-at");
    at = article;
    at.dataset.at = "";
  });
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.altKey || event.isComposing || document.querySelector("dialog[open]")) return;
    const form = at?.querySelector("[data-review-form]");
    if ((event.ctrlKey || event.metaKey) && event.key === "Enter" && form) {
      event.preventDefault();
      form.requestSubmit();
      return;
    }
    if (event.ctrlKey || event.metaKey || typing(event.target)) return;
    if (event.key === "j") move(1);
    else if (event.key === "k") move(-1);
    else if (event.key === "u") nextOpen();
    else if (event.key === "a" && form && (choose("accepted") || choose("na_accepted"))) form.requestSubmit();
    else if (event.key === "v" && form && verified(form)) form.requestSubmit();
    else if (event.key === "r" && form && choose("na_refused")) write(form, "to_colleagues");
    else if (event.key === "b" && form && choose("asked_back")) write(form, "to_vendor");
    else if (event.key === "n" && form) {
      // A note alone asks nothing back: what was chosen without a word to the vendor is let go.
      const back = form.querySelector("input[value=asked_back]:checked");
      if (back && !form.querySelector("textarea[name=to_vendor]").value.trim()) back.checked = false;
      write(form, "to_colleagues");
    }
    else return;
    event.preventDefault();
  }, true);
  const named = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
  if (named && named.matches("[data-review]")) go(named);
}
