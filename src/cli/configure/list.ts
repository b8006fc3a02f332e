import type { Trace } from '../../holder/chains/trace.ts'
import type { Credential, Place } from '../../holder/sources/credential.ts'
import { unattended } from '../credential.ts'
import { obtainCredentials } from '../obtain.ts'
import { questionOf } from '../question.ts'
import { wantsJson, writeJson } from '../result.ts'
import { endOfKeyId, listText, noSecret, noteText } from '../say/configure.ts'
import { shortPath } from '../say/page.ts'
import { type Call, exitCode } from '../terminal.ts'
import { groundOf, refusalOfFiles } from './ground.ts'
import { wrong } from './usage.ts'

interface Row {
  readonly name: 'profile' | 'access_key' | 'secret_key' | 'region'
  /** Null: not set. Of an access key the last four characters, of a secret nothing. */
  readonly value: string | null
  /** In the words of the AWS CLI, e.g. `env`, `config-file`, `shared-credentials-file`, `manual`. */
  readonly type: string | null
  /** Where it really stands; the flag for `manual`. */
  readonly at: Place | { readonly flag: string } | null
}

/** Profile, key and region that the AWS CLI would use, and where each comes from (list.py). */
export async function list(call: Call, operands: readonly string[]): Promise<number> {
  if (operands.length > 0) throw wrong('"configure list" takes no name.', 'The profile goes behind --profile.')
  const ground = await groundOf(call)
  const { terminal, machine } = call
  const refusal = refusalOfFiles(ground)
  if (refusal !== null) {
    terminal.err(noteText(terminal.look, [refusal]))
    return exitCode.problem
  }
  const { credential, at, because } = await keysOf(call, ground.trace)
  const rows = [profileRow(ground.trace), ...keyRows(credential, at), regionRow(ground.trace)]
  if (wantsJson(call)) writeJson(call, { schema: 'countersign.configure/1', settings: rows })
  else
    terminal.out(
      listText(
        terminal.look,
        rows.map(({ name, value, type, at: place }) => [
          name,
          value ?? '<not set>',
          type ?? 'None',
          type === null ? 'None' : placeOf(place, (path) => shortPath(machine, path)),
        ]),
      ),
    )
  if (because !== null) terminal.err(noteText(terminal.look, [because]))
  return because === null ? exitCode.fine : exitCode.problem
}

/** The names of all profiles, in the order of the files: those of the config file first (`Session.available_profiles`). */
export async function listProfiles(call: Call, operands: readonly string[]): Promise<number> {
  if (operands.length > 0) throw wrong('"configure list-profiles" takes no name.', null)
  const { files, ...ground } = await groundOf(call)
  const refusal = refusalOfFiles({ files, ...ground })
  // A chosen profile that is not there is no reason not to say which ones are.
  if (refusal !== null && ground.trace.error?.reason !== 'profile-not-found') {
    call.terminal.err(noteText(call.terminal.look, [refusal]))
    return exitCode.problem
  }
  const names = [...new Set([...files.config.profiles.keys(), ...files.credentials.profiles.keys()])]
  if (wantsJson(call)) writeJson(call, { schema: 'countersign.configure/1', profiles: names })
  else call.terminal.out(names.map((name) => `${name}\n`).join(''))
  return exitCode.fine
}

/** The keys, or one sentence why there are none although there should be. */
async function keysOf(
  call: Call,
  trace: Trace,
): Promise<{ readonly credential: Credential | null; readonly at: Place | null; readonly because: string | null }> {
  if (trace.error !== null) return { credential: null, at: null, because: trace.error.says }
  const { winner } = trace
  if (winner === null) return { credential: null, at: null, because: null }
  if (winner.plan === null) return { credential: winner.credential, at: winner.at, because: null }
  const progress = call.terminal.progress('getting the credentials')
  const got = await obtainCredentials(unattended(call), questionOf({ ...call, child: null }, null)).finally(() =>
    progress.end(),
  )
  if (got.kind === 'held') return { credential: got.credential, at: winner.at, because: null }
  // Every chain ends with the instance metadata: on a laptop nobody answers there, and nothing is wrong.
  const isLast = winner.provider === 'iam-role'
  return { credential: null, at: null, because: isLast ? null : 'says' in got ? got.says : got.because }
}

function profileRow({ profile }: Trace): Row {
  const { name, from } = profile
  if (from === 'default') return { name: 'profile', value: null, type: null, at: null }
  if (from === 'argument') return { name: 'profile', value: name, type: 'manual', at: { flag: '--profile' } }
  return { name: 'profile', value: name, type: 'env', at: from }
}

function keyRows(credential: Credential | null, at: Place | null): readonly Row[] {
  if (credential === null)
    return (['access_key', 'secret_key'] as const).map((name) => ({ name, value: null, type: null, at: null }))
  const { accessKeyId, secretAccessKey, provider } = credential
  const stands = (place: Place) => ('probe' in place ? at : place)
  return [
    { name: 'access_key', value: endOfKeyId(accessKeyId.value), type: provider, at: stands(accessKeyId.at) },
    { name: 'secret_key', value: noSecret, type: provider, at: stands(secretAccessKey.at) },
  ]
}

function regionRow({ region }: Trace): Row {
  if (region === null) return { name: 'region', value: null, type: null, at: null }
  const { name: value, at } = region
  if (at === null) return { name: 'region', value, type: 'manual', at: { flag: '--region' } }
  return { name: 'region', value, type: 'variable' in at ? 'env' : 'config-file', at }
}

function placeOf(at: Row['at'], short: (path: string) => string): string {
  if (at === null || 'probe' in at) return ''
  if ('flag' in at) return at.flag
  return 'variable' in at ? at.variable : short(at.file)
}
