package main

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/config"
)

func askGoV2(ctx context.Context, profile string) (held, error) {
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
