#!/usr/bin/env node
// A load on the register, over HTTP, of a built binary: people who search, list, read and write at the same time, beside
// a page that needs neither database nor index. Prints what each took, and how soon a change is found.
//
//   CANDOR_BIN=target/release/candor tests/load/register.mjs [--entries 100000] [--people 8] [--seconds 20] [--folder F]
//
// In a folder that is given, the register is made once and used again; without one it is made in a temporary folder.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";

const { values: asked } = parseArgs({
  options: {
    entries: { type: "string", default: "100000" },
    people: { type: "string", default: "8" },
    seconds: { type: "string", default: "20" },
    folder: { type: "string" },
  },
});
const [entries, people, seconds] = [asked.entries, asked.people, asked.seconds].map((text) => {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) fail(`"${text}" is no whole number above 0`);
  return number;
});
if (!process.env.CANDOR_BIN) fail("CANDOR_BIN names no binary; one built with --release");
const binary = resolve(process.env.CANDOR_BIN);
const FACETS = "vendor,kind,status,default_state,trains_on_customer_data,tier,decision_role,availability,model_provider,residency,unit,owner";
/** What people do, by share. */
const DONE = { search: 0.7, list: 0.12, entry: 0.12, write: 0.06 };
const WARM_UP_MS = 2_000;
const FLOOR_MS = 3_000;
/** Between two entries whose way into the index is watched. */
const WATCH_MS = 500;
const LOOK_MS = 10;

const folder = asked.folder ? resolve(asked.folder) : mkdtempSync(join(tmpdir(), "candor-load-"));
const environment = {
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("CANDOR_"))),
  CANDOR_DATA_DIR: folder,
  CANDOR_LISTEN: "127.0.0.1:0",
};
// Numbers that depend on nothing but the place in their row, so that two runs ask the same.
let state = 1;
const chance = () => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 2 ** 32;
};
const one = (of) => of[Math.floor(chance() * of.length)];

let server;
try {
  const organisation = await made();
  const token = (await candor("token", "create", "--org", organisation, "--role", "analyst")).trim().split("\n").at(-1);
  server = await serve();
  await load(server.url, token.trim());
} finally {
  if (server) {
    server.process.kill("SIGTERM");
    await server.ended;
  }
  if (!asked.folder) rmSync(folder, { recursive: true, force: true });
}

function fail(why) {
  process.stderr.write(`register.mjs: ${why}\n`);
  process.exit(2);
}

/** Runs the binary to its end. */
function candor(...words) {
  return new Promise((done, failed) => {
    const child = spawn(binary, words, { env: environment, stdio: ["ignore", "pipe", "pipe"], cwd: folder });
    let [out, log] = ["", ""];
    child.stdout.on("data", (text) => (out += text));
    child.stderr.on("data", (text) => (log += text));
    child.on("error", failed);
    child.on("exit", (code) => (code === 0 ? done(out) : failed(new Error(`candor ${words[0]} ended with ${code}: ${log}`))));
  });
}

/** The register, made where it is not there; its organisation. */
async function made() {
  mkdirSync(folder, { recursive: true });
  const kept = join(folder, "made");
  if (existsSync(kept)) return readFileSync(kept, "utf8");
  let began = performance.now();
  const said = await candor("seed", "--vendors", "0", "--components", String(entries), "--assessments", "0");
  const organisation = /organisation (\S+):/.exec(said)?.[1] ?? fail(`seed said ${said}`);
  console.log(`${entries} entries made in ${since(began)}`);
  began = performance.now();
  await candor("reindex");
  console.log(`indexed in ${since(began)}; ${Math.round(statSync(join(folder, "candor.db")).size / 1e6)} MB of database`);
  writeFileSync(kept, organisation);
  return organisation;
}

function since(began) {
  return `${((performance.now() - began) / 1_000).toFixed(1)} s`;
}

function serve() {
  const child = spawn(binary, ["serve"], { env: environment, stdio: ["ignore", "pipe", "pipe"], cwd: folder });
  const ended = new Promise((done) => child.on("exit", done));
  let log = "";
  return new Promise((done, failed) => {
    child.on("exit", (code) => failed(new Error(`candor serve ended with ${code}: ${log}`)));
    const look = (line) => {
      log += `${line}\n`;
      const url = /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0];
      if (url) done({ process: child, ended, url });
    };
    createInterface({ input: child.stdout }).on("line", look);
    createInterface({ input: child.stderr }).on("line", look);
  });
}

