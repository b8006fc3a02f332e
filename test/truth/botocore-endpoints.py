"""Writes botocore-endpoints.json: where botocore sends STS and IAM calls, for every region and variant it knows.

Run with a Python that has botocore: python3 botocore-endpoints.py > botocore-endpoints.json
"""
import itertools
import json
import sys

import botocore
from botocore.endpoint_provider import EndpointProvider
from botocore.loaders import create_loader

loader = create_loader()
partitions = loader.load_data('partitions')
regions = {region: partition['id'] for partition in partitions['partitions'] for region in partition['regions']}
answers = []
for service in ('sts', 'iam'):
    provider = EndpointProvider(loader.load_service_model(service, 'endpoint-rule-set-1'), partitions)
    for region, fips, dual_stack, legacy in itertools.product(regions, *[(False, True)] * 3):
        asked = {'Region': region, 'UseFIPS': fips, 'UseDualStack': dual_stack}
        if service == 'sts':
            asked['UseGlobalEndpoint'] = legacy
        elif legacy or fips or dual_stack:
            continue
        endpoint = provider.resolve_endpoint(**asked)
        signing = (endpoint.properties.get('authSchemes') or [{}])[0].get('signingRegion')
        variant = [name for name, on in (('fips', fips), ('dualStack', dual_stack), ('legacyGlobal', legacy)) if on]
        answers.append([service, region, regions[region], variant, endpoint.url, signing])
rows = ',\n'.join(json.dumps(row) for row in answers)
sys.stdout.write(f'{{"botocore": "{botocore.__version__}", "answers": [\n{rows}\n]}}\n')
