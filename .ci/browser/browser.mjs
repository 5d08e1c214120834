// A page in headless Chromium, which is closed at the end of the test.
import path from "node:path";
import puppeteer from "puppeteer-core";

/** The folder of the repository. */
export const root = process.env.REPOSITORY ?? path.resolve(import.meta.dirname, "../..");

let browser;

/** Opens an empty page. */
export async function open(t, viewport) {
  browser ??= await puppeteer.launch({
    executablePath: process.env.CHROMIUM,
    // Containers lack what the sandbox needs. All pages are ours.
    args: ["--no-sandbox"],
  });
  const page = await browser.newPage();
  await page.setViewport(viewport);
  t.after(async () => {
    await page.close();
    if ((await browser.pages()).length <= 1) {
      const last = browser;
      browser = undefined;
      await last.close();
    }
  });
  return page;
}
