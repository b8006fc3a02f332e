package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	awsbase "github.com/hashicorp/aws-sdk-go-base/v2"
	"github.com/hashicorp/aws-sdk-go-base/v2/diag"
)

// askTerraform configures itself as the AWS provider does (internal/conns/config.go), without asking STS who it is.
func askTerraform(ctx context.Context, profile string) (held, error) {
	leadToStub()
	_, loaded, diagnostics := awsbase.GetAwsConfig(ctx, &awsbase.Config{
		CallerDocumentationURL: "https://registry.terraform.io/providers/hashicorp/aws",
		CallerName:             "Terraform AWS Provider",
		HTTPProxyMode:          awsbase.HTTPProxyModeLegacy,
		MaxBackoff:             300 * time.Second,
		MaxRetries:             25,
		Profile:                profile,
		SkipCredsValidation:    true,
		SuppressDebugLog:       true,
	})
	for _, one := range diagnostics.Errors() {
		if caused, ok := one.(diag.DiagnosticWithErr); ok {
			return held{}, caused.Err()
		}
		return held{}, errors.New(one.Summary() + ": " + one.Detail())
	}
	given, err := loaded.Credentials.Retrieve(ctx)
	if err != nil {
		return held{}, err
	}
	return heldOf(ctx, loaded, given, func(err error) error {
		return fmt.Errorf("validating provider credentials: retrieving caller identity from STS: %w", err)
	}), nil
}
