import type { Command, Machine } from '../machine/machine.ts'

/**
 * Variables of a user's account, which every program gets that is started from then on. Only Windows has them
 * (`HKEY_CURRENT_USER\Environment`).
 */
export type UserVariablePlan =
  | {
      readonly kind: 'commands'
      /** In order: the next one is tried when the one before cannot be started. The value stands in no command line but setx's. */
      readonly commands: readonly Command[]
    }
  /** This system has no such thing. */
  | { readonly kind: 'no-such-thing' }
  | { readonly kind: 'refused'; readonly says: string; readonly hint: string }

/** `setx`: "Setx cannot set a value that has more than 1024 characters": it cuts the value, and says so only in a warning. */
export const setxLimit = 1024

/** A variable of the registry has its end where a NUL is, and is limited by the environment block (SetEnvironmentVariable: 32,767). */
const valueLimit = 32_767

/**
 * Plans to set a variable of the user's account, or to take it away (`value` null).
 *
 * PowerShell first: `[Environment]::SetEnvironmentVariable(name, value, 'User')` has no limit that a session token could meet, tells
 * running programs of the change as setx does, and takes the value from its own environment, where other users cannot read it.
 * Without PowerShell `setx NAME VALUE` (with a blank: `setx NAME=VALUE` is an error), up to its 1024 characters. `setx NAME ""` would
 * leave an empty variable, which some SDKs take for a value; `reg delete` takes it away.
 * (Microsoft Learn: "setx", "Environment.SetEnvironmentVariable", "reg delete".)
 */
export function planUserVariable(
  { platform, env, envNames }: Pick<Machine, 'platform' | 'env' | 'envNames'>,
  name: string,
  value: string | null,
): UserVariablePlan {
  if (platform !== 'win32') return { kind: 'no-such-thing' }
  if (!/^[A-Za-z_][A-Za-z0-9_()]*$/.test(name))
    return { kind: 'refused', says: `"${name}" is no name of a variable.`, hint: 'For example: AWS_PROFILE' }
  if (value !== null && /[\0\r\n]/.test(value))
    return { kind: 'refused', says: `The value of ${name} has a line break in it.`, hint: 'A variable is one line.' }
  if (value !== null && value.length > valueLimit)
    return {
      kind: 'refused',
      says: `The value of ${name} has ${value.length} characters.`,
      hint: `Windows takes ${valueLimit}.`,
    }
  const variables = Object.fromEntries(envNames().map((each) => [each, env(each) ?? '']))
  const viaPowershell = (program: string): Command => ({
    line: [program, '-NoProfile', '-NonInteractive', '-Command', script(value === null)],
    env: { ...variables, COUNTERSIGN_NAME: name, ...(value === null ? {} : { COUNTERSIGN_VALUE: value }) },
    timeoutMs,
  })
  return {
    kind: 'commands',
    commands: [
      viaPowershell('powershell.exe'),
      viaPowershell('pwsh.exe'),
      ...(value === null
        ? [{ line: ['reg.exe', 'delete', 'HKCU\\Environment', '/F', '/V', name], timeoutMs } as const]
        : value.length <= setxLimit && !value.includes('"')
          ? [{ line: ['setx.exe', name, value], timeoutMs } as const]
          : []),
    ],
  }
}

/** Telling all windows of the change takes a while where one of them hangs. */
const timeoutMs = 60_000

function script(isUnset: boolean): string {
  const value = isUnset ? '$null' : '$Env:COUNTERSIGN_VALUE'
  return `[Environment]::SetEnvironmentVariable($Env:COUNTERSIGN_NAME, ${value}, 'User')`
}
