//! The published ways in which a principal can gain more permissions than it was given.
//!
//! Source: pathfinding.cloud, whose number of each path is in `source`; Rhino Security Labs, "AWS IAM Privilege
//! Escalation: Methods and Mitigation"; the same paths in Cloudsplaining. Paths that only add actions to another one are
//! left out.

macro_rules! powers {
    ($($service:literal { $($variant:ident = $name:literal,)+ })+) => {
        /// An action that is part of an escalation.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum Power {
            $($($variant,)+)+
        }

        impl Power {
            /// How many there are.
            pub(super) const COUNT: usize = [$($(Self::$variant,)+)+].len();

            /// The action, `service:Name`.
            pub(super) const fn name(self) -> &'static str {
                match self { $($(Self::$variant => concat!($service, ":", $name),)+)+ }
            }
        }

        /// The prefix of each service, with its actions.
        pub(super) const SERVICES: &[(&str, &[Power])] = &[$(($service, &[$(Power::$variant,)+]),)+];
    };
}

powers! {
    "apprunner" {
        AppRunnerCreateService = "CreateService",
        AppRunnerUpdateService = "UpdateService",
    }
    "bedrock-agentcore" {
        CreateCodeInterpreter = "CreateCodeInterpreter",
        InvokeCodeInterpreter = "InvokeCodeInterpreter",
        StartCodeInterpreterSession = "StartCodeInterpreterSession",
    }
    "cloudformation" {
        CreateChangeSet = "CreateChangeSet",
        CreateStack = "CreateStack",
        CreateStackInstances = "CreateStackInstances",
        CreateStackSet = "CreateStackSet",
        ExecuteChangeSet = "ExecuteChangeSet",
        UpdateStack = "UpdateStack",
        UpdateStackSet = "UpdateStackSet",
    }
    "codebuild" {
        CreateProject = "CreateProject",
        StartBuild = "StartBuild",
        StartBuildBatch = "StartBuildBatch",
    }
    "datapipeline" {
        ActivatePipeline = "ActivatePipeline",
        CreatePipeline = "CreatePipeline",
        PutPipelineDefinition = "PutPipelineDefinition",
    }
    "ec2" {
        CreateLaunchTemplateVersion = "CreateLaunchTemplateVersion",
        DescribeInstances = "DescribeInstances",
        ModifyInstanceAttribute = "ModifyInstanceAttribute",
        ModifyLaunchTemplate = "ModifyLaunchTemplate",
        RequestSpotInstances = "RequestSpotInstances",
        RunInstances = "RunInstances",
        StartInstances = "StartInstances",
        StopInstances = "StopInstances",
    }
    "ec2-instance-connect" {
        SendSshPublicKey = "SendSSHPublicKey",
    }
    "ecs" {
        EcsCreateService = "CreateService",
        EcsDescribeTasks = "DescribeTasks",
        EcsExecuteCommand = "ExecuteCommand",
        EcsRegisterTaskDefinition = "RegisterTaskDefinition",
        EcsRunTask = "RunTask",
        EcsStartTask = "StartTask",
    }
    "glue" {
        CreateDevEndpoint = "CreateDevEndpoint",
        CreateJob = "CreateJob",
        CreateTrigger = "CreateTrigger",
        StartJobRun = "StartJobRun",
        UpdateDevEndpoint = "UpdateDevEndpoint",
        UpdateJob = "UpdateJob",
    }
    "iam" {
        AddUserToGroup = "AddUserToGroup",
        AttachGroupPolicy = "AttachGroupPolicy",
        AttachRolePolicy = "AttachRolePolicy",
        AttachUserPolicy = "AttachUserPolicy",
        CreateAccessKey = "CreateAccessKey",
        CreateLoginProfile = "CreateLoginProfile",
        CreatePolicyVersion = "CreatePolicyVersion",
        PassRole = "PassRole",
        PutGroupPolicy = "PutGroupPolicy",
        PutRolePolicy = "PutRolePolicy",
        PutUserPolicy = "PutUserPolicy",
        SetDefaultPolicyVersion = "SetDefaultPolicyVersion",
        UpdateAssumeRolePolicy = "UpdateAssumeRolePolicy",
        UpdateLoginProfile = "UpdateLoginProfile",
    }
    "lambda" {
        AddPermission = "AddPermission",
        CreateEventSourceMapping = "CreateEventSourceMapping",
        CreateFunction = "CreateFunction",
        InvokeFunction = "InvokeFunction",
        UpdateFunctionCode = "UpdateFunctionCode",
    }
    "sagemaker" {
        CreateNotebookInstance = "CreateNotebookInstance",
        CreateNotebookInstanceLifecycleConfig = "CreateNotebookInstanceLifecycleConfig",
        CreatePresignedNotebookInstanceUrl = "CreatePresignedNotebookInstanceUrl",
        CreateProcessingJob = "CreateProcessingJob",
        CreateTrainingJob = "CreateTrainingJob",
        StartNotebookInstance = "StartNotebookInstance",
        StopNotebookInstance = "StopNotebookInstance",
        UpdateNotebookInstance = "UpdateNotebookInstance",
    }
    "ssm" {
        SendCommand = "SendCommand",
        StartSession = "StartSession",
    }
    "sts" {
        AssumeRole = "AssumeRole",
    }
}

