import { describe, expect, test } from 'vitest'
import { diagnose, verdictJson } from '../../../src/holder/diagnosis/index.ts'
import type { Verdict } from '../../../src/holder/diagnosis/verdict.ts'
import {
  accountB,
  home,
  hours,
  idOf,
  type Laid,
  machine,
  now,
  refusal,
  reply,
  secretOf,
  section,
  tokenOf,
} from './stand-in.ts'

const id = idOf('AKIA', 3)
const secret = secretOf(3)
const good = { [id]: { secret } }
const session = { id: idOf('ASIA', 9), secret: secretOf(9), token: tokenOf(9) }

async function verdictOf(laid: Laid, question: Parameters<typeof diagnose>[1] = {}): Promise<Verdict> {
  return await diagnose(machine(laid).machine, question)
}

function told(verdict: Verdict): readonly string[] {
  return verdict.causes.map((cause) => `${cause.id} ${cause.certainty}`)
}

function proven(verdict: Verdict): readonly string[] {
  return verdict.causes.filter((cause) => cause.certainty === 'proven').map((cause) => cause.id)
}

describe('check', () => {
  test('says who the credentials are when STS answers, and claims nothing', async () => {
    const verdict = await verdictOf({ credentials: section('default', id, secret), sts: { keys: good } })
    expect(verdict.status).toBe('valid')
    expect(verdict.identity?.arn).toBe('arn:aws:iam::609629065308:user/alice')
    expect(verdict.causes).toEqual([])
    expect(verdict.credential).toMatchObject({
      kind: 'long-term',
      account: '609629065308',
      source: { file: `${home}/.aws/credentials`, line: 2 },
    })
  })

  test('proves a leftover token by leaving it away', async () => {
    const verdict = await verdictOf({ credentials: section('default', id, secret, tokenOf(1)), sts: { keys: good } })
    expect(verdict.status).toBe('rejected')
    expect(verdict.reply?.code).toBe('InvalidClientTokenId')
    expect(told(verdict)).toEqual(['stale-session-token proven'])
    expect(verdict.causes[0]!.evidence.map(({ at }) => at)).toContainEqual({ probe: 'sts-without-token' })
    expect(verdict.causes[0]!.fix).toMatchObject({
      automatic: true,
      edits: [{ kind: 'unset', file: `${home}/.aws/credentials`, section: 'default', key: 'aws_session_token' }],
      commands: { bash: ['countersign fix stale-session-token'] },
    })
  })

  test('tells that the key is refused too when the token is not all that is wrong', async () => {
    const verdict = await verdictOf({
      credentials: section('default', id, secret, tokenOf(1)),
      sts: { keys: { [id]: { secret, state: 'inactive' } } },
    })
    expect(proven(verdict)).toEqual(['stale-session-token'])
    expect(told(verdict)).toContain('key-inactive possible')
    expect(verdict.causes[0]!.evidence.at(-1)!.says).toContain('refused too')
  })

  test('names both when the token is stale and the secret is wrong', async () => {
    const verdict = await verdictOf({
      credentials: section('default', id, secretOf(4), tokenOf(1)),
      sts: { keys: good },
    })
    expect(proven(verdict)).toEqual(['stale-session-token', 'secret-wrong'])
  })

  test('proves a wrong secret by the canonical request that STS sends back', async () => {
    const verdict = await verdictOf({ credentials: section('default', id, secretOf(4)), sts: { keys: good } })
    expect(told(verdict)).toEqual(['secret-wrong proven'])
    expect(verdict.reply?.message).not.toContain('Canonical')
  })

  test('proves an altered request, and not a wrong secret, when the canonical request is another', async () => {
    const alter = (request: Parameters<NonNullable<NonNullable<Laid['sts']>['alter']>>[0]) => ({
      ...request,
      headers: request.headers.map(
        ([name, value]) => [name, name === 'Content-Type' ? 'application/x-www-form-urlencoded' : value] as const,
      ),
    })
    const verdict = await verdictOf({ credentials: section('default', id, secret), sts: { keys: good, alter } })
    expect(proven(verdict)).toEqual(['request-altered'])
    expect(verdict.causes[0]!.evidence[0]!.says).toContain('content-type')
  })

  test.each([
    ['a blank behind the id', { AWS_ACCESS_KEY_ID: `${id} `, AWS_SECRET_ACCESS_KEY: secret }, 'surrounding-whitespace'],
    [
      'a line end behind the secret',
      { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: `${secret}\n` },
      'surrounding-whitespace',
    ],
    [
      'a carriage return behind the id',
      { AWS_ACCESS_KEY_ID: `${id}\r`, AWS_SECRET_ACCESS_KEY: secret },
      'surrounding-whitespace',
    ],
    ['quotes around both', { AWS_ACCESS_KEY_ID: `"${id}"`, AWS_SECRET_ACCESS_KEY: `"${secret}"` }, 'quoted-value'],
    ['a comment behind the id', { AWS_ACCESS_KEY_ID: `${id} # mine`, AWS_SECRET_ACCESS_KEY: secret }, 'inline-comment'],
    [
      'a zero-width space in the secret',
      { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: `${secret}\u200b` },
      'invisible-character',
    ],
    [
      'the trace of Ctrl-V before the id',
      { AWS_ACCESS_KEY_ID: `\u0016${id}`, AWS_SECRET_ACCESS_KEY: secret },
      'invisible-character',
    ],
  ])('proves %s by asking with cleaned values', async (_, env, cause) => {
    const verdict = await verdictOf({ env, sts: { keys: good } })
    expect(told(verdict)).toEqual([`${cause} proven`])
    expect(verdict.causes[0]!.evidence.map(({ at }) => at)).toContainEqual({ probe: 'sts-with-cleaned-values' })
  })

  test('names blank and leftover token, when both are there', async () => {
    const env = { AWS_ACCESS_KEY_ID: `${id} `, AWS_SECRET_ACCESS_KEY: secret, AWS_SESSION_TOKEN: tokenOf(1) }
    const verdict = await verdictOf({ env, sts: { keys: good } })
    expect(proven(verdict)).toEqual(['surrounding-whitespace', 'stale-session-token'])
  })

  test('never sends what a comment says', async () => {
    const { machine: laid, sent } = machine({
      env: { AWS_ACCESS_KEY_ID: `${id} # ${secretOf(8)}`, AWS_SECRET_ACCESS_KEY: secret },
      sts: { keys: good },
    })
    await diagnose(laid)
    expect(sent.requests.length).toBeGreaterThan(0)
    expect(JSON.stringify(sent.requests)).not.toContain(secretOf(8))
  })

  test('proves exchanged values by exchanging them, and never sends the secret as an id', async () => {
    const { machine: laid, sent } = machine({ credentials: section('default', secret, id), sts: { keys: good } })
    const verdict = await diagnose(laid)
    expect(told(verdict)).toEqual(['id-secret-swapped proven'])
    expect(verdict.status).toBe('unusable')
    expect(verdict.causes[0]!.evidence.map(({ at }) => at)).toContainEqual({ probe: 'sts-with-swapped-values' })
    expect(JSON.stringify(sent.requests)).not.toContain(secret)
    expect(verdict.credential?.accessKeyId).toBe('‹40 characters›')
  })

  test('proves that a temporary key lacks its token', async () => {
    const verdict = await verdictOf({
      credentials: section('work', session.id, session.secret),
      sts: { keys: { [session.id]: session } },
      env: { AWS_PROFILE: 'work' },
    })
    expect(told(verdict)).toEqual(['session-token-missing proven'])
    expect(verdict.causes[0]!.fix.commands.bash[0]).toContain('--profile work')
  })

  test('knows an expired session by the words of STS, also when nothing on the machine tells its end', async () => {
    const verdict = await verdictOf({
      credentials: section('default', session.id, session.secret, session.token),
      sts: { keys: { [session.id]: { ...session, expired: true } } },
    })
    expect(told(verdict)).toEqual(['session-expired proven'])
  })

  test('knows a session that ended weeks ago although STS calls the token invalid', async () => {
    const more = 'x_security_token_expires = 2026-11-01T10:00:00Z\n'
    const verdict = await verdictOf({
      credentials: section('default', session.id, session.secret, tokenOf(5, { createdAt: hours(-24 * 27.5) }), more),
      sts: { keys: {} },
    })
    expect(verdict.reply?.code).toBe('InvalidClientTokenId')
    expect(told(verdict)).toEqual(['session-expired proven'])
  })

  test('does not take a note of an earlier session for the end of this one', async () => {
    const more = 'x_security_token_expires = 2026-11-01T10:00:00Z\n'
    const verdict = await verdictOf({
      credentials: section('default', session.id, session.secret, session.token, more),
      sts: { keys: {} },
    })
    expect(proven(verdict)).toEqual([])
  })

  test('proves mixed sessions by the accounts in key and token', async () => {
    const verdict = await verdictOf({
      credentials: section('default', session.id, session.secret, tokenOf(5, { account: accountB })),
      sts: { keys: { [session.id]: session } },
    })
    expect(told(verdict)).toEqual(['mixed-sessions proven'])
  })

  test('proves a token that was cut', async () => {
    const verdict = await verdictOf({
      credentials: section('default', session.id, session.secret, session.token.slice(0, 256)),
      sts: { keys: { [session.id]: session } },
    })
    expect(proven(verdict)).toEqual(['session-token-cut'])
  })

  test('proves by an experiment that the old name of the token hides the good one', async () => {
    const env = {
      AWS_ACCESS_KEY_ID: session.id,
      AWS_SECRET_ACCESS_KEY: session.secret,
      AWS_SESSION_TOKEN: session.token,
      AWS_SECURITY_TOKEN: tokenOf(12),
    }
    const verdict = await verdictOf({ env, sts: { keys: { [session.id]: session } } })
    expect(verdict.causes[0]).toMatchObject({
      id: 'legacy-security-token',
      certainty: 'proven',
      fix: { commands: { bash: ['unset AWS_SECURITY_TOKEN'], fish: ['set -e AWS_SECURITY_TOKEN'] } },
    })
  })

  test('finds that an empty aws_security_token hides a good aws_session_token', async () => {
    const credentials = section('default', session.id, session.secret, session.token, 'aws_security_token =\n')
    const verdict = await verdictOf({ credentials, sts: { keys: { [session.id]: session } } })
    expect(proven(verdict)).toContain('legacy-security-token')
    expect(verdict.causes.find((cause) => cause.id === 'legacy-security-token')!.fix.edits).toEqual([
      { kind: 'unset', file: `${home}/.aws/credentials`, section: 'default', key: 'aws_security_token' },
    ])
  })

  test('proves that old keys in the environment hide a profile that works', async () => {
    const env = {
      AWS_ACCESS_KEY_ID: idOf('AKIA', 77, accountB),
      AWS_SECRET_ACCESS_KEY: secretOf(77),
      AWS_PROFILE: 'work',
    }
    const verdict = await verdictOf({ env, credentials: section('work', id, secret), sts: { keys: good } })
    expect(verdict.causes[0]).toMatchObject({
      id: 'environment-shadows-profile',
      certainty: 'proven',
      fix: { commands: { bash: ['unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY'] } },
    })
  })

  test('does not blame the environment when the hidden profile is refused as well', async () => {
    const env = {
      AWS_ACCESS_KEY_ID: idOf('AKIA', 77, accountB),
      AWS_SECRET_ACCESS_KEY: secretOf(77),
      AWS_PROFILE: 'work',
    }
    const verdict = await verdictOf({ env, credentials: section('work', id, secret), sts: { keys: {} } })
    expect(verdict.causes.map((cause) => cause.id)).not.toContain('environment-shadows-profile')
  })

  test('claims nothing about the environment that hides a profile while its own keys are accepted', async () => {
    const env = { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret, AWS_PROFILE: 'work' }
    const verdict = await verdictOf({
      env,
      credentials: section('work', idOf('AKIA', 78), secretOf(78)),
      sts: { keys: good },
    })
    expect(verdict).toMatchObject({ status: 'valid', causes: [] })
  })
})

