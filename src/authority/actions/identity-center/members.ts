import { maybeInstant, maybeText } from '../members.ts'

/** Members that several rows share, with the constraints of the service models sso-admin 2020-07-20 and identitystore 2020-06-15. */
export const instanceArnMember = {
  type: 'string',
  required: true,
  min: 10,
  max: 1224,
  pattern: 'arn:aws(-[a-z]{1,5}){0,3}:sso:::instance/(sso)?ins-[a-zA-Z0-9-.]{16}',
} as const
export const setArnMember = {
  type: 'string',
  required: true,
  min: 10,
  max: 1224,
  pattern: 'arn:aws(-[a-z]{1,5}){0,3}:sso:::permissionSet/(sso)?ins-[a-zA-Z0-9-.]{16}/ps-[a-zA-Z0-9-./]{16}',
} as const
/** Most calls are about a permission set of an instance. */
export const setMembers = { InstanceArn: instanceArnMember, PermissionSetArn: setArnMember } as const

export const nextToken = { type: 'string', min: 0, max: 2048, pattern: '[-a-zA-Z0-9+=/_]*' } as const
export const maxResults = { type: 'integer', min: 1, max: 100 } as const

export const accountId = { type: 'string', required: true, min: 12, max: 12, pattern: '\\d{12}' } as const
export const targetType = { type: 'string', required: true, enum: ['AWS_ACCOUNT'] } as const
export const principalType = { type: 'string', required: true, enum: ['USER', 'GROUP'] } as const
export const principalId = {
  type: 'string',
  required: true,
  min: 1,
  max: 47,
  pattern: '([0-9a-f]{10}-|)[A-Fa-f0-9]{8}-[A-Fa-f0-9]{4}-[A-Fa-f0-9]{4}-[A-Fa-f0-9]{4}-[A-Fa-f0-9]{12}',
} as const
export const requestId = {
  type: 'string',
  required: true,
  min: 36,
  max: 36,
  pattern: '\\b[0-9a-f]{8}\\b-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-\\b[0-9a-f]{12}\\b',
} as const

export const setDescription = {
  type: 'string',
  min: 1,
  max: 700,
  pattern: '[\\u0009\\u000A\\u000D\\u0020-\\u007E\\u00A1-\\u00FF]*',
} as const
export const sessionDuration = {
  type: 'string',
  min: 1,
  max: 100,
  pattern:
    '(-?)P(?=\\d|T\\d)(?:(\\d+)Y)?(?:(\\d+)M)?(?:(\\d+)([DW]))?(?:T(?:(\\d+)H)?(?:(\\d+)M)?(?:(\\d+(?:\\.\\d+)?)S)?)?',
} as const
export const relayState = {
  type: 'string',
  min: 1,
  max: 240,
  pattern: '[a-zA-Z0-9&$@#\\\\\\/%?=~\\-_\'"|!:,.;*+\\[\\]\\ \\(\\)\\{\\}]+',
} as const

const tagText = '([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*)'
const tagKey = { type: 'string', required: true, min: 1, max: 128, pattern: tagText } as const
const tag = {
  type: 'structure',
  members: { Key: tagKey, Value: { type: 'string', required: true, min: 0, max: 256, pattern: tagText } },
} as const
export const setTags = { type: 'list', min: 0, max: 75, member: tag } as const
export const requiredSetTags = { ...setTags, required: true } as const
export const requiredSetTagKeys = { type: 'list', required: true, min: 1, max: 75, member: tagKey } as const

export const managedPolicyArn = {
  type: 'string',
  required: true,
  min: 20,
  max: 2048,
  pattern: 'arn:aws(-[a-z]{1,5}){0,3}:iam::aws:policy((/[A-Za-z0-9\\.,\\+@=_-]+)*)/([A-Za-z0-9\\.,\\+=@_-]+)',
} as const
const policyName = { type: 'string', required: true, min: 1, max: 128, pattern: '[\\w+=,.@-]+' } as const
const policyPath = { type: 'string', min: 1, max: 512, pattern: '((/[A-Za-z0-9\\.,\\+@=_-]+)*)/' } as const
const customerPolicyMembers = { Name: policyName, Path: policyPath } as const
export const customerPolicy = { type: 'structure', required: true, members: customerPolicyMembers } as const
const { required: _needed, ...optionalManagedPolicyArn } = managedPolicyArn
export const boundaryMember = {
  type: 'structure',
  members: {
    CustomerManagedPolicyReference: { type: 'structure', members: customerPolicyMembers },
    ManagedPolicyArn: optionalManagedPolicyArn,
  },
} as const
export const inlinePolicyText = {
  type: 'string',
  required: true,
  min: 1,
  max: 32768,
  pattern: '[\\u0009\\u000A\\u000D\\u0020-\\u00FF]+',
} as const

export const permissionSetMember = {
  type: 'structure',
  members: {
    Name: maybeText,
    PermissionSetArn: maybeText,
    Description: maybeText,
    CreatedDate: maybeInstant,
    SessionDuration: maybeText,
    RelayState: maybeText,
  },
} as const
export const assignmentStatus = {
  type: 'structure',
  members: {
    Status: maybeText,
    RequestId: maybeText,
    FailureReason: maybeText,
    TargetId: maybeText,
    TargetType: maybeText,
    PermissionSetArn: maybeText,
    PrincipalType: maybeText,
    PrincipalId: maybeText,
    CreatedDate: maybeInstant,
  },
} as const
export const provisioningStatus = {
  type: 'structure',
  members: {
    Status: maybeText,
    RequestId: maybeText,
    AccountId: maybeText,
    PermissionSetArn: maybeText,
    FailureReason: maybeText,
    CreatedDate: maybeInstant,
  },
} as const
