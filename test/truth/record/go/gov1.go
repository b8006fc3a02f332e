package main

import (
	"context"
	"os"

	"github.com/aws/aws-sdk-go/aws"
	"github.com/aws/aws-sdk-go/aws/endpoints"
	"github.com/aws/aws-sdk-go/aws/session"
	"github.com/aws/aws-sdk-go/service/sso"
	"github.com/aws/aws-sdk-go/service/ssooidc"
	"github.com/aws/aws-sdk-go/service/sts"
)

// Version 1 does not know AWS_ENDPOINT_URL: it is told of the stub by a resolver, which changes nothing but the address.
var stubs = map[string]string{
	sts.EndpointsID:     "AWS_ENDPOINT_URL_STS",
	sso.EndpointsID:     "AWS_ENDPOINT_URL_SSO",
	ssooidc.EndpointsID: "AWS_ENDPOINT_URL_SSO_OIDC",
}

func stubbed(service, region string, options ...func(*endpoints.Options)) (endpoints.ResolvedEndpoint, error) {
	resolved, err := endpoints.DefaultResolver().EndpointFor(service, region, options...)
	variable, isStubbed := stubs[service]
	if err != nil || !isStubbed {
		return resolved, err
	}
	for _, name := range []string{variable, "AWS_ENDPOINT_URL"} {
		if address := os.Getenv(name); address != "" {
			resolved.URL = address
			break
		}
	}
	return resolved, nil
}

func askGoV1(ctx context.Context, profile string) (held, error) {
	opened, err := session.NewSessionWithOptions(session.Options{
		Profile: profile,
		Config: aws.Config{
			EndpointResolver: endpoints.ResolverFunc(stubbed),
			// Else its chain would not tell an endpoint that does not answer from none.
			CredentialsChainVerboseErrors: aws.Bool(true),
		},
	})
	if err != nil {
		return held{}, err
	}
	given, err := opened.Config.Credentials.GetWithContext(ctx)
	if err != nil {
		return held{}, err
	}
	return held{given.AccessKeyID, given.SessionToken, given.ProviderName}, nil
}
