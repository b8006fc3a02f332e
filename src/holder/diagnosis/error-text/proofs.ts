import { type AnswerFamily, skewInMessage } from '../answers.ts'
import { setClock } from '../catalogue/commands.ts'
import { cure, evidence } from '../causes/cause.ts'
import { command, everywhere, noCommands } from '../shells.ts'
import type { Finding } from '../verdict.ts'
import { instantWords, span } from '../words.ts'
import { callerIn } from './caller.ts'
import { compareCanonical } from './canonical.ts'
import type { ErrorText } from './index.ts'
import { skewInText } from './instants.ts'
import { longestSession, presignedIn, tokenAge } from './presigned.ts'
import { refusedByPolicy } from './proof-rows/denied.ts'
import { elsewhere } from './proof-rows/elsewhere.ts'
import { refusedByIssuer } from './proof-rows/issuing.ts'
import { signedWrongly } from './proof-rows/malformed.ts'
import { nothingSent } from './proof-rows/nothing-sent.ts'
import type { Proof } from './proof-rows/proof.ts'

const proofs: readonly Proof[] = [
  ...signedWrongly,
  ...refusedByPolicy,
  ...refusedByIssuer,
  ...nothingSent,
  ...elsewhere,
]

/** The causes that the text itself names, without any machine. */
export function proofsInText(read: ErrorText, families: readonly AnswerFamily[]): readonly Finding[] {
  const found = proofs.flatMap((proof): Finding[] => {
    const match = matchOf(proof, read)
    return match === null ? [] : [finding(proof, match, read)]
  })
  const caller = families.includes('denied') ? callerIn(read.plain) : null
  return [
    ...(caller === null
      ? found
      : found.map((each) => ({ ...each, evidence: [...each.evidence, evidence(read.hide(caller.says))] }))),
    ...clockProof(read, families),
    ...expiryProof(read, families),
    ...signatureProof(read, families),
  ]
}

function matchOf({ code, service, operation, message, whole }: Proof, read: ErrorText): RegExpExecArray | null {
  if (code !== undefined && !code.test(read.error?.code ?? '')) return null
  if (service !== undefined && !service.test(read.error?.service ?? '')) return null
  if (operation !== undefined && !operation.test(read.error?.operation ?? '')) return null
  // Blanks are collapsed, as AWS writes some texts with two.
  const inMessage = message?.exec(read.plain.replace(/\s+/g, ' '))
  const inWhole = whole?.exec(read.whole)
  if ((message !== undefined && !inMessage) || (whole !== undefined && !inWhole)) return null
  return inMessage ?? inWhole ?? /^/.exec('')
}

function finding(
  { id, certainty, title, says, fix, commands }: Proof,
  match: RegExpExecArray,
  { hide }: ErrorText,
): Finding {
  return {
    id,
    certainty,
    title,
    // What is quoted from the text may be a secret in a wrong place.
    evidence: [evidence(typeof says === 'string' ? says : hide(says(match)))],
    fix: cure(fix, commands ?? noCommands),
  }
}

function clockProof(read: ErrorText, families: readonly AnswerFamily[]): readonly Finding[] {
  if (!families.includes('clock')) return []
  const told = skewInMessage(read.plain) ?? skewInText(read.whole)
  if (told === null) return []
  const direction = told.seconds > 0 ? 'behind' : 'ahead of'
  const fix = cure('Set the clock of the machine that signed', setClock)
  return [
    {
      id: 'clock-skew',
      // An old request may have been held up on its way; one from the future cannot.
      certainty: told.seconds < 0 ? 'proven' : 'likely',
      title: `The clock that signed was ${span(told.seconds)} ${direction} that of AWS`,
      evidence: [
        evidence(
          `The request says ${instantWords(told.request)}, AWS says ${instantWords(told.server)}; key and secret were not looked at`,
        ),
      ],
      fix,
    },
  ]
}

/** A URL that outlived its signer, a token that no session can have lived as long as, or AWS's own word. */
function expiryProof(read: ErrorText, families: readonly AnswerFamily[]): readonly Finding[] {
  const says = expiryWords(read, families)
  if (says === null) return []
  const url = families[0] === 'expired' ? presignedIn(read.whole) : null
  if (url?.session === true && url.signedAt !== null) {
    const lifetime = url.lifetime === null ? '' : `, for ${span(url.lifetime)},`
    return [
      {
        id: 'presigned-outlives-session',
        certainty: 'proven',
        title: 'The session that signed the URL has ended before the URL',
        evidence: [
          evidence(says),
          evidence(`The URL was signed at ${instantWords(url.signedAt)}${lifetime} by a session`),
        ],
        fix: cure('Make a new URL, with a session that lasts as long as the URL should'),
      },
    ]
  }
  return [
    {
      id: 'session-expired',
      certainty: 'proven',
      title: 'The session has expired',
      evidence: [evidence(says)],
      fix: cure(
        'Get a new session the way you got the old one, and replace all three values',
        everywhere('countersign check'),
      ),
    },
  ]
}

function expiryWords({ error, whole }: ErrorText, families: readonly AnswerFamily[]): string | null {
  if (error === null) return null
  if (families.length === 1 && families[0] === 'expired')
    return 'AWS says so: the three values were genuine and are past their end'
  if (!families.includes('not-accepted') && !families.includes('expired')) return null
  const age = tokenAge(whole)
  if (age === null || age <= longestSession) return null
  return `The session token in the text was ${span(age)} old when it was used, and no session lasts longer than 36 hours`
}

/** The same request and another signature: then the secret is another one. Another request: then it was changed on its way. */
function signatureProof({ whole }: ErrorText, families: readonly AnswerFamily[]): readonly Finding[] {
  if (families[0] !== 'signature') return []
  const compared = compareCanonical(whole)
  if (compared === null) return []
  if (compared.kind === 'different')
    return [
      {
        id: 'request-altered',
        certainty: 'likely',
        title: 'The request was changed between the client and AWS',
        evidence: [evidence(`What the client signed and what AWS received differ in ${compared.at}`)],
        fix: cure('Look what stands between (a proxy, a gateway, a middleware) and let it leave that as it is'),
      },
    ]
  return [
    {
      id: 'secret-wrong',
      certainty: compared.kind === 'same' ? 'proven' : 'possible',
      title: 'The secret key does not belong to the key id',
      evidence: [
        evidence('AWS knows the key id, but calculates another signature'),
        evidence(
          compared.kind === 'same'
            ? 'AWS received exactly the request that the client signed, so only the secret can differ'
            : 'The answer holds the request as AWS saw it: compare it with the one in the client’s debug log',
        ),
      ],
      fix: cure('Enter id and secret again from the same creation', command('countersign', 'configure')),
    },
  ]
}
