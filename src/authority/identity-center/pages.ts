import { createHash } from 'node:crypto'
import type { Decision } from '../model/store.ts'
import { escapeXml, type OwnReply, pageHeaders } from '../wire/index.ts'

/** What a page says; plain texts, which are escaped here. */
export interface Page {
  readonly title: string
  readonly status?: number
  /** What went wrong, read out first. */
  readonly alert?: string | null
  readonly parts: readonly Part[]
}

export type Part =
  | { readonly kind: 'text'; readonly text: string; readonly quiet?: boolean }
  | { readonly kind: 'code'; readonly label: string; readonly text: string }
  | { readonly kind: 'facts'; readonly facts: readonly (readonly [string, string])[] }
  | {
      readonly kind: 'form'
      readonly method: 'get' | 'post'
      readonly action: string
      readonly hidden: Readonly<Record<string, string>>
      readonly fields: readonly Field[]
      readonly buttons: readonly Button[]
    }

interface Field {
  readonly name: string
  readonly label: string
  readonly hint?: string
  readonly type?: 'text' | 'password'
  readonly autocomplete: string
  readonly value?: string
  readonly numeric?: boolean
  readonly optional?: boolean
}

interface Button {
  /** Value of `step`. */
  readonly step: string
  readonly label: string
  readonly plain?: boolean
}

/**
 * No script, nothing from another host; the style is known by its digest. Colours, radii and sizes are those of Cloudscape's visual refresh
 * (`@cloudscape-design/design-tokens`, `index-visual-refresh.json`), which the console has; so is the font, which is the console's, and
 * another one where no console was built.
 */
const style = `
@font-face{font-family:"Open Sans";font-weight:400;font-display:swap;src:url(/console/open-sans-400.woff2)}
@font-face{font-family:"Open Sans";font-weight:700;font-display:swap;src:url(/console/open-sans-700.woff2)}
:root{color-scheme:light dark;--page:#fff;--card:#fff;--edge:#c6c6cd;--ink:#0f141a;--head:#0f141a;--soft:#656871;--field:#8c8c94;--go:#006ce0;--go-near:#002b66;--on-go:#fff;--near:#f0fbff;--bad:#db0000;--bad-page:#fff5f5;--mark:#f6f6f9}
@media (prefers-color-scheme:dark){:root{--page:#161d26;--card:#161d26;--edge:#424650;--ink:#dedee3;--head:#ebebf0;--soft:#a4a4ad;--field:#656871;--go:#42b4ff;--go-near:#75cfff;--on-go:#0f141a;--near:#1b232d;--bad:#ff7a7a;--bad-page:#1f0000;--mark:#1b232d}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);font:.875rem/1.25rem "Open Sans","Helvetica Neue",Roboto,Arial,sans-serif}
header,main{width:calc(100% - 2rem);max-width:30rem;margin:0 auto}
header{margin-top:3rem;margin-bottom:1rem;color:var(--head);font-size:1.25rem;line-height:1.5rem;font-weight:700}
main{margin-bottom:3rem;padding:1.25rem;background:var(--card);border:1px solid var(--edge);border-radius:1rem}
h1{margin:0 0 .75rem;color:var(--head);font-size:1.5rem;line-height:1.875rem;font-weight:700}
p{margin:0 0 1rem}
.quiet{color:var(--soft)}
.alert{padding:.75rem 1rem;border:2px solid var(--bad);background:var(--bad-page);border-radius:.75rem}
.code{padding:.75rem;background:var(--mark);border-radius:.5rem;text-align:center;color:var(--soft)}
.code b{display:block;color:var(--head);font:600 1.75rem/1.4 ui-monospace,"SFMono-Regular",Menlo,Consolas,monospace;letter-spacing:.08em;overflow-wrap:anywhere}
dl{margin:0 0 1rem;display:grid;grid-template-columns:auto 1fr;gap:.25rem 1.25rem}
dt{font-weight:700;color:var(--head)}
dd{margin:0;overflow-wrap:anywhere}
label{display:block;margin:0 0 .25rem;font-weight:700;color:var(--head)}
input{display:block;width:100%;min-height:2rem;margin:0 0 1rem;padding:.3125rem .75rem;font:inherit;color:inherit;background:var(--card);border:1px solid var(--field);border-radius:.5rem}
input:focus{outline:2px solid transparent;border-color:var(--go);box-shadow:0 0 0 1px var(--go)}
.hint{display:block;margin:-.75rem 0 1rem;color:var(--soft);font-size:.75rem;line-height:1rem}
.buttons{display:flex;flex-flow:row-reverse wrap;gap:.5rem}
button{min-height:2rem;padding:.25rem 1.25rem;font:inherit;font-weight:700;color:var(--on-go);background:var(--go);border:2px solid var(--go);border-radius:1.25rem;cursor:pointer}
button:hover,button:active{background:var(--go-near);border-color:var(--go-near)}
button.plain{color:var(--go);background:var(--card)}
button.plain:hover,button.plain:active{color:var(--go-near);background:var(--near);border-color:var(--go-near)}
button:focus-visible{outline:2px solid var(--go);outline-offset:3px}
form+form,form+p{margin-top:1.25rem}
main>:last-child{margin-bottom:0}
@media (max-width:30rem){header{margin-top:1.5rem}.buttons{flex-flow:column}button{min-height:2.75rem}input{min-height:2.75rem;font-size:1rem}}
`
const styleDigest = createHash('sha256').update(style).digest('base64')

