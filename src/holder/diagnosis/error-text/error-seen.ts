/** What a pasted text says that some client or service answered. Fields that the text does not tell are null. */
export interface ErrorSeen {
  /** AWS's code, or the client's own error class without `Error`/`Exception` when no request was sent, e.g. `NoCredentials`. */
  readonly code: string
  /** The message with secrets and tokens taken out. */
  readonly message: string
  /** Service as its signing name where known, e.g. `sts`. */
  readonly service: string | null
  readonly operation: string | null
  /** HTTP status. */
  readonly status: number | null
  /** Which client wrote the text, e.g. `aws-cli`, `boto3`, `js-v3`; `xml`, `json` for a raw body. */
  readonly client: string | null
}
