// The buyer asks, and searches.
import { hold, same } from "./stage.mjs";

/** Fills a form's required fields by their names. */
async function fill(page, values) {
  for (const [name, value] of Object.entries(values)) await page.locator(`main [name="${name}"]`).fill(value);
}

const submit = (page) => page.locator("main form[method=post] .form__actions button").first().click();

/** A new vendor is asked: a version of a questionnaire, or the first that is offered. */
export async function ask(stage, options, name, wanted) {
  const page = await stage.person("procurement", options);
  await page.goto(`${stage.url}/vendors/new`);
  await fill(page, { name, contacts: `Kim Vendor <kim@${name.toLowerCase().replace(/\W/g, "")}.example>` });
  await submit(page);
  await page.waitForURL(/\/vendors\/[0-9a-f-]{36}$/);
  const vendor = page.url();
  await page.goto(`${vendor}/engagements/new`);
  await fill(page, { name: "Support assistant", business_function: "Customer service", owner: "Lee Owner" });
  const factors = await page.locator("main input[type=radio]").evaluateAll((all) => [...new Set(all.map((one) => one.name))]);
  hold(factors.length > 5, `the profile asks ${factors.length} questions`);
  for (const factor of factors) await page.locator(`input[name="${factor}"]`).first().check();
  await submit(page);
  await page.waitForURL((address) => !address.pathname.endsWith("/new"));
  await page.goto(`${stage.url}/assessments/new?vendor=${vendor.split("/").pop()}`);
  for (const choice of ["engagement", "contact"]) await page.locator(`main [name="${choice}"][type=radio]`).first().check();
  const version = page.locator("main form[method=post] [name=template_version]");
  const first = await version.locator("option[value]:not([value=''])").first().getAttribute("value");
  await version.selectOption(wanted ?? first);
  await submit(page);
  await page.getByRole("heading", { level: 1 }).waitFor();
  await page.waitForURL(/\/preview$/);
  if (options.javaScriptEnabled !== false) await stage.keepsTo(page, "the preview");
  await page.locator("form[action$='/issue'] button").first().click();
  await page.waitForURL((address) => !address.pathname.endsWith("/preview"));
  await page.goto(`${stage.url}/assessments`);
  hold((await page.locator("main").innerText()).includes(name), "the list of what was sent has it");
  return page;
}

export default [
  ["procurement asks a new vendor", async (stage) => void (await ask(stage, {}, "Fabrikam"))],
  [
    "procurement asks a new vendor, without script",
    async (stage) => void (await ask(stage, { javaScriptEnabled: false }, "Litware")),
  ],
  [
    "a refused form keeps what was typed and leads to what is wrong",
    async (stage) => {
      const page = await stage.person("procurement");
      await page.goto(`${stage.url}/vendors/new`);
      await fill(page, { name: "", website: "not an address", note: "Kept" });
      await submit(page);
      await page.locator(".errors").waitFor();
      same(await page.locator("[name=note]").inputValue(), "Kept", "what was typed");
      const link = page.locator(".errors a").first();
      const target = (await link.getAttribute("href")).slice(1);
      await link.click();
      same(await page.evaluate(() => document.activeElement?.id), target, "the focus follows the link");
      await stage.keepsTo(page, "a refused form");
    },
  ],
  [
    "the register is searched as one types, typing errors included",
    async (stage) => {
      const page = await stage.person("analyst");
      await page.goto(`${stage.url}/register`);
      const results = page.locator("#results");
      const before = await results.innerText();
      await page.locator("main [name=q]").pressSequentially("micorsoft", { delay: 40 });
      // Results come while one types; the address says which words they belong to.
      await page.waitForURL((address) => address.searchParams.get("q") === "micorsoft");
      hold((await results.innerText()) !== before, "other results");
      await results.locator("mark").first().waitFor();
      hold(/microsoft/i.test(await results.innerText()), "found in spite of the typing error");
      await stage.keepsTo(page, "results");
    },
  ],
  [
    "the register is searched without script",
    async (stage) => {
      const page = await stage.person("analyst", { javaScriptEnabled: false });
      await page.goto(`${stage.url}/register`);
      await page.locator("main [name=q]").fill("copilot");
      await page.locator("main form[role=search] button").first().click();
      hold(/copilot/i.test(await page.locator("#results").innerText()), "found");
    },
  ],
];
