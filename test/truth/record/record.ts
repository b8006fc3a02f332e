/*
 * Asks the real SDKs what they make of generated machine states.
 *
 *   node test/truth/record/record.ts --states            writes states.json anew (old states keep their places)
 *   node test/truth/record/record.ts boto3 go-v2 …       records these SDKs (all without a name) into <sdk>.json
 *   node test/truth/record/record.ts boto3 --more        asks only about states that came after its recording
 *   node test/truth/record/record.ts boto3 --fresh 500 --seed 7   500 new states, compared with our prediction; writes nothing
 *   node test/truth/record/record.ts boto3 --fresh 500 --seed 7 --wide   with odd settings of many kinds besides
 *   node test/truth/record/record.ts boto3 --only D07    the recorded states of that name, told in full; writes nothing
 *   node test/truth/record/record.ts --live 300 [--seed S]   fresh states for all SDKs that are cheap, as `npm run truth:live`
 *
 * It runs in a network namespace of its own, in which loopback is all there is. Where that cannot be had, states that would
 * need other addresses are left out.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { converse, ownEnvironment, type RawAnswer } from './conversation.ts'
import { layOut, unfilled } from './layout.ts'
import { type Recorder, recorders } from './recorders.ts'
import { type MachineState, needsLinkLocal, randomStates, recordedSeeds, recordedStates, wideStates } from './states.ts'
import { type Answer, hashOf, type Recording, readRecording, readStates, writeRecording, writeStates } from './store.ts'
import { type Stub, startStub } from './stub.ts'

const here = fileURLToPath(new URL('.', import.meta.url))
const inside = process.env['COUNTERSIGN_TRUTH'] ?? ''
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    states: { type: 'boolean' },
    sdk: { type: 'string', multiple: true },
    fresh: { type: 'string' },
    live: { type: 'string' },
    seed: { type: 'string' },
    wide: { type: 'boolean' },
    only: { type: 'string' },
    more: { type: 'boolean' },
    show: { type: 'string', default: '3' },
  },
})

if (values.states) process.exit(renewStates())
const chosen = choose()
if (inside === '') process.exit(outside())
process.exitCode = await record()

function renewStates(): number {
  const old = readStates()
  const next = recordedStates()
  const key = ({ env, files, profile }: MachineState): string => JSON.stringify([env, files, profile])
  const wanted = new Map(next.map((state) => [key(state), state]))
  const kept = old.filter((state) => wanted.delete(key(state)))
  const all = [...kept, ...wanted.values()]
  writeStates(all)
  process.stdout.write(
    `${all.length} states: ${kept.length} kept, ${wanted.size} new, ${old.length - kept.length} gone\n`,
  )
  return 0
}

function choose(): readonly Recorder[] {
  const names = [...positionals, ...(values.sdk ?? [])]
  const unknown = names.filter((name) => !recorders.some(({ sdk }) => sdk === name))
  if (unknown.length > 0)
    throw new Error(`no recorder: ${unknown.join(', ')}; known: ${recorders.map(({ sdk }) => sdk).join(', ')}`)
  if (names.length > 0) return recorders.filter(({ sdk }) => names.includes(sdk))
  return values.live === undefined ? recorders : recorders.filter(({ live }) => live)
}

// ---- outside: toolchains are looked for and built where the network is, then all goes on in a namespace

function outside(): number {
  const absent: string[] = []
  const ready = chosen.filter((recorder) => {
    const why = prepare(recorder)
    if (why !== null) absent.push(`${recorder.sdk}: ${why}`)
    return why === null
  })
  for (const line of absent) process.stderr.write(`left out, its toolchain is absent: ${line}\n`)
  const failed = absent.length > 0 && (process.env['CI'] === 'true' || ready.length === 0) ? 1 : 0
  if (ready.length === 0) return failed
  const args = [fileURLToPath(import.meta.url), ...ready.flatMap(({ sdk }) => ['--sdk', sdk]), ...passedOn()]
  const files = mkdtempSync(join(tmpdir(), 'truth-net-'))
  writeFileSync(join(files, 'hosts'), '127.0.0.1 localhost truth.local\n::1 localhost\n')
  writeFileSync(join(files, 'resolv.conf'), 'nameserver 127.0.0.1\noptions timeout:1 attempts:1\n')
  const setUp = [
    'ip link set lo up',
    'ip addr add 169.254.170.2/32 dev lo',
    'ip addr add 169.254.170.23/32 dev lo',
    'ip -6 addr add fd00:ec2::23/128 dev lo 2>/dev/null || true',
    `mount --bind ${files}/hosts /etc/hosts`,
    `mount --bind "$(readlink -f /etc/resolv.conf)" "$(readlink -f /etc/resolv.conf)" 2>/dev/null; mount --bind ${files}/resolv.conf "$(readlink -f /etc/resolv.conf)"`,
  ].join(' && ')
  try {
    for (const enter of [
      ['unshare', '-rnm'],
      ['sudo', '-n', '-E', 'unshare', '-nm'],
    ]) {
      const [command = '', ...rest] = enter
      if (spawnSync(command, [...rest, 'sh', '-c', setUp], { stdio: 'ignore' }).status !== 0) continue
      const { status } = spawnSync(
        command,
        [...rest, 'sh', '-c', `${setUp} && exec "$0" "$@"`, process.execPath, ...args],
        {
          stdio: 'inherit',
          env: { ...process.env, COUNTERSIGN_TRUTH: 'namespace' },
        },
      )
      return Math.max(failed, status ?? 1)
    }
  } finally {
    rmSync(files, { recursive: true })
  }
  process.stderr.write('no network namespace can be made here: states that need addresses of their own are left out\n')
  const { status } = spawnSync(process.execPath, args, {
    stdio: 'inherit',
    env: { ...process.env, COUNTERSIGN_TRUTH: 'plain' },
  })
  return Math.max(failed, status ?? 1)
}

function passedOn(): readonly string[] {
  const more = [...(values.more ? ['--more'] : []), ...(values.wide ? ['--wide'] : [])]
  return [
    ...more,
    ...(['fresh', 'live', 'seed', 'only', 'show'] as const).flatMap((name) =>
      values[name] === undefined ? [] : [`--${name}`, values[name]],
    ),
  ]
}

function prepare({ build, version }: Recorder): string | null {
  for (const command of build) {
    const why = failureOf(command)
    if (why !== null) return why
  }
  return failureOf(version)
}

function failureOf([command = '', ...rest]: readonly string[]): string | null {
  const { status, stderr, error } = spawnSync(command, rest, { cwd: here, env: ownEnvironment(), encoding: 'utf8' })
  if (status === 0) return null
  return `${[command, ...rest].join(' ')} failed: ${error?.message ?? stderr.trim().split('\n').slice(-3).join(' ')}`
}

// ---- inside

async function record(): Promise<number> {
  const stub = await startStub(inside === 'namespace')
  let failures = 0
  try {
    for (const recorder of chosen) failures += await recordOne(recorder, stub)
  } finally {
    await stub.stop()
  }
  return failures > 0 ? 1 : 0
}

async function recordOne(recorder: Recorder, stub: Stub): Promise<number> {
  const count = Number(values.live ?? values.fresh ?? 0)
  const seed = Number(
    values.seed ??
      (values.live === undefined ? Date.now() % 1_000_000 : new Date().toISOString().slice(0, 10).replaceAll('-', '')),
  )
  const isDry = count > 0 || values.only !== undefined
  const all = count > 0 ? (values.wide ? wideStates : randomStates)(seed, count) : readStates()
  const states = all.filter(
    (state) =>
      (inside === 'namespace' || staysHere(state)) && (values.only === undefined || state.name.includes(values.only)),
  )
  if (count > 0) process.stdout.write(`${recorder.sdk}: ${states.length} fresh states, seed ${seed}\n`)
  else if (!isDry && inside !== 'namespace') throw new Error('recording needs a network namespace')
  const began = Date.now()
  const before = values.more ? readRecording(recorder.sdk) : null
  const known = before?.answers ?? []
  if (before !== null && before.states !== hashOf(states.slice(0, known.length)))
    throw new Error(`${recorder.sdk}.json answers other states: record it anew`)
  const answers = [...known, ...(await answersOf(recorder, states.slice(known.length), stub))]
  const recording: Recording = {
    sdk: recorder.sdk,
    version: versionOf(recorder),
    // Clocks of predictions stand at the first answer.
    recordedOn: before?.recordedOn ?? new Date().toISOString(),
    seeds: recordedSeeds.map(([recordedSeed]) => recordedSeed),
    states: hashOf(states),
    answers,
  }
  const lost = answers.filter(([, , , error]) => error?.startsWith('RecorderError')).length
  process.stdout.write(
    `${recorder.sdk} ${recording.version}: ${answers.length} answers in ${Math.round((Date.now() - began) / 1000)} s${lost > 0 ? `, ${lost} WITHOUT ANSWER` : ''}\n`,
  )
  if (!isDry) writeRecording(recording)
  return lost + (await compare(recorder, recording, states))
}

/** Whether no other address than the stub's would be asked. */
function staysHere(state: MachineState): boolean {
  const { env } = state
  const asksStub = env['AWS_ENDPOINT_URL'] === '{STUB}' && env['AWS_IGNORE_CONFIGURED_ENDPOINT_URLS'] === undefined
  const asksInstance =
    env['AWS_EC2_METADATA_SERVICE_ENDPOINT'] === '{STUB}' || env['AWS_EC2_METADATA_DISABLED'] === 'true'
  return (
    !needsLinkLocal(state) &&
    asksStub &&
    asksInstance &&
    !/example\.com/.test(env['AWS_CONTAINER_CREDENTIALS_FULL_URI'] ?? '')
  )
}

