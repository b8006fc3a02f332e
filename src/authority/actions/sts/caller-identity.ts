import { action } from '../grid.ts'
import { text } from '../members.ts'

/** Who am I: needs nothing but a proven signature, and no policy can forbid it (`authority.md` §3.8). */
export const getCallerIdentity = action({
  service: 'sts',
  name: 'GetCallerIdentity',
  input: {},
  output: { UserId: text, Account: text, Arn: text },
  permission: 'free',
  run: (_input, { principal }) => ({
    ok: { UserId: principal.userId, Account: principal.account, Arn: principal.arn },
  }),
})
