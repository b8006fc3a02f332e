import { beforeAll } from 'vitest'
import { realMachine } from '../../src/holder/machine/real.ts'
import { mustCall } from '../../src/lab/caller.ts'
import type { Issuer } from './authority.ts'

/** A role `dev` that alice may assume, and the AWS files of somebody who uses it as the profile `dev`. */
export function roleOf(here: Issuer) {
  beforeAll(async () => {
    const { authority } = here
    const ask = (action: string, parameters: Record<string, string>) =>
      mustCall(realMachine({}), authority.url, authority.root, 'iam', action, parameters)
    const statement = (rest: object) =>
      JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', ...rest }] })
    const trust = { Principal: { AWS: 'arn:aws:iam::123456789012:root' }, Action: 'sts:AssumeRole' }
    await ask('CreateRole', { RoleName: 'dev', AssumeRolePolicyDocument: statement(trust) })
    const policy = statement({ Action: 'sts:AssumeRole', Resource: '*' })
    await ask('PutUserPolicy', { UserName: 'alice', PolicyName: 'roles', PolicyDocument: policy })
  })
  return (more = '') => ({
    files: {
      '.aws/config': `[profile dev]
role_arn = arn:aws:iam::123456789012:role/dev
source_profile = alice
role_session_name = me
region = eu-central-1
endpoint_url = ${here.authority.url}
[profile alice]
endpoint_url = ${here.authority.url}
region = eu-west-1
${more}`,
      '.aws/credentials': `[alice]\naws_access_key_id = ${here.alice.accessKeyId}\naws_secret_access_key = ${here.alice.secretAccessKey}\n`,
    },
    env: { AWS_EC2_METADATA_DISABLED: 'true' },
  })
}

export const devArn = 'arn:aws:sts::123456789012:assumed-role/dev/me'
