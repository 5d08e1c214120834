// permissions.html: what it shows is what the program prints, and it is usable, quick and safe.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { open, root } from "./browser.mjs";

const require = createRequire(import.meta.url);
const PAGE = `${root}/crates/remotion-lambda-policies/generated/permissions.html`;
const DESKTOP = { width: 1280, height: 900 };
const PHONE = { width: 390, height: 844 };

/** Opens a page from disk, and collects what goes wrong in it and what it requests. */
async function load(t, file = PAGE, { hash = "", viewport = DESKTOP, script = true, scheme = "light" } = {}) {
  const page = await open(t, viewport);
  page.problems = [];
  page.on("pageerror", (error) => page.problems.push(error.message));
  page.on("console", (message) => page.problems.push(message.text()));
  page.on("request", (request) => page.problems.push(request.url().split("#")[0]));
  await page.setJavaScriptEnabled(script);
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
  await page.goto(pathToFileURL(file).href + hash);
  // The page itself is the only request.
  assert.deepEqual(page.problems.splice(0), [pathToFileURL(file).href]);
  if (script) await page.waitForSelector(".ready");
  return page;
}

/** Sets the controls as a person does, and returns the JSON of a policy. */
function choose(page, { policy, partition, set, extensions, trust }) {
  return page.evaluate(
    (policy, partition, set, extensions, trust) => {
      const change = (element) => element.dispatchEvent(new Event("input", { bubbles: true }));
      document.getElementById("page.controls").reset();
      const radio = document.querySelector(`[name=partition][value="${partition}"]`);
      radio.checked = true;
      change(radio);
      for (const input of document.querySelectorAll("[data-parameter]")) {
        input.value = set[input.dataset.parameter] ?? input.defaultValue;
        change(input);
      }
      for (const box of document.querySelectorAll(`[data-extension]`)) {
        box.checked = box.dataset.policy === policy && extensions.includes(box.dataset.extension);
        change(box);
      }
      return document.querySelector(`[data-json="${policy}${trust ? ".trust" : ""}"]`).textContent;
    },
    policy,
    partition,
    set,
    extensions,
    trust,
  );
}

