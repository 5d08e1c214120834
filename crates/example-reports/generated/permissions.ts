// Written by `cargo xtask regenerate` from `../policies.toml`. Do not edit: change that file instead.

import { Stack, Token } from "aws-cdk-lib";
import * as iam from "aws-cdk-lib/aws-iam";
import { Construct } from "constructs";

/** What can be chosen. */
export interface PermissionsProps {
  /** The environment whose values the parameters have unless they are set. */
  readonly environment?: "dev" | "prod";
  /** The account of the environment. Default: 444455556666 */
  readonly account?: string;
  /** The Region of the function, the queue and the key. Default: eu-west-1 */
  readonly region?: string;
  /** The bucket's name before the account. Default: reports-dev */
  readonly bucket?: string;
  /** The branch or tag that is deployed. Default: heads/main */
  readonly branch?: string;
  /** The name of the managed policy for the policy `user`; generated if not set. */
  readonly userPolicyName?: string;
  /** The name of the role for the policy `function`; generated if not set. */
  readonly functionRoleName?: string;
  /** The name of the managed policy for the policy `limit`; generated if not set. */
  readonly limitPolicyName?: string;
  /** The name of the role for the policy `deploy`; generated if not set. */
  readonly deployRoleName?: string;
}

/** Permissions of the report tool */
export class Permissions extends Construct {
  /** The managed policy `user`. */
  readonly userPolicy: iam.IManagedPolicy;
  /** The role for the policy `function`. What it may do is up to the spec, so grants to it have no effect. */
  readonly functionRole: iam.IRole;
  /** The managed policy `limit`. */
  readonly limitPolicy: iam.IManagedPolicy;
  /** The role for the policy `deploy`. What it may do is up to the spec, so grants to it have no effect. */
  readonly deployRole: iam.IRole;
  /** The policy `queue` of an SQS queue, as JSON. */
  readonly queueDocument: Record<string, unknown>;

