use std::fmt;

/// How serious a finding is, in AWS's words.
///
/// Source: IAM Access Analyzer API Reference, `ValidatePolicyFinding`.
///
/// # Examples
///
/// ```
/// use iam_policy_check::FindingType;
///
/// assert_eq!(FindingType::SecurityWarning.name(), "SECURITY_WARNING");
/// assert!(FindingType::SecurityWarning.is_serious());
/// assert!(FindingType::Error < FindingType::Suggestion);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FindingType {
    /// The policy does not do what it says, or AWS refuses it.
    Error,
    /// It allows more than it seems to.
    SecurityWarning,
    /// It may not do what was meant.
    Warning,
    /// It could be better.
    Suggestion,
}

impl FindingType {
    /// The name that AWS uses, such as `SECURITY_WARNING`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Error => "ERROR",
            Self::SecurityWarning => "SECURITY_WARNING",
            Self::Warning => "WARNING",
            Self::Suggestion => "SUGGESTION",
        }
    }

    /// Whether a policy with such a finding should not be used.
    #[must_use]
    pub const fn is_serious(self) -> bool {
        matches!(self, Self::Error | Self::SecurityWarning)
    }
}

impl fmt::Display for FindingType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

macro_rules! codes {
    ($($kind:ident $origin:ident { $($variant:ident = $name:literal, $title:literal;)+ })+) => {
        /// What a finding is about.
        ///
        /// Source: IAM User Guide, "IAM Access Analyzer policy check reference", for all that
        /// [are AWS's](Code::is_aws).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Code {
            $($(#[doc = concat!("`", $name, "`: ", $title)] $variant,)+)+
        }

        impl Code {
            /// Every code that this crate can give.
            pub const ALL: &'static [Self] = &[$($(Self::$variant,)+)+];

            /// The name, such as `INVALID_ACTION`: AWS's `issueCode`.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $($(Self::$variant => $name,)+)+ }
            }

            /// What it says in a few words.
            #[must_use]
            pub const fn title(self) -> &'static str {
                match self { $($(Self::$variant => $title,)+)+ }
            }

            /// How serious it is.
            #[must_use]
            pub const fn finding_type(self) -> FindingType {
                match self { $($(Self::$variant)|+ => FindingType::$kind,)+ }
            }

            /// Whether IAM Access Analyzer has this code. The others are this crate's own.
            #[must_use]
            pub const fn is_aws(self) -> bool {
                match self { $($(Self::$variant)|+ => codes!(@ $origin),)+ }
            }
        }
    };
    (@ aws) => { true };
    (@ ours) => { false };
}

