/** Gives the browser a text as a file; nothing of it stays. */
export function download(name: string, text: string, type = 'text/csv'): void {
  const url = URL.createObjectURL(new Blob([text], { type }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  // Not all browsers have begun to read it by now.
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}

/** RFC 4180. */
export function csv(rows: readonly (readonly string[])[]): string {
  const cell = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
  return `${rows.map((row) => row.map(cell).join(',')).join('\r\n')}\r\n`
}
