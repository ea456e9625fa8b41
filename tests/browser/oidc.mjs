// People sign in at an OpenID provider: a real one, in a process beside the demo.
import { fork } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { hold, same } from "./stage.mjs";

const DOMAIN = "contoso.example";
const staff = (name, more = {}) => ({ name, email: `${name.split(" ")[0].toLowerCase()}@${DOMAIN}`, email_verified: true, groups: ["risk"], ...more });

const ACCOUNTS = {
  rhea: staff("Rhea Risk"),
  theo: staff("Theo Tabs"),
  nora: staff("Nora Nonce"),
  rita: staff("Rita Replay"),
  kai: staff("Kai Keys"),
  dora: staff("Dora Down"),
  dirk: staff("Dirk Disabled"),
  gero: staff("Gero Groups", { groups: "risk" }),
  hans: staff("Hans Token"),
  ella: staff("Ella Elsewhere"),
  carl: staff("Carl Clock"),
  olga: staff("Olga Old"),
  una: staff("Una Unverified", { email_verified: false }),
  uwe: staff("Uwe Untold", { email_verified: undefined }),
  mia: staff("Mia Missing", { email: undefined }),
  tom: staff("Tom Typed", { email: 7 }),
  vera: staff("Vera Verified", { email_verified: "true" }),
  gil: staff("Gil Groups", { groups: 7 }),
  gus: staff("Gus Groups", { groups: ["risk", 7] }),
  nils: staff("Nils Nothing", { groups: ["canteen"] }),
  nina: staff("Nina None", { groups: undefined }),
  fay: staff("Fay Foreign", { email: "fay@fabrikam.example" }),
};

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** A provider that can be stopped and started: each time it has new keys and remembers nobody. */
class Provider {
  constructor(modules, port, redirect, settings) {
    Object.assign(this, { modules, port, redirect, settings });
    this.issuer = `http://localhost:${port}`;
  }

  async start(settings = {}) {
    const { modules, port, redirect } = this;
    const all = { modules, port, redirect, seconds: 600, ahead: 0, inToken: false, accounts: ACCOUNTS, ...this.settings, ...settings };
    this.child = fork(fileURLToPath(new URL("./provider.mjs", import.meta.url)), { stdio: ["ignore", "ignore", "pipe", "ipc"] });
    let log = "";
    this.child.stderr.on("data", (text) => (log += text));
    this.ended = new Promise((resolve) => this.child.once("exit", resolve));
    await new Promise((resolve, reject) => {
      this.child.once("message", resolve);
      this.child.once("exit", () => reject(new Error(`the provider did not start: ${log}`)));
      this.child.send(all);
    });
    return this;
  }

  async stop() {
    if (!this.child) return;
    this.child.kill("SIGTERM");
    await this.ended;
    this.child = undefined;
  }
}

const heading = (page) => page.getByRole("heading", { level: 1 }).innerText();

/** Has the administrator add a provider; gives the address where signing in there begins. */
async function add(page, stage, provider, values = {}) {
  await page.goto(`${stage.url}/providers/new`);
  const all = { name: "Contoso", issuer: provider.issuer, client_id: "candor", client_secret: "a-secret-of-the-tests",
    roles_claim: "groups", role_map: "risk = analyst\nbuyers = procurement", ...values };
  for (const [name, value] of Object.entries(all)) await page.locator(`main [name="${name}"]`).fill(value);
  await page.locator("main form[action='/providers/new'] .form__actions button").click();
  await page.waitForURL(/\/providers\/[0-9a-f-]{36}$/);
  return page.url();
}

async function newProvider(stage, settings) {
  const provider = new Provider(stage.modules, await freePort(), `${stage.url}/sign-in/callback`, settings);
  stage.atEnd.push(() => provider.stop());
  return provider.start();
}

/** The provider that most tests use, set up once: by the administrator, on pages. */
async function contoso(stage) {
  if (stage.contoso) return stage.contoso;
  const provider = await newProvider(stage, {});
  const page = await stage.person("administrator");
  const settings = await add(page, stage, provider);
  return (stage.contoso = { provider, settings, start: `/sign-in/provider/${settings.split("/").pop()}` });
}

/** Mails that were written to an address. */
const mailsTo = (stage, address) =>
  readdirSync(stage.demo.mails)
    .map((name) => readFileSync(join(stage.demo.mails, name), "utf8"))
    .filter((mail) => mail.includes(`<${address}>`) || mail.includes(`To: ${address}`));

