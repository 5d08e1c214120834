use std::collections::HashMap;
use std::fmt;
use std::io;
use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::{
    BeforeDeserializationInterceptorContextMut, BeforeSerializationInterceptorContextRef,
};
use aws_smithy_runtime_api::client::orchestrator::Metadata;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;
use aws_smithy_types::telemetry::{CapturedTelemetryAttributes, RequestedTelemetryAttributes};
use aws_types::region::Region;
use iam_policy_core::{Options, Partition, Policy, RenderError, US_EAST_1_SERVICES};

use crate::explain::{self, Seen};
use crate::policy::{Policies, Resolved, Verdict};
use crate::record::{Recorder, line, program};
use crate::refusal::{Missing, Refusal};
use crate::request::{Call, Needed, Plan, Resource, Target};

/// An interceptor for clients of the AWS SDK.
///
/// It is cheap to clone, and all clones are the same guard.
///
/// # Examples
///
/// ```
/// use iam_policy_core::{Action, Options, Policy, Resource, Statement};
/// use iam_policy_guard::Guard;
///
/// const USER: Policy = Policy::new("user", "{}").with_statements(&[Statement::new("upload", "Upload")
///     .with_actions(&[Action::new("s3:PutObject")])
///     .with_resources(&[Resource::literal("arn:aws:s3:::uploads/*")])]);
///
/// let guard = Guard::new().policy(&USER, Options::DEFAULT)?.enforce();
/// let config = aws_sdk_s3::Config::builder().interceptor(guard.clone());
/// # Ok::<(), iam_policy_core::RenderError>(())
/// ```
#[derive(Clone, Default)]
pub struct Guard(Arc<Inner>);

#[derive(Default)]
struct Inner {
    policies: Policies,
    is_enforced: bool,
    is_explained: bool,
    recorder: Option<Arc<Recorder>>,
    program: Option<String>,
    account: Option<String>,
    context: Vec<(String, String)>,
    plans: RwLock<HashMap<String, Arc<Plan>>>,
}

impl Guard {
    /// A guard that does nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a policy. Several are evaluated as if they were attached to the same principal.
    ///
    /// - `policy`: a constant of `iam_policy::policies!`
    /// - `options`: the values of parameters, the environment and the extensions; the partition is that of each request,
    ///   unless it is set
    ///
    /// # Errors
    ///
    /// If the policy cannot have these options, or a parameter has neither a value nor a default.
    pub fn policy(self, policy: &Policy<'static>, options: Options<'_>) -> Result<Self, RenderError<'static>> {
        let resolved = Resolved::new(policy, options)?;
        Ok(self.with(|inner| inner.policies.all.push(resolved)))
    }

    /// Rejects calls that the policies deny, before they are sent.
    ///
    /// A call is rejected if the policies deny it whatever the guard does not know: the account, the values of other
    /// condition keys, parts of the input. All others are sent.
    #[must_use]
    pub fn enforce(self) -> Self {
        self.with(|inner| inner.is_enforced = true)
    }

    /// Adds the reason for a permission, and what the program does without it, to the message of an error that denies
    /// access. Its variant and its code stay the same.
    ///
    /// If a policy does not grant the permission, the message names the statement that comes closest to it.
    #[must_use]
    pub fn explain(self) -> Self {
        self.with(|inner| inner.is_explained = true)
    }

    /// Appends each call to a file, for `iam-policy calls --recorded`. Equal calls of a process are written once.
    ///
    /// Any number of guards, tests and processes can write to the same file.
    ///
    /// # Errors
    ///
    /// If the file cannot be opened for writing.
    pub fn record(self, file: impl AsRef<Path>) -> io::Result<Self> {
        let recorder = Recorder::open(file.as_ref())?;
        Ok(self.with(|inner| {
            inner.recorder = Some(Arc::new(recorder));
            inner.program.get_or_insert_with(program);
        }))
    }

    /// Sets the name of the program in recordings. By default it is the package that Cargo runs, and otherwise the name of
    /// the executable file.
    #[must_use]
    pub fn program(self, name: impl Into<String>) -> Self {
        self.with(|inner| inner.program = Some(name.into()))
    }

    /// Sets the account of the resources. Otherwise it is unknown, except where a request names it.
    #[must_use]
    pub fn account(self, account: impl Into<String>) -> Self {
        self.with(|inner| inner.account = Some(account.into()))
    }

    /// Sets a condition key of all requests, such as `aws:PrincipalTag/team`. A key with several values is set once for each.
    #[must_use]
    pub fn given(self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.with(|inner| inner.context.push((key.into(), value.into())))
    }

    /// Changes this guard, and not its clones.
    fn with(self, change: impl FnOnce(&mut Inner)) -> Self {
        let mut inner = Arc::try_unwrap(self.0).unwrap_or_else(|shared| Inner {
            policies: Policies {
                all: shared.policies.all.clone(),
            },
            is_enforced: shared.is_enforced,
            is_explained: shared.is_explained,
            recorder: shared.recorder.clone(),
            program: shared.program.clone(),
            account: shared.account.clone(),
            context: shared.context.clone(),
            plans: RwLock::default(),
        });
        change(&mut inner);
        Self(Arc::new(inner))
    }
}

