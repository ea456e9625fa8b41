// The demo, started for the tests, and browsers signed in to it.
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);

function freePort() {
  return new Promise((done) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => done(port));
    });
  });
}

// Starts the demo and waits for the links that it prints.
export async function startDemo() {
  const port = await freePort();
  const demo = spawn(process.env.CANDOR_BIN, ['demo', '--port', String(port)]);
  let printed = '';
  let failed = '';
  demo.stderr.on('data', (data) => { failed += data; });
  await new Promise((done, fail) => {
    demo.stdout.on('data', (data) => {
      printed += data;
      if (printed.includes('Mails are written')) done();
    });
    demo.on('exit', (code) => fail(new Error(`the demo ended with ${code}: ${failed}`)));
  });
  const link = (pattern) => printed.match(pattern)[1];
  return {
    url: `http://127.0.0.1:${port}`,
    signIn: (role) => link(new RegExp(`^\\s+${role}\\s+(\\S+)`, 'm')),
    vendor: (state) => link(new RegExp(`^\\s+vendor\\s+(\\S+)\\s+${state}$`, 'm')),
    failed: () => failed,
    stop: () => new Promise((done) => {
      demo.removeAllListeners('exit');
      demo.on('exit', done);
      demo.kill('SIGTERM');
    }),
  };
}

export function startBrowser() {
  return chromium.launch({
    executablePath: CHROMIUM,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync'],
  });
}

// A page that has gone through a link, and what its console said.
export async function enter(browser, link, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  const complaints = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => { if (message.type() === 'error') complaints.push(message.text()); });
  await page.goto(link);
  await page.click('main form button');
  await page.waitForLoadState();
  return { page, context, complaints };
}
