import { describe, expect, test } from 'vitest'
import { planEdits } from '../../../src/holder/changes/index.ts'
import { diagnose } from '../../../src/holder/diagnosis/index.ts'
import type { Finding } from '../../../src/holder/diagnosis/verdict.ts'
import { overlayMachine } from '../../../src/holder/machine/overlay.ts'
import { home, idOf, type Laid, machine, secretOf, section, tokenOf } from './stand-in.ts'

/*
 * What a cure does to files: which bytes it changes, that all others stay, and that it is left to a person wherever only a person
 * can tell what was meant.
 */
const good = { id: idOf('AKIA', 2), secret: secretOf(2) }
const other = { id: idOf('AKIA', 1), secret: secretOf(1) }
const keys = { [good.id]: { secret: good.secret } }
const pair = `aws_access_key_id = ${good.id}\naws_secret_access_key = ${good.secret}\n`
const otherPair = `aws_access_key_id = ${other.id}\naws_secret_access_key = ${other.secret}\n`
const asComments = (text: string) => text.replace(/^(?=.)/gm, '# ')

const places = {
  credentials: `${home}/.aws/credentials`,
  config: `${home}/.aws/config`,
  bashrc: `${home}/.bashrc`,
  fish: `${home}/.config/fish/config.fish`,
} as const

type Texts = Partial<Record<keyof typeof places, string>>

async function firstOf(texts: Texts, laid: Laid = {}) {
  const files = Object.fromEntries(Object.entries(texts).map(([name, text]) => [places[name as keyof Texts], text]))
  const { machine: broken } = machine({ ...laid, files: { ...files, ...laid.files }, sts: laid.sts ?? { keys } })
  const { causes } = await diagnose(broken)
  const [finding] = causes
  if (finding === undefined) throw new Error('there is nothing wrong')
  return { broken, finding }
}

/** The files as the cure leaves them, by their names here; and whether AWS accepts what is found then. */
async function curedBy({ broken, finding }: { broken: Parameters<typeof planEdits>[0]; finding: Finding }) {
  const changes = planEdits(broken, finding.fix.edits)
  const texts = changes.map(({ path, after }) => [
    Object.entries(places).find(([, place]) => place === path)?.[0] ?? path,
    after === null ? null : new TextDecoder('utf-8', { ignoreBOM: true }).decode(after),
  ])
  const env = Object.fromEntries((finding.fix.variables ?? []).map(({ name, value }) => [name, value]))
  const files = Object.fromEntries(changes.map(({ path, after }) => [path, after]))
  const { status } = await diagnose(overlayMachine(broken, { env, files }))
  return { texts: Object.fromEntries(texts), status }
}

interface Case {
  readonly why: string
  readonly cause: string
  readonly broken: Texts
  readonly cured: Texts
  readonly laid?: Laid
}

