# Written by `cargo xtask regenerate` from `../policies.toml`. Do not edit: change that file instead.

import re
from typing import Any, Dict, List, Optional, Sequence

from aws_cdk import Stack, Token
from aws_cdk import aws_iam as iam
from constructs import Construct


class Permissions(Construct):
    # Permissions of the report tool

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        # The environment whose values the parameters have unless they are set.
        # One of: dev, prod
        environment: Optional[str] = None,
        # The account of the environment. Default: 444455556666
        account: Optional[str] = None,
        # The Region of the function, the queue and the key. Default: eu-west-1
        region: Optional[str] = None,
        # The bucket's name before the account. Default: reports-dev
        bucket: Optional[str] = None,
        # The branch or tag that is deployed. Default: heads/main
        branch: Optional[str] = None,
        # The name of the managed policy for the policy `user`; generated if not set.
        user_policy_name: Optional[str] = None,
        # The name of the role for the policy `function`; generated if not set.
        function_role_name: Optional[str] = None,
        # The name of the managed policy for the policy `limit`; generated if not set.
        limit_policy_name: Optional[str] = None,
        # The name of the role for the policy `deploy`; generated if not set.
        deploy_role_name: Optional[str] = None,
    ) -> None:
        super().__init__(scope, id)
        _known("environment", [] if environment is None else [environment], ["dev", "prod"])
        partition = Stack.of(self).partition
        account = _text_of("account", account, environment, {"prod": "111122223333"}, "444455556666", {"pattern": "[0-9]{12}", "words": "must be an account ID, and can have 12 characters", "longest": 12})
        region = _text_of("region", region, environment, {}, "eu-west-1", {"pattern": "[a-z]+(-[a-z]+)+-[1-9][0-9]?", "words": "must be the code of a Region, and can have 16 characters", "longest": 16})
        bucket = _text_of("bucket", bucket, environment, {"dev": "reports-dev", "prod": "reports-prod"}, "reports-dev", {"pattern": "[!-#%-)+-.0-9;->@-z|~-\\x84\\x86-\\x9f\\xa1-\\xff]+", "words": "must not be empty, and must not contain white space or any of *, ?, :, $, {, }, /, and can have 40 characters", "longest": 40})
        branch = _text_of("branch", branch, environment, {"prod": "tags/release"}, "heads/main", {"pattern": "[!-#%-)+-9;->@-z|~-\\x84\\x86-\\x9f\\xa1-\\xff]+", "words": "must not be empty, and must not contain white space or any of *, ?, :, $, {, }, and can have 40 characters", "longest": 40})

        # Limit
        limit_document = {
            "Version": "2012-10-17",
            "Statement": [
                # The function only uses these services.
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
        }
        limit_policy = iam.CfnManagedPolicy(
            self,
            "LimitPolicy",
            managed_policy_name=limit_policy_name,
            policy_document=limit_document,
        )
        self.limit_policy = iam.ManagedPolicy.from_managed_policy_arn(self, "LimitPolicyReference", limit_policy.ref)

        # User
        user_document = {
            "Version": "2012-10-17",
            "Statement": [
                # Lists the reports of a month.
                # Without it: Users must know the name of a report.
                {
                    "Sid": "FindReports",
                    "Effect": "Allow",
                    "Action": [
                        "s3:ListBucket",
                    ],
                    "Resource": [
                        "arn:" + partition + ":s3:::" + bucket + "-" + account,
                    ],
                },
                # Downloads reports, and uploads the data that they are made from.
                {
                    "Sid": "UseReports",
                    "Effect": "Allow",
                    "Action": [
                        "s3:GetObject",
                        "s3:PutObject",
                    ],
                    "Resource": [
                        "arn:" + partition + ":s3:::" + bucket + "-" + account + "/*",
                    ],
                },
                # S3 encrypts objects with the bucket's key. The key can only be used through S3.
                {
                    "Sid": "DecryptReports",
                    "Effect": "Allow",
                    "Action": [
                        "kms:Decrypt",
                        "kms:GenerateDataKey",
                    ],
                    "Resource": [
                        "arn:" + partition + ":kms:" + region + ":" + account + ":key/*",
                    ],
                    "Condition": {
                        "StringEquals": {
                            "kms:ViaService": [
                                "s3." + region + ".amazonaws.com",
                            ],
                        },
                    },
                },
            ],
        }
        user_policy = iam.CfnManagedPolicy(
            self,
            "UserPolicy",
            managed_policy_name=user_policy_name,
            policy_document=user_document,
        )
        self.user_policy = iam.ManagedPolicy.from_managed_policy_arn(self, "UserPolicyReference", user_policy.ref)

        # Function
        function_document = {
            "Version": "2012-10-17",
            "Statement": [
                # Lambda polls the queue for new data on behalf of the function.
                {
                    "Sid": "TakeOrders",
                    "Effect": "Allow",
                    "Action": [
                        "sqs:ReceiveMessage",
                        "sqs:DeleteMessage",
                        "sqs:GetQueueAttributes",
                    ],
                    "Resource": [
                        "arn:" + partition + ":sqs:" + region + ":" + account + ":reports",
                    ],
                },
                # Reads the data and writes the report next to it.
                {
                    "Sid": "WriteReports",
                    "Effect": "Allow",
                    "Action": [
                        "s3:GetObject",
                        "s3:PutObject",
                    ],
                    "Resource": [
                        "arn:" + partition + ":s3:::" + bucket + "-" + account + "/*",
                    ],
                },
                # S3 encrypts objects with the bucket's key. The key can only be used through S3.
                {
                    "Sid": "EncryptReports",
                    "Effect": "Allow",
                    "Action": [
                        "kms:Decrypt",
                        "kms:GenerateDataKey",
                    ],
                    "Resource": [
                        "arn:" + partition + ":kms:" + region + ":" + account + ":key/*",
                    ],
                    "Condition": {
                        "StringEquals": {
                            "kms:ViaService": [
                                "s3." + region + ".amazonaws.com",
                            ],
                        },
                    },
                },
                # Writes the function's logs.
                # Without it: Failures leave no trace.
                {
                    "Sid": "WriteLogs",
                    "Effect": "Allow",
                    "Action": [
                        "logs:CreateLogStream",
                        "logs:PutLogEvents",
                    ],
                    "Resource": [
                        "arn:" + partition + ":logs:" + region + ":" + account + ":log-group:/aws/lambda/reports:*",
                    ],
                },
            ],
        }
        function_trust = {
            "Version": "2012-10-17",
            "Statement": [
                # Lambda assumes the role to run the function, and only functions of this account.
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
                                account,
                            ],
                        },
                    },
                },
            ],
        }
        function_role = iam.CfnRole(
            self,
            "FunctionRole",
            role_name=function_role_name,
            description="Function",
            assume_role_policy_document=function_trust,
            permissions_boundary=limit_policy.ref,
            managed_policy_arns=["arn:" + partition + ":iam::aws:policy/AWSXRayDaemonWriteAccess"],
            policies=[iam.CfnRole.PolicyProperty(policy_name="function", policy_document=function_document)],
        )
        self.function_role = iam.Role.from_role_arn(self, "FunctionRoleReference", function_role.attr_arn, mutable=False)

        # Deployment
        deploy_document = {
            "Version": "2012-10-17",
            "Statement": [
                # Uploads the new code and waits until it is active.
                {
                    "Sid": "UpdateFunction",
                    "Effect": "Allow",
                    "Action": [
                        "lambda:UpdateFunctionCode",
                        "lambda:GetFunction",
                        "lambda:GetFunctionConfiguration",
                    ],
                    "Resource": [
                        "arn:" + partition + ":lambda:" + region + ":" + account + ":function:reports",
                    ],
                },
            ],
        }
        deploy_trust = {
            "Version": "2012-10-17",
            "Statement": [
                # The workflow of this repository deploys releases, without long-lived keys.
                {
                    "Sid": "DeployFromGithub",
                    "Effect": "Allow",
                    "Principal": {
                        "Federated": [
                            "arn:" + partition + ":iam::" + account + ":oidc-provider/token.actions.githubusercontent.com",
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
                                "repo:octo-org/reports:ref:refs/" + branch,
                            ],
                        },
                    },
                },
            ],
        }
        deploy_role = iam.CfnRole(
            self,
            "DeployRole",
            role_name=deploy_role_name,
            description="Deployment",
            assume_role_policy_document=deploy_trust,
            policies=[iam.CfnRole.PolicyProperty(policy_name="deploy", policy_document=deploy_document)],
        )
        self.deploy_role = iam.Role.from_role_arn(self, "DeployRoleReference", deploy_role.attr_arn, mutable=False)

        # Queue
        queue_document = {
            "Version": "2012-10-17",
            "Statement": [
                # S3 announces new data, from the bucket of this account only.
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
                        "arn:" + partition + ":sqs:" + region + ":" + account + ":reports",
                    ],
                    "Condition": {
                        "ArnEquals": {
                            "aws:SourceArn": [
                                "arn:" + partition + ":s3:::" + bucket + "-" + account,
                            ],
                        },
                        "StringEquals": {
                            "aws:SourceAccount": [
                                account,
                            ],
                        },
                    },
                },
            ],
        }
        self.queue_document = queue_document


def _text_of(
    name: str,
    given: Optional[str],
    environment: Optional[str],
    environments: Dict[str, str],
    usual: Optional[str],
    rule: Dict[str, Any],
) -> str:
    """A value: the one that is given, that of the environment, or the default."""
    value = given if given is not None else environments.get(environment or "", usual)
    if value is None:
        raise ValueError(f"{name} has no value: set it, or choose an environment that has one")
    return _checked(name, value, rule)


def _checked(name: str, value: str, rule: Dict[str, Any]) -> str:
    """A value that follows its rule, or is only known when the stack is deployed."""
    is_good = re.fullmatch(rule["pattern"], value) and len(value) <= rule.get("longest", len(value))
    if not is_good and not Token.is_unresolved(value):
        raise ValueError(f"{name} {rule['words']}, but it is {value!r}")
    return value


def _known(name: str, given: Sequence[str], names: List[str]) -> None:
    """Rejects what is none of the known names."""
    for one in given:
        if one not in names:
            raise ValueError(f"{name} cannot be {one!r}, only {', '.join(names)}")
