// Pages in headless Chromium, which is started once for each file of tests.
import { after } from "node:test";
import path from "node:path";
import puppeteer from "puppeteer-core";

/** The folder of the repository. */
export const root = process.env.REPOSITORY ?? path.resolve(import.meta.dirname, "../..");

let browser;
after(() => browser?.close());

/** Opens an empty page, which is closed at the end of the test. */
export async function open(t, viewport) {
  browser ??= await puppeteer.launch({
    executablePath: process.env.CHROMIUM,
    // Containers lack what the sandbox needs. All pages are ours.
    args: ["--no-sandbox"],
  });
  const page = await browser.newPage();
  t.after(() => page.close());
  await page.setViewport(viewport);
  return page;
}
