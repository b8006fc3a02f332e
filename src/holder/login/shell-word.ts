/** A word as a POSIX shell, and PowerShell but for `'` in it, takes it from a command line that was copied off the screen. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}

/** A profile as an argument of this program, whatever it is called. */
export function profileWord(profile: string): string {
  return profile.startsWith('-') ? `--profile=${shellWord(profile)}` : shellWord(profile)
}
