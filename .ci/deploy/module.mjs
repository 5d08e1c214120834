// Reads every module with HashiCorp's parser, and writes it in Terraform's JSON syntax next to it.
import fs from "node:fs";
import path from "node:path";
import { parse } from "@cdktf/hcl2json";

for (const folder of process.argv.slice(2)) {
  const file = path.join(folder, "permissions.tf");
  const module = await parse(file, fs.readFileSync(file, "utf8"));
  if (!module.terraform) throw new Error(`${file} has no block terraform`);
  fs.writeFileSync(path.join(folder, "module.json"), JSON.stringify(module));
}
