import { startAuthority } from '../authority/index.ts'
import type { Machine } from '../holder/machine/machine.ts'
import { realMachine } from '../holder/machine/real.ts'
import { type RecordedFile, recordedMachine } from '../holder/machine/recorded.ts'
import type { SigningCredentials } from '../signature/index.ts'
import { type Answer, mustCall } from './caller.ts'

export interface KeyPair {
  readonly accessKeyId: string
  readonly secretAccessKey: string
}

export interface Session extends KeyPair {
  readonly sessionToken: string
}

/** An embedded authority, and the hand of its administrator: every call is signed and goes over HTTP. */
export interface Stage {
  readonly authority: Awaited<ReturnType<typeof startAuthority>>
  /** The real clock and network, for calls and for the machines of the scenarios. */
  readonly outside: Machine
  /** A call that must succeed, by the root user unless somebody else is named. */
  ask(
    service: 'sts' | 'iam',
    action: string,
    parameters?: Readonly<Record<string, string>>,
    who?: SigningCredentials,
  ): Promise<Answer>
  /** Makes a user with one access key, whose policy allows what it says (nothing unless given). */
  user(name: string, allow?: readonly string[]): Promise<KeyPair & { readonly name: string; readonly userId: string }>
  /** A session of GetSessionToken for that pair. */
  session(pair: KeyPair, seconds?: number): Promise<Session>
}

/** On a free port, with everything in memory. */
async function openStage(): Promise<Stage> {
  const authority = await startAuthority({ data: ':memory:', port: 0, testControls: true })
  const outside = realMachine({ direct: true })
  const ask: Stage['ask'] = (service, action, parameters = {}, who = authority.root) =>
    mustCall(outside, authority.url, who, service, action, parameters)
  return {
    authority,
    outside,
    ask,
    async user(name, allow = []) {
      const userId = (await ask('iam', 'CreateUser', { UserName: name })).text('UserId')
      if (allow.length > 0) {
        const PolicyDocument = JSON.stringify({
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Action: allow, Resource: '*' }],
        })
        await ask('iam', 'PutUserPolicy', { UserName: name, PolicyName: 'of-the-scenario', PolicyDocument })
      }
      const made = await ask('iam', 'CreateAccessKey', { UserName: name })
      return { name, userId, accessKeyId: made.text('AccessKeyId'), secretAccessKey: made.text('SecretAccessKey') }
    },
    async session(pair, seconds) {
      const parameters = seconds === undefined ? {} : { DurationSeconds: String(seconds) }
      const made = await ask('sts', 'GetSessionToken', parameters, pair)
      return {
        accessKeyId: made.text('AccessKeyId'),
        secretAccessKey: made.text('SecretAccessKey'),
        sessionToken: made.text('SessionToken'),
      }
    },
  }
}

/** Opens a stage for as long as the play lasts. */
export async function onStage<T>(play: (stage: Stage) => Promise<T>): Promise<T> {
  const stage = await openStage()
  try {
    return await play(stage)
  } finally {
    await stage.authority.stop()
  }
}

/** What a broken machine of a scenario looks like. */
export interface Scene {
  readonly env?: Readonly<Record<string, string>>
  readonly credentials?: string
  readonly config?: string
  /** How far the machine's clock is from the real one, in seconds. */
  readonly clockOffset?: number
}

const labHome = '/u/alice'

/** The scene as a machine: its files and environment are data, its requests are real. */
export function machineOf(stage: Stage, scene: Scene): Machine {
  const files: Record<string, RecordedFile> = {}
  if (scene.credentials !== undefined) files[`${labHome}/.aws/credentials`] = scene.credentials
  if (scene.config !== undefined) files[`${labHome}/.aws/config`] = scene.config
  const { outside } = stage
  return recordedMachine({
    env: { HOME: labHome, SHELL: '/bin/bash', ...scene.env },
    files,
    userHome: labHome,
    now: () => new Date(outside.now().getTime() + (scene.clockOffset ?? 0) * 1000),
    send: (request) => outside.send(request),
  })
}