describe('a refused long-term key', () => {
  const credentials = section('default', id, secret)
  const admin = { id: idOf('AKIA', 90), secret: secretOf(90), user: 'admin' }
  const withAdmin = credentials + section('admin', admin.id, admin.secret)

  test('stays three possibilities without another identity, in the order of the catalogue, and says how to know', async () => {
    const verdict = await verdictOf({ credentials, sts: { keys: {} } })
    expect(told(verdict)).toEqual(['key-unknown possible', 'key-inactive possible', 'key-deleted possible'])
    expect(verdict.causes[0]!.fix.says).toContain('--with-profile')
  })

  test('is proven inactive when another profile may ask IAM', async () => {
    const verdict = await verdictOf(
      { credentials: withAdmin, sts: { keys: { [id]: { secret, state: 'inactive' }, [admin.id]: admin } } },
      { withProfile: 'admin' },
    )
    expect(told(verdict)).toEqual(['key-inactive proven'])
    const call = (Status: string) => ({
      operation: 'UpdateAccessKey',
      parameters: { UserName: 'alice', AccessKeyId: id, Status },
    })
    expect(verdict.causes[0]!.fix).toMatchObject({
      automatic: true,
      calls: [{ service: 'iam', ...call('Active'), undone: call('Inactive'), as: 'with-profile' }],
      commands: { bash: ['countersign fix key-inactive --with-profile admin'] },
    })
  })

  test('is proven deleted when IAM still knows whose it was', async () => {
    const verdict = await verdictOf(
      { credentials: withAdmin, sts: { keys: { [id]: { secret, state: 'deleted' }, [admin.id]: admin } } },
      { withProfile: 'admin' },
    )
    expect(told(verdict)).toEqual(['key-deleted proven'])
  })

  test('is likely deleted when its account does not know it any more, and that is not called proven', async () => {
    const verdict = await verdictOf(
      { credentials: withAdmin, sts: { keys: { [admin.id]: admin } } },
      { withProfile: 'admin' },
    )
    expect(verdict.causes[0]).toMatchObject({ id: 'key-deleted', certainty: 'likely' })
    expect(verdict.causes.map((cause) => cause.id)).not.toContain('key-inactive')
  })

  test('is proven mistyped when a key that differs in one letter takes the same secret', async () => {
    const typo = id.slice(0, -2) + (id.at(-2) === 'A' ? 'B' : 'A') + id.at(-1)
    const verdict = await verdictOf(
      {
        credentials: section('default', typo, secret) + section('admin', admin.id, admin.secret),
        sts: { keys: { [id]: { secret }, [admin.id]: admin } },
      },
      { withProfile: 'admin' },
    )
    expect(told(verdict)).toEqual(['key-unknown proven'])
    expect(verdict.causes[0]!.fix.commands.bash).toEqual(['countersign fix key-unknown'])
    const [edit] = verdict.causes[0]!.fix.edits
    expect(edit).toMatchObject({ kind: 'set', section: 'default', key: 'aws_access_key_id' })
    expect(edit?.kind === 'set' && edit.value === id).toBe(true)
  })

  test('is likely foreign when the account in it is none of this machine’s', async () => {
    const other = section('default', idOf('AKIA', 5, accountB), secret)
    const verdict = await verdictOf({
      credentials: other,
      config: '[profile role]\nrole_arn = arn:aws:iam::609629065308:role/x\nsource_profile = default\n',
      sts: { keys: {} },
    })
    expect(verdict.causes[0]).toMatchObject({ id: 'key-unknown', certainty: 'likely' })
  })

  test('is a region that is not switched on when a default region accepts it', async () => {
    const verdict = await verdictOf({
      credentials,
      env: { AWS_REGION: 'ap-east-1' },
      sts: { keys: good, regions: ['us-east-1'] },
    })
    expect(told(verdict)).toEqual(['region-not-enabled proven'])
  })

  test('asks nobody else without leave', async () => {
    const { machine: laid, sent } = machine({ credentials: withAdmin, sts: { keys: { [admin.id]: admin } } })
    await diagnose(laid)
    expect(JSON.stringify(sent.requests)).not.toContain(admin.id)
  })
})

