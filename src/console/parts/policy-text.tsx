import Textarea from '@cloudscape-design/components/textarea'

/** Where a policy document is written. */
export function PolicyText({
  value,
  onChange,
}: {
  readonly value: string
  readonly onChange: (value: string) => void
}) {
  return (
    <Textarea
      value={value}
      onChange={({ detail }) => onChange(detail.value)}
      rows={18}
      spellcheck={false}
      ariaLabel="Policy document"
    />
  )
}
