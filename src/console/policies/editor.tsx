import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import LiveRegion from '@cloudscape-design/components/live-region'
import SpaceBetween from '@cloudscape-design/components/space-between'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import { lazy, Suspense, useId, useRef } from 'react'
import { Loading } from '../parts/loading.tsx'
import { type PolicyCheck, type PolicyFault, type PolicyKind, usePolicyCheck } from './check.ts'
import type { CodeHandle, Lines } from './code.tsx'
import { formatJson, jsonFaultOf } from './json-text.ts'

const Code = lazy(() => import('./code.tsx'))

/**
 * A policy document being written, with what is wrong with it, where, and how much room is left. `kind`: `trust` for who may assume a role.
 * `label` is its name for who does not see it. Whoever saves it is told by the authority all the same.
 */
export function PolicyEditor(props: {
  readonly value: string
  readonly onChange: (value: string) => void
  readonly kind: PolicyKind
  readonly label: string
}) {
  const { value, onChange, kind, label } = props
  const check = usePolicyCheck(value, kind)
  const code = useRef<CodeHandle>(null)
  const hint = useId()
  return (
    <SpaceBetween size="xs">
      <Suspense fallback={<Loading />}>
        <Code value={value} onChange={onChange} faults={check.faults} label={label} describedBy={hint} ref={code} />
      </Suspense>
      <div className="editor-foot">
        <Box variant="small" id={hint}>
          Tab indents. To leave the editor press Escape, then Tab; Ctrl+M (on a Mac Shift+Option+M) makes Tab always
          leave.
        </Box>
        <SpaceBetween direction="horizontal" size="s" alignItems="center">
          <Size check={check} />
          <Button
            formAction="none"
            disabled={jsonFaultOf(value) !== null}
            onClick={() => onChange(formatJson(value))}
            ariaLabel="Format the document"
          >
            Format
          </Button>
        </SpaceBetween>
      </div>
      <Faults check={check} go={(line, column) => code.current?.go(line, column)} />
    </SpaceBetween>
  )
}

/** A policy document to be read; `lines` of it are shown as the ones that matter. */
export function PolicyText(props: {
  readonly text: string
  readonly label: string
  readonly lines?: readonly Lines[]
}) {
  const { text, label, lines } = props
  return (
    <Suspense fallback={<Loading />}>
      <Code key={JSON.stringify([text, lines])} value={text} label={label} shown={lines ?? []} />
    </Suspense>
  )
}

const counts = new Intl.NumberFormat('en-GB')

function Size({ check: { size, largest } }: { readonly check: PolicyCheck }) {
  if (size === null || largest === null) return null
  const text = `${counts.format(size)} of ${counts.format(largest)} characters, blanks not counted`
  return size > largest ? <StatusIndicator type="error">{text}</StatusIndicator> : <Box variant="small">{text}</Box>
}

function Faults(props: { readonly check: PolicyCheck; readonly go: (line: number, column: number) => void }) {
  const { check, go } = props
  return (
    <div>
      <LiveRegion>
        {check.pending ? <StatusIndicator type="loading">Checking</StatusIndicator> : summaryOf(check)}
      </LiveRegion>
      <ul className="faults">
        {check.faults.map((fault) => (
          <li key={JSON.stringify(fault)}>
            <Fault fault={fault} go={go} />
          </li>
        ))}
      </ul>
    </div>
  )
}

function Fault(props: { readonly fault: PolicyFault; readonly go: (line: number, column: number) => void }) {
  const { fault, go } = props
  const { line, column, severity, says } = fault
  return (
    <SpaceBetween direction="horizontal" size="xs" alignItems="center">
      <StatusIndicator type={severity}>{severity === 'error' ? 'Error' : 'Warning'}</StatusIndicator>
      <Button variant="inline-link" formAction="none" onClick={() => go(line, column)}>
        {`Line ${line}:${column}`}
      </Button>
      <span className="fault-text">{says}</span>
    </SpaceBetween>
  )
}

function summaryOf({ faults, error }: PolicyCheck) {
  if (error !== null && error !== undefined) {
    const why = error instanceof Error ? error.message : 'The authority could not be asked.'
    return <StatusIndicator type="warning">{`Not checked: ${why}`}</StatusIndicator>
  }
  const of = (severity: PolicyFault['severity']) => faults.filter((one) => one.severity === severity).length
  const said = [counted(of('error'), 'error', 'errors'), counted(of('warning'), 'warning', 'warnings')].filter(
    (text) => text !== null,
  )
  if (said.length === 0) return <StatusIndicator type="success">No faults found</StatusIndicator>
  const type = of('error') > 0 ? 'error' : 'warning'
  return <StatusIndicator type={type}>{said.join(', ')}</StatusIndicator>
}

function counted(many: number, one: string, more: string): string | null {
  return many === 0 ? null : `${many} ${many === 1 ? one : more}`
}
