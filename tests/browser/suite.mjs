// What only a browser can show: that pages work with and without script, look whole at every width, and that nobody is
// kept out. Closes with the line that tests/run counts.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { enter, startBrowser, startDemo } from './demo.mjs';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const tests = [];
const test = (name, body) => tests.push([name, body]);

// Serious findings of axe, and whether the page is wider than the window.
async function look(page, where) {
  await page.evaluate(axe).catch(async () => page.addInitScript(axe));
  const found = await page.evaluate(async () => {
    const { violations } = await globalThis.axe.run(document, { resultTypes: ['violations'] });
    return violations.filter((v) => ['serious', 'critical'].includes(v.impact)).map((v) => `${v.id}: ${v.nodes[0].html}`);
  });
  assert.deepEqual(found, [], where);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(wide <= 1, `${where}: ${wide} px wider than the window`);
}

const follow = async (page, selector) => {
  const href = await page.getAttribute(selector, 'href');
  await page.goto(new URL(href, page.url()).href);
};

const row = 'main table a.table__link';
const desk = {
  analyst: [
    ['/assessments'], ['/assessments?state=in_review', row], ['/vendors'], ['/vendors', row], ['/vendors/new'],
    ['/templates'], ['/templates', row], ['/register'], ['/register?q=copilto'], ['/register?q=copilot', row],
    ['/register/import'], ['/register/not-in-use'],
  ],
  procurement: [['/assessments/new']],
  auditor: [['/audit']],
  administrator: [['/people']],
  operator: [['/installation']],
};

for (const [width, colorScheme] of [[1280, 'light'], [390, 'dark']]) {
  test(`every page of the desk, ${width} px, ${colorScheme}`, async ({ browser, demo, link }) => {
    for (const [role, places] of Object.entries(desk)) {
      const { page, context, complaints } = await enter(browser, await link(role), {
        viewport: { width, height: 900 }, colorScheme, bypassCSP: true,
      });
      for (const [path, then] of places) {
        await page.goto(demo.url + path);
        if (then) await follow(page, then);
        await look(page, `${role} ${path} ${then ?? ''}`);
      }
      if (role === 'analyst') {
        await page.goto(`${demo.url}/assessments?state=in_review`);
        await follow(page, row);
        await page.goto(`${page.url()}/score`);
        await look(page, 'the score');
      }
      assert.deepEqual(complaints, [], role);
      await context.close();
    }
  });

  test(`the portal, ${width} px, ${colorScheme}`, async ({ browser, demo }) => {
    for (const state of ['sent', 'returned']) {
      const { page, context, complaints } = await enter(browser, demo.vendor(state), {
        viewport: { width, height: 844 }, colorScheme, bypassCSP: true,
      });
      const start = page.url();
      assert.ok(!start.includes('/a/'), 'the token leaves the address');
      await look(page, `${state}: overview`);
      const sections = await page.$$eval('a[href*="/sections/"]', (links) => [...new Set(links.map((a) => a.pathname))]);
      for (const path of sections) {
        await page.goto(demo.url + path);
        await look(page, path);
      }
      for (const path of ['/questions', '/imports', '/submit']) {
        await page.goto(start + path);
        await look(page, `${state}: ${path}`);
      }
      assert.deepEqual(complaints, [], state);
      await context.close();
    }
  });
}

const section = async (page, n = 0) => {
  const links = await page.$$eval('a[href*="/sections/"]', (all) => [...new Set(all.map((a) => a.href))]);
  await page.goto(links[n]);
};
const question = (page, id) => page.locator(`[data-question="${id}"]`);
const saved = (page, id) => page.waitForResponse((answer) => answer.url().endsWith(`/answers/${id}`) && answer.request().method() === 'PUT' && answer.ok());

test('an answer is saved as it is given, and conditional questions follow', async ({ browser, demo }) => {
  const { page, context, complaints } = await enter(browser, demo.vendor('sent'));
  await section(page);
  const put = saved(page, 'PROD-2');
  await question(page, 'PROD-2').locator('input[value="no"]').check();
  await put;
  await question(page, 'PROD-3').waitFor({ state: 'hidden' });
  const back = saved(page, 'PROD-2');
  await question(page, 'PROD-2').locator('input[value="both"]').check();
  await back;
  await question(page, 'PROD-3').waitFor({ state: 'visible' });
  const text = saved(page, 'PROD-1');
  await question(page, 'PROD-1').locator('textarea').first().fill('Rota Planner 4');
  await text;
  await page.reload();
  assert.ok(await question(page, 'PROD-2').locator('input[value="both"]').isChecked());
  assert.equal(await question(page, 'PROD-1').locator('textarea').first().inputValue(), 'Rota Planner 4');
  assert.deepEqual(complaints, []);
  await context.close();
});

test('what is typed while the network is gone is saved when it is back', async ({ browser, demo }) => {
  const { page, context } = await enter(browser, demo.vendor('sent'));
  await section(page);
  await context.setOffline(true);
  await question(page, 'PROD-1').locator('textarea').first().fill('typed on a train');
  await page.waitForFunction(() => Object.keys(localStorage).some((key) => key.includes('/answers/PROD-1')));
  const put = saved(page, 'PROD-1');
  await context.setOffline(false);
  await put;
  await page.reload();
  assert.equal(await question(page, 'PROD-1').locator('textarea').first().inputValue(), 'typed on a train');
  await context.close();
});

