import { botocoreChain } from './botocore.ts'
import { botocoreSources, currentChecks } from './botocore-rules.ts'

/** boto3 and botocore 1.43 (botocore session.py, configprovider.py; boto3 session.py), installed without the CRT. */
export const boto3 = botocoreChain({
  sdk: 'boto3',
  version: '1.43.11',
  evidence: 'observed',
  profileVariables: ['AWS_DEFAULT_PROFILE', 'AWS_PROFILE'],
  regionVariables: ['AWS_DEFAULT_REGION'],
  startVariables: ['AWS_DATA_PATH'],
  ignoresEmptyArgument: false,
  login: 'needs-crt',
  hasGlobalSts: true,
  hasConfiguredEndpoints: true,
  asksInstanceForRegion: false,
  ssoTokenOf: 'own-profile',
  clientChecks: currentChecks,
  hasLegacyRetries: true,
  sources: botocoreSources,
  cliCache: [],
})
