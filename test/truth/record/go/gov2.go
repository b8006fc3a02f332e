package main

import (
	"context"
	"os"

	"github.com/aws/aws-sdk-go-v2/config"
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
	return held{given.AccessKeyID, given.SessionToken, given.Source}, nil
}
