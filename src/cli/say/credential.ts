import { redactWords } from '../../anatomy/redact.ts'
import { quote } from '../../holder/diagnosis/shells.ts'
import type { Described, Failed } from '../../holder/resolution/resolution.ts'
import { capital, mark, page, placeText, visibleWidth, wrap } from './page.ts'
import { instantText } from './sources.ts'
import { type Sight, sentence, shortened } from './verdict.ts'

/** Why there is no credential to go on with, and where to go from there. For stderr. */
export function withoutCredential(sight: Sight, profile: string | null, outcome: Failed | Described): string {
  const { look, machine } = sight
  const whose = profile === null ? 'There are no credentials to use' : `There are no credentials for "${profile}"`
  const first = `${mark(look, outcome.kind === 'failed' ? 'bad' : 'doubt')} `
  const place = outcome.kind === 'failed' ? placeText(machine, outcome.at) : ''
  const forbidden = outcome.kind === 'described' ? `, because no ${outcome.needs} is to be used` : ''
  const isNone = outcome.kind === 'failed' && outcome.says.startsWith('NoCredentialsError')
  const why = isNone
    ? whose
    : `${whose}${forbidden}: ${shortened(machine, plain(outcome.because))}${place === '' ? '' : ` (${place})`}`
  const next =
    loginFor(profile, outcome) ??
    (isNone
      ? `countersign chain${named(profile)} shows where they were looked for`
      : `countersign check${named(profile)} says more`)
  return page([...wrap(look, first, sentence(capital(why)), visibleWidth(first)), ...wrap(look, '  ', next)])
}

/** A session that stands somewhere and is over: nothing makes a new one by itself. */
export function overText({ look, machine }: Sight, profile: string | null, end: Date): string {
  const first = `${mark(look, 'bad')} `
  const whose = profile === null ? 'The session that is in use here' : `The session of "${profile}"`
  const says = `${whose} is over since ${instantText(machine, end.toISOString())}, and nothing makes a new one.`
  return page([
    ...wrap(look, first, says, visibleWidth(first)),
    ...wrap(look, '  ', `countersign check${named(profile)} says more`),
  ])
}

const needsLogin: ReadonlySet<Failed['reason']> = new Set<Failed['reason']>(['token-missing', 'token-expired'])

/** The command that signs the person in, where that is all that lacks; else null. */
export function loginFor(profile: string | null, outcome: Failed | Described): string | null {
  const isIt = outcome.kind === 'failed' && needsLogin.has(outcome.reason)
  return isIt ? `countersign login${named(profile)}` : null
}

/** Without the name of an SDK's class, and without the full stop that comes later. */
function plain(because: string): string {
  return redactWords(because)
    .replace(/^[A-Z]\w*(Error|NotFound|Exception): /, '')
    .replace(/\.$/, '')
}

function named(profile: string | null): string {
  return profile === null ? '' : ` ${quote('bash', profile)}`
}
