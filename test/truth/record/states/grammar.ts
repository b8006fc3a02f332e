import { bytes, CONFIG, CREDENTIALS, environmentPair, type MachineState, raw, state } from './state.ts'

/* File-grammar oddities: one state each, with the file in both places. */

const PAIR = 'aws_access_key_id = AKIDFILE\naws_secret_access_key = made-up-secret\n'
const utf8 = (text: string): Buffer => Buffer.from(text, 'utf8')
const utf16be = (text: string): Buffer => Buffer.from(text, 'utf16le').swap16()
const pair = (id: string): string => `[default]\naws_access_key_id = ${id}\naws_secret_access_key = x\n`

/** Texts of a file by what is odd about them. */
export const oddTexts: Readonly<Record<string, string | Buffer>> = {
  plain: `[default]\n${PAIR}`,
  'byte order mark': utf8(`\ufeff[default]\n${PAIR}`),
  'byte order mark before a comment': utf8(`\ufeff# c\n[default]\n${PAIR}`),
  'byte order mark before another section': utf8(`\ufeff[other]\na = b\n[default]\n${PAIR}`),
  'byte order mark alone': utf8('\ufeff'),
  CRLF: `[default]\n${PAIR}`.replaceAll('\n', '\r\n'),
  'CR only': `[default]\n${PAIR}`.replaceAll('\n', '\r'),
  'mixed endings': '[default]\r\naws_access_key_id = AKIDFILE\raws_secret_access_key = x\n',
  'no last newline': `[default]\n${PAIR.trimEnd()}`,
  'UTF-16 LE': Buffer.from(`\ufeff[default]\n${PAIR}`, 'utf16le'),
  'UTF-16 BE': utf16be(`\ufeff[default]\n${PAIR}`),
  'UTF-16 without mark': Buffer.from(`[default]\n${PAIR}`, 'utf16le'),
  'latin-1 in a comment': bytes(`# caf\xe9\n[default]\n${PAIR}`),
  'nul in a value': '[default]\naws_access_key_id = AK\0ID\naws_secret_access_key = x\n',
  binary: Buffer.from(Array.from({ length: 256 }, (_, i) => i)),
  empty: '',
  'blank lines only': '\n\n \n',
  'comment only': '# nothing\n; here\n',
  'header only': '[default]\n',
  'key before header': `aws_access_key_id = AKIDFILE\n[default]\n${PAIR}`,
  'comment before header': `# c\n; d\n[default]\n${PAIR}`,
  'unclosed header': `[default\n${PAIR}`,
  'unclosed second header': `[default]\n${PAIR}[other\naws_access_key_id = AKIDOTHER\n`,
  'unclosed second header with a whole pair': `[default]\n${PAIR}[other\naws_access_key_id = AKIDOTHER\naws_secret_access_key = y\n`,
  'empty header': `[]\n${PAIR}`,
  'blank header': `[ ]\n${PAIR}`,
  'header with tail': `[default] # tail\n${PAIR}`,
  'header with tail of another kind': `[default] ; tail\n${PAIR}`,
  'header with tail and no comment mark': `[default] tail\n${PAIR}`,
  'header with tail and no blank': `[default]# tail\n${PAIR}`,
  'header with bracket in tail': `[default] # tail]\n${PAIR}`,
  'header with key behind it': `[default] aws_access_key_id = AKIDFILE\naws_secret_access_key = x\n`,
  'header in blanks': `[ default ]\n${PAIR}`,
  'header in tabs': `[\tdefault\t]\n${PAIR}`,
  'header in capitals': `[Default]\n${PAIR}`,
  'header in brackets': `[[default]]\n${PAIR}`,
  'header with a comment inside': `[default # c]\n${PAIR}`,
  'indented header': `  [default]\n${PAIR}`,
  'header indented by a tab': `\t[default]\n${PAIR}`,
  'indented header and keys': '  [default]\n  aws_access_key_id = AKIDFILE\n  aws_secret_access_key = x\n',
  'indented header after a key': `[other]\na = b\n  [default]\n${PAIR}`,
  'profile prefix': `[profile default]\n${PAIR}`,
  'profile prefix first, then plain': `[profile default]\naws_access_key_id = AKIDPREFIXED\naws_secret_access_key = y\n[default]\n${PAIR}`,
  'plain first, then profile prefix': `[default]\n${PAIR}[profile default]\naws_access_key_id = AKIDPREFIXED\naws_secret_access_key = y\n`,
  'profile prefix without the secret, then plain': `[profile default]\naws_access_key_id = AKIDPREFIXED\n[default]\n${PAIR}`,
  'all keys indented': '[default]\n  aws_access_key_id = AKIDFILE\n  aws_secret_access_key = x\n',
  'all keys indented by tabs': '[default]\n\taws_access_key_id = AKIDFILE\n\taws_secret_access_key = x\n',
  tabs: '[default]\n\taws_access_key_id\t=\tAKIDFILE\t\n\taws_secret_access_key\t=\tx\n',
  'second key indented': '[default]\naws_access_key_id = AKIDFILE\n  aws_secret_access_key = x\n',
  'second key indented after a blank line': '[default]\naws_access_key_id = AKIDFILE\n\n  aws_secret_access_key = x\n',
  'second key indented by NBSP': '[default]\naws_access_key_id = AKIDFILE\n\u00a0aws_secret_access_key = x\n',
  'keys indented below another one':
    '[default]\nregion = eu-west-1\n  aws_access_key_id = AKIDFILE\n  aws_secret_access_key = x\n',
  continued: '[default]\naws_access_key_id = AKID\n  FILE\naws_secret_access_key = x\n',
  'continued past a blank line': '[default]\naws_access_key_id = AKID\n\n  FILE\naws_secret_access_key = x\n',
  'continued past a comment': '[default]\naws_access_key_id = AKID\n# c\n  FILE\naws_secret_access_key = x\n',
  'continued by a comment': '[default]\naws_access_key_id = AKID\n  # c\naws_secret_access_key = x\n',
  'continued by a pair': '[default]\naws_access_key_id = AKIDFILE\n  a = b\naws_secret_access_key = x\n',
  'wrapped token': `[default]\n${PAIR}aws_session_token = abc\n    def\n    ghi\n`,
  'wrapped token from the next line': `[default]\n${PAIR}aws_session_token =\n    abc=\n    def=\n`,
  'wrapped token without =': `[default]\n${PAIR}aws_session_token =\n    abc\n    def\n`,
  colon: '[default]\naws_access_key_id: AKIDFILE\naws_secret_access_key: x\n',
  'colon with blanks': '[default]\naws_access_key_id : AKIDFILE\naws_secret_access_key : x\n',
  'colon before equals': '[default]\naws_access_key_id: =AKIDFILE\naws_secret_access_key = a:b=c\n',
  'equals in the value': '[default]\naws_access_key_id = AKID=FILE=\naws_secret_access_key = x==\n',
  'two equals': '[default]\naws_access_key_id == AKIDFILE\naws_secret_access_key = x\n',
  'no blanks': '[default]\naws_access_key_id=AKIDFILE\naws_secret_access_key=x\n',
  'many blanks': '[default]\naws_access_key_id   =   AKIDFILE   \naws_secret_access_key   =   x   \n',
  'capital keys': '[default]\nAWS_ACCESS_KEY_ID = AKIDFILE\nAWS_SECRET_ACCESS_KEY = x\n',
  'capital and small keys': `[default]\nAWS_ACCESS_KEY_ID = AKIDCAPITAL\n${PAIR}`,
  'mixed case keys': '[default]\nAws_Access_Key_Id = AKIDFILE\naws_secret_ACCESS_key = x\n',
  export: '[default]\nexport aws_access_key_id=AKIDFILE\nexport aws_secret_access_key=x\n',
  'inline comment': '[default]\naws_access_key_id = AKIDFILE # c\naws_secret_access_key = x # d\n',
  'inline comment by semicolon': '[default]\naws_access_key_id = AKIDFILE ; c\naws_secret_access_key = x ; d\n',
  'inline comment after a tab': '[default]\naws_access_key_id = AKIDFILE\t# c\naws_secret_access_key = x\n',
  'comment mark without blank': '[default]\naws_access_key_id = AKIDFILE#c\naws_secret_access_key = x\n',
  'semicolon without blank': '[default]\naws_access_key_id = AKIDFILE;c\naws_secret_access_key = x\n',
  'comment mark with blank only behind it': '[default]\naws_access_key_id = AKIDFILE# c\naws_secret_access_key = x\n',
  'value is a comment': '[default]\naws_access_key_id = # AKIDFILE\naws_secret_access_key = x\n',
  'value is a comment right after =': '[default]\naws_access_key_id =#AKIDFILE\naws_secret_access_key = x\n',
  'comment before the delimiter': '[default]\naws_access_key_id # c = AKIDFILE\naws_secret_access_key = x\n',
  'two comment marks': '[default]\naws_access_key_id = AKIDFILE # a ; b\naws_secret_access_key = x ; a # b\n',
  'comment mark in the secret': '[default]\naws_access_key_id = AKIDFILE\naws_secret_access_key = x #y\n',
  'double quotes': '[default]\naws_access_key_id = "AKIDFILE"\naws_secret_access_key = "x"\n',
  'single quotes': "[default]\naws_access_key_id = 'AKIDFILE'\naws_secret_access_key = 'x'\n",
  'double quotes with a comment inside': '[default]\naws_access_key_id = "AKID # FILE"\naws_secret_access_key = x\n',
  'double quotes with a comment behind': '[default]\naws_access_key_id = "AKIDFILE" # c\naws_secret_access_key = x\n',
  'one quote': '[default]\naws_access_key_id = "AKIDFILE\naws_secret_access_key = x\n',
  'quotes in the middle': '[default]\naws_access_key_id = AK"ID"FILE\naws_secret_access_key = x\n',
  'empty quotes': '[default]\naws_access_key_id = ""\naws_secret_access_key = x\n',
  'quoted key': '[default]\n"aws_access_key_id" = AKIDFILE\naws_secret_access_key = x\n',
  percent: '[default]\naws_access_key_id = AKID%(x)s\naws_secret_access_key = %\n',
  dollar: '[default]\naws_access_key_id = AKID$HOME\naws_secret_access_key = x\n',
  backslash: '[default]\naws_access_key_id = AK\\ID\\n\naws_secret_access_key = x\n',
  'backslash at the end': '[default]\naws_access_key_id = AKIDFILE\\\naws_secret_access_key = x\n',
  'duplicate key': `[default]\n${PAIR}aws_access_key_id = AKIDNEW\n`,
  'duplicate key with an empty value': `[default]\n${PAIR}aws_access_key_id =\n`,
  'duplicate key in other case': `[default]\n${PAIR}AWS_access_key_id = AKIDNEW\n`,
  'duplicate key in another section': `[default]\n${PAIR}[o]\na=1\na=2\n`,
  'duplicate section': `[default]\n${PAIR}[default]\naws_session_token = t\n`,
  'duplicate section with other keys': `[default]\n${PAIR}[default]\naws_access_key_id = AKIDNEW\naws_secret_access_key = y\n`,
  'duplicate section with half a pair':
    '[default]\naws_access_key_id = AKIDFILE\n[default]\naws_secret_access_key = y\n',
  'duplicate other section': `[a]\n[default]\n${PAIR}[a]\n`,
  'duplicate section without keys': `[default]\n${PAIR}[default]\n`,
  'garbage line': `[default]\n${PAIR}garbage\n`,
  'garbage before keys': `[default]\ngarbage\n${PAIR}`,
  'garbage between keys': '[default]\naws_access_key_id = AKIDFILE\ngarbage\naws_secret_access_key = x\n',
  'garbage before any section': `garbage\n[default]\n${PAIR}`,
  'garbage in another section': `[default]\n${PAIR}[o]\ngarbage\n`,
  'garbage in a section before': `[o]\ngarbage\n[default]\n${PAIR}`,
  'garbage continued': '[default]\naws_access_key_id = AKIDFILE\ngarbage\n  more\naws_secret_access_key = x\n',
  'indented garbage': '[default]\naws_access_key_id = AKIDFILE\naws_secret_access_key = x\n  garbage\n',
  'no key before delimiter': `[default]\n${PAIR}= x\n`,
  'no key before delimiter first': `[default]\n= x\n${PAIR}`,
  'only a delimiter': `[default]\n=\n${PAIR}`,
  'key with a blank': `[default]\naws access = x\n${PAIR}`,
  'id and secret on one line': '[default]\naws_access_key_id = AKIDFILE aws_secret_access_key = x\n',
  'empty id': '[default]\naws_access_key_id =\naws_secret_access_key = x\n',
  'empty secret': '[default]\naws_access_key_id = AKIDFILE\naws_secret_access_key =\n',
  'blank secret': '[default]\naws_access_key_id = AKIDFILE\naws_secret_access_key =   \n',
  'id only': '[default]\naws_access_key_id = AKIDFILE\n',
  'id without =': '[default]\naws_access_key_id\naws_secret_access_key = x\n',
  'secret only': '[default]\naws_secret_access_key = x\n',
  'session token': `[default]\n${PAIR}aws_session_token = t1\n`,
  'security token': `[default]\n${PAIR}aws_security_token = t2\n`,
  'both tokens': `[default]\n${PAIR}aws_session_token = t1\naws_security_token = t2\n`,
  'empty security token': `[default]\n${PAIR}aws_session_token = t1\naws_security_token =\n`,
  'empty session token': `[default]\n${PAIR}aws_session_token =\n`,
  'token only': '[default]\naws_session_token = t1\n',
  'token with a comment': `[default]\n${PAIR}aws_session_token = t1 # c\n`,
  'NBSP around': utf8('[default]\naws_access_key_id = \u00a0AKIDFILE\u00a0\naws_secret_access_key = x\n'),
  'NBSP in the header': utf8(`[\u00a0default\u00a0]\n${PAIR}`),
  'zero width space': utf8('[default]\naws_access_key_id = AKIDFILE\u200b\naws_secret_access_key = x\n'),
  'zero width no-break space': utf8('[default]\naws_access_key_id = \ufeffAKIDFILE\naws_secret_access_key = x\n'),
  'ideographic space': utf8('[default]\naws_access_key_id = \u3000AKIDFILE\u3000\naws_secret_access_key = x\n'),
  'smart quotes': utf8('[default]\naws_access_key_id = \u201cAKIDFILE\u201d\naws_secret_access_key = x\n'),
  'form feed line': `[default]\n\x0c\n${PAIR}`,
  'form feed in value': '[default]\naws_access_key_id = AKID\x0cFILE\naws_secret_access_key = x\n',
  'form feed around': '[default]\naws_access_key_id = \x0cAKIDFILE\x0c\naws_secret_access_key = x\n',
  'vertical tab around': '[default]\naws_access_key_id = \x0bAKIDFILE\x0b\naws_secret_access_key = x\n',
  'file separator around': '[default]\naws_access_key_id = \x1cAKIDFILE\x1f\naws_secret_access_key = x\n',
  'next line character': utf8('[default]\naws_access_key_id = AKID\u0085FILE\u0085\naws_secret_access_key = x\n'),
  'line separator': utf8('[default]\naws_access_key_id = AKIDFILE\u2028\naws_secret_access_key = x\n'),
  'control V': '[default]\naws_access_key_id = \x16AKIDFILE\naws_secret_access_key = x\n',
  'semicolon comment': `; c\n[default]\n;d\n${PAIR}`,
  'slash comment': `// c\n[default]\n${PAIR}`,
  'indented comment': `[default]\n   # d\n${PAIR}`,
  'comment between keys': '[default]\naws_access_key_id = AKIDFILE\n# c\naws_secret_access_key = x\n',
  'commented key': '[default]\naws_access_key_id = AKIDFILE\n#aws_access_key_id = AKIDOLD\naws_secret_access_key = x\n',
  'DEFAULT gives all': `[DEFAULT]\n${PAIR}[default]\n`,
  'DEFAULT alone': `[DEFAULT]\n${PAIR}`,
  'DEFAULT gives the secret': '[DEFAULT]\naws_secret_access_key = d\n[default]\naws_access_key_id = AKIDFILE\n',
  'DEFAULT after': '[default]\naws_access_key_id = AKIDFILE\n[DEFAULT]\naws_secret_access_key = d\n',
  'DEFAULT twice': `[DEFAULT]\na = 1\n[DEFAULT]\nb = 1\n[default]\n${PAIR}`,
  'DEFAULT twice with one key': `[DEFAULT]\na = 1\n[DEFAULT]\na = 1\n[default]\n${PAIR}`,
  'nested block': `[default]\n${PAIR}s3 =\n  max_concurrent_requests = 5\n`,
  'nested block first': `[default]\ns3 =\n  max_concurrent_requests = 5\n${PAIR}`,
  'nested block with keys in it': `[default]\ns3 =\n  aws_access_key_id = AKIDNESTED\n  aws_secret_access_key = y\n${PAIR}`,
  'nested block with keys in it alone':
    '[default]\ns3 =\n  aws_access_key_id = AKIDNESTED\n  aws_secret_access_key = y\n',
  'nested block without =': `[default]\n${PAIR}s3 =\n  max\n`,
  'nested block in DEFAULT without =': '[DEFAULT]\ns3 =\n  max\n',
  'nested block in DEFAULT without = inherited': `[DEFAULT]\ns3 =\n  max\n[default]\n${PAIR}`,
  'nested block with a blank line': `[default]\n${PAIR}s3 =\n\n  a = 1\n`,
  'blank value then keys': `[default]\nregion =\n${PAIR}`,
  'blank value then indented keys':
    '[default]\nregion =\n  aws_access_key_id = AKIDFILE\n  aws_secret_access_key = x\n',
  'another section between': `[default]\naws_access_key_id = AKIDFILE\n[o]\nb = c\n[default]\naws_secret_access_key = x\n`,
  'object members as keys': `[default]\n__proto__ = x\nconstructor = y\ntoString = z\n${PAIR}`,
  'object members as sections': `[__proto__]\na = b\n[constructor]\nc = d\n[default]\n${PAIR}`,
  'a very long line': `[default]\nnote = ${'x'.repeat(3000)}\n${PAIR}`,
  'non-ASCII key': utf8(`[default]\nk\u00e9y = x\n${PAIR}`),
  'non-ASCII value': utf8(`[default]\nnote = caf\u00e9 \u{1f511}\n${PAIR}`),
}

