import { type DocumentKind, isResourcePolicy, type PolicyDocument, type Statement, syntaxErrors } from './document.ts'
import { isStored } from './literals.ts'
import { matchesPattern, parsePattern } from './pattern.ts'
import { resourceFault, resourceIsLegacyBroken } from './resource-format.ts'

const legacyParsing = 'The policy failed legacy parsing'
const noPrincipals =
  'Invalid principal in policy: com.amazon.balsa.error.InvalidPolicyException: ' +
  'The passed in policy has a statement with no principals!'

/** What is wrong in a statement: AWS's sentence, the element that is (or should be) there, and which of its values. */
interface Found {
  readonly says: string
  readonly element: string
  readonly value?: string
}

/** A broken rule, and the statement it is about; null where it is about the whole document. */
export interface RuleFault extends Found {
  readonly statement: Statement | null
}

/**
 * The rules that a well-shaped document must keep besides, in the order in which AWS names the first that is broken: shape
 * of the effect, version (managed policies only), legacy parsing, Sids, that there are actions, that there are resources,
 * what the resources are, what the actions are. Order and sentences: recorded from AWS by localstack's validated snapshots,
 * Feb 2026; for trust policies what these lack is of `authority.md` §4.5 and of versitygw's comparison with IAM. Null:
 * nothing is wrong.
 */
export function checkRules(document: PolicyDocument, kind: DocumentKind, managed: boolean): RuleFault | null {
  return isResourcePolicy(kind) ? checkResourcePolicy(document, kind) : checkIdentityPolicy(document, kind, managed)
}

function checkIdentityPolicy(document: PolicyDocument, kind: DocumentKind, managed: boolean): RuleFault | null {
  const { statements } = document
  const badEffect = statements.find(({ effect }) => effect === null || !/^(?:allow|deny)$/i.test(effect))
  if (badEffect !== undefined) return { says: syntaxErrors, statement: badEffect, element: 'Effect' }
  if (managed && document.version !== '2012-10-17') {
    return { says: 'Policy document must be version 2012-10-17 or greater.', statement: null, element: 'Version' }
  }
  return (
    each(statements, (statement) => legacyFault(statement, kind)) ??
    each(statements, (statement) => {
      const { element, present } = elementOf(statement, 'Principal')
      return present ? { says: 'Policy document should not specify a principal.', element } : null
    }) ??
    repeatedSid(statements, 'Statement IDs (SID) in a single policy must be unique.') ??
    strangeSid(statements) ??
    each(statements, (statement) =>
      (statement.action ?? statement.notAction ?? []).length === 0
        ? { says: 'Policy statement must contain actions.', element: elementOf(statement, 'Action').element }
        : null,
    ) ??
    each(statements, (statement) =>
      resourcesOf(statement).length === 0
        ? { says: 'Policy statement must contain resources.', element: elementOf(statement, 'Resource').element }
        : null,
    ) ??
    each(statements, (statement) => first(statement, 'Resource', resourceFault)) ??
    each(statements, (statement) => first(statement, 'Action', actionFault))
  )
}

function each(statements: readonly Statement[], fault: (statement: Statement) => Found | null): RuleFault | null {
  for (const statement of statements) {
    const found = fault(statement)
    if (found !== null) return { ...found, statement }
  }
  return null
}

/** Which of an element and its opposite (`Action`, `NotAction`) a statement has; the element itself where it has neither. */
function elementOf(
  statement: Statement,
  name: 'Action' | 'Resource' | 'Principal',
): { readonly element: string; readonly present: boolean } {
  const { action, notAction, resource, notResource, principal, notPrincipal } = statement
  const [value, opposite] = {
    Action: [action, notAction],
    Resource: [resource, notResource],
    Principal: [principal, notPrincipal],
  }[name]
  return {
    element: value === null && opposite !== null ? `Not${name}` : name,
    present: value !== null || opposite !== null,
  }
}

function first(
  statement: Statement,
  name: 'Action' | 'Resource',
  fault: (value: string) => string | null,
): Found | null {
  const { element } = elementOf(statement, name)
  const values = name === 'Resource' ? resourcesOf(statement) : (statement.action ?? statement.notAction ?? [])
  for (const value of values) {
    const says = fault(value)
    if (says !== null) return { says, element, value }
  }
  return null
}

function resourcesOf(statement: Statement): readonly string[] {
  return statement.resource ?? statement.notResource ?? []
}

function legacyFault(statement: Statement, kind: DocumentKind): Found | null {
  if (statement.effect !== 'Allow' && statement.effect !== 'Deny') return { says: legacyParsing, element: 'Effect' }
  const literal = strangeLiteral(statement, kind)
  if (literal !== null) return literal
  if (resourcesOf(statement).some((resource) => resourceFault(resource) !== null)) return null
  return first(statement, 'Resource', (resource) => (resourceIsLegacyBroken(resource) ? legacyParsing : null))
}

