import fc from 'fast-check'
import {
  ACCOUNT,
  CONFIG,
  CREDENTIALS,
  type Environment,
  goodProcess,
  LOGIN_SESSION,
  loginCacheFile,
  loginCacheTexts,
  type MachineState,
  roleArn,
  START_URL,
  ssoCacheFile,
  ssoCacheTexts,
} from './state.ts'

/** Throws dice; every throw comes from fast-check's generator. */
interface Dice {
  chance(percent: number): boolean
  one<T>(values: readonly T[]): T
}

const names = ['default', 'dev', 'prod', 'my prof', 'b']
type Line = readonly [key: string, value: string]

/** States by chance: many things at once. The same seed and count give the same states. */
export function randomStates(seed: number, count: number): readonly MachineState[] {
  const arbitrary = fc.gen().map((generate) => {
    const dice: Dice = {
      chance: (percent) => generate(fc.integer, { min: 0, max: 999 }) < percent * 10,
      one: (values) => values[generate(fc.nat, { max: values.length - 1 })]!,
    }
    return randomState(dice)
  })
  return fc
    .sample(arbitrary, { seed, numRuns: count, unbiased: true })
    .map((drawn, index) => ({ name: `chance ${seed}/${index}`, ...drawn }))
}

function randomState(dice: Dice): Omit<MachineState, 'name'> {
  const files: Record<string, string> = {}
  // Where everything is plain, more states come to a credential.
  const tidy = dice.chance(45)
  if (dice.chance(85)) files[CREDENTIALS] = randomFile(dice, 'CRED', false, tidy)
  if (dice.chance(80)) files[CONFIG] = randomFile(dice, 'CONF', true, tidy)
  if (dice.chance(85)) files['token'] = 'made-up-identity-token'
  putCaches(dice, files)
  const profile = dice.chance(30) ? dice.one(['dev', 'prod', 'default', 'b', 'dev', 'prod', 'my prof', 'gone']) : null
  return { env: randomEnvironment(dice), files, profile }
}

function putCaches(dice: Dice, files: Record<string, string>): void {
  for (const key of ['corp', START_URL]) {
    const kind = dice.chance(55) ? 'valid' : dice.one(Object.keys(ssoCacheTexts))
    const content = ssoCacheTexts[kind]
    if (content !== undefined) files[ssoCacheFile(key)] = content
  }
  const kind = dice.chance(60) ? 'valid' : dice.one(Object.keys(loginCacheTexts))
  const content = loginCacheTexts[kind]
  if (content !== undefined && dice.chance(50)) files[loginCacheFile(LOGIN_SESSION)] = content
}

