/** What `process` prints of a credential. */
export interface Printed {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken: string | null
  readonly expiration: Date | null
  readonly accountId: string | null
}

/**
 * The JSON that an SDK reads from a `credential_process`, with a line end. Without `Expiration` an SDK never asks again.
 * Source: AWS SDKs and Tools Reference Guide, "Process credential provider"; botocore credentials.py `ProcessProvider` (`AccountId`).
 */
export function processOutput({ accessKeyId, secretAccessKey, sessionToken, expiration, accountId }: Printed): string {
  const printed = {
    Version: 1,
    AccessKeyId: accessKeyId,
    SecretAccessKey: secretAccessKey,
    ...(sessionToken === null || sessionToken === '' ? {} : { SessionToken: sessionToken }),
    ...(expiration === null ? {} : { Expiration: expiration.toISOString().replace(/\.\d+Z$/, 'Z') }),
    ...(accountId === null ? {} : { AccountId: accountId }),
  }
  return `${JSON.stringify(printed)}\n`
}