/// A way to gain permissions.
#[derive(Debug)]
pub(super) struct Escalation {
    /// A short name.
    pub(super) name: &'static str,
    /// The actions that it takes. The first one decides whose permissions are gained.
    pub(super) powers: &'static [Power],
    /// What the first action must be allowed on.
    pub(super) target: Target,
    /// The actions that must be allowed on the same resource.
    pub(super) together: &'static [Power],
    /// The prefixes of the services that a role is passed to.
    pub(super) passed_to: &'static [&'static str],
    /// What a principal can do with it.
    pub(super) gives: &'static str,
    /// The number at pathfinding.cloud, or a URL.
    source: &'static str,
}

/// The resources that an escalation needs.
#[derive(Clone, Copy, Debug)]
pub(super) enum Target {
    /// All resources of a type: the service in their ARNs, and the pattern of their names.
    Every(&'static str, &'static str),
    /// All users, or the one that makes the request.
    EveryUserOrOneself,
    /// Some resources of a type. If the first action is allowed on all of them, that alone is an escalation.
    Some(&'static str, &'static str),
}

#[cfg(feature = "documentation")]
impl Target {
    /// The resources of the first action in words.
    pub(super) fn words(self) -> String {
        match self {
            Self::Every(service, names) => format!("all `{names}` of `{service}`"),
            Self::EveryUserOrOneself => "all `user/*` of `iam`, or `user/${aws:username}`".to_owned(),
            Self::Some(_, names) => format!("one `{names}` for both"),
        }
    }
}

impl Escalation {
    /// The page that describes it.
    pub(super) fn url(&self) -> String {
        if self.source.contains("://") {
            self.source.to_owned()
        } else {
            ["https://pathfinding.cloud/paths/", self.source].concat()
        }
    }
}

// Tests allow it everywhere.
#[cfg_attr(not(test), expect(clippy::enum_glob_use, reason = "the table names all of them"))]
use Power::*;
use Target::{Every, EveryUserOrOneself};

/// All roles.
const ROLES: Target = Every("iam", "role/*");
/// All EC2 instances.
const INSTANCES: Target = Every("ec2", "instance/*");

