import { type BotocoreRules, botocoreSources } from './botocore-rules.ts'

/** AWS CLI v1 (1.45; awscli/clidriver.py over botocore 1.43). */
export const awsCliV1: BotocoreRules = {
  sdk: 'aws-cli-v1',
  profileVariables: ['AWS_DEFAULT_PROFILE', 'AWS_PROFILE'],
  regionVariables: ['AWS_DEFAULT_REGION'],
  startVariables: [],
  ignoresEmptyArgument: true,
  hasCrt: false,
  hasGlobalSts: true,
  sources: botocoreSources,
}
