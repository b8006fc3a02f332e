import { CountersignError } from '../../errors.ts'
import type { Machine } from '../machine/machine.ts'
import { parseItem, renderItem } from './item.ts'
import type { Vault } from './vault.ts'

type Keyring = typeof import('@napi-rs/keyring')

/** The name that all items have in common in the keychain (`service` there). */
const ours = 'countersign'
/** That of keys which are no items. */
const oursApart = 'countersign-keys'

/**
 * On Linux only the Secret Service (GNOME Keyring, KWallet, KeePassXC): the kernel's keyring, which the library would fall back on,
 * forgets everything at the next start of the computer.
 */
const store = { linux: { store: 'secret-service' } } as const

const said: Readonly<Record<Machine['platform'], string>> = {
  darwin: 'the macOS keychain',
  win32: 'the Windows Credential Manager',
  linux: 'the keyring of the desktop (Secret Service)',
}

/** The keychain of the operating system; null where there is none, or where it has no program to speak for it. */
export async function openKeychain(platform: Machine['platform']): Promise<Vault | null> {
  const keyring = await loadKeyring()
  if (keyring === null) return null
  const says = said[platform]
  return {
    says,
    async get(name) {
      const text = await ask(says, () => entryOf(keyring, ours, name).getPassword())
      if (text === null) return null
      const item = parseItem(parsed(text))
      if (item !== null) return item
      throw new CountersignError(
        'syntax',
        `What ${says} holds as "${ours}" / "${name}" is nothing that this version knows.`,
      )
    },
    async put(name, item) {
      await ask(says, () => entryOf(keyring, ours, name).setPassword(JSON.stringify(renderItem(item))))
    },
    async remove(name) {
      await ask(says, () => entryOf(keyring, ours, name).deletePassword())
    },
    async names() {
      const held = await ask(says, () => keyring.findCredentialsAsync(ours))
      return held.map(({ account }) => account).sort()
    },
  }
}

/** Bytes that were kept under a name; null where there are none, or no keychain, or one that is locked. */
export async function keychainBytes(name: string): Promise<Uint8Array | null> {
  const keyring = await loadKeyring()
  if (keyring === null) return null
  try {
    const text = await entryOf(keyring, oursApart, name).getPassword()
    return text === null ? null : new Uint8Array(Buffer.from(text, 'base64'))
  } catch {
    return null
  }
}

/** Keeps bytes under a name; false where no keychain takes them. */
export async function keepKeychainBytes(name: string, bytes: Uint8Array): Promise<boolean> {
  const keyring = await loadKeyring()
  if (keyring === null) return false
  try {
    await entryOf(keyring, oursApart, name).setPassword(Buffer.from(bytes).toString('base64'))
    return true
  } catch {
    return false
  }
}

/** Optional, and prebuilt for each platform: null where there is no build, or no keychain answers. */
async function loadKeyring(): Promise<Keyring | null> {
  try {
    const keyring = await import('@napi-rs/keyring')
    // Refuses at once where nobody listens.
    entryOf(keyring, ours, 'anybody')
    return keyring
  } catch {
    return null
  }
}

function entryOf(keyring: Keyring, service: string, name: string): InstanceType<Keyring['AsyncEntry']> {
  return new keyring.AsyncEntry(service, name, store)
}

async function ask<T>(says: string, question: () => Promise<T>): Promise<T> {
  try {
    return await question()
  } catch (cause) {
    // What the platform says may quote what it was given.
    throw new CountersignError(
      'vault-locked',
      `${says[0]!.toUpperCase()}${says.slice(1)} was not unlocked, or refused.`,
      {
        cause,
        data: { hint: 'Unlock it and try again; or keep keys in an encrypted file: COUNTERSIGN_VAULT=file.' },
      },
    )
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
