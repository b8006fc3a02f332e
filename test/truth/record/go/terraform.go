package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws/ratelimit"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	awsbase "github.com/hashicorp/aws-sdk-go-base/v2"
	"github.com/hashicorp/aws-sdk-go-base/v2/diag"
)

// The provider's own default, without the waiting of minutes that comes with it.
const maxRetries = 25

// askTerraform configures itself as the AWS provider does (internal/conns/config.go), without asking STS who it is.
func askTerraform(ctx context.Context, profile string) (held, error) {
	leadToStub()
	_, loaded, diagnostics := awsbase.GetAwsConfig(ctx, &awsbase.Config{
		CallerDocumentationURL: "https://example.com/",
		CallerName:             "Terraform AWS Provider",
		HTTPProxyMode:          awsbase.HTTPProxyModeLegacy,
		MaxBackoff:             300 * time.Second,
		MaxRetries:             maxRetries,
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
	impatient := func(o *sts.Options) {
		o.Retryer = retry.NewStandard(func(r *retry.StandardOptions) {
			r.MaxAttempts = maxRetries
			r.RateLimiter = ratelimit.None
			r.Backoff = retry.BackoffDelayerFunc(func(int, error) (time.Duration, error) { return 0, nil })
		})
	}
	return heldOf(ctx, loaded, given, impatient, func(err error) error {
		return fmt.Errorf("validating provider credentials: retrieving caller identity from STS: %w", err)
	}), nil
}
