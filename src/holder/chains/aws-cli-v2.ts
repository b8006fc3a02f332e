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
    evidence: 'older-observed',
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
    clientChecks: ['compression', 'checksums', 'account-id'],
    hasLegacyRetries: false,
    sources: botocoreSources,
    cliCache: ['assume-role', 'web-identity', 'sso'],
  },
  [
    // The port of botocore's change was merged in August 2025 (aws-cli #8967).
    { before: '2.28.5', addsNoSlash: true },
    // EKS pod identity asks for 2.15 (Amazon EKS user guide).
    { before: '2.15.0', knowsOnlyEcs: true },
    { before: '2.32.0', login: 'unknown' },
    { before: '2.13.0', hasConfiguredEndpoints: false },
    // aws-cli #7496, seen in 2.9.19 and fixed by botocore #2851 early in 2023.
    { before: '2.10.0', ssoTokenOf: 'selected-profile' },
    // Seen in 2.9.19; until when is not known.
    {
      before: '2.10.0',
      sendsOverTokens: true,
      hasFormerEndpoints: true,
      hasNoVersionOneSwitch: true,
      clientChecks: [],
    },
  ],
)
