import { fixJson } from '../../../../src/cli/fix-json.ts'
import { appliedText, nothingText, proposalText, shellLinesOf } from '../../../../src/cli/say/fix.ts'
import { CountersignError } from '../../../../src/errors.ts'
import { traceChain } from '../../../../src/holder/chains/index.ts'
import type { SdkName, Trace } from '../../../../src/holder/chains/trace.ts'
import { compareLines, type FileChange, linesOf } from '../../../../src/holder/changes/index.ts'
import type { DiagnosisQuestion } from '../../../../src/holder/diagnosis/index.ts'
import { profileOfHeader, readAwsFiles } from '../../../../src/holder/files/aws-files.ts'
import type { FileEdit } from '../../../../src/holder/files/edit.ts'
import type { Machine } from '../../../../src/holder/machine/machine.ts'
import { overlayMachine } from '../../../../src/holder/machine/overlay.ts'
import { type Repair, repairMachine, undoChange } from '../../../../src/holder/repair/index.ts'
import { deskWith } from '../../../../src/lab/desk.ts'

/** What an SDK would sign with. */
export interface Pair {
  readonly id: string
  readonly secret: string
  readonly token: string | null
}

/** One machine on which `fix --yes` is let loose. */
export interface RepairCase {
  /** How to make it again: where it comes from, its seed, what was done to it. */
  readonly name: string
  readonly machine: Machine
  readonly question: DiagnosisQuestion
  /** Whether AWS takes a pair; absent where nobody knows. */
  readonly accepts?: ((pair: Pair, on: Machine) => boolean | Promise<boolean>) | undefined
  /** Further values that must not be shown. */
  readonly secrets?: readonly string[] | undefined
}

/** What came of it. */
export interface Judgement {
  readonly result: Repair['result'] | 'refused'
  /** What was cured, in order. */
  readonly causes: readonly string[]
  /** Broken promises, one plain line each; no value in it. */
  readonly faults: readonly string[]
  /** Another pair is found than before, by cause and client: for whoever wants to look. */
  readonly changed: readonly string[]
}

/** Clients that read the files by four different grammars. */
const clients = ['aws-cli-v2', 'boto3', 'js-v3', 'go-v2'] as const satisfies readonly SdkName[]

/** Repairs, looks at everything that a repair promises, takes it back, and takes that back. The machine itself stays as it is. */
export async function judgeRepair(each: RepairCase): Promise<Judgement> {
  const { machine, question } = each
  // Without a home there is nowhere to keep a journal, and `fix` says so.
  if (machine.env('HOME') === undefined || machine.env('HOME') === '')
    return { result: 'refused', causes: [], faults: [], changed: [] }
  const desk = deskWith(machine)
  const repair = await orRefused(() => repairMachine(desk.machine, desk.disk, { ...question, disk: desk.disk }))
  if ('refused' in repair) {
    const faults = desk.changed().length === 0 ? [] : ['refused, and yet something was changed']
    return { result: 'refused', causes: [repair.refused], faults, changed: [] }
  }
  const { rounds } = repair
  const proposals = rounds.map(({ proposal }) => proposal)
  const steps = proposals.flatMap((proposal) => proposal.steps)
  const causes = steps.map(({ finding }) => finding.id)
  const told = { result: repair.result, causes }
  const secrets = [...(each.secrets ?? []), ...secretsOn(machine, question)]
  const shown = shownWords(machine, repair)
  const faults: string[] = []
  if (secrets.some((secret) => holdsPart(shown, secret))) faults.push('a secret is shown')
  if (rounds.length === 0) {
    if (desk.changed().length > 0) faults.push('nothing was done, and yet something was changed')
    return { ...told, faults, changed: [] }
  }
  const edits = steps.flatMap(({ plan }) => plan.edits)
  for (const change of proposals.flatMap(({ files }) => files)) faults.push(...lineFaults(change, edits))

  const env = Object.fromEntries(
    proposals.flatMap(({ variables }) => variables.map(({ name, value }) => [name, value] as const)),
  )
  const after = overlayMachine(desk.machine, { env })
  const compared = await comparePairs(each, machine, after, edits)
  faults.push(...compared.worse)
  // Somebody may never run the lines for the shell.
  if (Object.keys(env).length > 0)
    faults.push(
      ...(await comparePairs(each, machine, desk.machine, edits)).worse.map((fault) => `without the shell: ${fault}`),
    )
  if (repair.result === 'no-better' || repair.result === 'failed') faults.push(`ended ${repair.result}`)

  const again = await orRefused(() => repairMachine(after, deskWith(after).disk, question))
  if (!('refused' in again) && again.rounds.length > 0)
    faults.push(
      `not done at once: then ${again.rounds.flatMap(({ proposal }) => proposal.steps.map(({ finding }) => finding.id)).join(', ')}`,
    )

  const ids = rounds.flatMap(({ applied }) => (applied.kind === 'applied' && applied.id !== null ? [applied.id] : []))
  const fixed = imagesOf(desk.machine, proposals)
  for (const id of ids.toReversed()) await undoChange(desk.machine, desk.disk, id, question)
  if (desk.changed().length > 0) faults.push('not all is as before once it was taken back')
  if (ids.length === 1) {
    await undoChange(desk.machine, desk.disk, undefined, question)
    if (imagesOf(desk.machine, proposals) !== fixed) faults.push('the fix does not come back')
  }
  return { ...told, faults, changed: compared.changed }
}

