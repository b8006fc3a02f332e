import { CountersignError } from '../../errors.ts'

/**
 * What did not work, as the authority said it: `data.status` is the HTTP status, `data.awsCode` AWS's code where there is one,
 * `data.requestId` what the page "Why refused?" finds it by.
 */
export function failureOf(
  status: number,
  message: string,
  data: { readonly awsCode?: string; readonly requestId?: string } = {},
): CountersignError {
  const code = status === 0 ? 'unreachable' : status === 409 ? 'conflict' : 'usage'
  return new CountersignError(code, message, {
    data: {
      status,
      ...(data.awsCode ? { awsCode: data.awsCode } : {}),
      ...(data.requestId ? { requestId: data.requestId } : {}),
    },
  })
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

/** Not what was refused for a reason. */
export function mayHelpToTryAgain(error: unknown): boolean {
  const status = statusOf(error)
  return status === null || status === 0 || status >= 500
}
