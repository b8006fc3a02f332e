import { redactWords } from '../../anatomy/redact.ts'
import type { SdkName, Trace } from '../../holder/chains/trace.ts'
import type { CredentialShape } from '../../holder/diagnosis/verdict.ts'
import type { ProviderName } from '../../holder/sources/credential.ts'
import type { CredentialPlan } from '../../holder/sources/plan.ts'
import type { ToldChain } from './chain.ts'
import { capital, legible, mark, padded, page, paint, placeText, shortPath, visibleWidth, wrap } from './page.ts'
import { credentialText, evidenceWords, sourceNames, sourceText } from './sources.ts'
import type { Sight } from './verdict.ts'

/** Short names, and the family under which several versions go when they do the same. */
const names: Readonly<Record<SdkName, readonly [name: string, family: string]>> = {
  'aws-cli-v2': ['AWS CLI v2', 'the AWS CLI'],
  'aws-cli-v1': ['AWS CLI v1', 'the AWS CLI'],
  boto3: ['boto3', 'boto3'],
  'js-v3': ['JavaScript v3', 'JavaScript'],
  'js-v2': ['JavaScript v2', 'JavaScript'],
  'go-v2': ['Go v2', 'Go'],
  'go-v1': ['Go v1', 'Go'],
  'java-v2': ['Java v2', 'Java'],
  'java-v1': ['Java v1', 'Java'],
  rust: ['Rust', 'Rust'],
  kotlin: ['Kotlin', 'Kotlin'],
  dotnet: ['.NET', '.NET'],
  ruby: ['Ruby', 'Ruby'],
  php: ['PHP', 'PHP'],
  cpp: ['C++', 'C++'],
  terraform: ['Terraform', 'Terraform'],
}

/** With more names than this in the largest group, the others are named and it is "the other 13". */
const mostNames = 4

/**
 * `chain --sdk all`: first the one sentence that matters (who uses what), then one line per SDK, with the reason why it does
 * not take what most others take. Two SDKs do the same when the values that they would send are the same, wherever they take
 * them from.
 */
export function chainMatrix(sight: Sight, told: readonly ToldChain[]): string {
  const { look } = sight
  const groups = groupsOf(sight, told)
  const agree = groups.length === 1
  const isGood = agree && told[0]?.winner != null
  const first = `${mark(look, isGood ? 'good' : agree ? 'bad' : 'doubt')} `
  const usual = usualSource(groups)
  const width = Math.max(...told.map(({ trace }) => names[trace.sdk][0].length + 1))
  return page([
    ...wrap(look, first, sentenceOf(groups, told), visibleWidth(first)),
    '',
    ...told.flatMap((row) => {
      const { sign } = evidenceWords[row.rules.evidence]
      return wrap(look, `  ${padded(names[row.trace.sdk][0] + sign, width)}  `, resultOf(sight, row, usual))
    }),
    '',
    ...Object.entries(evidenceWords).flatMap(([kind, { sign, note }]) =>
      sign !== '' && told.some(({ rules }) => rules.evidence === kind)
        ? wrap(look, '  ', paint(look, 'quiet', `${sign} ${note}`), 2)
        : [],
    ),
  ])
}

/** `--quiet`: the sentence alone. */
export function chainSentence(sight: Sight, told: readonly ToldChain[]): string {
  return page([legible(sight.look, sentenceOf(groupsOf(sight, told), told))])
}

interface Group {
  readonly words: string
  readonly verb: readonly [one: string, many: string]
  readonly members: readonly ToldChain[]
}

function sentenceOf(groups: readonly Group[], told: readonly ToldChain[]): string {
  const [only] = groups
  if (groups.length === 1 && only !== undefined) {
    const who = told.length === 1 ? capital(namesOf(only.members, told)) : `All ${told.length}`
    return `${who} ${only.verb[told.length === 1 ? 0 : 1]} ${only.words}.`
  }
  const bySize = groups.toSorted((a, b) => b.members.length - a.members.length)
  const largest = bySize[0]!
  const isRest = labelsOf(largest.members, told).length > mostNames
  const ordered = isRest ? [...bySize.slice(1), largest] : bySize
  const clauses = ordered.map((group) => {
    const who = isRest && group === largest ? `the other ${group.members.length}` : namesOf(group.members, told)
    const isOne = labelsOf(group.members, told).length === 1 && !(isRest && group === largest)
    return `${who} ${group.verb[isOne ? 0 : 1]} ${group.words}`
  })
  return `${capital(clauses.join('; '))}.`
}

/** `JavaScript` when all its versions are here, `JavaScript v3` when only that one is. */
function labelsOf(members: readonly ToldChain[], told: readonly ToldChain[]): readonly string[] {
  const count = (rows: readonly ToldChain[], family: string): number =>
    rows.filter(({ trace }) => names[trace.sdk][1] === family).length
  return [
    ...new Set(
      members.map(({ trace }) => {
        const [name, family] = names[trace.sdk]
        return count(members, family) === count(told, family) && count(told, family) > 1 ? family : article(name)
      }),
    ),
  ]
}

function article(name: string): string {
  return name.startsWith('AWS CLI') ? `the ${name}` : name
}

function namesOf(members: readonly ToldChain[], told: readonly ToldChain[]): string {
  const labels = labelsOf(members, told)
  return labels.length < 2 ? (labels[0] ?? '') : `${labels.slice(0, -1).join(', ')} and ${labels.at(-1)}`
}