const cases: readonly Case[] = [
  {
    why: 'the last of two sections counts, and the other is kept as comments',
    cause: 'file-syntax',
    broken: { credentials: `# mine\n[default]\n${otherPair}\n[default]\n${pair}` },
    cured: { credentials: `# mine\n# [default]\n${asComments(otherPair)}\n[default]\n${pair}` },
  },
  {
    why: 'the region that only the first of them has goes over, and its old token does not',
    cause: 'file-syntax',
    broken: { credentials: `[default]\n${otherPair}aws_session_token = old\nregion = eu-west-1\n[default]\n${pair}` },
    cured: {
      credentials: `${asComments(`[default]\n${otherPair}aws_session_token = old\nregion = eu-west-1\n`)}[default]\n${pair}region = eu-west-1\n`,
    },
  },
  {
    why: 'line ends of Windows stay',
    cause: 'file-syntax',
    broken: { credentials: `[default]\n${pair}old laptop\n`.replaceAll('\n', '\r\n') },
    cured: { credentials: `[default]\n${pair}# old laptop\n`.replaceAll('\n', '\r\n') },
  },
  {
    why: 'the last of two lines with one key counts',
    cause: 'file-syntax',
    broken: { credentials: `[default]\naws_access_key_id = ${other.id}\n${pair}` },
    cured: { credentials: `[default]\n# aws_access_key_id = ${other.id}\n${pair}` },
  },
  {
    why: 'of two lines with one key an empty one goes, wherever it stands',
    cause: 'file-syntax',
    broken: { credentials: `[default]\n${pair}aws_access_key_id =\n` },
    cured: { credentials: `[default]\n${pair}# aws_access_key_id =\n` },
  },
  {
    why: 'of two lines with one key the one in small letters stays, for some clients read no other',
    cause: 'file-syntax',
    broken: { credentials: `[default]\n${pair}AWS_ACCESS_KEY_ID = ${good.id}\n` },
    cured: { credentials: `[default]\n${pair}# AWS_ACCESS_KEY_ID = ${good.id}\n` },
  },
  {
    why: 'a header that the value above it has swallowed gets its section back, and both keep their keys',
    cause: 'file-syntax',
    broken: { credentials: `[other]\n${otherPair}  [default]\n${pair}` },
    cured: { credentials: `[other]\n${otherPair}[default]\n${pair}` },
  },
  {
    why: 'two sections that have half a pair each become one',
    cause: 'file-syntax',
    broken: { credentials: `[default]\n${pair.replace('\n', '\n[default]\n')}` },
    cured: {
      credentials: `# [default]\n# aws_access_key_id = ${good.id}\n[default]\naws_secret_access_key = ${good.secret}\naws_access_key_id = ${good.id}\n`,
    },
  },
  {
    why: 'what nobody sees before a header goes, and the header stays one',
    cause: 'file-syntax',
    broken: { credentials: `[empty]\n\n\uFEFF[default]\n${pair}` },
    cured: { credentials: `[empty]\n\n[default]\n${pair}` },
  },
  {
    why: 'a setting with blanks before it does not become a part of the token above it',
    cause: 'surrounding-whitespace',
    broken: { credentials: section('default', idOf('ASIA', 3), secretOf(3), tokenOf(3), '  region = eu-west-1\n') },
    cured: { credentials: section('default', idOf('ASIA', 3), secretOf(3), tokenOf(3), 'region = eu-west-1\n') },
    laid: { sts: { keys: { [idOf('ASIA', 3)]: { secret: secretOf(3), token: tokenOf(3) } } } },
  },
  {
    why: 'lines without a header get one, below the comment above them',
    cause: 'file-syntax',
    broken: { credentials: `# keys\n${pair}[other]\nregion = x\n` },
    cured: { credentials: `# keys\n[default]\n${pair}[other]\nregion = x\n` },
  },
  {
    why: 'a bracket is closed, and several mistakes are cured at once',
    cause: 'file-syntax',
    broken: { credentials: `[default\n${pair}[other]\n= nothing\nremark\n` },
    cured: { credentials: `[default]\n${pair}[other]\n# = nothing\n# remark\n` },
  },
  {
    why: 'a byte order mark goes, and nothing else',
    cause: 'file-syntax',
    broken: { credentials: `\uFEFF[default]\n${pair}` },
    cured: { credentials: `[default]\n${pair}` },
  },
  {
    why: 'a wrapped token is joined',
    cause: 'file-syntax',
    broken: {
      credentials: section('default', idOf('ASIA', 3), secretOf(3), tokenOf(3)).replace(tokenOf(3), (token) =>
        [token.slice(0, 76), token.slice(76)].join('\n'),
      ),
    },
    cured: { credentials: section('default', idOf('ASIA', 3), secretOf(3), tokenOf(3)) },
    laid: { sts: { keys: { [idOf('ASIA', 3)]: { secret: secretOf(3), token: tokenOf(3) } } } },
  },
  {
    why: 'lines of a start-up file that set the variables become comments, its others stay',
    cause: 'environment-shadows-profile',
    laid: { env: { SHELL: '/bin/bash', AWS_ACCESS_KEY_ID: other.id, AWS_SECRET_ACCESS_KEY: other.secret } },
    broken: {
      credentials: `[default]\n${pair}`,
      bashrc: `alias a=b\nexport AWS_ACCESS_KEY_ID="${other.id}" AWS_SECRET_ACCESS_KEY='${other.secret}' # old\nPATH=$PATH:/x\n`,
    },
    cured: {
      bashrc: `alias a=b\n# export AWS_ACCESS_KEY_ID="${other.id}" AWS_SECRET_ACCESS_KEY='${other.secret}' # old\nPATH=$PATH:/x\n`,
    },
  },
  {
    why: 'so do those of fish',
    cause: 'environment-shadows-profile',
    laid: { env: { SHELL: '/usr/bin/fish', AWS_ACCESS_KEY_ID: other.id, AWS_SECRET_ACCESS_KEY: other.secret } },
    broken: {
      credentials: `[default]\n${pair}`,
      fish: `set -gx AWS_ACCESS_KEY_ID ${other.id}\nset -gx AWS_SECRET_ACCESS_KEY '${other.secret}'\nset -gx EDITOR vi\n`,
    },
    cured: {
      fish: `# set -gx AWS_ACCESS_KEY_ID ${other.id}\n# set -gx AWS_SECRET_ACCESS_KEY '${other.secret}'\nset -gx EDITOR vi\n`,
    },
  },
  {
    why: 'a value that is wrong is written right where it comes from',
    cause: 'surrounding-whitespace',
    laid: { env: { SHELL: '/bin/bash', AWS_ACCESS_KEY_ID: `${good.id} `, AWS_SECRET_ACCESS_KEY: good.secret } },
    broken: {
      bashrc: `export AWS_ACCESS_KEY_ID="${good.id} "  # mine\nexport AWS_SECRET_ACCESS_KEY='${good.secret}'\n`,
    },
    cured: { bashrc: `export AWS_ACCESS_KEY_ID=${good.id}  # mine\nexport AWS_SECRET_ACCESS_KEY='${good.secret}'\n` },
  },
]

