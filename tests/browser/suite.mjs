// Every test of the pages, one after the other, against one demo.
import { close, open } from "./stage.mjs";
import desk from "./desk.mjs";
import editor from "./editor.mjs";
import oidc from "./oidc.mjs";
import portal from "./portal.mjs";
import handover from "./handover.mjs";
import languages from "./languages.mjs";
import mapping from "./mapping.mjs";
import people from "./people.mjs";
import pages from "./pages.mjs";
import print from "./print.mjs";
import review from "./review.mjs";
import story from "./story.mjs";

const groups = { portal, handover, languages, mapping, desk, editor, people, oidc, review, print, story, pages };
// All, or those of some files: CANDOR_BROWSER_TESTS=story,pages.
const only = process.env.CANDOR_BROWSER_TESTS?.split(",");
const tests = Object.entries(groups).flatMap(([name, group]) => (!only || only.includes(name) ? group : []));
const stage = await open(process.argv[2]);
let passed = 0;
let failed = 0;
try {
  for (const [name, test] of tests) {
    const begun = Date.now();
    try {
      await test(stage);
      passed += 1;
      console.log(`ok     ${name} (${((Date.now() - begun) / 1000).toFixed(1)} s)`);
    } catch (error) {
      failed += 1;
      console.log(`FAILED ${name}\n${error?.stack ?? error}`);
      await stage.keepPictures(name);
    } finally {
      await stage.closePages();
    }
  }
} finally {
  await close(stage);
}
console.log(`browser: ${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