function randomEnvironment(dice: Dice): Environment {
  const env: Record<string, string> = {}
  const put = (percent: number, name: string, values: readonly string[]): void => {
    if (dice.chance(percent)) env[name] = dice.one(values)
  }
  if (dice.chance(92)) env['AWS_ENDPOINT_URL'] = env['AWS_ENDPOINT_URL_STS'] = '{STUB}'
  if (dice.chance(88)) env['AWS_REGION'] = env['AWS_DEFAULT_REGION'] = dice.one(['eu-west-1', 'ap-south-1'])
  if (dice.chance(18)) {
    env['AWS_ACCESS_KEY_ID'] = dice.one(['AKIDENV', 'AKIDENV', 'AKIDENV', ''])
    if (dice.chance(85))
      env['AWS_SECRET_ACCESS_KEY'] = dice.one(['made-up-secret', 'made-up-secret', 'made-up-secret', ''])
  } else put(3, 'AWS_SECRET_ACCESS_KEY', ['made-up-secret'])
  put(10, 'AWS_SESSION_TOKEN', ['token-env'])
  put(3, 'AWS_SECURITY_TOKEN', ['old-token-env', ''])
  put(3, 'AWS_CREDENTIAL_EXPIRATION', ['2099-01-01T00:00:00Z', '2020-01-01T00:00:00Z'])
  put(3, 'AWS_ACCESS_KEY', ['AKIDALIAS'])
  put(3, 'AWS_SECRET_KEY', ['made-up-secret'])
  put(2, 'AMAZON_ACCESS_KEY_ID', ['AKIDAMAZON'])
  put(2, 'AMAZON_SECRET_ACCESS_KEY', ['made-up-secret'])
  put(2, 'SECRET_ACCESS_KEY', ['made-up-secret'])
  put(40, 'AWS_PROFILE', ['dev', 'prod', 'my prof', 'b', 'default', 'dev', 'prod', 'dev', 'gone', ''])
  put(10, 'AWS_DEFAULT_PROFILE', ['dev', 'prod', 'default', 'gone', ''])
  put(70, 'AWS_SDK_LOAD_CONFIG', ['1', '1', '1', 'true', 'false', ''])
  put(3, 'AWS_SDK_CONFIG_OPT_OUT', ['1'])
  if (dice.chance(7)) {
    env['AWS_WEB_IDENTITY_TOKEN_FILE'] = dice.one(['{HOME}/token', '{HOME}/token', '{HOME}/none', ''])
    if (dice.chance(85)) env['AWS_ROLE_ARN'] = roleArn('w')
  } else put(3, 'AWS_ROLE_ARN', [roleArn('w')])
  put(3, 'AWS_ROLE_SESSION_NAME', ['named'])
  put(7, 'AWS_CONTAINER_CREDENTIALS_FULL_URI', [
    '{STUB}/container',
    '{STUB}/container',
    '{STUB}/container',
    '',
    'http://example.com/x',
  ])
  put(2, 'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI', ['/container', '/container', ''])
  put(4, 'AWS_CONTAINER_AUTHORIZATION_TOKEN', ['made-up-token'])
  put(2, 'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE', ['{HOME}/token', '{HOME}/none'])
  if (dice.chance(30)) env['AWS_EC2_METADATA_SERVICE_ENDPOINT'] = '{STUB}'
  else env['AWS_EC2_METADATA_DISABLED'] = 'true'
  put(4, 'AWS_EC2_METADATA_DISABLED', ['true', 'false', '1', ''])
  put(2, 'AWS_EC2_METADATA_V1_DISABLED', ['true', 'false'])
  put(1, 'AWS_STS_REGIONAL_ENDPOINTS', ['legacy', 'regional'])
  return env
}

// ---- files

function randomFile(dice: Dice, label: string, prefix: boolean, tidy: boolean): string {
  const lines: string[] = []
  if (dice.chance(15)) lines.push(dice.one(['# first', '', '; note', ...(tidy ? [] : ['  # indented'])]))
  for (const name of some(dice, names)) {
    lines.push(...randomSection(dice, label, name, prefix, tidy))
  }
  if (prefix && dice.chance(65)) {
    lines.push(`[sso-session ${dice.one(['corp', 'corp', 'corp', 'corp', 'other'])}]`)
    if (dice.chance(95)) lines.push(`sso_start_url = ${START_URL}`)
    if (dice.chance(95)) lines.push('sso_region = eu-west-1')
  }
  if (!tidy && dice.chance(6)) {
    lines.push(
      '[DEFAULT]',
      dice.one(['region = us-west-1', 'aws_session_token = inherited', 'aws_secret_access_key = inherited']),
    )
  }
  if (!tidy && dice.chance(3)) lines.unshift('\ufeff[first]', 'a = b')
  return lines.join(dice.one(['\n', '\n', '\n', '\r\n'])) + dice.one(['', '\n', '\n'])
}

function some(dice: Dice, all: readonly string[]): readonly string[] {
  const left = [...all]
  const count = dice.one([1, 2, 3, 4])
  return Array.from({ length: count }, () => left.splice(left.indexOf(dice.one(left)), 1)[0]!)
}

function randomSection(dice: Dice, label: string, name: string, prefix: boolean, tidy: boolean): readonly string[] {
  const usual = name === 'default' || !prefix ? name : name.includes(' ') ? `profile "${name}"` : `profile ${name}`
  const header =
    tidy || dice.chance(80)
      ? usual
      : dice.one([` ${usual} `, usual.toUpperCase(), `profile ${name}`, name, `profile  ${name}`])
  const indent = tidy || dice.chance(94) ? '' : '  '
  const lines = [`${indent}[${header}]${tidy || dice.chance(90) ? '' : dice.one([' # c', ' ', ' ; c'])}`]
  const settings = shuffled(dice, randomSettings(dice, label, name))
  if (!tidy && settings.length > 0 && dice.chance(3)) settings.push(dice.one(settings))
  for (const [key, value] of settings) {
    if (key === 'credential_process') {
      // It is really run, so that it must stay what it is.
      lines.push(`${key} = ${value}`, 'output = json')
      continue
    }
    lines.push(tidy ? `${key} = ${value}` : randomLine(dice, key, value))
    if (!tidy && dice.chance(4)) lines.push(dice.one(['', '# c', '  # c', '   continued', ' ', '; c']))
  }
  if (!tidy && dice.chance(2)) lines.push(dice.one(['garbage', '[broken', '= x', `[${header}]`]))
  if (dice.chance(30)) lines.push('')
  return lines
}