function groupsOf(sight: Sight, told: readonly ToldChain[]): readonly Group[] {
  const byEffect = Map.groupBy(told, ({ trace }) => effectOf(trace))
  const found = [...byEffect.values()].map((members) => ({ members, words: wordsOf(sight, members[0]!) }))
  return found.map(({ members, words }) => {
    const { trace, winner } = members[0]!
    if (trace.error !== null) return { members, words: 'with an error', verb: ['stops', 'stop'] }
    if (winner === null) return { members, words: 'no credentials', verb: ['finds', 'find'] }
    // The same key twice can only differ in what goes with it.
    const twins = found.filter((other) => other.words === words).length > 1
    return { members, words: twins ? `${words} ${tokenWords(trace)}` : words, verb: ['uses', 'use'] }
  })
}

/** Two traces with one effect send the same values, or stop, or find nothing. It never leaves this module. */
function effectOf(trace: Trace): string {
  if (trace.error !== null) return 'error'
  const { winner } = trace
  if (winner === null) return 'nothing'
  if (winner.credential !== null) {
    const { accessKeyId, secretAccessKey, sessionToken } = winner.credential
    return JSON.stringify([accessKeyId.value, secretAccessKey.value.reveal(), sessionToken?.value.reveal() ?? null])
  }
  return winner.plan === null ? `${winner.provider} ${JSON.stringify(winner.at)}` : planEffect(winner.plan)
}

function planEffect(plan: CredentialPlan): string {
  switch (plan.kind) {
    case 'static':
      return plan.credential.accessKeyId.value
    case 'assume-role':
      return `${plan.kind} ${plan.roleArn} ${planEffect(plan.from)}`
    case 'web-identity':
      return `${plan.kind} ${plan.roleArn} ${plan.tokenFile}`
    case 'sso':
      return `${plan.kind} ${plan.startUrl} ${plan.accountId} ${plan.roleName}`
    case 'login':
      return `${plan.kind} ${plan.session}`
    case 'process':
      return `${plan.kind} ${plan.command}`
    case 'container':
      return `${plan.kind} ${plan.url}`
    case 'instance-metadata':
      return `${plan.kind} ${plan.endpoint}`
  }
}

/** What a group uses, as a part of a sentence: `AKIA…7EXA of profile dev (~/.aws/credentials:3)`. */
function wordsOf({ machine }: Sight, { trace, winner }: ToldChain): string {
  if (winner === null) return ''
  const { source } = winner
  const place =
    source.file === null ? '' : ` (${shortPath(machine, source.file)}${source.line === null ? '' : `:${source.line}`})`
  const plan = trace.winner?.plan ?? null
  if (winner.accessKeyId === null) return `${planWords(plan, winner)}${place}`
  if (source.variable !== null) return `${winner.accessKeyId} of the environment`
  return source.profile === null
    ? `${winner.accessKeyId} of ${sourceText(machine, source)}`
    : `${winner.accessKeyId} of profile ${source.profile}${place}`
}

function planWords(plan: CredentialPlan | null, winner: CredentialShape): string {
  const of = winner.source.profile === null ? '' : ` of profile ${winner.source.profile}`
  switch (plan?.kind) {
    case 'assume-role':
      return `the role ${nameOfRole(plan.roleArn)}${of}`
    case 'web-identity':
      return `the role ${nameOfRole(plan.roleArn)} by a web identity token`
    case 'sso':
      return `the SSO role ${plan.roleName} in account ${plan.accountId}${of}`
    case 'process':
      return `what the credential_process${of} prints`
    case 'container':
      return 'the role of the container'
    case 'instance-metadata':
      return 'the role of the instance'
    case 'login':
      return `the session of aws login${of}`
    default:
      return `${credentialText(winner)}${of}`
  }
}

function nameOfRole(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1)
}

function tokenWords(trace: Trace): string {
  const token = trace.winner?.credential?.sessionToken ?? null
  if (token === null) return 'without a session token'
  return 'variable' in token.at ? `with the token of ${token.at.variable}` : 'with another secret or token'
}

/** The provider of what most SDKs use; null when they agree, or when it is nothing. */
function usualSource(groups: readonly Group[]): ProviderName | null {
  if (groups.length === 1) return null
  const using = groups.filter(({ members }) => members[0]!.winner !== null && members[0]!.trace.error === null)
  const largest = using.toSorted((a, b) => b.members.length - a.members.length)[0]
  return largest?.members[0]?.winner?.source.provider ?? null
}

/** Why an SDK does not take what others take from a provider, e.g. ` (not from environment variables: AWS_PROFILE is set)`. */
function whyNot({ trace, winner }: ToldChain, usual: ProviderName | null): string {
  if (usual === null || winner?.source.provider === usual) return ''
  const steps = trace.steps.filter(({ provider }) => provider === usual)
  const step = steps.find(({ outcome }) => outcome === 'broken') ?? steps.find(({ outcome }) => outcome !== 'found')
  if (step === undefined) return ` (${sourceNames[usual]}: it does not know them)`
  return step.outcome === 'shadowed'
    ? ` (${sourceNames[usual]}: asked later)`
    : ` (${sourceNames[usual]}: ${redactWords(step.because)})`
}

function resultOf({ look, machine }: Sight, row: ToldChain, usual: ProviderName | null): string {
  const { trace, winner } = row
  if (trace.error !== null) {
    const place = placeText(machine, trace.error.at)
    return `stops: ${legible(look, redactWords(trace.error.says))}${place === '' ? '' : ` (${place})`}`
  }
  if (winner === null) return legible(look, `finds no credentials${whyNot(row, usual)}`)
  const why = legible(look, whyNot(row, usual))
  const found = `${credentialText(winner)} from ${sourceText(machine, winner.source)}${why}`
  return trace.clientError === null
    ? found
    : `${found}, then stops: ${legible(look, redactWords(trace.clientError.says))}`
}
