export const fileNames = ['credentials', 'config'] as const

/** A file of which every line tells its version, so that a mixture of two shows. Large enough to take several writes. */
export function versionText(name: string, version: number): string {
  return `[${name} ${version}]\n`.repeat(4000)
}

/** The one version that all lines are of; 0 for a file that is not there yet. Throws when it is a mixture, or cut off. */
export function versionOf(bytes: Uint8Array | null): number {
  if (bytes === null) return 0
  const text = Buffer.from(bytes).toString()
  const [, name = '', version = ''] = /^\[(\w+) (\d+)\]\n/.exec(text) ?? []
  if (text !== versionText(name, Number(version))) throw new Error(`neither old nor new: ${text.length} bytes`)
  return Number(version)
}
