import type { Scenario } from '../scenario.ts'
import { labHome } from '../scene.ts'
import { everyProfile, everyShape, holdingOf, section, standing } from '../wallet.ts'

/** Nothing is found, only half of it is, or what is found stands where nobody looks. */
export const absent: readonly Scenario[] = [
  {
    cause: 'no-credentials',
    why: 'A new computer, a container or a CI job on which nobody has set anything up.',
    logged: null,
    shapes: ['long-term'],
    places: ['environment'],
    prepare: async () => ({}),
  },
  {
    cause: 'partial-credentials',
    why: 'Only one half of the pair was written down; the other line was lost in copying.',
    logged: null,
    shapes: everyShape,
    places: ['environment', 'default-profile', 'named-profile'],
    async prepare(stage, chosen) {
      const { holding } = await holdingOf(stage, chosen)
      const scene = standing(chosen, holding)
      const isLost = (name: string) => /secret_access_key/i.test(name)
      const env = Object.fromEntries(Object.entries(scene.env ?? {}).filter(([name]) => !isLost(name)))
      if (scene.credentials === undefined) return { ...scene, env }
      const credentials = scene.credentials.split('\n').filter((line) => !isLost(line))
      return { ...scene, env, credentials: credentials.join('\n') }
    },
  },
  {
    cause: 'partial-credentials',
    name: 'split',
    why: 'The two halves of the pair went into two files: the AWS CLI takes both from one.',
    logged: null,
    shapes: ['long-term'],
    places: ['default-profile'],
    async prepare(stage, chosen) {
      const { user } = await holdingOf(stage, chosen)
      const [header, id, secret] = section('default', user).split('\n')
      return { credentials: `${header}\n${id}\n`, config: `[default]\nregion = us-east-1\n${secret}\n` }
    },
  },
  {
    cause: 'profile-not-found',
    why: 'AWS_PROFILE names a profile that was never written, or that was renamed.',
    logged: null,
    shapes: everyShape,
    places: ['named-profile'],
    async prepare(stage, chosen) {
      const { holding } = await holdingOf(stage, chosen)
      const there = chosen.choose.profile()
      const asked = chosen.choose.one([there.slice(0, -1), `${there}s`, there.toUpperCase(), `${there.slice(1)}`])
      const credentials = section(there, holding)
      return chosen.choose.number(2) === 0
        ? { env: { AWS_PROFILE: asked }, credentials }
        : { profile: asked, credentials }
    },
  },
  {
    cause: 'section-prefix',
    why: 'The config file wants [profile dev], the credentials file only [dev]; this one has it the other way round.',
    logged: null,
    shapes: everyShape,
    places: ['named-profile'],
    async prepare(stage, chosen) {
      const { holding } = await holdingOf(stage, chosen)
      const name = chosen.choose.profile()
      const env = { AWS_PROFILE: name }
      return chosen.choose.number(2) === 0
        ? { env, credentials: section(`profile ${name}`, holding) }
        : { env, config: section(name, holding) }
    },
  },
  {
    cause: 'section-prefix',
    name: 'beside',
    why: 'The region stands below [profile dev], and the keys were written below a [dev] of their own in the same file.',
    logged: null,
    shapes: everyShape,
    places: ['named-profile'],
    async prepare(stage, chosen) {
      const { holding } = await holdingOf(stage, chosen)
      const name = chosen.choose.profile()
      const config = `[profile ${name}]\nregion = us-east-1\n\n# keys\n${section(name, holding)}\n[profile other]\noutput = json\n`
      return { env: { AWS_PROFILE: name }, config }
    },
  },
  {
    cause: 'unexpected-file',
    why: 'A variable points the tools at a credentials file that is not there; the good one stands where it always stood.',
    logged: null,
    shapes: everyShape,
    places: ['default-profile'],
    async prepare(stage, chosen) {
      const { holding } = await holdingOf(stage, chosen)
      const elsewhere = chosen.choose.one(['/etc/aws/credentials', `${labHome}/aws/credentials`, '/mnt/secrets/aws'])
      return { env: { AWS_SHARED_CREDENTIALS_FILE: elsewhere }, credentials: section('default', holding) }
    },
  },
  {
    cause: 'unexpected-file',
    name: 'ending',
    why: 'Notepad has saved the file as credentials.txt.',
    logged: null,
    shapes: everyShape,
    places: ['default-profile'],
    async prepare(stage, chosen) {
      const { holding } = await holdingOf(stage, chosen)
      return { files: { [`${labHome}/.aws/credentials.txt`]: section('default', holding) } }
    },
  },
  {
    cause: 'file-syntax',
    why: 'The same section stands in the credentials file twice: botocore refuses the whole file.',
    logged: null,
    shapes: everyShape,
    places: everyProfile,
    async prepare(stage, chosen) {
      const { user, holding } = await holdingOf(stage, chosen)
      const scene = standing(chosen, holding)
      const name = /\[(.*)\]/.exec(scene.credentials ?? '')![1]!
      return { ...scene, credentials: `${scene.credentials}\n${section(name, user)}` }
    },
  },
  {
    cause: 'file-syntax',
    name: 'headless',
    why: 'The values were pasted into the file without the line that names the section.',
    logged: null,
    shapes: everyShape,
    places: ['default-profile'],
    async prepare(stage, chosen) {
      const { holding } = await holdingOf(stage, chosen)
      return { credentials: section('default', holding).replace(/^\[.*\]\n/, '') }
    },
  },
  {
    cause: 'file-syntax',
    name: 'marked',
    why: 'An editor of Windows has put a byte order mark before the first bracket.',
    logged: null,
    shapes: everyShape,
    places: ['default-profile'],
    async prepare(stage, chosen) {
      const { holding } = await holdingOf(stage, chosen)
      return { credentials: `\uFEFF${section('default', holding)}` }
    },
  },
  {
    cause: 'file-syntax',
    name: 'utf-16',
    why: 'PowerShell has written the file with >, which makes UTF-16 of it.',
    logged: null,
    shapes: everyShape,
    places: ['default-profile'],
    async prepare(stage, chosen) {
      const { holding } = await holdingOf(stage, chosen)
      const text = `\uFEFF${section('default', holding)}`.replaceAll('\n', '\r\n')
      return { files: { [`${labHome}/.aws/credentials`]: Buffer.from(text, 'utf16le') } }
    },
  },
  {
    cause: 'file-syntax',
    name: 'line',
    why: 'A remark stands in the file without a # before it.',
    logged: null,
    shapes: everyShape,
    places: everyProfile,
    async prepare(stage, chosen) {
      const { holding } = await holdingOf(stage, chosen)
      const scene = standing(chosen, holding)
      return { ...scene, credentials: `${scene.credentials}key of the old laptop\n` }
    },
  },
  {
    cause: 'file-syntax',
    name: 'key-twice',
    why: 'The new key was written below the old one, which nobody took away.',
    logged: null,
    shapes: ['long-term'],
    places: everyProfile,
    async prepare(stage, chosen) {
      const { user } = await holdingOf(stage, chosen)
      const { choose } = chosen
      const scene = standing(chosen, await stage.user(choose.user()))
      const [, ...lines] = section('of-nobody', user).split('\n')
      return { ...scene, credentials: `${scene.credentials}${lines.join('\n')}` }
    },
  },
]