async function orRefused<T>(work: () => Promise<T>): Promise<T | { readonly refused: string }> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof CountersignError && error.code !== 'defect')
      return { refused: `${error.code}: ${error.message}` }
    throw error
  }
}

// ---- never worse

/** What each client finds for each profile, and for none. */
function tracesOn(machine: Machine, question: DiagnosisQuestion, profiles: readonly (string | undefined)[]) {
  return profiles.flatMap((profile) =>
    clients.map((sdk) => {
      const { region = 'us-east-1', endpointUrl } = question
      const trace = traceChain(machine, { sdk, profile, region, endpointUrl })
      return { of: `${sdk} ${profile === undefined ? '(none named)' : `[${profile}]`}`, trace }
    }),
  )
}

function profilesOn(machine: Machine, { profile }: DiagnosisQuestion): readonly (string | undefined)[] {
  const { config, credentials } = readAwsFiles(machine)
  const named = [
    ...config.profiles.keys(),
    ...credentials.profiles.keys(),
    'default',
    ...(profile === undefined ? [] : [profile]),
  ]
  return [undefined, ...new Set(named)].slice(0, 12)
}

async function comparePairs(each: RepairCase, before: Machine, after: Machine, edits: readonly FileEdit[]) {
  // A name that was a slip is gone with the slip; what had it is found under the right one.
  const nameOf = (header: string) => profileOfHeader(header) ?? header
  const slips = new Set(
    edits.flatMap((edit) => {
      if (edit.kind !== 'rename-section') return []
      return nameOf(edit.section) === nameOf(edit.to) ? [edit.section] : [edit.section, nameOf(edit.section)]
    }),
  )
  const profiles = profilesOn(before, each.question).filter((profile) => profile === undefined || !slips.has(profile))
  const now = tracesOn(after, each.question, profiles)
  const { sdk = 'aws-cli-v2', profile: examined, region = 'us-east-1', endpointUrl } = each.question
  const faulty = JSON.stringify(foundBy(traceChain(before, { sdk, profile: examined, region, endpointUrl })))
  const worse: string[] = []
  const changed: string[] = []
  for (const [at, { of, trace }] of tracesOn(before, each.question, profiles).entries()) {
    const then = now[at]!.trace
    const had = foundBy(trace)
    const has = foundBy(then)
    if (had === null) continue
    const isSame = JSON.stringify(had) === JSON.stringify(has)
    if (isSame) continue
    // What the diagnosis has found a fault in works nowhere.
    if (each.accepts === undefined && JSON.stringify(had) === faulty) continue
    const accepted = async (found: Pair | string | null, on: Machine) =>
      found === null || each.accepts === undefined || typeof found === 'string' ? null : await each.accepts(found, on)
    const wasGood = await accepted(had, before)
    const isGood = await accepted(has, after)
    const lost = has === null && (wasGood ?? true)
    if (lost || (wasGood === true && isGood === false))
      worse.push(
        `${of} found what works, and now ${has === null ? `nothing (${then.error?.reason ?? then.clientError?.reason ?? 'none'})` : 'what does not'}`,
      )
    else
      changed.push(
        `${of}: ${had === null || typeof had === 'string' ? had : had.id} -> ${has === null || typeof has === 'string' ? has : has.id}${wasGood === null ? '' : ` (${wasGood} -> ${isGood})`}`,
      )
  }
  return { worse, changed }
}

/** The pair, or the name of what would be asked for one; null when the client stops or finds nothing. */
function foundBy({ winner, error, clientError }: Trace): Pair | string | null {
  if (winner === null || error !== null || clientError !== null) return null
  const { credential, provider } = winner
  return credential === null
    ? provider
    : {
        id: credential.accessKeyId.value,
        secret: credential.secretAccessKey.value.reveal(),
        token: credential.sessionToken?.value.reveal() ?? null,
      }
}

// ---- only what is meant

