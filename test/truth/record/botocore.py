"""Records what the real botocore makes of generated machine states: which source wins, or with which error it stops.

    python3 test/truth/record/botocore.py > test/truth/botocore-1.43.11.json

Each state runs in a child process with a home directory of its own. No request leaves it: the container endpoint is answered
by a stub, everything else is refused. Keys and secrets are made up. `{HOME}` stands for the home directory.
"""

import base64
import functools
import json
import os
import platform
import random
import re
import shutil
import sys
import tempfile
import time

# This file's own name would hide the package.
sys.path.pop(0)

import boto3
import botocore.awsrequest
import botocore.httpsession
import botocore.loaders
import botocore.session
import botocore.utils
from botocore.exceptions import EndpointConnectionError

SEED = 20260801
KEPT = {'PATH', 'LANG'}


# ---- running one state


def refuse(self, request):
    raise EndpointConnectionError(endpoint_url=request.url)


def answer_container(self, full_url, headers, timeout):
    return {
        'AccessKeyId': 'AKIDCONTAINER',
        'SecretAccessKey': 'made-up-secret',
        'Token': 'made-up-token',
        'Expiration': '2999-01-01T00:00:00Z',
    }


botocore.httpsession.URLLib3Session.send = refuse
botocore.utils.ContainerMetadataFetcher._get_response = answer_container
time.sleep = lambda seconds: None
# Models are read once, here, and not again in every child.
botocore.loaders.JSONFileLoader.load_file = functools.cache(botocore.loaders.JSONFileLoader.load_file)


def words(error):
    return f'{type(error).__name__}: {error}'


def deferred(credentials):
    return credentials.method in (
        'assume-role',
        'assume-role-with-web-identity',
        'sso',
        'container-role',
        'custom-process',
    )


def call(session, service, operation):
    """Where a call of this session goes and what its signature is made for; the call itself is answered here."""
    seen = {}
    client = session.create_client(service)

    def send(request, **kwargs):
        seen['url'] = request.url.rstrip('/')
        authorization = request.headers.get('Authorization', b'')
        if isinstance(authorization, bytes):
            authorization = authorization.decode()
        scope = re.search(r'/\d{8}/([^/]+)/[^/]+/aws4_request', authorization)
        seen['scope'] = scope and scope.group(1)
        return botocore.awsrequest.AWSResponse(request.url, 200, {}, Raw())

    client.meta.events.register('before-send', send)
    getattr(client, operation)()
    return seen


class Raw:
    def stream(self, **kwargs):
        yield b'<R xmlns="x"><GetCallerIdentityResult></GetCallerIdentityResult><ListAccountAliasesResult></ListAccountAliasesResult></R>'


def examine(state):
    result = {'winner': None, 'accessKeyId': None, 'token': None, 'error': None}
    try:
        session = boto3.Session(profile_name=state.get('profile'))
        credentials = session.get_credentials()
        if credentials is not None:
            result['winner'] = credentials.method
            if not deferred(credentials):
                frozen = credentials.get_frozen_credentials()
                result['accessKeyId'] = frozen.access_key
                result['token'] = frozen.token
    except Exception as error:
        return {'winner': None, 'accessKeyId': None, 'token': None, 'error': words(error)}
    if result['winner'] is not None and not deferred(credentials):
        try:
            sts = call(session._session, 'sts', 'get_caller_identity')
            iam = call(session._session, 'iam', 'list_account_aliases')
            result['client'] = {'sts': sts['url'], 'iam': iam['url'], 'signingRegion': sts['scope']}
        except Exception as error:
            result['clientError'] = words(error)
    return result


def run(state):
    home = tempfile.mkdtemp(prefix='truth-')
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        try:
            os.chdir(home)
            for name in list(os.environ):
                if name not in KEPT:
                    del os.environ[name]
            os.environ['HOME'] = home
            for name, value in state['env'].items():
                os.environ[name] = value.replace('{HOME}', home)
            for path, content in state['files'].items():
                full = os.path.join(home, path)
                os.makedirs(os.path.dirname(full), exist_ok=True)
                if content is None:
                    os.makedirs(full)
                    continue
                with open(full, 'wb') as file:
                    file.write(base64.b64decode(content[7:]) if content.startswith('base64:') else content.encode())
            text = json.dumps(examine(state)).replace(json.dumps(home)[1:-1], '{HOME}')
        except BaseException as error:
            text = json.dumps({'broken': repr(error)})
        os.write(writing, text.encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, 'rb') as pipe:
        result = json.loads(pipe.read())
    os.waitpid(child, 0)
    shutil.rmtree(home)
    if 'broken' in result:
        raise RuntimeError((state, result))
    return result


# ---- states by hand: one oddity each

CREDENTIALS = '.aws/credentials'
CONFIG = '.aws/config'
PROCESS = """echo '{"Version":1,"AccessKeyId":"AKIDPROCESS","SecretAccessKey":"x"}'"""
PAIR = 'aws_access_key_id = AKIDFILE\naws_secret_access_key = made-up-secret\n'


def raw(content):
    return 'base64:' + base64.b64encode(content).decode()


