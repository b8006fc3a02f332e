import { isSecretAccessKey } from '../../../anatomy/secret-access-key.ts'
import type { FileEdit } from '../../files/edit.ts'
import type { Entry, Section } from '../../files/reading.ts'
import type { Place } from '../../sources/credential.ts'
import { type Scene, sectionAt, type ValueSeen } from '../scene.ts'
import { type Commands, cleanVariable, editFile, homePath, sequence } from '../shells.ts'
import { type Defect, isUnambiguous, namesOfInvisible, wrappedInBase64 } from '../values.ts'
import type { Evidence, Fix } from '../verdict.ts'
import { enterPair, keysInFiles, placeWords, slotNames } from '../words.ts'
import { automaticCure, type Cause, cure, evidence, type Found, found, shellCure } from './cause.ts'
import { wholeElsewhere } from './elsewhere.ts'
import { hiddenLines, hiddenSet } from './hidden.ts'
import { newSession } from './new-session.ts'

/** Bytes that changed on the way from where the key was made. */
export const mangledCauses: readonly Cause[] = [
  {
    id: 'inline-comment',
    isFact: true,
    failsAt: ['malformed', 'signature', 'not-accepted', 'nothing-sent'],
    look: (scene) => byDefect(scene, 'inline-comment'),
  },
  {
    id: 'quoted-value',
    isFact: true,
    failsAt: ['malformed', 'signature', 'not-accepted', 'nothing-sent'],
    look: (scene) => byDefect(scene, 'quoted-value'),
  },
  {
    id: 'surrounding-whitespace',
    isFact: true,
    failsAt: ['malformed', 'signature', 'not-accepted', 'nothing-sent'],
    look: (scene) => byDefect(scene, 'surrounding-whitespace'),
  },
  {
    id: 'invisible-character',
    isFact: true,
    failsAt: ['malformed', 'signature', 'not-accepted', 'nothing-sent'],
    look: (scene) => byDefect(scene, 'invisible-character'),
  },
  {
    id: 'base64-wrapped',
    isFact: true,
    failsAt: ['malformed', 'signature', 'not-accepted'],
    insteadOf: ['secret-wrong'],
    look: base64Wrapped,
  },
  { id: 'secret-mangled', failsAt: ['signature'], insteadOf: ['secret-wrong'], look: secretMangled },
]

const wordings: Readonly<
  Record<
    Defect,
    {
      readonly title: (what: string) => string
      readonly says: (value: ValueSeen) => string
      readonly cure: string
      readonly clean: Parameters<typeof cleanVariable>[1]
    }
  >
> = {
  'surrounding-whitespace': {
    title: (what) => `There is a blank or a line end in the ${what}`,
    says: (value) => `it has ${whitespaceWords(value.value)}, which is part of the value and must not be`,
    cure: 'Take the blank out',
    clean: 'whitespace',
  },
  'invisible-character': {
    title: (what) => `There is an invisible character in the ${what}`,
    says: (value) => `it contains ${namesOfInvisible(value.value).join(', ') || 'a character that no key has'}`,
    cure: 'Take the character out, or type the value again instead of pasting it',
    clean: 'invisible',
  },
  'quoted-value': {
    title: (what) => `Quotes stand around the ${what}, and they count as part of it`,
    says: () => 'AWS files and most tools take quotes as they are: they belong to no key',
    cure: 'Take the quotes away',
    clean: 'quotes',
  },
  'inline-comment': {
    title: (what) => `A comment stands behind the ${what}, and it counts as part of it`,
    says: () =>
      'the AWS CLI and boto3 know comments only on lines of their own (the JavaScript SDK cuts them off, and so works)',
    cure: 'Take the comment off: it needs a line of its own',
    clean: 'comment',
  },
}

/** All three values with one defect make one finding: one cure is enough for them. */
function byDefect(scene: Scene, defect: Defect): Found | null {
  const values = [scene.id, scene.secret, scene.token].filter(
    (value): value is ValueSeen => value !== null && value.placeholder === null && value.defects.includes(defect),
  )
  const [first] = values
  if (first === undefined) return null
  const what = values.map((value) => slotNames[value.slot]).join(' and ')
  const wording = wordings[defect]
  // Blanks at the ends of a header are dropped on the way, so that around a token alone they do no harm by themselves.
  const harmless =
    defect === 'surrounding-whitespace' &&
    values.every((value) => value.slot === 'sessionToken' && /^[ \t]*[^\s]+[ \t]*$/.test(value.value))
  if (harmless && scene.refusal?.from !== 'text') return null
  const cleaned = scene.outcomes.get('sts-with-cleaned-values')
  const facts: Evidence[] = values.map((value) =>
    evidence(`The ${slotNames[value.slot]} in ${placeWords(scene, value.at)}: ${wording.says(value)}`, value.at),
  )
  if (cleaned?.kind === 'accepted')
    facts.push(
      evidence(`Without ${values.length > 1 ? 'them' : 'it'} the same credentials are accepted by AWS`, {
        probe: 'sts-with-cleaned-values',
      }),
    )
  return found(harmless ? 'possible' : 'proven', wording.title(what), facts, cleanUp(scene, values, wording))
}