function strangeLiteral(statement: Statement, kind: DocumentKind): Found | null {
  for (const { operator, values } of statement.conditions) {
    const value = values.find((one) => !isStored(operator, one, kind))
    if (value !== undefined) return { says: legacyParsing, element: 'Condition', value }
  }
  return null
}

function repeatedSid(statements: readonly Statement[], says: string): RuleFault | null {
  const seen = new Set<string>()
  for (const statement of statements) {
    const { sid } = statement
    if (sid === null || sid === '') continue
    if (seen.has(sid)) return { says, statement, element: 'Sid' }
    seen.add(sid)
  }
  return null
}

/** IAM's own documents only; other services take any text. */
function strangeSid(statements: readonly Statement[]): RuleFault | null {
  return each(statements, ({ sid }) =>
    sid !== null && !/^[0-9A-Za-z]*$/.test(sid)
      ? {
          says: 'Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*',
          element: 'Sid',
        }
      : null,
  )
}

function actionFault(action: string): string | null {
  const [vendor, ...names] = action.split(':')
  if (names.length === 0 && vendor !== '*') {
    return 'Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.'
  }
  if (names.length > 1) return 'Actions/Condition can contain only one colon.'
  return vendor !== '*' && /[^a-zA-Z0-9\-.]/.test(vendor!) ? `Vendor ${vendor} is not valid` : null
}

function checkResourcePolicy(document: PolicyDocument, kind: 'trust' | 'resource'): RuleFault | null {
  const { statements } = document
  return (
    each(statements, (statement) => {
      return (
        effectSentence(statement) ??
        principalSentence(statement, kind) ??
        strangeLiteral(statement, kind) ??
        (kind === 'trust' ? trustSentence(statement) : resourceSentence(statement))
      )
    }) ??
    repeatedSid(statements, 'The Statement Ids in the policy are not unique') ??
    (kind === 'trust' ? strangeSid(statements) : null)
  )
}

function effectSentence({ effect }: Statement): Found | null {
  if (effect === null) return { says: 'Missing required field Effect', element: 'Effect' }
  return effect === 'Allow' || effect === 'Deny' ? null : { says: `Invalid effect: ${effect}`, element: 'Effect' }
}

function principalSentence(statement: Statement, kind: 'trust' | 'resource'): Found | null {
  const { principal, notPrincipal, effect } = statement
  const { element } = elementOf(statement, 'Principal')
  if (notPrincipal !== null && effect === 'Allow') return { says: 'Allow with NotPrincipal is not allowed.', element }
  if (notPrincipal !== null && kind === 'trust')
    return { says: 'AssumeRole policy must not contain NotPrincipal field.', element }
  const named = principal ?? notPrincipal
  if (named === null) return { says: 'Missing required field Principal', element }
  const count = named.AWS.length + named.Service.length + named.Federated.length + named.CanonicalUser.length
  return count === 0 ? { says: noPrincipals, element } : null
}

/** The actions that act on a role (Service Authorization Reference, "AWS Security Token Service", resource type `role`). */
const roleActions = [
  'assumerole',
  'assumerolewithsaml',
  'assumerolewithwebidentity',
  'setcontext',
  'setsourceidentity',
  'tagsession',
]

/** Any action of STS is not enough: IAM refuses one that does not exist. A pattern must mean one of them at least. */
function actsOnRoles(action: string): boolean {
  const [vendor, name, ...rest] = action.toLowerCase().split(':')
  if (vendor !== 'sts' || name === undefined || rest.length > 0) return false
  const pattern = parsePattern(name)
  return roleActions.some((known) => matchesPattern(pattern, known))
}

function trustSentence(statement: Statement): Found | null {
  const actions = statement.action ?? statement.notAction ?? []
  const { element } = elementOf(statement, 'Action')
  if (actions.length === 0) return { says: 'Missing required field Action', element }
  const strange = actions.find((action) => !actsOnRoles(action))
  if (strange !== undefined) {
    return { says: 'AssumeRole policy may only specify STS AssumeRole actions.', element, value: strange }
  }
  if (statement.resource !== null) return { says: 'Has prohibited field Resource', element: 'Resource' }
  if (statement.notResource === null) return null
  return { says: 'AssumeRole policy must not contain resources.', element: 'NotResource' }
}

function resourceSentence(statement: Statement): Found | null {
  const actions = statement.action ?? statement.notAction ?? []
  if (actions.length === 0)
    return { says: 'Missing required field Action', element: elementOf(statement, 'Action').element }
  return first(statement, 'Action', actionFault)
}
