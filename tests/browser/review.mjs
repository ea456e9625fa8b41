// The analyst reviews by keys, and the pages of findings keep to what every page keeps to.
import { PHONE, hold, same } from "./stage.mjs";

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
      await page.reload();
      same(Number(await figure(page, "reviewed")), reviewed + 2, "it is saved");
      hold(await page.getByRole("button", { name: /Give \d+ questions? back/ }).count(), "it can be given back");
      await stage.keepsTo(page, "the review, half way");
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