def odd_credentials():
    pair = PAIR.encode()
    texts = {
        'plain': b'[default]\n' + pair,
        'byte order mark': b'\xef\xbb\xbf[default]\n' + pair,
        'byte order mark before a comment': b'\xef\xbb\xbf# c\n[default]\n' + pair,
        'byte order mark alone': b'\xef\xbb\xbf',
        'CRLF': (b'[default]\n' + pair).replace(b'\n', b'\r\n'),
        'CR only': (b'[default]\n' + pair).replace(b'\n', b'\r'),
        'mixed endings': b'[default]\r\naws_access_key_id = AKIDFILE\raws_secret_access_key = x\n',
        'no last newline': b'[default]\n' + pair.rstrip(),
        'UTF-16 LE': '\ufeff[default]\n'.encode('utf-16-le') + PAIR.encode('utf-16-le'),
        'UTF-16 BE': '\ufeff[default]\n'.encode('utf-16-be') + PAIR.encode('utf-16-be'),
        'UTF-16 without mark': '[default]\n'.encode('utf-16-le') + PAIR.encode('utf-16-le'),
        'latin-1 in a comment': b'# caf\xe9\n[default]\n' + pair,
        'nul in a value': b'[default]\naws_access_key_id = AK\0ID\naws_secret_access_key = x\n',
        'binary': bytes(range(256)),
        'empty': b'',
        'blank lines only': b'\n\n \n',
        'comment only': b'# nothing\n; here\n',
        'header only': b'[default]\n',
        'key before header': b'aws_access_key_id = AKIDFILE\n[default]\n' + pair,
        'unclosed header': b'[default\n' + pair,
        'unclosed second header': b'[default]\n' + pair + b'[other\naws_access_key_id = AKIDOTHER\n',
        'empty header': b'[]\n' + pair,
        'header with tail': b'[default] # tail\n' + pair,
        'header with bracket in tail': b'[default] # tail]\n' + pair,
        'header in blanks': b'[ default ]\n' + pair,
        'header in capitals': b'[Default]\n' + pair,
        'indented header': b'  [default]\n' + pair,
        'indented header and keys': b'  [default]\n  aws_access_key_id = AKIDFILE\n  aws_secret_access_key = x\n',
        'indented header after a key': b'[other]\na = b\n  [default]\n' + pair,
        'profile prefix': b'[profile default]\n' + pair,
        'all keys indented': b'[default]\n  aws_access_key_id = AKIDFILE\n  aws_secret_access_key = x\n',
        'tabs': b'[default]\n\taws_access_key_id\t=\tAKIDFILE\t\n\taws_secret_access_key\t=\tx\n',
        'second key indented': b'[default]\naws_access_key_id = AKIDFILE\n  aws_secret_access_key = x\n',
        'second key indented by NBSP': '[default]\naws_access_key_id = AKIDFILE\n\u00a0aws_secret_access_key = x\n'.encode(),
        'continued': b'[default]\naws_access_key_id = AKID\n  FILE\naws_secret_access_key = x\n',
        'continued past a blank line': b'[default]\naws_access_key_id = AKID\n\n  FILE\naws_secret_access_key = x\n',
        'continued past a comment': b'[default]\naws_access_key_id = AKID\n# c\n  FILE\naws_secret_access_key = x\n',
        'continued by a comment': b'[default]\naws_access_key_id = AKID\n  # c\naws_secret_access_key = x\n',
        'wrapped token': b'[default]\n' + pair + b'aws_session_token = abc\n    def\n    ghi\n',
        'wrapped token from the next line': b'[default]\n' + pair + b'aws_session_token =\n    abc=\n    def=\n',
        'wrapped token without =': b'[default]\n' + pair + b'aws_session_token =\n    abc\n    def\n',
        'colon': b'[default]\naws_access_key_id: AKIDFILE\naws_secret_access_key: x\n',
        'colon before equals': b'[default]\naws_access_key_id: =AKIDFILE\naws_secret_access_key = a:b=c\n',
        'no blanks': b'[default]\naws_access_key_id=AKIDFILE\naws_secret_access_key=x\n',
        'many blanks': b'[default]\naws_access_key_id   =   AKIDFILE   \naws_secret_access_key   =   x   \n',
        'capital keys': b'[default]\nAWS_ACCESS_KEY_ID = AKIDFILE\nAWS_SECRET_ACCESS_KEY = x\n',
        'mixed case keys': b'[default]\nAws_Access_Key_Id = AKIDFILE\naws_secret_ACCESS_key = x\n',
        'export': b'[default]\nexport aws_access_key_id=AKIDFILE\nexport aws_secret_access_key=x\n',
        'inline comment': b'[default]\naws_access_key_id = AKIDFILE # c\naws_secret_access_key = x ; d\n',
        'double quotes': b'[default]\naws_access_key_id = "AKIDFILE"\naws_secret_access_key = "x"\n',
        'single quotes': b"[default]\naws_access_key_id = 'AKIDFILE'\naws_secret_access_key = 'x'\n",
        'percent': b'[default]\naws_access_key_id = AKID%(x)s\naws_secret_access_key = %\n',
        'duplicate key': b'[default]\n' + pair + b'aws_access_key_id = AKIDNEW\n',
        'duplicate key in other case': b'[default]\n' + pair + b'AWS_access_key_id = AKIDNEW\n',
        'duplicate key in another section': b'[default]\n' + pair + b'[o]\na=1\na=2\n',
        'duplicate section': b'[default]\n' + pair + b'[default]\naws_session_token = t\n',
        'duplicate other section': b'[a]\n[default]\n' + pair + b'[a]\n',
        'garbage line': b'[default]\n' + pair + b'garbage\n',
        'garbage before keys': b'[default]\ngarbage\n' + pair,
        'garbage in another section': b'[default]\n' + pair + b'[o]\ngarbage\n',
        'garbage continued': b'[default]\naws_access_key_id = AKIDFILE\ngarbage\n  more\naws_secret_access_key = x\n',
        'indented garbage': b'[default]\naws_access_key_id = AKIDFILE\naws_secret_access_key = x\n  garbage\n',
        'no key before delimiter': b'[default]\n' + pair + b'= x\n',
        'empty id': b'[default]\naws_access_key_id =\naws_secret_access_key = x\n',
        'empty secret': b'[default]\naws_access_key_id = AKIDFILE\naws_secret_access_key =\n',
        'id only': b'[default]\naws_access_key_id = AKIDFILE\n',
        'secret only': b'[default]\naws_secret_access_key = x\n',
        'session token': b'[default]\n' + pair + b'aws_session_token = t1\n',
        'security token': b'[default]\n' + pair + b'aws_security_token = t2\n',
        'both tokens': b'[default]\n' + pair + b'aws_session_token = t1\naws_security_token = t2\n',
        'empty security token': b'[default]\n' + pair + b'aws_session_token = t1\naws_security_token =\n',
        'empty session token': b'[default]\n' + pair + b'aws_session_token =\n',
        'NBSP around': '[default]\naws_access_key_id = \u00a0AKIDFILE\u00a0\naws_secret_access_key = x\n'.encode(),
        'zero width space': '[default]\naws_access_key_id = AKIDFILE\u200b\naws_secret_access_key = x\n'.encode(),
        'zero width no-break space': '[default]\naws_access_key_id = \ufeffAKIDFILE\naws_secret_access_key = x\n'.encode(),
        'ideographic space': '[default]\naws_access_key_id = \u3000AKIDFILE\u3000\naws_secret_access_key = x\n'.encode(),
        'smart quotes': '[default]\naws_access_key_id = \u201cAKIDFILE\u201d\naws_secret_access_key = x\n'.encode(),
        'form feed line': b'[default]\n\x0c\n' + pair,
        'form feed in value': b'[default]\naws_access_key_id = AKID\x0cFILE\naws_secret_access_key = x\n',
        'file separator around': b'[default]\naws_access_key_id = \x1cAKIDFILE\x1f\naws_secret_access_key = x\n',
        'next line character': '[default]\naws_access_key_id = AKID\u0085FILE\u0085\naws_secret_access_key = x\n'.encode(),
        'line separator': '[default]\naws_access_key_id = AKIDFILE\u2028\naws_secret_access_key = x\n'.encode(),
        'control V': b'[default]\naws_access_key_id = \x16AKIDFILE\naws_secret_access_key = x\n',
        'semicolon comment': b'; c\n[default]\n;d\n' + pair,
        'indented comment': b'[default]\n   # d\n' + pair,
        'DEFAULT gives all': b'[DEFAULT]\n' + pair + b'[default]\n',
        'DEFAULT alone': b'[DEFAULT]\n' + pair,
        'DEFAULT gives the secret': b'[DEFAULT]\naws_secret_access_key = d\n[default]\naws_access_key_id = AKIDFILE\n',
        'DEFAULT after': b'[default]\naws_access_key_id = AKIDFILE\n[DEFAULT]\naws_secret_access_key = d\n',
        'DEFAULT twice': b'[DEFAULT]\na = 1\n[DEFAULT]\nb = 1\n[default]\n' + pair,
        'DEFAULT twice with one key': b'[DEFAULT]\na = 1\n[DEFAULT]\na = 1\n[default]\n' + pair,
        'nested block': b'[default]\n' + pair + b's3 =\n  max_concurrent_requests = 5\n',
        'nested block without =': b'[default]\n' + pair + b's3 =\n  max\n',
        'nested block in DEFAULT without =': b'[DEFAULT]\ns3 =\n  max\n',
        'nested block in DEFAULT without = inherited': b'[DEFAULT]\ns3 =\n  max\n[default]\n' + pair,
        'nested block with a blank line': b'[default]\n' + pair + b's3 =\n\n  a = 1\n',
        'blank value then keys': b'[default]\nregion =\n' + pair,
    }
    for name, content in texts.items():
        yield {'name': f'credentials: {name}', 'env': {}, 'files': {CREDENTIALS: raw(content)}}
        yield {
            'name': f'credentials with keys in the environment: {name}',
            'env': {'AWS_ACCESS_KEY_ID': 'AKIDENV', 'AWS_SECRET_ACCESS_KEY': 'made-up-secret'},
            'files': {CREDENTIALS: raw(content)},
        }
        yield {'name': f'config: {name}', 'env': {}, 'files': {CONFIG: raw(content)}}


