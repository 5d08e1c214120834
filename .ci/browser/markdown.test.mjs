// How the generated pages look on GitHub: no table is wider than the column, and every link within a page has a target.
import assert from "node:assert/strict";
import fs from "node:fs";
import { createRequire } from "node:module";
import { test } from "node:test";
import { marked } from "marked";
import { open, root } from "./browser.mjs";

const require = createRequire(import.meta.url);

/** The width of the column of GitHub's pages, in CSS pixels. */
const COLUMN = 890;

/** A page as GitHub shows it. */
function rendered(markdown) {
  const css = fs.readFileSync(require.resolve("github-markdown-css/github-markdown-light.css"), "utf8");
  return `<!doctype html><meta charset="utf-8"><style>${css}
    body { margin: 0 }
    .markdown-body { box-sizing: content-box; width: ${COLUMN}px; margin: 0 auto }
    </style><article class="markdown-body">${marked.parse(markdown)}</article>`;
}

test("no table of Remotion's page is wider than GitHub's column", async (t) => {
  const markdown = fs.readFileSync(`${root}/crates/remotion-lambda-policies/generated/PERMISSIONS.md`, "utf8");
  const page = await open(t, { width: 1280, height: 900 });
  await page.setContent(rendered(markdown));
  const tables = await page.$$eval("table", (tables) =>
    tables.map((table) => ({
      first: table.rows[1]?.cells[0].textContent ?? "",
      // The width that the table needs, even if it scrolls.
      width: Math.max(table.scrollWidth, table.getBoundingClientRect().width),
    })),
  );
  assert.ok(tables.length > 20, `${tables.length} tables`);
  assert.deepEqual(tables.filter((table) => table.width > COLUMN), []);
});

test("every link within Remotion's page has exactly one target", async (t) => {
  const markdown = fs.readFileSync(`${root}/crates/remotion-lambda-policies/generated/PERMISSIONS.md`, "utf8");
  const page = await open(t, { width: 1280, height: 900 });
  await page.setContent(rendered(markdown));
  const wrong = await page.$$eval('a[href^="#"]', (links) =>
    links
      .map((link) => decodeURIComponent(link.getAttribute("href").slice(1)))
      .filter((id) => document.querySelectorAll(`[id="${CSS.escape(id)}"]`).length !== 1),
  );
  assert.deepEqual(wrong, []);
});
