// A questionnaire is written from nothing: sections, questions, a condition, a translation; published, and sent.
import { ask } from "./desk.mjs";
import { PHONE, hold, same } from "./stage.mjs";

const CHINESE = {
  "Policy": "政策",
  "Operation": "運作",
  "Is there a signed policy for AI?": "是否有經簽署的人工智能政策？",
  "Yes": "有",
  "No": "沒有",
  "After how many days is the policy reviewed?": "政策在多少天後檢討？",
  "days": "天",
  "Which AI features does the product have?": "產品有哪些人工智能功能？",
  "Feature": "功能",
  "Who watches the features in operation?": "功能運作時由誰監察？",
};

/** What every page keeps to, seen from its top: a fragment leaves buttons half under the bar. */
async function keepsTo(stage, page, what) {
  await page.evaluate(() => scrollTo(0, 0));
  await stage.keepsTo(page, what);
}

/** Adds a question at the end of a section of the outline; its own page opens. */
async function add(page, section, id, kind, text) {
  const form = page.locator(`#s-${section} form.draft__add`);
  await form.locator("[name=text]").fill(text);
  await form.locator("[name=id]").fill(id);
  await form.locator("[name=kind]").selectOption(kind);
  await form.getByRole("button", { name: "Add question" }).click();
  await page.waitForURL(new RegExp(`/questions/${id}$`));
}

const save = async (page) => {
  await page.getByRole("button", { name: "Save", exact: true }).last().click();
  await page.getByText("Saved.").waitFor();
};

/** Waits until the questions stand in this order. */
const ordered = (page, ids) =>
  page.waitForFunction(
    (ids) => [...document.querySelectorAll("[data-question]")].map((row) => row.dataset.question).join(" ") === ids,
    ids,
  );

async function written(stage) {
  const page = await stage.person("administrator");
  await page.goto(`${stage.url}/templates`);
  await page.getByRole("link", { name: "Write a questionnaire" }).click();
  await page.locator("#title").fill("Supplier basics");
  await page.locator("#key").fill("No Blanks");
  await page.getByRole("button", { name: "Begin" }).click();
  await page.locator(".errors").waitFor();
  same(await page.locator("#title").inputValue(), "Supplier basics", "what was typed");
  await page.locator("#key").fill("supplier-basics");
  await keepsTo(stage, page, "a refused beginning");
  await page.getByRole("button", { name: "Begin" }).click();
  await page.waitForURL(/\/templates\/drafts\/[0-9a-f-]{36}$/);
  const draft = page.url();
  await keepsTo(stage, page, "a draft with nothing in it");
  for (const title of ["Policy", "Operation"]) {
    await page.getByLabel("Heading of a new section").fill(title);
    await page.getByRole("button", { name: "Add section" }).click();
    await page.getByRole("link", { name: title, exact: true }).waitFor();
  }
  return [page, draft];
}

/** The choice, with a value that cannot be: seen while it is typed, and mended. */
async function choice(stage, page) {
  await add(page, "S-1", "POL-1", "single", "Is there a signed policy for AI?");
  const findings = page.locator("[data-findings]");
  await findings.getByText("at least two options").waitFor();
  for (const [n, label, id, value] of [[0, "Yes", "yes", "10"], [1, "No", "no", "0"]]) {
    await page.getByRole("button", { name: "Add an option" }).click();
    await page.locator(`[name="option:${n}:label:en"]`).fill(label);
    await page.locator(`[name="option:${n}:id"]`).fill(id);
    await page.locator(`[name="option:${n}:value"]`).fill(value);
  }
  // What is wrong stands beside the form before anything is saved.
  await findings.getByText(/between 0 and 1/).waitFor();
  await page.locator('[name="option:0:value"]').fill("1");
  await findings.getByText("No problems").waitFor();
  await page.locator("[name=weight]").fill("3");
  await page.locator("[name=weight_reason]").fill("An auditor asks for it first.");
  await save(page);
  await keepsTo(stage, page, "a choice");
}

/** A number that is asked only after “yes”, with a condition that names no option at first. */
async function number(stage, page, draft) {
  await page.goto(draft);
  await add(page, "S-1", "POL-2", "number", "After how many days is the policy reviewed?");
  await page.locator('[name="unit:en"]').fill("days");
  await page.locator("[name=show_if]").fill("{POL-1} = 'maybe'");
  const findings = page.locator("[data-findings]");
  await findings.getByText("which is no option there").waitFor();
  await page.getByRole("button", { name: "Save", exact: true }).last().click();
  await page.locator(".errors").waitFor();
  same(await page.locator("[name=show_if]").inputValue(), "{POL-1} = 'maybe'", "the refused condition");
  await keepsTo(stage, page, "a refused condition");
  await page.locator("[name=show_if]").fill("{POL-1} = 'yes'");
  await findings.getByText("No problems").waitFor();
  await save(page);
}

async function others(stage, page, draft) {
  await page.goto(draft);
  await add(page, "S-2", "OPS-1", "table", "Which AI features does the product have?");
  await page.getByRole("button", { name: "Add a column" }).click();
  await page.locator("summary", { hasText: "Column 1" }).waitFor();
  if (!(await page.locator('[name="column:0:id"]').isVisible())) await page.locator("summary", { hasText: "Column 1" }).click();
  await page.locator('[name="column:0:id"]').fill("feature");
  await page.locator('[name="column:0:label:en"]').fill("Feature");
  await save(page);
  await keepsTo(stage, page, "a table");
  await page.goto(draft);
  await add(page, "S-2", "OPS-2", "long_text", "Who watches them?");
}

