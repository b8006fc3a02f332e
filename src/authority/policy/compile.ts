import { compileResource } from './arn.ts'
import { compileCondition } from './conditions.ts'
import { type DocumentFault, type DocumentKind, parseDocument, type Statement } from './document.ts'
import { positionOf } from './json.ts'
import { matchesPattern, parsePattern } from './pattern.ts'
import type { CompiledPolicy, CompiledStatement, PolicyRequest, PrincipalMatch } from './policy.ts'
import { matchPrincipal } from './principals.ts'
import { checkRules } from './rules.ts'

export interface CompileOptions {
  /** What the log calls the policy: an ARN, a name, `trust policy`, `session policy`. */
  readonly name: string
  readonly kind: DocumentKind
  /** True for managed policies, which IAM only takes in version 2012-10-17. */
  readonly managed?: boolean
}

export type CompileResult = { readonly ok: CompiledPolicy } | DocumentFault

/**
 * Makes a policy text ready to be asked (`decide`). `refused` is AWS's sentence for `MalformedPolicyDocument`
 * (`authority.md` §4.5); `at` tells people where. Results are kept by text, so asking again costs a look-up.
 */
export function compilePolicy(text: string, options: CompileOptions): CompileResult {
  const { name, kind, managed = false } = options
  const uses = usesOf(text)
  const use = `${kind} ${managed} ${name}`
  const kept = uses.get(use)
  if (kept !== undefined) return kept
  const result = compileAfresh(text, name, kind, managed)
  if (uses.size >= mostUses) uses.clear()
  uses.set(use, result)
  return result
}

/** Bounds of the cache: texts, characters of all texts together, names and kinds under which one text is used. */
const mostTexts = 10_000
const mostCharacters = 8 * 1024 * 1024
const mostUses = 100
/** By text alone: the engine keeps the hash of a string, so that a text from the directory is looked up without reading it. */
const compiled = new Map<string, Map<string, CompileResult>>()
let characters = 0

/** The newest stands last, so that the first to go is the one that was asked longest ago. */
function usesOf(text: string): Map<string, CompileResult> {
  const kept = compiled.get(text)
  if (kept !== undefined) {
    compiled.delete(text)
    compiled.set(text, kept)
    return kept
  }
  const uses = new Map<string, CompileResult>()
  compiled.set(text, uses)
  characters += text.length
  while (compiled.size > mostTexts || characters > mostCharacters) {
    const oldest = compiled.keys().next().value!
    compiled.delete(oldest)
    characters -= oldest.length
  }
  return uses
}

function compileAfresh(text: string, name: string, kind: DocumentKind, managed: boolean): CompileResult {
  const parsed = parseDocument(text, kind)
  if ('refused' in parsed) return parsed
  const fault = checkRules(parsed.document, kind, managed)
  if (fault !== null) {
    return { refused: fault.says, at: fault.statement === null ? null : positionOf(text, fault.statement.start) }
  }
  const variables = parsed.document.version === '2012-10-17'
  return {
    ok: { name, statements: parsed.document.statements.map((statement) => compileStatement(statement, variables)) },
  }
}

function compileStatement(statement: Statement, variables: boolean): CompiledStatement {
  const action = compileActions(statement)
  const resource = compileResources(statement, variables)
  const conditions = statement.conditions.map(({ operator, key, values }) =>
    compileCondition(operator, key, values, variables),
  )
  return {
    sid: statement.sid === '' ? null : statement.sid,
    index: statement.index,
    start: statement.start,
    end: statement.end,
    effect: statement.effect === 'Allow' ? 'Allow' : 'Deny',
    matches: (request) => action(request.action) && resource(request) && conditions.every((test) => test(request)),
    principalMatch: compilePrincipal(statement),
    exceptsPrincipals: statement.notPrincipal !== null,
  }
}

/** Actions compare without case; `*` and `?` stand for any characters (IAM User Guide, "Action"). */
function compileActions(statement: Statement): (action: string) => boolean {
  const negated = statement.action === null
  const patterns = (statement.action ?? statement.notAction ?? []).map((value) => parsePattern(value.toLowerCase()))
  return (action) => {
    const lower = action.toLowerCase()
    return patterns.some((pattern) => matchesPattern(pattern, lower)) !== negated
  }
}

/**
 * A statement without Resource and NotResource (a trust policy's) speaks of the resource it is attached to. Where a
 * NotResource has a variable without a value nobody knows what it excepts: then a Deny holds and an Allow does not.
 */
function compileResources(statement: Statement, variables: boolean): (request: PolicyRequest) => boolean {
  const { resource, notResource } = statement
  const matchers = (resource ?? notResource ?? []).map((value) => compileResource(value, variables))
  if (resource !== null) return (request) => matchers.some((matches) => matches(request) === true)
  if (notResource === null) return () => true
  return (request) => {
    const answers = matchers.map((matches) => matches(request))
    return !answers.includes(true) && (statement.effect === 'Deny' || !answers.includes(null))
  }
}

function compilePrincipal(statement: Statement): ((request: PolicyRequest) => PrincipalMatch | null) | null {
  const { principal, notPrincipal } = statement
  if (principal !== null) return (request) => matchPrincipal(principal, request)
  if (notPrincipal !== null) return (request) => (matchPrincipal(notPrincipal, request) === null ? 'anyone' : null)
  return null
}

/** How many characters of a policy count against IAM's quotas: white space does not (`authority.md` §4.3). */
export function policySize(text: string): number {
  return text.replace(/\s/g, '').length
}
