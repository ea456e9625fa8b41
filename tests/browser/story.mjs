// One vendor from what is at stake to a finding that is closed, each step by whoever takes it.
import { hold, same } from "./stage.mjs";

const VENDOR = "Tallyhaven Analytics";
const USE = "Credit limits for small firms";
const INSIDE = "Legal hears of it before they do";
const TITLE = "Training on our data can be switched on without us";

/** The day so many days from now. */
const day = (ahead) => new Date(Date.now() + ahead * 86_400_000).toISOString().slice(0, 10);

/** A tab of the use. */
const tab = (page, name) => page.locator(".tabs").getByRole("link", { name, exact: true }).click();

/** Opens a fold by its words, where it is not open, and gives it. */
async function fold(page, words) {
  const found = page.locator("details", { has: page.locator("summary", { hasText: words }) }).first();
  if (!(await found.evaluate((one) => one.open))) await found.locator("summary").click();
  return found;
}

/** Takes a step with a finding: its form is in the fold of that name. */
async function step(page, words, fields = {}) {
  const form = await fold(page, words);
  for (const [name, value] of Object.entries(fields)) await form.locator(`[name="${name}"]`).first().fill(value);
  await form.getByRole("button", { name: words }).click();
  await page.getByRole("status").or(page.locator(".notice")).first().waitFor();
}

const found = (page, text) => page.getByText(text).first().waitFor();

