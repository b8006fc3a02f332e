import { describe, expect, test } from 'vitest'
import { explainLine, explainText } from '../../../src/cli/say/explain.ts'
import { explainError, explanationJson } from '../../../src/holder/diagnosis/index.ts'
import { chance, postedTexts } from './corpus.ts'
import { machine } from './stand-in.ts'

const seed = 20261128
const sight = {
  look: { colour: false, unicode: true, width: 100, home: null },
  machine: machine({}).machine,
} as unknown as Parameters<typeof explainText>[0]

const short = postedTexts.filter(({ text }) => text.length < 1500)

type Chance = () => number

const letters = {
  base64: 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/',
  url: 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_',
  hex: '0123456789abcdef',
  word: 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#*.',
} as const

function make(random: Chance, alphabet: keyof typeof letters, length: number): string {
  const all = letters[alphabet]
  return Array.from({ length }, () => all[Math.floor(random() * all.length)]).join('')
}

const secretKey = (random: Chance): string => `${make(random, 'base64', 36)}${pick(['aB3x', '9/Zq', 'k+7W'], random)}`
const pick = <T>(list: readonly T[], random: Chance): T => list[Math.floor(random() * list.length)]!
const hexOf = (text: string): string =>
  [...text].map((letter) => letter.charCodeAt(0).toString(16).padStart(2, '0')).join(' ')

/** One kind of secret: how it is made, and the places in which people paste it. `{}` is the secret. */
interface Kind {
  readonly name: string
  readonly make: (random: Chance) => string
  readonly places: readonly string[]
}

const kinds: readonly Kind[] = [
  {
    name: 'a secret access key',
    make: secretKey,
    places: [
      'AWS_SECRET_ACCESS_KEY={}',
      'export AWS_SECRET_ACCESS_KEY="{}"',
      'aws_secret_access_key = {}',
      '"SecretAccessKey": "{}"',
      '<SecretAccessKey>{}</SecretAccessKey>',
      '  + secret_key = "{}"',
      "secretAccessKey: '{}',",
      '$env:AWS_SECRET_ACCESS_KEY = "{}"',
      'AWS Secret Access Key [None]: {}',
      '--secret-key {} --region us-east-1',
      'Credential={}/20240305/us-east-1/sts/aws4_request, SignedHeaders=host',
      "got '{}/20240305/us-east-1/sts/aws4_request'",
      'config:secret {}',
    ],
  },
  {
    name: 'a session token',
    make: (random) => `IQoJb3JpZ2luX2Vj${make(random, 'base64', 500)}`,
    places: [
      'AWS_SESSION_TOKEN={}',
      'aws_session_token = {}',
      '"SessionToken": "{}"',
      '<SessionToken>{}</SessionToken>',
      '<Token-0>{}</Token-0>',
      'x-amz-security-token:{}',
      'X-Amz-Security-Token: {}',
      'https://b.s3.amazonaws.com/k?X-Amz-Security-Token={}&X-Amz-Date=20240305T101010Z',
      'bad token {} sent',
    ],
  },
  {
    name: 'the hex twin of a token',
    make: (random) => hexOf(`x-amz-security-token:IQoJ${make(random, 'base64', 60)}`),
    places: [
      '<StringToSignBytes>{}</StringToSignBytes>',
      'CanonicalRequestBytes: {}',
      '<CanonicalRequestBytes>{}</CanonicalRequestBytes>',
    ],
  },
  {
    name: 'a JWT',
    make: (random) => `eyJhbGciOiJSUzI1NiJ9.${make(random, 'url', 120)}.${make(random, 'url', 86)}`,
    places: [
      'Authorization: Bearer {}',
      'WebIdentityToken={}',
      'id_token: {}',
      "'Bearer {}' not a valid key=value pair",
    ],
  },
  {
    name: 'a bearer token',
    make: (random) => make(random, 'url', 48),
    places: [
      'Authorization: Bearer {}',
      '"accessToken": "{}"',
      'AWS_BEARER_TOKEN_BEDROCK={}',
      'npm config: //r/:_authToken={}',
    ],
  },
  {
    name: 'a Bedrock key',
    make: (random) => `ABSK${make(random, 'base64', 100)}=`,
    places: ['key {} is invalid', 'AWS_BEARER_TOKEN_BEDROCK={}'],
  },
  {
    name: 'a presigned URL’s signature',
    make: (random) => make(random, 'hex', 64),
    places: [
      'https://b.s3.amazonaws.com/k?X-Amz-Expires=60&X-Amz-Signature={}',
      'GET /k?AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE&Signature={}&Expires=1',
    ],
  },
  {
    name: 'a password',
    make: (random) => make(random, 'word', 20),
    places: [
      'password={}',
      '"password": "{}"',
      'HTTPS_PROXY=http://ada:{}@proxy.example:8080',
      'DB_PASSWORD={}',
      'smtp_password = "{}"',
      'postgres://ada:{}@db/app',
    ],
  },
  {
    name: 'an SMTP password',
    make: (random) => `B${make(random, 'base64', 43)}`,
    places: ['SMTP_PASSWORD={}', 'AUTH PLAIN {}', 'pass: {}'],
  },
  {
    name: 'basic authentication',
    make: (random) => make(random, 'base64', 44),
    places: ['Authorization: Basic {}', 'authorization: basic {}'],
  },
  {
    name: 'a private key',
    make: (random) => (make(random, 'base64', 640).match(/.{64}/g) ?? []).join('\n'),
    places: [
      '-----BEGIN RSA PRIVATE KEY-----\n{}\n-----END RSA PRIVATE KEY-----',
      '-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----',
    ],
  },
]

