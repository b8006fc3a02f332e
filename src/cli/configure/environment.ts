import { CountersignError } from '../../errors.ts'
import { judgeValue, planUserVariable, setxLimit } from '../../holder/configure/index.ts'
import { setVariable, unsetVariables } from '../../holder/diagnosis/shells.ts'
import type { CommandOutcome } from '../../holder/machine/machine.ts'
import { noteText } from '../say/configure.ts'
import { page, wrap } from '../say/page.ts'
import { detectShell } from '../shell.ts'
import { type Call, exitCode } from '../terminal.ts'
import { wrong } from './usage.ts'

/** Keeps a variable in the account of a Windows user. */
export async function setEnvironment(call: Call, operands: readonly string[]): Promise<number> {
  const { name, value: given } = nameAndValue(operands)
  const isSecret = /SECRET|TOKEN|PASSWORD/i.test(name)
  refuseElsewhere(call, name, isSecret ? null : (given ?? null))
  const value =
    given ?? (await call.terminal.ask(`${name}${isSecret ? ' (it is not shown)' : ''}:`, { shown: !isSecret }))
  if (value === null || value === '')
    throw wrong(
      `"configure set-environment" takes a name and a value.`,
      `To take it away: countersign configure unset-environment ${name}`,
    )
  const judged = judgeValue(name.toLowerCase(), value)
  if (judged.kind === 'refused') throw wrong(judged.says, judged.hint)
  await run(call, name, judged.value)
  const tokens = ['AWS_SESSION_TOKEN', 'AWS_SECURITY_TOKEN'].filter((token) => call.machine.env(token))
  tell(call, [
    ...judged.notes,
    ...(name.toUpperCase() === 'AWS_SESSION_TOKEN'
      ? [
          'A session ends after hours, and the variable stays: every new program then gets a key that AWS refuses. A profile is the better place.',
        ]
      : []),
    ...(name.toUpperCase() === 'AWS_ACCESS_KEY_ID' && tokens.length > 0
      ? [
          `${tokens.join(' and ')} is set too, and does not belong to this key: countersign configure unset-environment ${tokens[0]}`,
        ]
      : []),
    ...(isSecret && given !== undefined
      ? [
          'What stands on a command line stays in the history of the shell. Without a value countersign asks for it and does not show it.',
        ]
      : []),
  ])
  return exitCode.fine
}

/** Takes a variable out of the account of a Windows user. */
export async function unsetEnvironment(call: Call, operands: readonly string[]): Promise<number> {
  if (operands.length === 0) throw wrong('"configure unset-environment" takes names.', 'For example: AWS_SESSION_TOKEN')
  for (const name of operands) {
    refuseElsewhere(call, name, null)
    await run(call, name, null)
  }
  tell(call, [])
  return exitCode.fine
}

/** `setx NAME=VALUE` is what people paste; it is an error of setx, and here it is meant. */
function nameAndValue([first, second, ...surplus]: readonly string[]): { name: string; value: string | undefined } {
  if (first === undefined || surplus.length > 0)
    throw wrong(
      '"configure set-environment" takes a name and a value.',
      'For example: countersign configure set-environment AWS_PROFILE dev',
    )
  const equals = first.indexOf('=')
  if (second !== undefined || equals < 0) return { name: first, value: second }
  return { name: first.slice(0, equals), value: first.slice(equals + 1) }
}

function refuseElsewhere({ machine }: Call, name: string, value: string | null): void {
  if (machine.platform === 'win32') return
  const shell = detectShell(machine)
  const file = { bash: '~/.bashrc or ~/.zshrc', fish: '~/.config/fish/config.fish', powershell: '$PROFILE', cmd: '' }[
    shell
  ]
  const lines = (value === null ? setVariable(name, '…') : setVariable(name, value))[shell]
  throw new CountersignError(
    'usage',
    'Only Windows keeps variables in the account of a user; here each shell reads its own start-up file.',
    {
      data: {
        hint: /SECRET|TOKEN|ACCESS_KEY/i.test(name)
          ? `Credentials belong in a profile: countersign configure. To take ${name} out of this shell: ${unsetVariables([name])[shell].join('; ')}`
          : `Put this line into ${file}: ${lines.join('; ')}`,
      },
    },
  )
}

async function run(call: Call, name: string, value: string | null): Promise<void> {
  const { machine, flags } = call
  const plan = planUserVariable(machine, name, value)
  if (plan.kind === 'refused') throw wrong(plan.says, plan.hint)
  if (plan.kind === 'no-such-thing') return
  if (flags.on('dry-run')) {
    call.terminal.err(
      page(
        wrap(
          call.terminal.look,
          '',
          `Would ${value === null ? 'take away' : 'set'} ${name} for this user. Nothing was changed (--dry-run).`,
        ),
      ),
    )
    return
  }
  let outcome: CommandOutcome | undefined
  for (const command of plan.commands) {
    outcome = await machine.run(command)
    if (outcome.kind !== 'not-started') break
  }
  if (outcome?.kind === 'ended' && outcome.exitCode === 0) {
    if (!flags.on('quiet'))
      call.terminal.err(
        page(
          wrap(
            call.terminal.look,
            '',
            `${name} was ${value === null ? 'taken away' : 'set'} for this user of Windows.`,
          ),
        ),
      )
    return
  }
  const isLong = value !== null && value.length > setxLimit
  throw new CountersignError(
    'file-unwritable',
    outcome?.kind === 'not-started' && isLong
      ? `PowerShell cannot be started, and setx cuts values at ${setxLimit} characters: this one has ${value.length}.`
      : `Windows did not ${value === null ? 'take away' : 'set'} ${name}.`,
    {
      data: {
        hint:
          value === null
            ? `In PowerShell: [Environment]::SetEnvironmentVariable('${name}', $null, 'User')`
            : `In PowerShell: [Environment]::SetEnvironmentVariable('${name}', (Read-Host), 'User')`,
      },
    },
  )
}

function tell({ terminal, flags }: Call, notes: readonly string[]): void {
  if (flags.on('quiet') || flags.on('dry-run')) return
  terminal.err(noteText(terminal.look, ['Windows that are open already do not see it: open a new one.', ...notes]))
}