describe('a cure changes the lines that it means', () => {
  test.each(cases.map((each) => [`${each.cause}: ${each.why}`, each] as const))('%s', async (_, each) => {
    const state = await firstOf(each.broken, each.laid)
    expect(state.finding.id).toBe(each.cause)
    const { texts, status } = await curedBy(state)
    expect(texts).toEqual(each.cured)
    expect(status).toBe('valid')
    // A finding may be printed as a whole.
    const printed = JSON.stringify(state.finding)
    for (const secret of [good.secret, other.secret]) expect(printed).not.toContain(secret)
  })
})

describe('a cure is left to a person', () => {
  const shadowed = { SHELL: '/bin/bash', AWS_ACCESS_KEY_ID: other.id, AWS_SECRET_ACCESS_KEY: other.secret }
  const exports = `export AWS_ACCESS_KEY_ID=${other.id}`

  test.each([
    ['where a [default] stands further down', { credentials: `${otherPair}[default]\n${pair}` }, {}],
    [
      'where a setting of the first section has a block',
      { credentials: `[default]\ns3 =\n  a = b\n[default]\n${pair}` },
      {},
    ],
    ['where line ends are mixed with carriage returns', { credentials: `[default]\r${pair}remark\n` }, {}],
    [
      'where another command stands on the line',
      { credentials: `[default]\n${pair}`, bashrc: `${exports}; echo hi\n` },
      shadowed,
    ],
    [
      'where the line goes on',
      { credentials: `[default]\n${pair}`, bashrc: `${exports} \\\n  AWS_REGION=x\n` },
      shadowed,
    ],
    [
      'where the line is all that a function does',
      { credentials: `[default]\n${pair}`, bashrc: `f() {\n  # old\n  ${exports}\n}\nf\n` },
      shadowed,
    ],
    [
      'where a condition stands above the line',
      { credentials: `[default]\n${pair}`, bashrc: `test -d /x &&\n\n  ${exports}\n` },
      shadowed,
    ],
    [
      'where the line sets something else as well',
      { credentials: `[default]\n${pair}`, bashrc: `${exports} FOO=1\n` },
      shadowed,
    ],
  ] as const)('%s', async (_, texts, env) => {
    const { finding } = await firstOf(texts, { env })
    expect(finding.fix.edits).toEqual([])
    expect(finding.fix.automatic).toBe(false)
    expect(finding.fix.commands.bash.join('\n')).not.toContain('countersign fix')
  })

  test('where the start-up file is not the person’s own', async () => {
    const files = { '/etc/profile.d/aws.sh': `${exports}\n`, '/etc/profile': '. /etc/profile.d/aws.sh\n' }
    const { finding } = await firstOf({ credentials: `[default]\n${pair}` }, { env: shadowed, files })
    expect(finding.fix.edits).toEqual([])
  })
})

describe('what a person types for a cure', () => {
  test('names the profile, the client and the helper that the diagnosis was asked about', async () => {
    const { machine: broken } = machine({
      credentials: section('dev', `"${good.id}"`, `"${good.secret}"`),
      sts: { keys },
    })
    const { causes } = await diagnose(broken, { profile: 'dev', sdk: 'boto3' })
    expect(causes[0]?.fix.commands).toEqual(
      Object.fromEntries(
        ['bash', 'fish', 'powershell', 'cmd'].map((shell) => [
          shell,
          ['countersign fix quoted-value --profile dev --sdk boto3'],
        ]),
      ),
    )
  })
})