HEADERS = [
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
    'profile',
    'profile ',
    'profiles dev',
    'profiledev',
    'Profile dev',
    'PROFILE dev',
    'dev',
    'profile dev # x',
    'profile "de""v"',
    'profile dev""',
    'profile ""',
    'profile default',
    'default',
    'profile d#v',
    'profile d-e_v.1',
    'sso-session dev',
    'services dev',
    'profile d\u00e9v',
]


def odd_headers():
    for header in HEADERS:
        for wanted in ['dev', 'my prof', 'default', header, '']:
            for path in [CONFIG, CREDENTIALS]:
                yield {
                    'name': f'[{header}] in {path} as {wanted!r}',
                    'env': {'AWS_PROFILE': wanted},
                    'files': {path: f'[{header}]\n{PAIR}'},
                }
    yield {
        'name': 'two headers for one profile',
        'env': {'AWS_PROFILE': 'dev'},
        'files': {CONFIG: f'[profile dev]\n{PAIR}[profile "dev"]\naws_access_key_id = AKIDLATER\naws_secret_access_key=x\n'},
    }
    yield {
        'name': 'the later header replaces the earlier whole',
        'env': {'AWS_PROFILE': 'dev'},
        'files': {CONFIG: f'[profile dev]\n{PAIR}[profile "dev"]\nregion = eu-west-1\n'},
    }
    yield {
        'name': 'default after profile default',
        'env': {},
        'files': {CONFIG: f'[profile default]\n{PAIR}[default]\naws_access_key_id = AKIDLATER\naws_secret_access_key=x\n'},
    }


