// The vendor asks colleagues in: for some questions by a copied link, and for the signature.
import { hold, same } from "./stage.mjs";

const fill = async (form, name, email) => {
  await form.locator("input[name=name]").fill(name);
  await form.locator("input[name=email]").fill(email);
};

export default [
  [
    "a section is handed to a colleague, who answers it and sees nothing else",
    async (stage) => {
      const page = await stage.vendor("sent");
      const base = page.url();
      await page.locator("a[href*='/sections/']").first().click();
      await page.locator("a[href*='/colleagues?section=']").click();
      await stage.keepsTo(page, "colleagues");
      const form = page.locator("form[action$='/colleagues']");
      same(await form.locator("input[name=section]:checked").count(), 1, "the section is chosen already");
      await form.locator("button").last().click();
      await page.locator(".errors").waitFor();
      await stage.keepsTo(page, "refused for want of a name");
      await fill(form, "Lee Colleague", "lee@colleague.example");
      await form.locator("input[name=way][value=copy]").check();
      await form.locator("button").last().click();
      const link = await page.locator("#link").inputValue();
      await stage.keepsTo(page, "the link");

      const colleague = await stage.window();
      await colleague.goto(link);
      await colleague.locator("form[method=post] button").first().click();
      await colleague.waitForURL(/\/portal\//);
      same(await colleague.locator("a[href$='/submit']").count(), 0, "nothing to submit");
      same(await colleague.locator("a[href$='/workbook']").count(), 0, "no workbook");
      same(await colleague.locator(".tasks li").count(), 1, "sections");
      await stage.keepsTo(colleague, "the colleague's overview");
      await colleague.locator("a[href*='/sections/']").first().click();
      await colleague.locator("input[name^='answer:']:visible, textarea[name^='answer:']:visible").first().waitFor();
      await stage.keepsTo(colleague, "the colleague's section");

      await page.goto(`${base}/colleagues`);
      hold((await page.locator("main").innerText()).includes("lee@colleague.example"), "who was asked in is shown");
      await page.setViewportSize({ width: 390, height: 844 });
      await stage.keepsTo(page, "who was asked in, on a phone");
      await page.locator("form[action$='/take-back'] button").first().click();
      await colleague.reload();
      hold(/open the link/i.test(await colleague.locator("h1").innerText()), "the link has ended");
      colleague.wrongs.splice(0);
    },
  ],
  [
    "without script a signatory is named, and nobody else is offered to submit",
    async (stage) => {
      const page = await stage.vendor("returned", { javaScriptEnabled: false });
      const base = page.url();
      await page.goto(`${base}/colleagues`);
      await page.locator("details:has(form[action$='/signatory']) summary").click();
      const form = page.locator("form[action$='/signatory']");
      await fill(form, "Chris Chief", "chris@chief.example");
      await form.locator("button").click();
      hold((await page.locator("main").innerText()).includes("Chris Chief signs"), "it says who signs");
      await page.goto(`${base}/submit`);
      same(await page.locator("input[name=confirmed]").count(), 0, "nobody else attests");
      await page.goto(`${base}/colleagues`);
      await page.locator("form[action$='/take-back'] button").last().click();
      await page.goto(`${base}/submit`);
    },
  ],
];