export const headers: readonly string[] = [
  'profile dev',
  'profile  dev',
  'profile\tdev',
  ' profile dev',
  'profile dev ',
  'profile "dev"',
  "profile 'dev'",
  'profile d\\ev',
  'profile "de\\"v"',
  'profile "dev',
  'profile my prof',
  'profile "my prof"',
  'my prof',
  'profile',
  'profile ',
  'profiles dev',
  'profiledev',
  'profile.dev',
  'profile-dev',
  'Profile dev',
  'PROFILE dev',
  'dev',
  ' dev ',
  'Dev',
  '"dev"',
  'profile dev # x',
  'profile dev#x',
  'profile "de""v"',
  'profile dev""',
  'profile ""',
  'profile default',
  'default',
  'profile d#v',
  'profile d-e_v.1',
  'd-e_v.1',
  'profile d/e@v:+%1',
  'sso-session dev',
  'services dev',
  'profile d\u00e9v',
  'profile dev]',
]

/** The files of which the credentials stand also with keys in the environment: what a broken file does to those. */
function* ofTexts(): Generator<MachineState> {
  for (const [name, content] of Object.entries(oddTexts)) {
    const file = typeof content === 'string' && !/[^\t\n\x20-\x7e]/.test(content) ? content : raw(content)
    yield state(`credentials: ${name}`, {}, { [CREDENTIALS]: file })
    yield state(`credentials with keys in the environment: ${name}`, environmentPair, { [CREDENTIALS]: file })
    yield state(`config: ${name}`, { AWS_SDK_LOAD_CONFIG: '1' }, { [CONFIG]: file })
    yield state(
      `config before credentials: ${name}`,
      { AWS_SDK_LOAD_CONFIG: '1' },
      { [CONFIG]: file, [CREDENTIALS]: pair('AKIDCRED') },
    )
  }
}

