import { redactWords, withoutSecretShapes } from '../../anatomy/redact.ts'
import type { ChainRules } from '../chains/rules.ts'
import type { ChainStep, Trace } from '../chains/trace.ts'
import { homeOf } from '../files/expand.ts'
import type { Machine } from '../machine/machine.ts'
import type { Resolution } from '../resolution/resolution.ts'
import type { Place } from '../sources/credential.ts'
import type { Explanation } from './explain.ts'
import { winnerShape } from './shape.ts'
import { homePath } from './shells.ts'
import type { CredentialShape, Finding, Verdict } from './verdict.ts'

/** Plain data that `JSON.stringify` prints as it is. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/** The object of `check --json` (schema `countersign.check/1`). Paths below the home directory begin with `~`. */
export function verdictJson(verdict: Verdict): { readonly [key: string]: Json } {
  const { reply, identity } = verdict
  const home = verdict.home ?? null
  return {
    schema: 'countersign.check/1',
    status: verdict.status,
    sdk: verdict.sdk,
    credential: verdict.credential === null ? null : credentialJson(verdict.credential, home),
    identity: identity === null ? null : { account: identity.account, arn: identity.arn, userId: identity.userId },
    reply:
      reply === null
        ? null
        : {
            service: reply.service,
            operation: reply.operation,
            status: reply.status,
            code: reply.code,
            message: reply.message,
            requestId: reply.requestId,
            date: reply.date,
          },
    causes: verdict.causes.map((finding) => findingJson(finding, home)),
    chain: verdict.chain.map((step) => stepJson(step, home)),
  }
}

/** The object of `explain --json` (schema `countersign.explain/1`). */
export function explanationJson({ error, causes, home }: Explanation): { readonly [key: string]: Json } {
  return {
    schema: 'countersign.explain/1',
    error:
      error === null
        ? null
        : {
            code: error.code,
            message: error.message,
            service: error.service,
            operation: error.operation,
            status: error.status,
            client: error.client,
          },
    causes: causes.map((finding) => findingJson(finding, home)),
  }
}

/**
 * The object of `chain --json` (schema `countersign.chain/1`), for any number of SDKs. `resolution` is what came of getting the
 * winner's credential, where that was asked for.
 */
export function chainJson(
  machine: Machine,
  told: readonly { readonly rules: ChainRules; readonly trace: Trace }[],
  resolution?: Resolution | null,
): { readonly [key: string]: Json } {
  const home = homeOf(machine)
  const sdks = told.map(({ rules, trace }): [string, Json] => {
    const winner = winnerShape(trace)
    return [
      rules.sdk,
      {
        winner: winner === null ? null : credentialJson(winner, home),
        error: trace.error === null ? null : redactWords(trace.error.says),
        // Of the first client that it makes, when it has credentials and stops all the same.
        clientError: trace.clientError === null ? null : redactWords(trace.clientError.says),
        version: rules.version,
        evidence: rules.evidence,
        chain: trace.steps.map((step) => ({ ...stepJson(step, home), reason: step.reason })),
        ...(resolution === undefined ? {} : { resolution: resolutionJson(resolution, home) }),
      },
    ]
  })
  return { schema: 'countersign.chain/1', sdks: Object.fromEntries(sdks) }
}

/** What was done to get a credential, and why there is none. Every member is always there. */
function resolutionJson(resolution: Resolution | null, home: string | null): Json {
  if (resolution === null) return null
  const failed = resolution.kind === 'failed' ? resolution : null
  const { kind, trail } = resolution
  return {
    kind,
    roleSession: kind === 'resolved' ? resolution.roleSession : null,
    needs: kind === 'described' ? resolution.needs : null,
    reason: failed?.reason ?? null,
    error: failed?.says ?? null,
    because: kind === 'resolved' ? null : homeInText(resolution.because, home),
    at: placeJson(failed?.at ?? null, home),
    trail: trail.map(
      (step): Json => (step.kind === 'cache' ? { ...step, file: homePath(step.file, home).shown } : { ...step }),
    ),
  }
}

function credentialJson(shape: CredentialShape, home: string | null): Json {
  const { sessionToken, source } = shape
  return {
    accessKeyId: shape.accessKeyId,
    kind: shape.kind,
    account: shape.account,
    sessionToken: {
      present: sessionToken.present,
      issuedAt: sessionToken.issuedAt,
      version: sessionToken.version,
      region: sessionToken.region,
    },
    expiration: shape.expiration,
    source: {
      provider: source.provider,
      profile: source.profile === null ? null : withoutSecretShapes(source.profile),
      file: source.file === null ? null : homePath(source.file, home).shown,
      line: source.line,
      column: source.column,
      variable: source.variable,
    },
  }
}

function findingJson({ id, certainty, title, evidence, fix }: Finding, home: string | null): Json {
  return {
    id,
    certainty,
    title,
    evidence: evidence.map(({ says, at }) => ({ says, at: placeJson(at, home) })),
    fix: {
      says: fix.says,
      automatic: fix.automatic,
      commands: {
        bash: fix.commands.bash,
        fish: fix.commands.fish,
        powershell: fix.commands.powershell,
        cmd: fix.commands.cmd,
      },
    },
  }
}

function stepJson({ provider, outcome, because, at }: ChainStep, home: string | null): Readonly<Record<string, Json>> {
  return { provider, outcome, because: homeInText(redactWords(because), home), at: placeJson(at, home) }
}

/** Sentences of a chain may name paths too. */
function homeInText(text: string, home: string | null): string {
  const bare = home === null ? '' : home.replace(/[\\/]+$/, '')
  return bare.length < 2 ? text : text.replaceAll(`${bare}/`, '~/').replaceAll(`${bare}\\`, '~\\')
}

/** Every member is always there, `null` where there is nothing to say. */
function placeJson(at: Place | null, home: string | null): Json {
  if (at === null) return null
  if ('variable' in at) return { variable: at.variable }
  if ('probe' in at) return { probe: at.probe }
  const file = homePath(at.file, home).shown
  return 'line' in at ? { file, line: at.line, column: at.column } : { file, line: null, column: null }
}
