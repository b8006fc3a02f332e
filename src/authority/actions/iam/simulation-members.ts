import type { ValuesOf } from '../grid.ts'
import { pageReply, pageRequest, policyDocument, text } from '../members.ts'

const { required: _required, ...anyDocument } = policyDocument
const policies = { type: 'list', member: anyDocument } as const
const actionName = { type: 'string', min: 3, max: 128 } as const
const resourceName = { type: 'string', min: 1, max: 2048 } as const

// Here the model has them in this order.
const pageInOrder = { MaxItems: pageRequest.MaxItems, Marker: pageRequest.Marker } as const

/** `PolicySourceArn`: whose policies are asked. */
export const policySource = { PolicySourceArn: { type: 'string', required: true, min: 20, max: 2048 } } as const

export const morePolicies = { PolicyInputList: policies } as const
export const onlyPolicies = { PolicyInputList: { ...policies, required: true } } as const

/** What both simulations take after their policies. */
export const question = {
  PermissionsBoundaryPolicyInputList: policies,
  ActionNames: { type: 'list', required: true, member: actionName },
  ResourceArns: { type: 'list', member: resourceName },
  ResourcePolicy: anyDocument,
  ResourceOwner: resourceName,
  CallerArn: resourceName,
  ContextEntries: {
    type: 'list',
    member: {
      type: 'structure',
      members: {
        ContextKeyName: { type: 'string', min: 5, max: 256 },
        ContextKeyValues: { type: 'list', member: { type: 'string' } },
        ContextKeyType: {
          type: 'string',
          enum: [
            'string',
            'stringList',
            'numeric',
            'numericList',
            'boolean',
            'booleanList',
            'ip',
            'ipList',
            'binary',
            'binaryList',
            'date',
            'dateList',
          ],
        },
      },
    },
  },
  ResourceHandlingOption: { type: 'string', min: 1, max: 64 },
  ...pageInOrder,
} as const

export type Question = ValuesOf<typeof question> & { readonly PolicyInputList?: readonly string[] | undefined }

const position = {
  type: 'structure',
  members: { Line: { type: 'integer', required: true }, Column: { type: 'integer', required: true } },
} as const

const shared = {
  MatchedStatements: {
    type: 'list',
    required: true,
    member: {
      type: 'structure',
      members: { SourcePolicyId: text, SourcePolicyType: text, StartPosition: position, EndPosition: position },
    },
  },
  MissingContextValues: { type: 'list', required: true, member: text },
} as const

const decisionDetails = { type: 'map', value: text } as const
const boundaryDetail = {
  type: 'structure',
  members: { AllowedByPermissionsBoundary: { type: 'boolean', required: true } },
} as const

const resourceResult = {
  EvalResourceName: text,
  EvalResourceDecision: text,
  ...shared,
  EvalDecisionDetails: decisionDetails,
  PermissionsBoundaryDecisionDetail: boundaryDetail,
} as const

const result = {
  EvalActionName: text,
  EvalResourceName: text,
  EvalDecision: text,
  ...shared,
  /** Never sent: no account here is in an organization. */
  OrganizationsDecisionDetail: {
    type: 'structure',
    members: { AllowedByOrganizations: { type: 'boolean', required: true } },
  },
  PermissionsBoundaryDecisionDetail: boundaryDetail,
  EvalDecisionDetails: decisionDetails,
  ResourceSpecificResults: { type: 'list', member: { type: 'structure', members: resourceResult } },
} as const

export type ResourceResult = ValuesOf<typeof resourceResult>
export type EvaluationResult = ValuesOf<typeof result>
export type ShownStatement = EvaluationResult['MatchedStatements'][number]

export const simulated = {
  EvaluationResults: { type: 'list', required: true, member: { type: 'structure', members: result } },
  ...pageReply,
} as const

export const contextKeys = { ContextKeyNames: { type: 'list', required: true, member: text } } as const
