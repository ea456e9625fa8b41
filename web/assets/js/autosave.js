// Saves each answer as it is given. The form works without this; nothing here is the only copy of a reply for long.
import * as drafts from "./drafts.js";
import { describe, read, write } from "./reply.js";

const IDLE_MS = 800;
const SOON_MS = 150;
const QUIET_MS = 300;
const FIRST_RETRY_MS = 2000;
const LAST_RETRY_MS = 60000;
const SUBMIT_WAIT_MS = 4000;
/** Browsers refuse larger bodies on requests that outlive the page. */
const KEEPALIVE_BYTES = 60000;

const words = document.getElementById("autosave-words")?.dataset ?? {};
const say = (key, values = {}) => (words[key] ?? "").replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
/** As the server writes it, so that the page says the same before and after it is loaded again. */
const clock = (moment) => `${new Date(moment).toISOString().slice(11, 16)} UTC`;

let linkGone = false;
let leaving = false;

class Answer {
  constructor(section) {
    this.section = section;
    this.url = section.dataset.saveUrl;
    this.revision = Number(section.dataset.revision);
    this.mark = section.querySelector("[data-saved]");
    this.tries = 0;
    this.working = null;
    this.conflict = null;
    this.rest = [this.mark.dataset.state, this.mark.textContent];
    const now = read(section);
    this.saved = now.problem ? null : JSON.stringify(now);
    this.setAside();
    this.restore();
  }

  /** Whether the server has not got what stands in the fields. */
  get pending() {
    const now = read(this.section);
    return now.problem ? Boolean(this.touched) : JSON.stringify(now) !== this.saved;
  }

  state(state, message) {
    this.mark.dataset.state = state;
    this.mark.textContent = message;
    if (state === "conflict" || state === "error") this.section.dataset.state = state;
    else delete this.section.dataset.state;
  }

  error(message) {
    const place = this.section.querySelector("[data-error]");
    place.textContent = message ?? "";
    place.hidden = !message;
    for (const field of this.section.querySelectorAll("[data-answer] .input, [data-answer] .choice input")) {
      if (message) field.setAttribute("aria-invalid", "true");
      else field.removeAttribute("aria-invalid");
    }
    if (!message) this.section.classList.remove("question--error");
  }

  setAside() {
    const stand = this.section.querySelector("[data-stand]:checked")?.value ?? "given";
    this.section.querySelector("[data-answer]").toggleAttribute("data-set-aside", stand !== "given");
  }

  /** A reply left over from a lost network or a closed page comes back; the revision it was written against decides. */
  restore() {
    const draft = drafts.load(this.url);
    if (!draft) return;
    const kept = JSON.stringify({ reply: draft.reply, comment: draft.comment });
    if (kept === this.saved) return drafts.drop(this.url);
    write(this.section, draft.reply, draft.comment);
    this.setAside();
    this.revision = draft.revision;
    this.changed(IDLE_MS);
  }

  changed(wait) {
    clearTimeout(this.timer);
    this.touched = true;
    const now = read(this.section);
    if (this.conflict) return this.showConflict(this.conflict);
    if (now.problem) {
      if (now.draft) drafts.keep(this.url, { ...now.draft, revision: this.revision });
      return this.state("unsaved", say(now.problem));
    }
    if (JSON.stringify(now) === this.saved) {
      drafts.drop(this.url);
      this.error(null);
      this.state(...this.rest);
      return;
    }
    this.kept = drafts.keep(this.url, { ...now, revision: this.revision });
    if (linkGone) return this.state("error", say("error"));
    this.state("unsaved", say("unsaved"));
    this.timer = setTimeout(() => this.save(), wait);
  }

  /** At most one request at a time per answer: the next one carries the revision that this one makes. */
  save() {
    clearTimeout(this.timer);
    if (this.working) return this.working.then(() => this.save());
    const now = read(this.section);
    if (now.problem || this.conflict || linkGone || JSON.stringify(now) === this.saved) return Promise.resolve();
    this.working = this.send(JSON.stringify(now)).finally(() => {
      this.working = null;
    });
    return this.working;
  }

