import { describe, expect, test } from 'vitest'
import { diagnose } from '../../../src/holder/diagnosis/index.ts'
import { planRepair, proposeRepair, proveRepair, repairMachine, undoChange } from '../../../src/holder/repair/index.ts'
import { home, idOf, machine, secretOf, section, tokenOf } from '../diagnosis/stand-in.ts'
import { desk } from './desk.ts'

const id = idOf('AKIA', 3)
const secret = secretOf(3)
const token = tokenOf(3)
const keys = { [id]: { secret } }
const credentials = `${home}/.aws/credentials`

describe('several causes at once', () => {
  const broken = section('default', `"${id}"`, secret, token)

  test('are cured one after the other, each proved on a copy that has those before it, and applied as one change', async () => {
    const here = desk({ credentials: broken, sts: { keys } })
    const proposal = await proposeRepair(here.machine)
    expect(proposal.steps.map(({ finding }) => finding.id)).toEqual(['quoted-value', 'stale-session-token'])
    expect(proposal).toMatchObject({ result: 'cured', after: { status: 'valid' } })
    expect(proposal.files).toHaveLength(1)
    expect(here.text()).toBe(broken)
    const repair = await repairMachine(here.machine, here.disk)
    expect(repair).toMatchObject({ result: 'cured', after: { status: 'valid' } })
    expect(here.text()).toBe(section('default', id, secret))
    expect(await undoChange(here.machine, here.disk)).toMatchObject({ kind: 'undone' })
    expect(here.text()).toBe(broken)
  })

  test('are left but for the one that was asked for', async () => {
    const here = desk({ credentials: broken, sts: { keys } })
    const repair = await repairMachine(here.machine, here.disk, { cause: 'quoted-value' })
    expect(repair.result).toBe('better')
    expect(here.text()).toBe(section('default', id, secret, token))
  })

  test('are cured as far as they can be, and what then shows is said', async () => {
    const dead = idOf('ASIA', 9)
    const over = { secret: secretOf(9), token: tokenOf(9), expired: true }
    const here = desk({
      credentials: section('default', `"${dead}"`, over.secret, over.token),
      sts: { keys: { [dead]: over } },
    })
    const proposal = await proposeRepair(here.machine)
    expect(proposal.before.causes[0]).toMatchObject({ id: 'quoted-value', certainty: 'proven' })
    expect(proposal).toMatchObject({ result: 'reveals', steps: [{ finding: { id: 'quoted-value' } }] })
    const repair = await repairMachine(here.machine, here.disk)
    expect(repair).toMatchObject({ result: 'better', after: { causes: [{ id: 'session-expired' }] } })
    expect(here.text()).toBe(section('default', dead, over.secret, over.token))
  })

  test('a cure that leaves no credentials at all is none', async () => {
    const { machine: laid } = machine({ credentials: section('default', id, secretOf(4)), sts: { keys } })
    const before = await diagnose(laid)
    const edit = { kind: 'unset', file: credentials, section: 'default' } as const
    const [finding] = before.causes
    const fix = {
      ...finding!.fix,
      automatic: true,
      edits: [
        { ...edit, key: 'aws_access_key_id' },
        { ...edit, key: 'aws_secret_access_key' },
      ],
    }
    const plan = planRepair(laid, { ...finding!, fix })!
    expect(await proveRepair(laid, plan, before, finding!)).toMatchObject({
      result: 'no-better',
      after: { status: 'absent' },
    })
  })
})

describe('a cure by which another client would lose what it finds', () => {
  // The AWS CLI reads a profile of two words only in quotation marks, and the SDK for Go only without them.
  const config = `[profile two words]\naws_access_key_id = ${id}\naws_secret_access_key = ${secret}\n`
  const question = { profile: 'two words' }
  const losses = [{ sdk: 'go-v2', profile: 'two words' }]

  test('is not made by itself, and is told', async () => {
    const here = desk({ config, sts: { keys } })
    const proposal = await proposeRepair(here.machine, question)
    expect(proposal).toMatchObject({ steps: [], result: 'nothing', inVain: [] })
    expect(proposal.costly).toMatchObject([{ finding: { id: 'section-prefix' }, losses }])
  })

  test('is made for whoever asks for it by name, and says what it costs', async () => {
    const here = desk({ config, sts: { keys } })
    const proposal = await proposeRepair(here.machine, { ...question, cause: 'section-prefix' })
    expect(proposal).toMatchObject({ result: 'cured', steps: [{ losses }], costly: [] })
  })
})

describe('a repair as a whole', () => {
  test('finds nothing to do where nothing is wrong', async () => {
    const here = desk({ credentials: section('default', id, secret), sts: { keys } })
    expect(await repairMachine(here.machine, here.disk)).toMatchObject({ result: 'healthy', rounds: [] })
  })

  test('changes nothing without leave', async () => {
    const broken = section('default', id, secret, token)
    const here = desk({ credentials: broken, sts: { keys } })
    const repair = await repairMachine(here.machine, here.disk, {}, { approve: async () => false })
    expect(repair).toMatchObject({ result: 'declined', rounds: [] })
    expect(here.text()).toBe(broken)
  })

  test('does nothing where only a person can help', async () => {
    const wrong = section('default', id, secretOf(4))
    const here = desk({ credentials: wrong, sts: { keys } })
    expect(await repairMachine(here.machine, here.disk)).toMatchObject({ result: 'nothing', rounds: [] })
    expect(here.text()).toBe(wrong)
  })

  test('proves nothing of an answer that does not come any more', async () => {
    let isBusy = false
    const busy = { status: 503, headers: [], body: 'busy', receivedAt: new Date('2026-11-28T12:00:00Z') }
    const here = desk({
      credentials: section('default', id, secret, token),
      sts: { keys, instead: () => (isBusy ? busy : null) },
    })
    const before = await diagnose(here.machine)
    isBusy = true
    const proposal = await proposeRepair(here.machine, {}, before)
    expect(proposal).toMatchObject({ result: 'nothing', steps: [] })
    expect(proposal.inVain.map((finding) => finding.id)).toEqual(['stale-session-token'])
  })
})
