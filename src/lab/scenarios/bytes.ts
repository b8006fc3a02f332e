import type { Scenario } from '../scenario.ts'
import { everyPlace, everyProfile, everyShape, holdingOf, standing } from '../wallet.ts'

/** The values were good, and something on the way has put bytes to them or taken some away. */
export const bytes: readonly Scenario[] = [
  {
    cause: 'surrounding-whitespace',
    why: 'The key id was exported with a blank behind it, as a copy from a web page leaves it.',
    logged: 'surrounding-whitespace',
    shapes: everyShape,
    places: ['environment'],
    async prepare(stage, chosen) {
      const { holding } = await holdingOf(stage, chosen)
      return standing(chosen, { ...holding, accessKeyId: `${holding.accessKeyId} ` })
    },
  },
  {
    cause: 'surrounding-whitespace',
    name: 'secret',
    why: 'The secret came out of `echo`, a file or a vault with the end of its line.',
    logged: 'surrounding-whitespace',
    shapes: everyShape,
    places: ['environment'],
    async prepare(stage, chosen) {
      const { holding } = await holdingOf(stage, chosen)
      const end = chosen.choose.one([' ', '\n', '\r\n', '\r'])
      return standing(chosen, { ...holding, secretAccessKey: holding.secretAccessKey + end })
    },
  },
  {
    cause: 'invisible-character',
    why: 'A chat program put a zero-width space into the secret.',
    logged: 'invisible-character',
    shapes: everyShape,
    places: everyPlace,
    async prepare(stage, chosen) {
      const { holding } = await holdingOf(stage, chosen)
      return standing(chosen, { ...holding, secretAccessKey: `${holding.secretAccessKey}\u200b` })
    },
  },
  {
    cause: 'quoted-value',
    why: 'Values were put in quotes, as a shell wants them; the credentials file keeps the quotes.',
    logged: 'quoted-value',
    shapes: everyShape,
    places: everyPlace,
    async prepare(stage, chosen) {
      const { holding } = await holdingOf(stage, chosen)
      const quote = chosen.choose.one(['"', "'"])
      const quoted = Object.entries(holding).map(([name, value]) => [name, `${quote}${value}${quote}`])
      return standing(chosen, Object.fromEntries(quoted) as typeof holding)
    },
  },
  {
    cause: 'inline-comment',
    why: 'A remark was written behind the key id; botocore takes it for a part of the value.',
    logged: 'inline-comment',
    shapes: everyShape,
    places: everyProfile,
    async prepare(stage, chosen) {
      const { holding } = await holdingOf(stage, chosen)
      const remark = chosen.choose.one([' # key of my laptop', ' ; work', '  # until May'])
      return standing(chosen, { ...holding, accessKeyId: holding.accessKeyId + remark })
    },
  },
  {
    cause: 'secret-mangled',
    why: 'The secret lost a character in copying, or a shell, a URL or a YAML file has altered its signs.',
    logged: 'secret-mangled',
    shapes: everyShape,
    places: everyPlace,
    async prepare(stage, chosen) {
      const { holding } = await holdingOf(stage, chosen)
      const secret = holding.secretAccessKey
      const encoded = encodeURIComponent(secret)
      const cut = chosen.choose.one([secret.slice(0, -1), secret.slice(1)])
      const secretAccessKey = encoded !== secret && chosen.choose.number(2) === 0 ? encoded : cut
      return standing(chosen, { ...holding, secretAccessKey })
    },
  },
  {
    cause: 'secret-mangled',
    name: 'encoded',
    why: 'The secret came out of a web address, and was stored as it stood there.',
    logged: 'secret-mangled',
    shapes: ['long-term'],
    places: everyPlace,
    async prepare(stage, chosen) {
      const { user } = await holdingOf(stage, chosen)
      let pair = { accessKeyId: user.accessKeyId, secretAccessKey: user.secretAccessKey }
      // Two in seven secrets have neither of the signs that are encoded.
      for (let tries = 0; !/[+/]/.test(pair.secretAccessKey) && tries < 40; tries += 1) {
        await stage.ask('iam', 'DeleteAccessKey', { UserName: user.name, AccessKeyId: pair.accessKeyId })
        pair = await stage.key(user.name)
      }
      return standing(chosen, { ...pair, secretAccessKey: encodeURIComponent(pair.secretAccessKey) })
    },
  },
  {
    cause: 'base64-wrapped',
    why: 'A Kubernetes Secret was encoded twice, so the values arrive in base64.',
    logged: 'base64-wrapped',
    shapes: everyShape,
    places: ['environment', 'default-profile', 'named-profile'],
    async prepare(stage, chosen) {
      const { holding } = await holdingOf(stage, chosen)
      const end = chosen.choose.one(['', '\n'])
      const wrapped = (value: string) => Buffer.from(value + end).toString('base64')
      const secretAccessKey = wrapped(holding.secretAccessKey)
      const accessKeyId = chosen.choose.number(2) === 0 ? wrapped(holding.accessKeyId) : holding.accessKeyId
      return standing(chosen, { ...holding, accessKeyId, secretAccessKey })
    },
  },
]
