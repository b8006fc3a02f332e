import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard'
import { Breaking } from './breaking.tsx'

/** The button alone, beside what it copies. */
export function CopyButton({ text, what }: { readonly text: string; readonly what: string }) {
  return (
    <CopyToClipboard
      variant="inline"
      textToCopy={text}
      textToDisplay=""
      copyButtonAriaLabel={`Copy ${what}`}
      copySuccessText={`${what} copied`}
      copyErrorText={`${what} could not be copied`}
    />
  )
}

/** A text with the button that copies it, such as an ARN; `what` names it for who does not see it. */
export function Copy({ text, what }: { readonly text: string; readonly what: string }) {
  return (
    <span className="copy">
      <CopyButton text={text} what={what} />
      <span>
        <Breaking text={text} />
      </span>
    </span>
  )
}
