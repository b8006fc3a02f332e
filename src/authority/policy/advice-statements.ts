import type { Advice, Placed } from './advice-parts.ts'
import { matchesPattern, parsePattern } from './pattern.ts'
import { itemsOf, memberOf, nameSpan, type Span, spanOf, writtenValue } from './places.ts'

type Rule = (placed: Placed) => readonly Advice[]

/** Of the statement's effect, principals, actions and resources. */
export function statementAdvice(placed: Placed): readonly Advice[] {
  return rules.flatMap((rule) => rule(placed))
}

const rules: readonly Rule[] = [
  everything,
  negations,
  passRole,
  anyone,
  anyBearer,
  foreignPrefixes,
  repetitions,
  variablesWithoutVersion,
]

function element({ node, text }: Placed, name: string): Span {
  const member = memberOf(node, name)
  return member === undefined ? spanOf(node) : nameSpan(member, text)
}

/** The values of an element with their places. */
function valuesOf({ node }: Placed, name: string): readonly { readonly value: string; readonly span: Span }[] {
  const member = memberOf(node, name)
  if (member === undefined) return []
  return itemsOf(member.value).flatMap((item) => {
    const value = writtenValue(item)
    return value === null ? [] : [{ value, span: spanOf(item) }]
  })
}

function allows({ statement }: Placed): boolean {
  return statement.effect === 'Allow'
}

function isUnconditional({ statement }: Placed): boolean {
  return statement.conditions.length === 0
}

function isEveryAction(pattern: string): boolean {
  return /^\*(?::\*)?$/.test(pattern)
}

function allowsEverything(placed: Placed): boolean {
  const { action, resource } = placed.statement
  return (
    allows(placed) && isUnconditional(placed) && (action ?? []).some(isEveryAction) && (resource ?? []).includes('*')
  )
}

function everything(placed: Placed): readonly Advice[] {
  if (!allowsEverything(placed)) return []
  const says = 'This allows every action on every resource: name the actions and the resources that are needed.'
  return [{ code: 'allows-everything', says, span: element(placed, 'Action') }]
}

function negations(placed: Placed): readonly Advice[] {
  const { notAction, notResource, notPrincipal } = placed.statement
  const advice: Advice[] = []
  if (allows(placed) && notAction !== null) {
    advice.push({
      code: 'allow-not-action',
      says: 'Allow with NotAction allows every other action of every service, those to come too: list what is needed in Action.',
      span: element(placed, 'NotAction'),
    })
  }
  if (allows(placed) && notResource !== null) {
    advice.push({
      code: 'allow-not-resource',
      says: 'Allow with NotResource allows it on every other resource, those to come too: list what is needed in Resource.',
      span: element(placed, 'NotResource'),
    })
  }
  if (notPrincipal !== null) {
    advice.push({
      code: 'not-principal',
      says: 'Deny with NotPrincipal also hits the sessions of the roles that it names: deny everyone, with a condition on aws:PrincipalArn.',
      span: element(placed, 'NotPrincipal'),
    })
  }
  return advice
}

function passRole(placed: Placed): readonly Advice[] {
  if (!allows(placed)) return []
  const conditioned = placed.statement.conditions.some(({ key }) => key.toLowerCase() === 'iam:passedtoservice')
  const open = (placed.statement.resource ?? []).some((one) =>
    /^(?:\*|arn:[^:]*:iam::[^:]*:(?:\*|role\/\*))$/.test(one),
  )
  const passing = valuesOf(placed, 'Action').find(
    // Whoever may do everything needs no role to be passed.
    ({ value }) => !isEveryAction(value) && covers(value, 'iam:PassRole'),
  )
  if (passing === undefined || conditioned || !open) return []
  const says =
    'iam:PassRole on all roles lets whoever has it give any role, an administrator’s too, to a service: name the roles in Resource, ' +
    'or the service in a condition on iam:PassedToService.'
  return [{ code: 'pass-role-on-all', says, span: passing.span }]
}

function covers(pattern: string, action: string): boolean {
  return matchesPattern(parsePattern(pattern.toLowerCase()), action.toLowerCase())
}

function anyone(placed: Placed): readonly Advice[] {
  const { principal } = placed.statement
  if (!allows(placed) || !isUnconditional(placed) || principal?.AWS.includes('*') !== true) return []
  const says =
    placed.kind === 'trust'
      ? 'Everyone in every AWS account may assume this role: name accounts, users or roles, or add a condition.'
      : 'Everyone may do this, without signing too: name accounts, users or roles, or add a condition.'
  return [{ code: 'open-to-anyone', says, span: element(placed, 'Principal') }]
}

