// The vendor answers: with script, without it, from two places at once, and with a file.
import { hold, same } from "./stage.mjs";

/** A section with a choice that nobody has answered; gives its address and the name of the question's fields. */
async function openChoice(page) {
  const base = page.url();
  const sections = await page.locator("a[href*='/sections/']").evaluateAll((all) => all.map((a) => a.href.split("#")[0]));
  for (const address of new Set(sections)) {
    await page.goto(address);
    const fresh = page.locator("[data-kind=single]:visible:not(:has(input:checked[name^='answer:']))");
    const count = await fresh.count();
    for (let n = 0; n < count; n++) {
      const id = await fresh.nth(n).getAttribute("data-question");
      if (id !== "PROD-2") return { address, id };
    }
  }
  throw new Error(`no open choice below ${base}`);
}

const question = (page, id) => page.locator(`[data-question="${id}"]`);
const option = (page, id, n) => question(page, id).locator("input[name^='answer:']").nth(n);
const saved = (page, id) => question(page, id).locator("[data-saved]");

export default [
  [
    "an answer is saved as it is given, and stands there after a reload",
    async (stage) => {
      const page = await stage.vendor("sent");
      const { address, id } = await openChoice(page);
      await option(page, id, 1).check();
      await saved(page, id).and(page.locator("[data-state=saved]")).waitFor();
      await page.goto(address);
      hold(await option(page, id, 1).isChecked(), "the answer is there");
      await stage.keepsTo(page, "after saving");
    },
  ],
  [
    "questions come and go with the answers that they depend on",
    async (stage) => {
      const page = await stage.vendor("sent");
      await page.locator("a[href*='/sections/']").first().click();
      const answer = async (value) => {
        await question(page, "PROD-2").locator(`input[value=${value}]`).check();
        await saved(page, "PROD-2").and(page.locator("[data-state=saved]")).waitFor();
      };
      await answer("no");
      await question(page, "PROD-3").waitFor({ state: "hidden" });
      await answer("both");
      await question(page, "PROD-3").waitFor({ state: "visible" });
      await stage.keepsTo(page, "after they came back");
    },
  ],
  [
    "without script the same form saves",
    async (stage) => {
      const page = await stage.vendor("sent", { javaScriptEnabled: false });
      const { address, id } = await openChoice(page);
      await option(page, id, 0).check();
      await page.locator("form button[value=next]").click();
      await page.goto(address);
      hold(await option(page, id, 0).isChecked(), "the answer is there");
    },
  ],
  [
    "whoever answers second is asked which of the two stands",
    async (stage) => {
      const one = await stage.vendor("sent");
      const other = await stage.vendor("sent");
      const { address, id } = await openChoice(one);
      await other.goto(address);
      await option(one, id, 0).check();
      await saved(one, id).and(one.locator("[data-state=saved]")).waitFor();
      await option(other, id, 1).check();
      await question(other, id).and(other.locator("[data-state=conflict]")).waitFor();
      const place = question(other, id).locator("[data-conflict-place]");
      hold((await place.innerText()).length > 20, "both answers are shown");
      await stage.keepsTo(other, "a conflict");
      await one.reload();
      hold(await option(one, id, 0).isChecked(), "the first answer still stands");
    },
  ],
  [
    "an answer given while the line is down is saved once it is back",
    async (stage) => {
      const page = await stage.vendor("sent");
      const { address, id } = await openChoice(page);
      await page.context().setOffline(true);
      await option(page, id, 2).check();
      await page.waitForFunction(() => Object.keys(localStorage).some((key) => key.includes("/answers/")));
      hold((await saved(page, id).getAttribute("data-state")) !== "saved", "not claimed as saved");
      await page.context().setOffline(false);
      await saved(page, id).and(page.locator("[data-state=saved]")).waitFor({ timeout: 30_000 });
      page.wrongs.splice(0);
      await page.goto(address);
      hold(await option(page, id, 2).isChecked(), "the answer is there");
    },
  ],
  [
    "the workbook is downloaded as a file",
    async (stage) => {
      const page = await stage.vendor("sent");
      const [download] = await Promise.all([
        page.waitForEvent("download"),
        page.locator("a[href$='/workbook']").first().click(),
      ]);
      hold(download.suggestedFilename().endsWith(".xlsx"), download.suggestedFilename());
    },
  ],
  [
    "a workbook that was filled in is looked at before anything is applied",
    async (stage) => {
      const page = await stage.vendor("returned");
      const base = page.url();
      const buffer = await (await page.context().request.get(`${base}/workbook`)).body();
      const upload = async (name, content) => {
        await page.goto(`${base}/imports`);
        await page.locator("main input[type=file]").setInputFiles({ name, mimeType: "application/octet-stream", buffer: content });
        await page.locator("main form button").first().click();
      };
      await upload("notes.xlsx", Buffer.from("<html>no workbook</html>"));
      await page.locator(".errors").waitFor();
      await stage.keepsTo(page, "a refused upload");
      await upload("answers.xlsx", buffer);
      await page.waitForURL(/\/imports\/[0-9a-f-]{36}$/);
      hold(/unchanged/i.test(await page.locator("main").innerText()), "its rows are told");
      await stage.keepsTo(page, "the preview");
    },
  ],
  [
    "submitting too early lists what is missing, with links that lead there",
    async (stage) => {
      const page = await stage.vendor("sent");
      await page.goto(`${page.url()}/submit`);
      const missing = page.locator("main a[href*='/sections/']");
      hold((await missing.count()) > 3, "missing answers are listed");
      const anchor = new URL(await missing.first().evaluate((link) => link.href)).hash.slice(1);
      await missing.first().click();
      await page.locator(`[id="${anchor}"]`).waitFor({ state: "attached" });
      await stage.keepsTo(page, "a missing answer");
    },
  ],
  [
    "only what was given back can be changed",
    async (stage) => {
      const page = await stage.vendor("returned");
      const given = page.locator("main .notice a[href*='/sections/']");
      hold((await given.count()) > 0, "what was given back is listed");
      await given.first().click();
      const fields = page.locator("[data-question] input:not([type=hidden]), [data-question] textarea");
      const open = await page.locator("[data-question][data-save-url]").count();
      hold((await fields.count()) > 0 && open > 0, "it can be answered");
      same(await page.locator("[data-question]:has(.question__asked)").count(), open, "open questions are those given back");
    },
  ],
];
