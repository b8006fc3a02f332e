import com.amazonaws.client.builder.AwsClientBuilder.EndpointConfiguration;
import com.amazonaws.services.securitytoken.AWSSecurityTokenServiceClientBuilder;
import java.net.URI;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sts.StsClient;

/** Calls one operation of STS with the real AWS SDK for Java (1 or 2) and prints its error as programs do. */
public class Printed {
  static void call(String sdk, String operation) {
    String url = System.getenv("AWS_ENDPOINT_URL");
    if (sdk.equals("v1")) {
      var client =
          AWSSecurityTokenServiceClientBuilder.standard()
              .withEndpointConfiguration(new EndpointConfiguration(url, "us-east-1"))
              .build();
      if (operation.equals("AssumeRole"))
        client.assumeRole(
            new com.amazonaws.services.securitytoken.model.AssumeRoleRequest()
                .withRoleArn("arn:aws:iam::123456789012:role/admin")
                .withRoleSessionName("ada"));
      else
        client.getCallerIdentity(
            new com.amazonaws.services.securitytoken.model.GetCallerIdentityRequest());
      return;
    }
    var client =
        StsClient.builder().region(Region.US_EAST_1).endpointOverride(URI.create(url)).build();
    if (operation.equals("AssumeRole"))
      client.assumeRole(
          ask -> ask.roleArn("arn:aws:iam::123456789012:role/admin").roleSessionName("ada"));
    else client.getCallerIdentity();
  }

  public static void main(String[] arguments) {
    try {
      call(arguments[0], arguments[2]);
    } catch (RuntimeException error) {
      switch (arguments[3]) {
        case "string" -> System.err.println(error.getMessage());
        case "wrapped" -> throw new IllegalStateException("Failed to start bean 'uploads'", error);
        default -> throw error;
      }
    }
  }
}
