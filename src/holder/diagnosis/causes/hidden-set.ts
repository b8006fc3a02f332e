import type { FileEdit } from '../../files/edit.ts'

type SetEdit = Extract<FileEdit, { kind: 'set' }>

/**
 * An edit that writes a secret. Its value can be read by who applies it, but it is not enumerable: `JSON.stringify`,
 * `console.log` and spreads leave it out, so that a verdict can be printed as a whole.
 */
export function hiddenSet({ file, section, key, value }: Omit<SetEdit, 'kind'>): FileEdit {
  const edit = { kind: 'set', file, section, key } as const
  return Object.defineProperty(edit, 'value', { value, enumerable: false }) as unknown as SetEdit
}
