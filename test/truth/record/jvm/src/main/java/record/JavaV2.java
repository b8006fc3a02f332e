package record;

import java.nio.file.Path;
import java.nio.file.Paths;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.regions.internal.util.EC2MetadataUtils;
import software.amazon.awssdk.utils.UserHomeDirectoryUtils;

/** AWS SDK for Java 2: {@code DefaultCredentialsProvider.builder().profileName(…)}. */
final class JavaV2 implements Recorder.Sdk {
    @Override
    public Class<?> asked() {
        return DefaultCredentialsProvider.class;
    }

    @Override
    public Recorder.Answer ask(String profile) throws Exception {
        forget();
        DefaultCredentialsProvider.Builder builder = DefaultCredentialsProvider.builder();
        if (profile != null) builder.profileName(profile);
        try (DefaultCredentialsProvider provider = builder.build()) {
            AwsCredentials found = provider.resolveCredentials();
            String token = found instanceof AwsSessionCredentials session ? session.sessionToken() : null;
            return new Recorder.Answer(found.accessKeyId(), token, found.providerName().orElse(null));
        }
    }

    /** What the SDK keeps in static fields for the life of a process: the caches' directories, and answers of the metadata. */
    private static void forget() throws ReflectiveOperationException {
        Path aws = Paths.get(UserHomeDirectoryUtils.userHomeDirectory(), ".aws");
        String services = "software.amazon.awssdk.services.";
        Path tokens = aws.resolve("sso").resolve("cache");
        Machine.setStatic(services + "sso.auth.SsoProfileCredentialsProviderFactory", "TOKEN_DIRECTORY", tokens.toString());
        Machine.setStatic(services + "ssooidc.internal.OnDiskTokenManager", "DEFAULT_TOKEN_LOCATION", tokens);
        Machine.setStatic(services + "signin.auth.LoginCredentialsProvider", "DEFAULT_TOKEN_LOCATION", aws.resolve("login").resolve("cache"));
        EC2MetadataUtils.clearCache();
        EC2MetadataUtils.resetIsFallbackDisableResolved();
    }
}