/** Words edited in the outline; the order by keyboard and by hand. */
async function arranged(stage, page, draft) {
  await page.goto(draft);
  await page.getByRole("link", { name: "Edit the words of OPS-2 here" }).click();
  const row = page.locator("#q-OPS-2");
  await row.locator("textarea").fill("Who watches the features in operation?");
  await keepsTo(stage, page, "words edited in the outline");
  await row.getByRole("button", { name: "Save" }).click();
  await row.getByRole("link", { name: "Who watches the features in operation?" }).waitFor();
  await ordered(page, "POL-1 POL-2 OPS-1 OPS-2");

  const up = page.getByRole("button", { name: "Move OPS-2 up" });
  await up.focus();
  await page.keyboard.press("Enter");
  await ordered(page, "POL-1 POL-2 OPS-2 OPS-1");
  // Whoever works by keyboard stands at the same button again.
  await page.waitForFunction(() => document.activeElement?.value === "up OPS-2");
  await page.locator("#q-OPS-1 .draft__n").dragTo(page.locator("#q-OPS-2 .draft__n"));
  await ordered(page, "POL-1 POL-2 OPS-1 OPS-2");
  await keepsTo(stage, page, "an outline");
}

async function translated(stage, page, draft) {
  await page.goto(`${draft}/about`);
  await page.locator('[name="summary:en"]').fill("Where we begin.");
  await page.locator("#languages").fill("en, zh-Hant");
  await save(page);
  await page.locator("[data-draft] .badge--warn").first().waitFor();
  await page.getByRole("link", { name: "Translate", exact: true }).click();
  await keepsTo(stage, page, "nothing translated yet");
  for (let left = 2; left > 0; left -= 1) {
    for (const pair of await page.locator(".draft__pair--missing").all()) {
      const original = (await pair.locator(".draft__original").innerText()).trim();
      hold(CHINESE[original], `“${original}” is nothing that was written`);
      await pair.locator("textarea").fill(CHINESE[original]);
    }
    await page.getByRole("button", { name: left > 1 ? "Save and go to the next section" : "Save", exact: true }).click();
    await page.getByText("Saved.").waitFor();
  }
  same(await page.locator(".draft__pair--missing").count(), 0, "texts that are missing");
  await keepsTo(stage, page, "a translated section");
  // The title and the summary still lack it: that is told, and leads to where it is mended.
  await page.goto(draft);
  await page.locator("aside").getByRole("link", { name: "The questionnaire" }).first().click();
  await page.locator('[name="title:zh-Hant"]').fill("供應商基本資料");
  await page.locator('[name="summary:zh-Hant"]').fill("由此開始。");
  await save(page);
  await page.getByText("It can be published as it is.").waitFor();
}

async function previewed(stage, page, draft) {
  await page.goto(draft);
  await page.getByRole("link", { name: "Preview", exact: true }).click();
  await page.locator("#q-POL-1").getByLabel("No", { exact: true }).check();
  await page.getByRole("button", { name: "Try these answers" }).last().click();
  await page.getByText("Not asked, because of the answer to question 1 (POL-1).").waitFor();
  await keepsTo(stage, page, "a preview with a hidden question");
  await page.getByRole("button", { name: "zh-Hant" }).click();
  await page.getByRole("heading", { level: 1, name: "供應商基本資料" }).waitFor();
  hold(await page.locator("#q-POL-1").getByLabel("沒有").isChecked(), "the sample answer stays");
  await page.locator("#q-POL-1").getByLabel("有", { exact: true }).check();
  await page.getByRole("button", { name: "Try these answers" }).last().click();
  await page.locator("#q-POL-2").getByText("政策在多少天後檢討？").waitFor();
  same(await page.locator(".draft__hidden").count(), 0, "hidden questions");
  await keepsTo(stage, page, "a preview in Chinese");
}

async function published(stage, page, draft) {
  await page.goto(`${draft}/publish`);
  await page.getByRole("button", { name: "Publish this version" }).click();
  await page.locator(".errors").waitFor();
  await page.locator("#note").fill("The first version.");
  await keepsTo(stage, page, "publishing");
  await page.getByRole("button", { name: "Publish this version" }).click();
  await page.waitForURL(/\/templates\/versions\/[0-9a-f-]{36}$/);
  await page.getByText("The first version.").waitFor();
  await keepsTo(stage, page, "a published version");
  return page.url().split("/").pop();
}

export default [
  [
    "a questionnaire is written from nothing, published and sent",
    async (stage) => {
      const [page, draft] = await written(stage);
      await choice(stage, page);
      await number(stage, page, draft);
      await others(stage, page, draft);
      await arranged(stage, page, draft);
      await translated(stage, page, draft);
      await previewed(stage, page, draft);
      const version = await published(stage, page, draft);
      await ask(stage, {}, "Wide World Importers", version);
    },
  ],
  [
    "the editor's pages fit a telephone, in the dark",
    async (stage) => {
      const page = await stage.person("administrator", { viewport: PHONE, colorScheme: "dark" });
      await page.goto(`${stage.url}/templates`);
      const rows = page.locator("table[data-keys] tbody tr");
      await rows.first().locator("td").last().getByRole("link").click();
      await page.getByRole("button", { name: /Write the next version|Go on writing/ }).click();
      await page.waitForURL(/\/templates\/drafts\//);
      const draft = page.url();
      await keepsTo(stage, page, "an outline");
      const section = await page.locator("[data-section]").first().getAttribute("data-section");
      const question = await page.locator("[data-question]").first().getAttribute("data-question");
      const paths = ["about", "preview", "publish", "discard", `sections/${section}`, `sections/${section}/translate`];
      for (const path of [...paths, `questions/${question}`, `questions/${question}/remove`]) {
        await page.goto(`${draft}/${path}`);
        await keepsTo(stage, page, path);
      }
    },
  ],
];
