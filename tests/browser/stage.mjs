// What the tests stand on: a demo of the built binary, a browser, and what every page must keep to.
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { join } from "node:path";

const START_MS = 60_000;
const WAIT_MS = 15_000;
/** The browser talks to the demo and to nobody else. */
const QUIET = [
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-quic",
  "--disable-sync",
  "--no-first-run",
];
const BROWSERS = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
/** Rules of WCAG 2.2, levels A and AA. */
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

export const DESKTOP = { width: 1280, height: 900 };
export const PHONE = { width: 390, height: 844 };

/** Starts the demo and the browser. */
export async function open(modules) {
  const require = createRequire(join(modules, "node_modules", "x.js"));
  const { chromium } = require("playwright-core");
  const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
  const executablePath = BROWSERS.find((path) => existsSync(path));
  if (!executablePath) throw new Error(`no browser at ${BROWSERS.join(", ")}`);
  const demo = await startDemo();
  const sandbox = process.getuid() === 0 ? ["--no-sandbox"] : [];
  const args = [...sandbox, ...QUIET];
  const browser = await chromium.launch({ executablePath, args });
  return new Stage(demo, browser, axe, modules);
}

/** Stops both. */
export async function close(stage) {
  for (const end of stage.atEnd) await end();
  await stage.browser.close();
  stage.demo.process.kill("SIGTERM");
  const code = await stage.demo.ended;
  if (code !== 0) throw new Error(`the demo ended with ${code}: ${stage.demo.log}`);
}

function startDemo() {
  const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("CANDOR_")));
  const child = spawn(process.env.CANDOR_BIN, ["demo", "--port", "0"], {
    stdio: ["ignore", "pipe", "pipe"],
    env: environment,
  });
  const demo = { process: child, links: {}, log: "", url: "" };
  child.stderr.on("data", (text) => (demo.log += text));
  demo.ended = new Promise((resolve) => child.on("exit", resolve));
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`the demo did not start: ${demo.log}`)), START_MS);
    child.on("exit", (code) => reject(new Error(`the demo ended with ${code}: ${demo.log}`)));
    createInterface({ input: child.stdout }).on("line", (line) => {
      const address = line.match(/^Candor demo at (\S+)/);
      if (address) demo.url = address[1];
      const link = line.match(/^ {2}(\S+)\s+(http\S+)\s+(.*)$/);
      if (link) (demo.links[link[1]] ??= []).push({ href: link[2], about: link[3] });
      if (line.startsWith("Mails are written to ")) {
        demo.mails = line.slice("Mails are written to ".length);
        clearTimeout(timer);
        resolve(demo);
      }
    });
  });
}

class Stage {
  constructor(demo, browser, axe, modules) {
    Object.assign(this, { demo, browser, axe, modules, pictures: join(modules, "pictures") });
    this.atEnd = [];
    this.url = demo.url;
    this.contexts = [];
    this.states = {};
  }

  /** A fresh browser window; whatever goes wrong in its pages is kept. */
  async window(options = {}) {
    const context = await this.browser.newContext({ viewport: DESKTOP, ...options });
    context.setDefaultTimeout(WAIT_MS);
    const page = await context.newPage();
    page.wrongs = [];
    page.on("pageerror", (error) => page.wrongs.push(`script: ${error.message}`));
    page.on("console", (message) => {
      // A refused form is answered with 4xx, which the browser tells too.
      const isAnswer = /status of 4\d\d/.test(message.text());
      // Other people's pages are theirs to keep in order.
      const isOurs = page.url().startsWith(this.url);
      if (message.type() === "error" && !isAnswer && isOurs) page.wrongs.push(`console: ${message.text()}`);
    });
    this.contexts.push(context);
    return page;
  }

  /** A window of somebody of the buyer. Sign-in links work once, so the session is kept for the next one. */
  async person(role, options = {}) {
    if (!this.states[role]) {
      const first = await this.window();
      await first.goto(this.demo.links[role][0].href);
      await first.getByRole("button", { name: "Sign in" }).click();
      await first.waitForURL((address) => !address.pathname.startsWith("/sign-in"));
      this.states[role] = await first.context().storageState();
    }
    return this.window({ ...options, storageState: this.states[role] });
  }

  /** A window of the vendor's contact, in through the link for a questionnaire in this state. */
  async vendor(state, options = {}) {
    const page = await this.window(options);
    const link = this.demo.links.vendor.find((one) => one.about === state);
    await page.goto(link.href);
    await page.locator("form[action^='/a/'] button, form[method=post] button").first().click();
    await page.waitForURL(/\/portal\//);
    return page;
  }

  /** What every page keeps to: no script error, no blocked resource, nothing wider than the window, no barrier. */
  async keepsTo(page, what) {
    const wrongs = page.wrongs.splice(0);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    if (wide > 1) wrongs.push(`${wide} px wider than the window`);
    const heads = await page.locator("h1").count();
    if (heads !== 1) wrongs.push(`${heads} first headings`);
    await page.evaluate(this.axe);
    const found = await page.evaluate((rules) => axe.run(document, { runOnly: rules }), RULES);
    for (const rule of found.violations) {
      wrongs.push(`${rule.id}: ${rule.help}: ${rule.nodes.map((node) => node.target.join(" ")).slice(0, 3).join(" | ")}`);
    }
    if (wrongs.length > 0) throw new Error(`${what} (${page.url()}):\n  ${wrongs.join("\n  ")}`);
  }

  async keepPictures(name) {
    mkdirSync(this.pictures, { recursive: true });
    let n = 0;
    for (const page of this.contexts.flatMap((context) => context.pages())) {
      const file = join(this.pictures, `${name.replace(/\W+/g, "-")}-${n++}.png`);
      await page.screenshot({ path: file, fullPage: true }).catch(() => {});
    }
  }

  async closePages() {
    for (const context of this.contexts.splice(0)) await context.close();
  }
}

/** Fails unless it holds. */
export function hold(condition, what) {
  if (!condition) throw new Error(what);
}

/** Fails unless they are the same. */
export function same(found, expected, what) {
  hold(found === expected, `${what}: ${JSON.stringify(found)}, not ${JSON.stringify(expected)}`);
}
