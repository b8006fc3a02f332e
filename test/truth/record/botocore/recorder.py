"""Asks the real botocore, in each of its programs, about one machine state per line of standard input.

    python3 recorder.py boto3|aws-cli-v1|aws-cli-v2 [--version]

Each state has a session of its own, and exactly the environment that the state tells. Requests go where the
configuration sends them; calls of STS and IAM that are made with the keys found are answered here, and told.
"""

import functools
import gc
import importlib
import json
import os
import re
import sys
import time

# This directory's name would hide the package.
sys.path.pop(0)

program = sys.argv[1]


def words(error):
    return f'{type(error).__name__}: {error}'


class Raw:
    def stream(self, **kwargs):
        yield (
            b'<R xmlns="x"><GetCallerIdentityResult></GetCallerIdentityResult>'
            b'<ListAccountAliasesResult></ListAccountAliasesResult></R>'
        )


def call(session, service, operation):
    """Where a call of this session goes and what its signature is made for; the call itself is answered here."""
    import botocore.awsrequest

    seen = {}
    asking_itself.append(True)
    client = session.create_client(service)

    def send(request, **kwargs):
        seen['url'] = request.url.rstrip('/')
        authorization = request.headers.get('Authorization', b'')
        if isinstance(authorization, bytes):
            authorization = authorization.decode()
        scope = re.search(r'/\d{8}/([^/]*)/[^/]+/aws4_request', authorization)
        seen['scope'] = scope and scope.group(1)
        return botocore.awsrequest.AWSResponse(request.url, 200, {}, Raw())

    client.meta.events.register('before-send', send)
    getattr(client, operation)()
    return seen


LATER = (
    'assume-role',
    'assume-role-with-web-identity',
    'sso',
    'login',
    'container-role',
    'custom-process',
    'iam-role',
)


def text_of(value):
    """A value that begins on the line below its key is a map to botocore; it is told as it stands there."""
    return ''.join(f'\n{key}={text}' for key, text in value.items()) if isinstance(value, dict) else value


def find_caches_anew():
    """Paths that the modules made of the home when they were loaded are made of the state's home."""
    for holder, attribute, path in paths_of_home:
        setattr(holder, attribute, os.path.expanduser('~' + path))


def find_paths_of_home():
    for name, module in list(sys.modules.items()):
        for holder in [module, *(vars(module).values() if name.startswith(('botocore', 'awscli')) else ())]:
            if holder is not module and not isinstance(holder, type):
                continue
            for attribute, path in list(getattr(holder, '__dict__', {}).items()):
                if attribute.endswith('CACHE_DIR') and isinstance(path, str) and path.startswith(own_home):
                    yield holder, attribute, path[len(own_home) :]


paths_of_home = []
own_home = os.path.expanduser('~')


def answer_of(session, first_use=True):
    """What the session's chain ends with; `more` tells of the first use of keys that stand on the machine."""
    credentials = session.get_credentials()
    if credentials is None:
        return {'error': 'NoCredentialsError'}
    source = credentials.method
    try:
        frozen = credentials.get_frozen_credentials()
    except Exception as error:
        return {'source': source, 'error': words(error)}
    answer = {'source': source, 'accessKeyId': text_of(frozen.access_key), 'sessionToken': text_of(frozen.token)}
    if first_use and source not in LATER:
        try:
            sts = call(session, 'sts', 'get_caller_identity')
            iam = call(session, 'iam', 'list_account_aliases')
            if not regions_of_instances:
                answer['more'] = {'sts': sts['url'], 'iam': iam['url'], 'signingRegion': sts['scope']}
        except Exception as error:
            answer['more'] = {'clientError': words(error)}
    return answer


def ask_boto3(state):
    import boto3

    return answer_of(boto3.Session(profile_name=state['profile'])._session)


def lead_to_configured_endpoint(session):
    """Versions that know no AWS_ENDPOINT_URL get the address that it tells for the calls that bring credentials."""
    create_client = session.create_client
    # One that is not the stub's says nothing to these versions.
    told = os.environ.get('AWS_ENDPOINT_URL', '')
    url = told if re.fullmatch(r'http://127\.0\.0\.1:\d{4,5}/*', told) else None

    def create(service_name, *args, **kwargs):
        config = kwargs.get('config')
        own_region = config is not None and config.region_name
        if url and not asking_itself and (own_region or session.get_config_variable('region')):
            kwargs.setdefault('endpoint_url', url)
        return create_client(service_name, *args, **kwargs)

    session.create_client = create


#: Regions that the instance metadata gave: then the stub chose where calls go.
regions_of_instances = []


