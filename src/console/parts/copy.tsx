import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard'

/** A text with the button that copies it, such as an ARN; `what` names it for who does not see it. */
export function Copy({ text, what }: { readonly text: string; readonly what: string }) {
  return (
    <CopyToClipboard
      variant="inline"
      textToCopy={text}
      textToDisplay={text}
      copyButtonAriaLabel={`Copy ${what}`}
      copySuccessText={`${what} copied`}
      copyErrorText={`${what} could not be copied`}
    />
  )
}
