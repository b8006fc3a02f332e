/**
 * Input and output members that several rows share, with the constraints of AWS's service models (`authority.md` §3.1, §4.2).
 * Patterns are the models' own texts: they are printed in validation errors, but for names and paths, where IAM has sentences of
 * its own. Sources: names, a reply posted in wallix/awless#277; paths, recorded in February 2026 for CreateVirtualMFADevice
 * (localstack's `test_iam_mfa.snapshot.json`) and seen for CreateRole (aws-cloudformation/cfn-lint#722, #3020).
 */
const NAME = '[\\w+=,.@-]+'
const ofName = {
  pattern: NAME,
  patternSays: 'It must contain only alphanumeric characters and/or the following: +=,.@_-',
} as const
const POLICY_PATH = '((/[A-Za-z0-9\\.,\\+@=_-]+)*)/'
const PRINTABLE = '[\\u0009\\u000A\\u000D\\u0020-\\u007E\\u0085\\u00A0-\\uD7FF\\uE000-\\uFFFD\\u10000-\\u10FFFF]+'

/** Names a user that is about to be, and stands in the newer calls. */
export const newUserName = { type: 'string', required: true, min: 1, max: 64, ...ofName } as const
export const renamedUserName = { type: 'string', min: 1, max: 64, ...ofName } as const
export const existingUserName = { type: 'string', required: true, min: 1, max: 128, ...ofName } as const
/** May be left out: then the caller is meant. */
export const callerOrUserName = { type: 'string', min: 1, max: 128, ...ofName } as const
export const roleName = { type: 'string', required: true, min: 1, max: 64, ...ofName } as const
export const groupName = { type: 'string', required: true, min: 1, max: 128, ...ofName } as const
export const renamedGroupName = { type: 'string', min: 1, max: 128, ...ofName } as const
export const instanceProfileName = { type: 'string', required: true, min: 1, max: 128, ...ofName } as const
export const policyName = { type: 'string', required: true, min: 1, max: 128, ...ofName } as const
export const deviceName = { type: 'string', required: true, min: 1, ...ofName } as const

export const path = {
  type: 'string',
  min: 1,
  max: 512,
  pattern: '(\\u002F)|(\\u002F[\\u0021-\\u007E]+\\u002F)',
  patternSays: 'It must begin and end with / and contain only alphanumeric characters and/or / characters.',
} as const
export const policyPath = { type: 'string', min: 1, max: 512, pattern: POLICY_PATH } as const
export const pathPrefix = { type: 'string', min: 1, max: 512, pattern: '\\u002F[\\u0021-\\u007F]*' } as const

export const iamArn = { type: 'string', required: true, min: 20, max: 2048 } as const
export const optionalIamArn = { type: 'string', min: 20, max: 2048 } as const
export const stsArn = { type: 'string', required: true, min: 20, max: 2048, pattern: PRINTABLE } as const
export const optionalStsArn = { type: 'string', min: 20, max: 2048, pattern: PRINTABLE } as const

/** The pattern is the one that IAM names (radkawar/stackd, `testdata/aws/iam/query_collections.json`), not the wider one of its model. */
export const policyDocument = {
  type: 'string',
  required: true,
  min: 1,
  max: 131072,
  pattern: '[\\u0009\\u000A\\u000D\\u0020-\\u007E\\u00A1-\\u00FF]+',
} as const
export const sessionPolicyDocument = {
  type: 'string',
  min: 1,
  pattern: '[\\u0009\\u000A\\u000D\\u0020-\\u00FF]+',
} as const
export const policyVersionId = {
  type: 'string',
  required: true,
  pattern: 'v[1-9][0-9]*(\\.[A-Za-z0-9-]*)?',
} as const
export const policyUsage = { type: 'string', enum: ['PermissionsPolicy', 'PermissionsBoundary'] } as const

