// A form whose file is large: shows how far it is sent, and then that it is being read. Without script it is a plain form.
const say = (place, text) => (place.querySelector("[data-upload-says]").textContent = text);

function release(form) {
  delete form.dataset.sending;
  for (const button of form.querySelectorAll("button")) {
    button.disabled = false;
    button.removeAttribute("aria-busy");
  }
}

/// The answer's page in place of this one: what was refused is said there.
function show(html) {
  const main = new DOMParser().parseFromString(html, "text/html").querySelector("main");
  if (!main) return location.reload();
  document.querySelector("main").replaceWith(main);
  main.querySelector("[data-focus]")?.focus();
}

document.addEventListener("submit", (event) => {
  const form = event.target.closest("form[data-upload-form]");
  const place = form?.querySelector("[data-upload-state]");
  if (!place || event.defaultPrevented || !form.querySelector("input[type=file]").files.length) return;
  event.preventDefault();
  const bar = place.querySelector("progress");
  // XMLHttpRequest, because fetch tells nothing about an upload's progress.
  const request = new XMLHttpRequest();
  request.open("POST", form.action);
  request.setRequestHeader("Accept", "text/html");
  request.upload.onprogress = (progress) => {
    if (!progress.lengthComputable) return;
    bar.value = (100 * progress.loaded) / progress.total;
    say(place, place.dataset.sending.replace("{percent}", Math.round(bar.value)));
  };
  request.upload.onload = () => {
    // How long reading takes is not known: the bar runs without an end.
    bar.removeAttribute("value");
    say(place, place.dataset.reading);
  };
  request.onload = () => {
    if (request.status >= 200 && request.status < 300) return location.assign(request.responseURL);
    show(request.responseText);
  };
  request.onerror = () => {
    bar.value = 0;
    say(place, place.dataset.failed);
    release(form);
  };
  place.hidden = false;
  bar.value = 0;
  say(place, place.dataset.sending.replace("{percent}", "0"));
  request.send(new FormData(form));
});