function lineFaults({ path, before, after }: FileChange, edits: readonly FileEdit[]): readonly string[] {
  if (before === null || after === null) return []
  const own = edits.filter(({ file }) => file === path)
  if (own.some(({ kind }) => kind === 'write-file' || kind === 'remove-file')) return []
  const faults: string[] = []
  const old = linesOf(before)
  const changes = compareLines(old, linesOf(after))
  // Of lines that move past each other the comparison may name the others.
  const kept = new Set(linesOf(after))
  for (const { line, removed } of changes)
    for (const [at, text] of removed.entries())
      if (!kept.has(text) && !isMeant(text, own) && !isEndOnly(old, line + at))
        faults.push(`${path}:${line + at} is changed, and no edit means it`)
  const ends = (lines: readonly string[]) =>
    new Set(lines.slice(0, -1).map((text) => (text.endsWith('\r\n') ? 'crlf' : 'lf')))
  const [had, has] = [ends(old), ends(linesOf(after))]
  if (had.size === 1 && old.length > 2 && [...has].some((end) => !had.has(end)))
    faults.push(`${path} has other line ends`)
  return faults
}

/** A last line without an end gets one when something comes behind it. */
function isEndOnly(lines: readonly string[], line: number): boolean {
  return line === lines.length && !lines.at(-1)!.endsWith('\n')
}

function isMeant(line: string, edits: readonly FileEdit[]): boolean {
  const text = Buffer.from(line, 'latin1')
    .toString()
    .replace(/^\ufeff/, '')
    .trim()
  const small = text.toLowerCase()
  return edits.some((edit) => {
    switch (edit.kind) {
      case 'set':
      case 'unset':
        return (
          small.startsWith(edit.key.toLowerCase()) ||
          (edit.nested !== undefined && small.startsWith(edit.nested.toLowerCase())) ||
          /^\s/.test(line)
        )
      case 'rename-section':
        return text.includes(`[${edit.section}`) || text.includes(edit.section)
      case 'replace-lines':
        return edit.was.some((was) => was.replace(/^\ufeff/, '').trim() === text)
      default:
        return true
    }
  })
}

// ---- nothing secret

const sight = { columns: 90, colour: false, unicode: true } as const

function shownWords(machine: Machine, repair: Repair): string {
  const look = { look: sight, machine }
  const proposals = repair.rounds.map(({ proposal }) => proposal)
  const [first] = proposals
  const told = repair.rounds.map(({ applied }) =>
    applied.kind === 'applied' ? appliedText(look, applied, { shell: 'to-run', helped: true }) : '',
  )
  const plain = { steps: [], files: [], calls: [], variables: [], inVain: [], costly: [], needProfile: [] }
  const last = { before: repair.before, after: repair.after, result: 'nothing' as const, ...plain }
  const lines = (shell: 'bash' | 'fish' | 'powershell' | 'cmd') =>
    proposals.flatMap((proposal) => shellLinesOf(proposal, shell))
  const shellLines = { bash: lines('bash'), fish: lines('fish'), powershell: lines('powershell'), cmd: lines('cmd') }
  const json = fixJson({
    proposal: first ?? last,
    rounds: repair.rounds,
    result: repair.result,
    verdict: repair.after,
    shellLines,
  })
  return [
    ...proposals.map((proposal) => proposalText(look, proposal, 'bash')),
    ...told,
    nothingText(look, last, true),
    JSON.stringify(json),
    ...repair.rounds.flatMap(({ proposal }) => proposal.steps.flatMap(({ plan }) => plan.summary)),
  ].join('\n')
}

function secretsOn(machine: Machine, question: DiagnosisQuestion): readonly string[] {
  return tracesOn(machine, question, profilesOn(machine, question)).flatMap(({ trace }) =>
    trace.steps.flatMap(({ credential }) =>
      credential === null
        ? []
        : [credential.secretAccessKey.value.reveal(), credential.sessionToken?.value.reveal() ?? ''],
    ),
  )
}

/** Any twelve characters of it in a row, for a text may be cut anywhere. Keys that stand in the place of a secret are none. */
function holdsPart(text: string, secret: string): boolean {
  if (secret.length < 16 || /^A[KS]IA[A-Z0-9]{16}$/.test(secret.trim())) return false
  // However it is spread out: by line ends, by what a terminal or JSON writes for signs that nobody sees.
  const one = text.replace(/\\+u\{?[0-9a-f]{1,4}\}?|[\s\p{Cc}\p{Cf}]/giu, '')
  for (let at = 0; at + 14 <= secret.length; at += 7) {
    const part = secret.slice(at, at + 14)
    if (/^(?=.*[a-z])(?=.*[A-Z])(?=.*\d)\S+$/.test(part) && one.includes(part)) return true
  }
  return false
}

// ---- and back

function imagesOf(machine: Machine, proposals: readonly { readonly files: readonly FileChange[] }[]): string {
  const paths = [...new Set(proposals.flatMap(({ files }) => files.map(({ path }) => path)))]
  return JSON.stringify(
    paths.map((path) => {
      const reading = machine.readFile(path)
      return reading.kind === 'found'
        ? [path, Buffer.from(reading.bytes).toString('latin1'), reading.mode]
        : [path, reading.kind]
    }),
  )
}
