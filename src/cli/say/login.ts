import type { Shell } from '../../holder/diagnosis/verdict.ts'
import type { LoggedIn, Refused, SignInPage } from '../../holder/login/index.ts'
import type { LoginNeed } from '../../holder/login/need.ts'
import { profileWord, shellWord } from '../../holder/login/shell-word.ts'
import { detectShell } from '../shell.ts'
import type { Look } from '../terminal.ts'
import { legible, mark, page, paint, shortPath, visibleWidth, wrap } from './page.ts'
import { instantText } from './sources.ts'
import type { Sight } from './verdict.ts'

export interface Aftermath {
  /** The shell that waited has the session in its environment. */
  readonly given: boolean
  /** A variable that programs take before the profile; null for none. */
  readonly shadow: string | null
  /** One line. */
  readonly short: boolean
}

/** Who that makes the caller, until when, and how to use it. For stderr. */
export function loginText({ look, machine }: Sight, done: LoggedIn, { given, shadow, short }: Aftermath): string {
  const first = `${mark(look, 'good')} `
  const until = done.expiration === null ? '' : ` until ${instantText(machine, done.expiration.toISOString())}`
  const who = done.identity === null ? '' : ` You are ${done.identity.arn}${until}.`
  const lines = wrap(look, first, `${whatHappened(done)}${who}`, visibleWidth(first))
  if (short) return page(lines)
  if (done.wrote.length > 0) {
    const files = done.wrote.map((path) => shortPath(machine, path)).join(', ')
    lines.push(...wrap(look, '  ', `Written: ${files}. Take it back: countersign logout ${profileWord(done.profile)}`))
  }
  if (done.lacks.length > 0)
    lines.push(
      ...wrap(
        look,
        `${mark(look, 'doubt')} `,
        `Other programs get nothing from the profile ${done.profile} until it says: ${done.lacks.join(', ')}. --yes writes that.`,
      ),
    )
  if (given) lines.push(...wrap(look, '  ', 'This shell uses it from now on.'))
  else if (done.how !== 'by-itself' && done.how !== 'key-alone' && done.lacks.length === 0)
    lines.push('', `  ${command(look, `aws --profile ${shellWord(done.use)} sts get-caller-identity`)}`)
  if (shadow !== null)
    lines.push(
      '',
      ...wrap(
        look,
        `${mark(look, 'doubt')} `,
        `${shadow} is set in this shell: programs take it before any profile, unless they are given --profile. Take it out:`,
      ),
      '',
      `  ${command(look, unsetIn[detectShell(machine)])}`,
    )
  return page(lines)
}

const unsetIn: Readonly<Record<Shell, string>> = {
  bash: 'eval "$(countersign env --unset)"',
  fish: 'countersign env --unset | source',
  powershell: 'countersign env --unset | Invoke-Expression',
  cmd: 'for /f "delims=" %i in (\'countersign env --unset\') do @%i',
}

function whatHappened({ how, isNew, use, profile }: LoggedIn): string {
  switch (how) {
    case 'key-alone':
      return `Nothing to log in to: ${profile} is a user's own key without an MFA device, and it works.`
    case 'by-itself':
      return `Nothing to log in to: ${profile} gets its credentials by itself, and it works.`
    case 'aws-login':
      return `The session of aws login for ${profile} is good.`
    case 'role':
      if (!isNew && use === profile) return `Nothing to log in to: the role of ${profile} is assumed when it is used.`
      break
    case 'code':
    case 'sso':
  }
  if (isNew)
    return use === profile
      ? `Logged in with ${profile}.`
      : `Logged in with ${profile}; its session is the profile ${use}.`
  return use === profile
    ? `Already logged in with ${profile}.`
    : `Already logged in with ${profile}: the profile ${use} is good. (--force renews it.)`
}

/** Why there is no session, and what to do. For stderr. */
export function refusedText({ look }: Sight, { says, hint }: Refused): string {
  const first = `${mark(look, 'bad')} `
  return page([...wrap(look, first, says, visibleWidth(first)), ...(hint === null ? [] : wrap(look, '  ', hint))])
}

export function toldText(look: Look, says: string): string {
  return page(wrap(look, '', says))
}

/** The address stands on a line of its own, unbroken: it is clicked or copied. */
export function signInText(look: Look, { url, filledIn, userCode, opened }: SignInPage): string {
  const address = (text: string) => ['', `  ${command(look, text)}`, '']
  if (userCode === null)
    return page([
      ...wrap(
        look,
        '',
        opened ? 'Sign in in the browser that opens. If none does, open:' : 'Open this address to sign in:',
      ),
      ...address(url),
    ])
  if (opened)
    return page([
      ...wrap(look, '', 'Sign in in the browser that opens, and see that it shows this code:'),
      ...address(userCode),
      ...wrap(look, '', 'If none opens:'),
      ...address(filledIn ?? url),
    ])
  return page([
    ...wrap(look, '', 'Open this address on any device:'),
    ...address(url),
    ...wrap(look, '', 'and type this code:'),
    ...address(userCode),
    ...(filledIn === null ? [] : [...wrap(look, '', 'With the code filled in:'), ...address(filledIn)]),
  ])
}

/** What `--dry-run` tells. */
export function needText({ look }: Sight, profile: string, target: string, need: Exclude<LoginNeed, Refused>): string {
  return page(wrap(look, `${mark(look, 'item')} `, needWords(profile, target, need)))
}

function needWords(profile: string, target: string, need: Exclude<LoginNeed, Refused>): string {
  switch (need.kind) {
    case 'user-key':
      return `${profile} is a user's own key: its MFA device would be looked up, its code asked for, and the session of STS kept as the profile ${target}.`
    case 'session':
      return `${profile} holds a session already, and a session cannot be made from one.`
    case 'role':
      return `The role ${need.plan.roleArn} would be assumed${need.sso === null ? '' : `, after a sign-in at ${need.sso.startUrl}`}; when it wants a code, its session would be kept as the profile ${target}.`
    case 'sso':
    case 'sso-first':
      return `A sign-in at ${need.settings.startUrl} would be made, unless its token is still good, and kept in the cache of the AWS CLI.`
    case 'aws-login':
      return `The session of aws login for ${profile} would be tried, and renewed where it may be.`
    case 'by-itself':
      return `Nothing has to be logged in to: ${profile} gets its credentials by itself. It would be tried whether it works.`
  }
}

function command(look: Look, text: string): string {
  return paint(look, 'command', legible(look, text))
}
