// Pages that are made for print fit the paper, without what only a screen needs.
import { hold } from "./stage.mjs";

/** The width of A4 between the margins that the style sheet sets, in CSS pixels: 210 mm less 14 mm on either side. */
const CONTENT = Math.floor(((210 - 2 * 14) / 25.4) * 96);
/** What leads elsewhere, or is pressed. */
const SCREEN = [".bar", ".side", ".skip", ".crumbs", ".tabs", ".toolbar", ".page-head__actions", ".pages__moves", ".button"];

/** The page as it is printed: how much wider than the paper it is and what of it, and what is left that only a screen needs. */
async function printed(page) {
  await page.emulateMedia({ media: "print" });
  await page.setViewportSize({ width: CONTENT, height: 1040 });
  return page.evaluate((screen) => {
    const wide = document.documentElement.clientWidth;
    const shown = (element) => element.checkVisibility() && element.getBoundingClientRect().width > 0;
    const names = (elements) => [...new Set(elements.map((one) => `${one.tagName.toLowerCase()}.${one.className?.baseVal ?? one.className}`))];
    const all = [...document.body.querySelectorAll("*")].filter((one) => shown(one) && !one.closest(".unseen, svg"));
    return {
      over: document.documentElement.scrollWidth - wide,
      wider: names(all.filter((one) => one.getBoundingClientRect().right > wide + 1)).slice(0, 5),
      left: names([...document.querySelectorAll(screen.join(","))].filter(shown)),
    };
  }, SCREEN);
}

export default [
  [
    "score, report, statement of applicability and decision fit the paper",
    async (stage) => {
      const page = await stage.person("analyst");
      await page.goto(`${stage.url}/portfolio`);
      const scored = page.locator("tbody tr").filter({ has: page.locator("a[href$='/decision']") }).first();
      const decision = (await scored.count())
        ? await scored.locator("a[href$='/decision']").getAttribute("href")
        : null;
      const vendor = await (decision ? scored : page.locator("tbody tr").first()).locator("a.table__link").getAttribute("href");
      await page.goto(stage.url + vendor);
      const score = await page.locator("a[href$='/score']").first().getAttribute("href");
      const use = await page.locator("a[href^='/engagements/'].table__link").first().getAttribute("href");
      const wrongs = [];
      for (const path of [score, `${vendor}/report`, `${vendor}/applicability`, decision ?? `${use}/decision`]) {
        await page.emulateMedia({ media: "screen" });
        const answer = await page.goto(stage.url + path);
        hold(answer.status() === 200, `${path}: ${answer.status()}`);
        const { over, wider, left } = await printed(page);
        if (over > 1 || wider.length > 0) wrongs.push(`${path}: ${over} px wider than A4: ${wider.join(", ")}`);
        if (left.length > 0) wrongs.push(`${path}: printed though it leads elsewhere: ${left.join(", ")}`);
        hold(await page.locator("h1").isVisible(), `${path}: says what it is`);
      }
      hold(wrongs.length === 0, wrongs.join("\n"));
    },
  ],
];
