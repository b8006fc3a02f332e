import { botocoreChain } from './botocore.ts'
import { botocoreSources, currentChecks } from './botocore-rules.ts'

/** AWS CLI v1 (1.45; awscli/clidriver.py over botocore 1.43). */
export const awsCliV1 = botocoreChain({
  sdk: 'aws-cli-v1',
  version: '1.45.11',
  evidence: 'observed',
  profileVariables: ['AWS_DEFAULT_PROFILE', 'AWS_PROFILE'],
  regionVariables: ['AWS_DEFAULT_REGION'],
  startVariables: [],
  ignoresEmptyArgument: true,
  login: 'needs-crt',
  hasGlobalSts: true,
  hasConfiguredEndpoints: true,
  asksInstanceForRegion: false,
  ssoTokenOf: 'own-profile',
  clientChecks: currentChecks,
  hasLegacyRetries: true,
  sources: botocoreSources,
  cliCache: ['assume-role', 'web-identity'],
})