describe('the clock', () => {
  const credentials = section('default', id, secret)

  test.each([-20, 20, 60 * 26])(
    'is the only cause when the request signed with the right time is accepted (%i minutes off)',
    async (minutes) => {
      const at = new Date(now.getTime() - minutes * 60_000)
      const verdict = await verdictOf({ credentials, sts: { keys: good, at } })
      expect(told(verdict)).toEqual(['clock-skew proven'])
      expect(verdict.reply?.code).toBe('SignatureDoesNotMatch')
    },
  )

  test('does not hide an expired session behind it', async () => {
    const keys = { [session.id]: { ...session, expired: true } }
    const verdict = await verdictOf({
      credentials: section('default', session.id, session.secret, session.token),
      sts: { keys, at: hours(3) },
    })
    expect(proven(verdict)).toEqual(['clock-skew', 'session-expired'])
  })

  test('does not hide a leftover token behind it', async () => {
    const verdict = await verdictOf({
      credentials: section('default', id, secret, tokenOf(1)),
      sts: { keys: good, at: hours(3) },
    })
    expect(proven(verdict)).toEqual(['clock-skew', 'stale-session-token'])
  })

  test('that is ahead does not make a session look expired that is not', async () => {
    // The session ends in an hour by the clock of AWS; this machine believes that it is tomorrow.
    const keys = { [session.id]: session }
    const more = `x_security_token_expires = ${hours(-23).toISOString()}\n`
    const fresh = tokenOf(9)
    const verdict = await verdictOf({
      credentials: section('default', session.id, session.secret, fresh, more),
      sts: { keys, at: hours(-24) },
    })
    expect(proven(verdict)).toEqual(['clock-skew'])
  })
})

