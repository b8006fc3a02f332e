import { isAcceptedNow, type Scene } from '../scene.ts'
import { type Commands, everywhere } from '../shells.ts'
import type { Certainty, Evidence, Fix } from '../verdict.ts'
import { instantWords, placeWords, span } from '../words.ts'
import { type Cause, cure, evidence, type Found, found } from './cause.ts'

/** The clock, and what happens to a request between signing and arriving. */
export const clockCauses: readonly Cause[] = [
  // A skew that is proven stands beside whatever the same request at the right time is refused for.
  { id: 'clock-skew', failsAt: 'always', look: clockSkew },
  { id: 'presigned-altered', failsAt: ['signature'], insteadOf: ['request-altered'], look: presignedAltered },
  { id: 'request-altered', failsAt: ['signature'], look: requestAltered },
  // Only the text with the URL in it tells that (`error-text/proofs.ts`); a new session would not bring the URL back.
  { id: 'presigned-outlives-session', failsAt: ['expired'], insteadOf: ['session-expired'], look: () => null },
]

/** AWS allows 15 minutes at STS and IAM, and some services 5: from there on a clock is wrong enough to be told. */
export const tolerated = 5 * 60
const refusedBeyond = 15 * 60

function clockSkew(scene: Scene): Found | null {
  const { skew, refusal } = scene
  const clockText = refusal?.families.includes('clock') === true
  if (skew === null || Math.abs(skew.seconds) <= tolerated) {
    const hint = tokenFromTheFuture(scene)
    if (hint !== null && skew === null) return hint
    if (!clockText || refusal!.families.length > 1) return null
    return found(
      'likely',
      'The clock of the machine that signed is wrong',
      [evidence('The answer says that the time in the request is not acceptable; key and secret were not looked at')],
      setClock(scene),
    )
  }
  const direction = skew.seconds > 0 ? 'behind' : 'ahead of'
  const size = span(skew.seconds)
  const refusedForIt = skew.how === 'refused'
  // A text tells of another moment, perhaps of another machine; and an old request in it may have been held up on its way.
  const fromText = 'probe' in skew.at && skew.at.probe === 'error-text'
  const heldUp = fromText && skew.seconds > 0
  // Our own clock is right by now: it was another machine's, or the request was old.
  const isRightNow = fromText && clockNow(scene) !== null && Math.abs(clockNow(scene)!) < 60
  const surely = !heldUp && !isRightNow && (refusedForIt || Math.abs(skew.seconds) > refusedBeyond)
  const certainty: Certainty = surely ? 'proven' : isRightNow ? 'possible' : 'likely'
  if (!refusedForIt && Math.abs(skew.seconds) <= refusedBeyond && scene.refusal !== null && !clockText) return null
  const which = fromText ? `The clock that signed was ${size}` : `This clock is ${size}`
  // Of a text the title says the first, and the proof in the text itself the second.
  const facts: Evidence[] = fromText ? [] : [evidence(`${which} ${direction} that of AWS`, skew.at)]
  if (refusedForIt && !(fromText && clockText))
    facts.push(evidence('AWS refuses requests with such a time before it looks at the key'))
  const corrected = scene.outcomes.get('sts-at-server-time')
  if (corrected?.kind === 'accepted')
    facts.push(
      evidence('Signed with the time of AWS the same request is accepted: nothing else is wrong', {
        probe: 'sts-at-server-time',
      }),
    )
  if (corrected?.kind === 'refused')
    facts.push(
      evidence(
        `Signed with the time of AWS the request is refused for another reason (${corrected.reply.code}): see the next cause`,
        { probe: 'sts-at-server-time' },
      ),
    )
  if (isWholeHours(skew.seconds))
    facts.push(
      evidence(
        'The difference is a whole number of hours: look at the time zone too, the clock may show local time as UTC',
      ),
    )
  return found(
    certainty,
    fromText ? `${which} ${direction} that of AWS` : `The clock of this machine is wrong by ${size}`,
    [...facts, ...clockWords(scene)],
    setClock(scene),
  )
}

/** Server clock minus ours in seconds, by an answer of just now; null without one. */
export function clockNow({ outcomes, now }: Scene): number | null {
  const server = outcomes.get('sts-as-it-is')?.serverTime ?? null
  return server === null ? null : Math.round((server.getTime() - now.getTime()) / 1000)
}

/** As a wrong time zone makes it. */
export function isWholeHours(seconds: number): boolean {
  const size = Math.abs(seconds)
  return size > 1800 && Math.abs(((size + 60) % 3600) - 60) < 90
}

