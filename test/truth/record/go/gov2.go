package main

import (
	"context"
	"net/http"
	"os"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

// While credentials are looked for, AWS_ENDPOINT_URL is not read yet, but the variables of the single services are: those
// that ask for credentials are led to the stub by them.
func leadToStub() {
	address := os.Getenv("AWS_ENDPOINT_URL")
	if address == "" {
		return
	}
	for _, service := range []string{"SSO", "SSO_OIDC", "SIGNIN"} {
		if variable := "AWS_ENDPOINT_URL_" + service; os.Getenv(variable) == "" {
			os.Setenv(variable, address)
		}
	}
}

func askGoV2(ctx context.Context, profile string) (held, error) {
	leadToStub()
	var options []func(*config.LoadOptions) error
	if profile != "" {
		options = append(options, config.WithSharedConfigProfile(profile))
	}
	loaded, err := config.LoadDefaultConfig(ctx, options...)
	if err != nil {
		return held{}, err
	}
	given, err := loaded.Credentials.Retrieve(ctx)
	if err != nil {
		return held{}, err
	}
	return heldOf(ctx, loaded, given, func(*sts.Options) {}, func(err error) error { return err }), nil
}

// heldOf also makes the first calls, the one to STS by a program's options; wrapped are its words around the error.
func heldOf(
	ctx context.Context, loaded aws.Config, given aws.Credentials, options func(*sts.Options), wrapped func(error) error,
) held {
	answer := held{accessKeyID: given.AccessKeyID, sessionToken: given.SessionToken, source: given.Source}
	if !strings.HasPrefix(given.Source, "SharedConfigCredentials") && given.Source != config.CredentialsSourceName {
		return answer
	}
	answer.first = firstCalls(
		func(client *http.Client) error {
			asked := sts.NewFromConfig(loaded, options, func(o *sts.Options) { o.HTTPClient = client })
			if _, err := asked.GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{}); err != nil {
				return wrapped(err)
			}
			return nil
		},
		func(client *http.Client) error {
			asked := iam.NewFromConfig(loaded, func(o *iam.Options) { o.HTTPClient, o.Retryer = client, aws.NopRetryer{} })
			_, err := asked.ListAccountAliases(ctx, &iam.ListAccountAliasesInput{})
			return err
		},
	)
	return answer
}
