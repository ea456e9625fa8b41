// Files: dropping one chooses it; in a question, "Attach" sends it at once and shows how far it is.
const words = document.getElementById("autosave-words")?.dataset ?? {};

for (const kind of ["dragenter", "dragover"]) {
  document.addEventListener(kind, (event) => {
    const drop = event.target.closest("[data-drop]");
    if (!drop || !event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    drop.dataset.over = "";
  });
}
document.addEventListener("dragleave", (event) => {
  const drop = event.target.closest("[data-drop]");
  if (drop && !drop.contains(event.relatedTarget)) delete drop.dataset.over;
});
document.addEventListener("drop", (event) => {
  const drop = event.target.closest("[data-drop]");
  if (!drop) return;
  event.preventDefault();
  delete drop.dataset.over;
  const field = drop.querySelector("input[type=file]");
  if (!event.dataTransfer.files.length) return;
  const files = new DataTransfer();
  for (const file of [...event.dataTransfer.files].slice(0, field.multiple ? undefined : 1)) files.items.add(file);
  field.files = files.files;
  field.dispatchEvent(new Event("change", { bubbles: true }));
  field.focus();
});

function reasonOf(request) {
  try {
    const problem = JSON.parse(request.responseText);
    return problem.errors?.[0]?.message ?? problem.detail ?? problem.title ?? words.uploadFailed;
  } catch {
    return words.uploadFailed;
  }
}

function send(place, button) {
  const field = place.querySelector("input[type=file]");
  const effective = place.querySelector("[data-effective]");
  const status = place.querySelector("[data-upload-status]");
  const bar = place.querySelector("[data-upload-progress]");
  if (!field.files.length) return field.focus();
  const body = new FormData();
  body.append("effective_from", effective.value);
  body.append("file", field.files[0]);
  // XMLHttpRequest, because fetch tells nothing about an upload's progress.
  const request = new XMLHttpRequest();
  const say = (text, bad) => {
    status.textContent = text;
    status.classList.toggle("late", bad);
    status.classList.toggle("quiet", !bad);
  };
  const end = () => {
    bar.hidden = true;
    button.disabled = false;
  };
  request.open("POST", place.dataset.uploadUrl);
  request.setRequestHeader("X-Fragment", "evidence");
  request.setRequestHeader("Accept", "text/html, application/problem+json");
  request.upload.onprogress = (event) => {
    if (!event.lengthComputable) return;
    bar.hidden = false;
    bar.value = (100 * event.loaded) / event.total;
    say(words.uploading.replace("{percent}", Math.round(bar.value)), false);
  };
  request.onload = () => {
    end();
    if (request.status < 200 || request.status > 299) return say(reasonOf(request), true);
    place.querySelector("[data-evidence-list]").outerHTML = request.responseText;
    field.value = "";
    effective.value = "";
    say(words.uploadDone, false);
    const revision = Number(/\d+/.exec(request.getResponseHeader("ETag") ?? "")?.[0]) || null;
    place.dispatchEvent(new CustomEvent("candor:attached", { bubbles: true, detail: { revision } }));
  };
  request.onerror = () => {
    end();
    say(words.uploadFailed, true);
  };
  button.disabled = true;
  request.send(body);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-upload-now]");
  if (button) send(button.closest("[data-upload]"), button);
});
