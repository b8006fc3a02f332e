import FormField from '@cloudscape-design/components/form-field'
import Input from '@cloudscape-design/components/input'
import { type ReactNode, useState } from 'react'
import { Dialog } from './dialog.tsx'

/** Asks before something that cannot be taken back; with `typed` that text has to be written first, as AWS's console wants it for deletions. */
export function Confirm(props: {
  readonly title: string
  readonly children: ReactNode
  /** On the button: `Delete`. */
  readonly verb: string
  readonly typed?: string
  /** Something else has to be done first. */
  readonly disabled?: boolean
  readonly act: () => Promise<unknown>
  readonly close: () => void
}) {
  const { title, children, verb, typed, disabled = false, act, close } = props
  const [text, setText] = useState('')
  const ready = !disabled && (typed === undefined || text === typed)
  return (
    <Dialog title={title} verb={verb} ready={ready} act={act} close={close}>
      <div>{children}</div>
      {typed === undefined ? null : (
        <FormField label={`To confirm, type "${typed}"`}>
          <Input
            value={text}
            onChange={({ detail }) => setText(detail.value)}
            autoComplete={false}
            spellcheck={false}
          />
        </FormField>
      )}
    </Dialog>
  )
}
