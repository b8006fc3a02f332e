import { isAccessKeyId, maskAccessKeyId, parseAccessKeyId } from '../../anatomy/access-key-id.ts'
import { Secret } from '../../anatomy/secret.ts'
import { readAsBotocore } from '../files/dialects/botocore.ts'
import { parseIni } from '../files/syntax.ts'
import { readCsv } from './csv.ts'
import { type HandedKey, type HandedOver, type RawKey, type Refused, refused } from './handed-key.ts'
import { judgeValue } from './values.ts'

/** Bytes as the text that they are: UTF-8, or UTF-16 as Windows PowerShell writes it with `>`. The byte order mark is dropped. */
export function textOf(bytes: Uint8Array): string {
  const [first, second] = bytes
  const encoding =
    first === 0xff && second === 0xfe ? 'utf-16le' : first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8'
  return new TextDecoder(encoding).decode(bytes)
}

/**
 * Reads keys out of whatever they came in: a CSV of the AWS console, JSON of the AWS CLI (`iam create-access-key`, all of `sts`,
 * `sso get-role-credentials`, a credential_process), lines that set environment variables in any shell, or a piece of a credentials
 * file. Never throws; nothing of a secret is in the words.
 */
export function readHandedOver(written: string): HandedOver {
  const text = written.replace(/^\uFEFF/, '').trim()
  if (text === '') return refused('Provided CSV contains no contents')
  const read = formOf(text)(text)
  if ('kind' in read) return read
  const keys: HandedKey[] = []
  const invalid: { entry: number; says: string }[] = []
  for (const [index, raw] of read.entries()) {
    const judged = judge(raw)
    if (typeof judged === 'string') invalid.push({ entry: index + 1, says: judged })
    else keys.push(judged)
  }
  return { kind: 'keys', keys, invalid }
}

type Form = (text: string) => readonly RawKey[] | Refused

function formOf(text: string): Form {
  const [head = ''] = text.split(/\r?\n/, 1)
  if (/^[[{]\s*["{[]/.test(text)) return readJson
  if (/[,;\t]/.test(head) && !/=/.test(head)) return readCsv
  if (/^[ \t]*\[[^\]\r\n]+\][ \t]*\r?$/m.test(text)) return readSections
  return readLines
}

// ---- JSON

const deepest = 6

function readJson(text: string): ReturnType<Form> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return refused('This begins like JSON and is none: a part of it is missing, or there is something behind it.', null)
  }
  const found: RawKey[] = []
  let secretless = false
  const look = (node: unknown, depth: number): void => {
    if (node === null || typeof node !== 'object' || depth > deepest) return
    const members = node as Readonly<Record<string, unknown>>
    const id = members['AccessKeyId'] ?? members['accessKeyId']
    const secret = members['SecretAccessKey'] ?? members['secretAccessKey']
    if (typeof id === 'string' && typeof secret === 'string') {
      const token = members['SessionToken'] ?? members['sessionToken'] ?? members['Token']
      const end = members['Expiration'] ?? members['expiration']
      const name = members['UserName']
      found.push({
        name: typeof name === 'string' ? name : null,
        id,
        secret,
        token: typeof token === 'string' ? token : null,
        expiration: typeof end === 'string' || typeof end === 'number' ? end : null,
      })
    } else if (typeof id === 'string') secretless = true
    for (const member of Object.values(members)) look(member, depth + 1)
  }
  look(value, 0)
  if (found.length > 0) return found
  return refused(
    secretless
      ? 'There is an access key id in this JSON, but no secret. AWS tells a secret once, when the key is made.'
      : 'There is no access key in this JSON.',
    secretless ? 'Make a new key: aws iam create-access-key' : null,
  )
}

// ---- lines that set variables

/** The value that a line of any shell gives a variable, quotes off; `AWSAccessKeyId` is how the root user's old file names it. */
const assignments =
  /\b(AWS_ACCESS_KEY_ID|AWS_SECRET_ACCESS_KEY|AWS_SESSION_TOKEN|AWS_SECURITY_TOKEN|AWS_CREDENTIAL_EXPIRATION|AWS_SESSION_EXPIRATION|AWSAccessKeyId|AWSSecretKey)["']?(?:[ \t]*[=:][ \t]*|[ \t]+)(?:"([^"\r\n]*)"|'([^'\r\n]*)'|([^\s"';&]+))/gi