function whitespaceWords(value: string): string {
  const kinds = [
    [/\r/, 'a carriage return (from a Windows line end)'],
    [/\n/, 'a line end'],
    [/\t/, 'a tab'],
    [/ /, 'a blank'],
  ] as const
  const named = kinds.filter(([pattern]) => pattern.test(value)).map(([, name]) => name)
  const where = /^\S+\s+$/.test(value) ? ' at its end' : /^\s+\S+$/.test(value) ? ' before it' : ' in it'
  return `${named.join(' and ') || 'a blank'}${where}`
}

function cleanUp(scene: Scene, values: readonly ValueSeen[], wording: (typeof wordings)[Defect]) {
  const variables = values.flatMap(({ at, clean }) => ('variable' in at ? [[at.variable, clean] as const] : []))
  if (variables.length === values.length) {
    const lines = variables.map(([name]) => cleanVariable(name, wording.clean))
    return shellCure(wording.cure, Object.fromEntries(variables), sequence(...lines))
  }
  const freed = freedLines(scene, values)
  if (freed !== null) return freed
  const [first] = values
  const edits = values.flatMap((value) =>
    isUnambiguous(value.slot, value.clean) ? rewritten(scene, value, value.clean) : [],
  )
  if (edits.length === values.length) return automaticCure(wording.cure, { edits })
  return cure(
    wording.cure,
    first !== undefined && 'file' in first.at ? editFile(homePath(first.at.file, scene.home)) : enterPair(scene),
  )
}

/** A setting or a header, and no line of a wrapped token: base64 has no `_`, and ends in `=`. */
const ownLine = /^[ \t]+(?:\[[^\]]+\]\s*$|(?:\w+_\w+|region|output|s3|expiration)[ \t]*[=:][ \t]*[^=\s]?)/

/**
 * Lines with blanks before them go on with the value above. What is plainly a line of its own becomes one; null where nothing of
 * the kind stands in the values.
 */
function freedLines({ files, machine }: Scene, values: readonly ValueSeen[]): Fix | null {
  const edits = values.flatMap((value): readonly FileEdit[] => {
    const place = sectionAt(files, value.at)
    const entry = place === null ? null : entryAt(place.section, value.at)
    const reading = place === null ? null : machine.readFile(place.file)
    if (place === null || entry === null || reading?.kind !== 'found') return []
    const lines = new TextDecoder('utf-8', { ignoreBOM: true }).decode(reading.bytes).split(/\r?\n/)
    return lines.slice(entry.keyLine, entry.lastLine).flatMap((text, index) => {
      const edit = { file: place.file, line: entry.keyLine + index + 1, was: [text], lines: [text.trimStart()] }
      return ownLine.test(text) ? [hiddenLines(edit)] : []
    })
  })
  const [first] = edits
  if (first === undefined || !('line' in first)) return null
  return automaticCure(
    `Take the blanks away before ${edits.length === 1 ? `line ${first.line}` : `${edits.length} lines, from ${first.line} on`}, which ${edits.length === 1 ? 'is a line of its own' : 'are lines of their own'}`,
    { edits },
  )
}

/** The edit that writes another value in the place of one; none where that is in no AWS file. */
export function rewritten(scene: Scene, value: ValueSeen, text: string): readonly FileEdit[] {
  const place = sectionAt(scene.files, value.at)
  const key = keyOf(scene, value)
  return place === null || key === null
    ? []
    : [hiddenSet({ file: place.file, section: place.section.name, key, value: text })]
}

/** The key of the entry in which a value stands; the token has two names. */
function keyOf(scene: Scene, value: ValueSeen): string | null {
  const place = sectionAt(scene.files, value.at)
  if (place === null || !('line' in value.at)) return null
  return entryAt(place.section, value.at)?.key ?? keysInFiles[value.slot]
}

function entryAt({ entries }: Section, at: Place): Entry | null {
  if (!('line' in at)) return null
  return [...entries.values()].find(({ line, lastLine }) => line <= at.line && at.line <= lastLine) ?? null
}

function base64Wrapped(scene: Scene): Found | null {
  const values = [scene.id, scene.secret].filter(
    (value): value is ValueSeen => value !== null && wrappedInBase64(value.slot, value.clean) !== null,
  )
  const [first] = values
  if (first === undefined) return null
  const inner = wrappedInBase64(first.slot, first.clean) ?? ''
  return found(
    'proven',
    `The ${values.map((value) => slotNames[value.slot]).join(' and ')} is still wrapped in base64`,
    [
      ...values.map((value) =>
        evidence(
          `The ${slotNames[value.slot]} in ${placeWords(scene, value.at)} is the base64 form of a ${slotNames[value.slot]}`,
          value.at,
        ),
      ),
      ...(inner === inner.trim()
        ? []
        : [evidence('A line end was wrapped along with it: it was made with echo instead of printf %s')]),
    ],
    unwrapped(scene, values),
  )
}