/// Every escalation.
pub(super) const ESCALATIONS: &[Escalation] = &[
    Escalation {
        name: "create-policy-version",
        powers: &[CreatePolicyVersion],
        target: Every("iam", "policy/*"),
        together: &[],
        passed_to: &[],
        gives: "replace the contents of any customer managed policy",
        source: "iam-001",
    },
    Escalation {
        name: "set-default-policy-version",
        powers: &[SetDefaultPolicyVersion],
        target: Every("iam", "policy/*"),
        together: &[],
        passed_to: &[],
        gives: "restore an earlier, wider version of any customer managed policy",
        source: "https://rhinosecuritylabs.com/aws/aws-privilege-escalation-methods-mitigation/",
    },
    Escalation {
        name: "attach-user-policy",
        powers: &[AttachUserPolicy],
        target: EveryUserOrOneself,
        together: &[],
        passed_to: &[],
        gives: "attach any managed policy to a user, such as itself",
        source: "iam-008",
    },
    Escalation {
        name: "attach-group-policy",
        powers: &[AttachGroupPolicy],
        target: Every("iam", "group/*"),
        together: &[],
        passed_to: &[],
        gives: "attach any managed policy to any group",
        source: "iam-010",
    },
    Escalation {
        name: "attach-role-policy",
        powers: &[AttachRolePolicy],
        target: ROLES,
        together: &[],
        passed_to: &[],
        gives: "attach any managed policy to any role",
        source: "iam-009",
    },
    Escalation {
        name: "put-user-policy",
        powers: &[PutUserPolicy],
        target: EveryUserOrOneself,
        together: &[],
        passed_to: &[],
        gives: "write any inline policy for a user, such as itself",
        source: "iam-007",
    },
    Escalation {
        name: "put-group-policy",
        powers: &[PutGroupPolicy],
        target: Every("iam", "group/*"),
        together: &[],
        passed_to: &[],
        gives: "write any inline policy for any group",
        source: "iam-011",
    },
    Escalation {
        name: "put-role-policy",
        powers: &[PutRolePolicy],
        target: ROLES,
        together: &[],
        passed_to: &[],
        gives: "write any inline policy for any role",
        source: "iam-005",
    },
    Escalation {
        name: "add-user-to-group",
        powers: &[AddUserToGroup],
        target: Every("iam", "group/*"),
        together: &[],
        passed_to: &[],
        gives: "add a user, such as itself, to any group",
        source: "iam-013",
    },
    Escalation {
        name: "create-access-key",
        powers: &[CreateAccessKey],
        target: Every("iam", "user/*"),
        together: &[],
        passed_to: &[],
        gives: "create an access key for any user",
        source: "iam-002",
    },
    Escalation {
        name: "create-login-profile",
        powers: &[CreateLoginProfile],
        target: Every("iam", "user/*"),
        together: &[],
        passed_to: &[],
        gives: "set the console password of any user without one",
        source: "iam-004",
    },
    Escalation {
        name: "update-login-profile",
        powers: &[UpdateLoginProfile],
        target: Every("iam", "user/*"),
        together: &[],
        passed_to: &[],
        gives: "change the console password of any user",
        source: "iam-006",
    },
    Escalation {
        name: "update-assume-role-policy",
        powers: &[UpdateAssumeRolePolicy],
        target: ROLES,
        together: &[],
        passed_to: &[],
        gives: "change who can assume any role",
        source: "iam-012",
    },
    Escalation {
        name: "assume-any-role",
        powers: &[AssumeRole],
        target: ROLES,
        together: &[],
        passed_to: &[],
        gives: "assume any role that trusts the account",
        source: "sts-001",
    },
    Escalation {
        name: "attach-role-policy-and-assume",
        powers: &[AttachRolePolicy, AssumeRole],
        target: Target::Some("iam", "role/*"),
        together: &[AttachRolePolicy, AssumeRole],
        passed_to: &[],
        gives: "attach any managed policy to a role and assume that role",
        source: "iam-014",
    },
    Escalation {
        name: "put-role-policy-and-assume",
        powers: &[PutRolePolicy, AssumeRole],
        target: Target::Some("iam", "role/*"),
        together: &[PutRolePolicy, AssumeRole],
        passed_to: &[],
        gives: "write any inline policy for a role and assume that role",
        source: "iam-017",
    },
    Escalation {
        name: "attach-role-policy-and-trust",
        powers: &[AttachRolePolicy, UpdateAssumeRolePolicy],
        target: Target::Some("iam", "role/*"),
        together: &[AttachRolePolicy, UpdateAssumeRolePolicy],
        passed_to: &[],
        gives: "attach any managed policy to a role and change who can assume that role",
        source: "iam-019",
    },
    Escalation {
        name: "put-role-policy-and-trust",
        powers: &[PutRolePolicy, UpdateAssumeRolePolicy],
        target: Target::Some("iam", "role/*"),
        together: &[PutRolePolicy, UpdateAssumeRolePolicy],
        passed_to: &[],
        gives: "write any inline policy for a role and change who can assume that role",
        source: "iam-021",
    },
    Escalation {
        name: "attach-user-policy-and-create-key",
        powers: &[AttachUserPolicy, CreateAccessKey],
        target: Target::Some("iam", "user/*"),
        together: &[AttachUserPolicy, CreateAccessKey],
        passed_to: &[],
        gives: "attach any managed policy to a user and create an access key for that user",
        source: "iam-015",
    },
    Escalation {
        name: "put-user-policy-and-create-key",
        powers: &[PutUserPolicy, CreateAccessKey],
        target: Target::Some("iam", "user/*"),
        together: &[PutUserPolicy, CreateAccessKey],
        passed_to: &[],
        gives: "write any inline policy for a user and create an access key for that user",
        source: "iam-018",
    },
    Escalation {
        name: "new-app-runner-service",
        powers: &[PassRole, AppRunnerCreateService],
        target: ROLES,
        together: &[],
        passed_to: &["tasks.apprunner", "apprunner", "build.apprunner"],
        gives: "run code with any role that App Runner can assume",
        source: "apprunner-001",
    },
    Escalation {
        name: "new-code-interpreter",
        powers: &[
            PassRole,
            CreateCodeInterpreter,
            StartCodeInterpreterSession,
            InvokeCodeInterpreter,
        ],
        target: ROLES,
        together: &[
            CreateCodeInterpreter,
            StartCodeInterpreterSession,
            InvokeCodeInterpreter,
        ],
        passed_to: &["bedrock-agentcore"],
        gives: "run code with any role that Bedrock AgentCore can assume",
        source: "bedrock-001",
    },
    Escalation {
        name: "new-stack",
        powers: &[PassRole, CreateStack],
        target: ROLES,
        together: &[],
        passed_to: &["cloudformation"],
        gives: "create resources with any role that CloudFormation can assume",
        source: "cloudformation-001",
    },
    Escalation {
        name: "new-stack-set",
        powers: &[PassRole, CreateStackSet, CreateStackInstances],
        target: ROLES,
        together: &[CreateStackSet, CreateStackInstances],
        passed_to: &["cloudformation"],
        gives: "create resources in other accounts with any role that CloudFormation can assume",
        source: "cloudformation-003",
    },
    Escalation {
        name: "update-stack-set",
        powers: &[PassRole, UpdateStackSet],
        target: ROLES,
        together: &[],
        passed_to: &["cloudformation"],
        gives: "change the resources of a stack set with any role that CloudFormation can assume",
        source: "cloudformation-004",
    },
    Escalation {
        name: "new-build",
        powers: &[PassRole, CreateProject, StartBuild],
        target: ROLES,
        together: &[CreateProject, StartBuild],
        passed_to: &["codebuild"],
        gives: "run a build with any role that CodeBuild can assume",
        source: "codebuild-001",
    },
    Escalation {
        name: "new-build-batch",
        powers: &[PassRole, CreateProject, StartBuildBatch],
        target: ROLES,
        together: &[CreateProject, StartBuildBatch],
        passed_to: &["codebuild"],
        gives: "run a batch of builds with any role that CodeBuild can assume",
        source: "codebuild-004",
    },
    Escalation {
        name: "new-pipeline",
        powers: &[PassRole, CreatePipeline, PutPipelineDefinition, ActivatePipeline],
        target: ROLES,
        together: &[],
        passed_to: &["datapipeline", "elasticmapreduce", "ec2"],
        gives: "run commands with any role that Data Pipeline can assume",
        source: "datapipeline-001",
    },
    Escalation {
        name: "new-instance",
        powers: &[PassRole, RunInstances],
        target: ROLES,
        together: &[],
        passed_to: &["ec2"],
        gives: "start an EC2 instance with any role that EC2 can assume",
        source: "ec2-001",
    },
    Escalation {
        name: "new-spot-instance",
        powers: &[PassRole, RequestSpotInstances],
        target: ROLES,
        together: &[],
        passed_to: &["ec2"],
        gives: "start a Spot Instance with any role that EC2 can assume",
        source: "ec2-003",
    },
    Escalation {
        name: "new-ecs-service",
        powers: &[PassRole, EcsRegisterTaskDefinition, EcsCreateService],
        target: ROLES,
        together: &[],
        passed_to: &["ecs-tasks"],
        gives: "run a container as a service with any role that ECS tasks can assume",
        source: "ecs-003",
    },
    Escalation {
        name: "new-ecs-task",
        powers: &[PassRole, EcsRegisterTaskDefinition, EcsRunTask],
        target: ROLES,
        together: &[],
        passed_to: &["ecs-tasks"],
        gives: "run a container with any role that ECS tasks can assume",
        source: "ecs-004",
    },
    Escalation {
        name: "new-ecs-task-on-instance",
        powers: &[PassRole, EcsRegisterTaskDefinition, EcsStartTask],
        target: ROLES,
        together: &[],
        passed_to: &["ecs-tasks"],
        gives: "run a container on an instance of a cluster with any role that ECS tasks can assume",
        source: "ecs-005",
    },
    Escalation {
        name: "new-dev-endpoint",
        powers: &[PassRole, CreateDevEndpoint],
        target: ROLES,
        together: &[],
        passed_to: &["glue"],
        gives: "log in to a development endpoint with any role that Glue can assume",
        source: "glue-001",
    },
    Escalation {
        name: "new-glue-job",
        powers: &[PassRole, CreateJob, StartJobRun],
        target: ROLES,
        together: &[CreateJob, StartJobRun],
        passed_to: &["glue"],
        gives: "run a job with any role that Glue can assume",
        source: "glue-003",
    },
    Escalation {
        name: "new-glue-job-on-trigger",
        powers: &[PassRole, CreateJob, CreateTrigger],
        target: ROLES,
        together: &[],
        passed_to: &["glue"],
        gives: "run a job on a trigger, with any role that Glue can assume",
        source: "glue-004",
    },
    Escalation {
        name: "update-glue-job",
        powers: &[PassRole, UpdateJob, StartJobRun],
        target: ROLES,
        together: &[UpdateJob, StartJobRun],
        passed_to: &["glue"],
        gives: "change a job to use any role that Glue can assume, and run it",
        source: "glue-005",
    },
    Escalation {
        name: "update-glue-job-on-trigger",
        powers: &[PassRole, UpdateJob, CreateTrigger],
        target: ROLES,
        together: &[],
        passed_to: &["glue"],
        gives: "change a job to use any role that Glue can assume, and run it on a trigger",
        source: "glue-006",
    },
    Escalation {
        name: "new-function",
        powers: &[PassRole, CreateFunction, InvokeFunction],
        target: ROLES,
        together: &[CreateFunction, InvokeFunction],
        passed_to: &["lambda"],
        gives: "run a new function with any role that Lambda can assume",
        source: "lambda-001",
    },
    Escalation {
        name: "new-function-on-event",
        powers: &[PassRole, CreateFunction, CreateEventSourceMapping],
        target: ROLES,
        together: &[],
        passed_to: &["lambda"],
        gives: "run a new function on an event, with any role that Lambda can assume",
        source: "lambda-002",
    },
    Escalation {
        name: "new-function-for-others",
        powers: &[PassRole, CreateFunction, AddPermission],
        target: ROLES,
        together: &[CreateFunction, AddPermission],
        passed_to: &["lambda"],
        gives: "run a new function through another principal, with any role that Lambda can assume",
        source: "lambda-006",
    },
    Escalation {
        name: "new-notebook",
        powers: &[PassRole, CreateNotebookInstance],
        target: ROLES,
        together: &[],
        passed_to: &["sagemaker"],
        gives: "open a notebook with any role that SageMaker can assume",
        source: "sagemaker-001",
    },
    Escalation {
        name: "new-training-job",
        powers: &[PassRole, CreateTrainingJob],
        target: ROLES,
        together: &[],
        passed_to: &["sagemaker"],
        gives: "run a training job with any role that SageMaker can assume",
        source: "sagemaker-002",
    },
    Escalation {
        name: "new-processing-job",
        powers: &[PassRole, CreateProcessingJob],
        target: ROLES,
        together: &[],
        passed_to: &["sagemaker"],
        gives: "run a processing job with any role that SageMaker can assume",
        source: "sagemaker-003",
    },
    Escalation {
        name: "update-app-runner-service",
        powers: &[AppRunnerUpdateService],
        target: Every("apprunner", "service/*"),
        together: &[],
        passed_to: &[],
        gives: "run code with the role of any App Runner service",
        source: "apprunner-002",
    },
    Escalation {
        name: "use-code-interpreter",
        powers: &[StartCodeInterpreterSession, InvokeCodeInterpreter],
        target: Every("bedrock-agentcore", "code-interpreter-custom/*"),
        together: &[StartCodeInterpreterSession, InvokeCodeInterpreter],
        passed_to: &[],
        gives: "run code with the role of any code interpreter",
        source: "bedrock-002",
    },
    Escalation {
        name: "update-stack",
        powers: &[UpdateStack],
        target: Every("cloudformation", "stack/*"),
        together: &[],
        passed_to: &[],
        gives: "change resources with the role of any stack",
        source: "cloudformation-002",
    },
    Escalation {
        name: "change-stack",
        powers: &[CreateChangeSet, ExecuteChangeSet],
        target: Every("cloudformation", "stack/*"),
        together: &[CreateChangeSet, ExecuteChangeSet],
        passed_to: &[],
        gives: "change resources with the role of any stack",
        source: "cloudformation-005",
    },
    Escalation {
        name: "start-build",
        powers: &[StartBuild],
        target: Every("codebuild", "project/*"),
        together: &[],
        passed_to: &[],
        gives: "run commands of its choice with the role of any project",
        source: "codebuild-002",
    },
    Escalation {
        name: "start-build-batch",
        powers: &[StartBuildBatch],
        target: Every("codebuild", "project/*"),
        together: &[],
        passed_to: &[],
        gives: "run commands of its choice with the role of any project",
        source: "codebuild-003",
    },
    Escalation {
        name: "change-user-data",
        powers: &[ModifyInstanceAttribute, StopInstances, StartInstances],
        target: INSTANCES,
        together: &[ModifyInstanceAttribute, StopInstances, StartInstances],
        passed_to: &[],
        gives: "run a start script with the role of any instance",
        source: "ec2-002",
    },
    Escalation {
        name: "change-launch-template",
        powers: &[CreateLaunchTemplateVersion, ModifyLaunchTemplate],
        target: Every("ec2", "launch-template/*"),
        together: &[CreateLaunchTemplateVersion, ModifyLaunchTemplate],
        passed_to: &[],
        gives: "run a start script with the role of any launch template",
        source: "ec2-004",
    },
    Escalation {
        name: "connect-to-instance",
        powers: &[SendSshPublicKey, DescribeInstances],
        target: INSTANCES,
        together: &[],
        passed_to: &[],
        gives: "log in to any instance and use its role",
        source: "ec2instanceconnect-003",
    },
    Escalation {
        name: "execute-in-container",
        powers: &[EcsExecuteCommand, EcsDescribeTasks],
        target: Every("ecs", "task/*"),
        together: &[],
        passed_to: &[],
        gives: "run commands in any container that allows it, with the role of its task",
        source: "ecs-006",
    },
    Escalation {
        name: "update-dev-endpoint",
        powers: &[UpdateDevEndpoint],
        target: Every("glue", "devEndpoint/*"),
        together: &[],
        passed_to: &[],
        gives: "log in to any development endpoint and use its role",
        source: "glue-002",
    },
    Escalation {
        name: "update-function-code",
        powers: &[UpdateFunctionCode],
        target: Every("lambda", "function:*"),
        together: &[],
        passed_to: &[],
        gives: "replace the code of any function, which runs with its role",
        source: "lambda-003",
    },
    Escalation {
        name: "open-notebook",
        powers: &[CreatePresignedNotebookInstanceUrl],
        target: Every("sagemaker", "notebook-instance/*"),
        together: &[],
        passed_to: &[],
        gives: "open any notebook and use its role",
        source: "sagemaker-004",
    },
    Escalation {
        name: "change-notebook",
        powers: &[
            UpdateNotebookInstance,
            CreateNotebookInstanceLifecycleConfig,
            StopNotebookInstance,
            StartNotebookInstance,
        ],
        target: Every("sagemaker", "notebook-instance/*"),
        together: &[UpdateNotebookInstance, StopNotebookInstance, StartNotebookInstance],
        passed_to: &[],
        gives: "run a start script with the role of any notebook",
        source: "sagemaker-005",
    },
    Escalation {
        name: "start-session",
        powers: &[StartSession],
        target: INSTANCES,
        together: &[],
        passed_to: &[],
        gives: "log in to any managed instance and use its role",
        source: "ssm-001",
    },
    Escalation {
        name: "send-command",
        powers: &[SendCommand],
        target: INSTANCES,
        together: &[],
        passed_to: &[],
        gives: "run commands with the role of any managed instance",
        source: "ssm-002",
    },
];
