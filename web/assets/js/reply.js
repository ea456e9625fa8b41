// What the fields of a question say, as the reply of the API, and back; and in words, for a person to compare.
import { setRows } from "./rows.js";

const text = (element) => element?.value.trim() ?? "";
const chosen = (question) => [...question.querySelectorAll("[data-answer] .choice input:checked")].map((box) => box.value);
const single = (question) => question.querySelector("[data-answer] .input");

function tableRows(question) {
  const rows = [];
  for (const row of question.querySelectorAll("[data-row]")) {
    const cells = {};
    for (const field of row.querySelectorAll("[data-column]")) if (text(field)) cells[field.dataset.column] = text(field);
    if (Object.keys(cells).length) rows.push(cells);
  }
  return rows;
}

const READERS = {
  single: (question) => chosen(question).map((option) => ({ kind: "choice", option }))[0] ?? null,
  multiple: (question) => {
    const options = chosen(question).sort();
    return options.length ? { kind: "choices", options } : null;
  },
  text: (question) => (text(single(question)) ? { kind: "text", text: text(single(question)) } : null),
  number: (question) => {
    if (!text(single(question))) return null;
    const number = Number(text(single(question)).replace(",", "."));
    return Number.isFinite(number) ? { kind: "number", number } : { problem: "notANumber" };
  },
  date: (question) => {
    if (single(question).validity.badInput) return { problem: "notADate" };
    return text(single(question)) ? { kind: "date", date: text(single(question)) } : null;
  },
  url: (question) => (text(single(question)) ? { kind: "url", url: text(single(question)) } : null),
  file: (question) => (question.querySelector("[data-evidence]") ? { kind: "file" } : null),
  table: (question) => {
    const rows = tableRows(question);
    return rows.length ? { kind: "table", rows } : null;
  },
};

/** `{reply, comment}`, or `{problem, draft}` while what stands there cannot be a reply yet. */
export function read(question) {
  const comment = text(question.querySelector("[data-comment]")) || null;
  const reason = text(question.querySelector("[data-reason]"));
  const stand = question.querySelector("[data-stand]:checked")?.value ?? "given";
  if (stand === "declined") return { reply: reason ? { kind: "declined", reason } : { kind: "declined" }, comment };
  if (stand === "not_applicable") {
    const reply = { kind: "not_applicable", reason };
    return reason ? { reply, comment } : { problem: "reasonNeeded", draft: { reply, comment } };
  }
  const reply = READERS[question.dataset.kind](question);
  return reply?.problem ? { problem: reply.problem, draft: null } : { reply, comment };
}

/** Puts a reply and a comment into the fields. */
export function write(question, reply, comment) {
  const kind = reply?.kind;
  const aside = kind === "not_applicable" || kind === "declined";
  const stand = question.querySelector(`[data-stand][value="${aside ? kind : "given"}"]`);
  if (stand) stand.checked = true;
  if (aside) {
    question.querySelector("[data-reason]").value = reply.reason ?? "";
    question.querySelector("[data-reason]").closest("details").open = true;
  }
  const box = question.querySelector("[data-comment]");
  if (box) {
    box.value = comment ?? "";
    if (comment) box.closest("details").open = true;
  }
  if (aside) return;
  const wanted = reply?.options ?? (reply?.option ? [reply.option] : []);
  for (const option of question.querySelectorAll("[data-answer] .choice input")) option.checked = wanted.includes(option.value);
  if (question.dataset.kind === "table") setRows(question.querySelector("[data-rows]"), reply?.rows ?? []);
  else if (single(question)) single(question).value = reply?.text ?? reply?.number ?? reply?.date ?? reply?.url ?? "";
}

/** A reply and its comment in words, from the labels that stand in the page. */
export function describe(question, { reply, comment }, words) {
  const label = (id) =>
    [...question.querySelectorAll("[data-answer] .choice input")].find((box) => box.value === id)?.nextElementSibling.textContent ?? id;
  const heading = (column) =>
    question.querySelector(`[data-column="${CSS.escape(column)}"]`)?.getAttribute("aria-label") ?? column;
  const lines = [];
  if (!reply) lines.push(words.blank);
  else if (reply.kind === "choice") lines.push(label(reply.option));
  else if (reply.kind === "choices") lines.push(...reply.options.map(label));
  else if (reply.kind === "table")
    reply.rows.forEach((row, index) =>
      lines.push(
        `${words.row.replace("{n}", index + 1)}: ${Object.entries(row).map(([column, cell]) => `${heading(column)}: ${cell}`).join("; ")}`,
      ),
    );
  else if (reply.kind === "not_applicable") lines.push(words.na, reply.reason);
  else if (reply.kind === "declined") lines.push(words.declined, reply.reason ?? "");
  else if (reply.kind === "file") lines.push(words.attached);
  else lines.push(String(reply.text ?? reply.number ?? reply.date ?? reply.url));
  if (comment) lines.push(`${words.commentWord}: ${comment}`);
  return lines.filter(Boolean).join("\n");
}
