import type { Machine } from '../machine/machine.ts'
import type { Place } from '../sources/credential.ts'
import { shortText } from './written.ts'

/** What this computer's clock rests on. */
export interface ClockSeen {
  /** A computer inside of another one, whose clock stands still while that one sleeps; null when nothing says so. */
  readonly guest: { readonly kind: 'wsl' | 'docker-desktop' | 'virtual-machine'; readonly at: Place } | null
  /** The program that keeps the time; null when none was found. */
  readonly keeper: { readonly kind: 'chrony' | 'ntpd' | 'timesyncd'; readonly at: Place } | null
}

const nothing: ClockSeen = { guest: null, keeper: null }

/** Traces that programs for keeping time leave while they run or where they are set up. */
const keepers: readonly (readonly ['chrony' | 'ntpd' | 'timesyncd', file: string])[] = [
  ['chrony', '/run/chrony/chronyd.pid'],
  ['chrony', '/var/run/chrony/chronyd.pid'],
  ['ntpd', '/run/ntpd.pid'],
  ['ntpd', '/var/run/ntpd.pid'],
  ['timesyncd', '/run/systemd/timesync/synchronized'],
  ['chrony', '/etc/chrony/chrony.conf'],
  ['chrony', '/etc/chrony.conf'],
  ['timesyncd', '/etc/systemd/timesyncd.conf'],
  ['ntpd', '/etc/ntp.conf'],
  ['ntpd', '/etc/ntpsec/ntp.conf'],
]

/**
 * Reads what the kernel and the usual programs say of the clock. Only Linux writes it where it can be read. Sources: Linux
 * `Documentation/timers/timekeeping.rst` and sysfs-devices-system-cpu; microsoft/WSL issue 5324; docker/for-win issue 4526.
 */
export function readClock(machine: Machine): ClockSeen {
  if (machine.platform !== 'linux') return nothing
  const keeper = keepers.find(([, file]) => machine.readFile(file).kind === 'found')
  return {
    guest: guestOf(machine),
    keeper: keeper === undefined ? null : { kind: keeper[0], at: { file: keeper[1] } },
  }
}

function guestOf(machine: Machine): ClockSeen['guest'] {
  const variable = 'WSL_DISTRO_NAME'
  if (machine.env(variable)) return { kind: 'wsl', at: { variable } }
  const kernel = '/proc/sys/kernel/osrelease'
  const release = shortText(machine, kernel)
  if (/linuxkit/i.test(release)) return { kind: 'docker-desktop', at: { file: kernel } }
  if (/microsoft/i.test(release)) return { kind: 'wsl', at: { file: kernel } }
  const source = '/sys/devices/system/clocksource/clocksource0/current_clocksource'
  if (/^(kvm-clock|hyperv_clocksource|xen|ptp_kvm)/.test(shortText(machine, source)))
    return { kind: 'virtual-machine', at: { file: source } }
  return null
}
