import { describe, expect, test } from 'vitest'
import { listChanges } from '../../../src/holder/changes/index.ts'
import { diagnose } from '../../../src/holder/diagnosis/index.ts'
import type { FixCall } from '../../../src/holder/diagnosis/verdict.ts'
import type { OutgoingRequest } from '../../../src/holder/machine/machine.ts'
import {
  applyRepair,
  planRepair,
  type RepairProposal,
  repairMachine,
  undoChange,
} from '../../../src/holder/repair/index.ts'
import { idOf, type KnownKey, now, secretOf, section, tokenOf } from '../diagnosis/stand-in.ts'
import { desk } from './desk.ts'

const alice = { id: idOf('AKIA', 3), secret: secretOf(3), token: tokenOf(3) }
const admin = { id: idOf('AKIA', 5), secret: secretOf(5) }

const call = (user: string, undoable = true): FixCall => ({
  service: 'iam',
  operation: 'UpdateAccessKey',
  parameters: { UserName: user, Status: 'Active' },
  undone: undoable ? { operation: 'UpdateAccessKey', parameters: { UserName: user, Status: 'Inactive' } } : null,
  says: `make the key of ${user} active again`,
  as: 'with-profile',
})

/** IAM that notes what it is told, and refuses for some users; and a machine with a leftover token, which a file edit cures. */
async function scene(calls: readonly FixCall[], refused: readonly string[] = []) {
  const heard: string[] = []
  const instead = ({ body, headers }: OutgoingRequest) => {
    const told = new URLSearchParams(body)
    if (told.get('Action') !== 'UpdateAccessKey') return null
    const user = told.get('UserName')!
    const who = headers.some(([, value]) => value.includes(admin.id)) ? 'admin' : 'somebody else'
    heard.push(`${who}: ${user} ${told.get('Status')}`)
    const isRefused = refused.includes(user)
    const xml = isRefused
      ? '<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>'
      : '<UpdateAccessKeyResponse/>'
    return { status: isRefused ? 403 : 200, headers: [], body: xml, receivedAt: now }
  }
  const here = desk({
    credentials: section('default', alice.id, alice.secret, alice.token) + section('admin', admin.id, admin.secret),
    sts: { keys: { [alice.id]: { secret: alice.secret }, [admin.id]: { secret: admin.secret } }, instead },
  })
  const before = await diagnose(here.machine)
  const [first] = before.causes
  const finding = { ...first!, fix: { ...first!.fix, calls } }
  const plan = planRepair(here.machine, finding)!
  const proposal: RepairProposal = {
    before,
    steps: [{ finding, plan, result: 'unproved', losses: [] }],
    files: plan.files,
    calls: plan.calls,
    variables: [],
    after: before,
    result: 'unproved',
    inVain: [],
    costly: [],
    needProfile: [],
  }
  const text = here.text()
  return { ...here, heard, proposal, text, now: here.text, question: { withProfile: 'admin' } }
}

describe('a cure with calls of AWS', () => {
  test('that a broken file keeps from being made is made with the file as it is to be, there and back and there again', async () => {
    const keys: Record<string, KnownKey> = {
      [alice.id]: { secret: alice.secret, state: 'inactive' },
      [admin.id]: { secret: admin.secret, user: 'admin' },
    }
    const instead = ({ body }: OutgoingRequest) => {
      const told = new URLSearchParams(body)
      if (told.get('Action') !== 'UpdateAccessKey') return null
      keys[alice.id] = { secret: alice.secret, state: told.get('Status') === 'Active' ? 'active' : 'inactive' }
      return { status: 200, headers: [], body: '<UpdateAccessKeyResponse/>', receivedAt: now }
    }
    const broken = `${section('default', alice.id, alice.secret)}${section('admin', admin.id, admin.secret)}junk\n`
    const here = desk({ credentials: broken, sts: { keys, instead } })
    const question = { withProfile: 'admin', mayAsk: async () => true }
    const repair = await repairMachine(here.machine, here.disk, question)
    expect(repair).toMatchObject({ result: 'cured', after: { status: 'valid' } })
    expect(repair.rounds.flatMap(({ proposal }) => proposal.steps.map(({ finding }) => finding.id))).toEqual([
      'file-syntax',
      'key-inactive',
    ])
    expect(await undoChange(here.machine, here.disk)).toMatchObject({ kind: 'undone' })
    expect([here.text(), keys[alice.id]?.state]).toEqual([broken, 'inactive'])
    expect(await undoChange(here.machine, here.disk)).toMatchObject({ kind: 'undone' })
    expect([here.text(), keys[alice.id]?.state]).toEqual([broken.replace('junk', '# junk'), 'active'])
  })

  test('makes them as the other profile, before any file is changed; undo takes both back', async () => {
    const here = await scene([call('alice'), call('bob')])
    const applied = await applyRepair(here.machine, here.disk, here.proposal, here.question)
    expect(applied).toMatchObject({ kind: 'applied', id: 1, after: { status: 'valid' } })
    expect(here.heard).toEqual(['admin: alice Active', 'admin: bob Active'])
    expect(here.now()).not.toBe(here.text)
    expect(await undoChange(here.machine, here.disk)).toMatchObject({ kind: 'undone', id: 2 })
    expect(here.heard.slice(2)).toEqual(['admin: bob Inactive', 'admin: alice Inactive'])
    expect(here.now()).toBe(here.text)
  })

  test('takes back what it has called when a later call is refused, and touches no file', async () => {
    const here = await scene([call('alice'), call('bob')], ['bob'])
    const applied = await applyRepair(here.machine, here.disk, here.proposal, here.question)
    expect(applied).toMatchObject({
      kind: 'failed',
      call: { parameters: { UserName: 'bob' } },
      because: { refusal: { code: 'AccessDenied' } },
      left: [],
    })
    expect(here.heard).toEqual(['admin: alice Active', 'admin: bob Active', 'admin: alice Inactive'])
    expect(here.now()).toBe(here.text)
    expect(listChanges(here.machine, here.disk)).toEqual([])
  })

  test('says which calls stay when nothing takes them back, and keeps them in the journal', async () => {
    const here = await scene([call('alice', false), call('bob')], ['bob'])
    const applied = await applyRepair(here.machine, here.disk, here.proposal, here.question)
    expect(applied).toMatchObject({ kind: 'failed', left: [{ parameters: { UserName: 'alice' } }] })
    expect(listChanges(here.machine, here.disk)).toMatchObject([{ entry: { state: 'calling', files: [] } }])
  })

  test('takes its calls back when a file was changed meanwhile', async () => {
    const here = await scene([call('alice')])
    const disk = {
      ...here.disk,
      write(path: string, bytes: Uint8Array) {
        if (path.endsWith('credentials')) throw Object.assign(new Error('changed meanwhile'), { code: 'conflict' })
        here.disk.write(path, bytes)
      },
    }
    await expect(applyRepair(here.machine, disk, here.proposal, here.question)).rejects.toThrow('changed meanwhile')
    expect(here.heard).toEqual(['admin: alice Active', 'admin: alice Inactive'])
    expect(here.now()).toBe(here.text)
    expect(listChanges(here.machine, here.disk)).toEqual([])
  })

  test('makes none of them offline', async () => {
    const here = await scene([call('alice')])
    const applied = await applyRepair(here.machine, here.disk, here.proposal, { ...here.question, offline: true })
    expect(applied).toMatchObject({ kind: 'failed', because: { kind: 'described', needs: 'network' } })
    expect([here.heard, here.now()]).toEqual([[], here.text])
  })
})