  async send(body) {
    const late = setTimeout(() => this.state("saving", say("saving")), QUIET_MS);
    let response;
    let answer = null;
    try {
      response = await fetch(this.url, {
        method: "PUT",
        headers: { "Content-Type": "application/json", Accept: "application/json", "If-Match": `"${this.revision}"` },
        body,
        keepalive: body.length < KEEPALIVE_BYTES,
      });
      answer = (response.headers.get("Content-Type") ?? "").includes("json") ? await response.json() : null;
    } catch {
      return this.again(null);
    } finally {
      clearTimeout(late);
    }
    if (response.ok && answer) return this.accepted(body, answer);
    if (response.status === 412 && answer?.current) return this.collided(answer.current);
    if (response.status === 401) return this.gone();
    if (response.status === 429 || response.status >= 500 || response.ok) return this.again(response.headers.get("Retry-After"));
    this.refused(answer);
  }

  accepted(body, answer) {
    this.tries = 0;
    this.saved = body;
    this.at(answer.revision);
    this.error(null);
    this.rest = body === '{"reply":null,"comment":null}' ? ["none", say("cleared")] : ["saved", say("saved", { time: clock(answer.saved_at) })];
    show(answer);
    if (this.pending) return this.changed(SOON_MS);
    drafts.drop(this.url);
    this.touched = false;
    this.state(...this.rest);
  }

  at(revision) {
    this.revision = revision;
    this.section.dataset.revision = revision;
    // The plain form posts this field: without it the page would collide with its own autosave.
    this.section.querySelector("[data-revision-field]").value = revision;
  }

  again(retryAfter) {
    const wait = Math.max(Number(retryAfter) * 1000 || 0, Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** this.tries));
    this.tries += 1;
    if (navigator.onLine) this.state("waiting", say("waiting", { seconds: Math.round(wait / 1000) }));
    else this.state("offline", say("offline"));
    // A little chance in the wait keeps a hundred open pages from coming back in the same instant.
    this.timer = setTimeout(() => this.save(), wait * (1 + Math.random() / 4));
  }

  refused(answer) {
    const own = answer?.errors?.find((error) => error.message);
    this.error(own?.message ?? answer?.detail ?? answer?.title ?? say("error"));
    this.state("error", say("error"));
  }

  gone() {
    linkGone = true;
    this.state("error", say("error"));
    const notice = document.createElement("div");
    notice.className = "notice notice--error";
    notice.setAttribute("role", "alert");
    const inside = document.createElement("div");
    inside.className = "notice__body";
    inside.textContent = say("gone");
    notice.append(inside);
    this.section.before(notice);
  }

  collided(current) {
    const theirs = { reply: current.reply ?? null, comment: current.comment ?? null };
    const now = read(this.section);
    this.at(current.revision);
    // Two saves of the same answer are no disagreement.
    if (!now.problem && describe(this.section, now, words) === describe(this.section, theirs, words)) {
      this.saved = JSON.stringify(now);
      drafts.drop(this.url);
      this.touched = false;
      this.rest = ["saved", say("saved", { time: clock(Date.now()) })];
      return this.state(...this.rest);
    }
    this.conflict = { theirs, by: current.by };
    this.showConflict(this.conflict);
  }

  showConflict({ theirs, by }) {
    const place = this.section.querySelector("[data-conflict-place]");
    if (!place.firstElementChild) {
      place.append(document.getElementById("conflict-panel").content.cloneNode(true));
      const title = place.querySelector("[data-conflict-title]");
      title.textContent = title.textContent.replace("{by}", by ?? "");
      place.querySelector("[data-keep-mine]").addEventListener("click", () => this.settle(null));
      place.querySelector("[data-take-theirs]").addEventListener("click", () => this.settle(theirs));
    }
    const now = read(this.section);
    place.querySelector("[data-mine]").textContent = describe(this.section, now.problem ? (now.draft ?? {}) : now, words);
    place.querySelector("[data-theirs]").textContent = describe(this.section, theirs, words);
    this.state("conflict", say("conflict"));
  }

  settle(theirs) {
    if (theirs) {
      write(this.section, theirs.reply, theirs.comment);
      this.setAside();
      this.saved = JSON.stringify(read(this.section));
      this.rest = ["saved", say("saved", { time: clock(Date.now()) })];
    } else {
      this.saved = null;
    }
    // Last: taking the panel away moves the focus, and a lost focus saves what stands in the fields.
    this.conflict = null;
    this.section.querySelector("[data-conflict-place]").replaceChildren();
    this.changed(0);
    this.section.querySelector("[data-answer] :is(input, textarea, select)")?.focus();
  }
}