def roles():
    key = PAIR
    role = 'role_arn = arn:aws:iam::123456789012:role/r\n'
    configs = {
        'role without source': '[default]\n' + role,
        'role with both': '[default]\n' + role + 'source_profile = b\ncredential_source = Environment\n[profile b]\n' + key,
        'role from b': '[default]\n' + role + 'source_profile = b\n[profile b]\n' + key,
        'role from a missing profile': '[default]\n' + role + 'source_profile = zz\n',
        'role from an empty profile': '[default]\n' + role + 'source_profile = b\n[profile b]\nregion = eu-west-1\n',
        'role from a partial profile': '[default]\n' + role + 'source_profile = b\n[profile b]\naws_access_key_id = A\n',
        'role from a secret only': '[default]\n' + role + 'source_profile = b\n[profile b]\naws_secret_access_key = A\n',
        'role from itself': '[default]\n' + role + 'source_profile = default\n' + key,
        'role from itself without keys': '[default]\n' + role + 'source_profile = default\n',
        'role loop': '[default]\n' + role + 'source_profile = b\n[profile b]\n' + role + 'source_profile = default\n',
        'role loop with keys at the start': '[default]\n' + key + role + 'source_profile = b\n[profile b]\n' + role + 'source_profile = default\n',
        'role loop beyond the start': '[default]\n' + role + 'source_profile = b\n[profile b]\n' + role + 'source_profile = c\n[profile c]\n' + role + 'source_profile = b\n',
        'role over role': '[default]\n' + role + 'source_profile = b\n[profile b]\n' + role + 'source_profile = c\n[profile c]\n' + key,
        'role over role itself without keys': '[default]\n' + role + 'source_profile = b\n[profile b]\n' + role + 'source_profile = b\n',
        'role over a broken role': '[default]\n' + role + 'source_profile = b\n[profile b]\n' + role,
        'role from the environment': '[default]\n' + role + 'credential_source = Environment\n',
        'role from the environment in small letters': '[default]\n' + role + 'credential_source = environment\n',
        'role from the container': '[default]\n' + role + 'credential_source = EcsContainer\n',
        'role from nowhere': '[default]\n' + role + 'credential_source = Moon\n',
        'role from an object member': '[default]\n' + role + 'credential_source = constructor\n',
        'empty role': '[default]\nrole_arn =\n' + key,
        'role with keys': '[default]\n' + role + key,
        'role from a web identity profile': '[default]\n' + role + 'source_profile = b\n[profile b]\n' + role + 'web_identity_token_file = /t\n',
        'role from an sso profile': '[default]\n' + role + 'source_profile = b\n[profile b]\nsso_account_id=1\nsso_role_name=r\nsso_start_url=u\nsso_region=eu-west-1\n',
        'role from a broken sso profile': '[default]\n' + role + 'source_profile = b\n[profile b]\nsso_account_id=1\n',
        'source_profile alone': '[default]\nsource_profile = b\n' + key + '[profile b]\n' + key,
        'web identity': '[default]\n' + role + 'web_identity_token_file = /t\n',
        'web identity without role': '[default]\nweb_identity_token_file = /t\n' + key,
        'web identity with an empty file': '[default]\n' + role + 'web_identity_token_file =\n' + key,
        'web identity with an empty role': '[default]\nrole_arn =\nweb_identity_token_file = /t\n' + key,
        'sso': '[default]\nsso_account_id=1\nsso_role_name=r\nsso_start_url=u\nsso_region=eu-west-1\n',
        'sso without url': '[default]\nsso_account_id=1\nsso_role_name=r\nsso_region=eu-west-1\n',
        'sso account alone': '[default]\nsso_account_id=1\n' + key,
        'sso role alone': '[default]\nsso_role_name=r\n' + key,
        'sso url alone': '[default]\nsso_start_url=u\n' + key,
        'sso session': '[default]\nsso_session=s\nsso_account_id=1\nsso_role_name=r\n[sso-session s]\nsso_start_url=u\nsso_region=eu-west-1\n',
        'sso session quoted': '[default]\nsso_session=s s\nsso_account_id=1\nsso_role_name=r\n[sso-session "s s"]\nsso_start_url=u\nsso_region=eu-west-1\n',
        'sso session missing': '[default]\nsso_session=s\nsso_account_id=1\nsso_role_name=r\n',
        'sso session without region': '[default]\nsso_session=s\nsso_account_id=1\nsso_role_name=r\n[sso-session s]\nsso_start_url=u\n',
        'sso session without role': '[default]\nsso_session=s\nsso_account_id=1\n[sso-session s]\nsso_start_url=u\nsso_region=eu-west-1\n',
        'sso session that differs': '[default]\nsso_session=s\nsso_account_id=1\nsso_role_name=r\nsso_region=us-east-1\n[sso-session s]\nsso_start_url=u\nsso_region=eu-west-1\n',
        'sso session that repeats': '[default]\nsso_session=s\nsso_account_id=1\nsso_role_name=r\nsso_region=eu-west-1\n[sso-session s]\nsso_start_url=u\nsso_region=eu-west-1\n',
        'sso bearer alone with keys': '[default]\nsso_session=s\n' + key + '[sso-session s]\nsso_start_url=u\nsso_region=eu-west-1\n',
        'sso bearer missing with keys': '[default]\nsso_session=s\n' + key,
        'sso bearer incomplete with keys': '[default]\nsso_session=s\n' + key + '[sso-session s]\nsso_region=eu-west-1\n',
        'sso bearer empty with keys': '[default]\nsso_session=s\n' + key + '[sso-session s]\n',
        'login': '[default]\nlogin_session = arn:aws:iam::123456789012:user/u\n',
        'login with keys': '[default]\nlogin_session = arn:aws:iam::123456789012:user/u\n' + key,
        'process with keys': '[default]\ncredential_process = ' + PROCESS + '\n' + key,
        'empty process': '[default]\ncredential_process =\n' + key,
        'process with an open quote': '[default]\ncredential_process = echo "x\n' + key,
        'process with a lonely backslash': '[default]\ncredential_process = echo x\\\n' + key,
        'services missing': '[default]\nservices = s\n' + key,
        'services empty': '[default]\nservices = s\n' + key + '[services s]\n',
        'services': '[default]\nservices = s\nregion = eu-west-1\n' + key + '[services s]\nsts =\n  endpoint_url = http://127.0.0.1:1\n',
        'services of iam': '[default]\nservices = s\nregion = eu-west-1\n' + key + '[services s]\niam =\n  endpoint_url = http://127.0.0.1:2\n',
        'endpoint_url': '[default]\nendpoint_url = http://127.0.0.1:3/\nregion = eu-west-1\n' + key,
        'endpoint_url and services': '[default]\nendpoint_url = http://127.0.0.1:3\nservices = s\n' + key + '[services s]\nsts =\n  endpoint_url = http://127.0.0.1:1\n',
        'endpoint_url ignored': '[default]\nendpoint_url = http://127.0.0.1:3\nignore_configured_endpoint_urls = True\nregion = eu-west-1\n' + key,
        'legacy sts': '[default]\nsts_regional_endpoints = legacy\nregion = eu-west-1\n' + key,
        'legacy sts elsewhere': '[default]\nsts_regional_endpoints = legacy\nregion = eu-south-1\n' + key,
        'odd sts': '[default]\nsts_regional_endpoints = Legacy\nregion = eu-south-1\n' + key,
        'fips': '[default]\nuse_fips_endpoint = true\nregion = us-east-1\n' + key,
        'dual stack': '[default]\nuse_dualstack_endpoint = true\nregion = us-east-1\n' + key,
        'odd metadata timeout': '[default]\nmetadata_service_timeout = soon\n' + key,
        'odd metadata mode': '[default]\nec2_metadata_service_endpoint_mode = ipv5\n' + key,
        'odd metadata endpoint': '[default]\nec2_metadata_service_endpoint = not a url\n' + key,
        'metadata mode in capitals': '[default]\nec2_metadata_service_endpoint_mode = IPv6\n' + key,
    }
    environments = [
        {},
        {'AWS_ACCESS_KEY_ID': 'AKIDENV', 'AWS_SECRET_ACCESS_KEY': 'made-up-secret'},
        {'AWS_WEB_IDENTITY_TOKEN_FILE': '/token', 'AWS_ROLE_ARN': 'arn:aws:iam::123456789012:role/w'},
        {'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI': '/x'},
    ]
    for name, config in configs.items():
        for environment in environments:
            for profile in [None, 'default']:
                yield {'name': f'{name}; {sorted(environment)}', 'env': environment, 'files': {CONFIG: config}, 'profile': profile}
        with_credentials = {CONFIG: config, CREDENTIALS: '[default]\naws_access_key_id = AKIDCRED\naws_secret_access_key = x\n'}
        yield {'name': f'{name}; with credentials', 'env': {}, 'files': with_credentials}