/** What the program prints for the same choice. */
function printed({ policy, partition, set, extensions, trust, attach }) {
  const args = ["policies", policy, "--partition", partition];
  for (const [name, value] of Object.entries(set)) args.push("--set", `${name}=${value}`);
  for (const name of extensions) args.push("--with", name);
  if (trust) args.push("--trust");
  if (attach) args.push("--attach", attach);
  return execFileSync(process.env.PROGRAM, args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
}

test("the JSON is what the program prints", async (t) => {
  const page = await load(t);
  const sets = [
    {},
    { "bucket-prefix": "acme-" },
    { "function-prefix": 'a"b\\c' },
    { "bucket-prefix": "é-ÿ'&<b>", "function-prefix": "render_" },
  ];
  const choices = [];
  for (const partition of ["aws", "aws-cn"]) {
    for (const set of sets) {
      for (const extensions of [[], ["custom-layers"], ["output-bucket"], ["output-bucket", "custom-layers"]]) {
        choices.push({ policy: "user", partition, set, extensions });
      }
      for (const extensions of [[], ["output-bucket"]]) choices.push({ policy: "role", partition, set, extensions });
    }
    choices.push({ policy: "user", partition, set: { "role-name": "teams/video/renderer" }, extensions: [] });
    choices.push({ policy: "user", partition, set: { "output-bucket": "x" }, extensions: ["output-bucket"] });
    choices.push({ policy: "role", partition, set: { "output-bucket": "x.y" }, extensions: ["output-bucket"] });
    choices.push({ policy: "role", partition, set: {}, extensions: [], trust: true });
  }
  assert.ok(choices.length >= 30);
  for (const choice of choices) {
    assert.equal(await choose(page, choice), printed(choice), JSON.stringify(choice));
  }
  assert.deepEqual(page.problems, []);
});

test("values are refused with the words of the program", async (t) => {
  const page = await load(t);
  const values = ["", "*", "a?", "a:b", "${x}", "a/b", "a b", "a\u00a0b", "a\u2003b", "→", "😀", "a\u0085"];
  for (const value of values) {
    const shown = await page.evaluate((value) => {
      const input = document.querySelector('[data-parameter="bucket-prefix"]');
      input.value = value;
      input.dispatchEvent(new Event("input", { bubbles: true }));
      return [input.getAttribute("aria-invalid"), document.getElementById("page.error.bucket-prefix").textContent];
    }, value);
    let refusal = "";
    try {
      printed({ policy: "user", partition: "aws", set: {}, extensions: [] });
      execFileSync(process.env.PROGRAM, ["policies", "user", "--set", `bucket-prefix=${value}`], { stdio: "pipe", encoding: "utf8" });
    } catch (error) {
      refusal = error.stderr.split("\n")[0].replace(/^error: /, "");
    }
    assert.equal(shown[0], "true", JSON.stringify(value));
    // The program shows invisible characters with an escape.
    const visible = shown[1].replace(/[\u0080-\u009f]/g, (one) => `\\u{${one.codePointAt(0).toString(16)}}`);
    assert.equal(visible, refusal, JSON.stringify(value));
  }
});

const REPORTS = `${root}/crates/example-reports/generated`;

test("an environment sets the parameters", async (t) => {
  const page = await load(t, `${REPORTS}/permissions.html`);
  const choose = (name) =>
    page.evaluate((name) => {
      const select = document.getElementById("page.environment");
      select.value = name;
      select.dispatchEvent(new Event("input", { bubbles: true }));
    }, name);
  for (const environment of ["prod", "dev", ""]) {
    await choose(environment);
    for (const name of ["user", "function", "function.trust", "limit", "deploy", "deploy.trust", "queue"]) {
      const shown = await page.$eval(`[data-json="${name}"]`, (code) => code.textContent);
      assert.equal(shown, fs.readFileSync(path.join(REPORTS, environment, `${name}.json`), "utf8"), `${environment} ${name}`);
    }
  }
  // A value of one's own comes before that of the environment, until another environment is chosen.
  await choose("prod");
  const bucket = await page.$("[data-parameter=bucket]");
  assert.equal(await bucket.evaluate((input) => input.value), "reports-prod");
  await bucket.evaluate((input) => {
    input.value = "acme";
    input.dispatchEvent(new Event("input", { bubbles: true }));
  });
  const json = await page.$eval('[data-json="user"]', (code) => code.textContent);
  assert.match(json, /arn:aws:s3:::acme-111122223333/);
  await page.waitForFunction(() => location.hash.includes("environment=prod") && location.hash.includes("set.bucket=acme"));
  const again = await load(t, `${REPORTS}/permissions.html`, { hash: await page.evaluate(() => location.hash) });
  assert.equal(await again.$eval('[data-json="user"]', (code) => code.textContent), json);
  await choose("dev");
  assert.equal(await bucket.evaluate((input) => input.value), "reports-dev");
});

const FORMS = { terraform: "permissions.tf", cloudformation: "permissions.template.yaml", "cdk-typescript": "permissions.ts", "cdk-python": "permissions.py" };

test("the forms of deployment are the generated files", async (t) => {
  for (const [folder, forms] of [
    [path.dirname(PAGE), ["terraform", "cloudformation"]],
    [REPORTS, Object.keys(FORMS)],
  ]) {
    for (const script of [true, false]) {
      const page = await load(t, `${folder}/permissions.html`, { script });
      const shown = await page.$$eval("[data-file]", (all) => all.map((code) => [code.dataset.file, code.textContent]));
      const files = forms.map((form) => [FORMS[form], fs.readFileSync(`${folder}/${FORMS[form]}`, "utf8")]);
      assert.deepEqual(shown, files);
    }
  }
});

test("a form of deployment is chosen, copied and downloaded by keyboard", async (t) => {
  const page = await load(t, `${REPORTS}/permissions.html`);
  const visible = () =>
    page.$$eval("[data-form]", (all) => all.filter((part) => part.checkVisibility()).map((part) => part.dataset.form));
  assert.deepEqual(await visible(), ["terraform"]);
  await page.focus("#page\\.form");
  await page.keyboard.press("ArrowDown");
  assert.deepEqual(await visible(), ["cloudformation"]);
  await page.waitForFunction(() => location.hash.includes("form=cloudformation"));
  await page.focus("[data-form=cloudformation] summary");
  await page.keyboard.press("Enter");
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "download-"));
  t.after(() => fs.rmSync(folder, { recursive: true }));
  const session = await page.createCDPSession();
  await session.send("Browser.setDownloadBehavior", { behavior: "allow", downloadPath: folder });
  await page.focus("[data-form=cloudformation] [data-download]");
  await page.keyboard.press("Enter");
  const file = path.join(folder, FORMS.cloudformation);
  for (let wait = 0; wait < 100 && !fs.existsSync(file); wait++) await new Promise((done) => setTimeout(done, 100));
  assert.equal(fs.readFileSync(file, "utf8"), fs.readFileSync(`${REPORTS}/${FORMS.cloudformation}`, "utf8"));
  await page.focus("[data-form=cloudformation] details [data-copy]");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.querySelector("[data-form=cloudformation] details [role=status]").textContent === "Copied");
});

