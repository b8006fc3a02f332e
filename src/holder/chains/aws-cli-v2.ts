import { botocoreChain } from './botocore.ts'
import { botocoreSources } from './botocore-rules.ts'

/**
 * AWS CLI v2 (2.36; awscli/botocore/configprovider.py, awscli/clidriver.py, awscli/utils.py `IMDSRegionProvider`): its own copy
 * of botocore, always with the CRT. 2.9.19 was observed.
 */
export const awsCliV2 = botocoreChain(
  {
    sdk: 'aws-cli-v2',
    version: '2.36.7',
    evidence: 'from-source',
    profileVariables: ['AWS_PROFILE', 'AWS_DEFAULT_PROFILE'],
    regionVariables: ['AWS_REGION', 'AWS_DEFAULT_REGION'],
    // Plug-ins are looked up in the files before anything else.
    startVariables: [],
    ignoresEmptyArgument: true,
    login: 'usable',
    hasGlobalSts: false,
    hasConfiguredEndpoints: true,
    asksInstanceForRegion: true,
    ssoTokenOf: 'own-profile',
    sources: botocoreSources,
    cliCache: ['assume-role', 'web-identity', 'sso'],
  },
  [
    { before: '2.32.0', login: 'unknown' },
    { before: '2.13.0', hasConfiguredEndpoints: false },
    { before: '2.10.0', ssoTokenOf: 'selected-profile' },
  ],
)