def environments():
    pair = {'AWS_ACCESS_KEY_ID': 'AKIDENV', 'AWS_SECRET_ACCESS_KEY': 'made-up-secret'}
    both = {CREDENTIALS: '[default]\n' + PAIR + '[dev]\naws_access_key_id = AKIDDEV\naws_secret_access_key = x\nregion = eu-central-1\n'}
    singles = [
        {'AWS_ACCESS_KEY_ID': 'AKIDENV'},
        {'AWS_SECRET_ACCESS_KEY': 'made-up-secret'},
        {'AWS_ACCESS_KEY_ID': ''},
        {'AWS_ACCESS_KEY_ID': '', 'AWS_SECRET_ACCESS_KEY': 'made-up-secret'},
        {'AWS_ACCESS_KEY_ID': 'AKIDENV', 'AWS_SECRET_ACCESS_KEY': ''},
        {'AWS_ACCESS_KEY_ID': ' AKIDENV ', 'AWS_SECRET_ACCESS_KEY': ' x '},
        {**pair, 'AWS_SESSION_TOKEN': 'new'},
        {**pair, 'AWS_SECURITY_TOKEN': 'old'},
        {**pair, 'AWS_SESSION_TOKEN': 'new', 'AWS_SECURITY_TOKEN': 'old'},
        {**pair, 'AWS_SESSION_TOKEN': 'new', 'AWS_SECURITY_TOKEN': ''},
        {**pair, 'AWS_SESSION_TOKEN': ''},
        *(
            {**pair, 'AWS_CREDENTIAL_EXPIRATION': value}
            for value in [
                '2999-01-01T00:00:00Z',
                '2001-01-01T00:00:00Z',
                '2999-01-01T00:00:00+00:00',
                '2999-01-01T00:00:00',
                '2001-01-01 00:00:00',
                '2999-01-01 00:00:00 UTC',
                '20990101T000000Z',
                '2999-01-01T00:00:00.123456Z',
                '2001-01-01T00:00:00-0700',
                'Fri, 01 Jan 2100 00:00:00 GMT',
                'soon',
                '',
                ' ',
            ]
        ),
        {**pair, 'AWS_PROFILE': 'dev'},
        {**pair, 'AWS_PROFILE': 'gone'},
        {**pair, 'AWS_PROFILE': ''},
        {'AWS_PROFILE': 'dev'},
        {'AWS_PROFILE': 'gone'},
        {'AWS_PROFILE': 'dev '},
        {'AWS_PROFILE': 'Dev'},
        {'AWS_PROFILE': ''},
        {'AWS_PROFILE': 'default'},
        {'AWS_DEFAULT_PROFILE': 'dev'},
        {'AWS_DEFAULT_PROFILE': 'dev', 'AWS_PROFILE': 'gone'},
        {'AWS_DEFAULT_PROFILE': 'gone', 'AWS_PROFILE': 'dev'},
        {'AWS_DEFAULT_PROFILE': '', 'AWS_PROFILE': 'dev'},
        *({**pair, 'AWS_DEFAULT_REGION': region} for region in ['eu-west-1', 'cn-north-1', 'us-gov-west-1', 'aws-global', 'eusc-de-east-1', 'us-iso-east-1', 'mars-north-1', 'EU-WEST-1', 'eu west 1', 'a' * 64, '123', '-eu', '', 'eu-west-1 ']),
        {**pair, 'AWS_REGION': 'eu-west-1'},
        {**pair, 'AWS_ENDPOINT_URL': 'http://127.0.0.1:1'},
        {**pair, 'AWS_ENDPOINT_URL': 'http://127.0.0.1:1/', 'AWS_DEFAULT_REGION': 'eu-west-1'},
        {**pair, 'AWS_ENDPOINT_URL': 'http://127.0.0.1:1/path', 'AWS_DEFAULT_REGION': 'eu-west-1'},
        {**pair, 'AWS_ENDPOINT_URL_STS': 'http://127.0.0.1:2', 'AWS_DEFAULT_REGION': 'eu-west-1'},
        {**pair, 'AWS_ENDPOINT_URL_STS': 'http://127.0.0.1:2', 'AWS_ENDPOINT_URL': 'http://127.0.0.1:1'},
        {**pair, 'AWS_ENDPOINT_URL_IAM': 'http://127.0.0.1:3', 'AWS_DEFAULT_REGION': 'eu-west-1'},
        {**pair, 'AWS_ENDPOINT_URL_STS': '', 'AWS_ENDPOINT_URL': 'http://127.0.0.1:1'},
        {**pair, 'AWS_ENDPOINT_URL': 'http://127.0.0.1:1', 'AWS_IGNORE_CONFIGURED_ENDPOINT_URLS': 'TRUE', 'AWS_DEFAULT_REGION': 'eu-west-1'},
        {**pair, 'AWS_ENDPOINT_URL': 'http://127.0.0.1:1', 'AWS_IGNORE_CONFIGURED_ENDPOINT_URLS': '1', 'AWS_DEFAULT_REGION': 'eu-west-1'},
        {**pair, 'AWS_STS_REGIONAL_ENDPOINTS': 'legacy', 'AWS_DEFAULT_REGION': 'eu-west-1'},
        {**pair, 'AWS_STS_REGIONAL_ENDPOINTS': 'legacy'},
        {**pair, 'AWS_STS_REGIONAL_ENDPOINTS': 'x', 'AWS_DEFAULT_REGION': 'eu-west-1'},
        {**pair, 'AWS_USE_FIPS_ENDPOINT': 'true', 'AWS_DEFAULT_REGION': 'us-gov-west-1'},
        {**pair, 'AWS_USE_FIPS_ENDPOINT': 'true', 'AWS_DEFAULT_REGION': 'us-east-1'},
        {**pair, 'AWS_USE_FIPS_ENDPOINT': 'true', 'AWS_USE_DUALSTACK_ENDPOINT': 'true', 'AWS_DEFAULT_REGION': 'us-east-1'},
        {'AWS_METADATA_SERVICE_TIMEOUT': 'x'},
        {'AWS_METADATA_SERVICE_TIMEOUT': ' 3 '},
        {'AWS_METADATA_SERVICE_NUM_ATTEMPTS': '1.5'},
        {'AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE': 'ipv5'},
        {'AWS_EC2_METADATA_SERVICE_ENDPOINT': 'http://exa mple'},
        {'AWS_EC2_METADATA_DISABLED': 'true'},
        {'AWS_WEB_IDENTITY_TOKEN_FILE': '/t', 'AWS_ROLE_ARN': 'r'},
        {'AWS_WEB_IDENTITY_TOKEN_FILE': '/t'},
        {'AWS_WEB_IDENTITY_TOKEN_FILE': '/t', 'AWS_ROLE_ARN': ''},
        {'AWS_WEB_IDENTITY_TOKEN_FILE': '', 'AWS_ROLE_ARN': 'r'},
        {'AWS_ROLE_ARN': 'r'},
        *(
            {'AWS_CONTAINER_CREDENTIALS_FULL_URI': url}
            for url in [
                'http://127.0.0.1/x',
                'http://127.9.9.9/x',
                'http://127.0.0.01/x',
                'http://localhost:80/x',
                'http://LOCALHOST/x',
                'http://user@localhost/x',
                'http://169.254.170.2/x',
                'http://169.254.170.23/x',
                'http://[fd00:ec2::23]/x',
                'http://[::1]:8080/x',
                'http://example.com/x',
                'https://example.com/x',
                'HTTPS://example.com/x',
                'localhost/x',
                '//localhost/x',
                'http://',
                '',
            ]
        ),
        {'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI': ''},
        {'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI': 'x'},
        {'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI': '/x', 'AWS_CONTAINER_CREDENTIALS_FULL_URI': 'http://example.com'},
        {'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI': '/x', 'AWS_CONTAINER_AUTHORIZATION_TOKEN': 'a\nb'},
        {'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI': '/x', 'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE': '{HOME}/none'},
        {'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI': '/x', 'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE': ''},
        {'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI': '/x', 'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE': '{HOME}/token'},
        {'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI': '/x', 'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE': '{HOME}'},
        {'AWS_CREDENTIAL_FILE': '{HOME}/ec2'},
        {'AWS_CREDENTIAL_FILE': '~/ec2'},
        {'AWS_CREDENTIAL_FILE': '$HOME/ec2'},
        {'AWS_CREDENTIAL_FILE': '~/ec2-partial'},
        {'AWS_CREDENTIAL_FILE': '~/ec2-none'},
        {'AWS_CREDENTIAL_FILE': ''},
        {'AWS_CREDENTIAL_FILE': '~'},
        {'BOTO_CONFIG': '~/boto'},
        {'BOTO_CONFIG': '$HOME/boto'},
        {'BOTO_CONFIG': '~/boto-partial'},
        {'BOTO_CONFIG': '~/boto-broken'},
        {'BOTO_CONFIG': '~/none'},
        {'BOTO_CONFIG': ''},
        *(
            {variable: path}
            for variable in ['AWS_CONFIG_FILE', 'AWS_SHARED_CREDENTIALS_FILE']
            for path in ['{HOME}/other', '~/other', '$HOME/other', '${HOME}/other', '$NOPE/other', 'other', './other', '~other', '{HOME}/none', '{HOME}', '', '~', '~/broken', ' ~/other']
        ),
    ]
    extra = {
        'token': 'a token\n',
        'ec2': 'AWSAccessKeyId=AKIDEC2\nnothing\n AWSSecretKey = x = y \n',
        'ec2-partial': 'AWSAccessKeyId=AKIDEC2\n',
        'ec2-none': 'a=b\n',
        'boto': '[Credentials]\naws_access_key_id = AKIDBOTO\naws_secret_access_key = x\n',
        'boto-partial': '[Credentials]\naws_access_key_id = AKIDBOTO\n',
        'boto-broken': 'x\n',
        'other': '[default]\naws_access_key_id = AKIDOTHER\naws_secret_access_key = x\n',
        'broken': '[default\n',
    }
    for environment in singles:
        for name, files in [('no files', {}), ('credentials', both)]:
            for profile in [None, 'dev', 'gone']:
                if profile is not None and name == 'no files':
                    continue
                label = ' '.join(f'{key}={value}' for key, value in environment.items())
                yield {'name': f'{label}; {name}', 'env': environment, 'files': {**extra, **files}, 'profile': profile}
    every = {
        'AWS_METADATA_SERVICE_TIMEOUT': '1',
        'AWS_METADATA_SERVICE_NUM_ATTEMPTS': '1',
        'AWS_EC2_METADATA_SERVICE_ENDPOINT': '',
        'AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE': 'ipv4',
        'AWS_EC2_METADATA_V1_DISABLED': 'false',
    }
    for broken in [{CONFIG: '[x\n'}, {CREDENTIALS: 'x\n'}, both]:
        for environment in [every, {**every, **pair}, {**every, **pair, 'AWS_PROFILE': 'gone'}, {**every, 'AWS_PROFILE': 'gone'}]:
            with_path = {**environment, 'AWS_DATA_PATH': '{HOME}'}
            yield {'name': 'every setting of the start is in the environment', 'env': with_path, 'files': broken}
            yield {'name': 'every metadata setting is in the environment', 'env': environment, 'files': broken}
    yield {'name': 'directory as credentials', 'env': {}, 'files': {CREDENTIALS: None}}
    yield {'name': 'no home', 'env': {'HOME': ''}, 'files': both}
    yield {'name': 'home with a slash', 'env': {'HOME': '{HOME}/'}, 'files': both}
    yield {'name': 'boto 2 in its usual place', 'env': {}, 'files': {'.boto': extra['boto']}}
    yield {'name': 'boto 2 behind the config file', 'env': {}, 'files': {'.boto': extra['boto'], CONFIG: '[default]\n' + PAIR}}


