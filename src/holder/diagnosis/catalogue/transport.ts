import type { CauseId } from '../../../cause-ids.ts'
import { type Commands, everywhere, setVariable } from '../shells.ts'
import { whoAmI } from './commands.ts'
import { cure, cureWhen, type Entry, hint, probe, proves, strong, unlike } from './entry.ts'
import { docs, from, thread } from './sources.ts'
import {
  credentialsMissingEc2,
  missingToken,
  missingTokenJson,
  notKeyValue,
  s3Denied,
  s3Signature,
  signatureDoesNotMatch,
  symptom,
} from './symptoms.ts'

function curl(id: string, secret: string, program = 'curl'): readonly string[] {
  return [`${program} --aws-sigv4 aws:amz:REGION:execute-api --user "${id}:${secret}" https://API_HOST/PATH`]
}

const signedByCurl: Commands = {
  bash: curl('$AWS_ACCESS_KEY_ID', '$AWS_SECRET_ACCESS_KEY'),
  fish: curl('$AWS_ACCESS_KEY_ID', '$AWS_SECRET_ACCESS_KEY'),
  powershell: curl('$($Env:AWS_ACCESS_KEY_ID)', '$($Env:AWS_SECRET_ACCESS_KEY)', 'curl.exe'),
  cmd: curl('%AWS_ACCESS_KEY_ID%', '%AWS_SECRET_ACCESS_KEY%'),
}

