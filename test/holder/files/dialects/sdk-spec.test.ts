import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { rust } from '../../../../src/holder/chains/rust.ts'
import { readAwsFiles } from '../../../../src/holder/files/aws-files.ts'
import { rustGrammar, rustSections } from '../../../../src/holder/files/dialects/sdk-spec-rust.ts'
import { specSections, specSettings } from '../../../../src/holder/files/dialects/sdk-spec-sections.ts'
import type { FileRole } from '../../../../src/holder/files/locate.ts'
import type { FileReadingByDialect } from '../../../../src/holder/files/reading.ts'
import { parseIni } from '../../../../src/holder/files/syntax.ts'
import { recordedMachine } from '../../../../src/holder/machine/recorded.ts'

/** The cases of AWS's own specification, as the SDK for Rust carries them. */
function vectors<T>(name: string): readonly T[] {
  return JSON.parse(readFileSync(new URL(`../../../vectors/${name}.json`, import.meta.url), 'utf8')).tests
}

interface ParserCase {
  readonly name: string
  readonly input: { readonly configFile?: string; readonly credentialsFile?: string }
  readonly output: {
    readonly errorContaining?: string
    readonly config?: Readonly<
      Record<'profiles' | 'sso_sessions', Readonly<Record<string, Readonly<Record<string, string>>>> | undefined>
    >
  }
}

describe('the grammar of the SDK specification', () => {
  test.each(vectors<ParserCase>('smithy-rs-profile-parser'))('$name', ({ input, output }) => {
    const files = [fileOf('config', input.configFile), fileOf('credentials', input.credentialsFile)]
    const problems = files.flatMap(({ reading }) => reading.problems)
    if (output.errorContaining !== undefined) {
      expect(problems[0]?.sdkSays).toContain(output.errorContaining)
      return
    }
    expect(problems).toEqual([])
    const namesOf = (kind: 'profiles' | 'ssoSessions'): readonly string[] => [
      ...new Set(files.flatMap(({ sections }) => [...sections[kind].keys()])),
    ]
    const settings = (kind: 'profiles' | 'ssoSessions') =>
      Object.fromEntries(
        namesOf(kind).map((name) => {
          const merged = specSettings(
            files.map((file) => ({ file, sections: file.sections[kind].get(name) })),
            rustSections.isIdentifier,
          )
          return [name, Object.fromEntries([...(merged ?? [])].map(([key, { value }]) => [key, value]))]
        }),
      )
    expect(settings('profiles')).toEqual(output.config?.profiles ?? {})
    if (output.config?.sso_sessions !== undefined) expect(settings('ssoSessions')).toEqual(output.config.sso_sessions)
  })

  test('tells where a value stands, and the value that a later line replaced', () => {
    const [section] = read('[default]\nKey = one\nkey  =\ttwo # note\n').sections
    expect(section?.entries.get('key')).toMatchObject({
      keyText: 'key',
      value: 'two',
      line: 3,
      column: 8,
      keyColumn: 1,
    })
    expect(section?.repeated.map(({ keyText, value, line }) => [keyText, value, line])).toEqual([['Key', 'one', 2]])
  })

  test('takes a lone carriage return for a part of the line, also where the file looks plain', () => {
    expect(read('x\r[default]\na = b\n').problems[0]).toMatchObject({ kind: 'no-section-yet', line: 1 })
    expect(read('[default]\na = b\rc = d\n').sections[0]?.entries.get('a')?.value).toBe('b\rc = d')
  })

  test('refuses a byte order mark, and reads what is not UTF-8 as an empty file', () => {
    expect(read('\uFEFF[default]\na = b\n').problems[0]?.kind).toBe('no-section-yet')
    expect(rustGrammar.read(parseIni(new Uint8Array([91, 97, 93, 0xff])), 'linux')).toEqual({
      sections: [],
      inherited: null,
      problems: [],
    })
  })

  test('reads two hundred thousand indented lines in linear time', () => {
    const began = performance.now()
    const { sections } = read(`[default]\nk =\n${' a=b\n'.repeat(50_000)}`)
    expect(sections[0]?.entries.get('k')?.nested?.get('a')).toBe('b')
    const small = performance.now() - began
    const again = performance.now()
    read(`[default]\nk =\n${' a=b\n'.repeat(200_000)}`)
    // Four times as much; the bound leaves room for a busy machine.
    expect(performance.now() - again).toBeLessThan(20 * small + 2000)
  })
})

interface LocationCase {
  readonly name: string
  readonly environment: Readonly<Record<string, string>>
  readonly platform: 'linux' | 'windows'
  /** Absent where it is the default. */
  readonly profile?: string
  readonly configLocation: string
  readonly credentialsLocation: string
}

describe('the files of the SDK for Rust', () => {
  test.each(vectors<LocationCase>('smithy-rs-file-location'))('$name', (row) => {
    const { profile: expected = 'default' } = row
    const machine = recordedMachine({
      platform: row.platform === 'windows' ? 'win32' : 'linux',
      env: row.environment,
      cwd: row.platform === 'windows' ? 'C:\\work' : '/desk',
      files: {
        [row.configLocation]: `[profile ${expected}]\nregion = eu-west-1\n`,
        [row.credentialsLocation]: `[${expected}]\naws_access_key_id = A\naws_secret_access_key = made-up-secret\n`,
      },
    })
    const { profile, region, winner } = rust.trace(machine, {}, readAwsFiles(machine))
    expect([profile.name, region?.name, winner?.credential?.accessKeyId.value]).toEqual([expected, 'eu-west-1', 'A'])
  })
})

function read(text: string): FileReadingByDialect {
  return rustGrammar.read(parseIni(new TextEncoder().encode(text)), 'linux')
}

function fileOf(role: FileRole, text = '') {
  const reading = read(text)
  return { path: role, role, reading, sections: specSections(reading, role, rustSections) }
}
