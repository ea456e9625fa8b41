// Search as you type: asks the page's own address for its results alone and puts them in place; the address follows.
const WAIT_MS = 150;
const QUIET_MS = 300;

for (const form of document.querySelectorAll("form[data-live-search]")) {
  const place = () => document.querySelector(form.dataset.liveSearch);
  let timer;
  let asking;

  const address = () => {
    const url = new URL(form.action, location.href);
    const params = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (value !== "") params.append(name, value);
    url.search = params;
    return url;
  };

  async function show(url) {
    asking?.abort();
    const mine = (asking = new AbortController());
    const bar = document.createElement("div");
    bar.className = "wait";
    const late = setTimeout(() => document.body.append(bar), QUIET_MS);
    place().setAttribute("aria-busy", "true");
    try {
      const response = await fetch(url, { headers: { "X-Fragment": "results" }, signal: mine.signal, redirect: "manual" });
      // Anything but results (signed out, refused, failed) is better said by the whole page.
      if (!response.ok) return location.assign(url);
      const html = await response.text();
      if (mine.signal.aborted) return;
      place().innerHTML = html;
      history.replaceState(null, "", url);
    } catch (error) {
      // A lost network leaves what is shown; pressing Enter tries again as a page.
      if (error.name !== "AbortError") place().dataset.stale = "";
    } finally {
      clearTimeout(late);
      bar.remove();
      if (asking === mine) place().removeAttribute("aria-busy");
    }
  }

  form.addEventListener("input", (event) => {
    if (event.isComposing) return;
    clearTimeout(timer);
    timer = setTimeout(() => show(address()), WAIT_MS);
  });
  form.addEventListener("compositionend", () => {
    clearTimeout(timer);
    timer = setTimeout(() => show(address()), WAIT_MS);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(timer);
    show(address());
  });
  form.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowDown") return;
    const first = place().querySelector("table[data-keys] tbody a");
    if (first) {
      event.preventDefault();
      first.focus();
    }
  });
}
