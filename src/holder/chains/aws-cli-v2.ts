import { botocoreChain } from './botocore.ts'
import { botocoreSources } from './botocore-rules.ts'

/** AWS CLI v2 (2.36; awscli/botocore/configprovider.py, awscli/clidriver.py): its own copy of botocore, always with the CRT. */
export const awsCliV2 = botocoreChain({
  sdk: 'aws-cli-v2',
  version: '2.36.7',
  evidence: 'from-source',
  profileVariables: ['AWS_PROFILE', 'AWS_DEFAULT_PROFILE'],
  regionVariables: ['AWS_REGION', 'AWS_DEFAULT_REGION'],
  // Plug-ins are looked up in the files before anything else.
  startVariables: [],
  ignoresEmptyArgument: true,
  hasCrt: true,
  hasGlobalSts: false,
  sources: botocoreSources,
  cliCache: ['assume-role', 'web-identity', 'sso'],
})