/** Asks, and gives status and text. */
function ask(agent, url, token, method = "GET", body) {
  return new Promise((done, failed) => {
    const headers = { authorization: `Bearer ${token}` };
    if (body) headers["content-type"] = "application/json";
    const asking = request(url, { agent, method, headers }, (answer) => {
      let text = "";
      answer.setEncoding("utf8");
      answer.on("data", (piece) => (text += piece));
      answer.on("end", () => {
        if (answer.statusCode >= 400) failed(new Error(`${method} ${url}: ${answer.statusCode} ${text}`));
        else done(text);
      });
    });
    asking.on("error", failed);
    asking.end(body && JSON.stringify(body));
  });
}

/** One letter left out, doubled or exchanged with the next; the first stands. */
function misspelt(word) {
  const at = 1 + Math.floor(chance() * (word.length - 2));
  return one([
    word.slice(0, at) + word.slice(at + 1),
    word.slice(0, at) + word[at] + word.slice(at),
    word.slice(0, at) + word[at + 1] + word[at] + word.slice(at + 2),
  ]);
}

async function load(url, token) {
  const api = `${url}/api/v1/components`;
  const first = new Agent({ keepAlive: true });
  const known = JSON.parse(await ask(first, `${api}?limit=100`, token)).items;
  const words = [...new Set(known.flatMap(({ name }) => name.split(/\s+/)).filter((word) => word.length > 4))];
  const kinds = [...new Set(known.map(({ kind }) => kind))];
  const ways = {
    search: () => {
      const query = new URLSearchParams({ q: misspelt(one(words)), facets: FACETS, limit: "20" });
      query.append("filter", `kind:${one(kinds)}`);
      query.append("filter", `default_state:${one(["on", "off"])}`);
      return [`${api}/search?${query}`];
    },
    list: () => [`${api}?limit=50`],
    entry: () => [`${api}/${one(known).id}`],
    write: () => [api, "POST", { name: `${one(words)} ${Math.floor(chance() * 1e9)}`, kind: one(kinds) }],
    nothing: () => [`${url}/healthz`],
  };

  const took = Object.fromEntries(Object.keys(ways).map((way) => [way, []]));
  const person = async (choose, until) => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    while (performance.now() < until.end) {
      const way = choose();
      const [where, method, body] = ways[way]();
      const began = performance.now();
      await ask(agent, where, token, method, body);
      if (began > until.counted) took[way].push(performance.now() - began);
    }
    agent.destroy();
  };
  const all = (choose, until) => Promise.all(Array.from({ length: people }, () => person(choose, until)));
  const now = () => performance.now();
  await all(() => "nothing", { counted: now(), end: now() + FLOOR_MS });

  const until = { counted: now() + WARM_UP_MS, end: now() + WARM_UP_MS + seconds * 1_000 };
  const choose = () => {
    let place = chance();
    return Object.keys(DONE).find((way) => (place -= DONE[way]) < 0) ?? "search";
  };
  const [found] = await Promise.all([watched(first, api, token, until.end), all(choose, until)]);
  first.destroy();

  console.log(`${people} people at once, ${seconds} s, ${entries} entries`);
  told("a page that needs nothing", took.nothing, FLOOR_MS / 1_000);
  told("search: typing error, 2 filters, 12 facets", took.search, seconds);
  told("list", took.list, seconds);
  told("entry", took.entry, seconds);
  told("new entry", took.write, seconds);
  told("until a new entry is found", found, seconds);
}

/** How long entries take to be found that are written while the others work. */
async function watched(agent, api, token, end) {
  const took = [];
  for (let n = 0; performance.now() < end; n += 1) {
    const name = `Watched${Date.now().toString(36)}${n}`;
    await ask(agent, api, token, "POST", { name, kind: "agent" });
    const began = performance.now();
    const query = new URLSearchParams({ q: `"${name}"`, limit: "1" });
    while (JSON.parse(await ask(agent, `${api}/search?${query}`, token)).total === 0) {
      await new Promise((done) => setTimeout(done, LOOK_MS));
    }
    took.push(performance.now() - began);
    await new Promise((done) => setTimeout(done, WATCH_MS));
  }
  return took;
}

function told(what, took, within) {
  took.sort((a, b) => a - b);
  const at = (share) => (took[Math.min(took.length - 1, Math.floor(took.length * share))] ?? NaN).toFixed(1).padStart(8);
  const often = `${(took.length / within).toFixed(0)} a second`.padStart(16);
  console.log(`  ${what.padEnd(44)}${often}   median ${at(0.5)} ms   95 % ${at(0.95)}   99 % ${at(0.99)}   worst ${at(1)}`);
}