codes! {
    Error aws {
    ArnAccountNotAllowed = "ARN_ACCOUNT_NOT_ALLOWED", "ARN account not allowed";
    ArnRegionNotAllowed = "ARN_REGION_NOT_ALLOWED", "ARN Region not allowed";
    DataTypeMismatch = "DATA_TYPE_MISMATCH", "data type mismatch";
    DuplicateKeysWithDifferentCase = "DUPLICATE_KEYS_WITH_DIFFERENT_CASE", "duplicate keys with different case";
    EmptyVariable = "EMPTY_VARIABLE", "empty variable";
    FederatedPrincipalNotSupported = "FEDERATED_PRINCIPAL_NOT_SUPPORTED", "federated principal not supported";
    InvalidAction = "INVALID_ACTION", "invalid action";
    InvalidArnAccount = "INVALID_ARN_ACCOUNT", "invalid ARN account";
    InvalidArnPrefix = "INVALID_ARN_PREFIX", "invalid ARN prefix";
    InvalidArnRegion = "INVALID_ARN_REGION", "invalid ARN Region";
    InvalidArnServiceCase = "INVALID_ARN_SERVICE_CASE", "invalid ARN service case";
    InvalidConditionDataType = "INVALID_CONDITION_DATA_TYPE", "invalid condition data type";
    InvalidConditionKeyFormat = "INVALID_CONDITION_KEY_FORMAT", "invalid condition key format";
    InvalidConditionMultipleBoolean = "INVALID_CONDITION_MULTIPLE_BOOLEAN", "invalid condition multiple Boolean";
    InvalidConditionOperator = "INVALID_CONDITION_OPERATOR", "invalid condition operator";
    InvalidEffect = "INVALID_EFFECT", "invalid effect";
    InvalidFederatedPrincipalSyntaxInRoleTrustPolicy = "INVALID_FEDERATED_PRINCIPAL_SYNTAX_IN_ROLE_TRUST_POLICY", "invalid federated principal syntax in role trust policy";
    InvalidGlobalConditionKey = "INVALID_GLOBAL_CONDITION_KEY", "invalid global condition key";
    InvalidKmsKeyValue = "INVALID_KMS_KEY_VALUE", "invalid KMS key value";
    InvalidPartition = "INVALID_PARTITION", "invalid partition";
    InvalidPolicyElement = "INVALID_POLICY_ELEMENT", "invalid policy element";
    InvalidPrincipalFormat = "INVALID_PRINCIPAL_FORMAT", "invalid principal format";
    InvalidPrincipalKey = "INVALID_PRINCIPAL_KEY", "invalid principal key";
    InvalidRegion = "INVALID_REGION", "invalid Region";
    InvalidService = "INVALID_SERVICE", "invalid service";
    InvalidServiceConditionKey = "INVALID_SERVICE_CONDITION_KEY", "invalid service condition key";
    InvalidServiceInAction = "INVALID_SERVICE_IN_ACTION", "invalid service in action";
    InvalidServicePrincipalFormat = "INVALID_SERVICE_PRINCIPAL_FORMAT", "invalid service principal format";
    InvalidVariableForOperator = "INVALID_VARIABLE_FOR_OPERATOR", "invalid variable for operator";
    InvalidVersion = "INVALID_VERSION", "invalid version";
    InvalidVpcFormat = "INVALID_VPC_FORMAT", "invalid VPC format";
    InvalidVpceFormat = "INVALID_VPCE_FORMAT", "invalid VPC endpoint format";
    JsonSyntaxError = "JSON_SYNTAX_ERROR", "JSON syntax error";
    MismatchedActionForPrincipal = "MISMATCHED_ACTION_FOR_PRINCIPAL", "mismatched action for principal";
    MissingAction = "MISSING_ACTION", "missing action";
    MissingActionForConditionKey = "MISSING_ACTION_FOR_CONDITION_KEY", "missing action for condition key";
    MissingActionForRolesAnywhereTrustPolicy = "MISSING_ACTION_FOR_ROLES_ANYWHERE_TRUST_POLICY", "missing action for roles anywhere trust policy";
    MissingArnAccount = "MISSING_ARN_ACCOUNT", "missing ARN account";
    MissingArnField = "MISSING_ARN_FIELD", "missing ARN field";
    MissingArnRegion = "MISSING_ARN_REGION", "missing ARN Region";
    MissingBraceInVariable = "MISSING_BRACE_IN_VARIABLE", "missing brace in variable";
    MissingEffect = "MISSING_EFFECT", "missing effect";
    MissingPrincipal = "MISSING_PRINCIPAL", "missing principal";
    MissingQualifier = "MISSING_QUALIFIER", "missing qualifier";
    MissingQuoteInVariable = "MISSING_QUOTE_IN_VARIABLE", "missing quote in variable";
    MissingResource = "MISSING_RESOURCE", "missing resource";
    MissingStatement = "MISSING_STATEMENT", "missing statement";
    MissingTagKeyInCondition = "MISSING_TAG_KEY_IN_CONDITION", "missing tag key in condition";
    NullWithIfExists = "NULL_WITH_IF_EXISTS", "Null with IfExists";
    PolicySizeExceedsRcpQuota = "POLICY_SIZE_EXCEEDS_RCP_QUOTA", "policy size exceeds RCP quota";
    PolicySizeExceedsScpQuota = "POLICY_SIZE_EXCEEDS_SCP_QUOTA", "policy size exceeds SCP quota";
    PrivateIpAddress = "PRIVATE_IP_ADDRESS", "private IP address";
    PrivateNotIpAddress = "PRIVATE_NOT_IP_ADDRESS", "private NotIpAddress";
    RcpSyntaxErrorAction = "RCP_SYNTAX_ERROR_ACTION", "RCP syntax error action";
    RcpSyntaxErrorAllow = "RCP_SYNTAX_ERROR_ALLOW", "RCP syntax error allow";
    RcpSyntaxErrorNotAction = "RCP_SYNTAX_ERROR_NOTACTION", "RCP syntax error NotAction";
    RcpSyntaxErrorPrincipal = "RCP_SYNTAX_ERROR_PRINCIPAL", "RCP syntax error principal";
    RoleTrustPolicySyntaxErrorNotPrincipal = "ROLE_TRUST_POLICY_SYNTAX_ERROR_NOTPRINCIPAL", "role trust policy syntax error NotPrincipal";
    RoleTrustPolicySyntaxErrorResource = "ROLE_TRUST_POLICY_SYNTAX_ERROR_RESOURCE", "role trust policy syntax error resource";
    RoleTrustPolicyUnsupportedWildcardInPrincipal = "ROLE_TRUST_POLICY_UNSUPPORTED_WILDCARD_IN_PRINCIPAL", "role trust policy unsupported wildcard in principal";
    ScpSyntaxErrorActionWildcard = "SCP_SYNTAX_ERROR_ACTION_WILDCARD", "SCP syntax error action wildcard";
    ScpSyntaxErrorAllowCondition = "SCP_SYNTAX_ERROR_ALLOW_CONDITION", "SCP syntax error allow condition";
    ScpSyntaxErrorAllowNotAction = "SCP_SYNTAX_ERROR_ALLOW_NOTACTION", "SCP syntax error allow NotAction";
    ScpSyntaxErrorAllowResource = "SCP_SYNTAX_ERROR_ALLOW_RESOURCE", "SCP syntax error allow resource";
    ScpSyntaxErrorNotResource = "SCP_SYNTAX_ERROR_NOTRESOURCE", "SCP syntax error NotResource";
    ScpSyntaxErrorPrincipal = "SCP_SYNTAX_ERROR_PRINCIPAL", "SCP syntax error principal";
    TypeMismatchIpRange = "TYPE_MISMATCH_IP_RANGE", "type mismatch IP range";
    UniqueSidsRequired = "UNIQUE_SIDS_REQUIRED", "unique Sids required";
    UnsupportedActionForConditionKey = "UNSUPPORTED_ACTION_FOR_CONDITION_KEY", "unsupported action for condition key";
    UnsupportedActionInPolicy = "UNSUPPORTED_ACTION_IN_POLICY", "unsupported action in policy";
    UnsupportedConditionKeyForServicePrincipal = "UNSUPPORTED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL", "unsupported condition key for service principal";
    UnsupportedElementCombination = "UNSUPPORTED_ELEMENT_COMBINATION", "unsupported element combination";
    UnsupportedGlobalConditionKey = "UNSUPPORTED_GLOBAL_CONDITION_KEY", "unsupported global condition key";
    UnsupportedPrincipal = "UNSUPPORTED_PRINCIPAL", "unsupported principal";
    UnsupportedSid = "UNSUPPORTED_SID", "unsupported Sid";
    UnsupportedSpaceInVariable = "UNSUPPORTED_SPACE_IN_VARIABLE", "unsupported space in variable";
    UnsupportedWildcardInPrincipal = "UNSUPPORTED_WILDCARD_IN_PRINCIPAL", "unsupported wildcard in principal";
    VariableUnsupportedInElement = "VARIABLE_UNSUPPORTED_IN_ELEMENT", "variable unsupported in element";
    VariableUnsupportedInVersion = "VARIABLE_UNSUPPORTED_IN_VERSION", "variable unsupported in version";
    VariableUsageTooPermissive = "VARIABLE_USAGE_TOO_PERMISSIVE", "variable usage too permissive";
    WildcardUsageTooPermissive = "WILDCARD_USAGE_TOO_PERMISSIVE", "wildcard usage too permissive";
    }
    SecurityWarning aws {
    AllowWithNotPrincipal = "ALLOW_WITH_NOT_PRINCIPAL", "allow with NotPrincipal";
    DenyNotActionWithUnsupportedTagConditionKeyForService = "DENY_NOTACTION_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE", "deny NotAction with unsupported tag condition key for service";
    DenyWithUnsupportedTagConditionKeyForService = "DENY_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE", "deny with unsupported tag condition key for service";
    DynamodbAttributesWithoutSelect = "DYNAMODB_ATTRIBUTES_WITHOUT_SELECT", "DynamoDB attributes without select";
    ForAllValuesWithSingleValuedKey = "FORALLVALUES_WITH_SINGLE_VALUED_KEY", "ForAllValues with single valued key";
    ForAnyValueWithAudienceClaimType = "FORANYVALUE_WITH_AUDIENCE_CLAIM_TYPE", "ForAnyValue with audience claim type";
    MissingConditionKeyForOidcPrincipal = "MISSING_CONDITION_KEY_FOR_OIDC_PRINCIPAL", "missing condition key for OIDC principal";
    MissingGithubRepoConditionKey = "MISSING_GITHUB_REPO_CONDITION_KEY", "missing GitHub repo condition key";
    MissingPairedConditionKeys = "MISSING_PAIRED_CONDITION_KEYS", "missing paired condition keys";
    PassRoleWithNotActionAndNotResource = "PASS_ROLE_WITH_NOT_ACTION_AND_NOT_RESOURCE", "pass role with NotAction and NotResource";
    PassRoleWithNotResource = "PASS_ROLE_WITH_NOT_RESOURCE", "pass role with NotResource";
    PassRoleWithStarInActionAndNotResource = "PASS_ROLE_WITH_STAR_IN_ACTION_AND_NOT_RESOURCE", "pass role with star in action and NotResource";
    PassRoleWithStarInActionAndResource = "PASS_ROLE_WITH_STAR_IN_ACTION_AND_RESOURCE", "pass role with star in action and resource";
    PassRoleWithStarInResource = "PASS_ROLE_WITH_STAR_IN_RESOURCE", "pass role with star in resource";
    PassRoleWithStarInResourceAndNotAction = "PASS_ROLE_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION", "pass role with star in resource and NotAction";
    RestrictAccessToServicePrincipal = "RESTRICT_ACCESS_TO_SERVICE_PRINCIPAL", "restrict access to service principal";
    S3PrefixInNegativeContext = "S3_PREFIX_IN_NEGATIVE_CONTEXT", "S3 prefix in negative context";
    StringLikeOperatorWithArnConditionKeys = "STRING_LIKE_OPERATOR_WITH_ARN_CONDITION_KEYS", "string like operator with ARN condition keys";
    UntrustworthyConditionKey = "UNTRUSTWORTHY_CONDITION_KEY", "untrustworthy condition key";
    }
    Warning aws {
    CreateSlrWithNotActionAndNotResource = "CREATE_SLR_WITH_NOT_ACTION_AND_NOT_RESOURCE", "create SLR with NotAction and NotResource";
    CreateSlrWithNotResource = "CREATE_SLR_WITH_NOT_RESOURCE", "create SLR with NotResource";
    CreateSlrWithStarInActionAndNotResource = "CREATE_SLR_WITH_STAR_IN_ACTION_AND_NOT_RESOURCE", "create SLR with star in action and NotResource";
    CreateSlrWithStarInActionAndResource = "CREATE_SLR_WITH_STAR_IN_ACTION_AND_RESOURCE", "create SLR with star in action and resource";
    CreateSlrWithStarInResource = "CREATE_SLR_WITH_STAR_IN_RESOURCE", "create SLR with star in resource";
    CreateSlrWithStarInResourceAndNotAction = "CREATE_SLR_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION", "create SLR with star in resource and NotAction";
    DeprecatedGlobalConditionKey = "DEPRECATED_GLOBAL_CONDITION_KEY", "deprecated global condition key";
    InvalidDateValue = "INVALID_DATE_VALUE", "invalid date value";
    InvalidRoleReference = "INVALID_ROLE_REFERENCE", "invalid role reference";
    InvalidUserReference = "INVALID_USER_REFERENCE", "invalid user reference";
    MissingVersion = "MISSING_VERSION", "missing version";
    PolicySizeExceedsIdentityPolicyQuota = "POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA", "policy size exceeds identity policy quota";
    PolicySizeExceedsRoleTrustPolicyQuota = "POLICY_SIZE_EXCEEDS_ROLE_TRUST_POLICY_QUOTA", "policy size exceeds role trust policy quota";
    RcpMissingRelatedPrincipalConditionKey = "RCP_MISSING_RELATED_PRINCIPAL_CONDITION_KEY", "RCP missing related principal condition key";
    RcpMissingRelatedServicePrincipalConditionKey = "RCP_MISSING_RELATED_SERVICE_PRINCIPAL_CONDITION_KEY", "RCP missing related service principal condition key";
    RcpMissingServiceConditionKeyNullCheck = "RCP_MISSING_SERVICE_CONDITION_KEY_NULL_CHECK", "RCP missing service condition key null check";
    SpecificGithubRepoAndBranchRecommended = "SPECIFIC_GITHUB_REPO_AND_BRANCH_RECOMMENDED", "specific GitHub repo and branch recommended";
    TypeMismatch = "TYPE_MISMATCH", "type mismatch";
    TypeMismatchBoolean = "TYPE_MISMATCH_BOOLEAN", "type mismatch Boolean";
    TypeMismatchDate = "TYPE_MISMATCH_DATE", "type mismatch date";
    TypeMismatchNumber = "TYPE_MISMATCH_NUMBER", "type mismatch number";
    TypeMismatchString = "TYPE_MISMATCH_STRING", "type mismatch string";
    UniqueSidsRecommended = "UNIQUE_SIDS_RECOMMENDED", "unique Sids recommended";
    UseConditionKeyOnlyWithSupportedServices = "USE_CONDITION_KEY_ONLY_WITH_SUPPORTED_SERVICES", "use condition key only with supported services";
    WildcardWithoutLikeOperator = "WILDCARD_WITHOUT_LIKE_OPERATOR", "wildcard without like operator";
    }
    Suggestion aws {
    AllowNotActionWithUnsupportedTagConditionKeyForService = "ALLOW_NOTACTION_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE", "allow NotAction with unsupported tag condition key for service";
    AllowWithUnsupportedTagConditionKeyForService = "ALLOW_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE", "allow with unsupported tag condition key for service";
    ConfirmAudienceClaimType = "CONFIRM_AUDIENCE_CLAIM_TYPE", "confirm audience claim type";
    EmptyArrayAction = "EMPTY_ARRAY_ACTION", "empty array action";
    EmptyArrayCondition = "EMPTY_ARRAY_CONDITION", "empty array condition";
    EmptyArrayConditionForAllValues = "EMPTY_ARRAY_CONDITION_FORALLVALUES", "empty array condition ForAllValues";
    EmptyArrayConditionForAnyValue = "EMPTY_ARRAY_CONDITION_FORANYVALUE", "empty array condition ForAnyValue";
    EmptyArrayConditionIfExists = "EMPTY_ARRAY_CONDITION_IFEXISTS", "empty array condition IfExists";
    EmptyArrayPrincipal = "EMPTY_ARRAY_PRINCIPAL", "empty array principal";
    EmptyArrayResource = "EMPTY_ARRAY_RESOURCE", "empty array resource";
    EmptyObjectCondition = "EMPTY_OBJECT_CONDITION", "empty object condition";
    EmptyObjectPrincipal = "EMPTY_OBJECT_PRINCIPAL", "empty object principal";
    EmptySidValue = "EMPTY_SID_VALUE", "empty Sid value";
    EquivalentToNullFalse = "EQUIVALENT_TO_NULL_FALSE", "equivalent to Null false";
    EquivalentToNullTrue = "EQUIVALENT_TO_NULL_TRUE", "equivalent to Null true";
    ImproveIpRange = "IMPROVE_IP_RANGE", "improve IP range";
    NullWithQualifier = "NULL_WITH_QUALIFIER", "Null with qualifier";
    PrivateIpAddressSubset = "PRIVATE_IP_ADDRESS_SUBSET", "private IP address subset";
    PrivateNotIpAddressSubset = "PRIVATE_NOT_IP_ADDRESS_SUBSET", "private NotIpAddress subset";
    RecommendedConditionKeyForServicePrincipal = "RECOMMENDED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL", "recommended condition key for service principal";
    RedundantAction = "REDUNDANT_ACTION", "redundant action";
    RedundantConditionValueNum = "REDUNDANT_CONDITION_VALUE_NUM", "redundant condition value num";
    RedundantKeyDueToWildcardInCondition = "REDUNDANT_KEY_DUE_TO_WILDCARD_IN_CONDITION", "redundant key due to wildcard in condition";
    RedundantPrincipalInRoleTrustPolicy = "REDUNDANT_PRINCIPAL_IN_ROLE_TRUST_POLICY", "redundant principal in role trust policy";
    RedundantResource = "REDUNDANT_RESOURCE", "redundant resource";
    RedundantStatement = "REDUNDANT_STATEMENT", "redundant statement";
    RedundantStatementDueToWildcardInCondition = "REDUNDANT_STATEMENT_DUE_TO_WILDCARD_IN_CONDITION", "redundant statement due to wildcard in condition";
    WildcardInServiceName = "WILDCARD_IN_SERVICE_NAME", "wildcard in service name";
    }
    Error ours {
    ActionMatchesNoResource = "ACTION_MATCHES_NO_RESOURCE", "the action is about none of the statement's resources";
    ActionNeedsEveryResource = "ACTION_NEEDS_EVERY_RESOURCE", "the action is about no resource, so only `*` grants it";
    CharacterNotAccepted = "CHARACTER_NOT_ACCEPTED", "IAM does not accept the character";
    InvalidPrincipal = "INVALID_PRINCIPAL", "IAM knows no such principal";
    MixedPartitions = "MIXED_PARTITIONS", "resources of several partitions in one policy";
    PolicySizeExceedsAttachQuota = "POLICY_SIZE_EXCEEDS_ATTACH_QUOTA", "the policy is too large to be attached so";
    UnusedWaiver = "UNUSED_WAIVER", "a spec accepts a finding that is not there";
    }
    Warning ours {
    ActionSupportsResources = "ACTION_SUPPORTS_RESOURCES", "the action could be limited to resources";
    MissingDependentAction = "MISSING_DEPENDENT_ACTION", "the action needs another one";
    }
}

impl Code {
    /// The code of this name; `None` if this crate cannot give it.
    ///
    /// # Examples
    ///
    /// ```
    /// use iam_policy_check::{Code, FindingType};
    ///
    /// let code = Code::from_name("REDUNDANT_ACTION").unwrap();
    /// assert_eq!(code.finding_type(), FindingType::Suggestion);
    /// assert!(code.is_aws());
    /// assert!(!Code::ActionMatchesNoResource.is_aws());
    /// ```
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.name() == name)
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
