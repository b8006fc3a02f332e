package record;

import aws.sdk.kotlin.runtime.auth.credentials.DefaultChainCredentialsProvider;
import aws.smithy.kotlin.runtime.auth.awscredentials.Credentials;
import aws.smithy.kotlin.runtime.collections.AttributesKt;
import aws.smithy.kotlin.runtime.http.engine.CloseableHttpClientEngine;
import aws.smithy.kotlin.runtime.util.PlatformProvider;
import kotlin.coroutines.EmptyCoroutineContext;
import kotlinx.coroutines.BuildersKt;

/** AWS SDK for Kotlin: {@code DefaultChainCredentialsProvider(profileName = …)}. It keeps nothing in static fields. */
final class KotlinSdk implements Recorder.Sdk {
    @Override
    public Class<?> asked() {
        return DefaultChainCredentialsProvider.class;
    }

    @Override
    public Recorder.Answer ask(String profile) throws Exception {
        CloseableHttpClientEngine engine = StubForKotlin.engine();
        DefaultChainCredentialsProvider provider =
            new DefaultChainCredentialsProvider(profile, PlatformProvider.Companion.getSystem(), engine, null);
        try (engine) {
            Credentials found = BuildersKt.runBlocking(
                EmptyCoroutineContext.INSTANCE,
                (scope, continuation) -> provider.resolve(AttributesKt.emptyAttributes(), continuation));
            return new Recorder.Answer(found.getAccessKeyId(), found.getSessionToken(), found.getProviderName());
        } finally {
            provider.close();
        }
    }
}
