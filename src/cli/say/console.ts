import { redactWords } from '../../anatomy/redact.ts'
import type { IncomingReply } from '../../holder/machine/machine.ts'
import { mark, page, visibleWidth, wrap } from './page.ts'
import type { Sight } from './verdict.ts'

/** Beside a link on a screen. */
export function linkWarning({ look }: Sight): string {
  const says = 'Whoever opens this link within 15 minutes is signed in as you: pass it on to nobody.'
  return page(wrap(look, `${mark(look, 'doubt')} `, says, 2))
}

export function openedText({ look }: Sight): string {
  return page(wrap(look, `${mark(look, 'good')} `, 'Opened in the browser.', visibleWidth(`${mark(look, 'good')} `)))
}

/** AWS's endpoint says no more than a status, as a page. What it can be, by AWS's own list of conditions. */
export function notSignedIn(
  { look }: Sight,
  host: string,
  { status, body }: IncomingReply,
  duration: number | undefined,
): string {
  const said = messageIn(body)
  const first = `${mark(look, 'bad')} `
  const reasons =
    said !== null
      ? [redactWords(said)]
      : status < 500 && status >= 400
        ? [
            'Only sessions of a role (or of GetFederationToken) are taken: not those of GetSessionToken, so not those with a code alone.',
            ...(duration === undefined
              ? []
              : [
                  'With --duration: it may not be longer than the role allows, and there is none at all for a role that was assumed from another role.',
                ]),
          ]
        : ['Try again; countersign check says whether these credentials are well.']
  return page([
    ...wrap(
      look,
      first,
      `No sign-in link: ${host} answered with HTTP ${status} and gave no token.`,
      visibleWidth(first),
    ),
    ...reasons.flatMap((reason) => wrap(look, '  ', reason)),
  ])
}

/** An authority of one's own says more. */
function messageIn(body: string): string | null {
  try {
    const { message } = JSON.parse(body) as { readonly message?: unknown }
    return typeof message === 'string' && message.length < 300 ? message : null
  } catch {
    return null
  }
}
