import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import Modal from '@cloudscape-design/components/modal'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useMutation } from '@tanstack/react-query'
import { type ReactNode, useEffect, useRef } from 'react'
import { mendLostFocus } from '../frame/focus.ts'
import { Failure } from './failure.tsx'
import { notBeside } from './not-beside.ts'
import { useOutOfDate } from './out-of-date.ts'

/**
 * A short act with a few fields. `act` runs on the button and on Enter; the dialog closes when it has succeeded, and says in place why
 * it has not. Nothing that was filled in is kept by it.
 */
export function Dialog(props: {
  readonly title: string
  readonly children: ReactNode
  /** On the button: `Attach policies`. */
  readonly verb: string
  readonly ready?: boolean
  readonly size?: 'small' | 'medium' | 'large' | 'max'
  readonly act: () => Promise<unknown>
  readonly close: () => void
  /** Instead of `close` after success. */
  readonly done?: () => void
  readonly failedTitle?: string
}) {
  const { title, children, verb, ready = true, size = 'medium', act, close, done = close, failedTitle } = props
  const outOfDate = useOutOfDate()
  const going = useRef(false)
  useEffect(() => mendLostFocus, [])
  const form = useRef<HTMLFormElement>(null)
  useEffect(() => {
    // Once the modal has taken the focus, and remembered where it was: whoever opened it begins to write.
    const next = requestAnimationFrame(() => form.current?.querySelector('input')?.focus())
    return () => cancelAnimationFrame(next)
  }, [])
  const doing = useMutation({
    mutationFn: act,
    gcTime: 0,
    onSuccess: done,
    onError: outOfDate,
    onSettled: () => {
      going.current = false
    },
  })
  const go = (): void => {
    // Enter twice is one act.
    if (!ready || going.current) return
    going.current = true
    doing.mutate()
  }
  return (
    <Modal
      visible
      size={size}
      header={title}
      onDismiss={notBeside(close)}
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
      <form
        ref={form}
        onSubmit={(event) => {
          event.preventDefault()
          go()
        }}
      >
        <SpaceBetween size="m">
          {children}
          <Failure error={doing.error} {...(failedTitle === undefined ? {} : { title: failedTitle })} />
        </SpaceBetween>
        <button type="submit" hidden />
      </form>
    </Modal>
  )
}