  constructor(scope: Construct, id: string, props: PermissionsProps = {}) {
    super(scope, id);
    known("environment", props.environment === undefined ? [] : [props.environment], ["dev", "prod"]);
    const partition = Stack.of(this).partition;
    const value = {
      account: textOf("account", props.account, props.environment, {"prod": "111122223333"}, "444455556666", { pattern: "[0-9]{12}", words: "must be an account ID, and can have 12 characters", longest: 12 }),
      region: textOf("region", props.region, props.environment, {}, "eu-west-1", { pattern: "[a-z]+(-[a-z]+)+-[1-9][0-9]?", words: "must be the code of a Region, and can have 16 characters", longest: 16 }),
      bucket: textOf("bucket", props.bucket, props.environment, {"dev": "reports-dev", "prod": "reports-prod"}, "reports-dev", { pattern: "[!-#%-)+-.0-9;->@-z|~-\\x84\\x86-\\x9f\\xa1-\\xff]+", words: "must not be empty, and must not contain white space or any of *, ?, :, $, {, }, /, and can have 40 characters", longest: 40 }),
      branch: textOf("branch", props.branch, props.environment, {"prod": "tags/release"}, "heads/main", { pattern: "[!-#%-)+-9;->@-z|~-\\x84\\x86-\\x9f\\xa1-\\xff]+", words: "must not be empty, and must not contain white space or any of *, ?, :, $, {, }, and can have 40 characters", longest: 40 }),
    };

    // Limit
    const limitDocument = {
      "Version": "2012-10-17",
      "Statement": [
        // The function only uses these services.
        {
          "Sid": "OwnServices",
          "Effect": "Allow",
          "Action": [
            "s3:GetObject",
            "s3:PutObject",
            "sqs:*",
            "logs:*",
            "kms:Decrypt",
            "kms:GenerateDataKey",
            "xray:Put*",
            "xray:GetSampling*",
          ],
          "Resource": [
            "*",
          ],
        },
      ],
    };
    const limitPolicy = new iam.CfnManagedPolicy(this, "LimitPolicy", {
      managedPolicyName: props.limitPolicyName,
      policyDocument: limitDocument,
    });
    this.limitPolicy = iam.ManagedPolicy.fromManagedPolicyArn(this, "LimitPolicyReference", limitPolicy.ref);

    // User
    const userDocument = {
      "Version": "2012-10-17",
      "Statement": [
        // Lists the reports of a month.
        // Without it: Users must know the name of a report.
        {
          "Sid": "FindReports",
          "Effect": "Allow",
          "Action": [
            "s3:ListBucket",
          ],
          "Resource": [
            "arn:" + partition + ":s3:::" + value.bucket + "-" + value.account,
          ],
        },
        // Downloads reports, and uploads the data that they are made from.
        {
          "Sid": "UseReports",
          "Effect": "Allow",
          "Action": [
            "s3:GetObject",
            "s3:PutObject",
          ],
          "Resource": [
            "arn:" + partition + ":s3:::" + value.bucket + "-" + value.account + "/*",
          ],
        },
        // S3 encrypts objects with the bucket's key. The key can only be used through S3.
        {
          "Sid": "DecryptReports",
          "Effect": "Allow",
          "Action": [
            "kms:Decrypt",
            "kms:GenerateDataKey",
          ],
          "Resource": [
            "arn:" + partition + ":kms:" + value.region + ":" + value.account + ":key/*",
          ],
          "Condition": {
            "StringEquals": {
              "kms:ViaService": [
                "s3." + value.region + ".amazonaws.com",
              ],
            },
          },
        },
      ],
    };
    const userPolicy = new iam.CfnManagedPolicy(this, "UserPolicy", {
      managedPolicyName: props.userPolicyName,
      policyDocument: userDocument,
    });
    this.userPolicy = iam.ManagedPolicy.fromManagedPolicyArn(this, "UserPolicyReference", userPolicy.ref);

    // Function
    const functionDocument = {
      "Version": "2012-10-17",
      "Statement": [
        // Lambda polls the queue for new data on behalf of the function.
        {
          "Sid": "TakeOrders",
          "Effect": "Allow",
          "Action": [
            "sqs:ReceiveMessage",
            "sqs:DeleteMessage",
            "sqs:GetQueueAttributes",
          ],
          "Resource": [
            "arn:" + partition + ":sqs:" + value.region + ":" + value.account + ":reports",
          ],
        },
        // Reads the data and writes the report next to it.
        {
          "Sid": "WriteReports",
          "Effect": "Allow",
          "Action": [
            "s3:GetObject",
            "s3:PutObject",
          ],
          "Resource": [
            "arn:" + partition + ":s3:::" + value.bucket + "-" + value.account + "/*",
          ],
        },
        // S3 encrypts objects with the bucket's key. The key can only be used through S3.
        {
          "Sid": "EncryptReports",
          "Effect": "Allow",
          "Action": [
            "kms:Decrypt",
            "kms:GenerateDataKey",
          ],
          "Resource": [
            "arn:" + partition + ":kms:" + value.region + ":" + value.account + ":key/*",
          ],
          "Condition": {
            "StringEquals": {
              "kms:ViaService": [
                "s3." + value.region + ".amazonaws.com",
              ],
            },
          },
        },
        // Writes the function's logs.
        // Without it: Failures leave no trace.
        {
          "Sid": "WriteLogs",
          "Effect": "Allow",
          "Action": [
            "logs:CreateLogStream",
            "logs:PutLogEvents",
          ],
          "Resource": [
            "arn:" + partition + ":logs:" + value.region + ":" + value.account + ":log-group:/aws/lambda/reports:*",
          ],
        },
      ],
    };
    const functionTrust = {
      "Version": "2012-10-17",
      "Statement": [
        // Lambda assumes the role to run the function, and only functions of this account.
        {
          "Sid": "RunFunction",
          "Effect": "Allow",
          "Principal": {
            "Service": [
              "lambda.amazonaws.com",
            ],
          },
          "Action": [
            "sts:AssumeRole",
          ],
          "Condition": {
            "StringEquals": {
              "aws:SourceAccount": [
                value.account,
              ],
            },
          },
        },
      ],
    };
    const functionRole = new iam.CfnRole(this, "FunctionRole", {
      roleName: props.functionRoleName,
      description: "Function",
      assumeRolePolicyDocument: functionTrust,
      permissionsBoundary: limitPolicy.ref,
      managedPolicyArns: ["arn:" + partition + ":iam::aws:policy/AWSXRayDaemonWriteAccess"],
      policies: [{ policyName: "function", policyDocument: functionDocument }],
    });
    this.functionRole = iam.Role.fromRoleArn(this, "FunctionRoleReference", functionRole.attrArn, { mutable: false });

    // Deployment
    const deployDocument = {
      "Version": "2012-10-17",
      "Statement": [
        // Uploads the new code and waits until it is active.
        {
          "Sid": "UpdateFunction",
          "Effect": "Allow",
          "Action": [
            "lambda:UpdateFunctionCode",
            "lambda:GetFunction",
            "lambda:GetFunctionConfiguration",
          ],
          "Resource": [
            "arn:" + partition + ":lambda:" + value.region + ":" + value.account + ":function:reports",
          ],
        },
      ],
    };
    const deployTrust = {
      "Version": "2012-10-17",
      "Statement": [
        // The workflow of this repository deploys releases, without long-lived keys.
        {
          "Sid": "DeployFromGithub",
          "Effect": "Allow",
          "Principal": {
            "Federated": [
              "arn:" + partition + ":iam::" + value.account + ":oidc-provider/token.actions.githubusercontent.com",
            ],
          },
          "Action": [
            "sts:AssumeRoleWithWebIdentity",
          ],
          "Condition": {
            "StringEquals": {
              "token.actions.githubusercontent.com:aud": [
                "sts.amazonaws.com",
              ],
              "token.actions.githubusercontent.com:sub": [
                "repo:octo-org/reports:ref:refs/" + value.branch,
              ],
            },
          },
        },
      ],
    };
    const deployRole = new iam.CfnRole(this, "DeployRole", {
      roleName: props.deployRoleName,
      description: "Deployment",
      assumeRolePolicyDocument: deployTrust,
      policies: [{ policyName: "deploy", policyDocument: deployDocument }],
    });
    this.deployRole = iam.Role.fromRoleArn(this, "DeployRoleReference", deployRole.attrArn, { mutable: false });

    // Queue
    const queueDocument = {
      "Version": "2012-10-17",
      "Statement": [
        // S3 announces new data, from the bucket of this account only.
        {
          "Sid": "AnnounceData",
          "Effect": "Allow",
          "Principal": {
            "Service": [
              "s3.amazonaws.com",
            ],
          },
          "Action": [
            "sqs:SendMessage",
          ],
          "Resource": [
            "arn:" + partition + ":sqs:" + value.region + ":" + value.account + ":reports",
          ],
          "Condition": {
            "ArnEquals": {
              "aws:SourceArn": [
                "arn:" + partition + ":s3:::" + value.bucket + "-" + value.account,
              ],
            },
            "StringEquals": {
              "aws:SourceAccount": [
                value.account,
              ],
            },
          },
        },
      ],
    };
    this.queueDocument = queueDocument;
  }
}

/** A value: the one that is given, that of the environment, or the default. */
function textOf(
  name: string,
  given: string | undefined,
  environment: string | undefined,
  environments: Record<string, string>,
  usual: string | undefined,
  rule: Rule,
): string {
  const value = given ?? (environment === undefined ? undefined : environments[environment]) ?? usual;
  if (value === undefined) throw new Error(`${name} has no value: set it, or choose an environment that has one`);
  return checked(name, value, rule);
}

/** What a value must match, that in words, and its maximum length. */
type Rule = { pattern: string; words: string; longest?: number };

/** A value that follows its rule, or is only known when the stack is deployed. */
function checked(name: string, value: string, { pattern, words, longest }: Rule): string {
  const isGood = new RegExp(`^(?:${pattern})$`).test(value) && value.length <= (longest ?? value.length);
  if (!isGood && !Token.isUnresolved(value)) throw new Error(`${name} ${words}, but it is ${JSON.stringify(value)}`);
  return value;
}

/** Rejects what is none of the known names. */
function known(name: string, given: readonly string[], names: string[]): void {
  for (const one of given) {
    if (!names.includes(one)) throw new Error(`${name} cannot be ${JSON.stringify(one)}, only ${names.join(", ")}`);
  }
}
