import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useState } from 'react'

/** A secret that is shown this once: covered, with a switch and a button that copies it. `what` names it: `Secret access key`. */
export function Secret({ text, what }: { readonly text: string; readonly what: string }) {
  const [shown, setShown] = useState(false)
  const noun = what.toLowerCase()
  return (
    <SpaceBetween direction="horizontal" size="xs" alignItems="center">
      <CopyToClipboard
        variant="icon"
        textToCopy={text}
        copyButtonAriaLabel={`Copy ${noun}`}
        copySuccessText={`${what} copied`}
        copyErrorText={`${what} could not be copied`}
      />
      <Box>
        <span className="mono">{shown ? text : <Covered />}</span>
      </Box>
      <Button
        variant="inline-link"
        formAction="none"
        ariaLabel={`${shown ? 'Hide' : 'Show'} ${noun}`}
        onClick={() => setShown(!shown)}
      >
        {shown ? 'Hide' : 'Show'}
      </Button>
    </SpaceBetween>
  )
}

function Covered() {
  return (
    <>
      <span aria-hidden>••••••••••••••••</span>
      <span className="visually-hidden">Not shown</span>
    </>
  )
}
