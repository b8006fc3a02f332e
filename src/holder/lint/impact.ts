import { chainRules, knownSdks } from '../chains/index.ts'
import type { SdkName } from '../chains/trace.ts'
import { readAwsFiles } from '../files/aws-files.ts'
import type { Machine } from '../machine/machine.ts'
import { overlayMachine } from '../machine/overlay.ts'
import type { Breaks } from './finding.ts'
import { type Mended, mended } from './mend.ts'
import { isSame, type Outcome, outcomeOf, told, toldAgainst, works } from './outcome.ts'
import type { Draft, Page, PageSection } from './page.ts'
import type { Holdings } from './profiles.ts'
import { meantKey } from './spelling.ts'

/** Variables that decide where the files are. All others could hide what the files say. */
const kept = new Set(['HOME', 'USERPROFILE', 'HOMEDRIVE', 'HOMEPATH', 'AWS_CONFIG_FILE', 'AWS_SHARED_CREDENTIALS_FILE'])

/** So many lines are read by all SDKs, which takes about two seconds. */
const mostLines = 300_000

/** What all SDKs make of one profile in one state of the files. */
type Outcomes = ReadonlyMap<SdkName, Outcome>

/**
 * Asks the rules of every SDK what they make of a defect. The files are looked at with all other defects mended, so that one
 * that makes a file unreadable does not hide the next; nothing is run, nothing is sent, and no file is touched.
 */
export class Impact {
  readonly #machine: Machine
  readonly #pages: readonly Page[]
  readonly #holdings: Holdings
  readonly #agreed: ReadonlySet<Draft>
  readonly #mended = new Map<string, Outcomes>()
  #linesLeft = mostLines

  constructor(machine: Machine, pages: readonly Page[], holdings: Holdings, agreed: ReadonlySet<Draft>) {
    const names = machine.envNames().filter((name) => !kept.has(name.toUpperCase()))
    const env = Object.fromEntries(names.map((name) => [name, null]))
    // Without this one the older SDKs do not look at the config file at all.
    this.#machine = overlayMachine(machine, { env: { ...env, AWS_SDK_LOAD_CONFIG: '1' } })
    this.#pages = pages
    this.#holdings = holdings
    this.#agreed = agreed
  }

  /** Asking more would take too long. */
  get isSpent(): boolean {
    return this.#linesLeft <= 0
  }

  /** Who breaks and how; `isSafe`: no SDK that works with the defect stops working without it. */
  of(draft: Draft): { readonly breaks: readonly Breaks[]; readonly isSafe: boolean } {
    const profile = draft.profile ?? this.#anyProfile(draft)
    switch (draft.asks) {
      case 'nobody':
        return { breaks: [], isSafe: true }
      case 'mend': {
        const own = this.#againstMended(draft, profile)
        const other = draft.alsoProfile ?? profile
        if (other === profile) return own
        const above = this.#againstMended(draft, other)
        // Who stops at the whole file has been told of.
        const isTold = (sdk: SdkName, how: string): boolean =>
          how.startsWith('stop') && own.breaks.some((group) => group.how === how && group.sdks.includes(sdk))
        const breaks = above.breaks
          .map(({ sdks, how }) => ({
            sdks: sdks.filter((sdk) => !isTold(sdk, how)),
            how: `${how} in the profile ${other}`,
          }))
          .filter(({ sdks }) => sdks.length > 0)
        return { breaks: [...own.breaks, ...breaks], isSafe: own.isSafe && above.isSafe }
      }
      case 'reading': {
        const without = this.#ask(profile, [draft, ...this.#agreed], draft)
        const broken = [...this.#ask(profile, [...this.#agreed], draft)].filter(([sdk, outcome]) => {
          return !works(outcome) && works(without.get(sdk)!)
        })
        return {
          breaks: grouped(new Map(broken), (outcome, sdk) => toldAgainst(outcome, without.get(sdk)!)),
          isSafe: false,
        }
      }
      case 'users':
        return { breaks: this.#users(draft, profile), isSafe: false }
      case 'profile': {
        const outcomes = this.#withAllMended(profile)
        const groups = grouped(outcomes, (outcome) => told(outcome, draft.rule === 'mfa-prompt'))
        // When all SDKs do the same and have credentials, nobody breaks.
        const isHarmless = groups.length === 1 && [...outcomes.values()].every(works)
        return { breaks: isHarmless ? [] : groups, isSafe: false }
      }
    }
  }

