import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { traceChain } from '../../../src/holder/chains/index.ts'
import type { Trace } from '../../../src/holder/chains/trace.ts'
import { type RecordedFile, recordedMachine } from '../../../src/holder/machine/recorded.ts'

/*
 * What the real botocore made of thousands of machine states (`test/truth/record/botocore.py` recorded it), against what
 * `traceChain` says of them. Where keys are found, also where STS and IAM calls went and what they were signed for.
 */
interface State {
  readonly name: string
  readonly env: Readonly<Record<string, string>>
  /** By path below the home directory; null is a directory. */
  readonly files: Readonly<Record<string, string | null>>
  readonly profile: string | null
  readonly answer: {
    readonly winner: string | null
    readonly accessKeyId: string | null
    /** A map when the value begins on the line below its key. */
    readonly token: string | Readonly<Record<string, string>> | null
    readonly error: string | null
    readonly client?: { readonly sts: string; readonly iam: string; readonly signingRegion: string }
    readonly clientError?: string
  }
}

const home = '/house/ana'
const truth = JSON.parse(readFileSync(new URL('../../truth/botocore-1.43.11.json', import.meta.url), 'utf8')) as {
  readonly states: readonly State[]
}
/** The recorder let the container endpoint answer and the process run; this program does neither. */
const askedLater = new Set(['assume-role', 'assume-role-with-web-identity', 'sso', 'container-role', 'custom-process'])

describe('the chain of boto3', () => {
  test(`is botocore's own in all ${truth.states.length} recorded states`, () => {
    expect(truth.states.length).toBeGreaterThan(2500)
    const wrong = truth.states.flatMap((state) => {
      const said = answerOf(
        traceChain(machineOf(state), { sdk: 'boto3', ...(state.profile === null ? {} : { profile: state.profile }) }),
      )
      const real = realAnswer(state)
      return JSON.stringify(said) === JSON.stringify(real)
        ? []
        : [{ name: state.name, env: state.env, profile: state.profile, said, real }]
    })
    expect(wrong.slice(0, 20)).toEqual([])
  })
})

function machineOf(state: State) {
  const env = Object.fromEntries(
    Object.entries({ HOME: home, ...state.env }).map(([name, value]) => [name, value.replaceAll('{HOME}', home)]),
  )
  const files: Record<string, RecordedFile> = {}
  for (const [path, content] of Object.entries(state.files)) {
    files[`${home}/${path}`] =
      content === null
        ? { unreadable: 'directory' }
        : content.startsWith('base64:')
          ? new Uint8Array(Buffer.from(content.slice(7), 'base64'))
          : content
  }
  return recordedMachine({ env, files, cwd: home, userHome: home, now: new Date('2026-08-01T00:00:00Z') })
}

interface Answer {
  readonly winner: string | null
  readonly accessKeyId: string | null
  readonly token: string | null
  readonly error: string | null
  readonly client: State['answer']['client'] | null
  readonly clientError: string | null
}

function answerOf({ winner, error, endpoint, clientError }: Trace): Answer {
  const credential = winner?.credential ?? null
  const refused = credential === null ? null : (clientError?.says ?? null)
  return {
    winner: winner?.provider ?? null,
    accessKeyId: credential?.accessKeyId.value ?? null,
    token: credential?.sessionToken?.value.reveal() ?? null,
    error: error?.says ?? null,
    client:
      credential === null || refused !== null
        ? null
        : { sts: endpoint.sts, iam: endpoint.iam, signingRegion: endpoint.signingRegion },
    clientError: refused,
  }
}

function realAnswer({ answer }: State): Answer {
  const isLater = answer.winner !== null && askedLater.has(answer.winner)
  return {
    winner: answer.winner,
    accessKeyId: isLater ? null : answer.accessKeyId,
    token: isLater ? null : tokenOf(answer.token),
    error: answer.error?.replaceAll('{HOME}', home) ?? null,
    client:
      isLater || answer.client === undefined
        ? null
        : { sts: answer.client.sts, iam: answer.client.iam, signingRegion: answer.client.signingRegion },
    clientError: isLater ? null : (answer.clientError?.replaceAll('{HOME}', home) ?? null),
  }
}

function tokenOf(token: State['answer']['token']): string | null {
  if (token === null || typeof token === 'string') return token || null
  return Object.keys(token)
    .map((line) => `\n${line}=`)
    .join('')
}
