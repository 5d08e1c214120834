use std::fmt;

use iam_policy_document::Diagnostic;

macro_rules! codes {
    ($($variant:ident = $name:literal,)+) => {
        /// The kind of problem that a finding reports.
        ///
        /// [`rule`](Self::rule) has the facts and the documentation of a code.
        ///
        /// Source: IAM User Guide, "IAM Access Analyzer policy check reference", for all codes that
        /// [are AWS's](Self::is_aws).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Code {
            $(#[doc = concat!("`", $name, "`")] $variant,)+
        }

        impl Code {
            /// Every code, whether this crate's checks or another reader of policies and specs gives it.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The name, such as `INVALID_ACTION`: AWS's `issueCode`.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }
        }
    };
}

codes! {
    ArnAccountNotAllowed = "ARN_ACCOUNT_NOT_ALLOWED",
    ArnRegionNotAllowed = "ARN_REGION_NOT_ALLOWED",
    DataTypeMismatch = "DATA_TYPE_MISMATCH",
    DuplicateKeysWithDifferentCase = "DUPLICATE_KEYS_WITH_DIFFERENT_CASE",
    EmptyVariable = "EMPTY_VARIABLE",
    FederatedPrincipalNotSupported = "FEDERATED_PRINCIPAL_NOT_SUPPORTED",
    InvalidAction = "INVALID_ACTION",
    InvalidArnAccount = "INVALID_ARN_ACCOUNT",
    InvalidArnPrefix = "INVALID_ARN_PREFIX",
    InvalidArnRegion = "INVALID_ARN_REGION",
    InvalidArnServiceCase = "INVALID_ARN_SERVICE_CASE",
    InvalidConditionDataType = "INVALID_CONDITION_DATA_TYPE",
    InvalidConditionKeyFormat = "INVALID_CONDITION_KEY_FORMAT",
    InvalidConditionMultipleBoolean = "INVALID_CONDITION_MULTIPLE_BOOLEAN",
    InvalidConditionOperator = "INVALID_CONDITION_OPERATOR",
    InvalidEffect = "INVALID_EFFECT",
    InvalidFederatedPrincipalSyntaxInRoleTrustPolicy = "INVALID_FEDERATED_PRINCIPAL_SYNTAX_IN_ROLE_TRUST_POLICY",
    InvalidGlobalConditionKey = "INVALID_GLOBAL_CONDITION_KEY",
    InvalidKmsKeyValue = "INVALID_KMS_KEY_VALUE",
    InvalidPartition = "INVALID_PARTITION",
    InvalidPolicyElement = "INVALID_POLICY_ELEMENT",
    InvalidPrincipalFormat = "INVALID_PRINCIPAL_FORMAT",
    InvalidPrincipalKey = "INVALID_PRINCIPAL_KEY",
    InvalidRegion = "INVALID_REGION",
    InvalidService = "INVALID_SERVICE",
    InvalidServiceConditionKey = "INVALID_SERVICE_CONDITION_KEY",
    InvalidServiceInAction = "INVALID_SERVICE_IN_ACTION",
    InvalidServicePrincipalFormat = "INVALID_SERVICE_PRINCIPAL_FORMAT",
    InvalidVariableForOperator = "INVALID_VARIABLE_FOR_OPERATOR",
    InvalidVersion = "INVALID_VERSION",
    InvalidVpcFormat = "INVALID_VPC_FORMAT",
    InvalidVpceFormat = "INVALID_VPCE_FORMAT",
    JsonSyntaxError = "JSON_SYNTAX_ERROR",
    MismatchedActionForPrincipal = "MISMATCHED_ACTION_FOR_PRINCIPAL",
    MissingAction = "MISSING_ACTION",
    MissingActionForConditionKey = "MISSING_ACTION_FOR_CONDITION_KEY",
    MissingActionForRolesAnywhereTrustPolicy = "MISSING_ACTION_FOR_ROLES_ANYWHERE_TRUST_POLICY",
    MissingArnAccount = "MISSING_ARN_ACCOUNT",
    MissingArnField = "MISSING_ARN_FIELD",
    MissingArnRegion = "MISSING_ARN_REGION",
    MissingBraceInVariable = "MISSING_BRACE_IN_VARIABLE",
    MissingEffect = "MISSING_EFFECT",
    MissingPrincipal = "MISSING_PRINCIPAL",
    MissingQualifier = "MISSING_QUALIFIER",
    MissingQuoteInVariable = "MISSING_QUOTE_IN_VARIABLE",
    MissingResource = "MISSING_RESOURCE",
    MissingStatement = "MISSING_STATEMENT",
    MissingTagKeyInCondition = "MISSING_TAG_KEY_IN_CONDITION",
    NullWithIfExists = "NULL_WITH_IF_EXISTS",
    PolicySizeExceedsRcpQuota = "POLICY_SIZE_EXCEEDS_RCP_QUOTA",
    PolicySizeExceedsScpQuota = "POLICY_SIZE_EXCEEDS_SCP_QUOTA",
    PrivateIpAddress = "PRIVATE_IP_ADDRESS",
    PrivateNotIpAddress = "PRIVATE_NOT_IP_ADDRESS",
    RcpSyntaxErrorAction = "RCP_SYNTAX_ERROR_ACTION",
    RcpSyntaxErrorAllow = "RCP_SYNTAX_ERROR_ALLOW",
    RcpSyntaxErrorNotAction = "RCP_SYNTAX_ERROR_NOTACTION",
    RcpSyntaxErrorPrincipal = "RCP_SYNTAX_ERROR_PRINCIPAL",
    RoleTrustPolicySyntaxErrorNotPrincipal = "ROLE_TRUST_POLICY_SYNTAX_ERROR_NOTPRINCIPAL",
    RoleTrustPolicySyntaxErrorResource = "ROLE_TRUST_POLICY_SYNTAX_ERROR_RESOURCE",
    RoleTrustPolicyUnsupportedWildcardInPrincipal = "ROLE_TRUST_POLICY_UNSUPPORTED_WILDCARD_IN_PRINCIPAL",
    ScpSyntaxErrorPrincipal = "SCP_SYNTAX_ERROR_PRINCIPAL",
    TypeMismatchIpRange = "TYPE_MISMATCH_IP_RANGE",
    UniqueSidsRequired = "UNIQUE_SIDS_REQUIRED",
    UnsupportedActionForConditionKey = "UNSUPPORTED_ACTION_FOR_CONDITION_KEY",
    UnsupportedActionInPolicy = "UNSUPPORTED_ACTION_IN_POLICY",
    UnsupportedConditionKeyForServicePrincipal = "UNSUPPORTED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL",
    UnsupportedElementCombination = "UNSUPPORTED_ELEMENT_COMBINATION",
    UnsupportedGlobalConditionKey = "UNSUPPORTED_GLOBAL_CONDITION_KEY",
    UnsupportedPrincipal = "UNSUPPORTED_PRINCIPAL",
    UnsupportedResourceArnInPolicy = "UNSUPPORTED_RESOURCE_ARN_IN_POLICY",
    UnsupportedSid = "UNSUPPORTED_SID",
    UnsupportedSpaceInVariable = "UNSUPPORTED_SPACE_IN_VARIABLE",
    UnsupportedWildcardInPrincipal = "UNSUPPORTED_WILDCARD_IN_PRINCIPAL",
    VariableUnsupportedInElement = "VARIABLE_UNSUPPORTED_IN_ELEMENT",
    VariableUnsupportedInVersion = "VARIABLE_UNSUPPORTED_IN_VERSION",
    VariableUsageTooPermissive = "VARIABLE_USAGE_TOO_PERMISSIVE",
    WildcardUsageTooPermissive = "WILDCARD_USAGE_TOO_PERMISSIVE",
    AllowWithNotPrincipal = "ALLOW_WITH_NOT_PRINCIPAL",
    DenyNotActionWithUnsupportedTagConditionKeyForService = "DENY_NOTACTION_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE",
    DenyWithUnsupportedTagConditionKeyForService = "DENY_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE",
    DynamodbAttributesWithoutSelect = "DYNAMODB_ATTRIBUTES_WITHOUT_SELECT",
    ForAllValuesWithSingleValuedKey = "FORALLVALUES_WITH_SINGLE_VALUED_KEY",
    ForAnyValueWithAudienceClaimType = "FORANYVALUE_WITH_AUDIENCE_CLAIM_TYPE",
    MissingConditionKeyForOidcPrincipal = "MISSING_CONDITION_KEY_FOR_OIDC_PRINCIPAL",
    MissingGithubRepoConditionKey = "MISSING_GITHUB_REPO_CONDITION_KEY",
    MissingPairedConditionKeys = "MISSING_PAIRED_CONDITION_KEYS",
    PassRoleWithNotActionAndNotResource = "PASS_ROLE_WITH_NOT_ACTION_AND_NOT_RESOURCE",
    PassRoleWithNotResource = "PASS_ROLE_WITH_NOT_RESOURCE",
    PassRoleWithStarInActionAndNotResource = "PASS_ROLE_WITH_STAR_IN_ACTION_AND_NOT_RESOURCE",
    PassRoleWithStarInActionAndResource = "PASS_ROLE_WITH_STAR_IN_ACTION_AND_RESOURCE",
    PassRoleWithStarInResource = "PASS_ROLE_WITH_STAR_IN_RESOURCE",
    PassRoleWithStarInResourceAndNotAction = "PASS_ROLE_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION",
    RestrictAccessToServicePrincipal = "RESTRICT_ACCESS_TO_SERVICE_PRINCIPAL",
    S3PrefixInNegativeContext = "S3_PREFIX_IN_NEGATIVE_CONTEXT",
    StringLikeOperatorWithArnConditionKeys = "STRING_LIKE_OPERATOR_WITH_ARN_CONDITION_KEYS",
    UntrustworthyConditionKey = "UNTRUSTWORTHY_CONDITION_KEY",
    CreateSlrWithNotActionAndNotResource = "CREATE_SLR_WITH_NOT_ACTION_AND_NOT_RESOURCE",
    CreateSlrWithNotResource = "CREATE_SLR_WITH_NOT_RESOURCE",
    CreateSlrWithStarInActionAndNotResource = "CREATE_SLR_WITH_STAR_IN_ACTION_AND_NOT_RESOURCE",
    CreateSlrWithStarInActionAndResource = "CREATE_SLR_WITH_STAR_IN_ACTION_AND_RESOURCE",
    CreateSlrWithStarInResource = "CREATE_SLR_WITH_STAR_IN_RESOURCE",
    CreateSlrWithStarInResourceAndNotAction = "CREATE_SLR_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION",
    DeprecatedGlobalConditionKey = "DEPRECATED_GLOBAL_CONDITION_KEY",
    InvalidDateValue = "INVALID_DATE_VALUE",
    InvalidRoleReference = "INVALID_ROLE_REFERENCE",
    InvalidUserReference = "INVALID_USER_REFERENCE",
    MissingVersion = "MISSING_VERSION",
    PolicySizeExceedsIdentityPolicyQuota = "POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA",
    PolicySizeExceedsRoleTrustPolicyQuota = "POLICY_SIZE_EXCEEDS_ROLE_TRUST_POLICY_QUOTA",
    RcpMissingRelatedPrincipalConditionKey = "RCP_MISSING_RELATED_PRINCIPAL_CONDITION_KEY",
    RcpMissingRelatedServicePrincipalConditionKey = "RCP_MISSING_RELATED_SERVICE_PRINCIPAL_CONDITION_KEY",
    RcpMissingServiceConditionKeyNullCheck = "RCP_MISSING_SERVICE_CONDITION_KEY_NULL_CHECK",
    SpecificGithubRepoAndBranchRecommended = "SPECIFIC_GITHUB_REPO_AND_BRANCH_RECOMMENDED",
    TypeMismatch = "TYPE_MISMATCH",
    TypeMismatchBoolean = "TYPE_MISMATCH_BOOLEAN",
    TypeMismatchDate = "TYPE_MISMATCH_DATE",
    TypeMismatchNumber = "TYPE_MISMATCH_NUMBER",
    TypeMismatchString = "TYPE_MISMATCH_STRING",
    UniqueSidsRecommended = "UNIQUE_SIDS_RECOMMENDED",
    UseConditionKeyOnlyWithSupportedServices = "USE_CONDITION_KEY_ONLY_WITH_SUPPORTED_SERVICES",
    WildcardWithoutLikeOperator = "WILDCARD_WITHOUT_LIKE_OPERATOR",
    AllowNotActionWithUnsupportedTagConditionKeyForService = "ALLOW_NOTACTION_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE",
    AllowWithUnsupportedTagConditionKeyForService = "ALLOW_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE",
    ConfirmAudienceClaimType = "CONFIRM_AUDIENCE_CLAIM_TYPE",
    EmptyArrayAction = "EMPTY_ARRAY_ACTION",
    EmptyArrayCondition = "EMPTY_ARRAY_CONDITION",
    EmptyArrayConditionForAllValues = "EMPTY_ARRAY_CONDITION_FORALLVALUES",
    EmptyArrayConditionForAnyValue = "EMPTY_ARRAY_CONDITION_FORANYVALUE",
    EmptyArrayConditionIfExists = "EMPTY_ARRAY_CONDITION_IFEXISTS",
    EmptyArrayPrincipal = "EMPTY_ARRAY_PRINCIPAL",
    EmptyArrayResource = "EMPTY_ARRAY_RESOURCE",
    EmptyObjectCondition = "EMPTY_OBJECT_CONDITION",
    EmptyObjectPrincipal = "EMPTY_OBJECT_PRINCIPAL",
    EmptySidValue = "EMPTY_SID_VALUE",
    EquivalentToNullFalse = "EQUIVALENT_TO_NULL_FALSE",
    EquivalentToNullTrue = "EQUIVALENT_TO_NULL_TRUE",
    ImproveIpRange = "IMPROVE_IP_RANGE",
    NullWithQualifier = "NULL_WITH_QUALIFIER",
    PrivateIpAddressSubset = "PRIVATE_IP_ADDRESS_SUBSET",
    PrivateNotIpAddressSubset = "PRIVATE_NOT_IP_ADDRESS_SUBSET",
    RecommendedConditionKeyForServicePrincipal = "RECOMMENDED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL",
    RedundantAction = "REDUNDANT_ACTION",
    RedundantConditionValueNum = "REDUNDANT_CONDITION_VALUE_NUM",
    RedundantKeyDueToWildcardInCondition = "REDUNDANT_KEY_DUE_TO_WILDCARD_IN_CONDITION",
    RedundantPrincipalInRoleTrustPolicy = "REDUNDANT_PRINCIPAL_IN_ROLE_TRUST_POLICY",
    RedundantResource = "REDUNDANT_RESOURCE",
    RedundantStatement = "REDUNDANT_STATEMENT",
    RedundantStatementDueToWildcardInCondition = "REDUNDANT_STATEMENT_DUE_TO_WILDCARD_IN_CONDITION",
    WildcardInServiceName = "WILDCARD_IN_SERVICE_NAME",
    ActionMatchesNoResource = "ACTION_MATCHES_NO_RESOURCE",
    ActionNeedsEveryResource = "ACTION_NEEDS_EVERY_RESOURCE",
    CharacterNotAccepted = "CHARACTER_NOT_ACCEPTED",
    InvalidPrincipal = "INVALID_PRINCIPAL",
    MixedPartitions = "MIXED_PARTITIONS",
    PolicySizeExceedsAttachQuota = "POLICY_SIZE_EXCEEDS_ATTACH_QUOTA",
    UnusedWaiver = "UNUSED_WAIVER",
    UnsupportedFormat = "UNSUPPORTED_FORMAT",
    TomlSyntaxError = "TOML_SYNTAX_ERROR",
    InvalidSpec = "INVALID_SPEC",
    YamlSyntaxError = "YAML_SYNTAX_ERROR",
    HclSyntaxError = "HCL_SYNTAX_ERROR",
    TemplateError = "TEMPLATE_ERROR",
    UngrantedCall = "UNGRANTED_CALL",
    UnusedGrant = "UNUSED_GRANT",
    UnmappedOperation = "UNMAPPED_OPERATION",
    ActionSupportsResources = "ACTION_SUPPORTS_RESOURCES",
    MissingDependentAction = "MISSING_DEPENDENT_ACTION",
    PrivilegeEscalation = "PRIVILEGE_ESCALATION",
    InvalidBucketName = "INVALID_BUCKET_NAME",
    LeadingWhiteSpace = "LEADING_WHITE_SPACE",
    UnfilledPlaceholder = "UNFILLED_PLACEHOLDER",
    UnknownVariable = "UNKNOWN_VARIABLE",
    AbsentConditionKey = "ABSENT_CONDITION_KEY",
    MissingAudienceCondition = "MISSING_AUDIENCE_CONDITION",
    MissingSubjectCondition = "MISSING_SUBJECT_CONDITION",
    SubjectMatchesEveryone = "SUBJECT_MATCHES_EVERYONE",
    UnknownServicePrincipal = "UNKNOWN_SERVICE_PRINCIPAL",
    UnsupportedConditionKey = "UNSUPPORTED_CONDITION_KEY",
    VariableUnsupportedInSegment = "VARIABLE_UNSUPPORTED_IN_SEGMENT",
    InvalidConfiguration = "INVALID_CONFIGURATION",
    InvalidIgnore = "INVALID_IGNORE",
    UnusedIgnore = "UNUSED_IGNORE",
    StaleBaselineEntry = "STALE_BASELINE_ENTRY",
}

impl Code {
    /// The code of this name; `None` if there is none.
    ///
    /// # Examples
    ///
    /// ```
    /// use iam_policy_check::Code;
    /// use iam_policy_document::Severity;
    ///
    /// let code = Code::from_name("REDUNDANT_ACTION").unwrap();
    /// assert_eq!(code.severity(), Severity::Suggestion);
    /// assert!(code.is_aws());
    /// assert!(!Code::ActionMatchesNoResource.is_aws());
    /// ```
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.name() == name)
    }
}

impl Code {
    /// The code of a diagnostic; `None` if it has none that this crate knows.
    ///
    /// - `diagnostic`: a finding
    #[must_use]
    pub fn of(diagnostic: &Diagnostic) -> Option<Self> {
        Self::from_name(diagnostic.code?)
    }

    /// Whether a diagnostic has this code.
    ///
    /// - `diagnostic`: a finding
    #[must_use]
    pub fn is_of(self, diagnostic: &Diagnostic) -> bool {
        diagnostic.code == Some(self.name())
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
