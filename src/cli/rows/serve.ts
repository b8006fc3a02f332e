import { portFlag } from './flags.ts'
import type { VerbRow } from './row.ts'

export const serveRow: VerbRow = {
  name: 'serve',
  operands: '',
  maxOperands: 0,
  says: 'run an STS and IAM authority of your own, for tests, laptops or a self-hosted cloud',
  more: [
    'The first start creates an account with a root user and one access key, and writes it to root-credentials in the data ' +
      'directory. Prints "ready URL" on stdout once it serves; SIGINT and SIGTERM stop it.',
    'Data directory unless --data says otherwise: $XDG_DATA_HOME/countersign or ~/.local/share/countersign (Linux), ' +
      '~/Library/Application Support/countersign (macOS), %LOCALAPPDATA%\\countersign (Windows).',
    'COUNTERSIGN_ACCOUNT_ID, COUNTERSIGN_ROOT_ACCESS_KEY_ID and COUNTERSIGN_ROOT_SECRET_ACCESS_KEY fix the first values; ' +
      'later starts ignore them and say so.',
    '--imds-role and --container-role give credentials of a role to programs that ask as on EC2, ECS and EKS: real sessions, ' +
      'refreshed, of a role that is made when it is not there, and whose trust policy is judged. Whoever may run programs on ' +
      'this computer may then have such a session. Instance metadata answers programs of this computer only, as with a ' +
      'hop limit of 1.',
    'The console is at /console/. While the root user has no password for it, each start shows a link on which it can choose ' +
      'one: that link is a secret, counts once, and lasts a day. With --reset-root-password there is such a link again.',
    'aws sso login works here: people are users with a password (iam create-login-profile), their roles are permission sets ' +
      '(sso-admin create-permission-set, create-account-assignment).',
  ],
  flags: [
    portFlag,
    { name: 'host', value: 'HOST', says: 'address to listen on, 127.0.0.1 unless given' },
    { name: 'data', value: 'DIR', says: 'where the database and the keys are kept' },
    { name: 'tls-cert', value: 'FILE', says: 'serve https with this certificate chain (PEM)' },
    { name: 'tls-key', value: 'FILE', says: 'its private key (PEM)' },
    { name: 'write-profile', value: 'NAME', says: 'write the root key as this profile into your AWS files' },
    { name: 'imds-role', value: 'NAME', says: 'EC2 instance metadata at /latest/ with credentials of this role' },
    {
      name: 'imds',
      value: 'MODE',
      oneOf: ['optional', 'required', 'off'],
      says: "EC2's HttpTokens: optional (IMDSv1 too), required, or off as with HttpEndpoint=disabled",
    },
    { name: 'container-role', value: 'NAME', says: 'ECS and EKS container credentials of this role' },
    {
      name: 'sso-start-url',
      value: 'URL',
      says: 'answer aws sso login of profiles that name this start URL; the own one stands in the first lines',
    },
    {
      name: 'reset-root-password',
      says: "take root's password for the console away, end its sign-ins, and show a link to choose another one",
    },
    { name: 'test-controls', says: 'open /_test/ to programs on this machine: reset, clock, faults. Only for tests' },
    { name: 'database', value: 'URL', says: 'PostgreSQL (not in this version)' },
    { name: 'workers', value: 'N', says: 'several processes (not in this version)' },
  ],
  examples: [
    ['countersign serve', 'serve on http://127.0.0.1:7374'],
    ['AWS_ENDPOINT_URL=http://127.0.0.1:7374 aws sts get-caller-identity', 'and ask it with any AWS client'],
    ['countersign serve --imds-role web', 'be an EC2 instance with the role web'],
    ['AWS_ENDPOINT_URL=http://127.0.0.1:7374 aws sso login --profile team', 'sign in to it by the browser'],
  ],
}
