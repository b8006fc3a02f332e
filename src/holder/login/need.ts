import type { Trace } from '../chains/trace.ts'
import type { AwsFiles } from '../files/aws-files.ts'
import type { Machine } from '../machine/machine.ts'
import type { Credential } from '../sources/credential.ts'
import { type AssumeRolePlan, type CredentialPlan, type LoginPlan, planBehind } from '../sources/plan.ts'
import { profileSettings, sourceProfiles } from '../sources/settings.ts'
import { type Refused, refused } from './means.ts'
import { profileWord, shellWord } from './shell-word.ts'
import { type SsoSettings, ssoSettings } from './sso-settings.ts'

/** What has to be done so that a profile works. */
export type LoginNeed =
  /** A user's own key: a session with a code, when the user has a device. */
  | { readonly kind: 'user-key'; readonly credential: Credential }
  /** A session stands there already; it came from somewhere else. */
  | { readonly kind: 'session'; readonly credential: Credential }
  /** A role; `sso` is the sign-in that it starts from. */
  | { readonly kind: 'role'; readonly plan: AssumeRolePlan; readonly sso: SsoSettings | null }
  | { readonly kind: 'sso'; readonly settings: SsoSettings }
  /** A role whose chain cannot even be told before the sign-in that it starts from. */
  | { readonly kind: 'sso-first'; readonly settings: SsoSettings }
  | { readonly kind: 'aws-login'; readonly plan: LoginPlan }
  /** It gets its credentials by itself: a process, a web identity, a container, an instance. */
  | { readonly kind: 'by-itself'; readonly plan: Exclude<CredentialPlan, AssumeRolePlan | LoginPlan> }

/** Reads off the trace of the AWS CLI what a profile needs. */
export function needOf(machine: Machine, files: AwsFiles, trace: Trace): LoginNeed | Refused {
  const profile = trace.profile.name
  const { winner } = trace
  const sso = ssoSettings(machine, files, profile)
  const isRole = profileSettings(files, profile)?.has('role_arn') === true
  // Without a role the chain passes such a profile over, and comes to what the computer has: a sign-in is what it lacks.
  const comesToSso = winner === null || ['sso', 'container', 'instance-metadata'].includes(winner.plan?.kind ?? '')
  if (sso !== null && !isRole && comesToSso) return 'sessionName' in sso ? { kind: 'sso', settings: sso } : sso
  const start = winner === null && isRole ? signInBehind(machine, files, profile) : null
  if (start !== null) return { kind: 'sso-first', settings: start }
  const broken = trace.error ?? trace.clientError
  if (winner === null) {
    if (profileSettings(files, profile)?.has('login_session') === true) return noLoginSession(profile)
    if (broken === null)
      return noCredentials(
        profile,
        `The profile ${profile} holds no credentials.`,
        `countersign configure --profile ${shellWord(profile)} gives it a key; `,
      )
    const says = broken.says.replace(/^\w+: /, '').replace(/\.$/, '')
    return noCredentials(profile, `The profile ${profile} cannot be used: ${says}.`)
  }
  const { plan, credential } = winner
  if (plan === null) {
    if (credential === null) return noCredentials(profile, `${winner.because}.`)
    return { kind: isSession(credential) ? 'session' : 'user-key', credential }
  }
  switch (plan.kind) {
    case 'assume-role': {
      const start = planBehind(plan, 'sso')
      const settings = start === null ? null : ssoSettings(machine, files, start.profile ?? profile)
      return settings !== null && 'kind' in settings ? settings : { kind: 'role', plan, sso: settings }
    }
    case 'login':
      return { kind: 'aws-login', plan }
    default:
      return { kind: 'by-itself', plan }
  }
}

function signInBehind(machine: Machine, files: AwsFiles, profile: string): SsoSettings | null {
  for (const { source, settings } of sourceProfiles(files, profile)) {
    const sso = settings?.has('role_arn') === true ? null : ssoSettings(machine, files, source.value)
    if (sso !== null && !('kind' in sso)) return sso
  }
  return null
}

export function isSession({ sessionToken, accessKeyId }: Credential): boolean {
  return (sessionToken !== null && sessionToken.value.reveal() !== '') || accessKeyId.value.startsWith('ASIA')
}

/** Profiles with a user's own key, from which a login can start instead: first those whose names have something in common with it. */
export function profilesWithUserKeys(files: AwsFiles, instead: string): readonly string[] {
  const names = new Set([...files.credentials.profiles.keys(), ...files.config.profiles.keys()])
  names.delete(instead)
  const isAkin = (name: string): boolean => name.startsWith(instead) || instead.startsWith(name)
  const found = [...names].filter((name) => {
    const settings = profileSettings(files, name)
    return (
      /^AKIA/.test(settings?.get('aws_access_key_id')?.value ?? '') &&
      settings?.has('aws_session_token') !== true &&
      settings?.has('role_arn') !== true
    )
  })
  return [...found.filter(isAkin), ...found.filter((name) => !isAkin(name))].slice(0, 3)
}

/** Only the AWS CLI can begin one: it is a sign-in to the console. */
export function noLoginSession(profile: string, says = `There is no session of aws login for ${profile}.`): Refused {
  return refused('session-over', says, `Sign in with the AWS CLI: aws login --profile ${shellWord(profile)}`)
}

function noCredentials(profile: string, says: string, first = ''): Refused {
  return refused(
    'no-credentials',
    says,
    `${first}countersign check ${profileWord(profile)} shows where credentials were looked for.`,
  )
}
