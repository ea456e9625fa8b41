// Every page that can be reached by following links keeps to the rules, wide and narrow, light and dark.
import { DESKTOP, PHONE, hold } from "./stage.mjs";

const MOST = 120;
const WAYS = [
  ["wide and light", { viewport: DESKTOP, colorScheme: "light" }],
  ["narrow and dark", { viewport: PHONE, colorScheme: "dark", hasTouch: true }],
];

/** The kind of a page: its path without ids. */
function kind(address) {
  const url = new URL(address);
  return url.pathname.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "{id}").replace(/\/(sections|through|crosswalks|features)\/[^/]+/, "/$1/{id}");
}

/** Follows links from where the window is and from some further pages, one page of each kind. */
async function walk(stage, page, least, { first = [], must = [] } = {}) {
  const seen = new Set();
  const waiting = [...first, page.url()];
  const wrongs = [];
  while (waiting.length > 0 && seen.size < MOST) {
    const address = waiting.shift();
    if (seen.has(kind(address))) continue;
    seen.add(kind(address));
    const answer = await page.goto(address);
    if (!(answer.headers()["content-type"] ?? "").startsWith("text/html")) continue;
    if (answer.status() !== 200) {
      wrongs.push(`${address}: ${answer.status()}`);
      continue;
    }
    await stage.keepsTo(page, kind(address)).catch((error) => wrongs.push(error.message));
    const links = await page.locator("a[href]:not([download])").evaluateAll((all) => all.map((link) => link.href));
    const files = /\/(workbook|export|input|policy|record|answers\.json|evidence\/[^/]+|imports\/[^/]+\/file)$/;
    const own = links.map((link) => link.split("#")[0]).filter((link) => link.startsWith(stage.url));
    waiting.push(...own.filter((link) => !files.test(new URL(link).pathname)));
  }
  wrongs.push(...must.filter((one) => !seen.has(one)).map((one) => `${one} was not found`));
  hold(wrongs.length === 0, wrongs.join("\n"));
  hold(seen.size >= least, `only ${seen.size} kinds of pages were found: ${[...seen].join(", ")}`);
}

/** How a vendor is judged, from where it was judged in the story. */
const judged = ({ use, vendor, finding, score, review }) => [
  ...["", "/profile", "/classification", "/impact", "/acceptances", "/decision"].map((page) => use + page),
  ...["", "/applicability", "/report"].map((page) => vendor + page),
  ...[finding, score, review, score.replace(/score$/, "what-if")],
];

/** What whoever reviews or reads finds by links. */
const MUST = [
  ...["profile", "classification", "impact", "acceptances", "decision"].map((page) => `/engagements/{id}/${page}`),
  ...["score", "what-if", "review"].map((page) => `/assessments/{id}/${page}`),
  ...["/vendors/{id}/applicability", "/vendors/{id}/report", "/compare", "/findings", "/findings/{id}", "/findings/plan"],
];

const people = [
  ["procurement", 12],
  ["analyst", 10],
  ["auditor", 10],
  ["administrator", 18],
  ["operator", 4],
];

export default WAYS.flatMap(([way, options]) => [
  [
    `signed out, ${way}`,
    async (stage) => {
      const page = await stage.window(options);
      for (const path of ["/sign-in", "/sign-in/sent", "/no-such-page", "/sign-in/none", "/join/none", "/a/none", "/set-up/none"]) {
        await page.goto(stage.url + path);
        await stage.keepsTo(page, path);
      }
    },
  ],
  ...people.map(([role, least]) => [
    `all pages of ${role}, ${way}`,
    async (stage) => {
      const page = await stage.person(role, options);
      await page.goto(stage.url);
      const first = stage.story && ["analyst", "auditor"].includes(role) ? judged(stage.story) : [];
      await walk(stage, page, least, { first, must: first.length > 0 ? MUST : [] });
    },
  ]),
  [
    `what is approved, and what a vendor does about a finding, ${way}`,
    async (stage) => {
      if (!stage.story) return;
      const page = await stage.person("approver", options);
      for (const address of judged(stage.story).slice(0, 9)) {
        await page.goto(address);
        await stage.keepsTo(page, kind(address));
      }
      const contact = await stage.window({ ...options, storageState: stage.story.contact });
      await contact.goto(stage.story.portal);
      await walk(stage, contact, 4, { must: ["/portal/{id}/findings", "/portal/{id}/findings/{id}"] });
    },
  ],
  ...["sent", "returned"].map((state) => [
    `all pages of a vendor, ${state}, ${way}`,
    async (stage) => {
      const page = await stage.vendor(state, options);
      await walk(stage, page, 5);
    },
  ]),
]);