impl fmt::Debug for Guard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.0.policies.all.iter().map(|resolved| resolved.policy.name);
        f.debug_struct("Guard")
            .field("policies", &names.collect::<Vec<_>>())
            .field("enforces", &self.0.is_enforced)
            .field("records", &self.0.recorder.is_some())
            .finish_non_exhaustive()
    }
}

impl Inner {
    /// What is known about an operation, from the first call on.
    fn plan(&self, service: &str, operation: &str) -> Arc<Plan> {
        let key = format!("{service}.{operation}");
        let known = self
            .plans
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&key)
            .cloned();
        known.unwrap_or_else(|| {
            let plan = Arc::new(Plan::new(service, operation));
            let mut plans = self.plans.write().unwrap_or_else(PoisonError::into_inner);
            plans.entry(key).or_insert(plan).clone()
        })
    }

    /// What is known about the context of a request.
    fn context<'a>(&'a self, action: &str, region: Option<&'a str>) -> Vec<(&'a str, &'a str)> {
        let given = self.context.iter().map(|(key, value)| (key.as_str(), value.as_str()));
        let mut context: Vec<_> = given.collect();
        let prefix = action.split(':').next().unwrap_or_default();
        for (key, value) in [
            (
                "aws:RequestedRegion",
                region.filter(|region| !US_EAST_1_SERVICES.contains(&prefix) && !region.contains("global")),
            ),
            // The program calls the service itself.
            ("aws:ViaAWSService", Some("false")),
        ] {
            let is_given = context.iter().any(|(known, _)| known.eq_ignore_ascii_case(key));
            if let (Some(value), false) = (value, is_given) {
                context.push((key, value));
            }
        }
        context
    }

    /// What the policies say about each resource of a permission.
    fn verdicts(&self, need: &Needed, target: Target<'_>) -> Vec<Verdict> {
        let partition = target.partition.and_then(Partition::from_name);
        let context = self.context(need.action, target.region);
        let resources = need.resources.iter();
        resources
            .map(|resource| self.policies.verdict(need.action, resource, partition, &context))
            .collect()
    }

    /// Why a permission is needed that a response denies.
    ///
    /// - `message`: of the response
    fn explanation(&self, message: &str, seen: &Seen, region: Option<&str>) -> Option<String> {
        let named = explain::action(message);
        let is_named = |need: &&Needed| named.is_some_and(|named| named.eq_ignore_ascii_case(need.action));
        let need = seen.needed.iter().find(is_named);
        // Without a name, it can only be told apart from others if there are none.
        let need = need.or_else(|| {
            let mut certain = seen.needed.iter().filter(|need| need.is_certain);
            certain.next().filter(|_| named.is_none() && certain.next().is_none())
        });
        let action = need.map(|need| need.action).or(named)?;
        let partition = region.map(Partition::of_region);
        let context = self.context(action, region);
        let unknown = [Resource::unknown("resource")];
        let resources = need.map_or(unknown.as_slice(), |need| need.resources.as_slice());
        self.policies.explanation(action, resources, partition, &context)
    }

    fn missing(&self, need: &Needed, verdicts: &[Verdict], target: Target<'_>) -> Vec<Missing> {
        let partition = target.partition.and_then(Partition::from_name);
        let context = self.context(need.action, target.region);
        let denied = need
            .resources
            .iter()
            .zip(verdicts)
            .filter(|(_, verdict)| **verdict == Verdict::Denied);
        denied
            .map(|(resource, _)| self.policies.missing(need.action, &resource.arn, partition, &context))
            .collect()
    }

    /// Decides about a call, and records it. Returns why it must not be sent.
    fn inspect(&self, plan: &Plan, call: &Call, target: Target<'_>) -> Result<Option<Refusal>, BoxError> {
        let has_policies = !self.policies.all.is_empty();
        let mut verdicts = Vec::new();
        let mut missing = Vec::new();
        for need in call.needed.iter().flatten().filter(|_| has_policies) {
            let own = self.verdicts(need, target);
            if need.is_certain && self.is_enforced {
                missing.extend(self.missing(need, &own, target));
            }
            let worst = own.into_iter().max().unwrap_or(Verdict::Undecided);
            // What may not be needed is not denied.
            verdicts.push(if need.is_certain {
                worst
            } else {
                worst.min(Verdict::Undecided)
            });
        }
        if let Some(recorder) = &self.recorder {
            let name = self.program.as_deref().unwrap_or_default();
            recorder
                .write(line(name, plan, target, call, &verdicts))
                .map_err(|error| format!("the call cannot be recorded: {error}"))?;
        }
        Ok((!missing.is_empty()).then(|| Refusal {
            operation: format!("{}.{}", plan.service, plan.operation),
            missing,
        }))
    }
}