/** A provider such as GitHub signs tokens for all its users. */
function anyBearer(placed: Placed): readonly Advice[] {
  const { principal, action, conditions } = placed.statement
  if (placed.kind !== 'trust' || !allows(placed)) return []
  const provider = principal?.Federated.find((one) => !one.includes(':saml-provider/'))
  const byToken = (action ?? []).some((one) => covers(one, 'sts:AssumeRoleWithWebIdentity'))
  if (provider === undefined || !byToken || conditions.some(({ key }) => /:(?:sub|amr)$/i.test(key))) return []
  const audience = conditions.some(({ key }) => /:(?:aud|azp|oaud|app_id)$/i.test(key))
  const says = `Whoever gets a token from this provider${
    audience ? ' for this audience' : ''
  } may assume the role: add a condition on the subject, ${provider.replace(/^.*:oidc-provider\//, '')}:sub.`
  return [{ code: 'any-subject', says, span: element(placed, 'Principal') }]
}

/** What the AWS CLI and the SDKs call a service, where policies call it otherwise (botocore's service names and their prefixes). */
const prefixes: ReadonlyMap<string, string> = new Map([
  ['s3api', 's3'],
  ['s3control', 's3'],
  ['elb', 'elasticloadbalancing'],
  ['elbv2', 'elasticloadbalancing'],
  ['stepfunctions', 'states'],
  ['configservice', 'config'],
  ['deploy', 'codedeploy'],
  ['emr', 'elasticmapreduce'],
  ['efs', 'elasticfilesystem'],
  ['apigatewayv2', 'apigateway'],
  ['cognito', 'cognito-idp'],
  ['cloudwatchlogs', 'logs'],
  ['eventbridge', 'events'],
  ['opensearch', 'es'],
])

function foreignPrefixes(placed: Placed): readonly Advice[] {
  return ['Action', 'NotAction'].flatMap((name) =>
    valuesOf(placed, name).flatMap(({ value, span }): Advice[] => {
      const [prefix, action] = value.split(':') as [string, string | undefined]
      const right = prefixes.get(prefix.toLowerCase())
      if (right !== undefined) {
        const says = `Policies do not call a service ${prefix}: write ${right}${action === undefined ? '' : `:${action}`}.`
        return [{ code: 'unknown-prefix', says, span }]
      }
      if (action === undefined || !/^[a-z0-9]+(?:-[a-z0-9]+)+$/.test(action)) return []
      const name = action.replace(/(?:^|-)([a-z0-9])/g, (_all, letter: string) => letter.toUpperCase())
      const says = `${value} is written like a command of the AWS CLI: write the name of the operation, ${prefix}:${name}.`
      return [{ code: 'command-for-action', says, span }]
    }),
  )
}

/** Characters, those of the largest policy that IAM takes: a longer list is not compared with itself. */
const mostCompared = 10_240

function repetitions(placed: Placed): readonly Advice[] {
  return ['Action', 'NotAction', 'Resource', 'NotResource'].flatMap((name) => {
    const isAction = name.endsWith('Action')
    const values = valuesOf(placed, name)
    if (values.reduce((sum, { value }) => sum + value.length, 0) > mostCompared) return []
    const written = values.map(({ value }) => (isAction ? value.toLowerCase() : value))
    const patterns = written.map((value) => (isAction && /[*?]/.test(value) ? parsePattern(value) : null))
    return values.flatMap(({ value, span }, index): Advice[] => {
      if (written.indexOf(written[index]!) < index) {
        return [{ code: 'repeated-value', says: `${value} stands in this list before: once is enough.`, span }]
      }
      const wider = patterns.findIndex(
        (pattern, other) =>
          pattern !== null && written[other] !== written[index] && matchesPattern(pattern, written[index]!),
      )
      if (wider < 0) return []
      const says = `${value} is among ${values[wider]!.value}, which stands in this list too: one of them is enough.`
      return [{ code: 'included-value', says, span }]
    })
  })
}

function variablesWithoutVersion(placed: Placed): readonly Advice[] {
  if (placed.variables) return []
  return ['Resource', 'NotResource'].flatMap((name) =>
    valuesOf(placed, name)
      .filter(({ value }) => value.includes('${'))
      .map(({ span }) => ({ code: 'variable-is-text', says: variableIsText, span })),
  )
}

export const variableIsText =
  'Without Version 2012-10-17 this is plain text and no variable: set the Version, or the value never fits.'
