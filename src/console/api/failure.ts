import { CountersignError } from '../../errors.ts'

/**
 * What did not work, as the authority said it: `data.status` is the HTTP status, `data.awsCode` AWS's code where there is one, `data.requestId`
 * what the page "Why refused?" finds it by, `data.reason` a word for programs, and `data.faults` what is wrong with a password, a
 * line each.
 */
export function failureOf(
  status: number,
  message: string,
  data: Readonly<Partial<Record<'awsCode' | 'requestId' | 'reason' | 'faults', string>>> = {},
): CountersignError {
  const code = status === 0 ? 'unreachable' : status === 409 ? 'conflict' : 'usage'
  const said = Object.entries(data).filter(([, text]) => text !== '')
  return new CountersignError(code, message, { data: { status, ...Object.fromEntries(said) } })
}

export function statusOf(error: unknown): number | null {
  return error instanceof CountersignError && typeof error.data['status'] === 'number' ? error.data['status'] : null
}

export function awsCodeOf(error: unknown): string | null {
  return error instanceof CountersignError && typeof error.data['awsCode'] === 'string' ? error.data['awsCode'] : null
}

export function requestIdOf(error: unknown): string | null {
  return error instanceof CountersignError && typeof error.data['requestId'] === 'string'
    ? error.data['requestId']
    : null
}

/** What is wrong with a password that was chosen, a sentence each. */
export function faultsOf(error: unknown): readonly string[] {
  const faults = error instanceof CountersignError ? error.data['faults'] : undefined
  return typeof faults === 'string' ? faults.split('\n') : []
}

/** Not what was refused for a reason. */
export function mayHelpToTryAgain(error: unknown): boolean {
  const status = statusOf(error)
  return status === null || status === 0 || status >= 500
}
