// The questionnaire in both languages, on screen: chosen at the switch, kept, and answered alike; and what the buyer sees
// of it through a framework.
import { PHONE, hold, same } from "./stage.mjs";

const switchTo = (page, language) => page.locator(`.editions a[lang="${language}"]`);
const HAN = /\p{Script=Han}/u;

/** The language that the question's text is marked with, and whether it is written in it. */
async function reads(page, language) {
  const text = page.locator("[data-question] h2 span[lang]:visible").first();
  same(await text.getAttribute("lang"), language, "the question's language");
  same(HAN.test(await text.innerText()), language === "zh-Hant", "its characters");
  same(await page.locator("html").getAttribute("lang"), "en", "the language of the words around it");
}

export default [
  [
    "a vendor reads and answers in either language",
    async (stage) => {
      const page = await stage.vendor("sent");
      await page.locator("a[href*='/sections/']").first().click();
      await reads(page, "en");
      same(await switchTo(page, "en").getAttribute("aria-current"), "true", "the switch shows which");
      await switchTo(page, "zh-Hant").click();
      await reads(page, "zh-Hant");
      await stage.keepsTo(page, "a section in Chinese");
      await page.locator("[data-question=PROD-2] input[value=both]").check();
      await page.locator("[data-question=PROD-2] [data-saved][data-state=saved]").waitFor();
      // Kept, without anything in the address.
      const address = page.url().split("?")[0];
      await page.goto(address);
      await reads(page, "zh-Hant");
      await page.setViewportSize(PHONE);
      await page.emulateMedia({ colorScheme: "dark" });
      await stage.keepsTo(page, "a section in Chinese, narrow and dark");
      await switchTo(page, "en").click();
      await reads(page, "en");
      hold(await page.locator("[data-question=PROD-2] input[value=both]").isChecked(), "the same answer");
    },
  ],
  [
    "a browser in Hong Kong gets Chinese by itself, without script too",
    async (stage) => {
      const page = await stage.vendor("sent", { locale: "zh-HK", javaScriptEnabled: false });
      same(await page.locator("h1").getAttribute("lang"), "zh-Hant", "the title");
      await page.locator("a[href*='/sections/']").first().click();
      same(await page.locator("[data-question] h2 span[lang]").first().getAttribute("lang"), "zh-Hant", "the question");
      await switchTo(page, "en").click();
      same(await page.locator("h1").getAttribute("lang"), "en", "what was chosen counts for more");
    },
  ],
  [
    "an assessment's answers are seen through a framework",
    async (stage) => {
      const page = await stage.person("auditor");
      await page.goto(`${stage.url}/assessments`);
      const assessments = await page.locator("td a[href^='/assessments/']").evaluateAll((all) => all.map((a) => a.href));
      for (const address of new Set(assessments)) {
        await page.goto(`${address}/answers`);
        if (page.url().endsWith("/answers")) break;
      }
      await page.getByText("See these answers through a law or framework").click();
      await page.locator("a[href$='/through/eu-ai-act']").click();
      const article = page.locator("section", { has: page.getByRole("heading", { name: /^Art\. 14 / }) });
      hold((await article.locator("li").count()) > 0, "answers that speak to it");
      await stage.keepsTo(page, "through the EU AI Act");
      await switchTo(page, "zh-Hant").click();
      hold(HAN.test(await article.locator("li a").first().innerText()), "the questions in Chinese");
      await stage.keepsTo(page, "the same in Chinese");
      await page.locator("main a[href='/crosswalks/eu-ai-act']").first().click();
      hold((await page.locator("main").innerText()).includes("read on 20"), "when each relation was read");
      await stage.keepsTo(page, "a framework");
      await page.setViewportSize(PHONE);
      await page.emulateMedia({ colorScheme: "dark" });
      await stage.keepsTo(page, "a framework, narrow and dark");
    },
  ],
];