describe('what is not an answer of AWS', () => {
  const credentials = section('default', id, secret)

  test.each([
    ['the login page of a network', reply(200, '<!DOCTYPE html><html><body>Welcome to the hotel</body></html>')],
    ['a redirect', reply(302, '', now, [['location', 'https://login.hotel.example/']])],
    ['a proxy’s error', reply(502, 'Bad Gateway')],
    ['an overloaded STS', refusal(503, 'ServiceUnavailable', 'try again')],
    ['throttling', refusal(400, 'Throttling', 'Rate exceeded')],
    ['JSON of something else', reply(200, '{"ok":true}')],
    ['an empty answer', reply(200, '')],
    ['half an answer', reply(200, '<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::6096290')],
  ])('leaves the credentials unverified: %s', async (_, instead) => {
    const verdict = await verdictOf({ credentials, sts: { keys: {}, instead: () => instead } })
    expect(verdict).toMatchObject({ status: 'unverified', causes: [], identity: null })
    expect(verdict.because).toBeTruthy()
  })

  test('leaves them unverified when nobody answers', async () => {
    const verdict = await verdictOf({ credentials })
    expect(verdict).toMatchObject({ status: 'unverified', causes: [] })
  })

  test('reads a refusal in JSON as well', async () => {
    const body =
      '{"Error":{"Code":"InvalidClientTokenId","Message":"The security token included in the request is invalid.","Type":"Sender"},"RequestId":"j-1"}'
    const verdict = await verdictOf({ credentials, sts: { keys: {}, instead: () => reply(403, body) } })
    expect(verdict.reply).toMatchObject({ code: 'InvalidClientTokenId', requestId: 'j-1' })
    expect(verdict.status).toBe('rejected')
  })
})