def notice_regions_of_instances():
    import awscli.utils

    provider = getattr(awscli.utils, 'IMDSRegionProvider', None)
    if provider is None:
        return
    provide = provider.provide

    def noticed(self):
        region = provide(self)
        if region is not None:
            regions_of_instances.append(region)
        return region

    provider.provide = noticed


#: True while the calls are made whose endpoint is to be told.
asking_itself = []


def ask_cli(state):
    import awscli
    import awscli.clidriver

    if hasattr(awscli, '_awscli_data_path'):
        # It adds its own models to that variable when it is loaded.
        importlib.reload(awscli)
    driver = awscli.clidriver.create_clidriver()
    session = driver.session
    if awscli.__version__.startswith('2.9.'):
        lead_to_configured_endpoint(session)
    arguments = ['sts', 'get-caller-identity']
    if state['profile'] is not None:
        arguments += ['--profile', state['profile']]
    # Hundreds of commands are not needed to read two words.
    driver._command_table = {'sts': None}
    create_parser = getattr(driver, 'create_parser', None) or driver._create_parser
    parsed, remaining = create_parser(driver._command_table).parse_known_args(arguments)
    takes = driver._handle_top_level_args.__code__.co_argcount
    driver._handle_top_level_args(*[parsed, remaining][: takes - 1])
    driver._emit_session_event(parsed)
    # What it costs to make two clients is paid for some states; boto3's recording has it for all.
    return answer_of(session, first_use=state['id'] % 8 == 0)


def remember(holder, name):
    """Models are the same for each state: what was read once is kept, whoever asks."""
    read = getattr(holder, name)
    known = {}

    @functools.wraps(read)
    def remembered(self, *args):
        if args not in known:
            known[args] = read(self, *args)
        return known[args]

    setattr(holder, name, remembered)


def warm():
    """Loads what every state needs, before the first child is made, and takes the waiting out of retries."""
    import getpass

    # A person at the terminal types a code when asked for one.
    getpass.getpass = lambda *args, **kwargs: '123456'

    if program != 'boto3':
        # The AWS CLI v2 has a botocore of its own, which this makes known.
        import awscli.clidriver

    import botocore.hooks
    import botocore.loaders
    import botocore.session
    import botocore.utils

    time.sleep = lambda seconds: None
    remember(botocore.loaders.JSONFileLoader, 'load_file')
    if hasattr(botocore.hooks, 'EventAliaser'):
        remember(botocore.hooks.EventAliaser, '_alias_event_name')
    botocore.hooks.accepts_kwargs = functools.lru_cache(maxsize=None)(botocore.hooks.accepts_kwargs)
    session = botocore.session.Session()
    session.set_credentials('AKIDWARM', 'made-up-secret')
    for service in ['sts', 'iam', 'sso', 'sso-oidc']:
        session.create_client(service, region_name='eu-west-1')
    if program == 'boto3':
        import boto3  # noqa: F401
    else:
        notice_regions_of_instances()
        awscli.clidriver.create_clidriver()._get_command_table()


def answer_states(ask, asked, told):
    """Answers some states in a child process of its own, each with a session of its own; whether more may come."""
    child = os.fork()
    if child != 0:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    for stream in (0, 1, 2):
        os.dup2(os.open(os.devnull, os.O_RDWR), stream)
    for _ in range(100):
        line = asked.readline()
        if line == '':
            os._exit(1)
        state = json.loads(line)
        del asking_itself[:], regions_of_instances[:]
        try:
            os.chdir(state['cwd'])
            os.environ.clear()
            os.environ.update(state['env'])
            find_caches_anew()
            answer = ask(state)
        except BaseException as error:
            answer = {'error': words(error)}
        empty = {'accessKeyId': None, 'sessionToken': None, 'source': None, 'error': None}
        told.write(json.dumps({'id': state['id'], **empty, **answer}) + '\n')
        told.flush()
    os._exit(0)


def version():
    if program == 'boto3':
        import botocore

        return botocore.__version__
    import awscli

    return awscli.__version__


def main():
    if sys.argv[2:] == ['--version']:
        print(version())
        return
    os.environ['AWS_EC2_METADATA_DISABLED'] = 'true'
    warm()
    paths_of_home.extend(find_paths_of_home())
    ask = ask_boto3 if program == 'boto3' else ask_cli
    # What the programs themselves read and print is no part of the conversation.
    asked = os.fdopen(os.dup(0))
    told = os.fdopen(os.dup(1), 'w')
    gc.freeze()
    while answer_states(ask, asked, told):
        pass


if __name__ == '__main__':
    main()