test("what is chosen is passed to each form of deployment", async (t) => {
  const usages = async (file, hash = "", script = true) => {
    const page = await load(t, file, { hash, script });
    return page.$$eval("[data-usage]", (all) => all.map((code) => code.textContent));
  };
  for (const file of [PAGE, `${REPORTS}/permissions.html`, generated(REQUIRED)]) {
    assert.deepEqual(await usages(file), await usages(file, "", false));
  }
  const [terraform, cloudformation, typescript, python] = await usages(
    `${REPORTS}/permissions.html`,
    "#?environment=prod&set.bucket=acme%27s%22%5C&form=cdk-python",
  );
  assert.match(terraform, /\n  environment = "prod"\n  bucket      = "acme's\\"\\\\"\n/);
  assert.ok(cloudformation.endsWith(" \\\n  --parameter-overrides \\\n    Environment=prod \\\n    'Bucket=acme'\\''s\"\\'\n"), cloudformation);
  assert.ok(typescript.includes(`{\n  environment: "prod",\n  bucket: "acme's\\"\\\\",\n}`), typescript);
  assert.ok(python.includes(`    environment="prod",\n    bucket="acme's\\"\\\\",\n`), python);
  const [module, template] = await usages(PAGE, "#?set.role-name=teams%2Fvideo%2Frenderer&with=user%2Bcustom-layers&with=user%2Boutput-bucket");
  assert.match(module, /\n  role_name       = "teams\/video\/renderer"\n  user_extensions = \["custom-layers", "output-bucket"\]\n/);
  for (const word of ["RoleNamePath=teams/video/", "RoleName=renderer", "UserCustomLayers=true", "UserOutputBucket=true"]) {
    assert.ok(template.includes(`    ${word}`), template);
  }
  const [required, overrides] = await usages(generated(REQUIRED), "#?set.names=a%2Cb");
  assert.match(required, /\n  account = "<account>"\n  names   = \["a", "b"\]\n/);
  assert.ok(overrides.includes("'Account=<account>' \\\n    Names=a,b \\\n    'LimitPolicyName=<LimitPolicyName>'"), overrides);
});

const REQUIRED = `
[parameters]
account = { kind = "account" }
names = { kind = "list", max-length = 10 }
[policy.user]
[[policy.user.statement]]
id = "read"
reason = "Reads."
actions = ["s3:GetObject"]
resources = ["arn:aws:s3:::{account}-{names}/*"]
[policy.limit]
type = "service-control"
[[policy.limit.statement]]
id = "keep"
reason = "Nobody leaves."
effect = "Deny"
actions = ["organizations:LeaveOrganization"]
resources = ["*"]
`;

test("sizes and quotas follow the choice", async (t) => {
  const page = await load(t);
  const live = (choice) =>
    choose(page, choice).then(() => page.$eval('[data-live="user"]', (place) => place.textContent));
  const plain = { policy: "user", partition: "aws", set: {}, extensions: [] };
  assert.match(await live(plain), /Inline policy of a user: 1,758 of 2,048 characters \(86%\)/);
  const extended = await live({ ...plain, extensions: ["custom-layers"] });
  assert.match(extended, /Managed policy: 2,067 of 6,144 characters/);
  assert.doesNotMatch(extended, /Inline/);
  const long = await live({ ...plain, set: { "function-prefix": "x".repeat(400) } });
  assert.match(long, /Inline policy of a user: .* too many/);
});

test("ARNs follow the choice", async (t) => {
  const page = await load(t);
  await choose(page, { policy: "user", partition: "aws-cn", set: { "bucket-prefix": "acme-" }, extensions: [] });
  const text = await page.$eval("#user-storage .scope", (scope) => scope.textContent);
  assert.match(text, /arn:aws-cn:s3:::acme-\*/);
});

test("search and filters hide everything else", async (t) => {
  const page = await load(t);
  const visible = (values) =>
    page.evaluate((values) => {
      document.getElementById("page.controls").reset();
      for (const [id, value] of Object.entries(values)) document.getElementById(`page.${id}`).value = value;
      document.getElementById("page.query").dispatchEvent(new Event("input", { bubbles: true }));
      const items = [...document.querySelectorAll(".statement li[data-action]")].filter((item) => item.checkVisibility());
      return items.map((item) => `${item.closest(".statement").id} ${item.dataset.action}`);
    }, values);
  assert.deepEqual(await visible({ query: "accesscontrollistnotsupported" }), ["user-storage s3:PutBucketOwnershipControls"]);
  assert.deepEqual(await visible({ service: "servicequotas", level: "Write" }), [
    "user-handle-quotas servicequotas:RequestServiceQuotaIncrease",
  ]);
  assert.deepEqual(await visible({ policy: "role", service: "lambda" }), ["role-invoke-functions lambda:InvokeFunction"]);
  assert.deepEqual(await visible({ statement: "role-write-logs" }), [
    "role-write-logs logs:CreateLogStream",
    "role-write-logs logs:PutLogEvents",
  ]);
  assert.deepEqual(await visible({ query: "no such thing" }), []);
  assert.ok(await page.$eval("#page\\.nothing", (nothing) => nothing.checkVisibility()));
  const all = await visible({});
  assert.ok(all.length > 40, `${all.length}`);
});

test("addresses restore what was chosen", async (t) => {
  const page = await load(t);
  const choice = { policy: "user", partition: "aws-cn", set: { "bucket-prefix": "acme & co" }, extensions: ["output-bucket"] };
  choice.set["bucket-prefix"] = "acme&co=";
  const json = await choose(page, choice);
  await page.waitForFunction(() => location.hash.includes("acme"));
  const hash = await page.evaluate(() => location.hash);
  const again = await load(t, PAGE, { hash });
  assert.equal(await again.$eval('[data-json="user"]', (code) => code.textContent), json);
  const deep = await load(t, PAGE, { hash: "#role-storage" });
  const top = await deep.$eval("#role-storage", (part) => part.getBoundingClientRect().top);
  assert.ok(top > -5 && top < 200, `${top}`);
});

test("wildcards and descriptions are shown on demand", async (t) => {
  const page = await load(t);
  await page.focus("#user-storage .describe");
  await page.keyboard.press("Enter");
  const text = await page.$eval("#user-storage .described", (part) => part.textContent);
  assert.equal(text, "Grants permission to retrieve objects from Amazon S3.");
  await page.keyboard.press("Enter");
  assert.equal(await page.$("#user-storage .described"), null);
  const wild = await load(t, generated(WILD));
  await wild.click(".describe");
  const listed = await wild.$$eval(".described dt code", (codes) => codes.map((code) => code.textContent));
  assert.deepEqual(listed, ["s3:GetObjectTagging", "s3:GetObjectTorrent"]);
});

test("the JSON can be downloaded", async (t) => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "download-"));
  t.after(() => fs.rmSync(folder, { recursive: true }));
  const page = await load(t);
  const session = await page.createCDPSession();
  await session.send("Browser.setDownloadBehavior", { behavior: "allow", downloadPath: folder });
  await page.$eval('details.document', (part) => (part.open = true));
  await page.click("details.document [data-download]");
  const file = path.join(folder, "user.json");
  for (let wait = 0; wait < 100 && !fs.existsSync(file); wait++) await new Promise((done) => setTimeout(done, 100));
  assert.equal(fs.readFileSync(file, "utf8"), fs.readFileSync(`${path.dirname(PAGE)}/user.json`, "utf8"));
});

