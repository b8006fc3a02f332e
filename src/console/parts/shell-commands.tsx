import Box from '@cloudscape-design/components/box'
import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard'
import SegmentedControl from '@cloudscape-design/components/segmented-control'
import { useSyncExternalStore } from 'react'

/** What a person types into, by its own name. */
export type ShellName = 'bash' | 'fish' | 'powershell' | 'cmd'

const shells: readonly (readonly [ShellName, string])[] = [
  ['bash', 'bash, zsh'],
  ['fish', 'fish'],
  ['powershell', 'PowerShell'],
  ['cmd', 'cmd.exe'],
]

const place = 'countersign-shell'
const listeners = new Set<() => void>()

/** The chosen one, the same on all pages; at first that of the computer. */
function shell(): ShellName {
  const kept = localStorage.getItem(place)
  const known = shells.find(([name]) => name === kept)
  return known?.[0] ?? (navigator.userAgent.includes('Windows') ? 'powershell' : 'bash')
}

function choose(name: string): void {
  localStorage.setItem(place, name)
  for (const tell of listeners) tell()
}

function useShell(): ShellName {
  return useSyncExternalStore((listener) => {
    listeners.add(listener)
    return () => listeners.delete(listener)
  }, shell)
}

/** For which shell the commands of this page are written; one of these stands on each page that has commands. */
export function ShellChoice() {
  return (
    <SegmentedControl
      label="Commands for"
      selectedId={useShell()}
      options={shells.map(([id, text]) => ({ id, text }))}
      onChange={({ detail }) => choose(detail.selectedId)}
    />
  )
}

/** Command lines of the chosen shell with a button that copies them; `what` names them for who does not see them. */
export function ShellCommands({
  commands,
  what,
}: {
  readonly commands: Readonly<Record<ShellName, readonly string[]>>
  readonly what: string
}) {
  const chosen = useShell()
  const lines = commands[chosen]
  if (lines.length > 0) return <CodeBlock text={lines.join('\n')} what={what} />
  if (Object.values(commands).every((each) => each.length === 0)) return null
  const others = shells.filter(([name]) => commands[name].length > 0).map(([, text]) => text)
  return <Box color="text-body-secondary">There is no command for this shell, only for {others.join(', ')}.</Box>
}

/** A text to be copied as it is, such as commands or a policy. */
export function CodeBlock({ text, what }: { readonly text: string; readonly what: string }) {
  return (
    <div className="code">
      <pre>
        <code>{text}</code>
      </pre>
      <CopyToClipboard
        variant="icon"
        textToCopy={text}
        copyButtonAriaLabel={`Copy ${what}`}
        copySuccessText={`Copied: ${what}`}
        copyErrorText={`${what} could not be copied`}
      />
    </div>
  )
}
