import { maskAccessKeyId } from '../../anatomy/access-key-id.ts'
import {
  type Aim,
  type Assignment,
  aimOf,
  credentialKeys,
  isLongTerm,
  judgeValue,
  keyIdOf,
  lookUp,
  type Plan,
  planSet,
  planUnset,
  secretKeys,
} from '../../holder/configure/index.ts'
import type { AwsFiles } from '../../holder/files/aws-files.ts'
import { wantsJson, writeJson } from '../result.ts'
import { noteText } from '../say/configure.ts'
import { type Call, exitCode } from '../terminal.ts'
import { carryOut, type Ground, groundOf, refusalOfFiles } from './ground.ts'
import { wrong } from './usage.ts'

/** The value alone on stdout; exit code 1 and no output when it is not set (get.py). */
export async function get(call: Call, operands: readonly string[]): Promise<number> {
  const [name, ...surplus] = operands
  if (name === undefined || surplus.length > 0)
    throw wrong('"configure get" takes one name.', 'For example: countersign configure get region --profile dev')
  const ground = await groundOf(call)
  const refusal = refusalOfFiles(ground)
  // A profile that is chosen and not there matters only where its settings are asked for (get.py).
  if (refusal !== null && !(name.includes('.') && ground.trace.error?.reason === 'profile-not-found')) {
    call.terminal.err(noteText(call.terminal.look, [refusal]))
    return exitCode.problem
  }
  const aim = aimFor(ground, name, 'look-up')
  const found = lookUp(ground.files, aim)
  if (wantsJson(call))
    writeJson(call, {
      schema: 'countersign.configure/1',
      name,
      value: found.kind === 'value' ? found.value : null,
      at: found.kind === 'value' ? found.at : null,
    })
  else if (found.kind === 'value') call.terminal.out(`${found.value}\n`)
  if (found.kind === 'block')
    call.terminal.err(
      noteText(call.terminal.look, [`varname (${name}) must reference a value, not a section or sub-section.`]),
    )
  return found.kind === 'value' ? exitCode.fine : exitCode.problem
}

/** One setting; what is not given is asked for, and with `-` a credential is read from stdin. */
export async function set(call: Call, operands: readonly string[]): Promise<number> {
  const [name, given, ...surplus] = operands
  if (name === undefined || surplus.length > 0)
    throw wrong('"configure set" takes a name and a value.', 'For example: countersign configure set region eu-west-1')
  const ground = await groundOf(call)
  const aim = aimFor(ground, name, 'change')
  const written = await valueFor(call, aim, given)
  const plan = planValue(ground.files, aim, written)
  const fromLine = given !== undefined && given !== '-' && secretKeys.has(aim.key.toLowerCase()) && given !== ''
  await carryOut(
    call,
    ground.files,
    { ...plan, notes: [...plan.notes, ...shadows(call, aim), ...(fromLine ? [historyNote(aim)] : [])] },
    `set ${name} of ${aim.of.name}`,
  )
  return exitCode.fine
}

/** Takes settings away, wherever they stand. What is not there is no error. */
export async function unset(call: Call, operands: readonly string[]): Promise<number> {
  if (operands.length === 0)
    throw wrong('"configure unset" takes a name.', 'For example: countersign configure unset aws_session_token')
  const ground = await groundOf(call)
  const aims = operands.map((name) => aimFor(ground, name, 'change'))
  await carryOut(call, ground.files, planUnset(ground.files, aims), `unset ${operands.join(', ')}`)
  return exitCode.fine
}

function aimFor({ files, profile }: Ground, name: string, to: 'look-up' | 'change'): Aim {
  const aim = aimOf(files, profile, name, to)
  if ('says' in aim) throw wrong(aim.says, aim.hint)
  return aim
}

async function valueFor(call: Call, { key, of }: Aim, given: string | undefined): Promise<string> {
  const isCredential = credentialKeys.has(key.toLowerCase())
  if (given === '-' && isCredential) {
    if (call.terminal.inputIsPerson) return await asked(call, key, of.name)
    const text = await call.terminal.input(inputLimit)
    if (text.trim() === '') throw wrong('Nothing came on stdin.', null)
    return text
  }
  return given ?? (await asked(call, key, of.name))
}

/** A session token may be pasted. */
const inputLimit = 65_536

async function asked(call: Call, key: string, owner: string): Promise<string> {
  const isSecret = secretKeys.has(key.toLowerCase())
  const value = await call.terminal.ask(`${key} of ${owner}${isSecret ? ' (it is not shown)' : ''}:`, {
    shown: !isSecret,
  })
  if (value !== null) return value
  throw wrong(
    (await call.terminal.isPersonThere())
      ? 'Nothing was typed, and nothing was changed.'
      : `"configure set ${key}" takes a value.`,
    isSecret ? `From a program: printf %s "$SECRET" | countersign configure set ${key} -` : null,
  )
}

/** What a value does; an empty credential takes the line away, since one that is there and empty breaks several SDKs. */
function planValue(files: AwsFiles, aim: Aim, written: string): Plan {
  const judged = judgeValue(aim.nested ?? aim.key, written)
  if (judged.kind === 'refused') throw wrong(judged.says, judged.hint)
  const { value, notes } = judged
  if (value === '' && credentialKeys.has(aim.key.toLowerCase()) && aim.of.kind === 'profile')
    return {
      ...planUnset(files, [aim]),
      notes: [`An empty ${aim.key} breaks several SDKs, so the line was taken away instead.`],
    }
  const assignment: Assignment = { aim, value }
  const plan = planSet(files, [assignment])
  return { ...plan, notes: [...plan.notes, ...notes, ...pairNotes(files, assignment)] }
}

/** The halves of a pair that do not belong together, as far as that can be seen. */
function pairNotes(files: AwsFiles, { aim: { of, key }, value }: Assignment): readonly string[] {
  const before = of.kind === 'profile' ? keyIdOf(files, of.name) : null
  if (before === null) return []
  const name = key.toLowerCase()
  if (name === 'aws_session_token' && isLongTerm(before))
    return [
      `${of.name} has the long-term key ${maskAccessKeyId(before)}, which takes no session token: set the key id (ASIA…) and the secret of the session too.`,
    ]
  if (name === 'aws_access_key_id' && before !== value)
    return [`It was ${maskAccessKeyId(before)}. The secret must be that of the new key.`]
  return []
}

/** Variables that win over the files, so that what was written is not used in this shell. */
function shadows({ machine, flags }: Call, { of, key }: Aim): readonly string[] {
  const name = key.toLowerCase()
  if (of.kind !== 'profile') return []
  if (credentialKeys.has(name) && !flags.on('profile') && machine.env('AWS_ACCESS_KEY_ID'))
    return [
      'AWS_ACCESS_KEY_ID is set in the environment of this shell, and wins over the files unless --profile is given.',
    ]
  const region = ['AWS_REGION', 'AWS_DEFAULT_REGION'].find((variable) => machine.env(variable))
  if (name === 'region' && region !== undefined)
    return [`${region} is set in the environment of this shell, and wins over the files.`]
  return []
}

function historyNote({ key }: Aim): string {
  return `What stands on a command line stays in the history of the shell, and other users can see it while it runs. Without a value countersign asks for ${key} and does not show it; with - it reads stdin.`
}