describe('nothing, or only half of it', () => {
  test('is absent on an empty machine', async () => {
    const verdict = await verdictOf({ sts: { keys: {} } })
    expect(verdict.status).toBe('absent')
    expect(told(verdict)).toEqual(['no-credentials proven'])
  })

  test('names the missing half', async () => {
    const verdict = await verdictOf({ env: { AWS_ACCESS_KEY_ID: id } })
    expect(verdict.status).toBe('unusable')
    expect(told(verdict)).toEqual(['partial-credentials proven'])
    expect(verdict.causes[0]!.title).toContain('AWS_SECRET_ACCESS_KEY')
  })

  test('takes a lone secret for half of a pair', async () => {
    expect(told(await verdictOf({ env: { AWS_SECRET_ACCESS_KEY: secret } }))).toEqual(['partial-credentials proven'])
  })

  test('proves that half a pair in the environment hides a profile that works', async () => {
    const verdict = await verdictOf({
      env: { AWS_ACCESS_KEY_ID: id },
      credentials: section('default', idOf('AKIA', 4), secretOf(4)),
      sts: { keys: { [idOf('AKIA', 4)]: { secret: secretOf(4) } } },
    })
    expect(new Set(proven(verdict))).toEqual(new Set(['partial-credentials', 'environment-shadows-profile']))
  })

  test('suggests the profile that was probably meant', async () => {
    const verdict = await verdictOf({
      env: { AWS_PROFILE: 'prodction' },
      credentials: section('production', id, secret),
    })
    expect(verdict.status).toBe('absent')
    expect(told(verdict)).toEqual(['profile-not-found proven'])
    expect(verdict.causes[0]!.fix.commands).toMatchObject({
      bash: ['export AWS_PROFILE=production'],
      powershell: ["$Env:AWS_PROFILE = 'production'"],
    })
  })

  test.each([
    [
      'credentials',
      '[profile dev]\naws_access_key_id = x\naws_secret_access_key = y\n',
      undefined,
      'profile dev',
      'dev',
    ],
    ['config', undefined, '[dev]\naws_access_key_id = x\naws_secret_access_key = y\n', 'dev', 'profile dev'],
  ])('finds the header that is spelled for the other file (%s)', async (file, credentials, config, wrong, right) => {
    const verdict = await verdictOf({ credentials, config, env: { AWS_PROFILE: 'dev' } })
    expect(told(verdict)).toEqual(['section-prefix proven'])
    expect(verdict.causes[0]!.fix.edits).toEqual([
      { kind: 'rename-section', file: `${home}/.aws/${file}`, section: wrong, to: right },
    ])
  })

  test('names the line for which the AWS CLI refuses a file', async () => {
    const verdict = await verdictOf({
      credentials: `${section('default', id, secret)}\n${section('default', id, secret)}`,
    })
    expect(told(verdict)).toEqual(['file-syntax proven'])
    expect(verdict.causes[0]!.evidence[0]!.at).toEqual({ file: `${home}/.aws/credentials`, line: 5, column: 1 })
  })

  test('finds the variable that sends the search to a file that is not there', async () => {
    const verdict = await verdictOf({ env: { AWS_SHARED_CREDENTIALS_FILE: '/nowhere/credentials' } })
    expect(verdict.causes[0]).toMatchObject({ id: 'unexpected-file', certainty: 'proven' })
  })

  test('finds the credentials file under the name that an editor gave it', async () => {
    const verdict = await verdictOf({ files: { [`${home}/.aws/credentials.txt`]: section('default', id, secret) } })
    expect(told(verdict)).toEqual(['unexpected-file likely'])
  })

  test('says that the default profile is empty when only others hold keys', async () => {
    const verdict = await verdictOf({ credentials: section('work', id, secret) })
    expect(told(verdict)).toEqual(['wrong-profile likely'])
  })
})