/** What happens to a request between the client and AWS. */
export const transportEntries = {
  'request-altered': {
    title: 'Something between this machine and AWS changes the request',
    story:
      'A signature covers host, path, query, body and some headers. A proxy, load balancer or middleware that rewrites one of them (a different Host, a decoded path, a dropped Accept-Encoding) breaks it. AWS then says that the signature does not match, exactly as for a wrong secret.',
    fits: 'Proxies and middleware that change signed headers give this answer',
    symptoms: [signatureDoesNotMatch, s3Signature],
    signs: [
      proves(
        'The canonical request in the answer differs from the one that the client signed; the difference names the header or path.',
      ),
      hint('`HTTPS_PROXY` or `AWS_CA_BUNDLE` is set: something sits between.'),
      strong('The same key works from another network.'),
    ],
    probes: [
      probe('P1', 'sts-as-it-is', 'The canonical request in the answer to GetCallerIdentity is compared with ours.'),
    ],
    excludedBy: ['The two canonical requests are equal: then it is the secret.'],
    lookAlikes: [
      unlike('secret-wrong', 'nothing was changed, and every tool fails with this key.'),
      unlike('presigned-altered', 'only presigned URLs fail.'),
      unlike('authorization-missing', 'the whole header is gone.'),
    ],
    fixes: [
      cure(
        'Let requests to AWS pass the proxy unchanged, or around it',
        setVariable('NO_PROXY', '.amazonaws.com,169.254.169.254'),
      ),
      cureWhen(
        'It is your own proxy',
        'Keep the Host header, the raw path and query, and all headers that are named in SignedHeaders',
      ),
      cureWhen('It is a middleware in your code', 'Change headers before signing, not after'),
    ],
    prevention: ['Put 169.254.169.254 and amazonaws.com into `NO_PROXY` wherever a proxy is set.'],
    sources: [docs.signatureTrouble, thread('aws/aws-sdk-go-v2#2722')],
    threads: 11,
  },
  'authorization-missing': {
    title: 'The request arrived without an AWS signature',
    story:
      'No Authorization header arrived, or one of another kind. The client is anonymous, a redirect to another host made it drop the header, a proxy took it away, or the code sent a Bearer token (JWT) to an endpoint that wants a signature. A browser that opens an API address gets the same answer.',
    fits: 'No Authorization header arrived: an anonymous client, a proxy or a redirect took it away',
    symptoms: [missingToken, missingTokenJson, credentialsMissingEc2, notKeyValue, s3Denied],
    signs: [
      proves('The debug log of the client shows no Authorization header, or one that begins with `Bearer` or `Basic`.'),
      proves('`IncompleteSignature` quotes a text that begins with `eyJ`: a JWT.'),
    ],
    probes: [probe('P1', 'sts-as-it-is', 'A signed call from the same machine is accepted.')],
    excludedBy: ['The header arrives; then AWS speaks of the key, the time or the signature.'],
    lookAlikes: [
      unlike('no-credentials', 'the client had nothing to sign with.'),
      unlike('wrong-url', 'API Gateway says the same for a path that does not exist.'),
      unlike('old-signing', 'a signature arrives, of an old kind.'),
    ],
    fixes: [
      cure('Let the client sign the request itself; see first whether a signed call works here', whoAmI),
      cureWhen('A redirect took it away', 'Call the final address, or sign again for it'),
      cureWhen('A JWT was sent', 'Send it only to endpoints with a JWT authorizer'),
      cureWhen('You test an API by hand', 'Let curl sign with the keys in the environment', signedByCurl),
    ],
    prevention: ['Do not let HTTP clients follow redirects of signed requests by themselves.'],
    sources: [docs.signatureTrouble, docs.commonErrors],
    threads: 6,
  },
  'presigned-altered': {
    title: 'A presigned URL was changed, or sent together with an Authorization header',
    story:
      'The signature is in the URL, so every change breaks it: `&amp;` from an HTML page, a second URL encoding, another verb than it was made for, a header that was signed and is not sent. And a client that adds its own Authorization header sends two signatures, which S3 refuses.',
    fits: 'A presigned URL must be used exactly as it was made, without another signature',
    symptoms: [
      symptom(
        'S3',
        'InvalidArgument',
        'Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string parameter or the Authorization header should be specified',
      ),
      symptom(
        'Most services',
        'InvalidSignatureException',
        "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header.",
      ),
      s3Signature,
    ],
    signs: [
      proves('URL and request carry two signatures.'),
      proves('The URL that was used differs from the one that was made: `&amp;`, `%252F`, another verb.'),
    ],
    probes: [],
    excludedBy: ['The URL works, unchanged, with a plain `curl`.'],
    lookAlikes: [
      unlike('presigned-outlives-session', 'the text speaks of an expired token or of “Request has expired”.'),
      unlike('signing-scope-wrong', 'the URL was made for another region than that of the bucket.'),
      unlike('request-altered', 'other requests of the client fail too.'),
    ],
    fixes: [
      cure('Use the URL as it is, with the verb that it was made for and without an Authorization header', {
        bash: ["curl -sS -o /dev/null -w '%{http_code}\\n' 'PRESIGNED_URL'"],
        fish: ["curl -sS -o /dev/null -w '%{http_code}\\n' 'PRESIGNED_URL'"],
        powershell: ["curl.exe -sS -o NUL -w '%{http_code}' 'PRESIGNED_URL'"],
        cmd: ['curl -sS -o NUL -w "%{http_code}" "PRESIGNED_URL"'],
      }),
      cureWhen('A redirect leads to the URL', 'Take the Authorization header off before following it'),
    ],
    prevention: ['Hand presigned URLs on as JSON or a redirect, never through HTML escaping.'],
    sources: [docs.presigned, docs.s3Errors],
    threads: 6,
  },
  'wrong-url': {
    title: 'API Gateway has no such path, stage or method',
    story:
      'API Gateway answers “Missing Authentication Token” to a request that fits none of its routes. A missing stage in the path, a slash too many or GET instead of POST is enough. No credentials are involved.',
    fits: 'API Gateway gives this answer for a route that does not exist',
    symptoms: [
      symptom(
        'API Gateway (HTTP 403)',
        'MissingAuthenticationTokenException',
        '{"message":"Missing Authentication Token"}',
      ),
    ],
    signs: [
      strong('The host is `….execute-api.….amazonaws.com` or a custom domain of API Gateway.'),
      strong('Another path of the same API answers.'),
    ],
    probes: [],
    excludedBy: ['The route exists and has IAM authorization: then the request must be signed.'],
    lookAlikes: [
      unlike(
        'authorization-missing',
        'the route exists and wants a signature, or the host is a service of AWS itself.',
      ),
      unlike('permission-missing', 'the answer names a user and an action.'),
    ],
    fixes: [
      cure(
        'Compare stage, path and method with the API',
        everywhere('aws apigateway get-resources --rest-api-id API_ID'),
      ),
      cureWhen(
        'You are not sure about the stage',
        'List the stages',
        everywhere('aws apigateway get-stages --rest-api-id API_ID'),
      ),
      cureWhen(
        'It was changed just now',
        'Deploy the API again: changes reach a stage only then',
        everywhere('aws apigateway create-deployment --rest-api-id API_ID --stage-name STAGE'),
      ),
    ],
    prevention: ['Add a default gateway response that says “no such route”.'],
    sources: [from('Amazon API Gateway: gateway response types')],
    threads: 11,
  },
} as const satisfies Partial<Record<CauseId, Entry>>
