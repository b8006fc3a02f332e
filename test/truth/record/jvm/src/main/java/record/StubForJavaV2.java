package record;

import java.net.URI;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.http.SdkHttpRequest;

/**
 * Sends what would leave this machine to the stub: without a region this SDK asks sts.amazonaws.com whatever the endpoint setting
 * says. So it does with what is sent to a configured endpoint where nobody listens: this SDK would go on as if it had not asked.
 */
public final class StubForJavaV2 implements ExecutionInterceptor {
    @Override
    public SdkHttpRequest modifyHttpRequest(Context.ModifyHttpRequest context, ExecutionAttributes attributes) {
        SdkHttpRequest request = context.httpRequest();
        if (!Machine.isAws(request.host()) && request.port() > 9) return request;
        URI stub = Machine.stub();
        return request.toBuilder().protocol(stub.getScheme()).host(stub.getHost()).port(stub.getPort()).build();
    }
}