describe('a client that passes over what others stop for', () => {
  const byJavaScript = (machine: Parameters<typeof verdictOf>[0]) => verdictOf(machine, { sdk: 'js-v3' })

  test('is told of the half pair, in the environment and in a file', async () => {
    expect(told(await byJavaScript({ env: { AWS_ACCESS_KEY_ID: id } }))).toEqual(['partial-credentials proven'])
    const inFile = await byJavaScript({ credentials: `[default]\naws_secret_access_key = ${secret}\n` })
    expect(told(inFile)).toEqual(['partial-credentials proven'])
    expect(inFile.causes[0]!.title).toContain('aws_access_key_id is missing')
  })

  test('is told of the profile that is not there', async () => {
    const verdict = await byJavaScript({ env: { AWS_PROFILE: 'wrok' }, credentials: section('work', id, secret) })
    expect(told(verdict)).toEqual(['profile-not-found proven'])
  })

  test('is told of keys that stand above the first header', async () => {
    const verdict = await byJavaScript({ credentials: section('default', id, secret).replace(/^.*\n/, '') })
    expect(told(verdict)).toEqual(['file-syntax proven'])
    expect(verdict.causes[0]!.evidence[0]!.at).toMatchObject({ line: 1 })
  })
})

describe('a role that another SDK cannot get either', () => {
  const role = '[profile dev]\nrole_arn = arn:aws:iam::123456789012:role/target\nsource_profile = wrok\n'

  test.each(['go-v2', 'ruby', 'dotnet', 'js-v3'] as const)('is told by its source_profile: %s', async (sdk) => {
    const laid = { env: { AWS_PROFILE: 'dev' }, config: role, credentials: section('work', id, secret) }
    const { causes } = await verdictOf(laid, { sdk })
    expect(causes[0]).toMatchObject({ id: 'source-profile-broken', certainty: 'proven' })
    expect(causes[0]!.evidence[0]!.at).toMatchObject({ line: 3 })
  })

  test('is not told so while a file may not be read: the source may stand in it', async () => {
    const files = { [`${home}/.aws/credentials`]: { unreadable: 'permission' as const } }
    const { causes } = await verdictOf({ env: { AWS_PROFILE: 'dev' }, config: role, files }, { sdk: 'js-v3' })
    expect(causes[0]).toMatchObject({ id: 'unexpected-file', certainty: 'proven' })
    expect(causes.map((cause) => cause.id)).not.toContain('source-profile-broken')
  })
})

