// Command printed calls one operation with the real AWS SDK for Go (v1 or v2) and prints its error as programs do.
package main

import (
	"context"
	"fmt"
	"log"
	"os"

	awsv1 "github.com/aws/aws-sdk-go/aws"
	"github.com/aws/aws-sdk-go/aws/session"
	ddbv1 "github.com/aws/aws-sdk-go/service/dynamodb"
	s3v1 "github.com/aws/aws-sdk-go/service/s3"
	stsv1 "github.com/aws/aws-sdk-go/service/sts"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

func call(sdk, service, operation string) error {
	ctx := context.Background()
	if sdk == "v1" {
		s, err := session.NewSession(&awsv1.Config{
			Region: awsv1.String("us-east-1"), MaxRetries: awsv1.Int(0), S3ForcePathStyle: awsv1.Bool(true),
			Endpoint: awsv1.String(os.Getenv("AWS_ENDPOINT_URL")),
		})
		if err != nil {
			return err
		}
		switch service + operation {
		case "stsGetCallerIdentity":
			_, err = stsv1.New(s).GetCallerIdentity(nil)
		case "stsAssumeRole":
			_, err = stsv1.New(s).AssumeRole(&stsv1.AssumeRoleInput{RoleArn: awsv1.String("arn:aws:iam::123456789012:role/admin"), RoleSessionName: awsv1.String("ada")})
		case "s3ListBuckets":
			_, err = s3v1.New(s).ListBuckets(nil)
		case "dynamodbListTables":
			_, err = ddbv1.New(s).ListTables(nil)
		}
		return err
	}
	loaded, err := config.LoadDefaultConfig(ctx, config.WithRegion("us-east-1"), config.WithRetryMaxAttempts(1))
	if err != nil {
		return err
	}
	switch service + operation {
	case "stsGetCallerIdentity":
		_, err = sts.NewFromConfig(loaded).GetCallerIdentity(ctx, nil)
	case "stsAssumeRole":
		_, err = sts.NewFromConfig(loaded).AssumeRole(ctx, &sts.AssumeRoleInput{RoleArn: aws.String("arn:aws:iam::123456789012:role/admin"), RoleSessionName: aws.String("ada")})
	case "s3ListBuckets":
		_, err = s3.NewFromConfig(loaded, func(o *s3.Options) { o.UsePathStyle = true }).ListBuckets(ctx, nil)
	case "dynamodbListTables":
		_, err = dynamodb.NewFromConfig(loaded).ListTables(ctx, nil)
	}
	return err
}

func main() {
	err := call(os.Args[1], os.Args[2], os.Args[3])
	if err == nil {
		return
	}
	switch os.Args[4] {
	case "string":
		fmt.Fprintln(os.Stderr, err)
	case "go":
		fmt.Fprintf(os.Stderr, "%#v\n", err)
	case "panic":
		panic(err)
	default:
		log.Fatalf("unable to call: %v", err)
	}
}