# ---- states by chance: many things at once


def chance(dice, share):
    return dice.random() < share


def random_line(dice, key, value):
    delimiter = dice.choice([' = ', '=', ' =', '= ', ': ', '\t=\t', ' = ', ' = '])
    indent = dice.choice([''] * 12 + ['  ', '\t'])
    written = dice.choice([key] * 8 + [key.upper(), key.title()])
    tail = dice.choice([''] * 10 + [' ', ' # note', ';x', '\u00a0', '\u200b', '\t'])
    quote = dice.choice([''] * 12 + ['"', "'"])
    return f'{indent}{written}{delimiter}{quote}{value}{quote}{tail}'


def random_file(dice, label, prefix):
    lines = []
    if chance(dice, 0.15):
        lines.append(dice.choice(['# first', '', '; note', '  # indented']))
    names = dice.sample(['default', 'dev', 'prod', 'my prof', 'b'], dice.randint(1, 4))
    for name in names:
        header = name if name == 'default' or not prefix else f'profile "{name}"' if ' ' in name else f'profile {name}'
        header = dice.choice([header] * 14 + [f' {header} ', header.upper(), f'profile {name}', name])
        lines.append(dice.choice([''] * 15 + ['  ']) + f'[{header}]' + dice.choice([''] * 9 + [' # c', ' ']))
        settings = []
        key = f'AKID{label}{name.upper().replace(" ", "")}'
        if chance(dice, 0.6):
            settings.append(('aws_access_key_id', key))
        if chance(dice, 0.6):
            settings.append(('aws_secret_access_key', 'made-up-secret'))
        if chance(dice, 0.2):
            settings.append(('aws_session_token', f'token-{label}'))
        if chance(dice, 0.07):
            settings.append(('aws_security_token', dice.choice(['old-token', ''])))
        if chance(dice, 0.15):
            settings.append(('role_arn', 'arn:aws:iam::123456789012:role/r'))
        if chance(dice, 0.15):
            settings.append(('source_profile', dice.choice(['default', 'dev', 'prod', 'b', 'gone', name])))
        if chance(dice, 0.04):
            settings.append(('credential_source', dice.choice(['Environment', 'EcsContainer', 'environment'])))
        if chance(dice, 0.05):
            settings.append(('sso_account_id', '123456789012'))
        if chance(dice, 0.04):
            settings.append(('sso_role_name', 'r'))
        if chance(dice, 0.06):
            settings.append(('sso_session', dice.choice(['corp', 'gone'])))
        if chance(dice, 0.05):
            settings.append(('web_identity_token_file', '/token'))
        if chance(dice, 0.05):
            settings.append(('credential_process', PROCESS))
        if chance(dice, 0.05):
            settings.append(('login_session', 'arn:aws:iam::123456789012:user/u'))
        if chance(dice, 0.3):
            settings.append(('region', dice.choice(['eu-west-1', 'us-east-2', 'cn-north-1'])))
        if chance(dice, 0.05):
            settings.append(('endpoint_url', 'http://127.0.0.1:9'))
        dice.shuffle(settings)
        if settings and chance(dice, 0.02):
            settings.append(dice.choice(settings))
        for setting in settings:
            if setting[1] == PROCESS:
                # It is really run, so that it must stay what it is.
                lines += [f'{setting[0]} = {setting[1]}', 'output = json']
                continue
            lines.append(random_line(dice, *setting))
            if chance(dice, 0.04):
                lines.append(dice.choice(['', '# c', '  # c', '   continued', ' ']))
        if chance(dice, 0.02):
            lines.append(dice.choice(['garbage', '[broken', '= x', f'[{header}]']))
        if chance(dice, 0.3):
            lines.append('')
    if prefix and chance(dice, 0.3):
        lines += ['[sso-session corp]', 'sso_start_url = https://x.example', 'sso_region = eu-west-1']
    if chance(dice, 0.06):
        lines += ['[DEFAULT]', dice.choice(['region = us-west-1', 'aws_session_token = inherited', 'aws_secret_access_key = inherited'])]
    text = dice.choice(['\n', '\n', '\n', '\r\n']).join(lines) + dice.choice(['', '\n'])
    return text


