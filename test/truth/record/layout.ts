import { generateKeyPairSync } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { MachineState } from './states.ts'
import type { Stub } from './stub.ts'

/** One state as it stands on the disk. */
export interface LaidOut {
  readonly id: number
  readonly home: string
  readonly env: Readonly<Record<string, string>>
  readonly profile: string | null
}

const key = JSON.stringify(
  generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'sec1', format: 'pem' }),
).slice(1, -1)

/** Writes the files of a state below `parent` and fills in what its placeholders stand for. */
export function layOut(state: MachineState, id: number, parent: string, stub: Stub): LaidOut {
  const home = join(parent, String(id))
  mkdirSync(home)
  const filled = (text: string): string =>
    text
      .replaceAll('{HOME}', home)
      .replaceAll('{STUB}', stub.url)
      .replaceAll('{STUB_V1}', stub.urlOfVersionOne)
      .replaceAll('{DPOP}', key)
  for (const [path, content] of Object.entries(state.files)) {
    const full = join(home, path)
    if (content === null) {
      mkdirSync(full, { recursive: true })
      continue
    }
    mkdirSync(dirname(full), { recursive: true })
    writeFileSync(full, content.startsWith('base64:') ? Buffer.from(content.slice(7), 'base64') : filled(content), {
      mode: 0o600,
    })
  }
  const env: Record<string, string> = {}
  for (const [name, value] of Object.entries({ HOME: '{HOME}', PATH: '/usr/bin:/bin', ...state.env })) {
    if (value !== null) env[name] = filled(value)
  }
  return { id, home, env, profile: state.profile }
}

/** Turns what an answer says of this run into placeholders again. */
export function unfilled(text: string, { home }: LaidOut, stub: Stub, userHome: string): string {
  return text
    .replaceAll(home, '{HOME}')
    .replaceAll(stub.url, '{STUB}')
    .replaceAll(stub.urlOfVersionOne, '{STUB_V1}')
    .replaceAll(`${userHome}/`, '{USER_HOME}/')
}