export const roleDescription = {
  type: 'string',
  max: 1000,
  pattern: '[\\u0009\\u000A\\u000D\\u0020-\\u007E\\u00A1-\\u00FF]*',
} as const
export const maxSessionDuration = { type: 'integer', min: 3600, max: 43200 } as const

export const accessKeyId = { type: 'string', required: true, min: 16, max: 128, pattern: '[\\w]+' } as const
export const serialNumber = { type: 'string', required: true, min: 9, max: 256, pattern: '[\\w+=/:,.@-]+' } as const
export const authenticationCode = {
  type: 'string',
  required: true,
  min: 6,
  max: 6,
  pattern: '[\\d]+',
} as const
export const stsSerialNumber = { type: 'string', min: 9, max: 256, pattern: '[\\w+=/:,.@-]*' } as const
export const tokenCode = { type: 'string', min: 6, max: 6, pattern: '[\\d]*' } as const

const tagKey = {
  type: 'string',
  required: true,
  min: 1,
  max: 128,
  pattern: '[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+',
} as const
const tagValue = {
  type: 'string',
  required: true,
  min: 0,
  max: 256,
  pattern: '[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*',
} as const
const tag = { type: 'structure', members: { Key: tagKey, Value: tagValue } } as const
export const tags = { type: 'list', max: 50, member: tag } as const
export const requiredTags = { type: 'list', required: true, max: 50, member: tag } as const
export const requiredTagKeys = { type: 'list', required: true, max: 50, member: tagKey } as const
export const tagKeys = { type: 'list', max: 50, member: tagKey } as const

/** `authority.md` §1.9. */
export const pageRequest = {
  Marker: { type: 'string', min: 1, max: 320, pattern: '[\\u0020-\\u00FF]+' },
  MaxItems: { type: 'integer', min: 1, max: 1000 },
} as const
export const pageReply = {
  IsTruncated: { type: 'boolean', required: true },
  Marker: { type: 'string' },
} as const

/** Output: text and instants that are always there, or only when set. */
export const text = { type: 'string', required: true } as const
export const maybeText = { type: 'string' } as const
export const instant = { type: 'timestamp', required: true } as const
export const maybeInstant = { type: 'timestamp' } as const

export const boundary = {
  type: 'structure',
  members: { PermissionsBoundaryType: text, PermissionsBoundaryArn: text },
} as const
/** The root user has neither path nor name. */
export const userMembers = {
  Path: maybeText,
  UserName: maybeText,
  UserId: text,
  Arn: text,
  CreateDate: instant,
  PasswordLastUsed: maybeInstant,
  PermissionsBoundary: boundary,
  Tags: tags,
} as const
export const user = { type: 'structure', required: true, members: userMembers } as const

const groupMembers = { Path: text, GroupName: text, GroupId: text, Arn: text, CreateDate: instant } as const
export const group = { type: 'structure', required: true, members: groupMembers } as const

export const role = {
  type: 'structure',
  required: true,
  members: {
    Path: text,
    RoleName: text,
    RoleId: text,
    Arn: text,
    CreateDate: instant,
    AssumeRolePolicyDocument: text,
    Description: maybeText,
    MaxSessionDuration: { type: 'integer' },
    PermissionsBoundary: boundary,
    Tags: tags,
    RoleLastUsed: { type: 'structure', members: { LastUsedDate: maybeInstant, Region: maybeText } },
  },
} as const

export const instanceProfile = {
  type: 'structure',
  required: true,
  members: {
    Path: text,
    InstanceProfileName: text,
    InstanceProfileId: text,
    Arn: text,
    CreateDate: instant,
    Roles: { type: 'list', required: true, member: role },
    Tags: tags,
  },
} as const

export const credentials = {
  type: 'structure',
  required: true,
  members: {
    AccessKeyId: text,
    SecretAccessKey: { type: 'string', required: true, sensitive: true },
    SessionToken: { type: 'string', required: true, sensitive: true },
    Expiration: instant,
  },
} as const
