// For every page: says that script runs, guards forms against a second click, moves focus to an error summary.
document.documentElement.dataset.script = "on";

const submits = (form) => [...form.elements].filter((element) => element.type === "submit");

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method === "dialog" || form.method === "get") return;
  if (form.dataset.sending) {
    event.preventDefault();
    return;
  }
  form.dataset.sending = "on";
  // The browser reads the pressed button's name after this handler: disabling at once would drop it.
  setTimeout(() => {
    for (const button of submits(form)) {
      if (button === event.submitter) button.setAttribute("aria-busy", "true");
      button.disabled = true;
    }
  });
});

// A page that comes back from the browser's memory must be usable again; so must one whose submit answered with a file.
const release = () => {
  for (const form of document.querySelectorAll("form[data-sending]")) {
    delete form.dataset.sending;
    for (const button of submits(form)) {
      button.disabled = false;
      button.removeAttribute("aria-busy");
    }
  }
};
addEventListener("pageshow", release);
document.addEventListener("submit", (event) => {
  if ("download" in event.target.dataset) setTimeout(release, 3000);
});

document.querySelector("[data-focus]")?.focus();