/** Conditional questions and progress, as the server sees them after a save. */
function show({ hidden = [], shown = [], progress }) {
  let more = 0;
  let fewer = 0;
  for (const [ids, hide] of [[hidden, true], [shown, false]]) {
    for (const id of ids) {
      const section = document.querySelector(`[data-question="${CSS.escape(id)}"]`);
      if (!section || section.hidden === hide) continue;
      section.hidden = hide;
      if (hide) fewer += 1;
      else more += 1;
    }
  }
  const status = document.getElementById("autosave-status");
  if (more || fewer) status.textContent = [more && say("more", { count: more }), fewer && say("fewer", { count: fewer })].filter(Boolean).join(" ");
  for (const place of progress ? document.querySelectorAll(".progress[data-progress]") : []) {
    place.querySelector("progress").max = progress.of;
    place.querySelector("progress").value = progress.answered;
    place.querySelector("[data-progress-text]").textContent = say("progress", progress);
  }
}

const answers = new Map();
for (const section of document.querySelectorAll("[data-save-url]")) answers.set(section, new Answer(section));
const answerOf = (event) => answers.get(event.target.closest?.("[data-save-url]"));
const ours = (event) => !event.target.closest("[data-upload], [data-thread]");

function edited(event, wait) {
  const answer = answerOf(event);
  if (!answer || !ours(event)) return;
  // Giving an answer takes back "it does not apply" and "we decline to say".
  if (event.target.closest("[data-answer]")) {
    const given = answer.section.querySelector('[data-stand][value="given"]');
    if (given) given.checked = true;
  }
  answer.setAside();
  answer.changed(wait);
}

document.addEventListener("input", (event) => {
  if (!event.isComposing) edited(event, event.target.matches("input[type=radio], input[type=checkbox], select") ? SOON_MS : IDLE_MS);
});
document.addEventListener("change", (event) => edited(event, SOON_MS));
document.addEventListener("focusout", (event) => {
  const answer = answerOf(event);
  if (answer?.touched && ours(event) && !answer.tries) answer.save();
});
document.addEventListener("candor:attached", (event) => {
  const answer = answerOf(event);
  if (!answer) return;
  if (event.detail.revision) answer.at(event.detail.revision);
  if (answer.section.dataset.kind === "file") answer.changed(0);
});

const everyPending = () => [...answers.values()].filter((answer) => answer.touched && answer.pending);
const saveAll = () => Promise.allSettled(everyPending().map((answer) => answer.save()));

addEventListener("online", saveAll);
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden") saveAll();
});

// The plain form goes after the saves under way, so that it carries the revisions they make.
document.addEventListener(
  "submit",
  (event) => {
    const form = event.target;
    const busy = everyPending().length || [...answers.values()].some((answer) => answer.working);
    if (!("autosave" in form.dataset) || leaving || !busy) {
      leaving = "autosave" in form.dataset;
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
    const wait = new Promise((done) => setTimeout(done, SUBMIT_WAIT_MS));
    const under = [...answers.values()].map((answer) => answer.working);
    Promise.race([wait, Promise.allSettled([...under, saveAll()])]).then(() => {
      leaving = true;
      form.requestSubmit(event.submitter);
    });
  },
  { capture: true },
);
addEventListener("pageshow", () => {
  leaving = false;
});
addEventListener("beforeunload", (event) => {
  if (!leaving && everyPending().length) event.preventDefault();
});