const memberOf: Readonly<Record<string, 'id' | 'secret' | 'token' | 'expiration'>> = {
  aws_access_key_id: 'id',
  awsaccesskeyid: 'id',
  aws_secret_access_key: 'secret',
  awssecretkey: 'secret',
  aws_session_token: 'token',
  aws_security_token: 'token',
  aws_credential_expiration: 'expiration',
  aws_session_expiration: 'expiration',
}

function readLines(text: string): ReturnType<Form> {
  const read: { id?: string; secret?: string; token?: string; expiration?: string } = {}
  const lines = text.split(/\r?\n/).filter((line) => !/^\s*(#|::|rem\s)/i.test(line))
  for (const [, name = '', double, single, bare] of lines.join('\n').matchAll(assignments)) {
    const member = memberOf[name.toLowerCase()]!
    const value = double ?? single ?? bare ?? ''
    if (read[member] !== undefined && read[member] !== value)
      return refused(`${name} stands there twice, with different values.`, 'Hand over one key at a time.')
    read[member] = value
  }
  const { id, secret, token, expiration } = read
  if (id === undefined && secret === undefined)
    return refused(
      'There is no access key in what was handed over.',
      'It may be a CSV of the AWS console, JSON of the AWS CLI, or lines such as export AWS_ACCESS_KEY_ID=…',
    )
  return [{ name: null, id: id ?? '', secret: secret ?? '', token: token ?? null, expiration: expiration ?? null }]
}

// ---- a piece of a credentials file

function readSections(text: string): ReturnType<Form> {
  const { sections } = readAsBotocore(parseIni(new TextEncoder().encode(text)), 'linux')
  const keys = sections.flatMap(({ name, entries }): readonly RawKey[] => {
    const value = (key: string) => entries.get(key)?.value
    const [id, secret] = [value('aws_access_key_id'), value('aws_secret_access_key')]
    if (id === undefined && secret === undefined) return []
    return [
      {
        name: name.replace(/^profile\s+/, '').replace(/^(["'])(.*)\1$/, '$2'),
        id: id ?? '',
        secret: secret ?? '',
        token: value('aws_session_token') ?? value('aws_security_token') ?? null,
        expiration: value('x_security_token_expires') ?? null,
      },
    ]
  })
  return keys.length > 0 ? keys : refused('None of these sections has an access key.', null)
}

// ---- judging

/** One sentence for what cannot be used. */
function judge({ name, id, secret, token, expiration }: RawKey): HandedKey | string {
  // The words of the AWS CLI for a line of its CSV (importer.py).
  if (name === '') return 'Row missing value for header "User Name"'
  if (id === '') return 'Row missing value for header "Access Key ID"'
  if (secret === '') return 'Row missing value for header "Secret Access key"'
  const [judgedId, judgedSecret] = [judgeValue('aws_access_key_id', id), judgeValue('aws_secret_access_key', secret)]
  for (const judged of [judgedId, judgedSecret]) if (judged.kind === 'refused') return judged.says
  if (judgedId.kind === 'refused' || judgedSecret.kind === 'refused') return ''
  const accessKeyId = judgedId.value
  if (!/^\w{3,128}$/.test(accessKeyId)) return 'What stands in the place of the access key id cannot be one.'
  const hasToken = token !== null && token.trim() !== ''
  if (isAccessKeyId(accessKeyId) && parseAccessKeyId(accessKeyId)?.kind === 'temporary' && !hasToken)
    return `${maskAccessKeyId(accessKeyId)} is the key of a session, and its session token is missing.`
  const judgedToken = hasToken ? judgeValue('aws_session_token', token) : null
  if (judgedToken?.kind === 'refused') return judgedToken.says
  const end = expiration === null ? null : new Date(expiration)
  return {
    name: name === null ? null : name.trim(),
    accessKeyId,
    secretAccessKey: new Secret(judgedSecret.value),
    sessionToken: judgedToken === null ? null : new Secret(judgedToken.value),
    expiration: end === null || Number.isNaN(end.getTime()) ? null : end,
  }
}
