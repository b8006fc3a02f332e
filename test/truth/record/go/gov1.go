package main

import (
	"context"
	"net/http"
	"net/url"
	"os"
	"strings"

	"github.com/aws/aws-sdk-go/aws"
	"github.com/aws/aws-sdk-go/aws/endpoints"
	"github.com/aws/aws-sdk-go/aws/session"
	"github.com/aws/aws-sdk-go/service/iam"
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
		address, err := url.Parse(os.Getenv(name))
		// The variable is not this version's own, and so no text of it may be an error of it.
		if err == nil && address.Host != "" && strings.HasPrefix(address.Scheme, "http") {
			resolved.URL = address.String()
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
	answer := held{accessKeyID: given.AccessKeyID, sessionToken: given.SessionToken, source: given.ProviderName}
	if !strings.HasPrefix(given.ProviderName, "SharedConfigCredentials") && given.ProviderName != session.EnvProviderName {
		return answer, nil
	}
	own := func(client *http.Client) *aws.Config {
		return &aws.Config{HTTPClient: client, EndpointResolver: endpoints.DefaultResolver()}
	}
	answer.first = firstCalls(
		func(client *http.Client) error {
			_, err := sts.New(opened, own(client)).GetCallerIdentity(&sts.GetCallerIdentityInput{})
			return err
		},
		func(client *http.Client) error {
			_, err := iam.New(opened, own(client)).ListAccountAliases(&iam.ListAccountAliasesInput{})
			return err
		},
	)
	return answer, nil
}
