// How a file was read is looked at and said better: with the keyboard alone, on a phone, and without script.
import { DESKTOP, PHONE, hold, same } from "./stage.mjs";

/** A file whose column "Response" says where each row stands, and whose answers stand in D. */
const file = (number) => ({
  name: `ugly-${number}.csv`,
  mimeType: "text/csv",
  buffer: Buffer.from(
    `No.,Question,Response,Team ${number}\n` +
      `1,Do you have a written AI policy approved by your management?,sent,"Yes, and ${"it is long, ".repeat(30)}so it goes on"\n` +
      "2,For how many days is what customers enter into the AI kept by default?,sent,30 days\n",
  ),
});

/** Uploads it; the sheets of the import are open. */
async function sheets(page, number) {
  await page.goto(`${page.url()}/imports`);
  await page.locator("main input[type=file]").setInputFiles(file(number));
  await page.locator("form[enctype] button").last().click();
  await page.waitForURL(/\/imports\/[0-9a-f-]{36}/);
  if (!page.url().endsWith("/sheets")) await page.getByRole("link", { name: "How we read your file" }).click();
  await page.locator("#column-D").waitFor();
}

/** Tabs on until the focus is there. */
async function tabTo(page, selector) {
  for (let n = 0; n < 120; n++) {
    await page.keyboard.press("Tab");
    if (await page.evaluate((selector) => document.activeElement?.matches(selector), selector)) return;
  }
  throw new Error(`the focus never comes to ${selector}`);
}

const said = (page) => page.locator(".mapping__table thead .badge--accent").count();

export default [
  [
    "columns are said with the keyboard alone",
    async (stage) => {
      const page = await stage.vendor("sent");
      await sheets(page, 1);
      await stage.keepsTo(page, "how a file was read");
      await page.locator("h1").click();
      await tabTo(page, "#column-C");
      await page.keyboard.press("End");
      await tabTo(page, "#column-D");
      await page.keyboard.type("Answer");
      same(await page.locator("#column-C").inputValue(), "nothing", "what C holds");
      same(await page.locator("#column-D").inputValue(), "answer", "what D holds");
      hold(/^2 changes/.test(await page.locator("[data-unread]").innerText()), "it tells what is not read yet");
      const outline = await page.locator("#column-D").evaluate((field) => getComputedStyle(field).outlineStyle);
      hold(outline !== "none", "the focus is seen");
      await tabTo(page, ".bulk button");
      await page.keyboard.press("Enter");
      await page.locator(".notice--success").waitFor();
      same(await said(page), 2, "columns that were said");
      same(await page.locator("#column-D").inputValue(), "answer", "what D holds now");
      await stage.keepsTo(page, "a corrected file");
      await tabTo(page, ".mapping__long summary");
      await page.keyboard.press("Enter");
      hold((await page.locator(".mapping__long[open]").innerText()).includes("so it goes on"), "the whole text is had");
      await page.setViewportSize(PHONE);
      await stage.keepsTo(page, "a corrected file on a phone");
      await page.setViewportSize(DESKTOP);
      await page.getByRole("button", { name: /^Forget/ }).first().click();
      await page.locator(".notice--success").waitFor();
      same(await said(page), 0, "columns that were said");
    },
  ],
  [
    "what was changed and not read yet goes along to another page",
    async (stage) => {
      const page = await stage.vendor("sent");
      await sheets(page, 2);
      await page.locator("#column-C").selectOption("nothing");
      await page.locator(".mapping__sheets a").first().click();
      await page.locator(".notice--success").waitFor();
      same(await page.locator("#column-C").inputValue(), "nothing", "what C holds");
    },
  ],
  [
    "without script the same form says it",
    async (stage) => {
      const page = await stage.vendor("sent", { javaScriptEnabled: false });
      await sheets(page, 3);
      await page.locator("#column-C").selectOption("nothing");
      await page.locator("#column-D").selectOption("answer");
      await page.getByRole("button", { name: "Read again with this" }).first().click();
      same(await said(page), 2, "columns that were said");
      await page.getByRole("button", { name: /^2 / }).click();
      same(await page.locator("#header").inputValue(), "2", "the row of the headings");
      same(await page.locator("#column-D").inputValue(), "answer", "what was said before stays");
      await page.locator("#header").fill("nine");
      await page.getByRole("button", { name: "Read again with this" }).first().click();
      await page.locator(".errors").waitFor();
    },
  ],
];
