import { command, everywhere } from '../../shells.ts'
import type { Proof } from './proof.ts'

/** What the words about the Authorization header and about the place it was signed for prove: `errors.md` §1.4, §1.5. */
export const signedWrongly: readonly Proof[] = [
  {
    id: 'surrounding-whitespace',
    certainty: 'proven',
    message: /'\/\d{8}\/[^']{0,200}' not a valid key=value pair/,
    title: 'There is a blank or a line end behind the key id',
    says: 'The part that AWS could not read begins with the date: the key id before it ended in a blank',
    fix: 'Take the blank or line end out of AWS_ACCESS_KEY_ID or aws_access_key_id',
    commands: everywhere('countersign check'),
  },
  {
    id: 'surrounding-whitespace',
    certainty: 'proven',
    message: /'(?:AKIA|ASIA)[A-Z0-9]{12,28}\/?[^' ]{0,200}' not a valid key=value pair/,
    title: 'There is a blank before the key id',
    says: 'The part that AWS could not read is the key id itself: a blank stood before it',
    fix: 'Take the blank out of AWS_ACCESS_KEY_ID or aws_access_key_id',
    commands: everywhere('countersign check'),
  },
  {
    id: 'surrounding-whitespace',
    certainty: 'proven',
    message:
      /'(?!A[KS]IA)[^' ]{1,200}' not a valid key=value pair[^']{0,80}Authorization header: 'AWS4-HMAC-SHA256 Credential= [^\s,]/,
    title: 'There is a blank before the key id',
    says: 'In the header that AWS quotes, a blank stands between "Credential=" and the key id',
    fix: 'Take the blank out of AWS_ACCESS_KEY_ID or aws_access_key_id',
    commands: everywhere('countersign check'),
  },
  {
    id: 'authorization-missing',
    certainty: 'proven',
    message:
      /'(?:Bearer|Basic|eyJ)[^']{0,8000}' not a valid key=value pair|Authorization(?: header: '|=)(?:Bearer|Basic|Negotiate|Digest) /,
    title: 'A token of another kind was sent instead of an AWS signature',
    says: 'A token of another login (Bearer, Basic or JWT) stood in the Authorization header',
    fix: 'Send that token only where it belongs; AWS endpoints need signed requests',
  },
  {
    id: 'old-signing',
    certainty: 'proven',
    message: /Authorization(?: header: '|=)(?:AWS [\w-]{3,128}:|AWS3(?:-HTTPS)? )/,
    title: 'The client signs in an old way that is not accepted any more',
    says: 'The Authorization header that AWS quotes is of Signature Version 2 or 3',
    fix: 'Upgrade the SDK or set it to Signature Version 4',
  },
  {
    id: 'presigned-altered',
    certainty: 'likely',
    code: /^MissingAuthenticationToken/,
    whole: /[?&;]X-Amz-Signature=/,
    title: 'The presigned URL lost its signature on the way',
    says: 'The URL has a signature in it, and AWS has seen none: its parameters were cut or written anew, as `&amp;` for `&`',
    fix: 'Use the URL exactly as it was made, and let nothing write it anew',
  },
  {
    id: 'request-altered',
    certainty: 'likely',
    message: /'AWS4-HMAC-SHA256' not a valid key=value pair/,
    title: 'The Authorization header was sent twice or put together wrongly',
    says: 'The name of the algorithm stands a second time where a part should be',
    fix: 'Let one place only set the Authorization header',
  },
  {
    id: 'request-altered',
    certainty: 'likely',
    // A header of another kind, which AWS quotes, is whole in its own way.
    message:
      /^(?!.{0,4000}Authorization(?: header: '|=)(?:(?:Bearer|Basic|Negotiate|Digest|AWS3(?:-HTTPS)?) |AWS [\w-]{3,128}:)).{0,4000}(?:Authorization header requires (?:three components|'Credential'|'Signature'|'SignedHeaders'|existence)|authorization component "[^"]{0,80}" is malformed|Unsupported AWS 'algorithm'|must be a 'SignedHeader')/i,
    title: 'The Authorization header is not whole',
    says: 'A part of the header is missing or wrong: it was put together by hand, or changed on its way',
    fix: 'Let the SDK sign the request, and let nothing between change its headers',
  },
  {
    id: 'inline-comment',
    certainty: 'possible',
    message: /'(?:#|;)[^']{0,200}' not a valid key=value pair/,
    title: 'A comment stands behind the key id',
    says: 'The part that AWS could not read begins like a comment',
    fix: 'Put the comment on a line of its own',
    commands: everywhere('countersign check'),
  },
  {
    id: 'id-secret-swapped',
    certainty: 'proven',
    message: /exactly 5 slash-delimited elements[^']{0,80}got '(?!A[KS]IA[A-Z2-7]{16}\/)[A-Za-z0-9+/]{35,45}\/\d{8}\//,
    title: 'A secret key stands where the key id belongs',
    says: 'What AWS read as key id has the length and the slashes of a secret key',
    fix: 'Exchange the two values, and replace the key: its secret was sent in the clear',
    commands: everywhere('countersign check'),
  },
  {
    id: 'signing-scope-wrong',
    certainty: 'proven',
    message:
      /exactly 5 slash-delimited elements[^']{0,80}got '[^'/]{0,128}\/\d{8}\/\/|got '[^'/]{0,128}\/\d{8}\/\w+\/aws4_request'/,
    title: 'The request was signed without a region',
    says: 'The place of the region in the signature is empty',
    fix: 'Set a region',
    commands: command('countersign', 'configure', 'set', 'region', 'us-east-1'),
  },
  {
    id: 'id-secret-swapped',
    certainty: 'likely',
    code: /^(IncompleteSignature|AuthorizationHeaderMalformed)/,
    message: /exactly 5 slash-delimited elements|Credential is mal-?formed/i,
    title: 'Key id and secret key may be exchanged',
    says: 'A slash or blank in the key id gives this answer, and secrets have slashes',
    fix: 'Look at both values; if they are exchanged, replace the key, because its secret was sent in the clear',
    commands: everywhere('countersign check'),
  },
  {
    id: 'ci-secret-missing',
    certainty: 'likely',
    message: /non-empty Access Key \(AKID\)/,
    title: 'The key id is empty',
    says: 'The request was signed with an empty key id: the variable or secret that should hold it is not set there',
    fix: 'Set the variable or the CI secret',
    commands: everywhere('countersign chain'),
  },
  {
    id: 'old-signing',
    certainty: 'proven',
    message: /Please use AWS4-HMAC-SHA256|SigV2 authorization is not supported/,
    title: 'The client signs in an old way that is not accepted any more',
    says: 'The service asks for Signature Version 4',
    fix: 'Upgrade the SDK or set it to Signature Version 4',
  },
  {
    id: 'presigned-altered',
    certainty: 'proven',
    message: /Only one auth mechanism allowed|Found both 'X-Amz-Algorithm'/,
    title: 'A presigned URL was sent together with an Authorization header',
    says: 'The request carries two signatures',
    fix: 'Send a presigned URL without an Authorization header',
  },
  {
    id: 'signing-scope-wrong',
    certainty: 'proven',
    message: /header is malformed; the region '([\w-]{0,40})' (?:is wrong(?:; expecting '([\w-]{1,40}))?|i|$)/,
    title: 'The request was signed for the wrong region',
    says: ([, signed, right]) =>
      `It was signed for ${signed || 'no region'}${right === undefined ? '' : ` and must be signed for ${right}`}`,
    fix: 'Set the region of the bucket',
  },
  {
    id: 'signing-scope-wrong',
    certainty: 'proven',
    message:
      /Credential (?:should|must) be scoped to (a valid region|(?:the )?correct service)(?:(?:, not|:) '([\w-]{0,40})')?/i,
    title: 'The request was signed for the wrong region or service',
    says: (match) =>
      match[2] === undefined
        ? 'AWS says so; the key was not looked at'
        : match[1]!.startsWith('a valid')
          ? `It was signed for the region ${match[2] || '(none)'}; the key was not looked at`
          : `It must be signed for the service ${match[2]}`,
    fix: 'Set region and endpoint so that they fit',
  },
  {
    id: 'signing-scope-wrong',
    certainty: 'likely',
    message: /Date in Credential scope does not match[^']{0,80}'([^']{0,20})' != '([^']{0,20})'/i,
    title: 'The signature names another day than the request',
    says: ([, scope, date]) => `The scope is of ${scope}, the request of ${date}; the key was not looked at`,
    fix: 'Let the SDK sign the request anew instead of keeping an old signing key or header',
  },
  {
    id: 'presigned-altered',
    certainty: 'likely',
    code: /^AuthorizationQueryParametersError$/,
    title: 'The presigned URL is not put together as it has to be',
    says: 'A parameter of the signature in the URL is missing or wrong; the key was not looked at',
    fix: 'Let the SDK make the URL, for a week at most, and do not change it afterwards',
  },
]
