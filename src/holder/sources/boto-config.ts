import { Secret } from '../../anatomy/secret.ts'
import { readIniFile } from '../files/aws-files.ts'
import { expandedPath } from '../files/locate.ts'
import type { SourceAnswer } from './answer.ts'
import { type SourceGround, settingsOf } from './settings.ts'
import { absent, broken, refusedFile, type Source } from './source.ts'

const variable = 'BOTO_CONFIG'
const usualPlaces = ['/etc/boto.cfg', '~/.boto']

/** The file of boto 2, section `[Credentials]` (botocore `BotoProvider`). */
export const botoConfig: Source = {
  provider: 'boto-config',
  ask(ground) {
    const named = ground.machine.env(variable)
    for (const place of named === undefined ? usualPlaces : [named]) {
      const answer = askFile(ground, place)
      if (answer.outcome !== 'absent') return answer
    }
    return absent(named === undefined ? 'there is no boto.cfg with keys' : `${variable} names no file with keys`)
  },
}

function askFile({ machine, files }: SourceGround, place: string): SourceAnswer {
  const { path, written } = expandedPath(machine, place)
  const file = { path, written, role: 'config' as const, ...readIniFile(files.documents, path) }
  const refusal = refusedFile(file)
  if (refusal !== null) return refusal
  const settings = settingsOf(
    file,
    file.reading.sections.find(({ name }) => name === 'Credentials'),
  )
  const accessKeyId = settings?.get('aws_access_key_id')
  if (settings === null || accessKeyId === undefined) return absent(`${path} holds no keys`)
  const secret = settings.get('aws_secret_access_key')
  if (secret === undefined) {
    const says = 'PartialCredentialsError: Partial credentials found in boto-config, missing: aws_secret_access_key'
    return broken(
      'partial-credentials',
      says,
      `${path} has aws_access_key_id, but no aws_secret_access_key`,
      accessKeyId.at,
    )
  }
  return {
    outcome: 'found',
    because: `${path} has [Credentials]`,
    at: accessKeyId.at,
    credential: {
      provider: 'boto-config',
      profile: null,
      accessKeyId: { value: accessKeyId.value, at: accessKeyId.at, raw: accessKeyId.raw },
      secretAccessKey: { value: new Secret(secret.value), at: secret.at },
      sessionToken: null,
      expiration: null,
      accountId: null,
    },
  }
}
