import type { CureFacts } from '../../authority/console/shapes.ts'
import type { Commands } from '../../holder/diagnosis/anywhere.ts'
import { pathOf } from '../parts/path-of.ts'
import type { CureStep, Knowledge, Step } from './cure-step.ts'
import { type Holder, holderOf, simulatorPath, statementOf } from './statement.ts'

/** The statement that is missing, put where the caller's own policies are. */
export function permission(facts: CureFacts, know: Knowledge): readonly Step[] {
  const { permission: missing } = facts
  if (missing === null) return []
  const test: Step = {
    says: 'Try it in the policy simulator, before and after',
    link: { text: `Simulate ${missing.action}`, to: simulatorPath(missing, facts.role) },
  }
  if (/^sts:(?:AssumeRole|TagSession|SetSourceIdentity)/.test(missing.action)) {
    const name = missing.resource.split('/').at(-1) ?? ''
    return [
      {
        says: `Let the trust policy of the role name ${missing.principal}, and a policy of the caller allow ${missing.action} on it`,
        link:
          missing.resource.includes(':role/') && name !== ''
            ? { text: `Role ${name}`, to: pathOf('roles', name) }
            : null,
      },
      test,
    ]
  }
  const holder = holderOf(missing.principal)
  if (holder === null) return [test]
  return [
    {
      says: `Allow ${missing.action} for the ${holder.kind} ${holder.name}, if that is meant to be`,
      commands: putPolicy(holder, missing, know),
      link: policiesOf(holder),
    },
    test,
  ]
}

function policiesOf({ kind, name }: Holder): CureStep['link'] {
  return { text: `Policies of ${name}`, to: pathOf(`${kind}s`, name) }
}

function putPolicy(
  { kind, name }: Holder,
  missing: NonNullable<CureFacts['permission']>,
  { command, quote }: Knowledge,
): Commands {
  const document = JSON.stringify(statementOf(missing))
  const policyName = `Allow-${missing.action.replace(/[^\w+=,.@-]+/g, '-')}`
  const words = ['aws', 'iam', `put-${kind}-policy`, `--${kind}-name`, name, '--policy-name', policyName]
  const straight = command(...words, '--policy-document', document)
  // Windows PowerShell takes the quotes out of a program's arguments, newer ones do not: a file means the same to both.
  const file = command(...words, '--policy-document', 'file://allow.json')
  return {
    ...straight,
    powershell: [`Set-Content allow.json ${quote('powershell', document)} -Encoding ascii`, ...file.powershell],
  }
}

/** Which statement says no, and where it stands. */
export function denied(facts: CureFacts): readonly Step[] {
  const { permission: missing } = facts
  if (missing === null) return []
  const holder = holderOf(missing.principal)
  const place = missing.statement?.slice(0, missing.statement.lastIndexOf('#'))
  const link =
    place?.startsWith('arn:') === true && place.includes(':policy/')
      ? { text: `Policy ${place.split('/').at(-1)}`, to: pathOf('policies', place) }
      : holder === null
        ? null
        : policiesOf(holder)
  return [
    {
      says:
        missing.statement === null
          ? 'Look at what limits the caller from above: permissions boundary, session policy, the policy of the resource'
          : `Change or remove the statement ${missing.statement}, if it is not meant; another allow does not help against a deny`,
      link,
    },
    {
      says: 'Try it in the policy simulator',
      link: { text: `Simulate ${missing.action}`, to: simulatorPath(missing, facts.role) },
    },
  ]
}
