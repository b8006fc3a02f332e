import type { Scenario } from '../scenario.ts'
import { section, variables } from '../wallet.ts'

/** Another source won than the one that was meant. */
export const source: readonly Scenario[] = [
  {
    cause: 'environment-shadows-profile',
    why: 'AWS_PROFILE selects a good profile, but key variables of an old key are set, and they win.',
    logged: 'key-deleted',
    shapes: ['long-term'],
    places: ['environment'],
    async prepare(stage, chosen) {
      const old = await stage.user(chosen.choose.user())
      const good = await stage.user(chosen.choose.user())
      await stage.ask('iam', 'DeleteAccessKey', { UserName: old.name, AccessKeyId: old.accessKeyId })
      const name = chosen.choose.profile()
      return { env: { ...variables(old), AWS_PROFILE: name }, credentials: section(name, good) }
    },
  },
]