/** `goesTo`: another origin to which a form of the page leads in the end. */
export function renderPage(
  page: Page,
  decision: Decision | null,
  more: readonly string[] = [],
  goesTo: string | null = null,
): OwnReply {
  const alert =
    page.alert === undefined || page.alert === null ? '' : `<p class="alert" role="alert">${escapeXml(page.alert)}</p>`
  const body = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${escapeXml(page.title)} · Countersign</title>
<style>${style}</style>
</head>
<body>
<header>Countersign</header>
<main>
<h1>${escapeXml(page.title)}</h1>
${alert}${page.parts.map(renderPart).join('\n')}
</main>
</body>
</html>
`
  return {
    status: page.status ?? 200,
    contentType: 'text/html; charset=utf-8',
    body,
    decision,
    more: [...pageHeaders(policyOf(goesTo)), ...more],
  }
}

function policyOf(goesTo: string | null): string {
  const formAction = goesTo === null ? `'self'` : `'self' ${goesTo}`
  return `default-src 'none'; style-src 'sha256-${styleDigest}'; font-src 'self'; form-action ${formAction}; base-uri 'none'; frame-ancestors 'none'`
}

function renderPart(part: Part): string {
  switch (part.kind) {
    case 'text':
      return `<p${part.quiet === true ? ' class="quiet"' : ''}>${escapeXml(part.text)}</p>`
    case 'code':
      return `<p class="code">${escapeXml(part.label)}<b>${escapeXml(part.text)}</b></p>`
    case 'facts':
      return `<dl>${part.facts
        .map(([name, value]) => `<dt>${escapeXml(name)}</dt><dd>${escapeXml(value)}</dd>`)
        .join('')}</dl>`
    case 'form':
      return renderForm(part)
  }
}

function renderForm({ method, action, hidden, fields, buttons }: Extract<Part, { kind: 'form' }>): string {
  const kept = Object.entries(hidden).map(
    ([name, value]) => `<input type="hidden" name="${escapeXml(name)}" value="${escapeXml(value)}">`,
  )
  const shown = buttons.map(
    ({ step, label, plain }) =>
      `<button type="submit"${plain === true ? ' class="plain"' : ''}${
        method === 'post' ? ` name="step" value="${escapeXml(step)}"` : ''
      }>${escapeXml(label)}</button>`,
  )
  return `<form method="${method}" action="${escapeXml(action)}">
${kept.join('')}${fields.map(renderField).join('\n')}
<div class="buttons">${shown.join('')}</div>
</form>`
}

function renderField(field: Field): string {
  const { name, label, hint, type = 'text', autocomplete, value } = field
  const attributes = [
    `id="${name}"`,
    `name="${name}"`,
    `type="${type}"`,
    `autocomplete="${autocomplete}"`,
    'autocapitalize="none"',
    'spellcheck="false"',
    ...(value === undefined ? [] : [`value="${escapeXml(value)}"`]),
    ...(field.numeric === true ? ['inputmode="numeric"', 'maxlength="7"'] : ['maxlength="128"']),
    ...(field.optional === true ? [] : ['required']),
    ...(hint === undefined ? [] : [`aria-describedby="${name}-hint"`]),
  ]
  const below = hint === undefined ? '' : `<span class="hint" id="${name}-hint">${escapeXml(hint)}</span>`
  return `<label for="${name}">${escapeXml(label)}</label><input ${attributes.join(' ')}>${below}`
}
