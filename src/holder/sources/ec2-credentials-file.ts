import { Secret } from '../../anatomy/secret.ts'
import { splitLines, strip } from '../files/dialects/python.ts'
import { expandHome } from '../files/expand.ts'
import { parseIni } from '../files/syntax.ts'
import { absolutePath } from '../machine/paths.ts'
import type { SourceAnswer } from './answer.ts'
import type { Place } from './credential.ts'
import { absent, broken, type Source } from './source.ts'

const variable = 'AWS_CREDENTIAL_FILE'
const names = { accessKeyId: 'AWSAccessKeyId', secretAccessKey: 'AWSSecretKey' } as const

interface Pair {
  readonly value: string
  readonly at: { readonly file: string; readonly line: number; readonly column: number }
}

/** The file of the first EC2 tools, `key=value` per line (botocore `OriginalEC2Provider`, utils.py `parse_key_val_file_contents`). */
export const ec2CredentialsFile: Source = {
  provider: 'ec2-credentials-file',
  ask({ machine }): SourceAnswer {
    const named = machine.env(variable)
    if (named === undefined) return absent(`${variable} is not set`)
    const written = expandHome(machine, named)
    const path = absolutePath(machine, written)
    const reading = written === '' ? ({ kind: 'absent' } as const) : machine.readFile(path)
    if (reading.kind !== 'found') {
      const says = `ConfigNotFound: The specified config file (${written}) could not be found.`
      return broken('file-unreadable', says, `${variable} names a file that cannot be read`, { variable })
    }
    return answer(path, pairsOf(path, reading.bytes))
  },
}

function answer(file: string, pairs: ReadonlyMap<string, Pair>): SourceAnswer {
  const accessKeyId = pairs.get(names.accessKeyId)
  const secret = pairs.get(names.secretAccessKey)
  if (accessKeyId === undefined) return absent(`${file} has no ${names.accessKeyId}`, { file })
  const at: Place = accessKeyId.at
  if (secret === undefined) {
    const says = `KeyError: '${names.secretAccessKey}'`
    return broken('partial-credentials', says, `${file} has ${names.accessKeyId}, but no ${names.secretAccessKey}`, at)
  }
  return {
    outcome: 'found',
    because: `${variable} names a file with keys`,
    at,
    credential: {
      provider: 'ec2-credentials-file',
      profile: null,
      accessKeyId,
      secretAccessKey: { value: new Secret(secret.value), at: secret.at },
      sessionToken: null,
      expiration: null,
      accountId: null,
    },
  }
}

function pairsOf(file: string, bytes: Uint8Array): ReadonlyMap<string, Pair> {
  const pairs = new Map<string, Pair>()
  for (const { text, number } of parseIni(bytes).lines) {
    for (const piece of splitLines(text)) {
      const delimiter = piece.indexOf('=')
      if (delimiter < 0) continue
      const after = piece.slice(delimiter + 1)
      const value = strip(after)
      const column = text.indexOf(piece) + delimiter + 2 + after.indexOf(value)
      pairs.set(strip(piece.slice(0, delimiter)), { value, at: { file, line: number, column } })
    }
  }
  return pairs
}
