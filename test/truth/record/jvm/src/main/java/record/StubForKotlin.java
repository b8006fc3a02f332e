package record;

import aws.smithy.kotlin.runtime.http.engine.CloseableHttpClientEngine;
import aws.smithy.kotlin.runtime.http.engine.DefaultHttpEngineKt;
import aws.smithy.kotlin.runtime.http.request.HttpRequest;
import aws.smithy.kotlin.runtime.http.request.HttpRequestKt;
import aws.smithy.kotlin.runtime.net.url.Url;
import aws.smithy.kotlin.runtime.net.url.UrlEncoding;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import kotlin.Unit;

/**
 * The SDK's usual HTTP engine, which sends to the stub what would leave this machine, and what is sent to a configured endpoint
 * where nobody listens: this SDK would go on as if it had not asked.
 */
final class StubForKotlin {
    private StubForKotlin() {}

    static CloseableHttpClientEngine engine() {
        CloseableHttpClientEngine usual = DefaultHttpEngineKt.DefaultHttpEngine(config -> Unit.INSTANCE);
        return (CloseableHttpClientEngine) Proxy.newProxyInstance(
            StubForKotlin.class.getClassLoader(),
            new Class<?>[] {CloseableHttpClientEngine.class},
            (proxy, method, arguments) -> {
                if (method.getName().equals("roundTrip")) arguments[1] = moved((HttpRequest) arguments[1]);
                try {
                    return method.invoke(usual, arguments);
                } catch (InvocationTargetException failure) {
                    throw failure.getCause();
                }
            });
    }

    private static HttpRequest moved(HttpRequest request) {
        Url url = request.getUrl();
        if (!Machine.isAws(url.getHost().toString()) && url.getPort() > 9) return request;
        Url target = Url.Companion.parse(Machine.stub() + url.getRequestRelativePath(), UrlEncoding.Companion.getAll());
        return HttpRequestKt.HttpRequest(request.getMethod(), target, request.getHeaders(), request.getBody(), request.getTrailingHeaders());
    }
}
