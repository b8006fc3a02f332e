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

/** No script, nothing from elsewhere; the style is known by its digest. */
const style = `
:root{color-scheme:light dark;--ink:#16191f;--soft:#545b64;--page:#f2f3f3;--card:#fff;--line:#8d99a8;--go:#0b5cad;--on-go:#fff;--bad:#b3261e;--mark:#eef3f8}
@media (prefers-color-scheme:dark){:root{--ink:#e9ebed;--soft:#b6bec9;--page:#0f141a;--card:#1b232d;--line:#7d8998;--go:#7ab5ff;--on-go:#0b1622;--bad:#ff9d95;--mark:#26313d}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);font:1rem/1.5 system-ui,sans-serif}
main{max-width:28rem;margin:2rem auto;padding:1.5rem;background:var(--card);border-radius:.5rem}
header{max-width:28rem;margin:2rem auto -1rem;padding:0 1.5rem;color:var(--soft);font-size:.875rem}
h1{margin:0 0 1rem;font-size:1.375rem;line-height:1.3}
p{margin:0 0 1rem}
.quiet{color:var(--soft);font-size:.875rem}
.alert{margin:0 0 1rem;padding:.625rem .875rem;border-left:.25rem solid var(--bad);background:var(--mark)}
.code{margin:0 0 1rem;padding:.75rem;background:var(--mark);border-radius:.375rem;text-align:center}
.code b{display:block;font:600 1.75rem/1.4 ui-monospace,monospace;letter-spacing:.08em;overflow-wrap:anywhere}
dl{margin:0 0 1rem;display:grid;grid-template-columns:auto 1fr;gap:.25rem 1rem}
dt{color:var(--soft)}
dd{margin:0;overflow-wrap:anywhere}
label{display:block;margin:0 0 .25rem;font-weight:600}
input{display:block;width:100%;margin:0 0 1rem;padding:.625rem;font:inherit;color:inherit;background:transparent;border:1px solid var(--line);border-radius:.375rem}
.hint{display:block;margin:-.75rem 0 1rem;color:var(--soft);font-size:.875rem}
.buttons{display:flex;flex-wrap:wrap;gap:.75rem}
button{flex:1 1 8rem;min-height:2.75rem;padding:.5rem 1rem;font:inherit;font-weight:600;color:var(--on-go);background:var(--go);border:1px solid var(--go);border-radius:.375rem;cursor:pointer}
button.plain{color:var(--go);background:transparent}
:focus-visible{outline:3px solid var(--go);outline-offset:2px}
form+form,form+p{margin-top:1.5rem}
@media (max-width:30rem){main{margin:1rem 0;border-radius:0}header{margin-top:1rem}}
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
  return `default-src 'none'; style-src 'sha256-${styleDigest}'; form-action ${formAction}; base-uri 'none'; frame-ancestors 'none'`
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