test("everything is there without JavaScript", async (t) => {
  const page = await load(t, PAGE, { script: false });
  const snapshot = await page.content();
  const markdown = fs.readFileSync(`${path.dirname(PAGE)}/PERMISSIONS.md`, "utf8");
  const actions = [...markdown.matchAll(/\| \[`([^`]+)`\]/g)].map((match) => match[1]);
  for (const text of ["Accepted findings", "Trust policy", "Extension: Custom layers", "6,144", "See also"]) {
    assert.ok(snapshot.includes(text), text);
  }
  assert.ok(actions.length > 30);
  for (const action of actions) assert.ok(snapshot.includes(`<code>${action}</code>`), action);
  const session = await page.createCDPSession();
  const { nodes } = await session.send("Accessibility.getFullAXTree");
  assert.ok(!nodes.some((node) => node.role?.value === "searchbox" && !node.ignored));
});

for (const [name, options] of Object.entries({
  light: {},
  dark: { scheme: "dark" },
  phone: { viewport: PHONE },
  "with options and results": { hash: "#?partition=aws-cn&with=user%2Bcustom-layers&set.bucket-prefix=*&search=layer" },
  "with an environment": { file: `${REPORTS}/permissions.html`, hash: "#page.deployment?environment=prod&form=cdk-typescript" },
})) {
  test(`axe finds nothing: ${name}`, async (t) => {
    const page = await load(t, options.file ?? PAGE, options);
    await page.$$eval("details", (all) => all.forEach((one) => (one.open = true)));
    // What is off screen is not rendered, and axe cannot judge it.
    await page.evaluate(() => document.querySelectorAll(".statement").forEach((part) => (part.style.contentVisibility = "visible")));
    // Runs in a world of its own, which the page's policy does not govern.
    await page.evaluate(fs.readFileSync(require.resolve("axe-core/axe.min.js"), "utf8"));
    const results = await page.evaluate(() => axe.run(document, { resultTypes: ["violations"] }));
    const found = results.violations.map(({ id, nodes }) => [id, nodes.slice(0, 3).map((node) => node.html.slice(0, 200))]);
    assert.deepEqual(found, []);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(wide <= 0, `${wide} pixels too wide`);
  });
}

/** The page of a spec. */
function generated(spec) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "page-"));
  process.on("exit", () => fs.rmSync(folder, { recursive: true, force: true }));
  fs.writeFileSync(`${folder}/policies.toml`, spec);
  const html = execFileSync(process.env.GENERATE, [`${folder}/policies.toml`], { maxBuffer: 1 << 30 });
  fs.writeFileSync(`${folder}/permissions.html`, html);
  return `${folder}/permissions.html`;
}

const WILD = `
[policy.user]
[[policy.user.statement]]
id = "read"
reason = "Reads."
actions = ["s3:GetObjectT*"]
resources = ["arn:aws:s3:::b/*"]
`;

test("hostile text is text", async (t) => {
  const texts = [
    "<script>window.hacked = 1</script><img src=x onerror='window.hacked = 2'>",
    "</script></style></title></textarea><svg onload='window.hacked = 3'>",
    "<!-- --> ]]> <b>bold</b> [link](javascript:window.hacked=4) ![image](https://example.com/x)",
    "\u202e\u0007 &lt;i&gt; ${x} {{x}} `</code><s>`",
  ].map((text) => text.replaceAll("{", "{{").replaceAll("}", "}}"));
  const text = JSON.stringify(texts.join("\n\n"));
  const page = await load(
    t,
    generated(`
[page]
title = ${text}
about = ${text}
[[page.section]]
title = ${text}
text = ${text}
[parameters]
p = { default = "\\"><s>'", about = ${text} }
[policy.user]
title = ${text}
about = ${text}
partitions = ["aws", "aws-cn"]
[[policy.user.statement]]
id = "a"
reason = ${text}
without = ${text}
actions = ["s3:GetObject", { action = "s3:PutObject", reason = ${text}, without = ${text} }]
resources = ["arn:{partition}:s3:::{p}</script><s>/*", { arn = "arn:aws:s3:::b/*", reason = ${text}, without = ${text}, partitions = ["aws"] }]
condition.StringEquals."aws:PrincipalTag/</script><s>" = ["</script><s>", "{p}"]
waive = [{ check = "</script><s>", why = ${text} }]
[policy.user.trust]
services = ["lambda"]
about = ${text}
[policy.user.extension.more]
title = ${text}
about = ${text}
[[policy.user.extension.more.statement]]
id = "b"
reason = ${text}
actions = ["s3:ListAllMyBuckets"]
resources = ["*"]
`),
  );
  await page.$$eval(".describe", (buttons) => buttons.forEach((button) => button.click()));
  const found = await page.evaluate(() => ({
    hacked: window.hacked ?? null,
    scripts: document.scripts.length,
    foreign: [...document.querySelectorAll("img, svg, b, s, i, iframe, object, [onerror], [onload]")].map((one) => one.outerHTML),
    links: [...document.links].map((link) => link.protocol).filter((one) => !["file:", "https:", "http:"].includes(one)),
    json: JSON.parse(document.querySelector('[data-json="user"]').textContent).Statement[0].Resource[0],
  }));
  assert.deepEqual(found, {
    hacked: null,
    scripts: 2,
    foreign: [],
    links: [],
    json: `arn:aws:s3:::"><s>'</script><s>/*`,
  });
  assert.deepEqual(page.problems, []);
});

