package record;

import com.amazonaws.auth.AWSCredentials;
import com.amazonaws.auth.AWSCredentialsProvider;
import com.amazonaws.auth.AWSCredentialsProviderChain;
import com.amazonaws.auth.AWSSessionCredentials;
import com.amazonaws.auth.DefaultAWSCredentialsProviderChain;
import com.amazonaws.auth.EC2ContainerCredentialsProviderWrapper;
import com.amazonaws.auth.EnvironmentVariableCredentialsProvider;
import com.amazonaws.auth.InstanceProfileCredentialsProvider;
import com.amazonaws.auth.ProviderNameAware;
import com.amazonaws.auth.SystemPropertiesCredentialsProvider;
import com.amazonaws.auth.WebIdentityTokenCredentialsProvider;
import com.amazonaws.auth.profile.ProfileCredentialsProvider;
import com.amazonaws.auth.profile.internal.BasicProfileConfigFileLoader;
import com.amazonaws.client.builder.AwsClientBuilder;
import com.amazonaws.regions.DefaultAwsRegionProviderChain;
import java.util.Map;

/**
 * AWS SDK for Java 1: {@code new DefaultAWSCredentialsProviderChain()}. That chain takes no profile; with one, the same chain is
 * built with {@code new ProfileCredentialsProvider(profile)} in its place, as its documentation shows.
 */
final class JavaV1 implements Recorder.Sdk {
    @Override
    public Class<?> asked() {
        return DefaultAWSCredentialsProviderChain.class;
    }

    @Override
    public Recorder.Answer ask(String profile) throws Exception {
        forget();
        AWSCredentialsProvider chain = profile == null
            ? new DefaultAWSCredentialsProviderChain()
            : new AWSCredentialsProviderChain(
                new EnvironmentVariableCredentialsProvider(),
                new SystemPropertiesCredentialsProvider(),
                WebIdentityTokenCredentialsProvider.create(),
                new ProfileCredentialsProvider(profile),
                new EC2ContainerCredentialsProviderWrapper());
        AWSCredentials found = chain.getCredentials();
        String token = found instanceof AWSSessionCredentials session ? session.getSessionToken() : null;
        String source = found instanceof ProviderNameAware named ? named.getProviderName() : null;
        return new Recorder.Answer(found.getAWSAccessKeyId(), token, source);
    }

    /** What the SDK keeps in static fields for the life of a process: the profile's name and file, regions, credentials of the instance. */
    private static void forget() throws ReflectiveOperationException {
        InstanceProfileCredentialsProvider.getInstance().refresh();
        ((Map<?, ?>) Machine.staticField("com.amazonaws.util.EC2MetadataUtils", "cache")).clear();
        Machine.setStatic(DefaultAWSCredentialsProviderChain.class.getName(), "INSTANCE", new DefaultAWSCredentialsProviderChain());
        Machine.setStatic(AwsClientBuilder.class.getName(), "DEFAULT_REGION_PROVIDER", new DefaultAwsRegionProviderChain());
        for (Object loader : new Object[] {
            BasicProfileConfigFileLoader.INSTANCE,
            Machine.staticField("com.amazonaws.services.securitytoken.AWSSecurityTokenServiceClient", "REGIONAL_ENDPOINTS_OPTION_RESOLVER")
        }) {
            Machine.setField(loader, loader.getClass(), "profileName", null);
            Machine.setField(loader, loader.getClass(), "configFile", null);
            Machine.setField(loader, loader.getClass(), "profileLoadAttempted", false);
        }
    }
}