function tokenFromTheFuture(scene: Scene): Found | null {
  const issued = scene.session?.issuedAt
  if (issued == null || scene.token === null) return null
  const ahead = (issued.getTime() - scene.now.getTime()) / 1000
  if (ahead <= tolerated) return null
  return found(
    'likely',
    `The clock of this machine is behind, by ${span(ahead)} at least`,
    [
      evidence(
        `The session token in ${placeWords(scene, scene.token.at)} was issued ${instantWords(issued)}, which this clock (${instantWords(scene.now)}) takes for the future`,
        scene.token.at,
      ),
    ],
    setClock(scene),
  )
}

/** What the clock rests on, where that explains how it could go wrong. */
function clockWords({ surroundings }: Scene): readonly Evidence[] {
  const clock = surroundings?.workload.clock
  if (clock?.guest == null) return []
  return [evidence(guestWords[clock.guest.kind], clock.guest.at)]
}

const guestWords = {
  wsl: 'This is WSL: its clock stands still while Windows sleeps',
  'docker-desktop': 'This container runs in Docker Desktop, whose clock stands still while the computer sleeps',
  'virtual-machine': 'This is a virtual machine: its clock stands still while it is paused',
} as const

function setClock({ machine, surroundings }: Scene): Fix {
  const clock = surroundings?.workload.clock
  const isWsl = machine.env('WSL_DISTRO_NAME') !== undefined || clock?.guest?.kind === 'wsl'
  if (clock?.guest?.kind === 'docker-desktop' && !isWsl)
    return cure('Restart Docker Desktop: that sets the clock of its containers', everywhere('docker desktop restart'))
  const unix =
    machine.platform === 'darwin'
      ? 'sudo sntp -sS time.apple.com'
      : isWsl
        ? 'sudo hwclock -s'
        : keeperCommands[clock?.keeper?.kind ?? 'timesyncd']
  const windows = 'w32tm /resync /force'
  return cure('Set the clock', { bash: [unix], fish: [unix], powershell: [windows], cmd: [windows] })
}

const keeperCommands = {
  chrony: 'sudo chronyc makestep',
  ntpd: 'sudo service ntp restart',
  timesyncd: 'sudo timedatectl set-ntp true',
} as const

function requestAltered(scene: Scene): Found | null {
  const { refusal, machine } = scene
  if (refusal === null || !refusal.families.includes('signature')) return null
  const proxy = ['HTTPS_PROXY', 'https_proxy', 'ALL_PROXY', 'all_proxy'].find((name) => machine.env(name))
  if (refusal.altered !== null && refusal.altered.length > 0) {
    return found(
      'proven',
      'The request was changed between this machine and AWS',
      [
        evidence(`What AWS received differs from what was signed in: ${refusal.altered.slice(0, 6).join(', ')}`, {
          probe: 'sts-as-it-is',
        }),
        ...(proxy === undefined
          ? []
          : [evidence(`Requests go through the proxy that ${proxy} names`, { variable: proxy })]),
      ],
      cure('Let requests to AWS pass the proxy unchanged, or around it', aroundProxy()),
    )
  }
  if (refusal.altered !== null) return null
  const isAccepted = isAcceptedNow(scene)
  const facts: Evidence[] = [
    ...(isAccepted
      ? [
          evidence('AWS accepts the credentials of this machine: if they were used, id and secret are right', {
            probe: 'sts-as-it-is',
          }),
        ]
      : []),
    evidence(
      'A proxy that changes signed headers gives the same answer as a wrong secret',
      proxy === undefined ? null : { variable: proxy },
    ),
  ]
  return proxy === undefined && refusal.from === 'probe'
    ? null
    : found(
        isAccepted ? 'likely' : 'possible',
        'Something between this machine and AWS changes the request',
        facts,
        cure('Try without the proxy', aroundProxy()),
      )
}

/** The request that AWS quotes had its signature in the URL: whoever has the URL may have changed it (`causes.md` C83). */
function presignedAltered(scene: Scene): Found | null {
  const { refusal } = scene
  if (refusal?.from !== 'text' || !refusal.families.includes('signature')) return null
  if (!/[?&\n]X-Amz-Algorithm=AWS4-/.test(refusal.reply.message)) return null
  const isAccepted = isAcceptedNow(scene)
  return found(
    isAccepted ? 'likely' : 'possible',
    'The presigned URL was changed after it was signed',
    [
      evidence('The signature stood in the URL, as the request shows that AWS quotes'),
      ...(isAccepted
        ? [
            evidence('AWS accepts the credentials of this machine: if they were used, id and secret are right', {
              probe: 'sts-as-it-is',
            }),
          ]
        : []),
    ],
    cure('Use the URL exactly as it was made: the same verb, no parameter more, and `&` between them, not `&amp;`'),
  )
}

function aroundProxy(): Commands {
  const hosts = '.amazonaws.com,169.254.169.254'
  return {
    bash: [`export NO_PROXY=${hosts}`],
    fish: [`set -gx NO_PROXY ${hosts}`],
    powershell: [`$Env:NO_PROXY = '${hosts}'`],
    cmd: [`set NO_PROXY=${hosts}`],
  }
}