test("a page of 1,000 statements is quick", async (t) => {
  const statements = Array.from(
    { length: 1000 },
    (_, number) => `
[[policy.user.statement]]
id = "s${number}"
reason = "Reads the reports of team ${number}, which is on floor ${number % 12}."
without = "Team ${number} sees nothing."
actions = ["s3:GetObject", { action = "s3:PutObject", reason = "Writes report ${number}.", without = "It is lost." }]
resources = ["arn:{partition}:s3:::team-${number}/*"]`,
  );
  const page = await load(t, generated(`[policy.user]\n${statements.join("\n")}`));
  const paint = await page.evaluate(
    () =>
      new Promise((done) => {
        const first = () => performance.getEntriesByName("first-contentful-paint")[0];
        if (first()) done(first().startTime);
        new PerformanceObserver(() => first() && done(first().startTime)).observe({ type: "paint", buffered: true });
      }),
  );
  const keys = await page.evaluate(async () => {
    const query = document.getElementById("page.query");
    const times = [];
    for (const text of ["r", "re", "rep", "repo", "report 77", "report 7", "team 12", "floor 3", "x", ""]) {
      const start = performance.now();
      query.value = text;
      query.dispatchEvent(new Event("input", { bubbles: true }));
      times.push(performance.now() - start);
      await new Promise(requestAnimationFrame);
    }
    return times.sort((a, b) => a - b);
  });
  t.diagnostic(`first paint ${paint.toFixed(0)} ms; a key press ${keys[5].toFixed(1)} ms, at most ${keys.at(-1).toFixed(1)} ms`);
  // Machines that run tests are often busy.
  const slack = Number(process.env.SLACK ?? 5);
  assert.ok(paint < 200 * slack, `${paint}`);
  assert.ok(keys[5] < 16 * slack, `${keys}`);
});