/// Members that come after a body, which is not read to its end. The SDK hands out members of the input that are strings
/// to whoever asks.
const BEHIND_BODIES: [&str; 2] = ["Bucket", "Key"];

impl Intercept for Guard {
    fn name(&self) -> &'static str {
        "iam-policy-guard"
    }

    fn read_before_execution(
        &self,
        _context: &BeforeSerializationInterceptorContextRef<'_>,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let mut wanted = config
            .load::<RequestedTelemetryAttributes>()
            .cloned()
            .unwrap_or_default();
        wanted.capture_only(BEHIND_BODIES);
        config.interceptor_state().store_put(wanted);
        Ok(())
    }

    fn read_before_serialization(
        &self,
        context: &BeforeSerializationInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let Some(metadata) = config.load::<Metadata>() else {
            return Ok(());
        };
        let plan = self.0.plan(metadata.service(), metadata.name());
        let region = config.load::<Region>().map(Region::as_ref);
        let target = Target {
            partition: region.map(|region| Partition::of_region(region).name()),
            region,
            account: self.0.account.as_deref(),
        };
        let captured = config.load::<CapturedTelemetryAttributes>();
        let call = plan.call(context.input(), captured, target);
        let refusal = self.0.inspect(&plan, &call, target)?;
        if self.0.is_explained {
            let needed = call.needed.unwrap_or_default();
            config.interceptor_state().store_put(Seen { needed });
        }
        match refusal {
            Some(refusal) => Err(refusal.into()),
            None => Ok(()),
        }
    }

    fn modify_before_deserialization(
        &self,
        context: &mut BeforeDeserializationInterceptorContextMut<'_>,
        _components: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if !self.0.is_explained {
            return Ok(());
        }
        let (guard, seen) = (self.clone(), config.load::<Seen>().cloned());
        let region = config.load::<Region>().map(|region| region.as_ref().to_owned());
        explain::add(context.response_mut(), move |message| {
            guard.0.explanation(message, &seen?, region.as_deref())
        });
        Ok(())
    }
}
