/** Whether `new URL(text)` takes it. */
export function isUrl(text: string): boolean {
  return URL.canParse(text)
}

/** What Node's HTTP client refuses in the value of a header (`checkInvalidHeaderChar`). */
export function isHeaderValue(text: string): boolean {
  return !/[^\t\x20-\x7e\x80-\xff]/.test(text)
}
