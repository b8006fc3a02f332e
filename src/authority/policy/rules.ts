import { parsePolicyDate } from './dates.ts'
import { type DocumentKind, isResourcePolicy, type PolicyDocument, type Statement, syntaxErrors } from './document.ts'
import { matchesPattern, parsePattern } from './pattern.ts'
import { resourceFault, resourceIsLegacyBroken } from './resource-format.ts'

const legacyParsing = 'The policy failed legacy parsing'
const noPrincipals =
  'Invalid principal in policy: com.amazon.balsa.error.InvalidPolicyException: ' +
  'The passed in policy has a statement with no principals!'

/** A broken rule: AWS's sentence, and the statement it is about. */
export interface RuleFault {
  readonly says: string
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
  return isResourcePolicy(kind) ? checkResourcePolicy(document, kind) : checkIdentityPolicy(document, managed)
}

function checkIdentityPolicy(document: PolicyDocument, managed: boolean): RuleFault | null {
  const { statements } = document
  const badEffect = statements.find(({ effect }) => effect === null || !/^(?:allow|deny)$/i.test(effect))
  if (badEffect !== undefined) return { says: syntaxErrors, statement: badEffect }
  if (managed && document.version !== '2012-10-17') {
    return { says: 'Policy document must be version 2012-10-17 or greater.', statement: null }
  }
  return (
    each(statements, legacyFault) ??
    each(statements, ({ principal, notPrincipal }) =>
      principal === null && notPrincipal === null ? null : 'Policy document should not specify a principal.',
    ) ??
    repeatedSid(statements, 'Statement IDs (SID) in a single policy must be unique.') ??
    strangeSid(statements) ??
    each(statements, (statement) =>
      (statement.action ?? statement.notAction ?? []).length === 0 ? 'Policy statement must contain actions.' : null,
    ) ??
    each(statements, (statement) =>
      resourcesOf(statement).length === 0 ? 'Policy statement must contain resources.' : null,
    ) ??
    each(statements, (statement) => first(resourcesOf(statement), resourceFault)) ??
    each(statements, (statement) => first(statement.action ?? statement.notAction ?? [], actionFault))
  )
}

function each(statements: readonly Statement[], fault: (statement: Statement) => string | null): RuleFault | null {
  for (const statement of statements) {
    const says = fault(statement)
    if (says !== null) return { says, statement }
  }
  return null
}

function first(values: readonly string[], fault: (value: string) => string | null): string | null {
  for (const value of values) {
    const says = fault(value)
    if (says !== null) return says
  }
  return null
}

function resourcesOf(statement: Statement): readonly string[] {
  return statement.resource ?? statement.notResource ?? []
}

function legacyFault(statement: Statement): string | null {
  if (statement.effect !== 'Allow' && statement.effect !== 'Deny') return legacyParsing
  if (!datesAreReadable(statement)) return legacyParsing
  const resources = resourcesOf(statement)
  if (resources.some((resource) => resourceFault(resource) !== null)) return null
  return resources.some(resourceIsLegacyBroken) ? legacyParsing : null
}

function datesAreReadable(statement: Statement): boolean {
  return statement.conditions.every(
    ({ operator, values }) =>
      !/^(?:For(?:All|Any)Values?:)?Date/.test(operator) || values.every((value) => parsePolicyDate(value) !== null),
  )
}

function repeatedSid(statements: readonly Statement[], says: string): RuleFault | null {
  const seen = new Set<string>()
  for (const statement of statements) {
    const { sid } = statement
    if (sid === null || sid === '') continue
    if (seen.has(sid)) return { says, statement }
    seen.add(sid)
  }
  return null
}

/** IAM's own documents only; other services take any text. */
function strangeSid(statements: readonly Statement[]): RuleFault | null {
  return each(statements, ({ sid }) =>
    sid !== null && !/^[0-9A-Za-z]*$/.test(sid)
      ? 'Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*'
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
        (datesAreReadable(statement) ? null : legacyParsing) ??
        (kind === 'trust' ? trustSentence(statement) : resourceSentence(statement))
      )
    }) ??
    repeatedSid(statements, 'The Statement Ids in the policy are not unique') ??
    (kind === 'trust' ? strangeSid(statements) : null)
  )
}

function effectSentence({ effect }: Statement): string | null {
  if (effect === null) return 'Missing required field Effect'
  return effect === 'Allow' || effect === 'Deny' ? null : `Invalid effect: ${effect}`
}

function principalSentence(statement: Statement, kind: 'trust' | 'resource'): string | null {
  const { principal, notPrincipal, effect } = statement
  if (notPrincipal !== null && effect === 'Allow') return 'Allow with NotPrincipal is not allowed.'
  if (notPrincipal !== null && kind === 'trust') return 'AssumeRole policy must not contain NotPrincipal field.'
  const element = principal ?? notPrincipal
  if (element === null) return 'Missing required field Principal'
  const named = element.AWS.length + element.Service.length + element.Federated.length + element.CanonicalUser.length
  return named === 0 ? noPrincipals : null
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

function trustSentence(statement: Statement): string | null {
  const actions = statement.action ?? statement.notAction ?? []
  if (actions.length === 0) return 'Missing required field Action'
  if (!actions.every(actsOnRoles)) {
    return 'AssumeRole policy may only specify STS AssumeRole actions.'
  }
  if (statement.resource !== null) return 'Has prohibited field Resource'
  return statement.notResource === null ? null : 'AssumeRole policy must not contain resources.'
}

function resourceSentence(statement: Statement): string | null {
  const actions = statement.action ?? statement.notAction ?? []
  return actions.length === 0 ? 'Missing required field Action' : first(actions, actionFault)
}