def random_states(dice, count):
    for number in range(count):
        environment = {}
        if chance(dice, 0.2):
            environment['AWS_ACCESS_KEY_ID'] = dice.choice(['AKIDENV', 'AKIDENV', 'AKIDENV', ''])
        if chance(dice, 0.2):
            environment['AWS_SECRET_ACCESS_KEY'] = 'made-up-secret'
        if chance(dice, 0.1):
            environment['AWS_SESSION_TOKEN'] = 'token-env'
        if chance(dice, 0.04):
            environment['AWS_SECURITY_TOKEN'] = 'old-token-env'
        if chance(dice, 0.5):
            environment['AWS_PROFILE'] = dice.choice(['dev', 'prod', 'my prof', 'b', 'default', 'dev', 'gone', ''])
        if chance(dice, 0.1):
            environment['AWS_DEFAULT_PROFILE'] = dice.choice(['dev', 'prod', 'default'])
        if chance(dice, 0.2):
            environment['AWS_DEFAULT_REGION'] = dice.choice(['eu-west-1', 'ap-south-1'])
        if chance(dice, 0.04):
            environment['AWS_WEB_IDENTITY_TOKEN_FILE'] = '/token'
        if chance(dice, 0.04):
            environment['AWS_ROLE_ARN'] = 'arn:aws:iam::123456789012:role/w'
        if chance(dice, 0.05):
            environment['AWS_CONTAINER_CREDENTIALS_RELATIVE_URI'] = '/x'
        files = {}
        if chance(dice, 0.85):
            files[CREDENTIALS] = random_file(dice, 'CRED', False)
        if chance(dice, 0.8):
            files[CONFIG] = random_file(dice, 'CONF', True)
        profile = dice.choice([None] * 5 + ['dev', 'prod', 'default'])
        yield {'name': f'chance {number}', 'env': environment, 'files': files, 'profile': profile}


def states():
    yield from odd_credentials()
    yield from odd_headers()
    yield from roles()
    yield from environments()
    yield from random_states(random.Random(SEED), 1200)


def main():
    warm = botocore.session.Session()
    warm.set_credentials('AKIDWARM', 'made-up-secret')
    for service in ['sts', 'iam']:
        warm.create_client(service, region_name='eu-west-1')
    recorded = []
    for state in states():
        recorded.append({**{'profile': None}, **state, 'answer': run(state)})
    lines = ',\n'.join(json.dumps(state, ensure_ascii=True, sort_keys=True) for state in recorded)
    head = {'boto3': boto3.__version__, 'botocore': botocore.__version__, 'python': platform.python_version(), 'seed': SEED}
    sys.stdout.write(json.dumps(head)[:-1] + ', "states": [\n' + lines + '\n]}\n')


if __name__ == '__main__':
    main()
