import { redactWords } from '../../anatomy/redact.ts'
import type { Trace } from '../../holder/chains/trace.ts'
import type { CredentialShape } from '../../holder/diagnosis/verdict.ts'
import type { Resolution, TrailStep } from '../../holder/resolution/resolution.ts'
import { capital, legible, mark, paint, placeText, shortPath, visibleWidth, wrap } from './page.ts'
import { instantText, sdkNames, sourceText } from './sources.ts'
import { type Sight, sentence, shortened } from './verdict.ts'

/** What `chain --resolve` says first: the credential that there is now, or why there is none, and what was done for it. */
export function resolutionLines(
  sight: Sight,
  trace: Trace,
  winner: CredentialShape | null,
  resolution: Resolution,
): string[] {
  const lines = [...outcomeLines(sight, trace, winner, resolution)]
  if (trace.clientError !== null && resolution.kind === 'resolved') {
    lines.push(...told(sight, 'bad', 'But then it stops with an error:'))
    lines.push(...wrap(sight.look, '  ', redactWords(trace.clientError.says)))
  }
  if (resolution.trail.length > 0) {
    lines.push('', paint(sight.look, 'quiet', 'What was done for it'))
    lines.push(...resolution.trail.flatMap((step) => wrap(sight.look, '  ', trailText(sight, step))))
  }
  return lines
}

function outcomeLines(sight: Sight, trace: Trace, winner: CredentialShape | null, resolution: Resolution): string[] {
  const { look, machine } = sight
  const name = capital(sdkNames[trace.sdk])
  switch (resolution.kind) {
    case 'resolved': {
      if (winner === null) return []
      const first = told(
        sight,
        'good',
        `${name} gets ${winner.accessKeyId} from ${sourceText(machine, winner.source)}.`,
      )
      const rows: readonly (readonly [string, string | null])[] = [
        ['kind', winner.kind],
        ['account', winner.account],
        ['session', resolution.roleSession],
        ['ends', winner.expiration === null ? null : instantText(machine, winner.expiration)],
      ]
      return [
        ...first,
        ...rows.flatMap(([label, text]) => (text === null ? [] : [`  ${label.padEnd(9)} ${legible(look, text)}`])),
      ]
    }
    case 'failed': {
      const place = placeText(machine, resolution.at)
      const why = `${name} gets no credential: ${shortened(machine, resolution.because)}`
      return told(sight, 'bad', sentence(place === '' ? why : `${why} (${place})`))
    }
    case 'described': {
      const forbidden = resolution.needs === 'network' ? 'no network is to be used' : 'no program is to be run'
      return told(sight, 'doubt', `Not done, because ${forbidden}: ${shortened(machine, resolution.because)}.`)
    }
  }
}

function told({ look }: Sight, sign: 'good' | 'bad' | 'doubt', says: string): string[] {
  const first = `${mark(look, sign)} `
  return wrap(look, first, says, visibleWidth(first))
}

function trailText({ machine }: Sight, step: TrailStep): string {
  switch (step.kind) {
    case 'call':
      return `${step.operation} at ${step.host}: ${step.status === null ? 'no answer' : `HTTP ${step.status}`}`
    case 'process':
      return `${step.program}: ${step.exitCode === null ? 'no exit code' : `exit code ${step.exitCode}`}`
    case 'cache': {
      const words = { used: 'used', written: 'written back', 'not-written': 'could not be written back' }
      return `${shortPath(machine, step.file)}: ${words[step.what]}`
    }
  }
}
