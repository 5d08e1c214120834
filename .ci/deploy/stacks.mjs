// Synthesizes the construct of every spec with each choice, and writes the templates next to it: `node stacks.mjs OUT FOLDER…`.
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import cdk from "aws-cdk-lib";

const require = createRequire(import.meta.url);
const REGIONS = { aws: "eu-west-1", "aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1" };

const [outdir, ...folders] = process.argv.slice(2);
for (const folder of folders) {
  const { Permissions } = require(path.resolve(folder, "permissions.js"));
  const choices = JSON.parse(fs.readFileSync(path.join(folder, "choices.json"), "utf8"));
  const stacks = choices.map(({ partition, literal, typescript }) => {
    // The partition is known when the stack is synthesized, or only when it is deployed.
    const app = new cdk.App({ outdir, analyticsReporting: false, context: { "@aws-cdk/core:enablePartitionLiterals": literal } });
    const env = literal ? { region: REGIONS[partition], account: "123456789012" } : undefined;
    const stack = new cdk.Stack(app, "Stack", { env });
    new Permissions(stack, "Permissions", typescript);
    return app.synth().getStackByName("Stack").template;
  });
  fs.writeFileSync(path.join(folder, "typescript.json"), JSON.stringify(stacks));
}
