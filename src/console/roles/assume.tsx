import Box from '@cloudscape-design/components/box'
import Container from '@cloudscape-design/components/container'
import Header from '@cloudscape-design/components/header'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useQuery } from '@tanstack/react-query'
import { useSignedIn } from '../api/session.ts'
import { knowledgeQuery } from '../decisions/knowledge.ts'
import { Failure } from '../parts/failure.tsx'
import { Loading } from '../parts/loading.tsx'
import { CodeBlock, ShellChoice, ShellCommands } from '../parts/shell-commands.tsx'
import { type Role, trustPolicyOf } from './data.ts'
import { type Trusted, trustedBy } from './trusted.ts'

/** The tab "Use this role": what to type to get its credentials. */
export function AssumeRole({ role }: { readonly role: Role }) {
  const trusted = trustedBy(trustPolicyOf(role))
  const { direct, providers, services } = trusted
  return (
    <Container header={<Header variant="h2">Use this role</Header>}>
      <SpaceBetween size="l">
        {direct || providers.length > 0 ? <ShellChoice /> : null}
        {direct ? <WithKeys role={role} trusted={trusted} /> : null}
        {providers.length > 0 ? <WithToken role={role} /> : null}
        {services.length > 0 ? (
          <div>
            {services.join(', ')} {services.length === 1 ? 'assumes' : 'assume'} this role for programs that run there.
            They need no command and no profile: the SDKs find the credentials by themselves.
          </div>
        ) : null}
        {direct || providers.length > 0 || services.length > 0 ? null : (
          <div>Its trust policy lets nobody assume this role. Change that under “Trust relationships”.</div>
        )}
      </SpaceBetween>
    </Container>
  )
}

function WithKeys({ role, trusted }: { readonly role: Role; readonly trusted: Trusted }) {
  const { region } = useSignedIn()
  const { externalId, mfa } = trusted
  const words = [
    ...['aws', 'sts', 'assume-role', '--role-arn', role.Arn, '--role-session-name', sessionName(role)],
    ...(externalId === null ? [] : ['--external-id', externalId]),
    ...(mfa ? ['--serial-number', 'ARN-OF-YOUR-MFA-DEVICE', '--token-code', 'CODE'] : []),
    ...['--endpoint-url', location.origin],
  ]
  const profile = [
    `[profile ${role.RoleName}]`,
    `role_arn = ${role.Arn}`,
    'source_profile = default',
    ...(externalId === null ? [] : [`external_id = ${externalId}`]),
    ...(mfa ? ['mfa_serial = ARN-OF-YOUR-MFA-DEVICE'] : []),
    `region = ${region}`,
    `endpoint_url = ${location.origin}`,
  ]
  return (
    <SpaceBetween size="l">
      <SpaceBetween size="xs">
        <Box variant="h3">With a profile</Box>
        <div>
          These lines in ~/.aws/config let the AWS CLI and the SDKs assume the role by themselves, with the keys of the
          profile “default”, and again whenever a session ends.
        </div>
        <CodeBlock text={profile.join('\n')} what="profile" />
        <Command
          words={['aws', 'sts', 'get-caller-identity', '--profile', role.RoleName]}
          what="command that tries it"
        />
      </SpaceBetween>
      <SpaceBetween size="xs">
        <Box variant="h3">With one command</Box>
        <div>
          It shows an access key, a secret key and a session token.
          {mfa ? ' The role asks for MFA: write the ARN of your device and its present code in.' : ''}
        </div>
        <Command words={words} what="aws sts assume-role command" />
      </SpaceBetween>
    </SpaceBetween>
  )
}

function WithToken({ role }: { readonly role: Role }) {
  const words = [
    ...['aws', 'sts', 'assume-role-with-web-identity', '--role-arn', role.Arn],
    ...['--role-session-name', sessionName(role), '--web-identity-token', 'file://TOKEN-FILE'],
    ...['--endpoint-url', location.origin],
  ]
  return (
    <SpaceBetween size="xs">
      <Box variant="h3">With a token of an identity provider</Box>
      <div>No keys are needed for this, only the token in a file.</div>
      <Command words={words} what="aws sts assume-role-with-web-identity command" />
    </SpaceBetween>
  )
}

/** A command as each shell wants it written. */
function Command({ words, what }: { readonly words: readonly string[]; readonly what: string }) {
  const { data, error } = useQuery(knowledgeQuery)
  if (error !== null) return <Failure error={error} title="The command cannot be written" />
  if (data === undefined) return <Loading />
  return <ShellCommands commands={data.command(...words)} what={what} />
}

/** `RoleSessionName` has 64 characters at most. */
function sessionName({ RoleName }: Role): string {
  return RoleName.slice(0, 64)
}