const html = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('/', '&#x2F;')
const wrap = (text: string, width: number): string =>
  text
    .split('\n')
    .map((line) => line.match(new RegExp(`.{1,${width}}`, 'gu'))?.join('\n') ?? line)
    .join('\n')

const disguises: readonly (readonly [string, (text: string, secret: string) => string])[] = [
  ['as it is', (text) => text],
  ['in JSON', (text) => JSON.stringify({ msg: text })],
  ['in JSON with escaped slashes', (text) => JSON.stringify({ msg: text }).replaceAll('/', '\\/')],
  ['twice in JSON', (text) => JSON.stringify({ log: JSON.stringify({ msg: text }) })],
  ['in HTML', (text) => `<pre>${html(text)}</pre>`],
  ['in a URL', (text, secret) => text.replaceAll(secret, encodeURIComponent(secret))],
  ['wrapped at 80', (text) => wrap(text, 80)],
  ['wrapped at 72 and quoted', (text) => wrap(text, 72).replaceAll(/^/gm, '> ')],
  ['coloured', (text) => text.replaceAll(/^/gm, '\u001b[31m').replaceAll(/$/gm, '\u001b[0m')],
  ['in a log', (text) => text.replaceAll(/^/gm, '2026-03-05T10:10:07.123Z ')],
]

/** Where it stands: before the error, behind it, and in the midst of its message. */
const spots: readonly ((text: string, planted: string) => string)[] = [
  (text, planted) => `${planted}\n${text}`,
  (text, planted) => `${text}\n${planted}`,
  (text, planted) => `${text.trimEnd()} ${planted}`,
  (text, planted) => text.replace(/(?<=: )(?=[A-Z][a-z]+ [a-z]+ )|$/, () => `${planted} `),
]

const shortestPart = 12

/** The secret in each form in which it could be seen, cut into parts. */
function parts(secret: string): ReadonlySet<string> {
  const all = new Set<string>()
  for (const form of [secret.replace(/\s/g, ''), encodeURIComponent(secret), secret])
    for (let at = 0; at + shortestPart <= form.length; at += 1) all.add(form.slice(at, at + shortestPart))
  return all
}

function leaks(shown: string, pieces: ReadonlySet<string>): string | null {
  for (let at = 0; at + shortestPart <= shown.length; at += 1)
    if (pieces.has(shown.slice(at, at + shortestPart))) return shown.slice(Math.max(0, at - 40), at + 40)
  return null
}

describe(`what explain prints holds no secret of the text (seed ${seed})`, () => {
  test.each(kinds.map((kind) => [kind.name, kind] as const))('nor a part of 12 characters: %s', async (_, kind) => {
    const random = chance(seed)
    const leaked: string[] = []
    const unwarned: string[] = []
    for (const place of kind.places)
      for (const [disguise, apply] of disguises) {
        const spot = pick(spots, random)
        const secret = kind.make(random)
        const text = apply(
          spot(
            pick(short, random).text,
            place.replace('{}', () => secret),
          ),
          secret,
        )
        const explanation = await explainError(text)
        const shown = [
          JSON.stringify(explanation),
          JSON.stringify(explanationJson(explanation)),
          explainText(sight, explanation.error, explanation.causes),
          explainLine(sight, explanation.error, explanation.causes),
        ].join('\n')
        const leak = leaks(shown, parts(secret))
        if (leak !== null) leaked.push(`${place}, ${disguise}: ${leak}`)
        if (!explanation.heldSecret) unwarned.push(`${place}, ${disguise}`)
      }
    expect(leaked).toEqual([])
    expect(unwarned).toEqual([])
  })
})

describe('nothing secret is seen', () => {
  test.each([
    'arn:aws:sts::123456789012:assumed-role/AWSReservedSSO_AdministratorAccess_0123456789abcdef/ada@example.org',
    'x-amz-id-2: and RequestId 1e8dc3d1-0000-4000-8000-000000000001 of commit 0123456789abcdef0123456789abcdef01234567',
    '/srv/app/node_modules/@aws-sdk/client-s3/dist-cjs/index.js:4821:23 and /usr/lib/python3/dist-packages/botocore/client.py',
    'The security token included in the request is invalid: check your session token, secret key and password',
    'Token expired: current date/time 1709632210 must be before the expiration date/time 1709628610',
    'Check your AWS Secret Access Key: it must fit. Password: see the wiki',
  ])('where there is none: %s', async (text) => {
    expect(await explainError(`InvalidClientTokenId: ${text}`)).toMatchObject({ heldSecret: false, exposed: [] })
  })
})
