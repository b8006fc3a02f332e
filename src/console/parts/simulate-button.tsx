import Button from '@cloudscape-design/components/button'
import { useRouter } from '@tanstack/react-router'
import type { HolderKind } from './holders.ts'

/** Leads to the policy simulator, with this holder chosen; `arn` null while it is not known. */
export function SimulateButton(props: {
  readonly kind: HolderKind
  readonly name: string
  readonly arn: string | null
}) {
  const { kind, name, arn } = props
  const router = useRouter()
  const href = `/console/simulator?${new URLSearchParams({ kind, name, arn: arn ?? '' })}`
  return (
    <Button
      disabled={arn === null}
      href={href}
      onFollow={(event) => {
        event.preventDefault()
        router.history.push(href)
      }}
    >
      Simulate policies
    </Button>
  )
}
