import { Fragment } from 'react'

/** A long name, such as an ARN or a URL, which breaks behind its `:` and `/` before it breaks anywhere else. */
export function Breaking({ text }: { readonly text: string }) {
  const parts = text.split(/(?<=[:/])(?![:/])/)
  return parts.map((part, at) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: parts of one text have no other name.
    <Fragment key={at}>
      {at === 0 ? null : <wbr />}
      {part}
    </Fragment>
  ))
}
