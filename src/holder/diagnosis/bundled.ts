import { everyCredential } from '../chains/everything.ts'
import { knownSdks, traceChain } from '../chains/index.ts'
import { readAwsFiles } from '../files/aws-files.ts'
import type { Bundle, BundleQuestion } from '../machine/bundle.ts'
import type { Machine } from '../machine/machine.ts'
import { watchMachine } from '../machine/recording.ts'
import { parseBundle, replayMachine } from '../machine/replay.ts'
import { BundleWriter } from '../machine/support-bundle.ts'
import type { RandomBytes } from '../machine/twins.ts'
import type { Credential } from '../sources/credential.ts'
import { lookAround } from './around.ts'
import { type DiagnosisQuestion, diagnose } from './diagnose.ts'
import { peel, placeholderKind } from './values.ts'
import type { Verdict } from './verdict.ts'

/** A machine that was recorded: its bundle, what was said of it, and whether the replay says the same. */
export interface RecordedMachine {
  readonly bundle: Bundle
  /** The bundle as the text of a file, JSON with one item per line. */
  readonly text: string
  readonly verdict: Verdict
  /** What the replay says otherwise, each in one clause; empty when it says the same. */
  readonly differences: readonly string[]
}

/**
 * Diagnoses a machine while watching it, and writes down all that was looked at with every value made up: what was asked of the
 * machine is enough to ask the rules of every SDK again. The bundle is replayed at once, and what that says is held against the
 * verdict.
 *
 * @param random gives fresh random bytes; default: the platform's generator
 * @throws CountersignError `usage` as `diagnose` does; `defect` when part of a secret would stand in the bundle
 */
export async function recordMachine(
  machine: Machine,
  question: DiagnosisQuestion = {},
  random: RandomBytes = (count) => crypto.getRandomValues(new Uint8Array(count)),
): Promise<RecordedMachine> {
  const watched = watchMachine(machine)
  let leave = false
  const values = new Map<string, Credential>()
  const verdict = await investigate(watched.machine, {
    ...question,
    async mayAsk(what) {
      const granted = (await question.mayAsk?.(what)) === true
      leave ||= granted
      return granted
    },
    onCredential(credential) {
      question.onCredential?.(credential)
      values.set('', credential)
    },
  })
  const credentials = [...values.values(), ...everyCredential(watched.machine, readAwsFiles(watched.machine))]
  const writer = new BundleWriter(watched.taken(), {
    question: { ...told(question), leave },
    values: credentials.flatMap(valuesOf),
    isPlaceholder: (value) => placeholderKind(value) !== null,
    random,
  })
  const bundle = await withHashes(writer, question)
  const text = render(bundle)
  const replayed = parseBundle(text)
  const again = await diagnose(replayMachine(replayed), questionOfBundle(replayed))
  return { bundle, text, verdict, differences: differencesOf(verdict, again, (path) => writer.path(path)) }
}

/** The text of a bundle as a machine, and the question that was asked when it was recorded. */
export function machineFromBundle(text: string): { readonly machine: Machine; readonly question: DiagnosisQuestion } {
  const bundle = parseBundle(text)
  return { machine: replayMachine(bundle), question: questionOfBundle(bundle) }
}

/** The diagnosis itself, and all that other questions about the same machine would look at. */
async function investigate(machine: Machine, question: DiagnosisQuestion): Promise<Verdict> {
  const verdict = await diagnose(machine, question)
  for (const sdk of knownSdks) {
    const { profile, region, endpointUrl } = question
    traceChain(machine, { sdk, profile, region, endpointUrl })
  }
  await lookAround(machine, readAwsFiles(machine))
  return verdict
}

/**
 * Cache files are named by hashes of texts that the bundle makes up: the replay looks for them under other names. The names that
 * it misses are those of the recorded ones, in the same order.
 */
async function withHashes(writer: BundleWriter, question: DiagnosisQuestion): Promise<Bundle> {
  let bundle = writer.write()
  for (let round = 0; round < 4; round += 1) {
    const missed: string[] = []
    const machine = replayMachine(bundle, { onUnknownFile: (path) => missed.push(path) })
    await investigate(machine, { ...questionOfBundle(bundle), timeoutMs: question.timeoutMs })
    if (!writer.nameHashes(missed)) break
    bundle = writer.write()
  }
  return bundle
}

