import { describe, expect, test } from 'vitest'
import { traceChain } from '../../../src/holder/chains/index.ts'
import { agreementOf, machineOf } from '../../truth/agreement.ts'
import { rowStates } from '../../truth/record/states/rows.ts'

describe('the chain of boto3', () => {
  const { version, states, answered, wrong } = agreementOf('boto3')

  test(`is botocore ${version}'s own in all ${states} recorded states`, () => {
    expect(answered).toBe(states)
    expect(states).toBeGreaterThan(7000)
    expect(wrong.slice(0, 5)).toEqual([])
  })

  /** By the names of `rows.ts`: the key id of what wins on the machine, the provider of what is asked later, or the error. */
  const told: readonly (readonly [row: string, outcome: string])[] = [
    ['D01: keys in the environment beside a chosen profile (1)', 'AKIDENV'],
    ['D02: keys in the environment beside the default profile, named (1)', 'AKIDENV'],
    ['D03: keys in the environment beside a profile that is missing (1)', 'ProfileNotFound'],
    ['D04: a profile that is missing (2)', 'ProfileNotFound'],
    ['D05: an empty AWS_PROFILE', 'ProfileNotFound'],
    ['D06: AWS_DEFAULT_PROFILE and AWS_PROFILE (1)', 'AKIDA'],
    ['D07: web identity of the environment beside keys of the default profile', 'assume-role-with-web-identity'],
    ['D08: a key id alone in the environment (1)', 'PartialCredentialsError'],
    ['D08: a key id alone in the environment (2)', 'AKIDDEF'],
    ['D10: blanks around the keys of the environment (1)', ' AKIDENV '],
    ['D11: aliases of the variables (1)', 'none'],
    ['D12: an end of the session that is over, in the environment (1)', 'RuntimeError'],
    ['D13: a profile by argument beside keys in the environment (1)', 'AKIDDEV'],
    ['D14: a token file without a role (1)', 'InvalidConfigError'],
    ['D15: a token file that is not there (1)', 'FileNotFoundError'],
    ['D16: a line without sense in the config file beside keys in the environment (1)', 'ConfigParseError'],
    ['D18: a role without a source, keys in the credentials file (1)', 'PartialCredentialsError'],
    ['D19: a role from its own profile (1)', 'assume-role'],
    ['D20: keys and a process in the config file', 'custom-process'],
    ['D21: keys in the credentials file and a process in the config file (1)', 'AKIDA'],
    ['D22: keys in the credentials file and SSO in the config file (3)', 'sso'],
    ['D23: keys and a session of aws login (1)', 'AKIDA'],
    ['D23: keys and a session of aws login (2)', 'MissingDependencyException'],
    ['D24: a role and SSO keys without a source (1)', 'PartialCredentialsError'],
    ['D25: a role with a source and SSO keys (1)', 'assume-role'],
    ['D26: a role with a token file and a source (1)', 'assume-role-with-web-identity'],
    ['D27: a role without a source on an instance', 'PartialCredentialsError'],
    ['D28: a role with both kinds of sources and keys of its own (1)', 'InvalidConfigError'],
    ['D29: a loop of roles with keys at its start', 'InfiniteLoopConfigError'],
    ['D31: a source that is missing, on an instance (1)', 'InvalidConfigError'],
    ['D33: a role that wants MFA (1)', 'assume-role'],
    ['D36: an incomplete SSO profile (2)', 'iam-role'],
    ['D37: an SSO session that is missing (1)', 'InvalidConfigError'],
    ['D38: an SSO session whose keys the profile repeats (1)', 'sso'],
    ['D38: an SSO session whose keys the profile repeats (2)', 'InvalidConfigError'],
    ['D39: an SSO token that is over, on an instance (1)', 'UnauthorizedSSOTokenError'],
    ['D44: a role that fails softly beside a process (1)', 'InvalidConfigError'],
    ['D45: a key id without a secret, and a process (1)', 'PartialCredentialsError'],
    ['D61: keys without a token in the credentials file, an old token in the config file (1)', 'AKIDA'],
    ['D62: key id and secret in different files (1)', 'PartialCredentialsError'],
    ['D66: AWS_EC2_METADATA_DISABLED in its spellings (1)', 'iam-role'],
    ['D68: an empty relative URI (1)', 'container-role'],
  ]
  const rows = new Map([...rowStates()].map((state) => [state.name, state]))

  test.each(told)('is what the table of divergences tells: %s → %s', (row, outcome) => {
    const machine = machineOf(rows.get(row)!, new Date('2026-11-28T00:00:00Z'))
    const { profile } = rows.get(row)!
    const { winner, error } = traceChain(machine, { sdk: 'boto3', ...(profile === null ? {} : { profile }) })
    const said = error?.says.replace(/:.*$/s, '') ?? winner?.credential?.accessKeyId.value ?? winner?.provider ?? 'none'
    expect(said).toBe(outcome)
  })
})