export default [
  [
    "a vendor from inherent risk to approved with conditions to a finding closed",
    async (stage) => {
      const analyst = await stage.person("analyst");
      await analyst.goto(`${stage.url}/vendors`);
      await analyst.getByRole("link", { name: VENDOR }).click();
      const vendor = analyst.url();
      await analyst.getByRole("row", { name: USE }).last().getByRole("link", { name: USE }).click();
      const use = analyst.url();

      // What is at stake, and why the analyst sees more in it than the profile says.
      await tab(analyst, "Inherent risk");
      await analyst.locator("form[action$='/overrides'] [name=domain]").selectOption({ label: "Misinformation" });
      await analyst.locator("form[action$='/overrides'] [name=likelihood]").selectOption("3");
      await analyst.locator("form[action$='/overrides'] [name=reason]").fill("Limits are read by staff who cannot check them.");
      await analyst.getByRole("button", { name: "Record" }).click();
      await found(analyst, "Limits are read by staff who cannot check them.");
      await stage.keepsTo(analyst, "a number replaced");
      await tab(analyst, "EU AI Act");
      await analyst.getByRole("button", { name: "Confirm", exact: true }).click();
      await analyst.getByRole("heading", { name: "Confirmed", exact: true }).waitFor();
      await stage.keepsTo(analyst, "the tier confirmed");

      // The answers, one after the other, by keys.
      await analyst.goto(`${stage.url}/review`);
      await analyst.getByRole("link", { name: VENDOR }).click();
      await analyst.waitForURL(/\/review$/);
      const review = analyst.url();
      const figure = async () => Number(await analyst.locator("[data-figure=reviewed]").innerText());
      for (let n = 0; n < 3; n++) {
        const before = await figure();
        await analyst.keyboard.press("u");
        await analyst.keyboard.press("a");
        await analyst.waitForFunction((n) => Number(document.querySelector("[data-figure=reviewed]").textContent) > n, before);
      }
      // What the bar on top covers in part is no small target.
      await analyst.evaluate(() => scrollTo(0, 0));
      await stage.keepsTo(analyst, "the review");

      // The score, and what would move it.
      const score = review.replace(/review$/, "score");
      await analyst.goto(score);
      await analyst.getByRole("button", { name: "Store this score" }).click();
      await found(analyst, "Stored scores");
      await analyst.goto(score.replace(/score$/, "what-if"));
      await fold(analyst, "Our data, and the data behind the AI");
      await analyst.locator("select[name^='level/']:visible").first().selectOption({ index: 3 });
      await analyst.getByRole("button", { name: "See the move" }).click();
      await found(analyst, "What would move");
      await stage.keepsTo(analyst, "what if");

      // A finding, shown to the vendor.
      await analyst.goto(`${stage.url}/findings?group=all&text=train`);
      await analyst.getByRole("row", { name: VENDOR }).getByRole("link").first().click();
      await analyst.waitForURL(/\/findings\/[0-9a-f-]{36}$/);
      const finding = analyst.url();
      await step(analyst, "Raise it", { title: TITLE });
      await analyst.getByRole("heading", { name: TITLE }).waitFor();
      await analyst.locator("#words-note").fill(INSIDE);
      await analyst.locator("form:has(#words-note) button").click();
      await found(analyst, INSIDE);
      await stage.keepsTo(analyst, "a finding raised");

      // What a high-risk use does to people, by two; and the risk accepted by two.
      await analyst.goto(`${use}/impact`);
      const effect = (name) => analyst.locator(`[name="effects.0.${name}"]`);
      await analyst.locator("[name=process]").fill("Credit limits of firms with up to ten people");
      await analyst.locator("[name=period]").fill("Three years, about 900 limits a month");
      await effect("who").fill("Owners who vouch for their firm");
      await effect("what").fill("A limit that is too low, for reasons that nobody can name");
      await effect("severity").selectOption("3");
      await effect("likelihood").selectOption("2");
      await effect("measures").fill("A person decides where the limit falls by more than a fifth");
      await analyst.locator("[name='none.groups']").fill("Tested for region and trade; no difference above two points.");
      await analyst.locator("[name='none.society']").fill("A small share of the credit in the country.");
      await analyst.locator("[name=oversight]").fill("The head of lending, who can switch it off");
      await analyst.locator("[name=remedies]").fill("A second look within five days, by letter or mail");
      await analyst.getByRole("button", { name: "Write this version" }).click();
      await found(analyst, "Waits for approval");
      await stage.keepsTo(analyst, "an impact assessment that waits");
      await tab(analyst, "Accepted risk");
      await analyst.locator("form[action$='/acceptances'] [name=reason]").fill("Nobody else offers it this year; limits are checked by hand.");
      await analyst.locator("form[action$='/acceptances'] [name=conditions]").fill("No client file leaves the country.");
      await analyst.locator("form[action$='/acceptances'] [name=expires_on]").fill(day(90));
      await analyst.getByRole("button", { name: "Ask for it" }).click();
      await found(analyst, "Waits for 1 approval");
      await stage.keepsTo(analyst, "an acceptance that waits");

      const approver = await stage.person("approver");
      await approver.goto(`${use}/impact`);
      await approver.getByRole("button", { name: "Approve this version" }).click();
      await found(approver, "Approved");
      await tab(approver, "Accepted risk");
      await approver.getByRole("button", { name: "Approve", exact: true }).click();
      await found(approver, "In force");
      await stage.keepsTo(approver, "an acceptance in force");

      // Approved with a condition that names the finding.
      await tab(approver, "Decision");
      await approver.getByLabel("Approved with conditions").check();
      const condition = (name) => approver.locator(`[name="conditions.0.${name}"]`);
      await condition("what").fill("Training on our data is off, and stays off, by contract");
      await condition("due_on").fill(day(60));
      await condition("finding").selectOption({ label: TITLE });
      await condition("clause").check();
      await approver.getByRole("button", { name: "Record the decision" }).click();
      await found(approver, "computed again just now");
      await stage.keepsTo(approver, "a decision");
      const record = approver.getByRole("link", { name: "Download the record" }).first();
      const [file] = await Promise.all([approver.waitForEvent("download"), record.click()]);
      hold(file.suggestedFilename().endsWith(".json"), "the record is a file");

      // The vendor finds out why, says what it does, and does it.
      const procurement = await stage.person("procurement");
      await procurement.goto(review.replace(/\/review$/, ""));
      await procurement.locator("form[action$='/links'] button").click();
      const link = await procurement.locator("#link").inputValue();
      const contact = await stage.window();
      await contact.goto(link);
      await contact.locator("form[method=post] button").first().click();
      await contact.waitForURL(/\/portal\//);
      await contact.goto(contact.url().replace(/(\/portal\/[0-9a-f-]{36}).*/, "$1/findings"));
      await stage.keepsTo(contact, "what the buyer found");
      await contact.getByRole("link", { name: TITLE }).click();
      const plan = await fold(contact, "Hand in a plan");
      await plan.locator("[name=whys]").nth(0).fill("The switch stands on yes for new customers");
      await plan.locator("[name=whys]").nth(1).fill("Nobody decided what may be trained on");
      await step(contact, "Hand in a plan", {
        correction: "Training on your data is off since today",
        "actions.0.what": "A rule that new customers are opted out",
        "actions.0.due_on": day(20),
      });
      await found(contact, "A rule that new customers are opted out");
      await stage.keepsTo(contact, "the vendor's plan");
      await analyst.goto(finding);
      await step(analyst, "Agree to the plan");
      await contact.reload();
      const action = await fold(contact, "Report an action done");
      await action.locator("[name=action]").selectOption({ index: 1 }).catch(() => {});
      await action.locator("[name=file]").setInputFiles({
        name: "rule.txt",
        mimeType: "text/plain",
        buffer: Buffer.from("New customers are opted out of training. In force since today."),
      });
      await step(contact, "Report an action done", { note: "The rule is in force" });
      await found(contact, "rule.txt");
      await step(contact, "Report it all done", { note: "Switch and rule are both in place" });
      await stage.keepsTo(contact, "all done, the vendor says");
      const theirs = await contact.locator("main").innerText();
      hold(!theirs.includes(INSIDE), "nothing internal is there");

      // Somebody else looks whether it helped, and closes it.
      await analyst.goto(finding);
      await step(analyst, "Verify that it helped", { note: "Tried it with a new account" });
      await stage.keepsTo(analyst, "a finding verified");
      await procurement.goto(finding);
      await step(procurement, "Close it", { note: "Closed with the contract" });
      await found(procurement, "Closed");
      await stage.keepsTo(procurement, "a finding closed");
      await contact.reload();
      same(await contact.locator("details form").count(), 0, "steps that are left for the vendor");

      // The condition: its clause is signed, and only then it is met.
      await analyst.goto(`${use}/decision`);
      for (const clause of ["Clause: Proposed", "Clause: Agreed", "Clause: Signed"]) {
        await analyst.getByRole("button", { name: clause }).click();
        await analyst.getByRole("button", { name: clause }).waitFor({ state: "detached" });
      }
      await analyst.locator("#followed [name=note]").first().fill("Annex 3 of the contract");
      await analyst.getByRole("button", { name: "It is met" }).click();
      await found(analyst, "Met");
      await stage.keepsTo(analyst, "a condition met");
      stage.story = { use, vendor, finding, score, review, contact: await contact.context().storageState(), portal: contact.url() };
      await analyst.goto(`${vendor}/report`);
      await stage.keepsTo(analyst, "the report");
      await found(analyst, "Approved with conditions");
    },
  ],
];
