import { colorBackgroundLayoutMain, colorTextBodyDefault, fontFamilyBase } from '@cloudscape-design/design-tokens'
import { applyMode, Mode } from '@cloudscape-design/global-styles'

/** `system` follows the computer's own setting. */
export type Theme = 'system' | 'light' | 'dark'

const place = 'countersign-theme'
const dark = matchMedia('(prefers-color-scheme: dark)')

export function theme(): Theme {
  const kept = localStorage.getItem(place)
  return kept === 'light' || kept === 'dark' ? kept : 'system'
}

export function chooseTheme(chosen: Theme): void {
  if (chosen === 'system') localStorage.removeItem(place)
  else localStorage.setItem(place, chosen)
  apply()
}

/** Now, and whenever the computer changes between day and night. */
export function applyTheme(): void {
  apply()
  dark.addEventListener('change', apply)
}

function isDark(): boolean {
  const chosen = theme()
  return chosen === 'system' ? dark.matches : chosen === 'dark'
}

function apply(): void {
  applyMode(isDark() ? Mode.Dark : Mode.Light)
  document.documentElement.style.colorScheme = isDark() ? 'dark' : 'light'
  // Pages outside of Cloudscape's own layout stand on the body.
  const { style } = document.body
  style.backgroundColor = colorBackgroundLayoutMain
  style.color = colorTextBodyDefault
  style.fontFamily = fontFamilyBase
}