  #againstMended(draft: Draft, profile: string): ReturnType<Impact['of']> {
    const isAgreed = this.#agreed.has(draft)
    const others = [...this.#agreed].filter((other) => other !== draft)
    const rest = isAgreed ? others : []
    const without = isAgreed ? this.#withAllMended(profile) : this.#ask(profile, [draft], draft)
    const defect = this.#ask(profile, rest, draft)
    const broken = new Map([...defect].filter(([sdk, outcome]) => !isSame(outcome, without.get(sdk)!)))
    const breaks = grouped(broken, (outcome, sdk) => toldAgainst(outcome, without.get(sdk)!))
    const isSafe = [...broken].every(([sdk, outcome]) => !works(outcome) || works(without.get(sdk)!))
    return { breaks, isSafe: isSafe && (draft.isCure !== true || !isAgreed || this.#isSafeAlone(draft, profile)) }
  }

  /** A person may mend this and leave the rest: then, too, no SDK that works may stop working, wherever its region is from. */
  #isSafeAlone(draft: Draft, profile: string): boolean {
    const mended = this.#ask(profile, [draft], draft, 'region')
    return [...this.#ask(profile, [], draft, 'region')].every(
      ([sdk, outcome]) => !works(outcome) || works(mended.get(sdk)!),
    )
  }

  /** The SDKs that use the keys of the profile where the finding stands. */
  #users(draft: Draft, profile: string): readonly Breaks[] {
    const outcomes = [...this.#withAllMended(profile)].filter(([, { provider }]) => {
      return provider === 'shared-credentials-file' || provider === 'config-file'
    })
    return grouped(new Map(outcomes), () => draft.how ?? 'use it')
  }

  #withAllMended(profile: string): Outcomes {
    const known = this.#mended.get(profile) ?? this.#ask(profile, [...this.#agreed])
    this.#mended.set(profile, known)
    return known
  }

  /** `about` is the defect that is looked at: its section is kept too, for its settings may land in another one. */
  #ask(profile: string, mends: readonly Draft[], about: Draft | null = null, given: 'region' | null = null): Outcomes {
    const related = this.#related(profile)
    const edits = mends.flatMap(({ mend }) => mend ?? [])
    const byFile = Map.groupBy(edits, ({ file }) => file)
    const sheets = new Map(
      this.#pages.map((page) => {
        const own = about === null || about.at.file !== page.path ? null : sectionAt(page, about.at.line)
        const keeps = (section: PageSection): boolean => section === own || isKept(section, related)
        return [page.path, mended(page, byFile.get(page.path) ?? [], keeps)]
      }),
    )
    this.#linesLeft -= [...sheets.values()].reduce((sum, { lines }) => sum + lines.length, 0)
    // A region may come from elsewhere: where the files name none, its absence is no defect of theirs.
    const env = {
      ...(profile === 'default' ? {} : { AWS_PROFILE: profile }),
      ...(given === null && this.#namesRegion(profile)
        ? {}
        : { AWS_REGION: 'us-east-1', AWS_DEFAULT_REGION: 'us-east-1' }),
    }
    const files = Object.fromEntries([...sheets].map(([path, { bytes }]) => [path, bytes]))
    const machine = overlayMachine(this.#machine, { env, files })
    const awsFiles = readAwsFiles(machine)
    return new Map(
      knownSdks.map((sdk) => [
        sdk,
        outcomeOf(chainRules(sdk).trace(machine, {}, awsFiles), (says) => renumbered(says, sheets)),
      ]),
    )
  }

  #namesRegion(profile: string): boolean {
    const keys = [...(this.#holdings.profiles.get(profile)?.keys() ?? [])]
    return keys.some((key) => key === 'region' || meantKey(key) === 'region')
  }

  /** The profile with all that it leads to; what else the files hold does not matter to it. */
  #related(profile: string): ReadonlySet<string> {
    const related = new Set<string>()
    const open = [profile]
    while (open.length > 0 && related.size < 1000) {
      const name = open.pop()!
      if (related.has(name)) continue
      related.add(name)
      const settings = this.#holdings.profiles.get(name)
      const next = settings?.get('source_profile')?.value
      if (next !== undefined) open.push(next)
      for (const [key, kind] of [
        ['sso_session', 'sso-session'],
        ['services', 'services'],
      ] as const) {
        const named = settings?.get(key)?.value
        if (named !== undefined) related.add(`${kind} ${named}`)
      }
    }
    return related
  }

  /** For what is about the whole file: a profile of it that has something to lose. */
  #anyProfile(draft: Draft): string {
    const page = this.#pages.find(({ path }) => path === draft.at.file)
    const names = (page?.sections ?? []).flatMap(({ meaning }) => (meaning.kind === 'profile' ? [meaning.name] : []))
    // A mark is in the way of the first section.
    if (draft.rule === 'byte-order-mark') return names[0] ?? 'default'
    const telling = names.find((name) => {
      const settings = this.#holdings.profiles.get(name)
      return settings?.has('aws_access_key_id') || settings?.has('role_arn') || settings?.has('credential_process')
    })
    return telling ?? names[0] ?? 'default'
  }
}

/** An SDK that names a line means one of the text that it was given. */
function renumbered(says: string, sheets: ReadonlyMap<string, Mended>): string {
  const [path] = [...sheets.keys()].filter((candidate) => says.includes(candidate))
  const sheet = path === undefined ? [...sheets.values()][0] : sheets.get(path)
  return says.replace(/\b(line:? )(\d{1,7})\b/gi, (whole: string, word: string, number: string) => {
    const line = sheet?.lines[Number(number) - 1]
    return line === undefined ? whole : `${word}${line}`
  })
}

function sectionAt(page: Page, line: number): PageSection | null {
  return page.sections.findLast(({ header }) => header !== null && header.line <= line) ?? null
}

function isKept({ meaning }: PageSection, related: ReadonlySet<string>): boolean {
  if (meaning.kind === 'profile') return related.has(meaning.name)
  if (meaning.kind === 'sso-session' || meaning.kind === 'services')
    return related.has(`${meaning.kind} ${meaning.name}`)
  return true
}

/** SDKs by what is said of them, the largest group first. */
function grouped(outcomes: Outcomes, say: (outcome: Outcome, sdk: SdkName) => string): readonly Breaks[] {
  const groups = new Map<string, SdkName[]>()
  for (const [sdk, outcome] of outcomes) {
    const how = say(outcome, sdk)
    groups.set(how, [...(groups.get(how) ?? []), sdk])
  }
  return [...groups].map(([how, sdks]) => ({ sdks, how })).sort((a, b) => b.sdks.length - a.sdks.length)
}
