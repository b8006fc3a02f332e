import { familiesOf } from '../../holder/diagnosis/answers.ts'
import { codeOfMessage } from '../../holder/diagnosis/error-text/codes.ts'
import { type ErrorSeen, readErrorText } from '../../holder/diagnosis/error-text/index.ts'
import type { Explanation } from '../../holder/diagnosis/explain.ts'
import type { Failure } from './explained.ts'

/** Every text about credentials has one of these words; most output of other programs is let go by looking for them. */
const marks =
  /credential|assume|error occurred|token|signature|denied|aws|amz|amazon|arn:|boto|authori[sz]|authfailure|authentication|expired|request ?time|key|sso|profile|forbidden|opt-?in|subscri|region|account|smithy|terraform|x509|metadata/i

/** As much as is read of one text (`readErrorText`). */
const longest = 100_000

/** The end of stderr first, where errors stand; then the end of stdout; then how each began. */
export function errorIn({ kept }: Pick<Failure, 'kept'>): { readonly text: string; readonly error: ErrorSeen | null } {
  const texts = [kept.stderr.tail(), kept.stdout.tail()].flatMap((text) => [
    text.slice(-longest),
    text.slice(0, -longest),
  ])
  for (const raw of [...texts, kept.stderr.head(), kept.stdout.head()]) {
    // What a progress bar overwrote stands on lines of its own.
    const text = raw.replace(/\r+\n/g, '\n').replaceAll('\r', '\n')
    const { error } = marks.test(text) ? readErrorText(text) : { error: null }
    if (error !== null) return { text, error }
  }
  return { text: '', error: null }
}

/** True for an error that some client or service wrote; a code in a sentence of a program's own is none. */
export function isReal(error: ErrorSeen, isTestRun: boolean): boolean {
  const isStructured = error.client !== null || error.operation !== null || error.status !== null
  // A test names the error that it expects, and prints what it got instead.
  if (isTestRun) return error.client !== null && error.operation !== null
  return isStructured || codeOfMessage(error.message) !== null
}

/** True when it says that somebody was not let in, or had nothing to show. */
export function isAboutCredentials({ error, causes }: Pick<Explanation, 'error' | 'causes'>): boolean {
  if (error === null || causes[0]?.id === 'look-alike') return false
  // STS and IAM refuse with it, too; elsewhere it is a template or a parameter.
  if (error.code === 'ValidationError' && causes.every(({ certainty }) => certainty === 'possible')) return false
  return causes.length > 0 || !['other', 'look-alike'].includes(familiesOf(error)[0] ?? 'other')
}