function told(question: DiagnosisQuestion): Omit<BundleQuestion, 'leave'> {
  return {
    sdk: question.sdk ?? 'aws-cli-v2',
    profile: question.profile ?? null,
    region: question.region ?? null,
    endpointUrl: question.endpointUrl ?? null,
    withProfile: question.withProfile ?? null,
    offline: question.offline === true,
    exec: question.exec !== false,
  }
}

function questionOfBundle({ question }: Bundle): DiagnosisQuestion {
  const { sdk, profile, region, endpointUrl, withProfile, offline, exec, leave } = question
  return {
    sdk: knownSdks.find((known) => known === sdk) ?? 'aws-cli-v2',
    offline,
    exec,
    mayAsk: async () => leave,
    ...(profile === null ? {} : { profile }),
    ...(region === null ? {} : { region }),
    ...(endpointUrl === null ? {} : { endpointUrl }),
    ...(withProfile === null ? {} : { withProfile }),
  }
}

/** The values of a credential by the names of their settings, as they are and cleaned of what does not belong to them. */
function valuesOf({ accessKeyId, secretAccessKey, sessionToken }: Credential): readonly (readonly [string, string])[] {
  const all: (readonly [string, string])[] = [
    ['aws_access_key_id', accessKeyId.value],
    ['aws_secret_access_key', secretAccessKey.value.reveal()],
    ...(sessionToken === null ? [] : [['aws_session_token', sessionToken.value.reveal()] as const]),
  ]
  return all.flatMap(([name, value]) => {
    // Lines that a parser has joined are looked at one by one.
    const joined = /[\r\n]\s*[A-Za-z]\w*[ \t]*[=:]/.test(value)
    return [[name, value] as const, ...(joined ? [] : [[name, peel(value).clean] as const])]
  })
}

/** One item per line: so a person can read it, and compare two of them. */
function render(bundle: Bundle): string {
  const members = Object.entries(bundle).map(([name, value]) => {
    if (!Array.isArray(value))
      return `  ${JSON.stringify(name)}: ${JSON.stringify(value, null, 2).replaceAll('\n', '\n  ')}`
    const items = value.map((item) => `    ${JSON.stringify(item, null, 2).replaceAll('\n', '\n    ')}`)
    return `  ${JSON.stringify(name)}: [${items.length === 0 ? '' : `\n${items.join(',\n')}\n  `}]`
  })
  return `{\n${members.join(',\n')}\n}\n`
}

/** What two verdicts say otherwise: the status, the causes with their certainty and places, and the chain. */
function differencesOf(one: Verdict, other: Verdict, pathOf: (path: string) => string): readonly string[] {
  const differences: string[] = []
  if (one.status !== other.status) differences.push(`the status is ${other.status} instead of ${one.status}`)
  const causes = (verdict: Verdict): string =>
    verdict.causes.map(({ id, certainty }) => `${id} (${certainty})`).join(', ')
  if (causes(one) !== causes(other))
    differences.push(`the causes are ${causes(other) || 'none'} instead of ${causes(one) || 'none'}`)
  else {
    const placed = (value: unknown): string =>
      JSON.stringify(value).replaceAll(
        /"file":"((?:[^"\\]|\\.)*)"/g,
        (_, path: string) => `"file":${JSON.stringify(pathOf(JSON.parse(`"${path}"`) as string))}`,
      )
    const here = one.causes.map(({ evidence }) => placed(evidence.map(({ at }) => at)))
    const there = other.causes.map(({ evidence }) => JSON.stringify(evidence.map(({ at }) => at)))
    for (const [index, { id }] of one.causes.entries())
      if (here[index] !== there[index]) differences.push(`the evidence of ${id} stands in other places`)
  }
  const chain = (verdict: Verdict): string =>
    verdict.chain.map(({ provider, outcome }) => `${provider} ${outcome}`).join(', ')
  if (chain(one) !== chain(other)) differences.push('the chain goes another way')
  return differences
}
