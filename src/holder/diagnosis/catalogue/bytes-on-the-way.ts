import type { CauseId } from '../../../cause-ids.ts'
import { cleanVariable, everywhere } from '../shells.ts'
import { check, configure, editConfig, fix } from './commands.ts'
import { cure, cureWhen, type Entry, probe, proves, strong, unlike } from './entry.ts'
import { docs, from, thread } from './sources.ts'
import {
  badHeaderGo,
  badHeaderNode,
  badHeaderPython,
  cannotParse,
  invalidClientTokenId,
  invalidToken,
  notFiveParts,
  notKeyValue,
  s3Signature,
  signatureDoesNotMatch,
  unableToLocate,
  unrecognizedClient,
} from './symptoms.ts'

const cleaned = probe('P1', 'sts-with-cleaned-values', 'With the value cleaned, the same credentials are accepted.')

/** Bytes that changed on the way from where the key was made. */
export const bytesEntries = {
  'surrounding-whitespace': {
    title: 'There is a blank or a line end around a value',
    story:
      'A blank, a tab, a line end or the carriage return of a Windows file hangs on the key id, the secret or the token and is sent as part of it. It comes from `echo` without `-n`, from copying with the mouse, from a secret store that keeps the last line end, or from a `.env` file written on Windows. You cannot see it; AWS can.',
    fits: 'A blank or line end becomes part of the value',
    symptoms: [notKeyValue, badHeaderNode, badHeaderGo, badHeaderPython, signatureDoesNotMatch, invalidClientTokenId],
    signs: [
      proves('The value changes when blanks are trimmed off, or has a blank inside.'),
      proves('`IncompleteSignature` quotes a part that begins with `/20…/`: a blank stands behind the key id.'),
      proves('`IncompleteSignature` quotes the key id itself: a blank stands before it.'),
    ],
    probes: [cleaned],
    excludedBy: ['The values have exactly 20 and 40 characters.'],
    lookAlikes: [
      unlike('inline-comment', 'the quoted part begins with # or is an ordinary word.'),
      unlike('id-secret-swapped', 'the quoted part has the slashes of a secret.'),
      unlike('invisible-character', 'the character is none of the usual blanks: a BOM, a zero-width space, a Ctrl-V.'),
      unlike('secret-wrong', 'the secret is clean and is of another key.'),
    ],
    fixes: [
      cure('Take the blank or line end out', cleanVariable('AWS_ACCESS_KEY_ID', 'whitespace')),
      cureWhen(
        'It is the secret',
        'Take the blank or line end out',
        cleanVariable('AWS_SECRET_ACCESS_KEY', 'whitespace'),
      ),
      cureWhen('It is in the credentials file', 'Let it be taken off', fix('surrounding-whitespace')),
      cureWhen('You do not know which value it is', 'Let it be found', check),
    ],
    prevention: [
      'Write secrets with `printf %s "$value"`, never with `echo`; pass `tr -d "\\r\\n"` where a file comes from Windows.',
      'Make Kubernetes secrets with `--from-literal` or from a file without a last line end.',
    ],
    sources: [
      thread('boto/boto3#2280'),
      thread('aws/aws-sdk-go#289'),
      thread('boto/botocore#2001'),
      thread('external-secrets/external-secrets#2533'),
      thread('kanisterio/kanister#224'),
    ],
    threads: 18,
  },
  'invisible-character': {
    title: 'There is an invisible character in a value',
    story:
      'A byte order mark, a zero-width space, a non-breaking blank, a typographic quote or the character that Ctrl-V leaves in a terminal sits in the value. It comes from web pages, chat programs, word processors and from PowerShell’s `>` redirection. Tools disagree about it: some strip it, some send it, some refuse the header.',
    fits: 'Pasting from a page or into a terminal can leave a character that nobody sees',
    symptoms: [badHeaderNode, badHeaderGo, badHeaderPython, notKeyValue, signatureDoesNotMatch, cannotParse],
    signs: [
      proves('The value has a character that is not printable ASCII.'),
      strong('The length is one to three characters more than it should be, and nothing is to be seen.'),
    ],
    probes: [cleaned],
    excludedBy: ['All characters of the values are printable ASCII.'],
    lookAlikes: [
      unlike('surrounding-whitespace', 'the character is an ordinary blank or a line end.'),
      unlike('quoted-value', 'the quotes are plain ones that you can see.'),
      unlike('file-syntax', 'the whole file is UTF-16 or begins with a byte order mark.'),
    ],
    fixes: [
      cure(
        'Take the character out, or type the value again instead of pasting it',
        cleanVariable('AWS_ACCESS_KEY_ID', 'invisible'),
      ),
      cureWhen('It is the secret', 'Take the character out', cleanVariable('AWS_SECRET_ACCESS_KEY', 'invisible')),
      cureWhen('It is in a file', 'Let it be taken out', fix('invisible-character')),
    ],
    prevention: [
      'In Windows PowerShell 5 write AWS files with `Out-File -Encoding ascii`.',
      'Paste with Ctrl-Shift-V in terminals; Ctrl-V can leave a control character.',
    ],
    sources: [
      from('What each SDK’s reader strips and keeps, tried on botocore and the JavaScript SDK'),
      thread('openwpm/OpenWPM#41'),
    ],
    threads: 4,
  },
  'quoted-value': {
    title: 'Quotes stand around a value and count as part of it',
    story:
      'In a shell the quotes in `export AWS_ACCESS_KEY_ID="AKIA…"` go away; in `docker --env-file`, in `set X="…"` of cmd.exe and, for most SDKs, in the AWS files they stay. (Go, Terraform and PHP take them off in the AWS files, so that the same file works there.) The key id then begins with a quotation mark, and AWS does not know it.',
    fits: 'Most SDKs take quotes in AWS files as part of the value',
    symptoms: [invalidClientTokenId, unrecognizedClient, signatureDoesNotMatch, notKeyValue],
    signs: [
      proves('The value begins or ends with `"`, `\'` or a typographic quote.'),
      strong(
        'The value comes from `docker run --env-file`, the credentials file or `set NAME="value"` in cmd.exe, all of which keep quotes.',
      ),
    ],
    probes: [cleaned],
    excludedBy: ['The value has neither a quote at its beginning nor one at its end.'],
    lookAlikes: [
      unlike('invisible-character', 'nothing is to be seen around the value.'),
      unlike('key-unknown', 'the value is clean.'),
      unlike('docker-environment', 'no value arrives in the container at all.'),
    ],
    fixes: [
      cure('Take the quotes away', cleanVariable('AWS_ACCESS_KEY_ID', 'quotes')),
      cureWhen('It is the secret', 'Take the quotes away', cleanVariable('AWS_SECRET_ACCESS_KEY', 'quotes')),
      cureWhen('It is in the credentials file', 'Let them be taken off', fix('quoted-value')),
      cureWhen(
        'It is a Docker env file',
        'Write NAME=value without quotes; `--env-file` takes everything behind the = as it is',
      ),
    ],
    prevention: ['Values of AWS keys need no quotes anywhere but in a shell, and there single ones.'],
    sources: [docs.cliFiles, from('Docker: docker run --env-file')],
    threads: 8,
  },
  'inline-comment': {
    title: 'A comment stands behind a value and counts as part of it',
    story:
      'A line such as `aws_access_key_id = AKIA… # work` is read differently: the AWS CLI, boto3 and the SDKs for Ruby, .NET and PHP know comments only on lines of their own, and send the whole rest as the key id. JavaScript, Go, Java and Rust cut it off. So it works in Node and fails in Python with the same file.',
    fits: 'The AWS CLI and boto3 take a comment behind a value as part of it',
    symptoms: [notKeyValue, invalidClientTokenId, signatureDoesNotMatch],
    signs: [
      proves('The value contains ` #` or ` ;`, and the client is the AWS CLI, boto3 or an SDK for Ruby, .NET or PHP.'),
      strong('`IncompleteSignature` quotes a part that begins with # or an ordinary word.'),
    ],
    probes: [cleaned],
    excludedBy: ['The comment stands on a line of its own.'],
    lookAlikes: [
      unlike('surrounding-whitespace', 'only a blank follows the value.'),
      unlike('file-syntax', 'the file cannot be read at all.'),
    ],
    fixes: [
      cure('Take the comment off: it needs a line of its own', fix('inline-comment')),
      cureWhen('It is in a variable', 'Cut the comment off', cleanVariable('AWS_ACCESS_KEY_ID', 'comment')),
    ],
    prevention: ['Put notes about a profile above its header.'],
    sources: [docs.sdkFiles, from('The readers of 16 SDKs and tools, tried on the same file')],
    threads: 3,
  },
  'secret-mangled': {
    title: 'The secret key was altered on its way',
    story:
      'Secrets contain `+` and `/`, and some tools change them: a URL turns `/` into `%2F` and `+` into a blank, an unquoted shell word loses what follows `$` or `!`, `sed` and templates have rules of their own. What arrives is not the secret any more, and the signature is wrong.',
    fits: 'Shells, web forms and templates change + / = $ and %',
    symptoms: [signatureDoesNotMatch, s3Signature],
    signs: [
      proves('The secret has not 40 characters.'),
      proves('It contains `%2F` or `%2B`, or blanks where `+` was.'),
      strong('The same key works where it is typed in by hand.'),
    ],
    probes: [probe('P1', 'sts-as-it-is', 'AWS knows the key id and calculates another signature.')],
    excludedBy: ['The secret has 40 characters out of letters, digits, `+` and `/`.'],
    lookAlikes: [
      unlike('secret-wrong', 'the secret is whole, and is of another key.'),
      unlike('request-altered', 'the secret is whole, and the request is changed on the way.'),
      unlike('session-token-cut', 'it is the token that was changed.'),
      unlike('base64-wrapped', 'the value is a longer base64 text with the secret inside.'),
    ],
    fixes: [
      cure('Enter the secret again, in single quotes and not encoded; without a copy of it, make a new key', configure),
      cureWhen(
        'It came out of a web address, or stands whole in another profile',
        'Let it be written as it was',
        fix('secret-mangled'),
      ),
      cureWhen(
        'One tool cannot take + or /',
        'Correct how the secret is passed to it. Making keys until one has neither character works too, but hides the fault',
      ),
    ],
    prevention: ['Pass secrets through variables or files, never inside URLs, `sed` programs or unquoted words.'],
    sources: [thread('aws/aws-cli#602'), docs.cliTrouble, docs.signatureTrouble],
    threads: 14,
  },
  'base64-wrapped': {
    title: 'A value is still wrapped in base64',
    story:
      'The `data:` fields of a Kubernetes Secret hold base64. A value that was encoded by hand and then again by a tool arrives with one layer left, and a value made with `echo x | base64` brings a line end along. SOPS, SSM and Vault templates have the same trap.',
    fits: 'Kubernetes Secrets hold base64; encoding twice leaves one layer',
    symptoms: [notFiveParts, notKeyValue, invalidClientTokenId, signatureDoesNotMatch],
    signs: [
      proves('Decoded, the value begins with `AKIA` or `ASIA`.'),
      proves('Decoded, the value ends in a line end: it was made with `echo`.'),
    ],
    probes: [],
    excludedBy: ['The key id begins with `AKIA` or `ASIA` as it is.'],
    lookAlikes: [
      unlike('surrounding-whitespace', 'one layer only, and a line end inside: the decoded value ends in a blank.'),
      unlike('secret-mangled', 'the value does not decode to anything like a key.'),
    ],
    fixes: [
      cure(
        'Store the plain value: use `stringData`, or encode once and without a line end',
        everywhere(
          'kubectl create secret generic aws-credentials --from-env-file=aws.env --dry-run=client -o yaml | kubectl apply -f -',
        ),
      ),
      cureWhen('You must write `data:` yourself', 'Encode without a line end', {
        bash: ['printf %s "$AWS_ACCESS_KEY_ID" | base64'],
        fish: ['printf %s $AWS_ACCESS_KEY_ID | base64'],
        powershell: ['[Convert]::ToBase64String([Text.Encoding]::UTF8.GetBytes($Env:AWS_ACCESS_KEY_ID))'],
        cmd: [
          'powershell -NoProfile -Command "[Convert]::ToBase64String([Text.Encoding]::UTF8.GetBytes($Env:AWS_ACCESS_KEY_ID))"',
        ],
      }),
    ],
    prevention: [
      'Use `stringData` in manifests and `--from-literal` or `--from-env-file` on the command line; both encode for you.',
    ],
    sources: [from('Kubernetes: Secrets, data and stringData'), thread('cloud-ark/kubeplus#238')],
    threads: 3,
  },
  'file-syntax': {
    title: 'An AWS file has a mistake, and clients read it otherwise or not at all',
    story:
      'A section that occurs twice, a line without =, a file saved as UTF-16: the AWS CLI and boto3 refuse the whole file for it, even when keys stand in the environment. The JavaScript SDK reads on and may keep an old session token from a section that it merges. So the same file works in one tool and fails in another.',
    fits: 'The client says that it cannot read an AWS file',
    symptoms: [cannotParse, unableToLocate, invalidToken],
    signs: [
      proves(
        'Read by the rules of that client, the file fails at a certain line: a section or key twice, no header above the first line, no =.',
      ),
      proves('The file is UTF-16 or begins with a byte order mark.'),
      proves('A line such as `export aws_access_key_id=…` sets a key with another name, which nobody reads.'),
      strong('The token goes on in an indented line: boto3 joins the two, the JavaScript SDK loses the second.'),
    ],
    probes: [],
    excludedBy: ['All clients read the file alike.'],
    lookAlikes: [
      unlike('section-prefix', 'the file is fine, and a header is spelled for the other file.'),
      unlike('unexpected-file', 'another file is read than the one that you look at.'),
      unlike('inline-comment', 'the file is read, and a comment sticks to a value.'),
    ],
    fixes: [
      cure(
        'Find the line, correct it and save the file as UTF-8 without a byte order mark',
        everywhere('countersign lint'),
      ),
      cureWhen('It stops the AWS CLI', 'Let it be corrected: what has to go becomes a comment', fix('file-syntax')),
      cureWhen('Only you know what was meant', 'Open it', editConfig),
    ],
    prevention: ['Let `aws configure` write the files.', 'Run `countersign lint` after editing by hand.'],
    sources: [docs.cliFiles, docs.sdkFiles],
    threads: 6,
  },
} as const satisfies Partial<Record<CauseId, Entry>>