async function compare(recorder: Recorder, recording: Recording, states: readonly MachineState[]): Promise<number> {
  const { disagreementsOf } = await import('../agreement.ts')
  const wrong = disagreementsOf(recorder, recording, states)
  if (values.only !== undefined)
    for (const [index, state] of states.entries())
      process.stdout.write(`${JSON.stringify({ ...state, answer: recording.answers[index] }, null, 1)}\n`)
  for (const one of wrong.slice(0, Number(values.show))) process.stdout.write(`${JSON.stringify(one, null, 1)}\n`)
  process.stdout.write(`${recorder.sdk}: ${wrong.length} disagreements of ${states.length}\n`)
  return wrong.length
}

function versionOf({ version }: Recorder): string {
  const [command = '', ...rest] = version
  const { stdout } = spawnSync(command, rest, { cwd: here, env: ownEnvironment(), encoding: 'utf8' })
  return stdout.trim().split(/\s+/).at(-1) ?? ''
}

async function answersOf(recorder: Recorder, states: readonly MachineState[], stub: Stub): Promise<readonly Answer[]> {
  const parent = mkdtempSync(join(tmpdir(), 'truth-'))
  const userHome = userInfo().homedir
  try {
    const laidOut = states.map((state, id) => layOut(state, id, parent, stub))
    const answers: Answer[] = []
    const heard = ({ id, accessKeyId, sessionToken, source, error, more }: RawAnswer): void => {
      const text = JSON.stringify([accessKeyId, sessionToken, source, error, ...(more === undefined ? [] : [more])])
      answers[id] = JSON.parse(unfilled(text, laidOut[id]!, stub, userHome)) as Answer
    }
    const jobs = recorder.jobs ?? 1
    await Promise.all(
      Array.from({ length: jobs }, (_, job) =>
        converse(
          recorder.start,
          here,
          laidOut.filter(({ id }) => id % jobs === job),
          heard,
        ),
      ),
    )
    return answers
  } finally {
    rmSync(parent, { recursive: true, force: true })
  }
}
