import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import FormField from '@cloudscape-design/components/form-field'
import Input from '@cloudscape-design/components/input'
import Modal from '@cloudscape-design/components/modal'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useMutation } from '@tanstack/react-query'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { mendLostFocus } from '../frame/focus.ts'
import { Failure } from './failure.tsx'
import { useOutOfDate } from './out-of-date.ts'

/**
 * Asks before something that cannot be taken back; with `typed` that text has to be written first, as AWS's console wants it for deletions.
 * Closes when `act` has succeeded, and says in place why it has not.
 */
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
  const outOfDate = useOutOfDate()
  const going = useRef(false)
  const field = useRef<HTMLFormElement>(null)
  useEffect(() => mendLostFocus, [])
  useEffect(() => {
    // Once the modal has taken the focus, and remembered where it was.
    const next = requestAnimationFrame(() => field.current?.querySelector('input')?.focus())
    return () => cancelAnimationFrame(next)
  }, [])
  const doing = useMutation({
    mutationFn: act,
    onSuccess: close,
    onError: outOfDate,
    onSettled: () => {
      going.current = false
    },
  })
  const ready = !disabled && (typed === undefined || text === typed)
  const go = (): void => {
    // Enter twice is one act.
    if (!ready || going.current) return
    going.current = true
    doing.mutate()
  }
  return (
    <Modal
      visible
      header={title}
      onDismiss={close}
      closeAriaLabel="Close"
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={close}>
              Cancel
            </Button>
            <Button variant="primary" disabled={!ready} loading={doing.isPending} onClick={go}>
              {verb}
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">
        <div>{children}</div>
        {typed === undefined ? null : (
          <form
            ref={field}
            onSubmit={(event) => {
              event.preventDefault()
              go()
            }}
          >
            <FormField label={`To confirm, type "${typed}"`}>
              <Input
                value={text}
                onChange={({ detail }) => setText(detail.value)}
                autoComplete={false}
                spellcheck={false}
              />
            </FormField>
          </form>
        )}
        <Failure error={doing.error} />
      </SpaceBetween>
    </Modal>
  )
}