function* ofHeaders(): Generator<MachineState> {
  for (const header of headers) {
    const wanted = new Set(['dev', 'my prof', 'default', header, ''])
    for (const name of wanted) {
      for (const path of [CONFIG, CREDENTIALS]) {
        const env = { AWS_PROFILE: name, AWS_SDK_LOAD_CONFIG: '1' }
        yield state(`[${header}] in ${path} as ${JSON.stringify(name)}`, env, { [path]: `[${header}]\n${PAIR}` })
      }
    }
    yield state(
      `[${header}] in both files, by argument`,
      { AWS_SDK_LOAD_CONFIG: '1' },
      {
        [CONFIG]: `[${header}]\nregion = eu-west-1\naws_session_token = t\n`,
        [CREDENTIALS]: `[${header}]\n${PAIR}`,
      },
      header,
    )
  }
  const dev = { AWS_PROFILE: 'dev', AWS_SDK_LOAD_CONFIG: '1' }
  const later = 'aws_access_key_id = AKIDLATER\naws_secret_access_key = x\n'
  yield state('two headers for one profile', dev, { [CONFIG]: `[profile dev]\n${PAIR}[profile "dev"]\n${later}` })
  yield state('two headers for one profile by a tab', dev, {
    [CONFIG]: `[profile dev]\n${PAIR}[profile\tdev]\n${later}`,
  })
  yield state('the later header replaces the earlier whole', dev, {
    [CONFIG]: `[profile dev]\n${PAIR}[profile "dev"]\nregion = eu-west-1\n`,
  })
  yield state(
    'default after profile default',
    { AWS_SDK_LOAD_CONFIG: '1' },
    { [CONFIG]: `[profile default]\n${PAIR}[default]\n${later}` },
  )
  yield state(
    'profile default after default',
    { AWS_SDK_LOAD_CONFIG: '1' },
    { [CONFIG]: `[default]\n${later}[profile default]\n${PAIR}` },
  )
  yield state('plain and prefixed name in the config file', dev, { [CONFIG]: `[dev]\n${later}[profile dev]\n${PAIR}` })
  yield state('plain and prefixed name in the credentials file', dev, {
    [CREDENTIALS]: `[profile dev]\n${later}[dev]\n${PAIR}`,
  })
}

export function* grammarStates(): Generator<MachineState> {
  yield* ofTexts()
  yield* ofHeaders()
}