describe('what stops one SDK by rules of its own', () => {
  const role = 'role_arn = arn:aws:iam::123456789012:role/target\n'
  const keys = `aws_access_key_id = ${id}\naws_secret_access_key = ${secret}\n`

  test.each([
    ['rust', `\t[default]\n${keys}`, 'file-syntax'],
    [
      'go-v2',
      '[default]\nsso_session = corp\nsso_account_id = 123456789012\nsso_role_name = a\n',
      'sso-session-expired',
    ],
    [
      'boto3',
      '[default]\nsso_session = corp\nsso_account_id = 123456789012\nsso_role_name = a\n',
      'sso-session-expired',
    ],
    [
      'boto3',
      `[default]\n${role}source_profile = b\n[profile b]\nsso_start_url = https://corp.awsapps.com/start\nsso_region = eu-west-1\nsso_account_id = 123456789012\nsso_role_name = a\n`,
      'sso-session-expired',
    ],
    ['go-v2', '[default]\nweb_identity_token_file = /token\n', 'pod-identity-misconfigured'],
    [
      'js-v3',
      `[default]\n${role}source_profile = b\nmfa_serial = arn:aws:iam::123456789012:mfa/a\n[profile b]\n${keys}`,
      'mfa-required',
    ],
    [
      'go-v2',
      `[default]\n${role}source_profile = b\nmfa_serial = arn:aws:iam::123456789012:mfa/a\n[profile b]\n${keys}`,
      'mfa-required',
    ],
    ['boto3', `[default]\n${role}source_profile = b\n[profile b]\nregion = eu-west-1\n`, 'source-profile-broken'],
    ['boto3', `[default]\n${role}credential_source = Elsewhere\n`, 'source-profile-broken'],
    ['js-v3', '[default]\nlogin_session = arn:aws:iam::123456789012:user/ana\n', 'session-expired'],
  ] as const)('%s: %j is told as %s', async (sdk, config, cause) => {
    const env = { AWS_SDK_LOAD_CONFIG: '1', AWS_REGION: 'eu-west-1' }
    const { causes } = await verdictOf({ env, config, files: { '/token': 'x' } }, { sdk, offline: true })
    expect(causes[0]).toMatchObject({ id: cause, certainty: 'proven' })
  })
})

describe('AWS_CREDENTIAL_EXPIRATION', () => {
  const env = {
    AWS_ACCESS_KEY_ID: id,
    AWS_SECRET_ACCESS_KEY: secret,
    AWS_CREDENTIAL_EXPIRATION: '2026-11-27T00:00:00Z',
  }

  test('in the past is told as what it is when AWS still accepts the keys', async () => {
    const verdict = await verdictOf({ env, sts: { keys: good } })
    expect(verdict.status).toBe('unusable')
    expect(told(verdict)).toEqual(['session-expired proven'])
    expect(verdict.causes[0]!.fix.commands.bash).toEqual(['unset AWS_CREDENTIAL_EXPIRATION'])
  })

  test('in the past proves an expired session when nobody is asked', async () => {
    expect(told(await verdictOf({ env }, { offline: true }))).toEqual(['session-expired proven'])
  })
})

describe('a role', () => {
  const config = '[profile role]\nrole_arn = arn:aws:iam::609629065308:role/x\nsource_profile = keys\n'

  test('that the good keys behind it may not assume is unusable, with the words of STS and what they mean', async () => {
    const verdict = await verdictOf(
      { config, credentials: section('keys', id, secret), sts: { keys: good } },
      { profile: 'role' },
    )
    expect(verdict).toMatchObject({
      status: 'unusable',
      credential: { accessKeyId: null, source: { provider: 'assume-role' } },
      reply: { service: 'sts', operation: 'AssumeRole', status: 403, code: 'AccessDenied' },
    })
    // The trust policy or the own one: the words do not tell, so nothing is proven.
    expect(told(verdict)).toContain('explicitly-denied likely')
    expect(proven(verdict)).toEqual([])
    expect(verdict.chain.find(({ provider }) => provider === 'assume-role')).toMatchObject({
      outcome: 'broken',
      because: expect.stringMatching(/^sts:AssumeRole was refused: AccessDenied/),
    })
  })

  test('is refused with the reason of the keys behind it', async () => {
    const verdict = await verdictOf(
      { config, credentials: section('keys', id, secret, tokenOf(2)), sts: { keys: good } },
      { profile: 'role' },
    )
    expect(verdict.status).toBe('rejected')
    expect(proven(verdict)).toEqual(['stale-session-token', 'source-profile-broken'])
  })
})

describe('--offline', () => {
  test('sends nothing and still proves what local evidence proves', async () => {
    const { machine: laid, sent } = machine({
      credentials: section('default', id, secret, tokenOf(1)),
      sts: { keys: good },
    })
    const verdict = await diagnose(laid, { offline: true })
    expect(sent.requests).toEqual([])
    expect(verdict.status).toBe('unusable')
    expect(told(verdict)).toEqual(['stale-session-token proven'])
  })

  test('is unverified, without a claim, where nothing speaks against the key', async () => {
    const verdict = await verdictOf({ credentials: section('default', id, secret) }, { offline: true })
    expect(verdict).toMatchObject({ status: 'unverified', causes: [], reply: null })
  })
})