function unwrapped(scene: Scene, values: readonly ValueSeen[]): Fix {
  const says = 'Unwrap the values (in Kubernetes: use stringData, or encode once and not twice)'
  const plain = values.map((value) => ({ value, text: wrappedInBase64(value.slot, value.clean)?.trim() ?? '' }))
  const variables = plain.flatMap(({ value: { at }, text }) => ('variable' in at ? [[at.variable, text] as const] : []))
  if (variables.length === values.length)
    return shellCure(says, Object.fromEntries(variables), unwrap(variables.map(([name]) => name)))
  const edits = plain.flatMap(({ value, text }) => rewritten(scene, value, text))
  return edits.length === values.length ? automaticCure(says, { edits }) : cure(says, enterPair(scene))
}

function unwrap(names: readonly string[]): Commands {
  return {
    bash: names.map((name) => `export ${name}="$(printf %s "$${name}" | base64 -d)"`),
    fish: names.map((name) => `set -gx ${name} (printf %s $${name} | base64 -d)`),
    powershell: names.map(
      (name) => `$Env:${name} = [Text.Encoding]::UTF8.GetString([Convert]::FromBase64String($Env:${name})).Trim()`,
    ),
    cmd: names.map(
      (name) =>
        `for /f %i in ('powershell -NoProfile -Command "[Text.Encoding]::UTF8.GetString([Convert]::FromBase64String($Env:${name})).Trim()"') do set "${name}=%i"`,
    ),
  }
}

/** A secret of AWS has 40 characters of one alphabet; what happened to one that has not can often be told. */
function secretMangled(scene: Scene): Found | null {
  const { secret } = scene
  if (secret === null || secret.placeholder !== null || scene.key === null || scene.key.kind === 'other') return null
  const { clean } = secret
  const spaced =
    / /.test(secret.value) && secret.value.length === 40 && !secret.value.startsWith(' ') && !secret.value.endsWith(' ')
  if (isSecretAccessKey(clean) && !spaced) return null
  // What is another thing altogether has a cause of its own.
  if (
    /^(AKIA|ASIA)[A-Z0-9]{12,}$/.test(clean) ||
    wrappedInBase64('secretAccessKey', clean) !== null ||
    clean.length < 8
  )
    return null
  if (/^B[A-P][A-Za-z0-9+/]{42}$/.test(clean)) return null
  const decoded = percentDecoded(clean)
  const isProven = scene.atAws || scene.refusal?.families.includes('signature') === true
  if (!isProven) return null
  const why = spaced
    ? 'has blanks where + signs were: it was decoded as part of a web address or form'
    : decoded !== null
      ? 'contains %2F or %2B: it was encoded as part of a web address'
      : clean.length < 40
        ? `has ${clean.length} characters instead of 40: a part is missing`
        : clean.length > 40
          ? `has ${clean.length} characters instead of 40`
          : 'contains characters that no secret key has'
  const facts = [
    evidence(`The secret key in ${placeWords(scene, secret.at)} ${why}`, secret.at),
    evidence('A secret key has 40 characters out of letters, digits, + and /'),
  ]
  const repaired = decoded ?? (spaced ? secret.value.replaceAll(' ', '+') : null)
  const fix = repaired !== null && isSecretAccessKey(repaired) ? writtenBack(scene, secret, repaired) : null
  return found(
    'proven',
    'The secret key was altered on its way',
    facts,
    fix ??
      wholeElsewhere(scene) ??
      cure(
        'Enter the secret again, in single quotes and not encoded; without a copy of it, make a new key',
        scene.key.kind === 'temporary' ? newSession(scene).commands : enterPair(scene),
      ),
  )
}

function writtenBack(scene: Scene, secret: ValueSeen, repaired: string): Fix | null {
  const says = 'Write the secret as it was'
  if (!('variable' in secret.at)) {
    const edits = rewritten(scene, secret, repaired)
    return edits.length === 0 ? null : automaticCure(says, { edits })
  }
  const { variable } = secret.at
  return shellCure(says, { [variable]: repaired }, asItWas(variable))
}

/** Undoes the encoding of a web address in place: nothing has to be typed, nothing is shown. */
function asItWas(name: string): Commands {
  const replaced = `$Env:${name} -replace '%2F','/' -replace '%2B','+' -replace ' ','+'`
  return {
    bash: [`export ${name}="$(printf %s "$${name}" | sed 's/%2[Ff]/\\//g; s/%2[Bb]/+/g; s/ /+/g')"`],
    fish: [`set -gx ${name} (printf %s $${name} | sed 's/%2[Ff]/\\//g; s/%2[Bb]/+/g; s/ /+/g')`],
    powershell: [`$Env:${name} = ${replaced}`],
    cmd: [`for /f %i in ('powershell -NoProfile -Command "${replaced}"') do set "${name}=%i"`],
  }
}

function percentDecoded(text: string): string | null {
  if (!/%(2f|2b|3d)/i.test(text)) return null
  return text.replace(/%2f/gi, '/').replace(/%2b/gi, '+').replace(/%3d/gi, '=')
}
