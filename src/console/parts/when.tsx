const date = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' })

const second = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium', timeZone: 'UTC' })

/** What AWS's JSON form (seconds since the epoch) and the console's own API (ISO 8601) say; null where nothing was said. */
export type Instant = number | string | null | undefined

function millisecondsOf(at: Instant): number | null {
  if (at === null || at === undefined) return null
  const milliseconds = typeof at === 'number' ? at * 1000 : Date.parse(at)
  return Number.isNaN(milliseconds) ? null : milliseconds
}

/** `28 Nov 2026, 12:00 UTC`, or to the second, with the exact instant for those who point at it. */
export function When(props: { readonly at: Instant; readonly none?: string; readonly seconds?: boolean }) {
  const { at, none = 'Never', seconds = false } = props
  const milliseconds = millisecondsOf(at)
  if (milliseconds === null) return <>{none}</>
  const exact = new Date(milliseconds).toISOString()
  return (
    <time dateTime={exact} title={exact}>
      {(seconds ? second : date).format(milliseconds)} UTC
    </time>
  )
}

/** `12 days ago` */
export function Ago({ at, none = 'Never' }: { readonly at: Instant; readonly none?: string }) {
  const milliseconds = millisecondsOf(at)
  if (milliseconds === null) return <>{none}</>
  const exact = new Date(milliseconds).toISOString()
  return (
    <time dateTime={exact} title={exact}>
      {agoText(Date.now() - milliseconds)}
    </time>
  )
}

const steps: readonly (readonly [milliseconds: number, name: string])[] = [
  [86_400_000, 'day'],
  [3_600_000, 'hour'],
  [60_000, 'minute'],
]

function agoText(passed: number): string {
  for (const [size, name] of steps) {
    const many = Math.floor(Math.abs(passed) / size)
    if (many === 0) continue
    const text = `${many} ${name}${many === 1 ? '' : 's'}`
    return passed < 0 ? `in ${text}` : `${text} ago`
  }
  return 'now'
}