describe('placeholders and other vendors’ keys', () => {
  test.each(['AKIAIOSFODNN7EXAMPLE', 'YOUR_ACCESS_KEY', '<access-key>', `$${'{AWS_KEY}'}`, 'undefined'])(
    'are proven at AWS: %s',
    async (value) => {
      expect(proven(await verdictOf({ credentials: section('default', value, secret) }, { offline: true }))).toEqual([
        'placeholder-value',
      ])
    },
  )

  test.each(['test', 'minioadmin', 'AKIAIOSFODNN7EXAMPLE'])(
    'are no cause at an emulator that accepts them: %s',
    async (value) => {
      const verdict = await verdictOf(
        { credentials: section('default', value, value), env: { AWS_ENDPOINT_URL: 'http://localhost:4566' } },
        { offline: true },
      )
      expect(verdict.causes).toEqual([])
    },
  )

  test.each(['AIDAJQABLZS4A3QDU576Q', '123456789012', 'alice@example.com', 'arn:aws:iam::123456789012:user/alice'])(
    'another identifier is no access key: %s',
    async (value) => {
      expect(proven(await verdictOf({ credentials: section('default', value, secret) }, { offline: true }))).toEqual([
        'not-an-access-key',
      ])
    },
  )

  test.each([
    [id.toLowerCase(), 'small letters'],
    [id.slice(0, -1), '19 characters'],
    [`${id.slice(0, 10)}0${id.slice(11)}`, '"0"'],
  ])('a mistyped id is proven by its shape: %s', async (value, why) => {
    const verdict = await verdictOf({ credentials: section('default', value, secret) }, { offline: true })
    expect(proven(verdict)).toEqual(['key-unknown'])
    expect(verdict.causes[0]!.evidence[0]!.says).toContain(why)
  })
})

test('the JSON of a verdict is the contract’s, with ~ for the home directory', async () => {
  const json = verdictJson(
    await verdictOf({ credentials: section('default', id, secret, tokenOf(1)), sts: { keys: good } }),
  )
  expect(Object.keys(json)).toEqual(['schema', 'status', 'sdk', 'credential', 'identity', 'reply', 'causes', 'chain'])
  expect(json['schema']).toBe('countersign.check/1')
  expect(json['credential']).toEqual({
    accessKeyId: `${id.slice(0, 4)}…${id.slice(-4)}`,
    kind: 'long-term',
    account: '609629065308',
    sessionToken: { present: true, issuedAt: '2026-11-28T11:48:00Z', version: 2, region: 'eu-west-1' },
    expiration: null,
    source: {
      provider: 'shared-credentials-file',
      profile: 'default',
      file: '~/.aws/credentials',
      line: 2,
      column: 21,
      variable: null,
    },
  })
  expect(JSON.stringify(json)).not.toContain(home)
})

test('a refused key of an account that the machine speaks of is rather switched off or deleted than mistyped', async () => {
  const ids = async (config: string) =>
    (await verdictOf({ credentials: section('default', id, secret), config, sts: { keys: {} } })).causes
      .map((cause) => cause.id)
      .filter((each) => each.startsWith('key-'))
  const role = (account: string) =>
    `[profile ops]\nrole_arn = arn:aws:iam::${account}:role/ops\nsource_profile = default\n`
  expect((await ids(role('609629065308'))).slice(0, 3)).toEqual(['key-inactive', 'key-deleted', 'key-unknown'])
  expect((await ids(''))[0]).toBe('key-unknown')
})

test('what AWS quotes of the request is told without the key id, the token and the secret', async () => {
  const token = tokenOf(1)
  const quoted = `Credential must have exactly 5 slash-delimited elements, got '${secret}/20261128/eu-west-1/sts/aws4_request' in 'Credential=${id}/20261128, X-Amz-Security-Token=${token}'`
  const laid = machine({ credentials: section('default', id, secret, token), sts: { keys: good } })
  const quoting = { ...laid.machine, send: async () => refusal(400, 'IncompleteSignature', quoted) }
  const verdict = await diagnose(quoting)
  expect(verdict.reply?.message).toContain('slash-delimited elements')
  for (const text of [JSON.stringify(verdict), JSON.stringify(verdictJson(verdict))])
    for (const hidden of [id, secret, token]) expect(text).not.toContain(hidden)
})