test('without script the plain form saves', async ({ browser, demo }) => {
  const { page, context } = await enter(browser, demo.vendor('sent'), { javaScriptEnabled: false });
  await page.click('a[href*="/sections/"]');
  await page.fill('[data-question="PROD-1"] textarea', 'written without script');
  await page.check('[data-question="PROD-2"] input[value="other_models"], [data-question="PROD-2"] input[type=radio] >> nth=1');
  await page.click('main form .button--primary');
  await page.goBack();
  await page.reload();
  assert.equal(await page.inputValue('[data-question="PROD-1"] textarea'), 'written without script');
  await context.close();
});

test('the register is searched as one types, with typing errors', async ({ browser, demo, link }) => {
  const { page, context, complaints } = await enter(browser, await link('analyst'));
  await page.goto(`${demo.url}/register`);
  const box = page.locator('[data-live-search] input[type=search]');
  await box.pressSequentially('gramarly', { delay: 20 });
  await page.waitForFunction(() => [...document.querySelectorAll('#results mark')].some((m) => /grammarly/i.test(m.textContent)));
  assert.ok(new URL(page.url()).searchParams.get('q')?.startsWith('gramarly'), 'the address can be shared');
  assert.deepEqual(complaints, []);
  await context.close();
});

test('the workbook goes out and comes back', async ({ browser, demo }) => {
  const { page, context } = await enter(browser, demo.vendor('returned'));
  const start = page.url();
  const file = await (await context.request.get(`${start}/workbook`)).body();
  await page.goto(`${start}/imports`);
  await page.setInputFiles('input[type=file]', { name: 'answers.xlsx', buffer: file,
    mimeType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet' });
  await page.click('main form .button--primary');
  await page.waitForURL(/\/imports\/[0-9a-f-]{36}/);
  assert.match(await page.innerText('main'), /unchanged/i);
  await page.goto(`${start}/imports`);
  await page.setInputFiles('input[type=file]', { name: 'notes.xlsx', mimeType: 'text/plain', buffer: Buffer.from('<html>no workbook</html>') });
  await page.click('main form .button--primary');
  await page.waitForSelector('.error-summary, [role=alert]');
  await context.close();
});

test('a questionnaire is sent in a few steps', async ({ browser, demo, link }) => {
  const { page, context, complaints } = await enter(browser, await link('procurement'));
  await page.goto(`${demo.url}/vendors`);
  await follow(page, row);
  await follow(page, 'main a[href*="/assessments/new"]');
  const choose = async (name) => {
    const options = await page.$$eval(`select[name="${name}"] option`, (all) => all.map((o) => o.value).filter(Boolean));
    if (options.length) await page.selectOption(`select[name="${name}"]`, options[0]);
  };
  for (let step = 0; step < 4 && !page.url().endsWith('/preview'); step += 1) {
    for (const name of await page.$$eval('main select', (all) => all.map((s) => s.name))) await choose(name);
    for (const name of new Set(await page.$$eval('main input[type=radio]', (all) => all.map((r) => r.name)))) {
      await page.check(`main input[type=radio][name="${name}"] >> nth=0`);
    }
    await page.click('main form .button--primary');
    await page.waitForLoadState();
  }
  assert.match(page.url(), /\/preview$/);
  await page.click('main form .button--primary');
  await page.waitForLoadState();
  assert.match(await page.innerText('main'), /sent/i);
  assert.deepEqual(complaints, []);
  await context.close();
});

const demo = await startDemo();
const browser = await startBrowser();
// A sign-in link works once: each test that needs one is given a link that an administrator made for it.
const { page: people, context: peopleContext } = await enter(browser, demo.signIn('administrator'));
const first = { analyst: demo.signIn('analyst'), procurement: demo.signIn('procurement'), auditor: demo.signIn('auditor'), operator: demo.signIn('operator') };
const names = {};
async function link(role) {
  if (first[role]) {
    const once = first[role];
    delete first[role];
    return once;
  }
  await people.goto(`${demo.url}/people`);
  const words = { analyst: 'Risk analyst', procurement: 'Procurement', auditor: 'Auditor', administrator: 'Administrator', operator: 'Operator' };
  const line = people.locator('main tr', { hasText: words[role] }).first();
  await line.locator('button').first().click();
  await people.waitForLoadState();
  const shown = await people.content();
  names[role] = shown.match(/http:\/\/127\.0\.0\.1:\d+\/sign-in\/[\w-]{40,}/)[0];
  return names[role];
}

let passed = 0;
let failed = 0;
for (const [name, body] of tests) {
  try {
    await body({ browser, demo, link });
    passed += 1;
    console.log(`ok      ${name}`);
  } catch (error) {
    failed += 1;
    console.log(`FAILED  ${name}\n${error.stack}`);
  }
}
await peopleContext.close();
await browser.close();
await demo.stop();
if (failed > 0 && demo.failed()) console.log(demo.failed());
console.log(`browser: ${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
