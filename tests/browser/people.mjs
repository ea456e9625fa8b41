// Inviting, accepting, signing in by mail: with script and without.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { hold, same } from "./stage.mjs";

/** The newest link below a path in the mails to an address. */
async function mailed(stage, address, path) {
  for (let n = 0; n < 200; n += 1) {
    const mails = readdirSync(stage.demo.mails).filter((name) => name.endsWith(".eml")).sort().reverse();
    for (const name of mails) {
      const mail = readFileSync(join(stage.demo.mails, name), "utf8").replace(/=\r?\n/g, "");
      const link = mail.match(new RegExp(`http://[^\\s"<>]*${path}[\\w-]+`));
      if (mail.includes(address) && link) return link[0];
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`no mail to ${address} with a link below ${path}`);
}

async function journey(stage, options) {
  const address = `lena.${options.javaScriptEnabled ? "with" : "without"}@larkfieldstowe.example`;
  const administrator = await stage.person("administrator", options);
  await administrator.goto(`${stage.url}/people/invitations`);
  await administrator.getByLabel("Name").fill("Lena Voss");
  await administrator.getByLabel("E-mail address").fill(address);
  await administrator.getByLabel("Risk analyst").check();
  await administrator.getByRole("button", { name: "Send invitation" }).click();
  await administrator.getByText(`An invitation is on its way to ${address}`).waitFor();
  const invitation = await mailed(stage, address, "/join/");

  // Opened by somebody else: refused, with a way out.
  await administrator.goto(invitation);
  same(await administrator.locator("h1").innerText(), "This invitation is for somebody else", "opened by another");

  const invited = await stage.window(options);
  await invited.goto(invitation);
  hold((await invited.getByText("Risk analyst").count()) > 0, "it says as what");
  await invited.getByRole("button", { name: "Accept and sign in" }).click();
  await invited.waitForURL(/\/assessments/);
  await invited.locator(".who > summary").click();
  await invited.locator(".who__menu").getByRole("button", { name: "Sign out" }).click();
  await invited.waitForURL(/\/sign-in$/);

  await invited.getByLabel("E-mail address").fill(address);
  await invited.getByRole("button", { name: "Mail me a sign-in link" }).click();
  await invited.waitForURL(/\/sign-in\/sent/);
  const link = await mailed(stage, address, "/sign-in/");
  const elsewhere = await stage.window(options);
  await elsewhere.goto(link);
  same(await elsewhere.locator("h1").innerText(), "This link belongs to another browser", "opened elsewhere");
  if (options.javaScriptEnabled) await stage.keepsTo(elsewhere, "another browser");
  await invited.goto(link);
  await invited.getByRole("button", { name: "Sign in" }).click();
  await invited.waitForURL(/\/assessments/);
  await invited.goto(`${stage.url}/account`);
  hold((await invited.getByText("Verified", { exact: true }).count()) === 1, "the address is verified");
  same(await invited.getByText("This one").count(), 1, "sessions marked as this one");
  if (options.javaScriptEnabled) await stage.keepsTo(invited, "an account with everything in reach");
}

export default [
  ["invited, joined, signed in by mail", (stage) => journey(stage, { javaScriptEnabled: true })],
  ["invited, joined, signed in by mail, without script", (stage) => journey(stage, { javaScriptEnabled: false })],
];
