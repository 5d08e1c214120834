"use strict";
// Search, filters, and everything that depends on the partition, the parameters and the extensions. The model has the
// policies with their templates; this renders them as the program does.
(() => {
  const model = JSON.parse(document.getElementById("page.model").textContent);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  // The names of policies and statements are anchors, so the page's own elements have a prefix.
  const byId = (id) => document.getElementById(`page.${id}`);
  const element = (name, properties = {}, ...children) => {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...children);
    return made;
  };
  const grouped = (number) => number.toLocaleString("en-US");
  const listed = (names) => names.map((name) => "`" + name + "`").join(", ").replace(/, ([^,]*)$/, " and $1");

  // What has been chosen.
  const partitions = [...new Set(model.policies.flatMap((policy) => policy.partitions))];
  const chosen = {
    partition: partitions[0],
    values: Object.fromEntries(model.parameters.map((parameter) => [parameter.name, parameter.default])),
    extensions: Object.fromEntries(model.policies.map((policy) => [policy.name, new Set()])),
  };

  // How the files that deploy everything are used with what is chosen.
  const passed = (form) => {
    const { environment, parameters: names, extensions, required } = model.forms[form];
    const list = [];
    const own = environment[byId("environment")?.value];
    const open = model.parameters.filter(({ name }) => names[name]?.length && chosen.values[name] === null);
    if (own) list.push(own);
    else if (open.length > 0 && model.environments.length > 0) list.push([Object.values(environment)[0][0], "<environment>"]);
    for (const parameter of model.parameters) {
      const { name, kind } = parameter;
      const value = chosen.values[name];
      const [first, second] = names[name] ?? [];
      if (!first || (value === null ? model.environments.length > 0 : value === usual(parameter))) continue;
      if (value === null) list.push([second ?? first, `<${name}>`]);
      else if (second) {
        const start = value.lastIndexOf("/") + 1;
        list.push([first, value.slice(0, start)], [second, value.slice(start)]);
      } else list.push([first, kind === "list" && form !== "cloudformation" ? value.split(",") : value]);
    }
    for (const policy of model.policies) {
      const added = selected(policy).map(({ name }) => [name, extensions[`${policy.name}+${name}`]]);
      if (form === "cloudformation") list.push(...added.map(([, flag]) => [flag, "true"]));
      else if (added.length > 0) list.push([added[0][1], added.map(([name]) => name)]);
    }
    return [...list, ...required.map((name) => [name, `<${name}>`])];
  };
  const literal = (value) => (Array.isArray(value) ? `[${value.map(literal).join(", ")}]` : JSON.stringify(value));
  const word = (text) => (/^[\w.,:/=@+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);
  const usages = {
    terraform: (list) => {
      const width = Math.max(0, ...list.map(([name]) => name.length));
      const lines = list.map(([name, value]) => `  ${name.padEnd(width)} = ${literal(value)}\n`);
      return `module "permissions" {\n  source = "./permissions"\n${lines.length > 0 ? "\n" : ""}${lines.join("")}}\n`;
    },
    cloudformation: (list) => {
      const overrides = list.map(([name, value]) => ` \\\n    ${word(`${name}=${value}`)}`).join("");
      const option = list.length > 0 ? " \\\n  --parameter-overrides" : "";
      return `aws cloudformation deploy \\\n  --template-file permissions.template.yaml \\\n  --stack-name permissions \\\n  --capabilities CAPABILITY_NAMED_IAM${option}${overrides}\n`;
    },
    "cdk-typescript": (list) => {
      const lines = list.map(([name, value]) => `  ${name}: ${literal(value)},\n`).join("");
      return `new Permissions(this, "Permissions"${lines && `, {\n${lines}}`});\n`;
    },
    "cdk-python": (list) => {
      const lines = list.map(([name, value]) => `    ${name}=${literal(value)},\n`).join("");
      return lines ? `Permissions(\n    self,\n    "Permissions",\n${lines})\n` : `Permissions(self, "Permissions")\n`;
    },
  };

  // The documents.
  const isIn = (partitions, partition) => partitions.length === 0 || partitions.includes(partition);
  const parameters = Object.fromEntries(model.parameters.map((parameter) => [parameter.name, parameter]));
  // While sizes are measured, a parameter without a value has as many characters as it can have.
  let isMeasured = false;
  const missing = ({ name, longest }) => (isMeasured && longest !== null ? "x".repeat(longest) : `<${name}>`);
  const elementsOf = (parameter) => {
    const value = chosen.values[parameter.name];
    if (value !== null) return parameter.kind === "list" ? value.split(",") : [value];
    return Array(isMeasured && parameter.kind === "list" ? (parameter.items ?? 1) : 1).fill(missing(parameter));
  };
  // The texts of a template: one for each element of the list that it contains, if any.
  const expand = (template, partition) => {
    const pieces = model.templates[template];
    const used = pieces.filter((piece) => typeof piece !== "string" && piece[0] !== "partition").map(([name]) => parameters[name]);
    const list = used.find((parameter) => parameter.kind === "list");
    return (list ? elementsOf(list) : [null]).map((element) =>
      pieces
        .map((piece) => {
          if (typeof piece === "string") return piece;
          if (piece[0] === "partition") return partition;
          return list && piece[0] === list.name ? element : elementsOf(parameters[piece[0]])[0];
        })
        .join(""),
    );
  };
  const conditions = (list, partition) => {
    const blocks = {};
    for (const { operator, key, values } of list) {
      blocks[operator] ??= {};
      blocks[operator][key] = values.flatMap((value) => expand(value, partition));
    }
    return blocks;
  };
  const principalsOf = (principals, partition) => {
    const named = {};
    for (const [key, template] of principals) (named[key] ??= []).push(...expand(template, partition));
    return principals.length === 1 && named.AWS?.[0] === "*" ? "*" : named;
  };
  const statementOf = (statement, partition) => {
    const [actionElement, actions] = statement.actions;
    const [resourceElement, resources] = statement.resources;
    const rendered = statement.sid ? { Sid: statement.sid } : {};
    rendered.Effect = statement.effect;
    if (statement.principals) {
      const [principalElement, principals] = statement.principals;
      rendered[principalElement] = principalsOf(principals, partition);
    }
    rendered[actionElement] = actions;
    if (resources.length > 0) {
      rendered[resourceElement] = resources
        .filter((resource) => isIn(resource.partitions, partition))
        .flatMap((resource) => expand(resource.template, partition));
    }
    if (statement.conditions.length > 0) rendered.Condition = conditions(statement.conditions, partition);
    return rendered;
  };
  const documentOf = (statements, partition) => ({
    Version: "2012-10-17",
    Statement: statements
      .filter((statement) => isIn(statement.partitions, partition))
      .map((statement) => statementOf(statement, partition)),
  });
  const pretty = (document) => JSON.stringify(document, null, 2) + "\n";
  const sizeOf = (make) => {
    isMeasured = true;
    const size = [...JSON.stringify(make())].length;
    isMeasured = false;
    return size;
  };

  // The kinds of attachment that a policy with these extensions may have; null if nothing limits them.
  const attachments = (policy, extensions) => {
    const limits = extensions.length === 0 ? [policy.attach] : extensions.map((one) => (one.attach.length > 0 ? one.attach : policy.attach));
    const limiting = limits.filter((limit) => limit.length > 0);
    if (limiting.length === 0) return null;
    return Object.keys(model.kinds).filter((kind) => limiting.every((limit) => limit.includes(kind)));
  };

  // The checks of values. The texts are those of the program.
  const white = /[\u0009-\u000d\u0020\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/u;
  const fits = ({ pattern, longest }, value) =>
    new RegExp(`^(?:${pattern})$`).test(value) && (longest === null || value.length <= longest);
  const moreThan = (limit, noun) => `it has more than ${grouped(limit)} ${noun}${limit === 1 ? "" : "s"}`;
  const problem = (parameter, value) => {
    if (parameter.kind !== "list") return problemOfText(parameter, value);
    const texts = value.split(",");
    if (parameter.items !== null && texts.length > parameter.items) return moreThan(parameter.items, "element");
    for (const [index, text] of texts.entries()) {
      const wrong = problemOfText(parameter, text);
      if (wrong) return wrong;
      if (texts.indexOf(text) < index) return "it contains the same element twice";
    }
    return null;
  };
  const problemOfText = (parameter, value) => {
    const { kind } = parameter;
    if (value === "") return "it is empty, which would widen the resources that use it";
    if (value === "*" && (kind === "account" || kind === "region")) {
      return parameter.any ? null : "it is `*`, which this parameter does not allow";
    }
    if (kind === "account") return fits(parameter, value) ? null : "it is not an account ID, which has twelve digits";
    if (kind === "region") return fits(parameter, value) ? null : "it is not the code of an AWS Region, such as `eu-west-1`";
    if (kind === "partition") return fits(parameter, value) ? null : "it is not an AWS partition, such as `aws` or `aws-cn`";
    for (const character of value) {
      if (character === ":" && kind === "arn") continue;
      if ("*?".includes(character)) return `it contains \`${character}\`, which would widen the resources that use it`;
      if (":${}".includes(character)) return `it contains \`${character}\`, which has a special meaning in a policy`;
      if (character === "/" && !parameter.slash && kind !== "arn") return "it contains `/`, which this parameter does not allow";
      if (white.test(character)) return "it contains white space";
      const code = character.codePointAt(0);
      if (code < 0x20 || code > 0xff) {
        const hex = code.toString(16).toUpperCase().padStart(4, "0");
        return `it contains U+${hex}, but IAM accepts only U+0020 to U+00FF`;
      }
    }
    if (kind === "arn" && !new RegExp(`^(?:${parameter.pattern})$`).test(value)) return "it is not an ARN, such as `arn:aws:iam::123456789012:role/name`";
    if (parameter.longest !== null && [...value].length > parameter.longest) return moreThan(parameter.longest, "character");
    return null;
  };

  const selected = (policy) => policy.extensions.filter((extension) => chosen.extensions[policy.name].has(extension.name));
  const show = (name, document) => {
    for (const code of all("[data-json]")) {
      if (code.dataset.json !== name) continue;
      const text = pretty(document);
      if (code.textContent !== text) code.textContent = text;
    }
  };
  const live = (name, size, quotas, complaint) => {
    const place = all("[data-live]").find((one) => one.dataset.live === name);
    if (!place) return;
    if (complaint) {
      place.replaceChildren(element("p", { className: "error", textContent: complaint }));
      return;
    }
    const lines = quotas.map(({ description, quota }) => {
      const text = `${description[0].toUpperCase()}${description.slice(1)}: ${grouped(size)} of ${grouped(quota)} characters`;
      const over = size > quota ? `, ${grouped(size - quota)} too many` : ` (${Math.ceil((size * 100) / quota)}%)`;
      const meter = element("meter", { max: quota, high: quota * 0.9, value: Math.min(size, quota) });
      meter.setAttribute("aria-label", text);
      return element("li", { className: size > quota ? "over" : "" }, element("span", { textContent: text + over }), meter);
    });
    if (lines.length === 0) lines.push(element("li", { textContent: `${grouped(size)} characters` }));
    place.replaceChildren(element("ul", { className: "live" }, ...lines));
  };

  const render = () => {
    for (const policy of model.policies) {
      const supported = policy.partitions.includes(chosen.partition);
      const partition = supported ? chosen.partition : policy.partitions[0];
      const refusal = supported
        ? null
        : `This policy does not support the partition \`${chosen.partition}\`, only ${listed(policy.partitions)}. Shown: \`${partition}\`.`;
      const extensions = selected(policy);
      const statements = [...policy.statements, ...extensions.flatMap((extension) => extension.statements)];
      const rendered = documentOf(statements, partition);
      const kinds = attachments(policy, extensions);
      const none = kinds && kinds.length === 0 ? "These extensions cannot be combined: no kind of attachment allows all of them." : null;
      show(policy.name, rendered);
      live(policy.name, sizeOf(() => documentOf(statements, partition)), (kinds ?? []).map((kind) => model.kinds[kind]), refusal ?? none);
      for (const extension of policy.extensions) {
        show(`${policy.name}+${extension.name}`, documentOf(extension.statements, partition));
      }
      if (policy.trust) {
        const trust = documentOf(policy.trust, partition);
        show(`${policy.name}.trust`, trust);
        live(`${policy.name}.trust`, sizeOf(() => documentOf(policy.trust, partition)), [model.kinds.trust], refusal);
      }
      for (const part of all(`section.policy`).filter((one) => one.dataset.policy === policy.name)) {
        for (const limited of all("[data-partitions]", part)) {
          limited.classList.toggle("elsewhere", !limited.dataset.partitions.split(" ").includes(partition));
        }
        for (const code of all("[data-template]", part)) {
          // What is limited to other partitions keeps the text that it has there.
          const limits = code.closest("[data-partitions]")?.dataset.partitions.split(" ");
          code.textContent = expand(
            code.dataset.template,
            limits && !limits.includes(partition) ? limits[0] : partition,
          ).join(", ");
        }
      }
    }
    for (const code of all("[data-usage]")) code.textContent = usages[code.dataset.usage](passed(code.dataset.usage));
    index();
  };

  // Search and filters.
  let statements = [];
  const index = () => {
    statements = all(".statement").map((part) => ({
      part,
      policy: part.dataset.policy,
      sections: [part.closest("section.extension, section.trust"), part.closest("section.policy")],
      text: (part.firstElementChild.textContent + " " + part.querySelector(".head").textContent).toLowerCase(),
      rows: all("tbody tr", part).map((row) => ({
        row,
        text: row.querySelector(".reason").textContent.toLowerCase(),
        actions: all("li[data-action]", row).map((item) => ({
          item,
          text: item.dataset.action.toLowerCase(),
          service: item.dataset.service,
          levels: item.dataset.levels.split(", "),
        })),
      })),
    }));
  };
  const hide = (part, hidden) => {
    if (part.hidden !== hidden) part.hidden = hidden;
  };
  const filter = () => {
    const words = byId("query").value.toLowerCase().split(/\s+/).filter(Boolean);
    const [policy, anchor, service, level] = ["policy", "statement", "service", "level"].map((id) => byId(id).value);
    const active = words.length > 0 || [policy, anchor, service, level].some(Boolean);
    let count = 0;
    const shown = new Set();
    for (const statement of statements) {
      const fits = (!policy || statement.policy === policy) && (!anchor || statement.part.id === anchor);
      // What the statement says as a whole need not be in its rows.
      const missing = fits ? words.filter((word) => !statement.text.includes(word)) : [];
      const matches = (row, action) =>
        fits &&
        (!service || action.service === service) &&
        (!level || action.levels.includes(level)) &&
        missing.every((word) => action.text.includes(word) || row.text.includes(word));
      const found = statement.rows.map((row) => row.actions.map((action) => matches(row, action)));
      const any = found.some((row) => row.includes(true));
      hide(statement.part, !any);
      // The rows of a hidden statement do not matter.
      if (!any) continue;
      for (const part of statement.sections) shown.add(part);
      statement.rows.forEach((row, at) => {
        hide(row.row, !found[at].includes(true));
        row.actions.forEach((action, number) => {
          hide(action.item, !found[at][number]);
          count += found[at][number];
        });
      });
    }
    for (const part of all("section.policy, section.extension, section.trust")) hide(part, active && !shown.has(part));
    byId("content").classList.toggle("filtering", active);
    hide(byId("nothing"), count > 0);
    byId("found").textContent = active ? `${grouped(count)} ${count === 1 ? "permission" : "permissions"}` : "";
  };

  // The address: an anchor, and after a question mark what differs from the defaults.
  // The value of a parameter unless another is chosen: that of the environment, or its default.
  const usual = ({ name, default: value }) => {
    const chosenName = byId("environment")?.value;
    const environment = model.environments.find((one) => one.name === chosenName);
    return environment?.values[name] ?? value;
  };
  const anchorOf = () => location.hash.slice(1).split("?")[0];
  const address = (anchor) => {
    const query = new URLSearchParams();
    if (chosen.partition !== partitions[0]) query.set("partition", chosen.partition);
    if (byId("environment")?.value) query.set("environment", byId("environment").value);
    for (const parameter of model.parameters) {
      const value = chosen.values[parameter.name];
      if (value !== usual(parameter)) query.set(`set.${parameter.name}`, value ?? "");
    }
    for (const [policy, names] of Object.entries(chosen.extensions)) {
      for (const name of names) query.append("with", `${policy}+${name}`);
    }
    if (byId("query").value) query.set("search", byId("query").value);
    for (const id of ["policy", "statement", "service", "level"]) if (byId(id).value) query.set(id, byId(id).value);
    if (choice.selectedIndex > 0) query.set("form", choice.value);
    const text = query.toString();
    return anchor || text ? `#${anchor}${text && "?" + text}` : location.pathname;
  };
  let remembering;
  const remember = () => {
    // Not with every key press.
    clearTimeout(remembering);
    remembering = setTimeout(rememberNow, 150);
  };
  const rememberNow = () => {
    try {
      history.replaceState(null, "", address(anchorOf()));
    } catch {
      // A page in a sandbox has no history.
    }
  };
  const restore = () => {
    const query = new URLSearchParams(location.hash.split("?").slice(1).join("?"));
    for (const radio of all('[name="partition"]')) {
      if (radio.value === query.get("partition")) radio.checked = true;
    }
    const environment = byId("environment");
    if (environment && query.has("environment")) {
      environment.value = query.get("environment");
      fill();
    }
    for (const input of all("[data-parameter]")) input.value = query.get(`set.${input.dataset.parameter}`) ?? input.value;
    for (const box of all("[data-extension]")) {
      if (query.getAll("with").includes(`${box.dataset.policy}+${box.dataset.extension}`)) box.checked = true;
    }
    if (query.has("form")) choice.value = query.get("form");
    showForm();
    if (query.has("search")) byId("query").value = query.get("search");
    for (const id of ["policy", "statement", "service", "level"]) if (query.has(id)) byId(id).value = query.get(id);
    if ([...query.keys()].some((key) => key === "partition" || key === "environment" || key === "with" || key.startsWith("set."))) {
      const options = byId("options");
      if (options) options.open = true;
    }
  };
  const go = () => {
    const target = document.getElementById(decodeURIComponent(anchorOf()));
    if (!target) return;
    // What a search hides is shown to those who follow a link to it.
    if (target.closest("[hidden]") || (target.closest(".overview, .closing") && byId("content").classList.contains("filtering"))) {
      byId("controls").reset();
    }
    target.scrollIntoView();
  };

  // The controls.
  const fill = () => {
    for (const input of all("[data-parameter]")) input.value = usual(parameters[input.dataset.parameter]) ?? "";
  };
  const choose = () => {
    chosen.partition = all('[name="partition"]').find((radio) => radio.checked)?.value ?? partitions[0];
    for (const input of all("[data-parameter]")) {
      const parameter = model.parameters.find((one) => one.name === input.dataset.parameter);
      const isUnset = input.value === "" && usual(parameter) === null;
      const wrong = isUnset ? null : problem(parameter, input.value);
      input.setAttribute("aria-invalid", wrong !== null);
      const error = wrong ? `\`${input.value}\` cannot be the value of \`${parameter.name}\`: ${wrong}` : "";
      byId(`error.${parameter.name}`).textContent = error;
      if (!wrong) chosen.values[parameter.name] = isUnset ? null : input.value;
    }
    for (const box of all("[data-extension]")) {
      const names = chosen.extensions[box.dataset.policy];
      if (box.checked) names.add(box.dataset.extension);
      else names.delete(box.dataset.extension);
    }
  };
  const update = (event) => {
    const form = byId("controls");
    if (event && event.target === byId("environment")) fill();
    if (!event || byId("options")?.contains(event.target)) {
      choose();
      render();
    }
    filter();
    remember();
  };

  // What actions do, on demand.
  const describe = (item) => {
    const pattern = item.dataset.action;
    const known = model.patterns[pattern];
    if (!known) return;
    const isPattern = /[*?]/.test(pattern);
    const label = isPattern ? `${known.length} ${known.length === 1 ? "action" : "actions"}` : "?";
    const button = element("button", { type: "button", className: "describe", textContent: label });
    button.setAttribute("aria-expanded", "false");
    button.setAttribute("aria-label", isPattern ? `List the ${label} that ${pattern} matches` : `Describe ${pattern}`);
    button.addEventListener("click", () => {
      const open = item.querySelector(".described");
      button.setAttribute("aria-expanded", String(!open));
      if (open) return open.remove();
      const described = element("div", { className: "described" });
      if (isPattern) {
        const list = element("dl");
        for (const action of known) {
          const [level, text] = model.actions[action];
          list.append(
            element("dt", {}, element("code", { textContent: action }), ` ${level}`),
            element("dd", { textContent: text }),
          );
        }
        described.append(list);
      } else {
        described.textContent = model.actions[known[0]][1];
      }
      item.append(described);
    });
    item.append(" ", button);
  };

  // Copying and saving.
  const copy = async (text, place) => {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const area = element("textarea", { value: text });
      document.body.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
    }
    place.textContent = "Copied";
    setTimeout(() => (place.textContent = ""), 2000);
  };
  const save = (text, name) => {
    const link = element("a", { href: URL.createObjectURL(new Blob([text], { type: "application/octet-stream" })), download: name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  };
  for (const part of all(".document")) {
    const text = () => part.querySelector("pre").textContent;
    part.querySelector(".buttons").hidden = false;
    part.querySelector("[data-copy]").addEventListener("click", () => copy(text(), part.querySelector("[role=status]")));
    const download = part.querySelector("[data-download]");
    download?.addEventListener("click", () => save(text(), download.dataset.download));
  }
  const choice = byId("form");
  const showForm = () => all("[data-form]").forEach((part) => (part.hidden = part.dataset.form !== choice.value));
  choice.closest("p").hidden = false;
  choice.addEventListener("input", () => {
    showForm();
    remember();
  });

  const form = byId("controls");
  form.hidden = false;
  byId("content").classList.add("scripted");
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", update);
  form.addEventListener("reset", () => setTimeout(() => update()));
  document.addEventListener("keydown", (event) => {
    const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement?.tagName ?? "");
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      byId("query").focus();
    }
  });
  window.addEventListener("hashchange", () => {
    if (location.hash.includes("?")) {
      restore();
      update();
    } else {
      remember();
    }
    go();
  });
  window.addEventListener("beforeprint", () => all("details.document:not(.form *)").forEach((part) => (part.open = true)));
  const start = () => {
    restore();
    for (const item of all("li[data-action]")) describe(item);
    update();
    if (anchorOf()) go();
    byId("content").classList.add("ready");
  };
  // A long page is shown first.
  if (document.hidden) start();
  else requestAnimationFrame(() => setTimeout(start));
})();