async function mailTo(stage, address) {
  const until = Date.now() + 15_000;
  for (;;) {
    const [mail] = mailsTo(stage, address);
    if (mail) return mail.replace(/=\r?\n/g, "").replace(/=3D/g, "=");
    if (Date.now() > until) throw new Error(`no mail to ${address}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Proves the domain once: by the mail that goes to its postmaster. */
async function proved(stage) {
  if (stage.isProved) return;
  stage.isProved = true;
  const page = await stage.person("administrator");
  await page.goto(`${stage.url}/providers`);
  await page.locator("main [name=domain]").fill(DOMAIN);
  await page.getByRole("button", { name: "Add the domain" }).click();
  const row = page.locator("tr", { hasText: DOMAIN });
  await row.getByRole("button", { name: /^Send/ }).click();
  await page.getByText(`A link goes to postmaster@${DOMAIN}`).waitFor();
  const mail = await mailTo(stage, `postmaster@${DOMAIN}`);
  const link = mail.match(/http:\/\/[^\s"<>]+\/domains\/prove\/[\w-]+/)[0];
  const postmaster = await stage.window();
  await postmaster.goto(link);
  await stage.keepsTo(postmaster, "a proof link");
  await postmaster.goto(link);
  await postmaster.getByRole("button", { name: "Confirm" }).click();
  same(await heading(postmaster), `${DOMAIN} is proved`, "the proof");
  await postmaster.goto(link);
  same(await heading(postmaster), "This link does not work any more", "used once");
  await page.reload();
  hold((await row.innerText()).includes("Proved"), "the list says so");
}

/** Goes to the provider and signs in there, as far as its form; `login` names the account. */
async function login(page, name) {
  await page.waitForURL(/\/interaction\//);
  await page.locator("[name=login]").fill(name);
  await page.locator("[name=password]").fill("any");
  await page.getByRole("button", { name: "Sign-in" }).click();
}

async function consent(page) {
  await page.getByRole("button", { name: "Continue" }).click();
}

/** The whole way there and back. */
async function signIn(stage, page, start, name) {
  await page.goto(stage.url + start);
  await login(page, name);
  await consent(page);
  await page.waitForURL((address) => address.href.startsWith(stage.url));
}

/** Somebody is refused, and told so in these words. */
async function refused(stage, page, title, ...words) {
  await page.waitForURL((address) => address.href.startsWith(stage.url));
  same(await heading(page), title, "the refusal");
  const text = await page.locator("main").innerText();
  for (const word of words) hold(text.includes(word), `it says ${word}: ${text}`);
  await stage.keepsTo(page, "a refusal");
  const inside = await page.context().request.get(`${stage.url}/vendors`, { maxRedirects: 0 });
  hold(inside.status() !== 200, "nobody is signed in");
}

async function is(page, stage, person, role) {
  const text = await page.locator("header").first().innerText();
  hold(text.includes(person), `${person} is signed in: ${text}`);
  if (role) hold(text.includes(role), `as ${role}: ${text}`);
}

/** Follows the provider's redirects as far as its answer, which is given instead of sent. */
async function follow(page, stage, answer) {
  for (;;) {
    const { location } = answer.headers();
    if (!location) throw new Error(`${answer.url()} answers ${answer.status()} and leads nowhere`);
    if (location.startsWith(stage.url)) return location;
    const next = new URL(location, answer.url()).href;
    answer = await page.context().request.get(next, { maxRedirects: 0 });
  }
}

/** Signs in at the provider, and gives the address of its answer instead of going there. */
async function answerFor(page, stage, start, name) {
  await page.goto(stage.url + start);
  await login(page, name);
  await page.getByRole("button", { name: "Continue" }).waitFor();
  const action = await page.locator("form").first().evaluate((form) => form.action);
  const sent = { form: { prompt: "consent" }, maxRedirects: 0 };
  return follow(page, stage, await page.context().request.post(action, sent));
}

/** The same for somebody whom the provider knows from before. */
async function nextAnswer(page, stage, start) {
  const onward = await page.context().request.get(stage.url + start);
  const there = onward.headers().refresh.split("url=")[1];
  return follow(page, stage, await page.context().request.get(there, { maxRedirects: 0 }));
}

const claims = [
  ["una", "Your e-mail address is not verified", `una@${DOMAIN}`],
  ["uwe", "Your e-mail address is not verified", "email_verified"],
  ["mia", "Contoso does not say your e-mail address", "email"],
  ["tom", "Contoso says something that cannot be read", "“email” is a number, where text is expected"],
  ["vera", "Contoso says something that cannot be read", "“email_verified” is text, where true or false is expected"],
  ["gil", "Contoso says something that cannot be read", "“groups” is a number, where text, or a list of texts is expected"],
  ["gus", "Contoso says something that cannot be read", "“groups” is a number"],
  ["nils", "There is no role for you here", "groups"],
  ["nina", "There is no role for you here", "administrator"],
  ["fay", "Contoso may not vouch for your address", "fabrikam.example"],
];

/** Out by the menu behind one's name. */
async function signOut(page) {
  await page.locator(".who > summary").click();
  await page.locator(".who__menu").getByRole("button", { name: "Sign out" }).click();
}

export default [
  [
    "a mail domain is proved by the mail to its postmaster, once",
    async (stage) => {
      await proved(stage);
      const page = await stage.person("administrator");
      await page.goto(`${stage.url}/providers`);
      await stage.keepsTo(page, "providers");
    },
  ],
  [
    "a provider is set up, tried, and its secret is never shown again",
    async (stage) => {
      const { settings } = await contoso(stage);
      const page = await stage.person("administrator");
      await page.goto(settings);
      same(await page.locator("[name=client_secret]").inputValue(), "", "the secret");
      hold(!(await page.content()).includes("a-secret-of-the-tests"), "the secret is nowhere on the page");
      await page.getByRole("button", { name: "Try it" }).click();
      await page.getByText("The provider answers").waitFor();
      await stage.keepsTo(page, "a provider");
    },
  ],
  [
    "a first sign-in makes a member with the mapped role, and leads where one wanted to go",
    async (stage) => {
      await proved(stage);
      const { start } = await contoso(stage);
      const page = await stage.window();
      await signIn(stage, page, `${start}?return_to=${encodeURIComponent("/vendors?q=a")}&email=rhea@${DOMAIN}`, "rhea");
      same(page.url(), `${stage.url}/vendors?q=a`, "where it leads");
      await is(page, stage, "Rhea Risk", "Risk analyst");
    },
  ],
  [
    "a return visit asks nothing; signing out is offered at the provider, too",
    async (stage) => {
      const { start, provider } = await contoso(stage);
      const page = await stage.window();
      await signIn(stage, page, start, "ella");
      await signOut(page);
      await page.waitForURL(`${stage.url}/signed-out`);
      await stage.keepsTo(page, "signed out");
      await page.goto(stage.url + start);
      await page.waitForURL(`${stage.url}/assessments`);
      await is(page, stage, "Ella Elsewhere");
      await signOut(page);
      await page.getByRole("link", { name: "Sign out at Contoso too" }).click();
      await page.waitForURL((address) => address.href.startsWith(`${provider.issuer}/session/end`));
      await page.getByRole("button", { name: /yes, sign me out/i }).click();
      await page.waitForURL(/\/session\/end\/success/);
      await page.goto(stage.url + start);
      await page.waitForURL(/\/interaction\//);
    },
  ],
  [
    "after signing in nobody is sent to another host",
    async (stage) => {
      const { start } = await contoso(stage);
      const page = await stage.window();
      await signIn(stage, page, `${start}?return_to=${encodeURIComponent("https://evil.example/")}`, "rhea");
      same(page.url(), `${stage.url}/assessments`, "a whole address");
      for (const path of ["//evil.example/", "/\\evil.example/", "/\t/evil.example/", "javascript:alert(1)", "evil.example"]) {
        await page.goto(`${stage.url}${start}?return_to=${encodeURIComponent(path)}`);
        await page.waitForURL(`${stage.url}/assessments`);
      }
    },
  ],
  [
    "two tabs sign in at once, and both arrive",
    async (stage) => {
      const { start } = await contoso(stage);
      const one = await stage.window();
      const other = await one.context().newPage();
      await Promise.all([
        one.goto(`${stage.url}${start}?return_to=/vendors`),
        one.waitForURL(/\/interaction\//),
      ]);
      await Promise.all([
        other.goto(`${stage.url}${start}?return_to=/register`),
        other.waitForURL(/\/interaction\//),
      ]);
      await login(one, "theo");
      await consent(one);
      await one.waitForURL(`${stage.url}/vendors`);
      await login(other, "theo");
      await other.waitForURL((address) => address.href.startsWith(stage.url) || /consent|interaction/.test(address.href));
      if (!other.url().startsWith(stage.url)) await consent(other);
      await other.waitForURL(`${stage.url}/register`);
      await one.reload();
      await is(one, stage, "Theo Tabs");
    },
  ],
  [
    "an ID token made for another sign-in is refused",
    async (stage) => {
      const { start, provider } = await contoso(stage);
      const page = await stage.window();
      await page.route(`${provider.issuer}/auth?*`, (route) => {
        const url = new URL(route.request().url());
        if (url.searchParams.get("nonce") === "of-another-sign-in") return route.continue();
        url.searchParams.set("nonce", "of-another-sign-in");
        return route.fulfill({ status: 302, headers: { location: url.href } });
      });
      await signIn(stage, page, start, "nora");
      await refused(stage, page, "This answer belongs to another sign-in", "You were not signed in");
    },
  ],
  [
    "an answer that was used, another browser's, and a used code are refused",
    async (stage) => {
      const { start } = await contoso(stage);
      const page = await stage.window();
      const answer = await answerFor(page, stage, start, "rita");
      const thief = await stage.window();
      await thief.goto(answer);
      await refused(stage, thief, "This sign-in cannot be ended here", "another browser");
      await page.goto(answer);
      await page.waitForURL(`${stage.url}/assessments`);
      const again = await page.context().newPage();
      again.wrongs = [];
      await again.goto(answer);
      same(await heading(again), "This sign-in cannot be ended here", "the same state again");
      await again.close();
      // The used code with the state of a sign-in that is under way.
      const fresh = new URL(await nextAnswer(page, stage, start));
      fresh.searchParams.set("code", new URL(answer).searchParams.get("code"));
      await page.context().clearCookies({ name: "candor" });
      await page.goto(fresh.href);
      await refused(stage, page, "This sign-in does not count any more", "used already");
    },
  ],
  [
    "an answer of another provider is refused",
    async (stage) => {
      const { start } = await contoso(stage);
      const page = await stage.window();
      const answer = new URL(await answerFor(page, stage, start, "olga"));
      answer.searchParams.set("iss", "https://evil.example");
      await page.goto(answer.href);
      await refused(stage, page, "The answer of Contoso cannot be used");
    },
  ],
  ...claims.map(([name, title, ...words]) => [
    `claims that do not do: ${ACCOUNTS[name].name}`,
    async (stage) => {
      await proved(stage);
      const { start } = await contoso(stage);
      const page = await stage.window();
      await signIn(stage, page, start, name);
      await refused(stage, page, title, ...words);
    },
  ]),
  [
    "claims in the ID token itself are read, and refused by their place where they are of the wrong type",
    async (stage) => {
      await proved(stage);
      const provider = await newProvider(stage, { inToken: true });
      const settings = await add(await stage.person("administrator"), stage, provider, { name: "Contoso" });
      const start = `/sign-in/provider/${settings.split("/").pop()}`;
      await signIn(stage, await stage.window(), start, "hans");
      for (const [name, title, word] of claims.filter(([name]) => ["tom", "vera", "gus"].includes(name))) {
        const page = await stage.window();
        await signIn(stage, page, start, name);
        await refused(stage, page, title, word);
      }
    },
  ],
  [
    "roles follow the provider at the next sign-in",
    async (stage) => {
      await proved(stage);
      const { start, provider } = await contoso(stage);
      const page = await stage.window();
      await signIn(stage, page, start, "gero");
      await is(page, stage, "Gero Groups", "Risk analyst");
      await provider.stop();
      await provider.start({ accounts: { ...ACCOUNTS, gero: { ...ACCOUNTS.gero, groups: ["buyers"] } } });
      const later = await stage.window();
      await signIn(stage, later, start, "gero");
      await is(later, stage, "Gero Groups", "Procurement");
      await page.reload();
      await is(page, stage, "Gero Groups", "Procurement");
      await provider.stop();
      await provider.start();
    },
  ],
  [
    "an address that went to another account at the provider does not open the first one's",
    async (stage) => {
      await proved(stage);
      const { start, provider } = await contoso(stage);
      await signIn(stage, await stage.window(), start, "rhea");
      await provider.stop();
      await provider.start({ accounts: { impostor: ACCOUNTS.rhea } });
      const page = await stage.window();
      await signIn(stage, page, start, "impostor");
      await refused(stage, page, "Your address belongs to another account", `rhea@${DOMAIN}`);
      await provider.stop();
      await provider.start();
    },
  ],
  [
    "a provider that changes its keys is believed at once",
    async (stage) => {
      await proved(stage);
      const { start, provider } = await contoso(stage);
      await signIn(stage, await stage.window(), start, "kai");
      await provider.stop();
      await provider.start();
      const page = await stage.window();
      await signIn(stage, page, start, "kai");
      await is(page, stage, "Kai Keys");
    },
  ],
  [
    "a provider that is down is told of before and after, and the way is open when it is back",
    async (stage) => {
      await proved(stage);
      const dead = { issuer: `http://localhost:${await freePort()}` };
      const settings = await add(await stage.person("administrator"), stage, dead, { name: "Silent" });
      const page = await stage.window();
      await page.goto(`${stage.url}/sign-in/provider/${settings.split("/").pop()}`);
      page.wrongs.splice(0);
      await refused(stage, page, "Silent does not answer", "Wait a minute");
      const { start, provider } = await contoso(stage);
      const answer = await answerFor(page, stage, start, "dora");
      await provider.stop();
      await page.goto(answer);
      page.wrongs.splice(0);
      await refused(stage, page, "Contoso does not answer");
      await provider.start();
      await page.getByRole("link", { name: "Try again" }).click();
      await login(page, "dora");
      await consent(page);
      await page.waitForURL(`${stage.url}/assessments`);
    },
  ],
  [
    "a person who is disabled at the provider, or who cancels there, does not come in",
    async (stage) => {
      await proved(stage);
      const { start, provider } = await contoso(stage);
      await signIn(stage, await stage.window(), start, "dirk");
      await provider.stop();
      await provider.start({ accounts: { ...ACCOUNTS, dirk: { ...ACCOUNTS.dirk, disabled: true } } });
      const page = await stage.window();
      await page.goto(stage.url + start);
      await login(page, "dirk");
      await consent(page);
      await refused(stage, page, "This sign-in does not count any more", "your account there is not in use");
      await provider.stop();
      await provider.start();
      await page.goto(stage.url + start);
      await page.waitForURL(/\/interaction\//);
      await page.getByRole("link", { name: "Cancel" }).click();
      await refused(stage, page, "Contoso did not let you in", "cancelled");
    },
  ],
  [
    "an ID token that is over is refused",
    async (stage) => {
      await proved(stage);
      const provider = await newProvider(stage, { ahead: -3_600, seconds: 60 });
      const settings = await add(await stage.person("administrator"), stage, provider, { name: "Late" });
      const page = await stage.window();
      await signIn(stage, page, `/sign-in/provider/${settings.split("/").pop()}`, "olga");
      await refused(stage, page, "Late vouched for you too long ago", "clock");
    },
  ],
  ...[["before", 90], ["behind", -90]].map(([way, ahead]) => [
    `a provider whose clock is 90 seconds ${way} is believed`,
    async (stage) => {
      await proved(stage);
      // Behind, its ID tokens are over by its own account when they arrive.
      const provider = await newProvider(stage, { ahead, seconds: 60 });
      const settings = await add(await stage.person("administrator"), stage, provider, { name: `Clock ${way}` });
      const page = await stage.window();
      const start = `/sign-in/provider/${settings.split("/").pop()}`;
      await signIn(stage, page, start, way === "before" ? "carl" : "olga");
      same(page.url(), `${stage.url}/assessments`, "where it leads");
    },
  ]),
  [
    "a provider that is switched off lets nobody in",
    async (stage) => {
      const { settings, start } = await contoso(stage);
      const page = await stage.person("administrator");
      await page.goto(settings);
      await page.locator("main [name=enabled]").uncheck();
      await page.getByRole("button", { name: "Save" }).click();
      await page.getByText("Saved.").waitFor();
      const stranger = await stage.window();
      await stranger.goto(stage.url + start);
      await refused(stage, stranger, "Nobody signs in this way any more");
      await page.locator("main [name=enabled]").check();
      await page.getByRole("button", { name: "Save" }).click();
      await page.getByText("Saved.").waitFor();
    },
  ],
];