function shuffled(dice: Dice, settings: readonly Line[]): Line[] {
  const left = [...settings]
  const out: Line[] = []
  while (left.length > 0) out.push(left.splice(left.indexOf(dice.one(left)), 1)[0]!)
  return out
}

function randomSettings(dice: Dice, label: string, name: string): readonly Line[] {
  const settings: Line[] = []
  const put = (percent: number, key: string, values: readonly string[]): void => {
    if (dice.chance(percent)) settings.push([key, dice.one(values)])
  }
  const id = `AKID${label}${name.toUpperCase().replaceAll(' ', '')}`
  if (dice.chance(55)) {
    settings.push(['aws_access_key_id', id])
    put(88, 'aws_secret_access_key', ['made-up-secret'])
  } else put(7, 'aws_secret_access_key', ['made-up-secret'])
  put(15, 'aws_session_token', [`token-${label}`])
  put(3, 'aws_security_token', ['old-token', ''])
  if (dice.chance(22)) {
    settings.push(['role_arn', roleArn(dice.one(['r1', 'r2', 'r3']))])
    put(75, 'source_profile', ['default', 'dev', 'prod', 'b', 'my prof', 'dev', 'prod', 'default', 'gone', name])
    put(12, 'credential_source', ['Environment', 'EcsContainer', 'Ec2InstanceMetadata', 'environment'])
    put(8, 'role_session_name', ['named'])
    put(8, 'external_id', ['made-up-id'])
    put(5, 'duration_seconds', ['1800', '900', 'x'])
    put(4, 'mfa_serial', [`arn:aws:iam::${ACCOUNT}:mfa/ana`])
  } else {
    put(3, 'source_profile', ['default', 'dev', 'gone'])
    put(2, 'credential_source', ['Environment'])
    put(1, 'mfa_serial', [`arn:aws:iam::${ACCOUNT}:mfa/ana`])
  }
  if (dice.chance(9)) {
    put(92, 'sso_account_id', [ACCOUNT])
    put(92, 'sso_role_name', ['admin'])
    if (dice.chance(55)) settings.push(['sso_session', dice.one(['corp', 'corp', 'corp', 'corp', 'gone'])])
    else {
      put(90, 'sso_start_url', [START_URL])
      put(90, 'sso_region', ['eu-west-1'])
    }
    put(6, 'sso_region', ['eu-west-1', 'us-east-1'])
  }
  put(6, 'web_identity_token_file', ['{HOME}/token', '{HOME}/token', '{HOME}/token', '{HOME}/none', '~/token'])
  put(6, 'credential_process', [goodProcess(), goodProcess(label)])
  put(4, 'login_session', [LOGIN_SESSION])
  put(25, 'region', ['eu-west-1', 'us-east-2', 'cn-north-1'])
  put(1, 'ec2_metadata_service_endpoint', ['{STUB}'])
  put(1, 'services', ['local'])
  // A key stands twice only where that is meant.
  return [...new Map(settings.map((setting) => [setting[0], setting])).values()]
}

function randomLine(dice: Dice, key: string, value: string): string {
  const delimiter = dice.chance(80) ? dice.one([' = ', '=']) : dice.one([' =', '= ', ': ', '\t=\t', ':', ' : '])
  const indent = dice.chance(91) ? '' : dice.one(['  ', '\t'])
  const written = dice.chance(93)
    ? key
    : dice.one([key.toUpperCase(), key.replace(/(^|_)(.)/g, (_, a: string, b: string) => a + b.toUpperCase())])
  const tail = dice.chance(90) ? '' : dice.one([' ', ' # note', ';x', ' ; x', '#x', '\t'])
  const quote = dice.chance(96) ? '' : dice.one(['"', "'"])
  return `${indent}${written}${delimiter}${quote}${value}${quote}${tail}`
}
