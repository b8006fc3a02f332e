import { maskAccessKeyId } from '../../anatomy/access-key-id.ts'
import {
  type Aim,
  type Assignment,
  inCredentials,
  joined,
  judgeValue,
  keyIdOf,
  nameRefusal,
  planSet,
} from '../../holder/configure/index.ts'
import { profileSettings } from '../../holder/sources/settings.ts'
import { endOfKeyId, noSecret, noteText } from '../say/configure.ts'
import { shortPath, wrap } from '../say/page.ts'
import { type Call, exitCode } from '../terminal.ts'
import { carryOut, type Ground, groundOf, refusalOfFiles } from './ground.ts'
import { wrong } from './usage.ts'

/** `VALUES_TO_PROMPT` (configure.py). */
const questions = [
  ['aws_access_key_id', 'AWS Access Key ID'],
  ['aws_secret_access_key', 'AWS Secret Access Key'],
  ['region', 'Default region name'],
  ['output', 'Default output format'],
] as const

/**
 * The four questions of `aws configure`; Enter keeps what is there. Where nobody sits, the answers are the first four lines of stdin,
 * as scripts give them to the AWS CLI.
 */
export async function askAll(call: Call): Promise<number> {
  const ground = await groundOf(call)
  const { terminal, flags } = call
  const refusal = ground.trace.error?.reason === 'profile-not-found' ? null : refusalOfFiles(ground)
  if (refusal !== null) {
    terminal.err(noteText(terminal.look, [refusal]))
    return exitCode.problem
  }
  const odd = nameRefusal(ground.profile)
  if (odd !== null) throw wrong(odd, null)
  if (terminal.inputIsPerson && !flags.on('quiet')) terminal.err(beforehand(call, ground))
  const answers = terminal.inputIsPerson ? personAnswers(call, ground) : scriptAnswers(await terminal.input(inputLimit))
  const assignments: Assignment[] = []
  const notes: string[] = []
  for (const [key, question] of questions) {
    const current = profileSettings(ground.files, ground.profile)?.get(key)?.value ?? null
    const answer = await answers(key, question, current)
    if (answer === '' || answer === current) continue
    const judged = judgeValue(key, answer)
    if (judged.kind === 'refused') throw wrong(judged.says, judged.hint)
    const aim: Aim = { of: { kind: 'profile', name: ground.profile }, key, nested: null }
    assignments.push({ aim, value: judged.value })
    notes.push(...judged.notes)
  }
  notes.push(...halfNotes(ground, assignments))
  if (assignments.length === 0) {
    if (!flags.on('quiet')) terminal.err(noteText(terminal.look, ['Nothing was changed.']))
    return exitCode.fine
  }
  const plan = joined([planSet(ground.files, assignments), { written: [], edits: [], notes }])
  await carryOut(call, ground.files, plan, `configure ${ground.profile}`)
  return exitCode.fine
}

type Answers = (key: string, question: string, current: string | null) => Promise<string>

const inputLimit = 65_536

function scriptAnswers(text: string): Answers {
  const lines = text.split(/\r?\n/)
  // `input()` of Python fails at the end of stdin, and then nothing is written.
  if (lines.length < questions.length || (lines.length === questions.length && lines.at(-1) === ''))
    throw wrong(
      'There were fewer than four lines on stdin: the key id, the secret, the region, the output format.',
      'An empty line keeps what is there. Nothing was changed.',
    )
  return async () => lines.shift() ?? ''
}

function personAnswers({ terminal }: Call, { profile }: Ground): Answers {
  return async (key, question, current) => {
    for (;;) {
      const isSecret = key === 'aws_secret_access_key'
      const answer = (await terminal.ask(`${question} [${shownCurrent(key, current)}]:`, { shown: !isSecret })) ?? ''
      const judged = answer === '' ? null : judgeValue(key, answer)
      if (judged?.kind !== 'refused') return answer
      terminal.err(noteText(terminal.look, [`${judged.says} ${judged.hint ?? ''} (${profile} is as it was.)`]))
    }
  }
}

function shownCurrent(key: string, current: string | null): string {
  if (current === null) return 'None'
  if (key === 'aws_secret_access_key') return noSecret
  return key === 'aws_access_key_id' ? endOfKeyId(current) : current
}

/** What the person should know before they type. */
function beforehand({ terminal, machine }: Call, { files, profile }: Ground): string {
  const before = keyIdOf(files, profile)
  const where = shortPath(machine, inCredentials(files, profile).file)
  const says =
    before === null
      ? `Credentials go to [${profile}] of ${where}, the rest to ${shortPath(machine, files.config.path)}. Enter leaves a setting out.`
      : `${profile} has the key ${maskAccessKeyId(before)} already. Enter keeps what is there; a new key takes its place in ${where}, and countersign undo brings the old one back.`
  return `${wrap(terminal.look, '', says).join('\n')}\n`
}

/** A new half beside an old one is a pair that AWS refuses. */
function halfNotes({ files, profile }: Ground, assignments: readonly Assignment[]): readonly string[] {
  const isNew = (key: string) => assignments.some(({ aim }) => aim.key === key)
  if (isNew('aws_access_key_id') === isNew('aws_secret_access_key')) return []
  const hasOther = profileSettings(files, profile)?.has(
    isNew('aws_access_key_id') ? 'aws_secret_access_key' : 'aws_access_key_id',
  )
  const [fresh, other] = isNew('aws_access_key_id') ? ['key id', 'secret'] : ['secret', 'key id']
  return [
    hasOther === true
      ? `The ${fresh} is new and the ${other} is the old one. Unless they belong together, AWS refuses the pair.`
      : `There is a ${fresh} now, but no ${other}: without it the pair cannot be used.`,
  ]
}
