// The analyst reviews by keys, and the pages of findings keep to what every page keeps to.
import { PHONE, hold, same } from "./stage.mjs";

/** A vendor one of whose answers is that the question does not apply. */
const NOT_APPLICABLE = "Tallyhaven Analytics";

const figure = (page, name) => page.locator(`[data-figure=${name}]`).innerText();

export default [
  [
    "an analyst reviews answers by keys",
    async (stage) => {
      const page = await stage.person("analyst");
      await page.goto(`${stage.url}/review`);
      await stage.keepsTo(page, "the queue");
      await page.locator("a.table__link").first().click();
      await page.waitForURL(/\/review$/);
      const take = page.getByRole("button", { name: "Take in review" });
      if (await take.count()) {
        await take.click();
        await page.waitForURL(/\/review$/);
      }
      await stage.keepsTo(page, "the review");
      const [reviewed, back] = [await figure(page, "reviewed"), await figure(page, "askedBack")].map(Number);
      await page.keyboard.press("j");
      await page.keyboard.press("u");
      await page.keyboard.press("a");
      await page.waitForFunction((n) => Number(document.querySelector("[data-figure=reviewed]").textContent) === n, reviewed + 1);
      await page.keyboard.press("b");
      await page.keyboard.type("Which part of it says so?");
      await page.keyboard.press("Control+Enter");
      await page.waitForFunction((n) => Number(document.querySelector("[data-figure=reviewed]").textContent) === n, reviewed + 2);
      same(Number(await figure(page, "askedBack")), back + 1, "asked back");
      // Accepted with all its evidence verified, where there is evidence; what has none stays as it is.
      const open = page.locator("[data-review]:not([data-verdict]), [data-review][data-verdict='']");
      const proved = open.filter({ has: page.locator("select[name=level]") }).first();
      const name = await proved.getAttribute("id");
      await proved.focus();
      await page.keyboard.press("v");
      await page.waitForFunction((n) => Number(document.querySelector("[data-figure=reviewed]").textContent) === n, reviewed + 3);
      same(await page.locator(`#${name}`).getAttribute("data-verdict"), "accepted", "accepted");
      hold((await page.locator(`#${name}`).innerText()).includes("Counts as verified"), "and its evidence is verified");
      const bare = open.filter({ hasNot: page.locator("select[name=level]") }).first();
      await bare.focus();
      await page.keyboard.press("v");
      same(Number(await figure(page, "reviewed")), reviewed + 3, "nothing to verify, nothing done");
      await page.reload();
      same(Number(await figure(page, "reviewed")), reviewed + 3, "it is saved");
      hold(await page.getByRole("button", { name: /Give \d+ questions? back/ }).count(), "it can be given back");
      await stage.keepsTo(page, "the review, half way");
    },
  ],
  [
    "an analyst refuses by a key that a question does not apply",
    async (stage) => {
      const page = await stage.person("analyst");
      await page.goto(`${stage.url}/review`);
      await page.getByRole("link", { name: NOT_APPLICABLE }).click();
      await page.waitForURL(/\/review$/);
      const take = page.getByRole("button", { name: "Take in review" });
      if (await take.count()) {
        await take.click();
        await page.waitForURL(/\/review$/);
      }
      hold((await page.getByText("r refuses that it does not apply").count()) === 1, "the key is listed");
      const reviewed = Number(await figure(page, "reviewed"));
      const answer = page.locator("[data-review]", { has: page.locator("input[value=na_refused]") }).first();
      const name = await answer.getAttribute("id");
      await answer.focus();
      await page.keyboard.press("r");
      await page.keyboard.type("A contract tells nobody who uses it how it works");
      await page.keyboard.press("Control+Enter");
      await page.waitForFunction((n) => Number(document.querySelector("[data-figure=reviewed]").textContent) === n, reviewed + 1);
      same(await page.locator(`#${name}`).getAttribute("data-verdict"), "na_refused", "refused");
      await page.reload();
      same(Number(await figure(page, "reviewed")), reviewed + 1, "it is saved");
    },
  ],
  [
    "findings on a desk and on a phone",
    async (stage) => {
      for (const options of [{}, { viewport: PHONE }]) {
        const page = await stage.person("analyst", options);
        await page.goto(`${stage.url}/findings?group=all`);
        await stage.keepsTo(page, "the list");
        await page.locator("a.table__link").first().click();
        await page.waitForURL(/\/findings\/[0-9a-f-]{36}$/);
        await stage.keepsTo(page, "a finding");
        await page.goto(`${stage.url}/findings/new`);
        await stage.keepsTo(page, "raising one");
      }
    },
  ],
];
