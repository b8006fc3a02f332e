import type { CureFacts } from '../../authority/console/shapes.ts'
import type * as Diagnosis from '../../holder/diagnosis/anywhere.ts'
import type { CureStep, Knowledge } from './cure-step.ts'
import { ownSteps } from './own-cures.ts'

/**
 * What cures a refusal: first what follows from what the authority knows (whose key it is, which devices there are), then what the
 * catalogue has for the cause, with the names of this case in place of its words in capitals.
 */
export function curesOf(facts: CureFacts, region: string, know: Knowledge, signed: string | null): readonly CureStep[] {
  const own = [...(signed === null ? [] : [mendSigning(signed, know)]), ...ownSteps(facts, region, know)]
  const id = facts.cause
  if (id === null || !(id in know.catalogue)) return own
  const known = new Set(own.map(({ commands }) => commands.bash.join('\n')))
  const general = know.catalogue[id as Diagnosis.CauseId].fixes.flatMap(({ when, says, commands }): CureStep[] => {
    const filled = fill(commands, facts, region, know)
    const isAdministrators = / --profile ADMIN\b|\baws iam (?:update|create|delete|put|attach|resync|set)-/.test(
      commands.bash.join('\n'),
    )
    if (filled.bash.length > 0 && known.has(filled.bash.join('\n'))) return []
    const by = isAdministrators ? 'administrator' : 'asker'
    return [{ says: know.plain(says), when: when === null ? null : know.plain(when), commands: filled, by, link: null }]
  })
  return [...own, ...general]
}

/** The secret is right, or nothing would be known of what was signed: the code that signs, or what is behind it, has to change. */
function mendSigning(signed: string, { noCommands }: Knowledge): CureStep {
  const how = signed.replace(/^The request was /, '').replace(/\.$/, '')
  const says = `Mend the client, or what stands between it and here: the request was ${how}. The secret key is right`
  return { says, when: null, commands: noCommands, by: 'asker', link: null }
}

function fill(
  commands: Diagnosis.Commands,
  { key, user, role }: CureFacts,
  region: string,
  { quote }: Knowledge,
): Diagnosis.Commands {
  const userName = key?.userName ?? (user?.arn.endsWith(':root') ? undefined : user?.name)
  const device = user?.mfaDevices[0]
  const lines = (shell: Diagnosis.Shell): readonly string[] => {
    const replace = (line: string, words: RegExp, value: string | undefined, before = ''): string =>
      value === undefined ? line : line.replace(words, () => before + quote(shell, value))
    return commands[shell].map((line) => {
      let filled = replace(line, /--user-name NAME\b/g, userName, '--user-name ')
      filled = replace(filled, /--role-name ROLE\b/g, role?.name, '--role-name ')
      filled = replace(filled, /\b(?:OLD_)?KEY_ID\b/g, key?.accessKeyId)
      filled = replace(filled, /\bAKIA_FIRST_12\b/g, key?.accessKeyId.slice(0, 12))
      filled = replace(filled, /\barn:aws:iam::ACCOUNT:mfa\/DEVICE\b/g, device)
      filled = replace(filled, /\bREGION\b/g, region)
      return filled.replace(/ --profile ADMIN\b/g, '')
    })
  }
  return { bash: lines('bash'), fish: lines('fish'), powershell: lines('powershell'), cmd: lines('cmd') }
}
